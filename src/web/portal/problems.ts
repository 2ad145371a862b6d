// What went wrong, in plain words of both languages: for error pages and for messages inside pages. Never technical.
import { DomainError } from '#kernel/errors.ts'
import type { Language } from '#kernel/forms/forms.ts'

export type Problem = { title: string; text: string }

const byCode: Record<string, Record<Language, Problem>> = {
  'mandate.not_found': {
    zh: { title: '没有这项委托', text: '只有本人可以更改；也可能已经终止。请回到事项页面看看。' },
    en: { title: 'There is no such mandate', text: 'Only the person herself changes it, or it has ended already.' },
  },
  'mandate.party': {
    zh: { title: '不能这样委托', text: '只有本人，或者在窗口由工作人员核对后，才能让别人替自己办。' },
    en: { title: 'Not like this', text: 'Only the person herself, or staff at the counter, lets somebody act for her.' },
  },
  'csrf.stale': {
    zh: { title: '页面放得太久了', text: '这一步没有提交，也没有保存任何内容。请返回上一页，刷新后再提交一次。' },
    en: { title: 'This page was open too long', text: 'Nothing was sent or stored. Go back, reload the page, and send it again.' },
  },
  'csrf.foreign_origin': {
    zh: { title: '这个请求来自别的网站', text: '为了您的安全，我们没有执行。请直接打开本平台再操作。' },
    en: { title: 'This request came from another site', text: 'For your safety nothing was done. Open this site yourself and try again.' },
  },
  'sign_in.refused': {
    zh: { title: '没有登录', text: '邮箱或者密码不对。请检查后再试；忘了密码可以重设。' },
    en: { title: 'Not signed in', text: 'The e-mail address or the password is not right. Check both, or set a new password.' },
  },
  'sign_in.code_refused': {
    zh: { title: '验证码不对', text: '验证码不对，或者已经用过。请等下一个验证码再输入。' },
    en: { title: 'Wrong code', text: 'This code is not right, or was used already. Wait for the next one.' },
  },
  'sign_in.expired': {
    zh: { title: '请重新登录', text: '等得太久了，请从头再登录一次。' },
    en: { title: 'Sign in again', text: 'This took too long. Please sign in again.' },
  },
  'sign_in.unconfirmed': {
    zh: { title: '请先确认邮箱', text: '您的邮箱还没有确认。我们刚刚又发了一封确认邮件，请打开邮件里的链接。' },
    en: { title: 'Confirm your address first', text: 'Your e-mail address is not confirmed yet. We have sent you a new link.' },
  },
  'sign_in.locked': {
    zh: { title: '试的次数太多了', text: '为了保护您的账号，请过一会儿再试。' },
    en: { title: 'Too many attempts', text: 'To protect the account, please wait a while and try again.' },
  },
  'sign_in.second_factor': {
    zh: { title: '请先设置双重验证', text: '工作账号要先设置双重验证，才能办理业务。' },
    en: { title: 'Set up a second factor first', text: 'A staff account needs a second factor before work can begin.' },
  },
  'sign_in.sent_code_refused': {
    zh: { title: '验证码不对', text: '验证码不对，或者已经用过、过期了。请核对，或者重新发送一个。' },
    en: { title: 'Wrong code', text: 'This code is not right, was used already or is too old. Check it, or ask for a new one.' },
  },
  'sign_in.staff_by_code': {
    zh: { title: '请用密码登录', text: '这是工作账号，只凭验证码不能登录。请用密码加第二重验证，或者用通行密钥。' },
    en: { title: 'Use your password', text: 'This is a staff account: a code alone does not open it. Use password and second factor, or a passkey.' },
  },
  'sign_in.recent_needed': {
    zh: { title: '请再确认一次是您本人', text: '确认以后才能继续这一步。' },
    en: { title: 'Show once more that it is you', text: 'Then this step can go on.' },
  },
  'limit.reached': {
    zh: { title: '请稍等', text: '短时间内操作太多次了，请过一会儿再试。' },
    en: { title: 'Please wait', text: 'There were too many tries in a short time. Try again later.' },
  },
  'passkey.refused': {
    zh: { title: '通行密钥没有通过', text: '这个通行密钥没有通过核对。请再试一次，或者换一种方式登录。' },
    en: { title: 'The passkey was not accepted', text: 'It could not be checked. Try again, or sign in another way.' },
  },
  'passkey.exists': {
    zh: { title: '已经添加过', text: '这个通行密钥已经添加过了。' },
    en: { title: 'Known already', text: 'This passkey was added already.' },
  },
  'passkey.name': {
    zh: { title: '名称', text: '请起一个好认的名字，最多 60 个字。' },
    en: { title: 'Name', text: 'Give it a name of up to 60 characters.' },
  },
  'provider.refused': {
    zh: { title: '没有登录成功', text: '对方传回的信息没有通过核对，可能是等得太久，或者页面打开了两次。请从登录页重新开始。' },
    en: {
      title: 'Not signed in',
      text: 'What came back could not be checked: it took too long perhaps, or was opened twice. Start again from the sign-in page.',
    },
  },
  'provider.denied': {
    zh: { title: '没有登录', text: '对方没有确认您的身份，可能是您取消了。可以再试一次，或者换一种方式登录。' },
    en: { title: 'Not signed in', text: 'The provider did not confirm who you are; perhaps you cancelled. Try again, or sign in another way.' },
  },
  'provider.not_linked': {
    zh: {
      title: '还没有关联账号',
      text: '这个身份还没有关联本平台的账号。工作人员请联系信息管理员发邀请，或者先用别的方式登录，再到“登录与安全”里关联。',
    },
    en: {
      title: 'No account is linked',
      text: 'No account here is linked to this identity. Staff: ask the IT administrator for an invitation, or sign in another way and link it.',
    },
  },
  'provider.linked': {
    zh: { title: '已经关联了别的账号', text: '这个身份已经关联了本平台的另一个账号。' },
    en: { title: 'Linked to another account', text: 'This identity is linked to another account here already.' },
  },
  'provider.unreachable': {
    zh: { title: '暂时连不上', text: '对方的登录服务暂时连不上。请稍后再试，或者换一种方式登录。' },
    en: { title: 'Not reachable', text: 'The provider does not answer at the moment. Try later, or sign in another way.' },
  },
  'provider.not_found': {
    zh: { title: '没有这种登录方式', text: '这种登录方式不存在，或者已经停用。请换一种方式登录。' },
    en: { title: 'No such way to sign in', text: 'It does not exist or was switched off. Sign in another way.' },
  },
  'account.password_wrong': {
    zh: { title: '密码不对', text: '密码不对，请再试一次。' },
    en: { title: 'Wrong password', text: 'The password is not right. Try again.' },
  },
  'account.phone_invalid': {
    zh: { title: '手机号不对', text: '请填写正确的手机号，只填数字。' },
    en: { title: 'Number', text: 'Enter a telephone number with its digits only.' },
  },
  'account.contact_taken': {
    zh: { title: '已经有账号', text: '这个手机号或者邮箱已经有另一个账号。请退出后用它登录。' },
    en: { title: 'Another account has it', text: 'Another account has this number or address. Sign out and sign in with it.' },
  },
  'account.no_contact': {
    zh: { title: '没有手机和邮箱', text: '这个账号没有手机号也没有邮箱，发不了验证码。' },
    en: { title: 'No number, no address', text: 'This account has neither a number nor an address to send a code to.' },
  },
  'account.no_email': {
    zh: { title: '请先添加邮箱', text: '密码要和邮箱一起用，请先添加邮箱。' },
    en: { title: 'Add an address first', text: 'A password goes with an e-mail address: add one first.' },
  },
  'account.link_expired': {
    zh: { title: '链接已失效', text: '这个链接已经用过，或者过期了。请重新申请一个。' },
    en: { title: 'This link no longer works', text: 'It was used already or is too old. Ask for a new one.' },
  },
  'account.email_invalid': {
    zh: { title: '邮箱不对', text: '请填写正确的邮箱，例如 name@example.com。' },
    en: { title: 'Address', text: 'Enter an e-mail address like name@example.com.' },
  },
  'account.name_missing': { zh: { title: '姓名', text: '请填写姓名或者称呼。' }, en: { title: 'Name', text: 'Enter your name.' } },
  'message.text': { zh: { title: '留言', text: '请写 1 至 5000 个字。' }, en: { title: 'Message', text: 'Write 1 to 5,000 characters.' } },
  'message.not_awaited': {
    zh: { title: '现在不能这样做', text: '事项已经进入下一步，这个操作现在不再需要或者已经做过了。请回到事项页面看看最新情况。' },
    en: { title: 'This is not possible now', text: 'The matter has moved on, or this was done already. Go back to it and look where it stands.' },
  },
  'draft.gone': {
    zh: { title: '这份草稿已经不在了', text: '可能已经提交过，或者被删掉了。已经提交的，用回执码查进度；没有提交的，请重新填写。' },
    en: {
      title: 'This draft is no longer there',
      text: 'It was sent already, or deleted. If it was sent, track it with the receipt code; if not, start again.',
    },
  },
  'file.kind': {
    zh: {
      title: '文件',
      text: '只能上传照片（JPEG、PNG、WebP、GIF）和PDF。iPhone 的 HEIC 照片请先截屏，或者在相机设置里选“兼容性最佳”；Word 文档请另存为 PDF。',
    },
    en: { title: 'File', text: 'Only photos (JPEG, PNG, WebP, GIF) and PDF can be kept. Save HEIC photos as JPEG and Word files as PDF first.' },
  },
  'file.pdf_active': {
    zh: { title: '文件', text: '这个PDF里带有脚本、附件或者其他会自动运行的内容，不能接收。请用“打印”另存成新的PDF，或者拍照上传。' },
    en: { title: 'File', text: 'This PDF holds scripts, attachments or other active parts. Print it to a new PDF, or send photos of it.' },
  },
  'file.pdf_locked': {
    zh: { title: '文件', text: '这个PDF加了密码保护。请去掉密码另存一份，或者拍照上传。' },
    en: { title: 'File', text: 'This PDF is protected by a password. Save it without one, or send photos of it.' },
  },
  'file.infected': {
    zh: { title: '文件', text: '检查发现这个文件带有病毒，没有保存。请换一个文件，并给自己的手机或电脑杀毒。' },
    en: { title: 'File', text: 'Malware was found in this file, so it was not kept. Send another, and have your device checked.' },
  },
  'file.scan_unavailable': {
    zh: { title: '文件', text: '暂时无法检查文件是否安全，所以没有保存。请过一会儿再上传，或者带到窗口来交；其他内容可以先提交。' },
    en: {
      title: 'File',
      text: 'Files cannot be checked at the moment, so it was not kept. Try again later or bring it to the counter; you can file without it.',
    },
  },
  'file.damaged': {
    zh: { title: '文件', text: '这张照片打不开，可能已经损坏。请重新拍一张或者截屏后再上传。' },
    en: { title: 'File', text: 'This photo cannot be opened. Take it again, or send a screenshot of it.' },
  },
  'file.too_large': {
    zh: { title: '文件', text: '这个文件超过10MB。请压缩后再传，或者带到窗口来交。' },
    en: { title: 'File', text: 'This file is larger than 10 MB. Make it smaller, or bring it to the counter.' },
  },
  'file.too_many': {
    zh: { title: '文件', text: '最多上传6个文件。更多材料可以提交后补充，或者带到窗口来交。' },
    en: { title: 'File', text: 'At most 6 files. You can add more after filing, or bring them to the counter.' },
  },
  'receipt.not_found': {
    zh: { title: '查不到', text: '没有找到对应的事项。请核对编号和回执码，一个字一个字地检查。' },
    en: { title: 'Not found', text: 'There is no matter with this number and code. Check both, letter by letter.' },
  },
}

