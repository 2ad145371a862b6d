// One or two running cases of each of the town's matters: the beginning of a worked example, moved to days just before the demonstration's now.
import { DomainError } from '#kernel/errors.ts'
import type { Example, ExampleStep } from '#kernel/procedures/worked-examples.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import type { Ctx } from '#kernel/context.ts'
import told from './matters.json' with { type: 'json' }
import { plusDays } from './story-plan.ts'

/** `steps`: how many of the example's first steps; `ago`: days before now of the last one, up to six more; `filing`: what stands otherwise in the form. */
export type Matter = { procedure: string; example: string; steps: number; ago: number; filing?: Record<string, string> }

// The file is ours; TypeScript infers a union of its rows.
export const matters = told as Matter[]

/** The steps of one matter up to `now`; none while its procedure is not in force on the demonstration's first day. @throws Error when the package has no such example, or fewer steps. */
export async function matterSteps(ctx: Ctx, matter: Matter, now: Date): Promise<ExampleStep[]> {
  const procedure = (await listProcedures(ctx)).find(({ slug }) => slug === matter.procedure)
  if (!procedure) return []
  const example = procedure.examples.get(matter.example)
  if (!example || example.steps.length < matter.steps)
    throw new Error(`${matter.procedure} has no example “${matter.example}” of ${matter.steps} steps`)
  return moveExample(example, matter, now)
}

const day = 86_400_000
const isoDate = /(?<!\d)20\d\d-\d\d-\d\d(?!\d)/g

/** Moved by whole weeks, so that working days stay working days; every date in what is filled in moves along. */
function moveExample(example: Example, { steps, ago, filing }: Matter, now: Date): ExampleStep[] {
  const first = example.steps.slice(0, steps)
  const last = Date.parse(first.at(-1)?.at ?? '')
  const days = Math.floor((now.getTime() - ago * day - last) / (7 * day)) * 7
  return first.map((step) => ({
    ...step,
    at: moveText(step.at, days),
    ...(step.data ? { data: moveDates(step.do === 'file' ? { ...step.data, ...filing } : step.data, days) } : {}),
  }))
}

const moveText = (text: string, days: number): string => text.replaceAll(isoDate, (date) => plusDays(date, days))

const moveDates = (data: Record<string, unknown>, days: number): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [name, moveValue(value, days)]))

function moveValue(value: unknown, days: number): unknown {
  if (typeof value === 'string') return moveText(value, days)
  if (Array.isArray(value)) return value.map((item) => moveValue(item, days))
  if (value !== null && typeof value === 'object') return moveDates({ ...value }, days)
  return value
}

/**
 * Holidays between may make a period longer than in the example: a step that is not yet due is left out, and the case stands where it is.
 * Anything else that is refused is a fault of the demonstration.
 */
export const isNotYet = (error: unknown): boolean => error instanceof DomainError && error.code === 'task.not_open'
