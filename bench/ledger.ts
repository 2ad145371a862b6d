// Inclusion proofs from a log of the size of a town's year, and how fast the queue is taken in.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { inTenant } from '#kernel/database/database.ts'
import { integrate } from '#kernel/ledger/integrator.ts'
import { caseLeaf } from '#kernel/ledger/leaf.ts'
import { inclusionProof, openLogReader, getLog, latestCheckpoint } from '#kernel/ledger/reads.ts'
import { type Measured, measure } from './measure.ts'
import type { Bench } from './town.ts'

const leaves = 20_000

export async function benchLedger(bench: Bench, seconds: number): Promise<Record<string, Measured | number>> {
  return bench.withTown(4, async ({ ctx, installation }) => {
    const rows = Array.from({ length: leaves }, (_, index) => ({
      source: randomUUID(),
      leaf: Buffer.from(caseLeaf(ctx.clock.now(), Buffer.alloc(32, index % 251))),
    }))
    const begun = performance.now()
    await inTenant(ctx.db, ctx.tenant, (trx) =>
      sql`insert into ledger_queue (tenant_id, source, leaf) select ${ctx.tenant}, * from unnest(${rows.map((row) => row.source)}::uuid[], ${rows.map((row) => row.leaf)}::bytea[])`.execute(
        trx,
      ),
    )
    const signer = await installation.logOf(ctx.tenant)
    while (await integrate(ctx.db, ctx.tenant, signer, ctx.clock)) {
      // Until the queue is empty; the background work takes its share.
    }
    const integratedPerSecond = leaves / ((performance.now() - begun) / 1000)
    const reader = openLogReader(ctx.db, ctx.tenant)
    const { epoch } = await getLog(reader)
    const { size } = await latestCheckpoint(reader, epoch)
    let index = 0
    const proof = await measure(1, seconds, () => inclusionProof(reader, epoch, (index += 7919) % size, size))
    console.table([
      { what: 'leaves integrated', 'per second': Math.round(integratedPerSecond) },
      {
        what: `inclusion proof in ${size} leaves`,
        'per second': Math.round(proof.perSecond),
        'p50 ms': proof.p50.toFixed(3),
        'p99 ms': proof.p99.toFixed(3),
      },
    ])
    return { integratedPerSecond, proof, size }
  })
}
