// Kernel refusals in plain words, with what to do next. The kernel's own sentence is English; pages of both languages read these.
import { DomainError } from '#kernel/errors.ts'
import type { Language } from '#kernel/forms/forms.ts'

type Words = Record<Language, string>

const words: Record<string, Words> = {
  'task.stale': {
    zh: '您打开页面以后，这项任务有了变化（比如同事认领了）。您填写的内容都在下面，请核对后再提交一次。',
    en: 'The task changed after you opened this page. What you typed is still below: check it and send it again.',
  },
  'task.not_open': { zh: '这项任务已经办完，或者不再需要办理。', en: 'This task is done or no longer needed.' },
  'task.claimed': { zh: '同事已经认领了这项任务。', en: 'A colleague has taken this task.' },
  'task.forbidden': { zh: '这项任务由别的岗位办理。', en: 'This task belongs to another post.' },
  'task.awaits': {
    zh: '还有协办单位没有答复。请等答复；不等了的，先在办件页“结束协办”里写明理由。',
    en: 'Bodies that were asked to help have not answered. Wait for them, or end the request with a reason on the page of the case first.',
  },
  'task.four_eyes': {
    zh: '这一步要由另一个人核对：前一步是您办的，请交给同事。',
    en: 'Four eyes: you did the step that this one checks. A colleague has to do it.',
  },
  'recusal.forbidden': { zh: '只有这个岗位的上级可以决定回避。', en: 'Only a post above this one decides on recusal.' },
  'recusal.decided': { zh: '这项申请已经决定过了。', en: 'This was decided already.' },
  'glass.decided': { zh: '这项申请已经决定过了。', en: 'This was decided already.' },
  'glass.reason': { zh: '请选择用途，并写明为什么必须现在看。', en: 'Say for what it is needed, and why now.' },
  'glass.answer': { zh: '请写明理由。', en: 'Say why.' },
  'glass.hours': { zh: '打开的时间太长。', en: 'That is too long.' },
  'look.words': { zh: '请写明为什么要看。', en: 'Say what it is needed for.' },
  'mandate.invalid': { zh: '代办登记有几处需要修改。', en: 'Some answers on the proxy need a correction.' },
  'mandate.party': { zh: '请选择这一办件的当事人。', en: 'Choose a party of this case.' },
  'subject.unknown': { zh: '请选择被反映的单位或者岗位。', en: 'Choose the body or the post complained of.' },
  'seal.nobody': {
    zh: '镇上还没有登记可以办理检举控告的岗位，不能密封。请先在岗位登记里写明。',
    en: 'No post of the town is registered for accusations, so nobody could work on it. Register one first.',
  },
  'hand_over.forbidden': { zh: '只有本人、上级岗位或者信息管理员可以移交。', en: 'Only she, a post above hers, or the IT administrator.' },
  'hand_over.people': { zh: '请选择移交给谁。', en: 'Choose who takes it over.' },
  'hand_over.note': { zh: '请写明移交的理由。', en: 'Say why.' },
  'hand_over.to': { zh: '请选择另一位现在任职的同事。', en: 'Choose another colleague who holds a post.' },
  'task.reason': { zh: '请写明退回的理由。', en: 'Say why the task goes back.' },
  'task.assignee': {
    zh: '此人没有可以办理这项任务的岗位，请另选同事。',
    en: 'This person holds no post that may do this task. Choose another colleague.',
  },
  'case.busy': { zh: '此刻很多人在办这一件，请再提交一次。', en: 'Many acts on this case at once: send it again.' },
  'case.closed': { zh: '这一办件已经办结。', en: 'The case has ended.' },
  'case.office_unknown': { zh: '这个单位不能承办，请另选镇上的单位。', en: 'This body cannot handle the case. Choose a body of the town.' },
  'case.entry_needed': { zh: '代人登记，请写明怎么来的、哪天收到的。', en: 'Say how and when it came in.' },
  'case.received_later': {
    zh: '收到日期不对：不能晚于今天，也不能早于收件之日。',
    en: 'The date of receipt cannot be after today or before the filing.',
  },
  'message.forbidden': { zh: '这件事不由您这个岗位提出。', en: 'This is not yours to ask for in this case.' },
  'message.not_awaited': { zh: '办件现在不处于可以提出这件事的阶段。', en: 'The case does not wait for this now.' },
  'message.text': { zh: '留言请写 1 至 5000 个字。', en: 'A message has 1 to 5,000 characters.' },
  'deadline.extensions_used': { zh: '法律允许的延期次数已经用完，不能再延期。', en: 'The extension that the law allows has been used.' },
  'deadline.extension_amount': { zh: '延长的天数超过了法律允许的上限。', en: 'The extension is longer than the law allows.' },
  'deadline.not_running': { zh: '这个期限现在没有在计算，没有可以延长的。', en: 'The period is not running: there is nothing to extend.' },
  'service.no_consent': {
    zh: '当事人没有同意电子送达。请改用直接送达、邮寄等方式，或者先征得本人同意。',
    en: 'The person has not agreed to be served electronically. Choose another way, or ask for consent first.',
  },
  'service.no_document': {
    zh: '没有待送达的文书：可能已经撤回或作废，请先制发新的文书。',
    en: 'There is no issued document to serve. Issue one first.',
  },
  'service.method': { zh: '请选择送达方式。', en: 'Say how it was served.' },
  'service.date': { zh: '请填写送达日期，不早于制发日期、不晚于今天。', en: 'Give the day of service, between the issue and today.' },
  'document.template': {
    zh: '文书模板还缺内容，没有制发。请把前面的表单补全，或者联系信息管理员。',
    en: 'The document lacks content and was not issued. Complete the earlier forms or ask the IT administrator.',
  },
  'document.time_limit': {
    zh: '文书排版用时太长，没有制发。请缩短文字后再试。',
    en: 'Setting the document took too long. Shorten the text and try again.',
  },
  'document.forbidden': {
    zh: '签发这份文书的岗位才能更正、撤回或作废它。',
    en: 'Only the post that signs this document corrects, withdraws or voids it.',
  },
  'document.not_in_force': { zh: '这份文书已经更正、撤回或作废了。', en: 'This document was corrected, withdrawn or voided already.' },
  'document.superseded': { zh: '这份文书已经更正过，请更正较新的那一份。', en: 'This document was corrected already: correct the newer one.' },
  'document.served': { zh: '文书已经送达，不能作废；请更正或者撤回。', en: 'It was served: withdraw or correct it instead.' },
  'document.reason': { zh: '请写明理由，最多 500 字。', en: 'Say why, in at most 500 characters.' },
  'correction.date': { zh: '这个日期不能用，请看日期旁边的说明。', en: 'This date cannot be used: see the note beside it.' },
  'receipt.anonymous': {
    zh: '这一件是匿名提出的，无法核实是谁，所以不能补发回执码。本人若还记得，可以凭编号和原回执码查询。',
    en: 'It was filed without a name, so nobody can show that it is theirs: its code cannot be issued anew.',
  },
  'post.it_admin': { zh: '只有信息管理员可以变更任职。', en: 'Only the IT administrator changes who holds a post.' },
  'post.own_account': { zh: '请选择一位同事；自己的账号要由别人来操作。', en: 'Choose a colleague: one’s own account is another’s to change.' },
  'post.held': { zh: '此人已经担任这个岗位。', en: 'This person holds the post already.' },
  'post.not_held': { zh: '这项任职已经结束。', en: 'This appointment has ended already.' },
  'account.exists': { zh: '这个邮箱在本镇已有账号，请换一个邮箱（例如办公邮箱）。', en: 'This address has an account here. Use another one.' },
  'account.email_invalid': { zh: '请填写邮箱，例如 name@example.com。', en: 'Enter an e-mail address like name@example.com.' },
  'account.name_missing': { zh: '请填写姓名。', en: 'Enter the name.' },
  'account.password_wrong': { zh: '密码不对，请再试一次。', en: 'The password is not right. Try again.' },
  'provider.id': { zh: '标识只能用小写字母、数字和连字符，并以字母开头。', en: 'Use small letters, digits and hyphens, beginning with a letter.' },
  'provider.issuer': {
    zh: '请填写提供方的 https 地址，不带问号和井号；已经添加的不能改，请另外添加一个。',
    en: 'Enter the provider’s https address without query or fragment. One that is stored cannot be changed: add another.',
  },
  'provider.clientId': { zh: '请填写对方给的客户端编号。', en: 'Enter the client id that the provider gave.' },
  'provider.label': { zh: '请填写中文和英文的按钮文字。', en: 'Enter what the link says, in both languages.' },
  'account.second_factor_exists': { zh: '第二重验证已经开启。', en: 'The second factor is already on.' },
  'sign_in.code_refused': {
    zh: '验证码不对，或者已经用过。请等下一个验证码。',
    en: 'This code is not right, or was used already. Wait for the next one.',
  },
  'sign_in.locked': { zh: '试的次数太多，请过几分钟再试。', en: 'Too many attempts. Try again in some minutes.' },
  'token.name_missing': { zh: '请给令牌起个名字，说明谁在用它。', en: 'Give the token a name that says what uses it.' },
  'draft.stale': {
    zh: '别人刚刚改过这份草稿。请刷新页面，核对后再保存。',
    en: 'Somebody saved this draft meanwhile. Load the page again and check.',
  },
  'draft.findings': { zh: '还有问题没有改好，不能送审或发布。', en: 'There are findings. Put them right first.' },
  'draft.reason': { zh: '请写明理由，最多500字。', en: 'Say why, in at most 500 characters.' },
  'draft.closed': { zh: '这份草稿已经发布或作废。', en: 'This draft was published or discarded.' },
  'draft.not_submitted': { zh: '这份草稿还没有送审。', en: 'This draft is not under review.' },
  'publish.author': { zh: '参与编写的人不能发布，请另一个人发布。', en: 'Whoever wrote in it does not publish it.' },
  'publish.past': { zh: '生效日期不能早于今天，请退回修改。', en: 'It cannot take effect before today. Give it back.' },
  'publish.slug': { zh: '草稿的流程代号不能改。', en: 'A draft keeps the name of its procedure.' },
  'library.forbidden': { zh: '您的岗位不办理流程库的事。', en: 'Your post does not work on the library.' },
  'migration.own': { zh: '计划要由另一个人审核。', en: 'A second person reviews a plan.' },
  'migration.reviewed': { zh: '这份计划已经审核过了。', en: 'This plan was reviewed already.' },
  'migration.versions': { zh: '请选择同一流程的两个不同版本。', en: 'Choose two versions of the same procedure.' },
  'migration.moves': { zh: '环节对应里有不存在的环节。', en: 'An element named there does not exist.' },
  'migration.basis': { zh: '请写明法律依据。', en: 'Name the legal basis.' },
  'package.path': { zh: '里面有不属于流程包的文件，没有导入。', en: 'It holds files that do not belong to a package.' },
  'package.zip': { zh: '这个 zip 文件打不开，或者设了密码。', en: 'This zip cannot be read, or has a password.' },
  'package.too_large': { zh: '太大了：单个文件最大 1 MB，整个流程包最大 4 MB。', en: 'Too large: a file has at most 1 MB, a package 4 MB.' },
  'package.too_many': { zh: '文件太多：最多 300 个。', en: 'Too many files: at most 300.' },
  'package.text': { zh: '里面有不是文字的文件。', en: 'It holds a file that is not text.' },
  'package.slug': { zh: '找不到流程代号，或者代号写法不对。', en: 'The short name is missing or not written rightly.' },
  'package.too_complex': { zh: '流程图太复杂，检查不完。请拆成几个流程。', en: 'The diagram is too complex to be checked. Split it.' },
  'procedure.refused': { zh: '流程包有问题，没有发布。', en: 'The package is refused.' },
  'procedure.not_found': { zh: '没有这个事项。', en: 'There is no such procedure.' },
  'calendar.unreadable': { zh: '这个文件读不出放假安排，请重新导出后再传。', en: 'The holiday notice in this file cannot be read. Export it again.' },
  'calendar.not_announced': {
    zh: '文件里没有放假日期：当年的通知还没有公布。',
    en: 'The file has no days: the notice was not announced when it was made.',
  },
  'calendar.incomplete': { zh: '文件缺少法定节假日，请导入全年的安排。', en: 'The notice lacks statutory holidays. Import the whole year.' },
  'incident.reason': { zh: '请写明理由，最多500字。', en: 'Say why, in at most 500 characters.' },
  'incident.skip': {
    zh: '少了这一步，办件走不下去：请再办一次，或者改正填写的内容。',
    en: 'Without this the case cannot go on: try again, or put the data right.',
  },
  'csrf.stale': {
    zh: '页面打开太久，或者您在别处重新登录过。没有提交；您填写的内容还在，请再提交一次。',
    en: 'This page was open too long. Nothing was sent; what you typed is still here. Send it again.',
  },
}

