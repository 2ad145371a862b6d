// Mails about accounts (confirm an address, a forgotten password, an invitation) go through the same outbox as all others.
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { uuidv7 } from '../ids.ts'
import type { IdentityMail } from '../identity/identity.ts'
import { encryptJson } from '../keys/keyring.ts'

const words = {
  confirm_address: {
    zh: ['确认您的电子邮箱', '请打开下面的链接，确认这是您的邮箱：'],
    en: ['Confirm your e-mail address', 'Open this link to confirm that this address is yours:'],
  },
  address_known: {
    zh: ['您已经有账号', '有人用这个邮箱再次注册。如果是您本人，请直接登录，或用下面的链接重设密码：'],
    en: ['You already have an account', 'Somebody registered with this address again. If it was you, sign in, or set a new password here:'],
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
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into outbox (tenant_id, message_id, kind, text_id, content, next_at, queued_at)
        values (${ctx.tenant}, ${message_id}, 'mail', ${`account.${mail.template}`}, ${content}, ${ctx.clock.now()}, ${ctx.clock.now()})`.execute(
      trx,
    ),
  )
}
