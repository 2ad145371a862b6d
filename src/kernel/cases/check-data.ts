// What a form's schema cannot know: the day, the town's registers, and which files are there.
import { sql } from 'kysely'
import { inTenant } from '../database/database.ts'
import { type FieldError, invalid } from '../errors.ts'
import { attachedFiles, checkForm, effectiveDate, type Form, type FormData, type Language } from '../forms/forms.ts'
import { openFields } from '../towns/clauses.ts'
import { today, type Town } from '../towns/towns.ts'
import { parametersOf } from './case-data.ts'
import { shortTexts } from './new-case.ts'
import type { Step } from './step.ts'

/** Complaints about the form of an act on a case; without a form there is nothing to say. */
export function checkStepForm(step: Step, form: Form | undefined, data: FormData, language: Language): FieldError[] {
  if (!form)
    return Object.keys(data).map((name) => ({
      pointer: `/${name}`,
      code: 'additionalProperties',
      message: say(language, '没有这一项，请删去', 'There is no such field: leave it out'),
    }))
  const fields = checkForm(form, data, shortTexts(step.procedure, language), language)
  if (fields.length > 0) return fields
  return [
    ...checkEffective(step, form, data, language),
    ...checkRegisters(form, data, step.town, language),
    ...checkLimits(step, form, data, language),
  ]
}

/** A number that a law limits (`x-maximum`: a parameter of the package), by the number in force on the day of the act. */
function checkLimits(step: Step, form: Form, data: FormData, language: Language): FieldError[] {
  return Object.entries(form.schema.properties).flatMap(([name, field]): FieldError[] => {
    const [value, id] = [data[name], field['x-maximum']]
    const most = id === undefined || typeof value !== 'number' ? undefined : parametersOf(step)[id]
    if (most === undefined || typeof value !== 'number' || value <= most) return []
    return [{ pointer: `/${name}`, code: 'maximum', message: say(language, `最多 ${most}`, `At most ${most}`) }]
  })
}

/** An act takes effect between the day on which the matter came in and today. */
function checkEffective(step: Step, form: Form, data: FormData, language: Language): FieldError[] {
  const on = effectiveDate(form, data)
  if (on === undefined) return []
  const pointer = `/${Object.entries(form.schema.properties).find(([, field]) => field['x-effective'])?.[0] ?? ''}`
  if (on > today(step.ctx)) return [{ pointer, code: 'future', message: say(language, '日期不能晚于今天', 'The date cannot be in the future') }]
  if (on >= step.case.row.filed_on) return []
  return [
    {
      pointer,
      code: 'early',
      message: say(
        language,
        `日期不能早于收件之日 ${step.case.row.filed_on}`,
        `The date cannot be before the matter came in (${step.case.row.filed_on})`,
      ),
    },
  ]
}

/** A field that is filled from a register holds an id of that register. */
export function checkRegisters(form: Form, data: FormData, town: Town, language: Language): FieldError[] {
  const { villages, organizations, posts, mediators, clauses } = town
  const outside = new Map([...organizations].filter(([, { kind }]) => kind === 'outside'))
  const known: Record<string, ReadonlyMap<string, unknown>> = {
    villages,
    organizations,
    posts,
    mediators,
    'agreement-clauses': clauses,
    'outside-bodies': outside,
  }
  const unknown = Object.entries(form.schema.properties).flatMap(([name, field]): FieldError[] => {
    const register = known[field['x-register'] ?? '']
    const value = data[name]
    const ids = Array.isArray(value) ? value : [value]
    if (!register || value === undefined || ids.every((id) => typeof id === 'string' && register.has(id))) return []
    return [{ pointer: `/${name}`, code: 'register', message: say(language, '请从所列选项中选择', 'Choose one of the options listed') }]
  })
  return unknown.length > 0 ? unknown : complainOfClauses(form, data, town, language)
}

/** A clause that is chosen brings its open fields with it: `{amount}` asks for the form's field of that name. */
function complainOfClauses(form: Form, data: FormData, town: Town, language: Language): FieldError[] {
  const chosen = Object.entries(form.schema.properties).flatMap(([name, field]) =>
    field['x-register'] === 'agreement-clauses' ? [data[name]].flat().filter((id) => typeof id === 'string') : [],
  )
  const complaints = chosen.flatMap((id) => {
    const clause = town.clauses.get(id)
    const missing = clause ? openFields(clause).filter((name) => name in form.schema.properties && data[name] === undefined) : []
    return missing.map((name): FieldError => {
      const title = clause?.name[language] ?? ''
      return {
        pointer: `/${name}`,
        code: 'required',
        message: say(language, `条款“${title}”要用到这一项，请填写`, `The clause “${title}” needs this`),
      }
    })
  })
  return complaints.filter(({ pointer }, index) => complaints.findIndex((other) => other.pointer === pointer) === index)
}

/** What only staff who write a filing down may say (`x-filled-by`). */
export const complainOfStaffFields = (form: Form, data: FormData, language: Language): FieldError[] =>
  Object.entries(form.schema.properties).flatMap(([name, field]) =>
    field['x-filled-by'] === 'staff' && data[name] !== undefined
      ? [{ pointer: `/${name}`, code: 'staff', message: say(language, '这一项由工作人员填写，请删去', 'Staff fill this in: leave it out') }]
      : [],
  )

/** Complaints about attachments that are not among `known`. */
export function complainOfFiles(form: Form, data: FormData, known: ReadonlySet<string>, language: Language): FieldError[] {
  const [name] = Object.entries(form.schema.properties).find(([, field]) => field['x-tag'] === 'attachment') ?? []
  const missing = attachedFiles(form, data).filter((file) => !known.has(file))
  if (missing.length === 0 || name === undefined) return []
  return [{ pointer: `/${name}`, code: 'file', message: say(language, '附件没有收到，请重新上传', 'The file is not there: send it again') }]
}

/** Says what to put right, if anything. @throws `form.invalid`. */
export function refuseFields(fields: FieldError[], language: Language): void {
  if (fields.length === 0) return
  throw invalid(
    'form.invalid',
    say(language, '有几处需要修改，您填写的内容都还在。', 'Some answers need a correction. Nothing you typed is lost.'),
    fields,
  )
}

/** Every file that the form names belongs to this case. @throws `form.invalid`. */
export async function checkFiles(step: Step, formId: string | null, data: FormData, language: Language): Promise<void> {
  const form = step.procedure.forms.get(formId ?? '')
  const named = form ? attachedFiles(form, data) : []
  if (!form || named.length === 0) return
  const fields = complainOfFiles(form, data, await findFiles(step, named), language)
  refuseFields(fields, language)
}

export async function findFiles(step: Step, named: string[]): Promise<ReadonlySet<string>> {
  const { ctx } = step
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{
      file_id: string
    }>`select file_id from files where tenant_id = ${ctx.tenant} and case_id = ${step.case.row.case_id} and file_id = any(${named}::uuid[])`.execute(
      trx,
    ),
  )
  return new Set(rows.map((row) => row.file_id))
}

const say = (language: Language, zh: string, en: string) => (language === 'zh' ? zh : en)
