// The ledger beside the least a database could do: appends, the wait for a proof, proofs from a log of a million leaves.
import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { PoolClient } from 'pg'
import { systemClock } from '#kernel/clock.ts'
import { inTenant } from '#kernel/database/database.ts'
import { uuidv7 } from '#kernel/ids.ts'
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

const leafNow = (town: BenchTown, commitment = randomBytes(32)) => Buffer.from(caseLeaf(town.ctx.clock.now(), commitment))
/** As events are named. */
const newId = () => uuidv7(systemClock.now())
const rawInsert = `insert into bench_events (tenant_id, case_id, seq, event_id, type, actor_kind, recorded_at, effective_on, payload, commitment)
  values ($1, $2, $3, $4, 'case.opened', 'anonymous', now(), current_date, $5, $6)`
const withQueue = `with event as (${rawInsert}) insert into ledger_queue (tenant_id, source, leaf) values ($1, $4, $7)`
const filings = 5000

/** Events as they are in the program: row-level security, indexes, and each belongs to a case. A table of its own, so that no audit counts them. */
const makeTables = `
  insert into cases (tenant_id, case_id, number, procedure, package_hash, channel, filed_at, filed_on, readers, state, content, event_seq, event_head)
    select 'TENANT', gen_random_uuid(), 'bench-' || n, 'bench', '', 'web', now(), current_date, '{}', '{}', '', 0, ''
    from generate_series(1, ${filings}) n on conflict do nothing;
  drop table if exists bench_events;
  create table bench_events (like events including all, foreign key (tenant_id, case_id) references cases);
  alter table bench_events enable row level security;
  create policy tenant on bench_events using (tenant_id = current_setting('app.tenant', true));
  grant select, insert on bench_events to xiangli_app`

/**
 * An event of a filing's size by itself, and with its queue row in one statement: short slices that alternate, so that both meet the
 * same machine, and the integrator works on what the slices left. Both statements are prepared, as those of a step are
 * (database.ts). The wait for a proof is taken in slices of its own: looking for it is not a part of appending.
 */
async function benchAppends(town: BenchTown, connections: number, seconds: number): Promise<Append> {
  const { ctx, database, installation } = town
  const cases = await database.owner(async (client) => {
    await client.query(makeTables.replace('TENANT', ctx.tenant))
    return (await client.query<{ case_id: string }>(`select case_id from cases where procedure = 'bench'`)).rows.map(({ case_id: id }) => id)
  })
  // As pgbench begins: vacuumed, and after a checkpoint. What the row before left behind is not this one's.
  await database.owner((client) => client.query('vacuum (analyze)'))
  await database.owner((client) => client.query('checkpoint'))
  const clients = await Promise.all(Array.from({ length: connections + 1 }, () => database.pool.connect()))
  for (const client of clients) await client.query(`select set_config('app.tenant', $1, false)`, [ctx.tenant])
  const [looker, ...free] = clients
  if (!looker) throw new Error('there is a client to look for proofs')
  const withClient = async (work: (client: PoolClient) => Promise<unknown>) => {
    const client = free.pop()
    if (!client) throw new Error('there are as many callers as clients')
    try {
      await work(client)
    } finally {
      free.push(client)
    }
  }
  const payload = randomBytes(1500)
  let seq = 0
  const values = (id: string, commitment: Buffer) => [ctx.tenant, cases[++seq % cases.length], seq, id, payload, commitment]
  const raw = () => withClient((client) => client.query({ name: 'raw', text: rawInsert, values: values(newId(), randomBytes(32)) }))
  const acknowledged = { latest: '' }
  const append = () =>
    withClient(async (client) => {
      const [id, commitment] = [newId(), randomBytes(32)]
      await client.query({ name: 'append', text: withQueue, values: [...values(id, commitment), leafNow(town, commitment)] })
      installation.services.wake(ctx.tenant)
      acknowledged.latest = id
    })
  const slice = Math.min(1, seconds / 8)
  const rounds: { raw: Measured[]; append: Measured[] } = { raw: [], append: [] }
  await measure(connections, slice, raw)
  await measure(connections, slice, append)
  for (let taken = 0; taken < seconds; taken += slice) {
    // Either goes first in turn: what one leaves behind is not always the other's.
    const order = rounds.raw.length % 2 === 0 ? (['raw', 'append'] as const) : (['append', 'raw'] as const)
    for (const which of order) rounds[which].push(await measure(connections, slice, which === 'raw' ? raw : append))
  }
  const waits: number[] = []
  let loaded = true
  const looking = sampleWaits(town, looker, acknowledged, waits, () => loaded)
  await measure(connections, Math.max(seconds, 2), append)
  loaded = false
  await looking
  for (const client of clients) {
    await client.query('reset app.tenant')
    client.release()
  }
  const [all, own] = [joined(rounds.raw), joined(rounds.append)]
  return { connections, raw: all, append: own, share: own.perSecond / all.perSecond, wait: waitOf(waits) }
}

const isSigned = `select from ledger_leaves l where l.tenant_id = $1 and l.source = $2 and l.leaf_index < (
  select max(c.size) from ledger_checkpoints c where c.tenant_id = $1 and c.epoch = l.epoch)`

/** Follows one acknowledged entry at a time until its proof is in hand. Asked for with a small statement; the proof itself is made then. */
async function sampleWaits(town: BenchTown, client: PoolClient, acknowledged: { latest: string }, waits: number[], goesOn: () => boolean) {
  const reader = openLogReader(town.ctx.db, town.ctx.tenant)
  while (goesOn()) {
    const before = acknowledged.latest
    while (goesOn() && acknowledged.latest === before) await sleep(0)
    const [source, since] = [acknowledged.latest, performance.now()]
    if (source === before) return
    while ((await client.query({ name: 'signed', text: isSigned, values: [town.ctx.tenant, source] })).rowCount === 0) await sleep(5)
    if (!(await receiptProof(reader, source))) throw new Error('a signed entry has its proof')
    waits.push(performance.now() - since)
    await sleep(Math.random() * 100)
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
