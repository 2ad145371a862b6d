// Filings and completions beside the least a database could do for as many bytes, in the same run with the same client.
import { completeTask } from '#kernel/cases/act.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { as } from '#kernel/context.ts'
import { actorOf } from '../src/demo/play-example.ts'
import { filingOf } from '../tests/faults/workload.ts'
import { type Measured, measure } from './measure.ts'
import type { Bench, BenchTown } from './town.ts'

export type CaseFigures = {
  connections: number
  /** Bytes of all rows of one filing, and of what one completion adds: what the raw statements write too. */
  bytes: { filing: number; completion: number }
  rawInsert: Measured
  filing: Measured
  rawTransaction: Measured
  completion: Measured
  filingShare: number
  completionShare: number
}

/** `seconds` for each of the four measurements at each number of connections. */
export async function benchCases(bench: Bench, seconds: number): Promise<CaseFigures[]> {
  const figures: CaseFigures[] = []
  for (const connections of [1, 8, 32]) figures.push(await bench.withTown(connections, (town) => benchAt(town, connections, seconds)))
  return figures
}

let matter = 0

async function benchAt(town: BenchTown, connections: number, seconds: number): Promise<CaseFigures> {
  const { ctx, database } = town
  await makeRawTable(town)
  const resident = as(ctx, { kind: 'anonymous' })
  const filed: string[] = []
  const file = async () => {
    const number = matter++
    const { caseId } = await openCase(resident, filingOf({ seed: 1, filings: 0, completions: 0 }, number))
    filed.push(caseId)
  }
  // Warm: packages are compiled, plans are cached, pages of the database are there.
  for (let index = 0; index < 50; index++) await Promise.all(Array.from({ length: connections }, file))
  const before = await bytesWritten(town)
  const filedBefore = filed.length
  const rawBytes = Math.round(before / Math.max(1, matter))
  const insert = rawBody(rawBytes)
  const rawInsert = await measure(connections, seconds, () =>
    database.pool.query('insert into bench_rows (tenant_id, id, n, body) values ($1, gen_random_uuid(), 1, $2)', [ctx.tenant, insert]),
  )
  const filing = await measure(connections, seconds, file)
  const after = await bytesWritten(town)
  const bytes = Math.round((after - before) / Math.max(1, filed.length - filedBefore))
  const tasks = await openTasks(town, filed)
  const added = rawBody(Math.round(bytes / 3))
  const rows = await rawRows(town)
  let next = 0
  const rawTransaction = await measure(connections, seconds, () => updateAndInsert(town, rows[next++ % rows.length] ?? '', added))
  const clerk = as(ctx, await actorOf(ctx, 'post:petition-clerk@petition-office', ''))
  const data = { category: 'claim', urgent: false, summary: '灌溉渠改道后水田引不到水。' }
  const beforeCompletions = await bytesWritten(town)
  const completion = await measure(connections, seconds, async () => {
    const task = tasks.pop()
    if (task === undefined) return false
    await completeTask(clerk, task, { data })
    return true
  })
  const completionBytes = Math.round(((await bytesWritten(town)) - beforeCompletions) / Math.max(1, completion.acts))
  return {
    connections,
    bytes: { filing: bytes, completion: completionBytes },
    rawInsert,
    filing,
    rawTransaction,
    completion,
    filingShare: filing.perSecond / rawInsert.perSecond,
    completionShare: completion.perSecond / rawTransaction.perSecond,
  }
}

/** One round trip each, as the application would have without its function in the database. */
async function updateAndInsert({ database, ctx }: BenchTown, id: string, body: Buffer): Promise<void> {
  const client = await database.pool.connect()
  try {
    await client.query('begin')
    await client.query('update bench_rows set n = n + 1 where tenant_id = $1 and id = $2', [ctx.tenant, id])
    await client.query('insert into bench_rows (tenant_id, id, n, body) values ($1, gen_random_uuid(), 1, $2)', [ctx.tenant, body])
    await client.query('commit')
  } finally {
    client.release()
  }
}

const rawBody = (bytes: number) => Buffer.alloc(bytes, 'clear text would compress, so this is not empty: ')

const makeRawTable = ({ database }: BenchTown) =>
  database.owner((client) =>
    client.query(`create table if not exists bench_rows (tenant_id text not null, id uuid not null, n int not null, body bytea not null, primary key (tenant_id, id));
      alter table bench_rows alter column body set storage external; grant all on bench_rows to xiangli_app`),
  )

async function rawRows({ database, ctx }: BenchTown): Promise<string[]> {
  const { rows } = await database.pool.query<{ id: string }>('select id from bench_rows where tenant_id = $1 limit 2000', [ctx.tenant])
  return rows.map((row) => row.id)
}

/** Sizes of the rows that cases have in all tables, without indexes. */
async function bytesWritten({ database }: BenchTown): Promise<number> {
  return database.owner(async (client) => {
    const { rows } = await client.query<{ bytes: number }>(
      `select (${[
        'cases',
        'parties',
        'party_lookups',
        'events',
        'tasks',
        'deadlines',
        'timers',
        'subscriptions',
        'case_search',
        'outbox',
        'idempotency_keys',
        'vault.case_keys',
        'ledger_queue',
        'ledger_leaves',
      ]
        .map((table) => `coalesce((select sum(pg_column_size(t.*)) from ${table} t), 0)`)
        .join(' + ')})::float8 as bytes`,
    )
    return rows[0]?.bytes ?? 0
  })
}

async function openTasks({ database, ctx }: BenchTown, cases: string[]): Promise<string[]> {
  return database.owner(async (client) => {
    const { rows } = await client.query<{ task_id: string }>(
      `select task_id from tasks where tenant_id = $1 and status = 'open' and element = 'Register' and case_id = any($2::uuid[])`,
      [ctx.tenant, cases],
    )
    return rows.map((row) => row.task_id)
  })
}
