// Durable steps of cases beside raw transactions, in short slices by turns: the machine may be busy, so only their ratio counts.
import { completeTask } from '#kernel/cases/act.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { actorOf } from '../src/demo/play-example.ts'
import { declared, makePackage, publishInvented } from '../tests/support/club.ts'
import { quantile } from './measure.ts'
import type { Bench, BenchTown } from './town.ts'

/** An office works in a circle: each completion ends one task, opens the next, records one event and promises it to the log. */
const circle = `
start s form=filing
service Route action=route-case@1
xor begin
user Work form=note
xor more
end done
s -> Route -> begin -> Work -> more
more -> begin [Work.again = true]
more -> done default
`

export async function publishCircle(ctx: Ctx): Promise<void> {
  const inputs = { Route: [{ name: 'office', value: 'agriculture' }] }
  const forms = { filing: {}, note: { again: { ...declared, type: 'boolean' }, remark: { ...declared, type: 'string', maxLength: 200 } } }
  await publishInvented(ctx, await makePackage('circle', circle, inputs, {}, { forms, manifest: { deadlines: [] } }))
}

const openTask = { text: `select task_id from tasks where tenant_id = $1 and case_id = $2 and status = 'open'`, name: 'bench_task' }
const answer = { data: { again: true, remark: '已到现场查看，渠道通畅，请继续跟进。' } }

export type StepFigures = { connections: number; raw: number; steps: number; share: number; bytes: number }

/** Steps and raw transactions a second at 1, 8 and 32 connections; `seconds` of each. */
export async function benchSteps(bench: Bench, seconds: number): Promise<StepFigures[]> {
  await bench.withTown(2, ({ ctx }) => publishCircle(ctx))
  const figures: StepFigures[] = []
  for (const connections of [1, 8, 32]) figures.push(await bench.withTown(connections + 1, (town) => benchAt(town, connections, seconds)))
  return figures
}

async function benchAt(town: BenchTown, connections: number, seconds: number): Promise<StepFigures> {
  const { ctx, database } = town
  await publishCircle(ctx)
  const clerk = as(ctx, await actorOf(ctx, 'post:handler@agriculture', ''))
  const cases = await openCases(ctx, Math.max(64, connections * 8))
  const step = async (caller: number, turn: number) => {
    // Callers keep to cases of their own: what two of them do on one case at once is a matter of the races, not of speed.
    const own = cases[(caller + connections * turn) % cases.length] ?? ''
    await completeTask(clerk, tasks.get(own) ?? '', answer)
  }
  const tasks = new Map<string, string>()
  const body = Buffer.alloc(1500, 'clear text would compress, so this is not empty: ')
  const rows = await makeRaw(town, cases.length, body)
  const raw = async (caller: number, turn: number) => {
    const client = await database.pool.connect()
    try {
      await client.query('begin')
      await client.query(
        named('bench_update', 'update bench_rows set n = n + 1 where tenant_id = $1 and id = $2', [
          ctx.tenant,
          rows[(caller + connections * turn) % rows.length],
        ]),
      )
      await client.query(
        named('bench_insert', 'insert into bench_rows (tenant_id, id, n, body) values ($1, gen_random_uuid(), 1, $2)', [ctx.tenant, body]),
      )
      await client.query('commit')
    } finally {
      client.release()
    }
  }
  const slice = { raw: { acts: 0, ms: 0 }, steps: { acts: 0, ms: 0 } }
  // The first round of each is warming.
  for (let round = -1; round < Math.max(3, Math.round(seconds / 0.4)); round++) {
    const a = await turns(connections, 400, raw)
    // Each case has one open task: a slice of steps takes every case once or more, and looks for the new tasks in between, untimed.
    const b = { acts: 0, ms: 0 }
    while (b.ms < 400) {
      await findTasks(town, cases, tasks)
      const perCaller = Math.floor(cases.length / connections)
      const part = await turns(connections, Infinity, step, perCaller)
      b.acts += part.acts
      b.ms += part.ms
    }
    if (round < 0) continue
    slice.raw = { acts: slice.raw.acts + a.acts, ms: slice.raw.ms + a.ms }
    slice.steps = { acts: slice.steps.acts + b.acts, ms: slice.steps.ms + b.ms }
  }
  const [perRaw, perStep] = [slice.raw, slice.steps].map(({ acts, ms }) => (acts / ms) * 1000)
  const [state] = (await database.owner((client) => client.query<{ bytes: number }>('select max(octet_length(state::text)) as bytes from cases')))
    .rows
  return { connections, raw: perRaw ?? 0, steps: perStep ?? 0, share: (perStep ?? 0) / (perRaw ?? 1), bytes: state?.bytes ?? 0 }
}

