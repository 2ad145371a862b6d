// A broken seal and whoever it concerns: told at once where she can be reached, else by letter or in person before a day (个人信息保护法 Art 35).
// What was done is an event of her case; a day that passes untold is reported.
import { may } from '../access/rule.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { as, systemActor } from '../context.ts'
import { invalid, notFound } from '../errors.ts'
import { isUuid } from '../ids.ts'
import { accessOf } from './access-of.ts'
import { settleEscalation } from './case-deadlines.ts'
import { findGlassCase, markTold, selectUntold, selectUntoldOf } from './glass-queries.ts'
import { findCase, loadStep } from './load-case.ts'
import { runStep } from './run-step.ts'
import { recordEvent, type Step, transactionOf } from './step.ts'
import { tellOpened } from './tell-access.ts'

/** How a person was told whom no letter of ours could reach. */
export const tellingWays = ['letter', 'in-person', 'phone'] as const

/** What is reported when the day passes; a name for the list of reports, not an element of the diagram. */
export const untoldSubject = 'glass-untold'

/** Broken seals whose parties could not be reached at once: for the supervision office, which tells them before the day. */
export async function listUntold(ctx: Ctx): Promise<{ glassId: string; number: string; tellBy: CalendarDate }[]> {
  const rows = ctx.actor.kind === 'staff' ? await selectUntold(ctx) : []
  return rows.map((row) => ({ glassId: row.glass_id, number: row.number, tellBy: row.tell_by }))
}

/** Notes how the person was told; she reads it in her case. @throws `glass.not_found`, `glass.how` (422). */
export async function noteTold(ctx: Ctx, glassId: string, how: string): Promise<void> {
  const way = tellingWays.find((known) => known === how)
  if (!way) throw invalid('glass.how', '请选择怎样告知的', [{ pointer: '/how', code: 'enum', message: '请选择怎样告知的' }])
  const own = as(ctx, systemActor('glass'))
  const row = isUuid(glassId) ? await findGlassCase(own, glassId) : undefined
  const loaded = row && (await findCase(own, { caseId: row.case_id }, 'case.read'))?.loaded
  const isOpen = row && (await selectUntoldOf(own, row.case_id)).some((known) => known.glass_id === glassId)
  if (!row || !isOpen || !loaded || !may(ctx.actor, 'glass.decide', accessOf(loaded)))
    throw notFound('glass.not_found', 'There is no such request that you can decide.')
  await runStep(
    () => loadStep(own, row.case_id),
    async (step) => {
      step.ctx = ctx
      await told(step, glassId, way)
    },
  )
}

/** In the step of a change of contacts: whoever can be reached now is told now. */
export async function tellNow(step: Step): Promise<void> {
  const caseId = step.case.row.case_id
  const waiting = await selectUntoldOf(await transactionOf(step), caseId)
  if (waiting.length === 0 || !tellOpened(step)) return
  for (const { glass_id } of waiting) await told(step, glass_id, 'message')
}

async function told(step: Step, glassId: string, how: string): Promise<void> {
  await markTold(await transactionOf(step), glassId)
  recordEvent(step, { type: 'glass.told', fields: { how } })
  settleEscalation(step, 'unacknowledged', untoldSubject)
}
