// What can be asked of the town, and by which numbers of the law it must answer: open to everybody.
import type { FormSchema } from '#kernel/forms/forms.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { getProcedure, listProcedures } from '#kernel/procedures/packages.ts'
import type { Town } from '#kernel/towns/towns.ts'
import { defineOperation } from './operation.ts'
import { procedureDetail, procedureList } from './answers.ts'
import { commonQuery } from './requests.ts'
import { exampleProcedure, exampleSummary } from './examples.ts'

/** Library data changes rarely; nothing in it belongs to a person. */
const shared = { 'cache-control': 'public, max-age=60' }

export const listOperation = defineOperation({
  id: 'listProcedures',
  tag: 'procedures',
  method: 'get',
  path: '/procedures',
  summary: 'Procedures in force today',
  credentials: 'nobody',
  query: commonQuery,
  answers: { 200: { description: 'All procedures.', schema: procedureList, example: { procedures: [exampleSummary] } } },
  refusals: [400],
  handle: async ({ ctx }) => ({ status: 200, headers: shared, body: { procedures: (await listProcedures(ctx)).map(toSummary) } }),
})

export const detailOperation = defineOperation({
  id: 'getProcedure',
  tag: 'procedures',
  method: 'get',
  path: '/procedures/:slug',
  summary: 'One procedure: law, numbers, deadlines and forms',
  credentials: 'nobody',
  query: commonQuery,
  answers: { 200: { description: 'The version in force today.', schema: procedureDetail, example: exampleProcedure } },
  refusals: [400, 404],
  handle: async ({ ctx, visit, path }) => ({ status: 200, headers: shared, body: toDetail(await getProcedure(ctx, path('slug')), visit.town) }),
})

function toSummary(procedure: Package) {
  const { slug, manifest } = procedure
  return { slug, title: say(procedure, 'title'), summary: say(procedure, 'summary'), filedBy: manifest.filedBy, provides: manifest.provides }
}

function toDetail(procedure: Package, town: Town) {
  const { manifest } = procedure
  const forms = [...procedure.forms.values()].map(({ id, schema }) => toForm(procedure, id, schema))
  return {
    ...toSummary(procedure),
    version: manifest.version,
    hash: procedure.hash,
    law: manifest.law,
    parameters: manifest.parameters.map((row) => ({ ...row, local: town.overrides.get(`${procedure.slug}/${row.id}`) ?? [] })),
    deadlines: manifest.deadlines.map((row) => ({ ...row, title: say(procedure, `deadline.${row.id}`) })),
    filing: forms.find((form) => form.id === 'filing'),
    forms: forms.filter((form) => form.id !== 'filing'),
  }
}

function toForm({ slug, texts }: Package, id: string, schema: FormSchema) {
  const prefix = `${slug}.${id}.`
  const own = (all: Record<string, string>) =>
    Object.fromEntries(Object.entries(all).flatMap(([key, text]) => (key.startsWith(prefix) ? [[key.slice(slug.length + 1), text]] : [])))
  return { id, schema, texts: { zh: own(texts.zh), en: own(texts.en) } }
}

const say = ({ slug, texts }: Package, key: string) => ({
  zh: texts.zh[`${slug}.${key}`] ?? key,
  en: texts.en[`${slug}.${key}`] ?? texts.zh[`${slug}.${key}`] ?? key,
})
