// What the audit reads in the rows of one case: payloads under its key, the chain from event to event, columns against payload.
import type { Ctx } from '../context.ts'
import { DomainError } from '../errors.ts'
import { decryptJson } from '../keys/keyring.ts'
import type { AuditFinding } from './audit.ts'
import type { AuditRow } from './audit-queries.ts'
import { commitmentOf, parsePayload, type SaltedPayload } from './payload.ts'
import type { TreeFinding } from './self-check.ts'

/**
 * `case` is its number, `seq` the event's place in it. Every code but `erased` is an alarm:
 * docs/ledger-format.md section 7 says what each means.
 */
export type OfficeFinding = {
  code:
    | AuditFinding['code']
    | TreeFinding['code']
    | 'chain_broken'
    | 'row_differs'
    | 'head_differs'
    | 'backdated'
    | 'queue_overdue'
    | 'conflict'
    | 'checkpoint_unsigned'
    | 'signed_otherwise'
  epoch?: number | undefined
  index?: number | undefined
  source?: string | undefined
  case?: string | undefined
  seq?: number | undefined
}

/** `payload` is undefined when it is gone or its key is; one that was written by nobody of ours opens as an empty one. */
export type OpenedEvent = { row: AuditRow; payload: SaltedPayload | undefined }

/** Opens the events of one case under its key. */
export function openedEvents(ctx: Ctx, rows: AuditRow[]): OpenedEvent[] {
  const key = keyOf(ctx, rows[0])
  return rows.filter((row) => row.seq !== null).map((row) => ({ row, payload: key && row.payload ? open(ctx, key, row, row.payload) : undefined }))
}

function keyOf(ctx: Ctx, row: AuditRow | undefined): Buffer | undefined {
  if (!row?.wrapped || row.wrapping_key === null) return undefined
  return ctx.services.keyring.unwrap({ wrapped: row.wrapped, wrappingKey: row.wrapping_key })
}

/** Bytes that do not open, or open as something else, were edited: no commitment fits what stands for them. */
function open(ctx: Ctx, key: Buffer, row: AuditRow, sealed: Buffer): SaltedPayload {
  try {
    return parsePayload(decryptJson<unknown>(key, sealed, `event/${ctx.tenant}/${row.case_id}/${row.seq}`))
  } catch (error) {
    if (error instanceof DomainError || error instanceof SyntaxError) return { salt: Buffer.alloc(32).toString('base64'), fields: [] }
    throw error
  }
}

/** Numbers without a gap, each event naming the commitment of the one before, the case naming the last, columns as the payload says. */
export function rowFindings(rows: AuditRow[], events: OpenedEvent[]): OfficeFinding[] {
  const [first] = rows
  if (!first) return []
  const findings: OfficeFinding[] = []
  let before: Uint8Array = Buffer.alloc(32)
  for (const [at, { row, payload }] of events.entries()) {
    const place = { source: row.event_id, seq: row.seq ?? 0 }
    const fields = payload && new Map(payload.fields.flatMap((field) => ('value' in field ? [[field.name, field.value] as const] : [])))
    const prev = fields?.get('prev')
    if (row.seq !== at + 1 || (fields && prev !== Buffer.from(before).toString('base64'))) findings.push({ code: 'chain_broken', ...place })
    if (fields && !columnsFit(row, fields)) findings.push({ code: 'row_differs', ...place })
    if (payload && !row.commitment.equals(commitmentOf(payload))) findings.push({ code: 'row_differs', ...place })
    if (!leafFits(row, payload !== undefined)) findings.push({ code: 'event_edited', ...place })
    before = row.commitment
  }
  if (events.length !== first.event_seq || !first.event_head.equals(before)) findings.push({ code: 'head_differs', seq: first.event_seq })
  return findings
}

/** The leaf of an opened payload in the log is compared where its proof is; here the column, when the payload is gone or the leaf waits. */
function leafFits({ leaf, queued, commitment }: AuditRow, isOpen: boolean): boolean {
  const held = isOpen && leaf ? undefined : (leaf ?? queued)
  return !held || held.includes(`\ncommitment ${commitment.toString('base64')}\n`)
}

function columnsFit(row: AuditRow, fields: Map<string, unknown>): boolean {
  const said: Record<string, unknown> = { post: null, name: null, element: null, ...Object.fromEntries(fields) }
  return (
    said['case'] === row.number &&
    said['seq'] === row.seq &&
    said['type'] === row.type &&
    said['recorded_at'] === row.recorded_at.toISOString() &&
    said['effective_on'] === row.effective_on &&
    said['actor'] === row.actor_kind &&
    // The program acts in no post.
    row.post_id === (said['post'] ?? null) &&
    said['name'] === row.name &&
    said['element'] === row.element
  )
}
