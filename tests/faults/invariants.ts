// What must hold of every case and every log at every moment, whatever went wrong before. Each finding is one sentence.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { readDossier, payloadText, type EventRow } from '#kernel/cases/dossier.ts'
import { loadCase, readCaseFile } from '#kernel/cases/load-case.ts'
import type { LoadedCase } from '#kernel/cases/types.ts'
import type { Ctx } from '#kernel/context.ts'
import { inTenant } from '#kernel/database/database.ts'
import { awaited } from '#kernel/engine/run.ts'
import { auditCase, type AuditLeaf } from '#kernel/ledger/audit.ts'
import { openLogReader, listLogs } from '#kernel/ledger/reads.ts'
import { checkTree } from '#kernel/ledger/self-check.ts'
import { databaseHashes } from '#kernel/ledger/storage.ts'
import { treeRoot } from '#kernel/ledger/tree.ts'
import { getPackage } from '#kernel/procedures/packages.ts'

/** Events, tasks, timers and files of one case against its state. `ctx` is the system's. */
export async function checkCase(ctx: Ctx, caseId: string): Promise<string[]> {
  const loaded = await loadCase(ctx, caseId)
  const { events } = await readDossier(ctx, loaded)
  const findings = [...checkEvents(loaded, events), ...(await checkWaiting(ctx, loaded)), ...(await checkDocuments(ctx, loaded, events))]
  findings.push(...(await checkLeaves(ctx, caseId, events)))
  return findings.map((finding) => `${loaded.row.number}: ${finding}`)
}

/** Event n names the commitment of event n - 1, and the case the last one. */
function checkEvents(loaded: LoadedCase, events: EventRow[]): string[] {
  const findings: string[] = []
  if (events.some((event, index) => event.seq !== index + 1)) findings.push('its events are not numbered 1, 2, 3 …')
  if (events.length !== loaded.row.event_seq) findings.push(`it counts ${loaded.row.event_seq} events and has ${events.length}`)
  for (const event of events) {
    if (payloadText(event, 'case') !== loaded.row.number || payloadText(event, 'seq') !== String(event.seq))
      findings.push(`event ${event.seq} names another place`)
    if (payloadText(event, 'type') !== event.type) findings.push(`event ${event.seq} is of another type than it says`)
  }
  return findings
}

/** Rows of tasks, timers and subscriptions are exactly those of the engine's tokens; a case waits for something or has ended. */
async function checkWaiting(ctx: Ctx, { row, tasks, subscriptions }: LoadedCase): Promise<string[]> {
  const { graph } = await getPackage(ctx, row.package_hash)
  const expected = row.state.tokens.flatMap((token) => {
    const element = graph.elements[token.at]
    if (!element || (token.is !== 'task' && token.is !== 'event' && token.is !== 'listener')) return []
    const kind = token.seen ? undefined : awaited(element, token)?.kind
    const event = kind === 'timer' || kind === 'message' || kind === 'signal' ? [`${kind} ${token.at} ${token.id}`] : []
    return token.is === 'task' ? [`task ${token.at} ${token.id}`, ...event] : event
  })
  const timers = await rowsOf<{ element: string; token: string }>(
    ctx,
    sql`select element, token from timers where tenant_id = ${ctx.tenant} and case_id = ${row.case_id}`,
  )
  const actual = [
    ...tasks.map((task) => `task ${task.element} ${task.token}`),
    ...timers.map((timer) => `timer ${timer.element} ${timer.token}`),
    ...subscriptions.map((subscription) => `${subscription.kind} ${subscription.element} ${subscription.token}`),
  ]
  const findings: string[] = []
  if (expected.toSorted().join() !== actual.toSorted().join())
    findings.push(`it waits for [${actual.toSorted().join(', ')}], its state for [${expected.toSorted().join(', ')}]`)
  if ((row.status === 'open') !== (row.state.status === 'running')) findings.push(`it is ${row.status}, its state ${row.state.status}`)
  if (row.status === 'open' && actual.length === 0) findings.push('it is open and waits for nothing')
  if (row.status === 'closed' && (actual.length > 0 || row.outcome === null)) findings.push('it is closed and still waits, or has no outcome')
  return findings
}

/** Each document's file opens with the case's key and is the one whose hash was recorded. */
async function checkDocuments(ctx: Ctx, loaded: LoadedCase, events: EventRow[]): Promise<string[]> {
  const findings: string[] = []
  const recorded = new Set(
    events.filter((event) => event.type === 'document.issued' || event.type === 'document.corrected').map((event) => payloadText(event, 'sha256')),
  )
  for (const document of loaded.documents) {
    const pdf = await readCaseFile(ctx, loaded.key, document.file_id).catch(() => undefined)
    if (!pdf) findings.push(`the file of ${document.number} cannot be opened`)
    else if (!recorded.has(createHash('sha256').update(pdf).digest('base64'))) findings.push(`the file of ${document.number} is not the one recorded`)
  }
  return findings
}

