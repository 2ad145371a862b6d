// The queries that people and clocks wait for, explained over a million cases: each uses an index, none reads a whole table.
import { Kysely, PostgresDialect, sql } from 'kysely'
import { findAtCounter } from '#kernel/cases/counter.ts'
import { listCases, listInbox } from '#kernel/cases/lists.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { findByReceipt } from '#kernel/cases/receipts.ts'
import { lookupHashes } from '#kernel/cases/search.ts'
import { claimDueTimers, findMissedCases, findNextDue } from '#kernel/cases/watch-queries.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { codeHash } from '#kernel/ids.ts'
import { actorOf } from '../../src/demo/play-example.ts'
import type { BenchTown } from '../../bench/town.ts'
import { filingOf } from './workload.ts'

export type Explained = { query: string; milliseconds: number; buffers: number; indexes: string[]; wholeTables: string[] }

/** Of all cases, `open` are open, the newest ones; the rest are closed. Rows are copies of a real case's, with its real sizes. */
export type Million = { cases: number; open: number }

const big = new Set(['cases', 'parties', 'party_lookups', 'tasks', 'deadlines', 'timers'])
const offices = ['agriculture', 'civil-affairs', 'village-construction', 'emergency', 'justice']
const code = (n: number) => `RECEIPT-${n}`
const someone = { name: '乔溪77', phone: '000 0000 0077' }

export async function explainMillion(town: BenchTown, size: Million): Promise<Explained[]> {
  await fill(town, size)
  const { ctx } = town
  const clerk = as(ctx, await actorOf(ctx, 'post:handler@agriculture', ''))
  const supervisor = as(ctx, await actorOf(ctx, 'post:supervisor@supervision', ''))
  const now = new Date('2026-03-02T09:00:00+08:00')
  const caseId = await caseOf(ctx, 77)
  const asked: [string, Ctx, (ctx: Ctx) => Promise<unknown>][] = [
    ['inbox', clerk, (own) => listInbox(own, {}, {}, 'zh')],
    ['inbox, overdue', clerk, (own) => listInbox(own, { view: 'overdue' }, {}, 'zh')],
    ['case list of an office', clerk, (own) => listCases(own, {}, {}, 'zh')],
    ['case list of an office, open', clerk, (own) => listCases(own, { status: 'open' }, {}, 'zh')],
    ['case list of supervision', supervisor, (own) => listCases(own, {}, {}, 'zh')],
    ['due timers', ctx, (own) => claimDueTimers(own, now)],
    ['missed limits', ctx, (own) => findMissedCases(own, now)],
    ['next due', ctx, (own) => findNextDue(own)],
    ['receipt', ctx, (own) => findByReceipt(own, code(77))],
    ['counter', clerk, (own) => findAtCounter(own, { name: someone.name, tail: someone.phone.slice(-4) })],
    ['one case', ctx, (own) => loadCase(own, caseId).catch(() => undefined)],
  ]
  const explained: Explained[] = []
  for (const [name, own, ask] of asked) explained.push(await explain(town, own, name, ask))
  return explained
}

/** Hears which statement a function runs, and has the database explain that one. */
async function explain({ database }: BenchTown, ctx: Ctx, query: string, ask: (ctx: Ctx) => Promise<unknown>): Promise<Explained> {
  const heard: { sql: string; parameters: readonly unknown[] }[] = []
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: database.pool }), log: (event) => void heard.push(event.query) })
  await ask({ ...ctx, db })
  const statement = heard.find(({ sql: text }) => /\b(from|load_step)\b/.test(text) && !/settings_version|from packages/.test(text))
  if (!statement) throw new Error(`${query} asked the database nothing`)
  const { rows } = await database.owner(async (client) => {
    await client.query(
      `begin; set local role xiangli_app; select set_config('app.tenant', '${ctx.tenant}', true), set_config('app.sealed', '*', true)`,
    )
    const answer = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode; 'Execution Time': number }] }>(
      `explain (analyze, buffers, format json) ${statement.sql}`,
      [...statement.parameters],
    )
    await client.query('rollback')
    return answer
  })
  const [plan] = rows[0]?.['QUERY PLAN'] ?? []
  if (!plan) throw new Error(`${query} was not explained`)
  const nodes = nodesOf(plan.Plan)
  return {
    query,
    milliseconds: plan['Execution Time'],
    buffers: (plan.Plan['Shared Hit Blocks'] ?? 0) + (plan.Plan['Shared Read Blocks'] ?? 0),
    indexes: [...new Set(nodes.flatMap((node) => node['Index Name'] ?? []))].sort(),
    wholeTables: [...new Set(nodes.filter((node) => node['Node Type'].includes('Seq Scan')).flatMap((node) => node['Relation Name'] ?? []))].filter(
      (name) => big.has(name),
    ),
  }
}

