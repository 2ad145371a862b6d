// The questions of several checks, each asked once: two packages that ask the same thing in the same words share one answer.
import { preCheck, type PrecheckResult } from '#kernel/cases/pre-check.ts'
import { DomainError } from '#kernel/errors.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import type { Precheck } from '#kernel/procedures/manifest.ts'
import type { Visit } from '#http/visit.ts'
import { errorsByField } from '#ui/form/form-texts.ts'
import { type FormBody, parseFormBody, type ParsedForm } from '#ui/form/parse-form-body.ts'
import { askedOnly, formSource } from './words.ts'

/** A matter of assistance that residents may file; `precheck` is absent where there is nothing to reckon beforehand. */
export type Matter = { procedure: Package; precheck: Precheck | undefined }
export type Checked = { procedure: Package; precheck: Precheck }

/** One question: the field `name` of `of`'s check, posted as `prefix + name`; it answers for every matter of `slugs`. */
export type Question = { name: string; prefix: string; of: Checked; slugs: string[] }

export type Answer = { of: Checked; result: PrecheckResult }

/** What a package offers that the one window is about (社会救助法 Art 13, 63: of whichever department). */
const capabilities = ['social-assistance', 'disaster-relief']

/** Every matter of assistance in force. Code asks for capabilities and never names a procedure. */
export async function listAssistance(visit: Visit): Promise<Matter[]> {
  const all = await listProcedures(visit.ctx)
  return all
    .filter(({ manifest }) => manifest.filedBy.includes('anyone') && capabilities.some((one) => manifest.provides.includes(one)))
    .map((procedure) => ({ procedure, precheck: procedure.manifest.prechecks[0] }))
}

export const canBeChecked = (matter: Matter): matter is Checked => matter.precheck !== undefined

/** The questions of these checks. A name that means something else in another package gets that package's prefix. */
export function questionsOf(matters: readonly Checked[]): Question[] {
  const questions: (Question & { meaning: string })[] = []
  for (const of of matters) {
    const { slug } = of.procedure
    for (const name of Object.keys(formSource(of.procedure, of.precheck.form, 'zh').schema.properties ?? {})) {
      const meaning = meaningOf(of, name)
      const same = questions.find((known) => known.name === name && known.meaning === meaning)
      if (same) same.slugs.push(slug)
      else questions.push({ name, meaning, of, slugs: [slug], prefix: questions.some((known) => known.name === name) ? `${slug}-` : '' })
    }
  }
  return questions
}

/** What is asked and how it may be answered; purpose and basis differ from package to package and do not change the question. */
function meaningOf({ procedure, precheck }: Checked, name: string): string {
  const { schema, texts, textPrefix } = formSource(procedure, precheck.form, 'zh')
  const rules = Object.entries(schema.properties?.[name] ?? {}).filter(([key]) => !['x-purpose', 'x-basis', 'x-visibility'].includes(key))
  const words = Object.entries(texts).filter(([key]) => key.startsWith(`${textPrefix}.${name}.`) && !/\.(?:hint|error)$/.test(key))
  const said = [...rules, ...words.map(([key, text]) => [key.slice(textPrefix.length), text])].map((part) => JSON.stringify(part))
  return said.sort((a, b) => (a < b ? -1 : 1)).join()
}

/** A question's form as `FormFields` wants it. Every question may be left out, so none is called optional. */
export function sourceOf({ of, name, prefix }: Question, language: Visit['language']) {
  const { schema, texts, textPrefix } = formSource(of.procedure, of.precheck.form, language)
  return { schema: { ...schema, required: [name] }, texts, textPrefix, prefix, fields: [name] }
}

/** What was posted for one question, as it was typed. */
export const typedFor = ({ of, name, prefix }: Question, body: FormBody): ParsedForm['raw'] => parseFormBody(only(of, [name]), body, prefix).raw

function only({ procedure, precheck }: Checked, names: readonly string[]) {
  const { schema } = formSource(procedure, precheck.form, 'zh')
  return { ...schema, properties: Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => names.includes(name))) }
}

/** Runs every check over the answers. `errors`: by posted name, when an answer cannot be read; then there are no answers. Nothing is kept. */
export async function answerAll(visit: Visit, matters: readonly Checked[], questions: readonly Question[], body: FormBody) {
  const answers: Answer[] = []
  const errors: Record<string, string> = {}
  for (const of of matters) {
    const own = questions.filter(({ slugs }) => slugs.includes(of.procedure.slug))
    const data = Object.assign({}, ...own.map(({ name, prefix }) => parseFormBody(only(of, [name]), body, prefix).data))
    const { form } = formSource(of.procedure, of.precheck.form, visit.language)
    try {
      const result = await preCheck(visit.ctx, of.procedure.slug, of.precheck.id, askedOnly(form.schema, data), visit.language)
      answers.push({ of, result })
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'form.invalid') throw error
      for (const [name, message] of Object.entries(errorsByField(error.fields)))
        errors[`${own.find((question) => question.name === name)?.prefix ?? ''}${name}`] ??= message
    }
  }
  return { answers, errors }
}
