// “Am I eligible?” before filing: a package's decision over answers that nobody keeps.
import type { Ctx } from '../context.ts'
import { listTables } from '../decisions/check-model.ts'
import { DecisionError } from '../decisions/decisions.ts'
import { evaluateFeel } from '../engine/conditions.ts'
import { invalid, notFound } from '../errors.ts'
import { checkForm, type FormData, type Language } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import type { Precheck } from '../procedures/manifest.ts'
import { getProcedure } from '../procedures/packages.ts'
import { parseDecisionName } from '../procedures/rules.ts'
import { getTown, today } from '../towns/towns.ts'
import { parametersOf } from './case-data.ts'
import { runDecision } from './decide-task.ts'
import { shortTexts } from './new-case.ts'

/**
 * One question of the decision: `decision` is its name (text `criterion.<name>`), `rules` those that applied (texts `rule.<id>`; none: the
 * answers do not settle it), `met` what the table said when it says yes or no.
 */
export type Criterion = { decision: string; rules: string[]; met: boolean | null }

/** `outcome` is the decision itself, `criteria` what it was made of. */
export type PrecheckResult = { outcome: Criterion; criteria: Criterion[] }

/**
 * Runs a check of the procedure in force. Reads the package and the town's numbers; stores nothing and logs no value. It says nothing
 * about a right: whoever wants to file may file, whatever comes out.
 * @throws `procedure.not_found`, `precheck.not_found`, `form.invalid` (422 with fields).
 */
export async function preCheck(ctx: Ctx, slug: string, id: string, data: FormData, language: Language = 'zh'): Promise<PrecheckResult> {
  const procedure = await getProcedure(ctx, slug)
  const precheck = procedure.manifest.prechecks.find((known) => known.id === id)
  const form = procedure.forms.get(precheck?.form ?? '')
  if (!precheck || !form) throw notFound('precheck.not_found', 'There is no such check.')
  const fields = checkForm(form, data, shortTexts(procedure, language), language)
  if (fields.length > 0) throw invalid('form.invalid', language === 'zh' ? '有几处需要修改。' : 'Some answers need a correction.', fields)
  return judge(procedure, precheck, await inputsOf(ctx, procedure, precheck, data))
}

async function inputsOf(ctx: Ctx, procedure: Package, precheck: Precheck, data: FormData): Promise<Record<string, unknown>> {
  const effectiveOn = today(ctx)
  const context = { ...data, parameters: parametersOf({ procedure, town: await getTown(ctx), effectiveOn }), case: { on: effectiveOn } }
  const computed = precheck.inputs.map(({ name, expression }) => [name, evaluateFeel(expression, context)] as const)
  return { ...data, ...Object.fromEntries(computed) }
}

function judge(procedure: Package, precheck: Precheck, inputs: Record<string, unknown>): PrecheckResult {
  const name = parseDecisionName(precheck.decision)
  const model = name && procedure.rules.get(name.file)
  const order = name && model ? listTables(model, name.decision).map(({ decision }) => decision) : []
  const trace = traceOf(procedure, precheck, inputs)
  const criteria = order.map((decision): Criterion => {
    const table = trace.find((known) => known.decision === decision)
    const rules = table?.rules.flatMap((rule) => rule.id ?? []) ?? []
    return { decision, rules, met: typeof table?.output === 'boolean' ? table.output : null }
  })
  const [outcome = { decision: '', rules: [], met: null }, ...rest] = criteria
  return { outcome, criteria: rest }
}

/** Too much work for the rules means that they settle nothing; the answers must not be named in an error. */
function traceOf(procedure: Package, precheck: Precheck, inputs: Record<string, unknown>) {
  try {
    return runDecision(procedure, precheck.decision, inputs).trace
  } catch (error) {
    if (error instanceof DecisionError) return []
    throw error
  }
}
