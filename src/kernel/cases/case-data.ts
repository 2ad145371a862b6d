// The data of a case: a form for each element, a list of them where an element runs several times, and what FEEL sees of it all.
import { resolveParameter } from '../deadlines/parameters.ts'
import { evaluateFeel } from '../engine/conditions.ts'
import { pathIn } from '../engine/simulation-data.ts'
import type { Element, Graph, Token, Where } from '../engine/types.ts'
import { DomainError } from '../errors.ts'
import type { FormData } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import type { Town } from '../towns/towns.ts'
import type { CaseContent, LoadedCase } from './types.ts'

/** What an expression of a case may ask: the case, its procedure, the town's numbers, and the day on which the act in hand took effect. */
export type DataSource = { case: LoadedCase; procedure: Package; town: Town; effectiveOn: string }

/** What one of several instances of an element was given; `item` is the element of the collection that it got. */
type InstanceData = { n: number; item: unknown; data: FormData; body: string }

/**
 * Kept under `_multiple`: results by element, the collections that run now by the token of the whole, and by activity the token of its last round.
 * Answers of earlier rounds stay to be read; expressions see the last one.
 */
type Multiple = { lists: { [element: string]: InstanceData[] }; items: { [token: string]: unknown[] }; rounds: { [owner: string]: string } }

// Only this file writes it.
const multipleOf = (content: CaseContent): Multiple => ({
  lists: {},
  items: {},
  rounds: {},
  ...(content['_multiple'] as Partial<Multiple> | undefined),
})

/** One of several runs of an activity: `body` is the token of the whole, `n` counts from 0. */
export type Instance = { owner: Element; body: string; n: number }

/** The activity with several instances to which an element belongs: itself, or one that contains it. */
export function multipleOwner(graph: Graph, id: string): Element | undefined {
  for (let at = graph.elements[id]; at; at = graph.elements[at.scope]) if (at.loop?.kind === 'multiple') return at
  return undefined
}

/** The instance in which the first token of a path stands (tokens from the innermost to the process). */
export function instanceAt(graph: Graph, path: Token[]): Instance | undefined {
  for (const [index, token] of path.entries()) {
    const body = path[index + 1]
    const owner = graph.elements[token.at]
    if (body?.is === 'loop' && body.at === token.at && owner?.loop?.kind === 'multiple' && token.n !== undefined)
      return { owner, body: body.id, n: token.n }
  }
  return undefined
}

/** The instance of a token of the case's state. */
export const instanceOf = (source: Pick<DataSource, 'case' | 'procedure'>, token: string): Instance | undefined =>
  instanceAt(source.procedure.graph, pathIn(source.case.row.state, token))

/** The element of its collection that an instance was given; null when there is only a number of instances. */
export const itemOf = (source: Pick<DataSource, 'case'>, { body, n }: Instance): unknown => multipleOf(source.case.content).items[body]?.[n] ?? null

const itemName = (owner: Element): string => (owner.loop?.kind === 'multiple' ? owner.loop.item : undefined) ?? 'item'

/** Keeps what an element was given: under its id, or in the list of its instances. */
export function storeData(source: DataSource, id: string, token: string, data: FormData): void {
  const { content } = source.case
  const instance = instanceOf(source, token)
  if (!instance) {
    content[id] = data
    return
  }
  const { n, body } = instance
  const multiple = multipleOf(content)
  const kept = multiple.lists[id] ?? []
  const earlier = kept.filter((entry) => entry.body !== body)
  const others = kept.filter((entry) => entry.body === body && entry.n !== n)
  const entry = { n, data, item: itemOf(source, instance), body }
  content['_multiple'] = { ...multiple, lists: { ...multiple.lists, [id]: [...earlier, ...[...others, entry].toSorted((a, b) => a.n - b.n)] } }
}

/** Keeps data outside any run, for a sample: of an element with several instances as one more of them. */
export function addData({ content }: { content: CaseContent }, graph: Graph, id: string, data: FormData): void {
  const owner = multipleOwner(graph, id)
  if (!owner) {
    content[id] = data
    return
  }
  const multiple = multipleOf(content)
  const known = multiple.lists[id] ?? []
  const lists = { ...multiple.lists, [id]: [...known, { n: known.length, item: null, data, body: 'sample' }] }
  content['_multiple'] = { ...multiple, lists, rounds: { ...multiple.rounds, [owner.id]: 'sample' } }
}

/** What an element was given last: in this instance, if it has several. */
export function dataOf(source: Pick<DataSource, 'case' | 'procedure'>, id: string, token: string): FormData | undefined {
  const instance = instanceOf(source, token)
  return instance ? multipleOf(source.case.content).lists[id]?.find((entry) => isOf(entry, instance))?.data : source.case.content[id]
}

const isOf = (entry: InstanceData, { n, body }: Instance): boolean => entry.n === n && entry.body === body

