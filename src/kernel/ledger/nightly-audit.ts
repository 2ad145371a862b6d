// The office audit once a day: its result goes into the log, so that nobody can say later that an alarm was never raised.
import { randomUUID } from 'node:crypto'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { logLine } from '../log.ts'
import { selectLastAudit } from './audit-queries.ts'
import { hmacSha256, toBase64 } from './bytes.ts'
import { encodeLeaf, parseLeaf } from './leaf.ts'
import { auditTown, type AuditReport } from './office-audit.ts'
import { insertQueue } from './queries.ts'
import { getLog, openLogReader } from './reads.ts'
import type { LogSigner } from './signer.ts'

/** What the log says of its last audit: the UTC hour, the tree size and how many alarms. */
export type LastAudit = { hour: string; size: number; alarms: number }

/** The newest audit in the log's newest epoch; public. */
export async function findLastAudit(ctx: Pick<Ctx, 'db' | 'tenant'>): Promise<LastAudit | undefined> {
  const { epoch } = await getLog(openLogReader(ctx.db, ctx.tenant))
  const bytes = await inTenant(ctx.db, ctx.tenant, (trx) => selectLastAudit(trx, ctx.tenant, epoch))
  const leaf = bytes && parseLeaf(bytes)
  return leaf?.kind === 'audit' ? { hour: leaf.hour, size: Number(leaf.fields.size), alarms: Number(leaf.fields.findings) } : undefined
}

/** Queues the result of an audit as a leaf. The commitment opens with the installation's secret and the report that was printed or logged. */
export async function recordAudit(ctx: Ctx, report: AuditReport): Promise<void> {
  const body = JSON.stringify({ size: report.size, alarms: report.alarms, erased: report.erased, findings: report.findings })
  const source = randomUUID()
  const commitment = hmacSha256(ctx.services.keyring.secret(`audit:${ctx.tenant}`), source, body)
  const fields = { audit: 'office', size: String(report.size), findings: String(report.alarms), commitment: toBase64(commitment) }
  await inTenant(ctx.db, ctx.tenant, (trx) => insertQueue(trx, ctx.tenant, source, encodeLeaf('audit', ctx.clock.now(), fields)))
  ctx.services.wake(ctx.tenant)
}

const day = 24 * 3_600_000
/** Between two reads: people come first. */
const restMilliseconds = 50

/** Audits when the last audit in the log is a day old and there is something to audit; says whether it did. */
export async function auditNightly(ctx: Ctx, signer: LogSigner, stopping: AbortSignal): Promise<boolean> {
  const last = await findLastAudit(ctx)
  const isFresh = last && ctx.clock.now().getTime() - new Date(last.hour.replace('Z', ':00:00Z')).getTime() < day
  if (isFresh || signer.memory().size === 0) return false
  const report = await auditTown(ctx, signer, { restMilliseconds, stopping }).catch((error: unknown) => {
    if (stopping.aborted) return undefined
    throw error
  })
  if (!report) return false
  await recordAudit(ctx, report)
  if (report.alarms > 0) {
    const codes = [...new Set(report.findings.map(({ code }) => code))].join(' ')
    logLine('error', 'ledger.alarm', { tenant: ctx.tenant, alarms: report.alarms, codes })
  }
  return true
}
