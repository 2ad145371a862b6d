// One act on a case, tried again when another was faster.
import { sqlState } from '../database/database.ts'
import { conflict, DomainError } from '../errors.ts'
import { commitSteps, commitTogether, type Step } from './step.ts'

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

/**
 * Acts on many cases written by one statement: all of them or none. `work` says whether it did something. Gives the cases that were
 * written; the others are the caller's to do alone: they failed, had nothing to do, need a transaction of their own, or one of them was too late.
 */
export async function runTogether(steps: Step[], work: (step: Step) => Promise<boolean>): Promise<string[]> {
  const ready: Step[] = []
  for (const step of steps) {
    const did = await work(step).catch(() => false)
    if (did && !step.transaction && step.toLinked.length === 0) ready.push(step)
    else await abandon(step)
  }
  if (ready.length === 0) return []
  try {
    await commitTogether(ready)
    return ready.map((step) => step.case.row.case_id)
  } catch (error) {
    for (const step of ready) await removeWritten(step, error)
    if (!isLostRace(error) && !isRefusedByData(error)) throw error
    return []
  }
}

async function abandon(step: Step): Promise<void> {
  if (step.transaction && !step.transaction.isCommitted && !step.transaction.isRolledBack) await step.transaction.rollback().execute()
  await removeWritten(step, undefined)
}

/** Class 23 (integrity) and 22 (data): one of the rows is wrong, and alone it is seen which. */
const isRefusedByData = (error: unknown) => /^2[23]/.test(sqlState(error) ?? '')

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