/** Once the queue is empty: the office audit of the case against the log. */
async function checkLeaves(ctx: Ctx, caseId: string, events: EventRow[]): Promise<string[]> {
  const queued = await rowsOf<{ n: number }>(ctx, sql`select count(*)::int as n from ledger_queue where tenant_id = ${ctx.tenant}`)
  if (queued[0]?.n !== 0) return ['the queue of the log is not empty']
  const leaves = await rowsOf<{ source: string; leaf_index: number; leaf: Buffer; leaf_hash: Buffer }>(
    ctx,
    sql`select l.source, l.leaf_index, l.leaf, l.leaf_hash from ledger_leaves l join events e on e.tenant_id = l.tenant_id and e.event_id = l.source
      where e.tenant_id = ${ctx.tenant} and e.case_id = ${caseId}`,
  )
  const toLeaf = (row: (typeof leaves)[number]): AuditLeaf => ({ source: row.source, index: row.leaf_index, leaf: row.leaf, hash: row.leaf_hash })
  const findings = auditCase(
    events.map((event) => ({ source: event.event_id, payload: event.payload })),
    leaves.map(toLeaf),
  )
  return findings.map((finding) => `audit: ${finding.code} at ${finding.index}`)
}

/** What the whole town must show: numbers without gaps, each event once in the log, a log that is consistent with all it signed. */
export async function checkTown(ctx: Ctx): Promise<string[]> {
  return [...(await checkNumbers(ctx)), ...(await checkQueue(ctx)), ...(await checkLog(ctx))]
}

/** Numbers of official documents have no gap and no double. */
async function checkNumbers(ctx: Ctx): Promise<string[]> {
  const series = await rowsOf<{ series: string; year: number; last: number; used: number; highest: number; lowest: number }>(
    ctx,
    sql`select s.series, s.year, s.last, count(distinct d.sequence)::int as used, coalesce(max(d.sequence), 0) as highest, coalesce(min(d.sequence), 1) as lowest
      from document_series s left join documents d on d.tenant_id = s.tenant_id and d.series = s.series and d.year = s.year
      where s.tenant_id = ${ctx.tenant} group by s.series, s.year, s.last`,
  )
  return series
    .filter((row) => row.used !== row.last || row.highest !== row.last || row.lowest !== 1)
    .map((row) => `series ${row.series} ${row.year} counts ${row.last} and has ${row.used} numbers up to ${row.highest}`)
}

/** Each event is in the queue or in the log, once, with its own commitment. */
async function checkQueue(ctx: Ctx): Promise<string[]> {
  const [row] = await rowsOf<{ absent: number; doubled: number; strange: number; conflicts: number; foreign: number }>(
    ctx,
    sql`with both_places as (
        select source, leaf from ledger_queue where tenant_id = ${ctx.tenant} union all select source, leaf from ledger_leaves where tenant_id = ${ctx.tenant}),
      found as (select e.event_id, count(b.source) as times,
          bool_and(position(convert_to('commitment ' || encode(e.commitment, 'base64'), 'UTF8') in b.leaf) > 0) as own
        from events e left join both_places b on b.source = e.event_id where e.tenant_id = ${ctx.tenant} group by e.event_id)
      select count(*) filter (where times = 0)::int as absent, count(*) filter (where times > 1)::int as doubled, count(*) filter (where not own)::int as strange,
        (select count(*) from ledger_conflicts where tenant_id = ${ctx.tenant})::int as conflicts,
        (select count(*) from both_places b where position(convert_to(E'\ncase\n', 'UTF8') in b.leaf) > 0
          and not exists (select 1 from events e where e.tenant_id = ${ctx.tenant} and e.event_id = b.source))::int as foreign from found`,
  )
  return Object.entries(row ?? { unreadable: 1 })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} events or leaves are ${what} in queue and log`)
}

/** The tree computed anew has the root that was signed, now and at every size that was ever signed. */
async function checkLog(ctx: Ctx): Promise<string[]> {
  const reader = openLogReader(ctx.db, ctx.tenant)
  const findings: string[] = []
  for (const { epoch } of await listLogs(reader)) {
    for (const finding of await checkTree(reader, epoch)) findings.push(`log ${epoch}: ${finding.code} at ${finding.index}`)
    // Earlier roots of a tree with holes cannot be computed.
    if (findings.length > 0) continue
    const signed = await rowsOf<{ size: number; root: Buffer }>(
      ctx,
      sql`select size, root from ledger_checkpoints where tenant_id = ${ctx.tenant} and epoch = ${epoch} order by size`,
    )
    for (const { size, root } of signed) {
      const computed = await inTenant(ctx.db, ctx.tenant, (trx) =>
        treeRoot(size, databaseHashes(trx, ctx.tenant, epoch, signed.at(-1)?.size ?? size, reader.cache)),
      )
      if (!root.equals(computed)) findings.push(`log ${epoch}: the checkpoint of ${size} entries signs another tree`)
    }
  }
  return findings
}

/** Rows of the tenant, sealed ones too. */
export async function rowsOf<T>(ctx: Ctx, query: ReturnType<typeof sql>): Promise<T[]> {
  return inTenant(ctx.db, ctx.tenant, async (trx) => {
    await sql`select set_config('app.sealed', '*', true)`.execute(trx)
    const { rows } = await query.execute(trx)
    // The statement beside the call names the row's shape.
    return rows as T[]
  })
}
