// xiangli procedure table: which row of the law reference stands where. The page docs/procedures.md is its output, and a test holds it so.
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { loadPackage, type Package } from '#kernel/procedures/load-package.ts'
import type { Manifest } from '#kernel/procedures/manifest.ts'
import type { Example } from '#kernel/procedures/worked-examples.ts'
import { readPackageFolder } from '#kernel/procedures/packages.ts'

const root = new URL('../../', import.meta.url)

const rowSchema = z.strictObject({
  id: z.string().regex(/^[A-Z]{1,2}\d+$/),
  title: z.string(),
  /** Files of the platform that keep this row for every procedure. */
  kept: z.array(z.string()).optional(),
})
type Row = z.infer<typeof rowSchema>

/** Where one package says it keeps one row. Ids of its parameters, diagram elements, answers (`form.field=choice`) and examples. */
type Place = { slug: string; parameters: string[]; elements: string[]; answers: string[]; examples: string[] }

/** `docs/reference-rows.json`: the rows of the law reference by id, each with a short title of ours. */
export const readRows = async (): Promise<Row[]> =>
  z.array(rowSchema).parse(JSON.parse(await readFile(new URL('docs/reference-rows.json', root), 'utf8')))

/** Every package of the library, in the order of its name. @throws when one of them does not load. */
export async function readLibrary(): Promise<Package[]> {
  const folder = fileURLToPath(new URL('procedures/', root))
  const packages: Package[] = []
  for (const slug of (await readdir(folder)).sort()) {
    const { procedure } = await loadPackage(await readPackageFolder(`${folder}${slug}`), { accepted: true })
    if (!procedure) throw new Error(`procedures/${slug} does not load: ask xiangli procedure lint.`)
    packages.push(procedure)
  }
  return packages
}

/** Row ids of one law row of a package: `XF7, XF8`. References to a whole section (`§6`) and `INF`, `LOCAL` name no row. */
export const rowsOf = (law: Manifest['law'][number]): string[] => [...(law.row ?? '').matchAll(/\b[A-Z]{1,2}\d+\b/g)].map(([id]) => id)

/** The whole page. */
export function writeTable(rows: readonly Row[], packages: readonly Package[]): string {
  const placed = new Map(rows.map((row) => [row.id, packages.flatMap((known) => placeOf(known, row.id))]))
  const placesOf = (row: Row) => placed.get(row.id) ?? []
  const inPackages = rows.filter((row) => placesOf(row).some((place) => place.parameters.length + place.elements.length + place.answers.length > 0))
  const inPlatform = rows.filter((row) => row.kept && !inPackages.includes(row))
  const others = rows.filter((row) => !inPackages.includes(row) && !inPlatform.includes(row))
  const cited = others.filter((row) => placesOf(row).length > 0)
  const missing = others.filter((row) => !cited.includes(row))
  const unproven = inPackages.filter((row) => placesOf(row).every((place) => place.examples.length === 0))
  return [
    '# Procedures and the law behind them',
    '',
    '<!-- Written by `xiangli procedure table --out docs/procedures.md`; tests/procedure-table.test.ts fails when it is not up to date. -->',
    '',
    `Each row of the law reference (\`docs/reference-rows.json\`, ${rows.length} rows): ${inPackages.length} stand in a package, ${inPlatform.length} more are kept by the platform for every procedure, ${cited.length} are only cited, ${missing.length} are not implemented. Of those in packages, ${unproven.length} have no worked example that passes through them${unproven.length > 0 ? `: ${unproven.map((row) => row.id).join(', ')}` : ''}.`,
    '',
    'A parameter shows its value and its mark of evidence: `V:L` and `V:C` were read in the law’s own text, anything else is weaker and stays visible to readers. An answer (`form.field=choice`) stands there when its form says that this choice is there by that law (`x-choice-basis`). An example counts for a row when it performs, names or ends at one of the row’s elements, gives one of its answers, or runs one of its deadlines.',
    '',
    '## In packages',
    '| row | about | package | parameters | elements | answers | examples |',
    '|---|---|---|---|---|---|---|',
    ...inPackages.flatMap((row) => placesOf(row).map((place) => lineOf(row, place))),
    '',
    '## Kept by the platform',
    '| row | about | where |',
    '|---|---|---|',
    ...inPlatform.map((row) => `| ${row.id} | ${row.title} | ${(row.kept ?? []).map(code).join(' ')} |`),
    '',
    '## Only cited',
    'A package names these as its law, but no step and no number of it rests on them: words on a page, not a rule that is kept.',
    '',
    '| row | about | package |',
    '|---|---|---|',
    ...cited.map(
      (row) =>
        `| ${row.id} | ${row.title} | ${placesOf(row)
          .map(({ slug }) => `[${slug}](../procedures/${slug})`)
          .join(' ')} |`,
    ),
    '',
    '## Not implemented',
    'Nothing in this repository claims these rows.',
    '',
    '| row | about |',
    '|---|---|',
    ...missing.map((row) => `| ${row.id} | ${row.title} |`),
    '',
  ].join('\n')
}