/** What went wrong, for the person in front of the page. */
export function refusalText(error: DomainError, language: Language): string {
  if (error.code === 'form.invalid')
    return language === 'zh' ? '有几处需要修改，您填写的内容都还在。' : 'Some answers need a correction. Nothing you typed is lost.'
  if (error.code === 'document.glyph') return glyphText(error, language)
  if (error.code.startsWith('calendar.') && !words[error.code]) return language === 'zh' ? `放假安排有问题：${error.message}` : error.message
  const found = words[error.code]?.[language]
  return found ?? (language === 'zh' ? `没有办成（${error.code}）。${error.message}` : error.message)
}

/** The kernel's sentence holds the characters between quotation marks. */
function glyphText(error: DomainError, language: Language): string {
  const characters = /“(.+)”/u.exec(error.message)?.[1] ?? ''
  return language === 'zh'
    ? `字库里没有“${characters}”这个字，文书没有制发。请核对是否写错；确实是这个字的，请信息管理员安装含有这个字的字体后再试。`
    : `No font has the character “${characters}”: the document was not issued. Check it, or have a font with it installed.`
}

/** Refusals that a page answers itself, with what was typed still in it. Others go to the error page. */
export const isRefusal = (error: unknown): error is DomainError =>
  error instanceof DomainError &&
  (error.kind === 'invalid' || error.kind === 'conflict' || (error.kind === 'forbidden' && error.code !== 'csrf.foreign_origin'))

/** The status of a page that shows the refusal. */
export const refusalStatus = (error: DomainError): number => (error.kind === 'conflict' ? 409 : error.kind === 'forbidden' ? 403 : 422)