const byKind: Record<string, Record<Language, Problem>> = {
  invalid: {
    zh: { title: '有内容需要修改', text: '请返回上一页，按提示修改后再提交。您填写的内容还在。' },
    en: { title: 'Something needs a correction', text: 'Go back and correct it. What you typed is still there.' },
  },
  unauthenticated: {
    zh: { title: '请先登录', text: '登录以后才能看到这一页。' },
    en: { title: 'Please sign in', text: 'This page can be seen after signing in.' },
  },
  forbidden: {
    zh: { title: '不能这样做', text: '您可以看到这一事项，但这一步不由您来做。' },
    en: { title: 'Not allowed', text: 'This step is not yours to take.' },
  },
  not_found: {
    zh: { title: '没有找到', text: '网址可能写错了，或者您还没有用回执码打开这件事项。可以用编号和回执码查询，或者从首页重新开始。' },
    en: {
      title: 'Not found',
      text: 'The address may be wrong, or the matter was not opened with its receipt code yet. Track it with number and code, or start from the home page.',
    },
  },
  conflict: {
    zh: { title: '情况已经变了', text: '在您操作的同时，这件事项有了新的进展。请返回看看最新情况，再决定要不要继续。' },
    en: { title: 'It has changed meanwhile', text: 'The matter moved on while you were here. Go back, look at it again, and decide then.' },
  },
  too_many: {
    zh: { title: '请稍等', text: '短时间内操作太多次了。' },
    en: { title: 'Please wait', text: 'There were too many tries in a short time.' },
  },
  too_large: {
    zh: { title: '文件太大', text: '一次提交的内容不能超过12MB。请减少或者压缩文件，分几次上传；也可以带到窗口来交。' },
    en: { title: 'Too large', text: 'One page can send at most 12 MB. Send fewer or smaller files at a time, or bring them to the counter.' },
  },
  unavailable: {
    zh: { title: '暂时办不了', text: '系统正忙或者正在维护，请过几分钟再试。您也可以到窗口办理。' },
    en: { title: 'Not available now', text: 'The system is busy or being maintained. Try again in a few minutes, or come to the counter.' },
  },
  too_long: {
    zh: { title: '网址太长', text: '这个网址不对。请从首页重新开始。' },
    en: { title: 'The address is too long', text: 'This address is not one of ours. Start again from the home page.' },
  },
  method: {
    zh: { title: '不能这样打开', text: '这一页不能这样打开。请从首页重新进入。' },
    en: { title: 'It does not open this way', text: 'This page cannot be opened in this way. Start again from the home page.' },
  },
  unsupported: {
    zh: { title: '没有看懂', text: '收到的内容不是本平台的表单。请返回页面重新提交。' },
    en: { title: 'Not understood', text: 'What arrived is not a form of this site. Go back to the page and send it again.' },
  },
  internal: {
    zh: { title: '系统出错了', text: '这是我们的问题，不是您的。刚才这一步没有保存，请稍后再试；一直这样的话，请打电话或者到窗口告诉我们。' },
    en: {
      title: 'Something went wrong on our side',
      text: 'It was not your fault. This step was not stored; try again, and tell us by phone or at the counter if it stays.',
    },
  },
}