const code = (id: string) => `\`${id}\``

function lineOf(row: Row, { slug, parameters, elements, answers, examples }: Place): string {
  const link = (name: string) => `[${name}](../procedures/${slug}/examples/${name}.json)`
  const cells = [
    row.id,
    row.title,
    `[${slug}](../procedures/${slug})`,
    parameters.join('; '),
    elements.map(code).join(' '),
    answers.map(code).join(' '),
    examples.map(link).join(' '),
  ]
  return `| ${cells.map((cell) => cell || '—').join(' | ')} |`
}

function placeOf({ slug, manifest, graph, forms, examples }: Package, row: string): Place[] {
  const laws = new Set(manifest.law.filter((law) => rowsOf(law).includes(row)).map((law) => law.id))
  if (laws.size === 0) return []
  const parameters = manifest.parameters.filter((parameter) => laws.has(parameter.law))
  const names = new Set(parameters.map((parameter) => parameter.id))
  const deadlines = manifest.deadlines.filter((deadline) => laws.has(deadline.law) || names.has(deadline.parameter)).map((deadline) => deadline.id)
  const elements = Object.values(graph.elements).filter((element) => element.type !== 'process' && laws.has(element.xl.law ?? ''))
  const ids = elements.map((element) => element.id)
  const events = elements.flatMap((element) => element.xl.event ?? [])
  const messages = elements.flatMap((element) => element.events.flatMap((event) => (event.kind === 'message' ? event.name : [])))
  const asked = [...forms].flatMap(([form, { schema }]) =>
    Object.entries(schema.properties).flatMap(([field, property]) =>
      Object.entries(property['x-choice-basis'] ?? {}).flatMap(([choice, law]): Asked[] => (laws.has(law) ? [{ form, field, choice }] : [])),
    ),
  )
  const formOf = (element: string | undefined) => graph.elements[element ?? '']?.xl.form
  const touched = { ids, events, messages, deadlines, asked, formOf }
  return [
    {
      slug,
      parameters: parameters.map((parameter) => `${code(parameter.id)} ${parameter.value} ${parameter.unit} (${parameter.mark})`),
      elements: ids,
      answers: asked.map(({ form, field, choice }) => `${form}.${field}=${choice}`),
      examples: [...examples].filter(([, example]) => touches(example, touched)).map(([name]) => name),
    },
  ]
}

type Asked = { form: string; field: string; choice: string }
type Touched = {
  ids: string[]
  events: string[]
  messages: string[]
  deadlines: string[]
  asked: Asked[]
  formOf: (element: string | undefined) => string | undefined
}

function touches({ steps, expect }: Example, { ids, events, messages, deadlines, asked, formOf }: Touched): boolean {
  const gives = ({ form, field, choice }: Asked) =>
    steps.some((step) => {
      if ((step.case ?? 'main') !== 'main' || step.refused !== undefined) return false
      const value = (step.do === 'file' ? form === 'filing' : step.do === 'complete' && formOf(step.task) === form) ? step.data?.[field] : undefined
      return [value].flat().some((item) => String(item) === choice)
    })
  return (
    asked.some(gives) ||
    steps.some(
      (step) =>
        (step.case ?? 'main') === 'main' &&
        ((step.task !== undefined && ids.includes(step.task)) || (step.name !== undefined && messages.includes(step.name))),
    ) ||
    (typeof expect.end === 'string' && ids.includes(expect.end)) ||
    (expect.open ?? []).some((element) => ids.includes(element)) ||
    (expect.events ?? []).some((event) => events.includes(event)) ||
    (expect.deadlines ?? []).some((deadline) => deadlines.includes(deadline.id))
  )
}
