// Compares what a writer acknowledged with what the database holds after all its kills.
import { sql } from 'kysely'
import { openCase } from '#kernel/cases/open-case.ts'
import { findByReceipt } from '#kernel/cases/receipts.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { readDossier } from '#kernel/cases/dossier.ts'
import { as, type Ctx } from '#kernel/context.ts'
import type { Installation } from '#kernel/installation/installation.ts'
import { integrate } from '#kernel/ledger/integrator.ts'
import { parseVkey } from '#kernel/ledger/note.ts'
import { verifyPromise } from '#kernel/ledger/promise.ts'
import { toBase64 } from '#kernel/ledger/bytes.ts'
import { checkCase, checkTown, rowsOf } from './invariants.ts'
import type { KillResult } from './kill.ts'
import { type Acknowledged, actsOf, filingOf, type Workload } from './workload.ts'

/** Everything that is wrong, one sentence each; empty when nothing acknowledged was lost and nothing was done twice. */
export async function checkWriter(ctx: Ctx, installation: Installation, workload: Workload, { acknowledged }: KillResult): Promise<string[]> {
  const signer = await installation.logOf(ctx.tenant)
  while (await integrate(ctx.db, ctx.tenant, signer, ctx.clock)) {
    // Until the queue is empty.
  }
  const filed = acknowledged.filter((line) => line.act === 'filed')
  const findings = [...checkPlan(workload, acknowledged), ...(await checkCounts(ctx, workload))]
  for (const { matter, answer } of filed) {
    findings.push(...(await checkFiling(ctx, workload, matter, answer)), ...(await checkCase(ctx, answer.caseId)))
    if (!(await hasPromisedLeaf(ctx, signer.vkeys.promise, answer))) findings.push(`matter ${matter}: the promised leaf is not in the log`)
  }
  return [...findings, ...(await checkTown(ctx))]
}

/** Each act of the plan was acknowledged once. */
function checkPlan(workload: Workload, acknowledged: Acknowledged[]): string[] {
  const planned = Array.from({ length: workload.filings }, (_, matter) =>
    ['filed', ...actsOf(matter, workload)].map((act) => `${matter} ${act}`),
  ).flat()
  const seen = acknowledged.map((line) => `${line.matter} ${line.act === 'filed' ? 'filed' : line.element}`)
  return planned.toSorted().join() === seen.toSorted().join() ? [] : [`${planned.length} acts were planned, ${new Set(seen).size} were acknowledged`]
}

/** Not one row more than the plan: whatever was done twice shows here. */
async function checkCounts(ctx: Ctx, workload: Workload): Promise<string[]> {
  const [row] = await rowsOf<Record<string, number>>(
    ctx,
    sql`select (select count(*) from cases where tenant_id = ${ctx.tenant})::int as cases,
      (select count(*) from parties where tenant_id = ${ctx.tenant})::int as parties,
      (select count(*) from party_lookups where tenant_id = ${ctx.tenant})::int as lookups,
      (select count(*) from case_search where tenant_id = ${ctx.tenant})::int as indexed,
      (select count(*) from idempotency_keys where tenant_id = ${ctx.tenant})::int as keys,
      (select count(*) from vault.get_keys(${ctx.tenant}, array(select case_id from cases where tenant_id = ${ctx.tenant})))::int as case_keys,
      (select count(*) from events where tenant_id = ${ctx.tenant} and type = 'case.filed')::int as filings`,
  )
  return Object.entries(row ?? { unreadable: -1 })
    .filter(([, count]) => count !== workload.filings)
    .map(([what, count]) => `${workload.filings} matters were filed; there are ${count} ${what}`)
}

/** The case is there under its number, its receipt opens it, the same request gives the same answer, and each task was done once. */
async function checkFiling(
  ctx: Ctx,
  workload: Workload,
  matter: number,
  answer: Extract<Acknowledged, { act: 'filed' }>['answer'],
): Promise<string[]> {
  const findings: string[] = []
  const loaded = await loadCase(ctx, answer.caseId)
  if (loaded.row.number !== answer.number) findings.push(`matter ${matter} has another number`)
  if (loaded.content.filing['subject'] !== filingOf(workload, matter).data.subject) findings.push(`matter ${matter} holds another subject`)
  if ((await findByReceipt(ctx, answer.receiptCode))?.caseId !== answer.caseId) findings.push(`the receipt of matter ${matter} does not open it`)
  const again = await openCase(as(ctx, { kind: 'anonymous' }), filingOf(workload, matter))
  if (JSON.stringify(again) !== JSON.stringify(answer)) findings.push(`matter ${matter} filed again gives another answer`)
  const { events } = await readDossier(ctx, loaded)
  const done = events.filter((event) => event.type === 'task.completed').map((event) => event.element ?? '')
  if (done.join() !== actsOf(matter, workload).join()) findings.push(`matter ${matter}: completed [${done.join()}]`)
  return findings
}

async function hasPromisedLeaf(ctx: Ctx, vkey: string, { promise }: { promise: string }): Promise<boolean> {
  const { leafHash } = verifyPromise(promise, parseVkey(vkey))
  const rows = await rowsOf<{ n: number }>(
    ctx,
    sql`select count(*)::int as n from ledger_leaves where tenant_id = ${ctx.tenant} and leaf_hash = decode(${toBase64(leafHash)}, 'base64')`,
  )
  return rows[0]?.n === 1
}
