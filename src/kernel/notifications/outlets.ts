// Where messages leave: SMTP (RFC 5321) and a webhook for SMS. What a receiver answers is never kept: it repeats addresses.
import { createTransport } from 'nodemailer'
import { type ExternalSystems, externalSystemsFrom } from '../cases/external-action.ts'
import { DomainError } from '../errors.ts'
import { safeFetch, SafeFetchError } from '../net/safe-fetch.ts'

export type Mail = { messageId: string; to: string; subject: string; text: string }
/** SMS carries a registered template's id with its variables, never free text. */
export type Sms = { messageId: string; to: string; template: string; variables: Record<string, string> }

/** A refusal to send: `permanent` will not change by trying again. `message` names a code, never the receiver. */
export class SendFailure extends Error {
  readonly permanent: boolean
  constructor(message: string, permanent: boolean) {
    super(message)
    this.name = 'SendFailure'
    this.permanent = permanent
  }
}

/** Absent means not configured: such messages wait, or go to the demo outbox in a demonstration. Each throws SendFailure. */
export type Outlets = {
  mail?: { send(mail: Mail): Promise<void>; close(): void } | undefined
  sms?: { send(sms: Sms): Promise<void> } | undefined
  /** Systems that procedures may call (external@1). */
  external?: ExternalSystems
}

/**
 * Reads SMTP_URL, MAIL_FROM, SMS_WEBHOOK_URL and EXTERNAL_SYSTEMS.
 * @throws `config.mail_from` when mail can be sent but from nobody, `config.url` for a URL that is none.
 */
export function outletsFrom(env: Record<string, string | undefined>): Outlets {
  const { SMTP_URL, MAIL_FROM: from, SMS_WEBHOOK_URL: webhook } = env
  // `none` says that this installation sends no mail and means it (checkStart asks in production).
  const smtp = SMTP_URL === 'none' ? undefined : SMTP_URL
  if (smtp && !from) throw new DomainError('unavailable', 'config.mail_from', 'SMTP_URL is set: set MAIL_FROM too, the address mails come from.')
  return {
    mail: smtp && from ? smtpOutlet(readUrl('SMTP_URL', smtp, ['smtp:', 'smtps:']), from) : undefined,
    external: externalSystemsFrom(env),
    sms: webhook ? webhookOutlet(readUrl('SMS_WEBHOOK_URL', webhook, ['https:', 'http:'])) : undefined,
  }
}

function readUrl(name: string, text: string, protocols: string[]): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !protocols.includes(url.protocol))
    throw new DomainError('unavailable', 'config.url', `${name} must begin with ${protocols.join(' or ')}//.`)
  return text
}

const patience = 15_000

/** Mails over SMTP; the id of a message stays the same when it is tried again, so that a receiver can drop a second copy. */
export function smtpOutlet(url: string, from: string): NonNullable<Outlets['mail']> {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
  })
  const domain = from.match(/@([^\s>]+)/)?.[1] ?? 'localhost'
  return {
    async send({ messageId, to, subject, text }) {
      try {
        await transport.sendMail({
          messageId: `<${messageId}@${domain}>`,
          from,
          to: { name: '', address: to },
          subject,
          text,
          headers: { 'auto-submitted': 'auto-generated' },
        })
      } catch (error) {
        throw toFailure(error)
      }
    },
    close: () => transport.close(),
  }
}

/** RFC 5321 section 4.2.1: 5yz is final, 4yz and a broken connection are not. */
function toFailure(error: unknown): SendFailure {
  if (!(error instanceof Error)) return new SendFailure('smtp', false)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'error'
  const answer = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : undefined
  // Refused credentials are ours to put right, not the receiver's.
  const permanent = answer !== undefined && answer >= 500 && code !== 'EAUTH'
  return new SendFailure(`smtp ${code}${answer === undefined ? '' : ` ${answer}`}`, permanent)
}

/** Posts `{messageId, to, template, variables}` as JSON; the provider's adapter stands behind the URL, which may be private. */
export function webhookOutlet(url: string): NonNullable<Outlets['sms']> {
  return {
    async send(sms) {
      let status: number
      try {
        const answer = await safeFetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': sms.messageId },
          body: JSON.stringify(sms),
          timeoutMs: patience,
          maxBytes: 64 * 1024,
          maxRedirects: 0,
          trustedHosts: [new URL(url).host],
        })
        status = answer.status
      } catch (error) {
        throw new SendFailure(`sms ${error instanceof SafeFetchError ? error.code : 'unreachable'}`, false)
      }
      if (status >= 200 && status < 300) return
      throw new SendFailure(`sms ${status}`, status >= 400 && status < 500 && ![401, 403, 408, 409, 429].includes(status))
    },
  }
}
