// What differs between two versions of a procedure, for whoever reviews it: by element, text, form, number, rule and file.
import type { Element } from '../engine/types.ts'
import type { Package, PackageFiles } from '../procedures/load-package.ts'

export type Change = 'added' | 'removed' | 'changed'
/** `before` and `after` are texts to be read side by side; a list of properties is joined. */
export type Difference = { id: string; change: Change; before?: string; after?: string }

export type Comparison = {
  elements: Difference[]
  flows: Difference[]
  texts: { language: 'zh' | 'en'; items: Difference[] }[]
  forms: { form: string; change: Change; fields: Difference[] }[]
  /** Parameters, deadlines, law, lanes, parties, documents and the other parts of procedure.json, by part and id. */
  rules: { part: string; items: Difference[] }[]
  files: Difference[]
}

export type Version = { procedure: Package; files: PackageFiles }

export function compareVersions(before: Version, after: Version): Comparison {
  const [a, b] = [before.procedure, after.procedure]
  return {
    elements: compareMaps(mapOf(Object.values(a.graph.elements), describe), mapOf(Object.values(b.graph.elements), describe)),
    flows: compareMaps(
      mapOf(Object.values(a.graph.flows), (flow) => `${flow.from} → ${flow.to}${flow.condition === undefined ? '' : ` [${flow.condition}]`}`),
      mapOf(Object.values(b.graph.flows), (flow) => `${flow.from} → ${flow.to}${flow.condition === undefined ? '' : ` [${flow.condition}]`}`),
    ),
    texts: (['zh', 'en'] as const)
      .map((language) => ({ language, items: compareMaps(new Map(Object.entries(a.texts[language])), new Map(Object.entries(b.texts[language]))) }))
      .filter((one) => one.items.length > 0),
    forms: compareForms(a, b),
    rules: compareManifests(a, b),
    files: compareMaps(plainFiles(before.files), plainFiles(after.files)),
  }
}

export const isSame = (found: Comparison): boolean => Object.values(found).every((list) => list.length === 0)

/** What an element does, as one line of words: where it stands in the drawing does not matter. */
function describe(element: Element): string {
  const { form, action, law, event, serves, deadline, inputs, ext } = element.xl
  const parts: Record<string, string | undefined> = {
    type: element.type,
    name: element.name,
    lane: element.lane,
    scope: element.scope,
    attachedTo: element.attachedTo,
    interrupting: element.interrupting === undefined ? undefined : String(element.interrupting),
    events: element.events.length > 0 ? JSON.stringify(element.events) : undefined,
    default: element.default,
    form,
    action,
    inputs: inputs.length > 0 ? inputs.map((input) => `${input.name}=${input.expression ?? input.value ?? ''}`).join(', ') : undefined,
    law,
    event,
    serves,
    deadline,
    ...ext,
  }
  return Object.entries(parts)
    .flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name}: ${value}`]))
    .join('; ')
}

const mapOf = <T extends { id: string }>(items: T[], words: (item: T) => string) => new Map(items.map((item) => [item.id, words(item)]))

function compareMaps(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Difference[] {
  const ids = [...new Set([...before.keys(), ...after.keys()])]
  return ids.flatMap((id): Difference[] => {
    const [was, is] = [before.get(id), after.get(id)]
    if (was === is) return []
    if (was === undefined) return [{ id, change: 'added', ...(is === undefined ? {} : { after: is }) }]
    if (is === undefined) return [{ id, change: 'removed', before: was }]
    return [{ id, change: 'changed', before: was, after: is }]
  })
}

function compareForms(a: Package, b: Package): Comparison['forms'] {
  const ids = [...new Set([...a.forms.keys(), ...b.forms.keys()])]
  return ids.flatMap((form) => {
    const [was, is] = [a.forms.get(form), b.forms.get(form)]
    const fields = compareMaps(fieldsOf(was), fieldsOf(is))
    const change: Change = !was ? 'added' : !is ? 'removed' : 'changed'
    return fields.length > 0 || change !== 'changed' ? [{ form, change, fields }] : []
  })
}

function fieldsOf(form: Package['forms'] extends ReadonlyMap<string, infer F> ? F | undefined : never): Map<string, string> {
  if (!form) return new Map()
  const { properties, required = [], ...rest } = form.schema
  const fields = Object.entries(properties).map(
    ([name, field], index) => [name, JSON.stringify({ at: index, required: required.includes(name), ...field })] as const,
  )
  const { examples: _, ...more } = rest
  return new Map([...fields, ['*', JSON.stringify(more)]])
}

function compareManifests(a: Package, b: Package): Comparison['rules'] {
  const [was, is]: Record<string, unknown>[] = [a.manifest, b.manifest]
  return [...new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])].flatMap((part) => {
    const items = compareMaps(itemsOf(was?.[part]), itemsOf(is?.[part]))
    return items.length > 0 ? [{ part, items }] : []
  })
}

/** A list by the ids of its rows; anything else as one item. */
function itemsOf(value: unknown): Map<string, string> {
  if (!Array.isArray(value)) return new Map(value === undefined ? [] : [['', JSON.stringify(value)]])
  const seen = new Map<string, string>()
  for (const [index, item] of value.entries()) {
    const named = idOf(item) ?? (typeof item === 'string' ? item : String(index))
    seen.set(seen.has(named) ? `${named} (${index})` : named, JSON.stringify(item))
  }
  return seen
}

function idOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined
  for (const key of ['id', 'role', 'element']) {
    const value: unknown = Reflect.get(item, key)
    if (typeof value === 'string') return value
  }
  return undefined
}

/** Files that the lists above do not open: tables, templates, examples. */
const plainFiles = (files: PackageFiles) => new Map(Object.entries(files).filter(([path]) => /^(rules|documents|examples)\//.test(path)))

/** Lines of two texts: kept, only in the old one, only in the new one (longest common subsequence). At most 2,000 lines each. */
export function compareLines(before: string, after: string): { line: string; change?: 'added' | 'removed' }[] {
  const [a, b] = [before.split('\n').slice(0, 2000), after.split('\n').slice(0, 2000)]
  const width = b.length + 1
  const table = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      table[i * width + j] =
        a[i] === b[j] ? (table[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0)
  const lines: { line: string; change?: 'added' | 'removed' }[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ line: a[i] ?? '' })
      i++
      j++
    } else if (j >= b.length || (i < a.length && (table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0)))
      lines.push({ line: a[i++] ?? '', change: 'removed' })
    else lines.push({ line: b[j++] ?? '', change: 'added' })
  }
  return lines
}
