// Actions that another system carries out (external@1): queued with the step, sent afterwards, tried again, and at last an incident.
import { safeFetch } from '../net/safe-fetch.ts'
import { createHmac } from 'node:crypto'
import { as, type Ctx, systemActor } from '../context.ts'
import { DomainError } from '../errors.ts'
import type { FormData } from '../forms/forms.ts'
import { decryptJson } from '../keys/keyring.ts'
import { logError } from '../log.ts'
import { storeData } from './case-data.ts'
import { type ActionRow, leaseActions, markActionCancelled, markActionWaiting } from './external-queries.ts'
import { loadStep } from './load-case.ts'
import { performStep } from './perform.ts'
import type { ExternalContent } from './queue-external.ts'
import { runEngine } from './run.ts'
import { addRow, recordEvent } from './step.ts'

/** A system that the operator of the installation has named; a package can only choose among these. `secret` is base 64. */
export type ExternalSystem = { url: string; secret: string }
export type ExternalSystems = ReadonlyMap<string, ExternalSystem>

/** Minutes to wait after each failed try; after the last one the case has an incident. Limits run on meanwhile. */
const waits = [1, 5, 15, 60, 180]
const leaseMilliseconds = 120_000
const atOnce = 20
const patience = 15_000

export type ActionsResult = { done: number; retried: number; failed: number }

/** Carries out what is due, up to 20 actions; each is leased by one process at a time. */
export async function runActions(ctx: Ctx, systems: ExternalSystems): Promise<ActionsResult> {
  const own = as(ctx, systemActor('actions'))
  const now = own.clock.now()
  const result = { done: 0, retried: 0, failed: 0 }
  for (const action of await leaseActions(own, now, new Date(now.getTime() + leaseMilliseconds), atOnce)) result[await runOne(own, action, systems)]++
  return result
}

async function runOne(ctx: Ctx, action: ActionRow, systems: ExternalSystems): Promise<keyof ActionsResult> {
  try {
    const { case: loaded } = await loadStep(ctx, action.case_id)
    const content = decryptJson<ExternalContent>(loaded.key, action.content, `action/${ctx.tenant}/${action.action_id}`)
    const answer = await call(ctx, systems.get(content.system), action.action_id, content.data)
    if ('failure' in answer) return await noteFailure(ctx, action, answer)
    await finish(ctx, action, keepOf(answer.data, content.keep))
    return 'done'
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    // The case was erased, or has gone another way: nobody waits for this any more.
    await markActionCancelled(ctx, action.action_id)
    logError('action.dropped', error, { tenant: ctx.tenant })
    return 'failed'
  }
}

type Answer = { data: FormData } | { failure: string; permanent: boolean }

/**
 * POST of `{id, tenant, data}` as JSON, signed as Standard Webhooks does (`webhook-id`, `webhook-timestamp`, `webhook-signature: v1,…`). The id
 * stays the same when it is tried again. 2xx is done; 4xx is final, but for those that pass (401, 403, 408, 409, 425, 429); all else passes.
 */
async function call(ctx: Ctx, system: ExternalSystem | undefined, id: string, data: FormData): Promise<Answer> {
  if (!system) return { failure: 'unconfigured', permanent: false }
  const body = JSON.stringify({ id, tenant: ctx.tenant, data })
  const timestamp = String(Math.floor(ctx.clock.now().getTime() / 1000))
  const signature = createHmac('sha256', Buffer.from(system.secret, 'base64')).update(`${id}.${timestamp}.${body}`).digest('base64')
  try {
    const response = await safeFetch(system.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
        'idempotency-key': id,
      },
      body,
      timeoutMs: patience,
      maxBytes: 256 * 1024,
      maxRedirects: 0,
      // Whoever runs the installation named it (EXTERNAL_SYSTEMS), so it may stand in the office's own network.
      trustedHosts: [new URL(system.url).host],
    })
    if (response.status >= 200 && response.status < 300) return { data: toData(response.body.toString()) }
    const passes = response.status >= 500 || [401, 403, 408, 409, 425, 429].includes(response.status)
    return { failure: `http ${response.status}`, permanent: !passes }
  } catch {
    return { failure: 'unreachable', permanent: false }
  }
}

/** A JSON object, or nothing: what else comes back says nothing to a procedure. */
function toData(answer: string): FormData {
  if (answer.length > 100_000) return {}
  try {
    const parsed: unknown = JSON.parse(answer)
    return parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed) ? { ...parsed } : {}
  } catch {
    return {}
  }
}

/** Only fields that the package asked for, and only plain values: nobody else decides what a case holds. */
const keepOf = (data: FormData, keep: string[]): FormData =>
  Object.fromEntries(Object.entries(data).filter(([name, value]) => keep.includes(name) && ['string', 'number', 'boolean'].includes(typeof value)))

const finish = (ctx: Ctx, action: ActionRow, data: FormData): Promise<void> =>
  performStep(
    () => loadStep(ctx, action.case_id),
    async (step) => {
      storeData(step, action.element, action.token, data)
      addRow(step, 'actions_end', { token: action.token, status: 'done' })
      recordEvent(step, { type: 'action.done', element: action.element, data })
      await runEngine(step, { type: 'done', token: action.token })
    },
  )

async function noteFailure(
  ctx: Ctx,
  action: ActionRow,
  { failure, permanent }: { failure: string; permanent: boolean },
): Promise<'retried' | 'failed'> {
  const minutes = permanent ? undefined : waits[action.attempts - 1]
  if (minutes !== undefined) {
    await markActionWaiting(ctx, action.action_id, failure, new Date(ctx.clock.now().getTime() + minutes * 60_000))
    return 'retried'
  }
  await performStep(
    () => loadStep(ctx, action.case_id),
    async (step) => {
      addRow(step, 'actions_end', { token: action.token, status: 'failed' })
      recordEvent(step, { type: 'action.failed', element: action.element, fields: { code: 'external.failed', reason: failure } })
      await runEngine(step, { type: 'error', token: action.token, code: 'external.failed' })
    },
  )
  return 'failed'
}

/**
 * Reads EXTERNAL_SYSTEMS: `{"registry": {"url": "https://…", "secret": "<base 64, at least 24 bytes>"}}`.
 * @throws `config.external`.
 */
export function externalSystemsFrom(env: Record<string, string | undefined>): ExternalSystems {
  const { EXTERNAL_SYSTEMS: given } = env
  if (!given) return new Map()
  const wrong = () =>
    new DomainError('unavailable', 'config.external', 'EXTERNAL_SYSTEMS is {"<name>": {"url": "https://…", "secret": "<base 64>"}}.')
  const parsed = parseObject(given)
  if (!parsed) throw wrong()
  return new Map(
    Object.entries(parsed).map(([name, system]): [string, ExternalSystem] => {
      const { url, secret }: { url?: unknown; secret?: unknown } = system !== null && typeof system === 'object' ? system : {}
      if (typeof url !== 'string' || !/^https?:\/\//.test(url) || !URL.canParse(url)) throw wrong()
      if (typeof secret !== 'string' || Buffer.from(secret, 'base64').length < 24) throw wrong()
      return [name, { url, secret }]
    }),
  )
}

function parseObject(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return parsed !== null && typeof parsed === 'object' ? parsed : undefined
  } catch {
    return undefined
  }
}