/** Plain words for an error; the password rules of the kernel speak for themselves in English. */
export function problemOf(error: unknown, language: Language): Problem {
  if (!(error instanceof DomainError)) return get('internal', language)
  const known = byCode[error.code]?.[language]
  if (known) return known
  if (error.code.startsWith('password.')) return { title: language === 'zh' ? '密码不合要求' : 'Password', text: passwordText(error, language) }
  return get(error.kind, language)
}

/** Whole minutes to wait, when the error says so. */
export function minutesToWait(error: unknown): number | undefined {
  if (!(error instanceof DomainError) || !(error.cause instanceof Object) || !('retryAfterSeconds' in error.cause)) return undefined
  return Math.max(1, Math.ceil(Number(error.cause.retryAfterSeconds) / 60))
}

const get = (kind: string, language: Language): Problem => byKind[kind]?.[language] ?? { title: kind, text: '' }

function passwordText(error: DomainError, language: Language): string {
  if (language === 'en') return error.message
  switch (error.code) {
    case 'password.too_short':
      return '密码太短。请用长一些的，比如几个不相关的词连在一起。'
    case 'password.too_long':
      return '密码太长了，请短一些。'
    case 'password.personal':
      return '密码里有您的姓名或者邮箱，容易被猜到，请换一个。'
    default:
      return '这个密码太常见，容易被猜到，请换一个。'
  }
}