/** Results of the instances that are done, as FEEL and documents read them: each with `instance` (from 1) and its item. */
export function listsOf(source: Pick<DataSource, 'case' | 'procedure'>): Record<string, FormData[]> {
  const { lists, rounds } = multipleOf(source.case.content)
  return Object.fromEntries(
    Object.entries(lists).map(([id, all]) => {
      const owner = multipleOwner(source.procedure.graph, id)
      const name = owner ? itemName(owner) : 'item'
      const entries = all.filter((entry) => owner !== undefined && entry.body === rounds[owner.id])
      return [id, entries.map(({ n, item, data }) => ({ instance: n + 1, ...(item === null ? {} : { [name]: item }), ...data }))]
    }),
  )
}

/** All form data of a case, one entry for each form that was filled in; those of several instances one by one. */
export function dataEntries(content: CaseContent): { element: string; data: FormData; instance?: InstanceData }[] {
  const single = Object.entries(content).flatMap(([element, data]) => (element.startsWith('_') ? [] : [{ element, data }]))
  const lists = Object.entries(multipleOf(content).lists)
  return [...single, ...lists.flatMap(([element, entries]) => entries.map((instance) => ({ element, data: instance.data, instance })))]
}

/** What FEEL may read at a place: form data by element, the case itself, its legal numbers, and the item of the instance. */
export function feelContext(source: DataSource, path: Token[] = [], values: Record<string, unknown> = {}): Record<string, unknown> {
  const { row, content, documents, parties } = source.case
  const { _done, _multiple, _handover, _lapses, _upstream, _signatures, ...forms } = content
  const instance = instanceAt(source.procedure.graph, path)
  return {
    ...forms,
    ...(_multiple ? listsOf(source) : {}),
    ...(instance ? ownData(source, instance) : {}),
    ...values,
    case: {
      number: row.number,
      filedOn: row.filed_on,
      channel: row.channel,
      office: row.handling_office,
      place: row.place_id,
      handedOverBy: content['_handover']?.['by'] ?? null,
      on: source.effectiveOn,
    },
    documents: Object.fromEntries(documents.map((document) => [document.document, { number: document.number, date: document.issued_on }])),
    parties: Object.fromEntries(
      source.procedure.manifest.parties.map(({ role }) => [
        role,
        parties.filter((party) => party.role === role).map((party) => ({ id: party.partyId, kind: party.kind })),
      ]),
    ),
    get parameters() {
      return parametersOf(source)
    },
  }
}

/** Inside an instance an element means its own run, not the list. */
function ownData(source: DataSource, instance: Instance): Record<string, unknown> {
  const { graph } = source.procedure
  const mine = Object.entries(multipleOf(source.case.content).lists).filter(([id]) => multipleOwner(graph, id) === instance.owner)
  return {
    ...Object.fromEntries(mine.map(([id, entries]) => [id, entries.find((entry) => isOf(entry, instance))?.data ?? null])),
    [itemName(instance.owner)]: itemOf(source, instance),
    loopCounter: instance.n,
  }
}

/** The legal numbers in force on the day of the act, the town's own rows first; one that is not in force is left out. */
export function parametersOf({ procedure, town, effectiveOn }: Omit<DataSource, 'case'>): Record<string, number> {
  const { manifest } = procedure
  const entries = [...new Set(manifest.parameters.map((row) => row.id))].flatMap((id): [string, number][] => {
    const rows = manifest.parameters.filter((row) => row.id === id)
    try {
      return [[id, resolveParameter(rows, town.overrides.get(`${manifest.slug}/${id}`) ?? [], effectiveOn).value]]
    } catch (error) {
      if (error instanceof DomainError && error.code === 'parameter.not_in_force') return []
      throw error
    }
  })
  return Object.fromEntries(entries)
}

/** The value of an expression where `token` stands; without a token, in the case as a whole. A leading `=` is allowed. */
export function evaluate(source: DataSource, expression: string, token?: string): unknown {
  const path = token === undefined ? [] : pathIn(source.case.row.state, token)
  return evaluateFeel(expression, feelContext(source, path))
}

/** Answers the engine. The collection of an activity with several instances is remembered; from now on expressions see this round. */
export function answerEngine(source: DataSource, expression: string, id: string, { path, values }: Where): unknown {
  const value = evaluateFeel(expression, feelContext(source, path, values))
  const loop = source.procedure.graph.elements[id]?.loop
  const [body] = path
  if (loop?.kind !== 'multiple' || !body || expression !== (loop.cardinality ?? loop.collection)) return value
  const multiple = multipleOf(source.case.content)
  const items = { ...multiple.items, [body.id]: Array.isArray(value) ? value : [] }
  source.case.content['_multiple'] = { ...multiple, items, rounds: { ...multiple.rounds, [id]: body.id } }
  return value
}

/** The whole is over: its collection is not needed any more. */
export function forgetItems(source: Pick<DataSource, 'case'>, body: string): void {
  const multiple = multipleOf(source.case.content)
  if (!(body in multiple.items)) return
  const { [body]: _, ...items } = multiple.items
  source.case.content['_multiple'] = { ...multiple, items }
}