type PlanNode = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Shared Hit Blocks'?: number
  'Shared Read Blocks'?: number
  Plans?: PlanNode[]
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

/** One statement a table, without triggers and foreign keys; keys of cases are left out, so contents stay closed. */
async function fill({ ctx, database }: BenchTown, { cases, open }: Million): Promise<void> {
  const { caseId } = await openCase(as(ctx, { kind: 'anonymous' }), filingOf({ seed: 77, filings: 1, completions: 0 }, 0))
  const [lookup] = lookupHashes(ctx, someone)
  await database.owner(async (client) => {
    await client.query(`set session_replication_role = replica; set work_mem = '128MB'; set maintenance_work_mem = '512MB'`)
    await client.query(
      `create temp table made as select n, md5('case' || n)::uuid as id, n > $1 as is_open, ($2::text[])[1 + n % 5] as office from generate_series(1, $3) n`,
      [cases - open, offices, cases],
    )
    // A case that was just filed has no timer to copy.
    await client.query(
      `insert into timers (tenant_id, case_id, token, element, due_at) values ($1, $2, 'copied', 'Waiting', now()) on conflict do nothing`,
      [ctx.tenant, caseId],
    )
    for (const [table, changes] of Object.entries(copies)) {
      const { rows } = await client.query<{ name: string }>(
        `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
        [table],
      )
      const names = rows.map(({ name }) => name)
      await client.query(
        `insert into ${table} (${names.join(', ')}) select ${names.map((name) => changes[name] ?? `t.${name}`).join(', ')}
         from (select * from ${table} where tenant_id = '${ctx.tenant}' and case_id = '${caseId}' limit 1) t, made m`,
      )
    }
    await client.query(`update parties set receipt_hash = $1 where party_id = md5('party77')::uuid`, [codeHash(code(77))])
    await client.query(`update party_lookups set lookup = $1 where party_id = md5('party77')::uuid`, [lookup])
    await client.query(`set session_replication_role = origin; analyze`)
  })
}

const due = `'2026-01-01'::date + m.n % 120`
const filed = `timestamptz '2006-01-01' + m.n * interval '10 minutes'`
const hashOf = (name: string) => `sha256(('${name}' || m.n)::bytea)`
const party = `md5('party' || m.n)::uuid`

/** What differs from row to row; all else is as in the real case. */
const copies: Record<string, Record<string, string>> = {
  cases: {
    case_id: 'm.id',
    number: `'XF-' || m.n`,
    status: `case when m.is_open then 'open' else 'closed' end`,
    handling_office: 'm.office',
    readers: `array['duty:supervisor', 'org:' || m.office]`,
    filed_at: filed,
    filed_on: `(${filed})::date`,
    next_due_on: `case when m.is_open then ${due} end`,
  },
  parties: { case_id: 'm.id', party_id: party, receipt_hash: hashOf('receipt') },
  party_lookups: { case_id: 'm.id', party_id: party, lookup: hashOf('lookup') },
  tasks: {
    case_id: 'm.id',
    task_id: `md5('task' || m.n)::uuid`,
    organization_id: 'm.office',
    duties: `array['handler']`,
    status: `case when m.is_open then 'open' else 'done' end`,
    due_on: due,
  },
  deadlines: { case_id: 'm.id', status: `case when m.is_open then 'running' else 'met' end`, due_on: due, due_at: due },
  timers: { case_id: 'm.id', due_at: `timestamptz '2026-03-01' + m.n * interval '1 minute'` },
}

async function caseOf(ctx: Ctx, n: number): Promise<string> {
  const { rows } = await sql<{ id: string }>`select md5(${`case${n}`})::uuid as id`.execute(ctx.db)
  return rows[0]?.id ?? ''
}
