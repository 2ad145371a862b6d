// The office audit: `xiangli ledger audit`, and every night. It recomputes the tree from its leaves and opens every payload.
// What it cannot see, a log re-signed with all its cases made to fit, the outside monitor, the witness and the resident's receipt see.
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { DomainError } from '../errors.ts'
import { auditCase } from './audit.ts'
import { type AuditRow, auditRead, selectBackdated, selectCasesToAudit, selectLeavesToAudit, selectStuck } from './audit-queries.ts'
import { type OfficeFinding, openedEvents, rowFindings } from './audit-rows.ts'
import { equalBytes } from './bytes.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { readErasure } from './erase-case.ts'
import { hourOf, parseLeaf } from './leaf.ts'
import { parseNote, parseVkey, verifyNote } from './note.ts'
import { selectCheckpoint, selectHead, selectLogs, type CheckpointRow } from './queries.ts'
import { openLogReader } from './reads.ts'
import { checkTree } from './self-check.ts'
import type { LogSigner } from './signer.ts'
import { databaseHashes } from './storage.ts'
import { treeRoot } from './tree.ts'

/** `size` is of the newest epoch's last checkpoint. `findings` holds the first 10,000; the counts hold all. */
export type AuditReport = { epoch: number; size: number; cases: number; events: number; alarms: number; erased: number; findings: OfficeFinding[] }

export const isOfficeAlarm = ({ code }: OfficeFinding) => code !== 'erased'

const casesAtOnce = 25
const leavesAtOnce = 1000
const mostFindings = 10_000
/** Commits side by side may be queued out of the order of their times. */
const toleranceSeconds = 60

/**
 * Audits the whole town, some cases and leaves at a time; nothing is locked. `signer` knows, outside the database, what was signed last.
 * `restMilliseconds` passes between two reads, so that the nightly audit leaves the machine to people; `stopping` ends it
 * with an AbortError.
 */
export async function auditTown(
  ctx: Ctx,
  signer: LogSigner,
  { restMilliseconds = 0, stopping }: { restMilliseconds?: number; stopping?: AbortSignal } = {},
): Promise<AuditReport> {
  const report: AuditReport = { epoch: signer.epoch, size: 0, cases: 0, events: 0, alarms: 0, erased: 0, findings: [] }
  const rest = () => sleep(restMilliseconds, undefined, stopping ? { signal: stopping } : {})
  await auditLogs(ctx, signer, report, rest)
  await auditCases(ctx, report, rest)
  const limit = new Date(systemClock.now().getTime() - toleranceSeconds * 1000)
  const [stuck, backdated] = await auditRead(ctx.db, ctx.tenant, async (trx) => [
    await selectStuck(trx, ctx.tenant, limit),
    await selectBackdated(trx, ctx.tenant, toleranceSeconds, mostFindings),
  ])
  add(report, stuck)
  add(
    report,
    backdated.map(({ epoch, leaf_index, source }) => ({ code: 'backdated', epoch, index: leaf_index, source })),
  )
  return report
}

function add(report: AuditReport, findings: OfficeFinding[]): void {
  for (const finding of findings) {
    if (isOfficeAlarm(finding)) report.alarms++
    else report.erased++
    if (report.findings.length < mostFindings) report.findings.push(finding)
  }
}

async function auditLogs(ctx: Ctx, signer: LogSigner, report: AuditReport, rest: () => Promise<unknown>): Promise<void> {
  const reader = openLogReader(ctx.db, ctx.tenant)
  for (const { epoch, keys } of await auditRead(ctx.db, ctx.tenant, (trx) => selectLogs(trx, ctx.tenant))) {
    const checkpoint = await auditRead(ctx.db, ctx.tenant, (trx) => selectCheckpoint(trx, ctx.tenant, epoch))
    const isNewest = epoch === signer.epoch
    // The key folder's word for the newest epoch; of closed ones only the database keeps the verifier key.
    const vkeys = isNewest ? signingVkeys(signer) : keys.filter(({ role }) => role === 'log').map(({ vkey }) => vkey)
    if (checkpoint && !isSigned(checkpoint, vkeys)) add(report, [{ code: 'checkpoint_unsigned', epoch, index: checkpoint.size }])
    if (isNewest) {
      report.size = checkpoint?.size ?? 0
      add(report, await compareWithSigner(ctx, signer))
    }
    add(
      report,
      (await checkTree(reader, epoch)).map((finding) => ({ ...finding, epoch })),
    )
    for (let from = 0; from < (checkpoint?.size ?? 0); from += leavesAtOnce) {
      add(report, await auditLeaves(ctx, epoch, from))
      await rest()
    }
  }
}

const signingVkeys = (signer: LogSigner) => signer.keys().log.flatMap(({ vkey, state }) => (state === 'signing' ? [vkey] : []))

function isSigned({ note, size, root }: CheckpointRow, vkeys: string[]): boolean {
  try {
    const parsed = parseNote(note)
    verifyNote(parsed, vkeys.map(parseVkey))
    const checkpoint = parseCheckpoint(parsed.text)
    return checkpoint.size === size && equalBytes(checkpoint.root, root)
  } catch (error) {
    if (error instanceof DomainError) return false
    throw error
  }
}

