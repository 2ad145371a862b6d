// A process that is killed. It files and completes until its plan is done, says so line by line, and starts again where it stood.
// Arguments: DATABASE_URL, data folder, workload as JSON. Standard input: what was acknowledged so far, one JSON array.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { completeTask } from '#kernel/cases/act.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { as, type Ctx, systemActor } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { type Installation, openInstallation } from '#kernel/installation/installation.ts'
import { startWork } from '#kernel/work/work.ts'
import { actorOf } from '../../src/demo/play-example.ts'
import { type Acknowledged, actsOf, filingOf, tenant, work, type Workload } from './workload.ts'

const [, , databaseUrl, dataDir = '', plan = ''] = process.argv
// The parent wrote both, in these shapes.
const workload = JSON.parse(plan) as Workload
const known = JSON.parse(readFileSync(0, 'utf8')) as Acknowledged[]
const hands = 4

const installation = await persist(() => openInstallation({ dataDir, databaseUrl, baseUrl: 'http://127.0.0.1:3000', demo: false, poolSize: 6 }))
const running = startWork(installation)
say({ ready: true })
const next = { matter: 0 }
await Promise.all(Array.from({ length: hands }, async () => workThrough(installation)))
await running.stop()
await installation.close()
say({ finished: true })

async function workThrough(own: Installation): Promise<void> {
  for (let matter = next.matter++; matter < workload.filings; matter = next.matter++) {
    const caseId = await file(own, matter)
    for (const element of actsOf(matter, workload)) await complete(own, matter, caseId, element)
  }
}

async function file(own: Installation, matter: number): Promise<string> {
  const before = known.find((line) => line.act === 'filed' && line.matter === matter)
  if (before?.act === 'filed') return before.answer.caseId
  const answer = await persist(async () => openCase(await own.ctxFor(tenant, { kind: 'anonymous' }), filingOf(workload, matter)))
  say({ act: 'filed', matter, answer })
  return answer.caseId
}

async function complete(own: Installation, matter: number, caseId: string, element: string): Promise<void> {
  if (known.some((line) => line.act === 'completed' && line.matter === matter && line.element === element)) return
  const again = await persist(async () => completeOnce(await own.ctxFor(tenant, systemActor('writer')), caseId, element))
  say({ act: 'completed', matter, element, caseId, again })
}

/** As an officer would after a lost answer: looks whether the task still stands, and does it only then. */
async function completeOnce(ctx: Ctx, caseId: string, element: string): Promise<boolean> {
  const { tasks, content } = await loadCase(ctx, caseId)
  const task = tasks.find((open) => open.element === element)
  if (!task) {
    if (content[element]) return true
    throw new Error(`case ${caseId} waits for neither ${element} nor has done it`)
  }
  const data = work.find((known) => known.element === element)?.data ?? {}
  await completeTask(as(ctx, await actorOf(ctx, 'post:petition-clerk@petition-office', caseId)), task.task_id, { data })
  return false
}

/** Tries again while the database is away, as a client does that got no answer. A refusal is not tried again. */
async function persist<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await act()
    } catch (error) {
      const refused = error instanceof DomainError && error.kind !== 'unavailable' && error.code !== 'case.busy'
      if (refused || tries === 300) throw error
      await sleep(100)
    }
  }
}

function say(line: Acknowledged | { ready: true } | { finished: true }): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
