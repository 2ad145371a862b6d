// Participants, message flows and correlation of a file (BPMN 2.0.2 §8.4.2, §9).
import { child, extensions, foreignText, list, reference, stripEquals, text } from './moddle.ts'
import type { Moddle } from './moddle.ts'
import type { Collaboration, Correlation } from './types.ts'

/** All collaborations of the file together; a message flow from or to nowhere is left out (it is reported elsewhere). */
export function readCollaboration(definitions: Moddle): Collaboration {
  const roots = list(definitions, 'rootElements')
  const collaborations = roots.filter((root) => root.$type === 'bpmn:Collaboration')
  return {
    participants: collaborations.flatMap((one) => list(one, 'participants').map(readParticipant)),
    messageFlows: collaborations.flatMap((one) => list(one, 'messageFlows').flatMap(readMessageFlow)),
    correlations: [...readCorrelations(roots), ...roots.flatMap(readSubscriptionKey)],
    names: Object.fromEntries(roots.filter(isNamed).map((root) => [text(root, 'id') ?? '', text(root, 'name') ?? ''])),
  }
}

const isNamed = (root: Moddle) => (root.$type === 'bpmn:Message' || root.$type === 'bpmn:Signal') && text(root, 'name') !== undefined

// Zeebe writes the key at the message: the same expression for payload and instance.
function readSubscriptionKey(root: Moddle): Correlation[] {
  if (root.$type !== 'bpmn:Message') return []
  const own = extensions(root).find((one) => one.$type === 'zeebe:subscription')
  const key = own && foreignText(own, 'correlationKey')
  const message = text(root, 'name') ?? text(root, 'id')
  if (key === undefined || message === undefined) return []
  return [{ message, property: `key of ${message}`, path: stripEquals(key), data: stripEquals(key) }]
}

function readParticipant(participant: Moddle): Collaboration['participants'][number] {
  const name = text(participant, 'name')
  const process = reference(participant, 'processRef')
  return { id: text(participant, 'id') ?? '', ...(name !== undefined && { name }), ...(process !== undefined && { process }) }
}

function readMessageFlow(flow: Moddle): Collaboration['messageFlows'] {
  const [from, to] = [reference(flow, 'sourceRef'), reference(flow, 'targetRef')]
  if (from === undefined || to === undefined) return []
  const message = child(flow, 'messageRef')
  const name = message && (text(message, 'name') ?? text(message, 'id'))
  return [{ id: text(flow, 'id') ?? '', from, to, ...(name !== undefined && { message: name }) }]
}

function readCorrelations(roots: Moddle[]): Correlation[] {
  const bindings = new Map<string, string>()
  for (const process of roots.filter((root) => root.$type === 'bpmn:Process')) {
    for (const subscription of list(process, 'correlationSubscriptions')) {
      for (const binding of list(subscription, 'correlationPropertyBinding')) {
        const path = expression(binding, 'dataPath')
        if (path !== undefined) bindings.set(reference(binding, 'correlationPropertyRef') ?? '', path)
      }
    }
  }
  return roots.filter((root) => root.$type === 'bpmn:CorrelationProperty').flatMap((property) => retrievals(property, bindings))
}

function retrievals(property: Moddle, bindings: Map<string, string>): Correlation[] {
  const id = text(property, 'id') ?? ''
  const data = bindings.get(id)
  return list(property, 'correlationPropertyRetrievalExpression').flatMap((retrieval): Correlation[] => {
    const message = child(retrieval, 'messageRef')
    const name = message && (text(message, 'name') ?? text(message, 'id'))
    const path = expression(retrieval, 'messagePath')
    if (name === undefined || path === undefined) return []
    return [{ message: name, property: text(property, 'name') ?? id, path, ...(data !== undefined && { data }) }]
  })
}

function expression(moddle: Moddle, property: string): string | undefined {
  const found = child(moddle, property)
  const body = found && text(found, 'body')
  return body === undefined ? undefined : stripEquals(body)
}
