import type { Element, Graph, Token } from './types.ts'

/** Writes for every inclusive or complex join, per incoming flow, from where a token can still come without passing the join (BPMN 2.0.2 §13.4.3). */
export function setUpstream(graph: Graph): void {
  for (const element of Object.values(graph.elements)) {
    if ((element.type !== 'inclusiveGateway' && element.type !== 'complexGateway') || element.in.length < 2) continue
    element.upstream = Object.fromEntries(element.in.map((flow) => [flow, reaching(graph, graph.flows[flow]?.from, element.id)]))
  }
}

/** Can a token among `around` (one scope) still reach one of the `flows` into a join, and none of its other flows? */
export function canStillCome(around: Token[], element: Element, flows: string[]): boolean {
  const others = element.in.filter((flow) => !flows.includes(flow))
  const reaches = (token: Token, some: string[]) => some.some((flow) => element.upstream?.[flow]?.includes(token.at))
  return around.some((token) => !passive.has(token.is) && token.at !== element.id && reaches(token, flows) && !reaches(token, others))
}

// Tokens that go nowhere by themselves.
const passive = new Set<Token['is']>(['listener', 'done'])

function reaching(graph: Graph, last: string | undefined, join: string): string[] {
  const found = new Set<string>()
  const open = last === undefined ? [] : [last]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const element = graph.elements[id]
    if (id === join || !element || found.has(id)) continue
    found.add(id)
    open.push(...predecessors(graph, element))
  }
  return [...found]
}

/** Elements of the same scope from which a token can come directly: by sequence flow, from the host of a boundary event, over a link. */
export function predecessors(graph: Graph, element: Element): string[] {
  const before = element.in.flatMap((flow) => graph.flows[flow]?.from ?? [])
  if (element.attachedTo !== undefined) before.push(element.attachedTo)
  const [event] = element.events
  if (element.type === 'intermediateCatchEvent' && event?.kind === 'link') before.push(...linkSources(graph, element, event.name))
  return before
}

const linkSources = (graph: Graph, element: Element, name: string) =>
  Object.values(graph.elements)
    .filter((other) => other.type === 'intermediateThrowEvent' && other.scope === element.scope)
    .filter((other) => other.events.some((event) => event.kind === 'link' && event.name === name))
    .map((other) => other.id)
