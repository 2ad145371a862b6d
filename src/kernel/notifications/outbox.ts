// The outbox: messages are queued by steps and leave from here, each leased by one sender at a time.
import { as, type Ctx, systemActor } from '../context.ts'
import { loadStep } from '../cases/load-case.ts'
import { runStep } from '../cases/run-step.ts'
import type { OutboxContent } from '../cases/tell.ts'
import { markUntold } from '../cases/glass-queries.ts'
import { escalate } from '../cases/watch.ts'
import { notFound } from '../errors.ts'
import { decryptJson } from '../keys/keyring.ts'
import { logError, logLine } from '../log.ts'
import { type Outlets, SendFailure } from './outlets.ts'
import { leaseMessages, markFailed, markSent, type OutboxRow, selectKeys, selectMessages } from './queries.ts'

const leaseMilliseconds = 120_000
const atOnce = 50
/** Minutes to wait after each failed try; after the last one the message has failed. */
const waits = [1, 5, 15, 60, 180, 360, 720]

export type SendResult = { sent: number; retried: number; failed: number }

/**
 * Sends what is due, up to 50 messages. A lost connection or a refusal that may pass is tried again, eight times within
 * some 22 hours; a final refusal, or the last try, ends as `failed` and is reported up the line of the case (`bounced`).
 */
export async function sendOutbox(ctx: Ctx, outlets: Outlets): Promise<SendResult> {
  const own = as(ctx, systemActor('outbox'))
  const result: SendResult = { sent: 0, retried: 0, failed: 0 }
  const now = own.clock.now()
  const leased = await leaseMessages(own, kindsOf(own, outlets), now, new Date(now.getTime() + leaseMilliseconds), atOnce)
  const keys = await openKeys(own, leased)
  const shown: string[] = []
  for (const message of leased) {
    const outcome = await sendOne(own, outlets, message, keys)
    if (outcome === 'shown') shown.push(message.message_id)
    result[outcome === 'shown' ? 'sent' : outcome]++
  }
  await markSent(own, shown, own.clock.now())
  return result
}

/** A demonstration without an outlet shows its messages in the demo outbox; elsewhere they wait for one. */
const kindsOf = (ctx: Ctx, outlets: Outlets): string[] => [
  ...(outlets.mail || ctx.services.demo ? ['mail'] : []),
  ...(outlets.sms || ctx.services.demo ? ['sms'] : []),
]

/** `shown`: nothing left the house, so it is marked with the others of its round. What left is marked at once, or a crash would send it again. */
async function sendOne(ctx: Ctx, outlets: Outlets, message: OutboxRow, keys: Map<string, Buffer>): Promise<keyof SendResult | 'shown'> {
  try {
    const content = openContent(ctx, message, keys)
    // An erased case: there is nobody left to tell.
    if (!content) throw new SendFailure('erased', true)
    const outlet = message.kind === 'mail' ? outlets.mail : outlets.sms
    if (!outlet) return 'shown'
    await deliver(outlets, message, content)
    await markSent(ctx, [message.message_id], ctx.clock.now())
    return 'sent'
  } catch (error) {
    if (!(error instanceof SendFailure)) throw error
    return noteFailure(ctx, message, error)
  }
}

async function deliver(outlets: Outlets, message: OutboxRow, content: OutboxContent): Promise<void> {
  const { message_id: messageId } = message
  if (message.kind === 'mail') await outlets.mail?.send({ messageId, to: content.to, subject: content.subject ?? '', text: content.text ?? '' })
  else await outlets.sms?.send({ messageId, to: content.to, template: content.template ?? '', variables: content.variables ?? {} })
}

async function noteFailure(ctx: Ctx, message: OutboxRow, failure: SendFailure): Promise<'retried' | 'failed'> {
  const minutes = failure.permanent ? undefined : waits[message.attempts - 1]
  const nextAt = minutes === undefined ? undefined : new Date(ctx.clock.now().getTime() + minutes * 60_000)
  await markFailed(ctx, message.message_id, failure.message, nextAt)
  if (nextAt) return 'retried'
  logLine('warning', 'outbox.failed', { tenant: ctx.tenant, message: message.message_id, kind: message.kind, reason: failure.message })
  if (message.case_id !== null && failure.message !== 'erased') await reportBounce(ctx, message.case_id, message.text_id)
  return 'failed'
}

/** The case must not rely on a message that did not arrive: its office is told, once for each text. */
async function reportBounce(ctx: Ctx, caseId: string, subject: string): Promise<void> {
  try {
    await runStep(
      () => loadStep(ctx, caseId),
      (step) => escalate(step, 'bounced', subject, step.case.row.handling_office ?? step.case.tasks[0]?.organization_id ?? null),
    )
    if (subject === 'case.glass-opened') await markUntold(ctx, caseId)
  } catch (error) {
    logError('outbox.bounce', error, { tenant: ctx.tenant })
  }
}

async function openKeys(ctx: Ctx, messages: OutboxRow[]): Promise<Map<string, Buffer>> {
  const cases = [...new Set(messages.flatMap((message) => message.case_id ?? []))]
  if (cases.length === 0) return new Map()
  const rows = await selectKeys(ctx, cases)
  return new Map(rows.map((row) => [row.case_id, ctx.services.keyring.unwrap({ wrapped: row.wrapped, wrappingKey: row.wrapping_key })]))
}

/** Undefined when the case and its key were erased. */
function openContent(ctx: Ctx, message: OutboxRow, keys: Map<string, Buffer>): OutboxContent | undefined {
  const key = message.case_id === null ? ctx.services.keyring.secret(`outbox:${ctx.tenant}`) : keys.get(message.case_id)
  return key && decryptJson<OutboxContent>(key, message.content, `outbox/${ctx.tenant}/${message.message_id}`)
}

export type DemoMessage = OutboxContent & {
  messageId: string
  kind: 'mail' | 'sms' | 'webhook'
  textId: string
  status: string
  queuedAt: Date
  sentAt: Date | null
}

/** The newest messages in plain text, newest first. @throws `outbox.not_found` outside a demonstration. */
export async function listDemoOutbox(ctx: Ctx, limit = 200): Promise<DemoMessage[]> {
  if (!ctx.services.demo) throw notFound('outbox.not_found')
  const rows = await selectMessages(ctx, limit)
  const keys = await openKeys(ctx, rows)
  return rows.flatMap((row) => {
    const content = openContent(ctx, row, keys)
    const { message_id: messageId, kind, text_id: textId, status, queued_at: queuedAt, sent_at: sentAt } = row
    return content ? [{ ...content, messageId, kind, textId, status, queuedAt, sentAt }] : []
  })
}
