// The ledger beside the least a database could do: appends, the wait for a proof, proofs from a log of a million leaves.
import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { PoolClient } from 'pg'
import { inTenant } from '#kernel/database/database.ts'
import { integrate } from '#kernel/ledger/integrator.ts'
import { caseLeaf } from '#kernel/ledger/leaf.ts'
import { getLog, inclusionProof, latestCheckpoint, openLogReader, receiptProof } from '#kernel/ledger/reads.ts'
import { type Measured, measure, quantile } from './measure.ts'
import type { Bench, BenchTown } from './town.ts'

/** What must be reached: shares of the raw insert by connections, milliseconds, bytes a leaf. */
export const ledgerTargets = {
  share: { 1: 0.8, 8: 0.65, 32: 0.75 } as Record<number, number>,
  waitP50: 100,
  waitP99: 200,
  proofP50: 1,
  bytesPerLeaf: 330,
}

type Append = { connections: number; raw: Measured; append: Measured; share: number; wait: Wait }
type Wait = { p50: number; p99: number; samples: number }
export type LedgerFigures = {
  appends: Append[]
  idleWait: Wait
  proof: { leaves: number; cached: Measured; cold: Measured }
  bytesPerLeaf: number
  integratedPerSecond: number
  missed: string[]
}

/** `seconds` for each measurement of appends; `leaves` in the large log. */
export async function benchLedger(bench: Bench, seconds: number, leaves: number): Promise<LedgerFigures> {
  const appends: Append[] = []
  for (const connections of [1, 8, 32]) appends.push(await bench.withTown(connections + 4, (town) => benchAppends(town, connections, seconds)))
  const idleWait = await bench.withTown(4, (town) => waitWhenIdle(town, Math.max(20, Math.round(seconds * 15))))
  const large = await bench.withTown(4, (town) => benchProofs(town, seconds, leaves))
  const figures = { appends, idleWait, ...large, missed: [] as string[] }
  figures.missed = missedTargets(figures)
  show(figures)
  return figures
}

const leafNow = (town: BenchTown) => Buffer.from(caseLeaf(town.ctx.clock.now(), randomBytes(32)))
const rawInsert = `insert into bench_events (tenant_id, case_id, seq, event_id, type, actor_kind, recorded_at, effective_on, payload, commitment)
  values ($1, $2, 1, $3, 'case.opened', 'anonymous', now(), current_date, $4, $5)`

/** An event of a filing's size by itself, and with its queue row in one statement: alternating, so that both meet the same machine. */
async function benchAppends(town: BenchTown, connections: number, seconds: number): Promise<Append> {
  const { ctx, database, installation } = town
  await database.owner((client) =>
    client.query(
      'drop table if exists bench_events; create table bench_events (like events including all); grant all on bench_events to xiangli_app',
    ),
  )
  const clients = await Promise.all(Array.from({ length: connections }, () => database.pool.connect()))
  for (const client of clients) await client.query(`select set_config('app.tenant', $1, false)`, [ctx.tenant])
  const free = [...clients]
  const withClient = async (work: (client: PoolClient) => Promise<unknown>) => {
    const client = free.pop()
    if (!client) throw new Error('there are as many callers as clients')
    try {
      await work(client)
    } finally {
      free.push(client)
    }
  }
  const [payload, commitment] = [randomBytes(1500), randomBytes(32)]
  const values = (id: string) => [ctx.tenant, randomUUID(), id, payload, commitment]
  const raw = () => withClient((client) => client.query(rawInsert, values(randomUUID())))
  const waits: number[] = []
  const sampled = new Map<string, number>()
  const append = () =>
    withClient(async (client) => {
      const id = randomUUID()
      const text = `with event as (${rawInsert}) insert into ledger_queue (tenant_id, source, leaf) values ($1, $3, $6)`
      await client.query(text, [...values(id), leafNow(town)])
      installation.services.wake(ctx.tenant)
      if (sampled.size === 0) sampled.set(id, performance.now())
    })
  let sampling = true
  const sampler = sampleWaits(town, sampled, waits, () => sampling)
  const rounds: { raw: Measured[]; append: Measured[] } = { raw: [], append: [] }
  await measure(connections, seconds / 4, raw)
  await measure(connections, seconds / 4, append)
  waits.length = 0
  for (let round = 0; round < 4; round++) {
    rounds.raw.push(await measure(connections, seconds / 4, raw))
    rounds.append.push(await measure(connections, seconds / 4, append))
  }
  sampling = false
  await sampler
  for (const client of clients) {
    await client.query('reset app.tenant')
    client.release()
  }
  const [all, own] = [joined(rounds.raw), joined(rounds.append)]
  return { connections, raw: all, append: own, share: own.perSecond / all.perSecond, wait: waitOf(waits) }
}

/** Follows one acknowledged entry at a time until its proof is there. */
async function sampleWaits(town: BenchTown, sampled: Map<string, number>, waits: number[], goesOn: () => boolean): Promise<void> {
  const reader = openLogReader(town.ctx.db, town.ctx.tenant)
  while (goesOn() || sampled.size > 0) {
    const [first] = sampled
    if (!first) {
      await sleep(5)
      continue
    }
    const [source, since] = first
    while (!(await receiptProof(reader, source))) await sleep(4)
    waits.push(performance.now() - since)
    sampled.clear()
    await sleep(Math.random() * 40)
  }
}