/** What the signer remembers outside the database must be in the tree. */
async function compareWithSigner(ctx: Ctx, signer: LogSigner): Promise<OfficeFinding[]> {
  const { epoch, size, root } = signer.memory()
  if (size === 0) return []
  return auditRead(ctx.db, ctx.tenant, async (trx): Promise<OfficeFinding[]> => {
    const head = await selectHead(trx, ctx.tenant, epoch, false)
    const finding: OfficeFinding = { code: 'signed_otherwise', epoch, index: size }
    if (!head || head.size < size) return [finding]
    try {
      const computed = await treeRoot(size, databaseHashes(trx, ctx.tenant, epoch, head.size, new Map()))
      return equalBytes(computed, root) ? [] : [finding]
    } catch (error) {
      if (error instanceof DomainError) return [finding] // leaves or tiles are missing
      throw error
    }
  })
}

/** Case leaves without an event, and leaves that are none. */
async function auditLeaves(ctx: Ctx, epoch: number, from: number): Promise<OfficeFinding[]> {
  const rows = await auditRead(ctx.db, ctx.tenant, (trx) => selectLeavesToAudit(trx, ctx.tenant, epoch, from, from + leavesAtOnce))
  return rows.flatMap(({ leaf, leaf_index: index, source, known }): OfficeFinding[] => {
    const kind = kindOf(leaf)
    if (kind === undefined) return [{ code: 'leaf_malformed', epoch, index, source }]
    return kind === 'case' && !known ? [{ code: 'event_missing', epoch, index, source }] : []
  })
}

function kindOf(leaf: Uint8Array): string | undefined {
  try {
    return parseLeaf(leaf).kind
  } catch {
    return undefined
  }
}

async function auditCases(ctx: Ctx, report: AuditReport, rest: () => Promise<unknown>): Promise<void> {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const rows = await auditRead(ctx.db, ctx.tenant, (trx) => selectCasesToAudit(trx, ctx.tenant, after, casesAtOnce))
    const cases = [...Map.groupBy(rows, (row) => row.case_id).values()]
    for (const events of cases) await auditOne(ctx, report, events)
    report.cases += cases.length
    after = rows.at(-1)?.case_id ?? after
    if (cases.length < casesAtOnce) return
    await rest()
  }
}

async function auditOne(ctx: Ctx, report: AuditReport, rows: AuditRow[]): Promise<void> {
  const events = openedEvents(ctx, rows)
  report.events += events.length
  const number = rows[0]?.number
  const bySource = new Map(events.map((event) => [event.row.event_id, event.row]))
  const findings: OfficeFinding[] = rowFindings(rows, events)
  for (const epoch of new Set(events.map(({ row }) => row.epoch))) {
    const mine = events.filter(({ row }) => row.epoch === epoch)
    // In the queue, or nowhere: there is no leaf to compare with yet.
    if (epoch === null) {
      findings.push(
        ...mine.filter(({ row }) => !row.queued).map(({ row }) => ({ code: 'not_in_log' as const, source: row.event_id, seq: row.seq ?? 0 })),
      )
      continue
    }
    const leaves = mine.flatMap(({ row: { event_id, leaf_index, leaf, leaf_hash } }) =>
      leaf_index !== null && leaf && leaf_hash ? [{ source: event_id, index: leaf_index, leaf, hash: leaf_hash }] : [],
    )
    const isWhole = mine.every(({ payload }) => payload)
    const covered = isWhole ? new Set<number>() : await coveredIndexes(ctx, rows[0]?.case_id ?? '', epoch)
    const found = auditCase(
      mine.map(({ row, payload }) => ({ source: row.event_id, payload })),
      leaves,
      covered,
    )
    findings.push(...found.map((finding) => ({ ...finding, epoch, seq: bySource.get(finding.source)?.seq ?? undefined })))
    findings.push(...backdatedInTheirHour(mine))
  }
  add(
    report,
    findings.map((finding) => ({ ...finding, case: number })),
  )
}

/** A leaf says the hour in which its event was recorded. */
function backdatedInTheirHour(events: { row: AuditRow }[]): OfficeFinding[] {
  return events.flatMap(({ row }): OfficeFinding[] => {
    const hour = row.leaf?.toString().split('\n')[2]
    if (hour === undefined || hour === hourOf(row.recorded_at)) return []
    return [{ code: 'backdated', epoch: row.epoch ?? undefined, index: row.leaf_index ?? undefined, source: row.event_id, seq: row.seq ?? undefined }]
  })
}

/** The indexes of this epoch that erasure leaves cover for the case: only leaves that this installation's keys made. */
const coveredIndexes = (ctx: Ctx, caseId: string, epoch: number) =>
  auditRead(ctx.db, ctx.tenant, async (trx) => (await readErasure({ ...ctx, db: trx }, caseId, epoch)).covered)
