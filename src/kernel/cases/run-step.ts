// One act on a case, tried again when another was faster.
import { sqlState } from '../database/database.ts'
import { conflict, DomainError } from '../errors.ts'
import { commitSteps, type Step } from './step.ts'

const attempts = 6

/**
 * Runs one act: load, decide, write. When another act on the case was faster, it is decided again on the new state.
 * @throws DomainError `case.busy` when that happens too often.
 */
export async function runStep<T>(load: () => Promise<Step>, work: (step: Step) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const step = await load()
    try {
      const result = await work(step)
      await commitSteps(step)
      return result
    } catch (error) {
      if (step.transaction && !step.transaction.isCommitted && !step.transaction.isRolledBack) await step.transaction.rollback().execute()
      await removeWritten(step, error)
      if (!isLostRace(error)) throw error
      if (attempt === attempts || step.ctx.db.isTransaction) throw conflict('case.busy', 'Many acts on this case at once: try again.')
    }
  }
}

/** Files of a step that was not written. When the database went away nobody knows whether it was: then they stay. */
async function removeWritten(step: Step, error: unknown): Promise<void> {
  const state = error instanceof DomainError ? undefined : sqlState(error)
  const unknown = state !== undefined && !/^(XL409|2[0-9A-F]...|4[0-9]...|5[34]...)$/.test(state)
  if (unknown) return
  for (const one of step.family.values()) for (const file of one.written) await one.ctx.services.files.remove(one.ctx.tenant, file)
}

/** XL409: the case has moved on. 40001, 40P01: the database asks to try again. 23505 on the case number: it was drawn twice. */
function isLostRace(error: unknown): boolean {
  const state = sqlState(error)
  if (state === 'XL409' || state === '40001' || state === '40P01') return true
  return state === '23505' && error instanceof Error && 'constraint' in error && error.constraint === 'cases_tenant_id_number_key'
}