/** One entry at a time in a log where nothing else happens. */
async function waitWhenIdle(town: BenchTown, count: number): Promise<Wait> {
  const { ctx, installation } = town
  const reader = openLogReader(ctx.db, ctx.tenant)
  const waits: number[] = []
  for (let each = 0; each < count; each++) {
    const source = randomUUID()
    await inTenant(ctx.db, ctx.tenant, (trx) =>
      sql`insert into ledger_queue (tenant_id, source, leaf) values (${ctx.tenant}, ${source}, ${leafNow(town)})`.execute(trx),
    )
    const since = performance.now()
    installation.services.wake(ctx.tenant)
    while (!(await receiptProof(reader, source))) await sleep(2)
    waits.push(performance.now() - since)
    await sleep(50 + Math.random() * 400)
  }
  return waitOf(waits)
}

const waitOf = (waits: number[]): Wait => ({ p50: quantile(waits, 0.5), p99: quantile(waits, 0.99), samples: waits.length })

function joined(rounds: Measured[]): Measured {
  const [acts, seconds] = [rounds.reduce((sum, { acts: own }) => sum + own, 0), rounds.reduce((sum, { seconds: own }) => sum + own, 0)]
  const mean = (pick: (round: Measured) => number) => rounds.reduce((sum, round) => sum + pick(round), 0) / rounds.length
  return { perSecond: acts / seconds, p50: mean(({ p50 }) => p50), p99: mean(({ p99 }) => p99), acts, seconds }
}

async function benchProofs(town: BenchTown, seconds: number, leaves: number) {
  const { ctx, installation, database } = town
  const signer = await installation.logOf(ctx.tenant)
  const begun = performance.now()
  const portion = 20_000
  const leaf = leafNow(town)
  for (let at = 0; at < leaves; at += portion) {
    // The commitment of each leaf is another: random bytes would cost more than the log does.
    await inTenant(ctx.db, ctx.tenant, (trx) =>
      sql`insert into ledger_queue (tenant_id, source, leaf)
        select ${ctx.tenant}, gen_random_uuid(), overlay(${leaf}::bytea placing convert_to(replace(encode(sha256(int4send(n)), 'base64'), chr(10), ''), 'UTF8')
          from ${leaf.length - 44}) from generate_series(${at + 1}::int, ${Math.min(leaves, at + portion)}::int) n`.execute(trx),
    )
    while (await integrate(ctx.db, ctx.tenant, signer, ctx.clock, { batch: portion }));
  }
  const integratedPerSecond = leaves / ((performance.now() - begun) / 1000)
  await database.owner((client) => client.query('vacuum (analyze) ledger_leaves; ').catch(() => client.query('analyze ledger_leaves')))
  const reader = openLogReader(ctx.db, ctx.tenant)
  const { epoch } = await getLog(reader)
  const { size } = await latestCheckpoint(reader, epoch)
  let index = 0
  const cold = await measure(1, seconds, () => inclusionProof(openLogReader(ctx.db, ctx.tenant), epoch, (index += 79_199) % size, size))
  // Among a hundred thousand entries in a row: what residents of one year ask for.
  const cached = await measure(1, seconds, () => inclusionProof(reader, epoch, size - 1 - ((index += 7919) % Math.min(size, 100_000)), size))
  const bytes = await database.owner(async (client) => {
    const { rows } = await client.query<{ bytes: string }>(
      `select pg_total_relation_size('ledger_leaves') + pg_total_relation_size('ledger_tiles') as bytes`,
    )
    return Number(rows[0]?.bytes)
  })
  return { proof: { leaves: size, cached, cold }, bytesPerLeaf: bytes / size, integratedPerSecond }
}

function missedTargets({ appends, idleWait, proof, bytesPerLeaf }: LedgerFigures): string[] {
  const { share, waitP50, waitP99, proofP50, bytesPerLeaf: most } = ledgerTargets
  const waits = [...appends.map(({ connections, wait }) => ({ what: `${connections} connections`, wait })), { what: 'idle', wait: idleWait }]
  return [
    ...appends.flatMap((row) => (row.share < (share[row.connections] ?? 1) ? [`append at ${row.connections}: ${row.share.toFixed(2)} of raw`] : [])),
    ...waits.flatMap(({ what, wait }) =>
      wait.p50 > waitP50 || wait.p99 > waitP99 ? [`proof after ${wait.p50.toFixed(0)}/${wait.p99.toFixed(0)} ms: ${what}`] : [],
    ),
    ...(proof.cached.p50 > proofP50 ? [`cached proof ${proof.cached.p50.toFixed(2)} ms`] : []),
    ...(bytesPerLeaf > most ? [`${bytesPerLeaf.toFixed(0)} bytes a leaf`] : []),
  ]
}

function show({ appends, idleWait, proof, bytesPerLeaf, integratedPerSecond, missed }: LedgerFigures): void {
  console.table(
    appends.map(({ connections, raw, append, share, wait }) => ({
      connections,
      'raw/s': Math.round(raw.perSecond),
      'append/s': Math.round(append.perSecond),
      share: share.toFixed(2),
      'proof p50 ms': Math.round(wait.p50),
      'proof p99 ms': Math.round(wait.p99),
    })),
  )
  const { cached, cold, leaves } = proof
  console.table([
    { what: 'idle log: proof after acknowledgement', p50: idleWait.p50.toFixed(1), p99: idleWait.p99.toFixed(1) },
    { what: `inclusion proof in ${leaves}, cached`, p50: cached.p50.toFixed(3), p99: cached.p99.toFixed(3) },
    { what: `inclusion proof in ${leaves}, nothing cached`, p50: cold.p50.toFixed(3), p99: cold.p99.toFixed(3) },
  ])
  const rest = missed.length === 0 ? 'all targets reached' : `missed: ${missed.join('; ')}`
  process.stdout.write(`${bytesPerLeaf.toFixed(0)} bytes a leaf; ${Math.round(integratedPerSecond)} leaves/s taken in; ${rest}\n`)
}
