// Nobody is decided against by a machine alone: whatever is adverse must follow from what a person just did.
import { elementOf } from './run.ts'
import type { Element, EventDefinition, Graph } from './types.ts'
import { predecessors } from './upstream.ts'

/** `path`: the way by which the adverse element can be reached without a person deciding, from the automatic element to it. */
export type AdverseFault = { element: string; path: string[]; message: string }

type Search = { graph: Graph; visiting: Set<string> }

/**
 * Checks that each given element is reached only by what a user task decided. Followed backwards from the element, every path must
 * meet a user task before it meets the start, an event that comes by itself (timer, message, signal, an error of an action), or,
 * beyond the choice that leads to the element, an action. Actions between the last choice and the element only carry out what was
 * chosen. Where a parallel gateway joins, one branch with a person is enough, since the join waits for it. An adverse user task is
 * its own decision. An id that the graph does not have is a fault too.
 */
export function checkAdverse(graph: Graph, ids: string[]): AdverseFault[] {
  return ids.flatMap((id): AdverseFault[] => {
    const element = graph.elements[id]
    const flow = graph.flows[id]
    if (!element && !flow) return [{ element: id, path: [], message: `The diagram has no element “${id}”.` }]
    const search = { graph, visiting: new Set<string>() }
    const path = element ? alone(search, element, false) : flow && alone(search, elementOf(graph, flow.from), isChoice(elementOf(graph, flow.from)))
    if (!path) return []
    const names = [...path, ...(element ? [] : [id])].map((part) => graph.elements[part]?.name ?? part)
    return [{ element: id, path: [...path, ...(element ? [] : [id])], message: `It can be reached without anybody deciding: ${names.join(' → ')}.` }]
  })
}

const isAction = (element: Element) => ['serviceTask', 'sendTask', 'scriptTask', 'businessRuleTask'].includes(element.type)
const isChoice = (element: Element) => element.out.length > 1 && element.type !== 'parallelGateway'

// A path (ending at `element`) on which no person decides, if there is one.
function alone(search: Search, element: Element, chosen: boolean): string[] | undefined {
  if (element.type === 'userTask') return undefined
  const key = `${element.id} ${chosen}`
  if (search.visiting.has(key)) return undefined // a circle adds no new way in
  search.visiting.add(key)
  if (comesByItself(element) || (isAction(element) && chosen)) return [element.id]
  const ways = waysInto(search.graph, element).map((before) => alone(search, before, chosen || choosesBetween(before, element)))
  if (ways.length === 0) return [element.id]
  const synchronises = element.type === 'parallelGateway' && ways.some((way) => way === undefined)
  const found = synchronises ? undefined : ways.find((way) => way !== undefined)
  return found && [...found, element.id]
}

// Was it chosen here, between `before` and `element`, to go this way? An action chooses by failing.
const choosesBetween = (before: Element, element: Element) =>
  isChoice(before) || (isAction(before) && (element.type === 'boundaryEvent' || element.type === 'startEvent'))

function comesByItself(element: Element): boolean {
  const outside = element.events.some(
    (event) => event.kind === 'timer' || event.kind === 'message' || event.kind === 'signal' || event.kind === 'conditional',
  )
  return element.type === 'receiveTask' || (outside && ['startEvent', 'boundaryEvent', 'intermediateCatchEvent'].includes(element.type))
}

// What comes directly before an element: also the ends of a subprocess, the start's subprocess, and the throwers of a caught error.
function waysInto(graph: Graph, element: Element): Element[] {
  const parent = graph.elements[element.scope]
  const inside = (scope: Element) => Object.values(graph.elements).filter((other) => other.scope === scope.id)
  if (element.type === 'startEvent') {
    if (parent?.type === 'subProcess') return predecessors(graph, parent).map((id) => elementOf(graph, id))
    return parent?.type === 'eventSubProcess' ? throwers(graph, elementOf(graph, parent.scope), element) : []
  }
  if (element.type === 'boundaryEvent') {
    const host = elementOf(graph, element.attachedTo ?? '')
    return host.type === 'subProcess' ? throwers(graph, host, element) : [host]
  }
  const before = predecessors(graph, element).map((id) => elementOf(graph, id))
  // A subprocess is left where its paths end.
  return before.flatMap((one) => (one.type === 'subProcess' ? [...inside(one), ...handlerEnds(graph, one)].filter((other) => isEnd(other)) : one))
}

const isEnd = (element: Element) => element.out.length === 0 && element.type !== 'eventSubProcess' && element.type !== 'subProcess'

const handlerEnds = (graph: Graph, scope: Element) => Object.values(graph.elements).filter((other) => scope.handlers.includes(other.scope))

// Everything in a scope, at any depth, that can throw what an event catches.
function throwers(graph: Graph, scope: Element, caught: Element): Element[] {
  const within = (element: Element): boolean => {
    for (let at = graph.elements[element.scope]; at; at = graph.elements[at.scope]) if (at.id === scope.id) return true
    return false
  }
  return Object.values(graph.elements).filter((element) => {
    if (!within(element) || element.scope === caught.scope) return false
    if (isAction(element)) return caught.events.some((event) => event.kind === 'error')
    if (element.type !== 'endEvent' && element.type !== 'intermediateThrowEvent') return false
    return element.events.some((thrown) => caught.events.some((event) => handles(event, thrown)))
  })
}

const handles = (caught: EventDefinition, thrown: EventDefinition) =>
  (caught.kind === 'error' || caught.kind === 'escalation') &&
  caught.kind === thrown.kind &&
  (caught.name === undefined || caught.name === thrown.name)
