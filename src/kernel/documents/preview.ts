// The document that a task leads to, as it would be issued now: a draft with watermark, without number and seal.
import { getCase, loadStep } from '../cases/load-case.ts'
import { evaluate } from '../cases/case-data.ts'
import type { Step } from '../cases/step.ts'
import type { CaseContent } from '../cases/types.ts'
import type { Ctx } from '../context.ts'
import type { Element, Graph } from '../engine/types.ts'
import { DomainError } from '../errors.ts'
import type { FormData } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import type { DocumentRule } from '../procedures/manifest.ts'
import { documentData } from './document-data.ts'

/** One document that may follow; `path` are the elements between the task and its issue. */
type Ahead = { rule: DocumentRule; path: Element[] }

/** People between a draft and its issue: who checks and who signs. */
const mostTasksBetween = 2

/**
 * Documents worth a preview at a task: those it leads to at once, and those whose template uses its form or only forms that are filled in.
 * `drafts`: the preview needs what is being typed in this task.
 */
export function documentsAhead(procedure: Package, element: string, content: CaseContent): { id: string; drafts: boolean }[] {
  return worthShowing(procedure, element, content, search(procedure, element)).map(({ rule, drafts }) => ({ id: rule.id, drafts }))
}

/**
 * The documents that would follow from `data` in the form of `element`, each as pages (SVG, safe in `<img>`). Without `data`: what is stored.
 * @throws `case.not_found`, `document.glyph`, `document.template` (something it needs is not there yet).
 */
export async function previewDocuments(
  ctx: Ctx,
  by: { number: string } | { caseId: string },
  input: { element: string; data?: FormData; only?: string },
): Promise<{ id: string; pages: string[] }[]> {
  const { loaded } = await getCase(ctx, by, 'case.read')
  const step = await loadStep(ctx, loaded.row.case_id)
  const { data, element } = input
  if (data) step.case.content[element] = data
  const ahead = search(step.procedure, element, data ? (gateway) => chooseFlows(step, gateway) : undefined)
  const shown: { id: string; pages: string[] }[] = []
  for (const { rule, path } of worthShowing(step.procedure, element, step.case.content, ahead)) {
    const source = step.procedure.templates.get(rule.template)
    if (source === undefined || (input.only !== undefined && input.only !== rule.id)) continue
    for (const between of path) routeAhead(step, between)
    const facts = documentData(step, rule, { number: null, code: null })
    shown.push({ id: rule.id, pages: await ctx.services.renderer.renderPages({ source, data: facts, at: step.now }) })
  }
  return shown
}

function worthShowing(procedure: Package, element: string, content: CaseContent, ahead: Ahead[]): (Ahead & { drafts: boolean })[] {
  return ahead.flatMap((one) => {
    const used = elementsIn(procedure, one.rule)
    const routed = one.path.some((between) => between.xl.inputs.some((given) => mentions(given.expression ?? given.value ?? '', element)))
    const drafts = used.includes(element) || routed
    const next = !one.path.some((between) => between.type === 'userTask')
    const ready = used.every((name) => content[name] !== undefined) && (next || used.length > 0)
    return drafts || ready ? [{ ...one, drafts }] : []
  })
}

/** The way that the typed answers take; all ways where they do not decide it. */
function chooseFlows(step: Step, gateway: Element): string[] {
  const { flows } = step.procedure.graph
  try {
    const taken = gateway.out.find((id) => flows[id]?.condition !== undefined && evaluate(step, flows[id].condition) === true)
    return [taken ?? gateway.default ?? ''].filter((id) => id !== '')
  } catch (error) {
    if (error instanceof DomainError) return gateway.out
    throw error
  }
}

/** The office is part of what a document says; it is handed over on the way. */
function routeAhead(step: Step, element: Element) {
  const office = element.xl.action === 'route-case@1' ? element.xl.inputs.find((input) => input.name === 'office') : undefined
  if (!office) return
  try {
    const value = evaluate(step, office.expression ?? office.value ?? '')
    if (typeof value === 'string') step.case.row.handling_office = value
  } catch (error) {
    // Not chosen yet: the draft leaves it open.
    if (!(error instanceof DomainError)) throw error
  }
}

type Choose = (gateway: Element) => string[]

/** Breadth first from a task to the nearest issues; `choose` decides gateways that come before another person acts. */
function search({ graph, manifest }: Package, from: string, choose?: Choose): Ahead[] {
  const found = new Map<string, Ahead>()
  const seen = new Set([from])
  let edge: { id: string; path: Element[] }[] = [{ id: from, path: [] }]
  while (edge.length > 0) {
    const next: typeof edge = []
    for (const { id, path } of edge) {
      for (const element of followers(graph, id, path, choose)) {
        if (seen.has(element.id)) continue
        seen.add(element.id)
        const rule = manifest.documents.find((known) => known.id === issuedBy(element))
        if (rule) found.set(rule.id, { rule, path })
        else if (peopleIn([...path, element]) <= mostTasksBetween) next.push({ id: element.id, path: [...path, element] })
      }
    }
    edge = next
  }
  return [...found.values()]
}

const peopleIn = (path: Element[]) => path.filter((element) => element.type === 'userTask').length

function followers(graph: Graph, id: string, path: Element[], choose: Choose | undefined): Element[] {
  const element = graph.elements[id]
  const decides = element?.type === 'exclusiveGateway' && peopleIn(path) === 0 ? choose : undefined
  const flows = element && decides ? decides(element) : (element?.out ?? [])
  return flows.map((flow) => graph.elements[graph.flows[flow]?.to ?? '']).filter((next) => next !== undefined)
}

const issuedBy = (element: Element) =>
  element.xl.action === 'issue-document@1' ? element.xl.inputs.find((input) => input.name === 'document')?.value : undefined

/** Elements whose forms the template reads: it names them. */
function elementsIn(procedure: Package, rule: DocumentRule): string[] {
  const source = procedure.templates.get(rule.template) ?? ''
  return Object.values(procedure.graph.elements)
    .filter((element) => element.xl.form !== undefined && element.type !== 'startEvent' && mentions(source, element.id))
    .map((element) => element.id)
}

const mentions = (text: string, element: string) => new RegExp(`\\b${element}\\b`).test(text)
