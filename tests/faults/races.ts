// Two processes act on one case at the same moment: exactly one outcome, and a clear answer to whoever was too late.
import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { runAction } from '#kernel/cases/actions.ts'
import { completeTask } from '#kernel/cases/act.ts'
import { loadCase, loadStep } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { performStep } from '#kernel/cases/perform.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { actorOf } from '../../src/demo/play-example.ts'
import type { Ask, Told } from './racer.ts'

type Act = Ask extends infer One ? (One extends Ask ? Omit<One, 'id' | 'at'> : never) : never
export type Races = { races: Record<string, number>; outcomes: Record<string, number>; findings: string[] }
/** `wait`: milliseconds that the first begins later. */
type Both = (at: string, one: Act, other: Act, wait?: number) => Promise<string[]>
type Opened = { caseId: string; partyId: string; tasks: Record<string, string> }

const working = '2026-03-02T09:00:00+08:00'
/** Just after the club's period for an objection: its fifth day is a Saturday, so it ended on Monday. */
const over = '2026-03-10T00:00:01+08:00'

/** A process that answers; several asks may be in hand at once. */
function startRacer(url: string, dataDir: string) {
  const child: ChildProcess = fork(fileURLToPath(new URL('racer.ts', import.meta.url)), [url, dataDir], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', fileURLToPath(new URL('../../src/jsx-hook.js', import.meta.url))],
  })
  const waiting = new Map<number, { resolve: (outcome: string) => void; reject: (error: Error) => void }>()
  let last = 0
  const ready = new Promise<string>((resolve, reject) => waiting.set(0, { resolve, reject }))
  child.on('message', ({ id, outcome }: Told) => {
    waiting.get(id)?.resolve(outcome)
    waiting.delete(id)
  })
  const ended = new Promise<void>((resolve) =>
    child.on('exit', (code) => {
      for (const { reject } of waiting.values()) reject(new Error(`a racer ended with ${code}`))
      resolve()
    }),
  )
  return {
    ready,
    ask: (at: string, act: Act) =>
      new Promise<string>((resolve, reject) => {
        waiting.set(++last, { resolve, reject })
        child.send({ id: last, at, ...act })
      }),
    stop: () => {
      child.disconnect()
      return ended
    },
  }
}

/** `rounds` of each kind; `ctx` is of a town on the database `url` in which the club is published. */
export async function runRaces(ctx: Ctx, url: string, dataDir: string, rounds: number): Promise<Races> {
  const racers = [startRacer(url, dataDir), startRacer(url, dataDir)] as const
  const [a, b] = racers
  const result: Races = { races: {}, outcomes: {}, findings: [] }
  try {
    await Promise.all(racers.map((racer) => racer.ready))
    const note = (kind: string, outcomes: string[], allowed: string[]) => {
      const outcome = `${kind}: ${outcomes.toSorted().join(' + ')}`
      result.races[kind] = (result.races[kind] ?? 0) + 1
      result.outcomes[outcome] = (result.outcomes[outcome] ?? 0) + 1
      if (!allowed.includes(outcomes.toSorted().join(' + '))) result.findings.push(outcome)
    }
    const both: Both = (at, one, other, wait = 0) => Promise.all([sleep(wait).then(() => a.ask(at, one)), b.ask(at, other)])
    for (let round = 0; round < rounds; round++) {
      const twice = await open(ctx)
      const same: Act = { act: 'complete', taskId: twice.tasks['Answer'] ?? '' }
      note('same task twice', await both(working, same, same), ['done + task.not_open'])
      const pair = await open(ctx)
      const [answer, call] = [pair.tasks['Answer'] ?? '', pair.tasks['Call'] ?? '']
      note('two tasks of one case', await both(working, { act: 'complete', taskId: answer }, { act: 'complete', taskId: call }), ['done + done'])
      if ((await loadCase(ctx, pair.caseId)).tasks.length > 0) result.findings.push('two tasks of one case: a task is still open')
      await raceTimers(ctx, both, round, note, result)
    }
    return result
  } finally {
    await Promise.all(racers.map((racer) => racer.stop()))
  }
}

async function raceTimers(
  ctx: Ctx,
  both: Both,
  round: number,
  note: (kind: string, outcomes: string[], allowed: string[]) => void,
  result: Races,
): Promise<void> {
  const officer = as(ctx, await actorOf(ctx, 'post:handler@agriculture', ''))
  for (const kind of ['timer against message', 'timer against completion']) {
    const { caseId, partyId, tasks } = await open(ctx)
    await completeTask(officer, tasks['Answer'] ?? '', { data: { on: '2026-03-02' } })
    if (kind === 'timer against message') await completeTask(officer, tasks['Call'] ?? '', { data: {} })
    const other: Act = kind === 'timer against message' ? { act: 'object', caseId, partyId } : { act: 'complete', taskId: tasks['Call'] ?? '' }
    // The firing begins a little later each time, so that now the one and now the other is first. It fires what else is due too.
    const [, outcome = ''] = await both(over, { act: 'fire' }, other, round % 24)
    const { row, tasks: left } = await loadCase(ctx, caseId)
    note(
      kind,
      [outcome, row.outcome ?? 'open'],
      kind === 'timer against message' ? ['done + heard', 'lapsed + message.not_awaited', 'case.closed + lapsed'] : ['done + lapsed', 'done + done'],
    )
    if (left.length > 0 || row.status !== 'closed') result.findings.push(`${kind}: ${row.number} is ${row.status}, ${left.length} tasks open`)
  }
}

async function open(ctx: Ctx): Promise<Opened> {
  const { caseId } = await openCase(as(ctx, { kind: 'anonymous' }), { procedure: 'club', data: {} })
  await performStep(
    () => loadStep(ctx, caseId),
    async (step) => {
      const element = step.procedure.graph.elements['Route']
      if (element) await runAction(step, element, () => 'agriculture')
    },
  )
  const { tasks, parties } = await loadCase(ctx, caseId)
  return { caseId, partyId: parties[0]?.partyId ?? '', tasks: Object.fromEntries(tasks.map((task) => [task.element, task.task_id])) }
}
