// Mails about accounts (confirm an address, a forgotten password, an invitation) go through the same outbox as all others.
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { uuidv7 } from '../ids.ts'
import type { IdentityCode, IdentityMail } from '../identity/identity.ts'
import { encryptJson } from '../keys/keyring.ts'
import { getTown } from '../towns/towns.ts'

const words = {
  confirm_address: {
    zh: ['确认您的电子邮箱', '请打开下面的链接，确认这是您的邮箱：'],
    en: ['Confirm your e-mail address', 'Open this link to confirm that this address is yours:'],
  },
  address_known: {
    zh: ['您已经有账号', '有人用这个邮箱再次注册。如果是您本人，请直接登录，或用下面的链接重设密码：'],
    en: ['You already have an account', 'Somebody registered with this address again. If it was you, sign in, or set a new password here:'],
  },
  address_unknown: {
    zh: ['这个邮箱没有账号', '有人用这个邮箱申请重设密码，但本平台没有它的账号。如果是您本人，请换注册时用的邮箱，或者用验证码登录：'],
    en: [
      'No account with this address',
      'Somebody asked for a new password, but no account has this address. If it was you, try another address or a code:',
    ],
  },
  account_changed: {
    zh: [
      '您的登录方式有变更',
      '您的账号刚刚变更了登录方式（密码、手机、邮箱、通行密钥或者关联的身份）。如果不是您本人操作，请马上打开下面的页面检查：',
    ],
    en: [
      'A way to sign in was changed',
      'A password, number, address, passkey or linked identity of your account was changed. If it was not you, look at once:',
    ],
  },
  password_reset: {
    zh: ['重设密码', '请打开下面的链接，设置新的密码。如果不是您本人操作，请不要理会：'],
    en: ['Set a new password', 'Open this link to set a new password. If you did not ask for it, do nothing:'],
  },
  invitation: {
    zh: ['邀请您开通工作账号', '请打开下面的链接，设置密码并开通账号：'],
    en: ['Your staff account', 'Open this link to set a password and open your account:'],
  },
} as const satisfies Record<IdentityMail['template'], Record<'zh' | 'en', readonly [string, string]>>

/** Queues a mail about an account; its words are under a key of the installation, as no case stands behind it. */
export async function queueAccountMail(ctx: Ctx, mail: IdentityMail): Promise<void> {
  const [subject, text] = words[mail.template][mail.language === 'en' ? 'en' : 'zh']
  const message_id = uuidv7(ctx.clock.now())
  const content = encryptJson(
    ctx.services.keyring.secret(`outbox:${ctx.tenant}`),
    { to: mail.to, subject, text: `${text}\n\n${mail.link}\n` },
    `outbox/${ctx.tenant}/${message_id}`,
  )
  await insert(ctx, { message_id, kind: 'mail', textId: `account.${mail.template}`, content })
}

/** The registered template a code by SMS is sent with, unless the town names another in its settings (`sms.signInCode`). */
export const codeTemplate = 'account.code'

/** Queues a code: by SMS as a template's id with its variables (never free text), by mail in words. */
export async function queueSignInCode(ctx: Ctx, { channel, to, code, minutes, language }: IdentityCode): Promise<void> {
  const message_id = uuidv7(ctx.clock.now())
  const words =
    language === 'en'
      ? { subject: `Your code: ${code}`, text: `${code}\n\nThe code is good for ${minutes} minutes. Give it to nobody; staff never ask for it.\n` }
      : { subject: `验证码 ${code}`, text: `${code}\n\n${minutes} 分钟内有效。不要告诉任何人，工作人员不会向您要验证码。\n` }
  const message = channel === 'sms' ? { to, template: await templateOf(ctx), variables: { code, minutes: String(minutes) } } : { to, ...words }
  const content = encryptJson(ctx.services.keyring.secret(`outbox:${ctx.tenant}`), message, `outbox/${ctx.tenant}/${message_id}`)
  await insert(ctx, { message_id, kind: channel, textId: codeTemplate, content })
  // Somebody is waiting for it.
  ctx.services.wake(ctx.tenant)
}

async function templateOf(ctx: Ctx): Promise<string> {
  const { settings } = await getTown(ctx)
  const sms = settings['sms']
  const named: unknown = sms !== null && typeof sms === 'object' && 'signInCode' in sms ? sms.signInCode : undefined
  return typeof named === 'string' && named !== '' ? named : codeTemplate
}

const insert = (ctx: Ctx, row: { message_id: string; kind: 'mail' | 'sms'; textId: string; content: Buffer }) =>
  inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into outbox (tenant_id, message_id, kind, text_id, content, next_at, queued_at)
        values (${ctx.tenant}, ${row.message_id}, ${row.kind}, ${row.textId}, ${row.content}, ${ctx.clock.now()}, ${ctx.clock.now()})`.execute(trx),
  )
