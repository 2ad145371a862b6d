// Recusal (回避): whoever has an interest in a matter says so and is out of it from then on.
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { forbidden, invalid } from '../errors.ts'
import { getCase, loadStep } from './load-case.ts'
import { addRow, recordEvent, runStep, transactionOf } from './step.ts'

/**
 * Declares the actor's own interest: the case is gone for her, and what she had taken goes back to the office.
 * @throws `case.not_found`, `recusal.ground` (422).
 */
export async function declareInterest(ctx: Ctx, by: { number: string } | { caseId: string }, ground: string): Promise<void> {
  const { loaded } = await getCase(ctx, by, 'case.read')
  const { actor } = ctx
  if (actor.kind !== 'staff') throw forbidden('recusal.staff', 'Only staff recuse themselves.')
  const words = ground.trim()
  if (words.length < 2 || words.length > 300)
    throw invalid('recusal.ground', 'Say what the interest is.', [{ pointer: '/ground', code: 'required', message: '请写明回避的事由' }])
  await runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      for (const task of step.case.tasks.filter((open) => open.assignee === actor.userId))
        addRow(step, 'tasks_update', { task_id: task.task_id, assignee: null, organization_id: task.organization_id })
      // The words stand in the encrypted event only: they may name a person.
      recordEvent(step, { type: 'case.recused', fields: { reason: words } })
      const { db } = await transactionOf(step)
      await sql`insert into recusals (tenant_id, case_id, user_id, ground, declared_at, declared_by)
        values (${ctx.tenant}, ${loaded.row.case_id}, ${actor.userId}, 'declared', ${step.now}, ${actor.userId}) on conflict do nothing`.execute(db)
    },
  )
}
