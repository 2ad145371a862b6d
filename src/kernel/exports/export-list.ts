// Lists with names: only those that a package names with their legal basis (`exports`), only for those who do this work, each look recorded.
import { holdsLane, levelFor } from '../access/rule.ts'
import { accessOf } from '../cases/access-of.ts'
import { loadCase } from '../cases/load-case.ts'
import type { LoadedCase } from '../cases/types.ts'
import { type Sight, sightOf } from '../cases/sight.ts'
import { recordViews } from '../cases/views.ts'
import type { Ctx } from '../context.ts'
import { notFound } from '../errors.ts'
import type { FormData, Language } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import { getPackage, getProcedure, listProcedures } from '../procedures/packages.ts'
import { getTown } from '../towns/towns.ts'
import { listCasesOf } from './queries.ts'

/** `law` is the basis in words; `columns` are labels; every row begins with the number of its case. */
export type ExportedList = { title: string; law: string; mark: string; columns: string[]; rows: string[][] }
export type ExportName = { slug: string; id: string; title: string; law: string; mark: string }

/** The lists that this member of staff may draw up. */
export async function listExports(ctx: Ctx, language: Language): Promise<ExportName[]> {
  const procedures = (await listProcedures(ctx)).filter((procedure) => works(ctx, procedure))
  return procedures.flatMap((procedure) =>
    procedure.manifest.exports.map(({ id }) => ({ slug: procedure.slug, id, ...wordsOf(procedure, id, language) })),
  )
}

/**
 * The rows of a list: cases that hold a value for every field of it. Each is recorded as a look at that case before it is given.
 * @throws `export.not_found` for whoever has no lane of the procedure.
 */
export async function exportList(ctx: Ctx, slug: string, id: string, language: Language): Promise<ExportedList> {
  const absent = () => notFound('export.not_found', 'There is no such list for you.')
  const procedure = (await listProcedures(ctx)).some((known) => known.slug === slug) ? await getProcedure(ctx, slug) : undefined
  const list = procedure?.manifest.exports.find((known) => known.id === id)
  if (!procedure || !list || !works(ctx, procedure)) throw absent()
  const town = await getTown(ctx)
  const rows: string[][] = []
  const listed: LoadedCase[] = []
  for (const caseId of await listCasesOf(ctx, slug)) {
    const loaded = await loadCase(ctx, caseId)
    const { row, content } = loaded
    // Reading is not yet drawing up a list: a broken seal opens one case to be read.
    const level = levelFor(ctx.actor, 'case.export', accessOf(loaded))
    if (level === undefined) continue
    const pinned = await getPackage(ctx, row.package_hash)
    const sight = sightOf(ctx.actor, loaded, pinned, level, ctx.clock.now())
    const values = list.fields.map((field) => (isSeen(sight, pinned, field) ? valueOf(content, field) : undefined))
    if (values.some((value) => value === undefined || value === null || value === '')) continue
    listed.push(loaded)
    rows.push([
      row.number,
      ...values.map((value) => (typeof value === 'string' ? (town.villages.get(value)?.name[language] ?? value) : String(value))),
    ])
  }
  await recordViews(ctx, listed, `export:${id}`, list.fields)
  return {
    ...wordsOf(procedure, id, language),
    columns: [language === 'zh' ? '编号' : 'Number', ...list.fields.map((field) => labelOf(procedure, field, language))],
    rows,
  }
}

/** Does the actor hold a duty of one of the procedure's lanes, in a body of the town or above it? */
const works = ({ actor }: Ctx, { manifest }: Package): boolean => manifest.lanes.some(({ office, posts }) => holdsLane(actor, { office, posts }))

function wordsOf(procedure: Package, id: string, language: Language): { title: string; law: string; mark: string } {
  const list = procedure.manifest.exports.find((known) => known.id === id)
  const law = procedure.manifest.law.find((known) => known.id === list?.law)
  const text = procedure.texts[language]
  return {
    title: text[`${procedure.slug}.export.${id}`] ?? `${text[`${procedure.slug}.title`] ?? procedure.slug} · ${id}`,
    law: law ? `${law.name} ${law.article}` : '',
    mark: law?.mark ?? '',
  }
}

function labelOf(procedure: Package, field: string, language: Language): string {
  const [element = '', name = ''] = field.split('.')
  const form = element === 'filing' ? 'filing' : (procedure.graph.elements[element]?.xl.form ?? '')
  return procedure.texts[language][`${procedure.slug}.${form}.${name}.label`] ?? name
}

/** Is this field shown to whoever draws up the list? Sealed parts never are. */
function isSeen(sight: Sight, procedure: Package, field: string): boolean {
  const [element = '', name = ''] = field.split('.')
  const form = procedure.forms.get(element === 'filing' ? 'filing' : (procedure.graph.elements[element]?.xl.form ?? ''))
  const declared = form?.schema.properties[name]
  return declared !== undefined && sight.field(element, name, declared)
}

function valueOf(content: Record<string, FormData | undefined>, field: string): unknown {
  const [element = '', name = ''] = field.split('.')
  return content[element]?.[name]
}
