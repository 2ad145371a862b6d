// One process of the races: told over the channel what to do on which case, it says what came of it. Started by races.ts.
import { completeTask, sendCaseMessage } from '#kernel/cases/act.ts'
import { fireTimers } from '#kernel/cases/fire-timers.ts'
import { virtualClock } from '#kernel/clock.ts'
import { as, systemActor } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { openInstallation } from '#kernel/installation/installation.ts'
import { actorOf } from '../../src/demo/play-example.ts'
import { demoTenant } from '../../src/demo/town.ts'
import { openClub } from '../support/club.ts'

export type Ask = { id: number; at: string } & (
  | { act: 'complete'; taskId: string }
  | { act: 'object'; caseId: string; partyId: string }
  | { act: 'fire' }
)
export type Told = { id: number; outcome: string }

const [url = '', dataDir = ''] = process.argv.slice(2)
const clock = virtualClock(new Date('2026-03-02T09:00:00+08:00'))
const installation = await openInstallation({ dataDir, databaseUrl: url, baseUrl: 'http://127.0.0.1:3000', demo: true }, clock)
const ctx = await installation.ctxFor(demoTenant, systemActor('test'))
await openClub(ctx)
const officer = as(ctx, await actorOf(ctx, 'post:handler@agriculture', ''))

async function perform(ask: Ask): Promise<string> {
  try {
    if (ask.act === 'complete') await completeTask(officer, ask.taskId, { data: { on: '2026-03-02' } })
    else if (ask.act === 'fire') return `fired ${await fireTimers(ctx, clock.now())}`
    else await sendCaseMessage(as(ctx, { kind: 'receipt', caseId: ask.caseId, partyId: ask.partyId }), { caseId: ask.caseId }, 'object', {})
    return 'done'
  } catch (error) {
    // Anything but a refusal is a finding: it is told as it is.
    return error instanceof DomainError ? error.code : String(error)
  }
}

process.on('message', (ask: Ask) => {
  clock.set(new Date(ask.at))
  void perform(ask).then((outcome) => process.send?.({ id: ask.id, outcome } satisfies Told))
})
process.on('disconnect', () => void installation.close().then(() => process.exit(0)))
process.send?.({ id: 0, outcome: 'ready' } satisfies Told)