const named = (name: string, text: string, values: unknown[]) => ({ name, text, values })

async function turns(callers: number, milliseconds: number, act: (caller: number, turn: number) => Promise<unknown>, most = Infinity) {
  const begun = performance.now()
  let acts = 0
  const call = async (_: unknown, caller: number) => {
    for (let turn = 0; turn < most && performance.now() - begun < milliseconds; turn++) {
      await act(caller, turn)
      acts++
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  return { acts, ms: performance.now() - begun }
}

async function openCases(ctx: Ctx, count: number): Promise<string[]> {
  const resident = as(ctx, { kind: 'anonymous' })
  const cases: string[] = []
  for (let index = 0; index < count; index++) cases.push((await openCase(resident, { procedure: 'circle', data: {} })).caseId)
  return cases
}

async function findTasks({ database, ctx }: BenchTown, cases: string[], tasks: Map<string, string>): Promise<void> {
  await database.owner(async (client) => {
    const { rows } = await client.query<{ case_id: string; task_id: string }>(
      `select case_id, task_id from tasks where tenant_id = $1 and status = 'open' and case_id = any($2::uuid[])`,
      [ctx.tenant, cases],
    )
    for (const row of rows) tasks.set(row.case_id, row.task_id)
  })
}

async function makeRaw({ database, ctx }: BenchTown, count: number, body: Buffer): Promise<string[]> {
  return database.owner(async (client) => {
    await client.query(`create table if not exists bench_rows (tenant_id text not null, id uuid not null, n int not null, body bytea not null, primary key (tenant_id, id));
      alter table bench_rows alter column body set storage external; grant all on bench_rows to xiangli_app`)
    const { rows } = await client.query<{ id: string }>(
      'insert into bench_rows select $1, gen_random_uuid(), 1, $2 from generate_series(1, $3) returning id',
      [ctx.tenant, body, count],
    )
    return rows.map((row) => row.id)
  })
}

/** Milliseconds (median) of the 1st, the 100th and the 1,000th step of a case, taken by turns. */
export async function benchDepth(bench: Bench, samples: number): Promise<{ step: number; ms: number }[]> {
  return bench.withTown(2, async ({ ctx, database }) => {
    await publishCircle(ctx)
    const clerk = as(ctx, await actorOf(ctx, 'post:handler@agriculture', ''))
    const next = async (caseId: string) => {
      const { rows } = await database.owner((client) => client.query<{ task_id: string }>({ ...openTask, values: [ctx.tenant, caseId] }))
      return rows[0]?.task_id ?? ''
    }
    const fresh = await openCases(ctx, samples)
    const [hundred = '', thousand = ''] = await openCases(ctx, 2)
    const walk = async (caseId: string, steps: number) => {
      for (let index = 0; index < steps; index++) await completeTask(clerk, await next(caseId), answer)
    }
    await walk(hundred, 99)
    await walk(thousand, 999)
    const times: [number[], number[], number[]] = [[], [], []]
    for (const first of fresh) {
      for (const [index, caseId] of [first, hundred, thousand].entries()) {
        const task = await next(caseId)
        const begun = performance.now()
        await completeTask(clerk, task, answer)
        times[index]?.push(performance.now() - begun)
      }
    }
    return [1, 100, 1000].map((step, index) => ({ step, ms: quantile(times[index] ?? [], 0.5) }))
  })
}
