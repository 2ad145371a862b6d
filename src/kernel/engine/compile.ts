import { checkFeel } from './conditions.ts'
import { report } from './findings.ts'
import type { Compiling } from './findings.ts'
import { checkStructure } from './structure.ts'
import { child, isModdle, list, parseXl, parseXml, reference, stripEquals, text } from './moddle.ts'
import type { Moddle } from './moddle.ts'
import { readEvents } from './read-events.ts'
import type { Compiled, Element, NodeType } from './types.ts'
import { setUpstream } from './upstream.ts'

const nodeTypes: Record<string, NodeType> = {
  'bpmn:UserTask': 'userTask',
  'bpmn:ManualTask': 'manualTask',
  'bpmn:ReceiveTask': 'receiveTask',
  'bpmn:ServiceTask': 'serviceTask',
  'bpmn:SendTask': 'sendTask',
  'bpmn:ScriptTask': 'scriptTask',
  'bpmn:BusinessRuleTask': 'businessRuleTask',
  'bpmn:ExclusiveGateway': 'exclusiveGateway',
  'bpmn:ParallelGateway': 'parallelGateway',
  'bpmn:InclusiveGateway': 'inclusiveGateway',
  'bpmn:EventBasedGateway': 'eventBasedGateway',
  'bpmn:StartEvent': 'startEvent',
  'bpmn:IntermediateCatchEvent': 'intermediateCatchEvent',
  'bpmn:IntermediateThrowEvent': 'intermediateThrowEvent',
  'bpmn:BoundaryEvent': 'boundaryEvent',
  'bpmn:EndEvent': 'endEvent',
  'bpmn:SubProcess': 'subProcess',
}

// Elements that say something to the reader and nothing to the engine.
const silent = new Set(['bpmn:DataObject', 'bpmn:DataObjectReference', 'bpmn:DataStoreReference'])

/**
 * Reads BPMN 2.0 XML into a graph and says everything that is wrong with it: what is not BPMN, what breaks a rule of the standard,
 * and what this engine does not run. Never throws for bad input; run the graph only if no finding is an error. Cache by content hash.
 */
export async function compile(xml: string): Promise<Compiled> {
  const compiling: Compiling = { graph: { format: 1, process: '', elements: {}, flows: {}, lanes: {} }, findings: [] }
  const definitions = await parse(compiling, xml)
  const process = definitions && findProcess(compiling, definitions)
  if (!definitions || !process) return { ...compiling, definitions }
  compiling.graph.process = text(process, 'id') ?? ''
  readScope(compiling, process, '', 'process')
  readLanes(compiling, process)
  checkStructure(compiling)
  setUpstream(compiling.graph)
  checkDrawing(compiling, definitions)
  return { ...compiling, definitions }
}

async function parse(compiling: Compiling, xml: string): Promise<Moddle | undefined> {
  try {
    const { rootElement, warnings } = await parseXml(xml)
    for (const { message } of warnings) reportWarning(compiling, message)
    if (isModdle(rootElement) && rootElement.$type === 'bpmn:Definitions') return rootElement
    report(compiling, '', 'bpmn.parse', 'This is not a BPMN definitions document.')
  } catch (error) {
    report(compiling, '', 'bpmn.parse', `This is not BPMN XML: ${error instanceof Error ? error.message : String(error)}`)
  }
  return undefined
}

// moddle reads on after a mistake and leaves out what it did not understand; for us each is a reason to refuse.
function reportWarning(compiling: Compiling, message: string): void {
  if (message.startsWith('unknown attribute <xl:')) return // kept in Xl.ext
  const short = message.replaceAll(/\s+/g, ' ')
  const quoted = /(?:duplicate ID|unresolved reference|unknown attribute) <([^>]*)>/.exec(message)?.[1] ?? ''
  if (message.includes('duplicate ID')) return report(compiling, quoted, 'bpmn.duplicate-id', `The id “${quoted}” is used twice.`)
  if (message.startsWith('unresolved reference'))
    return report(compiling, quoted, 'bpmn.dangling-reference', `“${quoted}” is referred to and does not exist.`)
  if (message.startsWith('unknown attribute'))
    return report(compiling, '', 'bpmn.unknown-attribute', `Nobody knows the attribute “${quoted}”.`, 'warning')
  if (message.includes('unknown type')) return report(compiling, '', 'bpmn.unknown-element', short)
  report(compiling, '', 'bpmn.parse', short)
}

function findProcess(compiling: Compiling, definitions: Moddle): Moddle | undefined {
  const processes = list(definitions, 'rootElements').filter((root) => root.$type === 'bpmn:Process')
  const filled = processes.filter((process) => list(process, 'flowElements').length > 0)
  if (filled.length > 1)
    report(compiling, text(filled[1] ?? definitions, 'id') ?? '', 'profile.one-process', 'A procedure has one process; others are black boxes.')
  if (filled.length === 0) report(compiling, '', 'bpmn.no-process', 'The document has no process with content.')
  return filled[0]
}

/** Reads a process or subprocess and what it contains. */
function readScope(compiling: Compiling, moddle: Moddle, scope: string, type: NodeType): void {
  const element = addElement(compiling, moddle, scope, type)
  const children = list(moddle, 'flowElements')
  for (const node of children) if (node.$type !== 'bpmn:SequenceFlow') readNode(compiling, node, element)
  for (const node of children) if (node.$type === 'bpmn:SequenceFlow') readFlow(compiling, node, element.id)
}

function readNode(compiling: Compiling, moddle: Moddle, scope: Element): void {
  if (silent.has(moddle.$type)) return
  const id = text(moddle, 'id') ?? ''
  const type = nodeTypes[moddle.$type]
  const unsupported = whyUnsupported(moddle)
  if (!type || unsupported)
    report(compiling, id, 'profile.unsupported', unsupported ?? `The engine does not run ${moddle.$type.replace('bpmn:', '')} yet.`)
  if (!type) return
  if (type === 'subProcess') {
    const handles = moddle['triggeredByEvent'] === true
    if (handles) scope.handlers.push(id)
    return readScope(compiling, moddle, scope.id, handles ? 'eventSubProcess' : 'subProcess')
  }
  const element = addElement(compiling, moddle, scope.id, type)
  if (type === 'startEvent') scope.starts.push(element.id)
}

function whyUnsupported(moddle: Moddle): string | undefined {
  if (moddle.$type === 'bpmn:Task') return 'A task without a kind has nobody who does it: say user, manual, service, send, receive or business rule.'
  if (child(moddle, 'loopCharacteristics')) return 'Loops and multiple instances of an activity are not run yet.'
  if (moddle['isForCompensation'] === true) return 'Compensation is not run yet.'
  if (moddle['instantiate'] === true) return 'A receive task or gateway cannot start a case: use a start event.'
  return undefined
}

function addElement(compiling: Compiling, moddle: Moddle, scope: string, type: NodeType): Element {
  const id = text(moddle, 'id') ?? ''
  checkId(compiling, id)
  const element: Element = {
    id,
    type,
    scope,
    in: [],
    out: [],
    boundary: [],
    events: readEvents(compiling, moddle, id),
    starts: [],
    handlers: [],
    xl: parseXl(moddle),
  }
  setOptional(compiling, element, moddle)
  compiling.graph.elements[id] = element
  return element
}

// Ids are keys of plain objects here and in the database.
function checkId(compiling: Compiling, id: string): void {
  if (id === '') report(compiling, '', 'bpmn.no-id', 'An element has no id.')
  if (id in {}) report(compiling, id, 'profile.id', `“${id}” cannot be used as an id.`)
}

function setOptional(compiling: Compiling, element: Element, moddle: Moddle): void {
  const set = (key: 'name' | 'default' | 'attachedTo' | 'message' | 'documentation', value: string | undefined) => {
    if (value !== undefined) element[key] = value
  }
  set('name', text(moddle, 'name'))
  set('default', reference(moddle, 'default'))
  set('attachedTo', reference(moddle, 'attachedToRef'))
  const note = list(moddle, 'documentation')[0]
  set('documentation', note && text(note, 'text'))
  const message = element.type === 'receiveTask' ? child(moddle, 'messageRef') : undefined
  set('message', message && (text(message, 'name') ?? text(message, 'id')))
  if (element.type === 'boundaryEvent') element.interrupting = moddle['cancelActivity'] !== false
  if (element.type === 'startEvent') element.interrupting = moddle['isInterrupting'] !== false
  if (moddle['parallelMultiple'] === true && element.events.length > 1) element.all = true
  for (const name of Object.keys(moddle.$attrs ?? {})) {
    if (name.includes(':') && !/^(xl|xmlns|xsi|bioc|color):/.test(name)) {
      report(compiling, element.id, 'profile.foreign-attribute', `“${name}” belongs to another program and means nothing here.`, 'warning')
    }
  }
}

function readFlow(compiling: Compiling, moddle: Moddle, scope: string): void {
  const id = text(moddle, 'id') ?? ''
  const [from, to] = [reference(moddle, 'sourceRef'), reference(moddle, 'targetRef')]
  const { elements, flows } = compiling.graph
  checkId(compiling, id)
  if (from === undefined || to === undefined) return report(compiling, id, 'bpmn.dangling-flow', 'A sequence flow needs a source and a target.')
  const [source, target] = [elements[from], elements[to]]
  if (!source || !target) {
    // A target of a kind that is not run was already reported.
    if (!compiling.findings.some((finding) => finding.element === from || finding.element === to)) {
      report(compiling, id, 'bpmn.dangling-flow', 'A sequence flow joins two flow nodes of its own process.')
    }
    return
  }
  const condition = child(moddle, 'conditionExpression')
  const expression = condition && text(condition, 'body')
  const name = text(moddle, 'name')
  flows[id] = { id, from, to, scope, xl: parseXl(moddle), ...(name && { name }), ...(expression && { condition: stripEquals(expression) }) }
  source.out.push(id)
  target.in.push(id)
  if (!expression) return
  const wrong = checkFeel(stripEquals(expression))
  if (wrong) report(compiling, id, 'feel.condition', wrong)
}

function readLanes(compiling: Compiling, process: Moddle): void {
  const { lanes, elements } = compiling.graph
  const read = (sets: Moddle[], parent: string | undefined) => {
    for (const lane of sets.flatMap((set) => list(set, 'lanes'))) {
      const id = text(lane, 'id') ?? ''
      const name = text(lane, 'name')
      lanes[id] = { id, ...(name && { name }), ...(parent && { parent }) }
      for (const node of list(lane, 'flowNodeRef')) {
        const element = elements[text(node, 'id') ?? '']
        if (element) element.lane = id
      }
      const inner = child(lane, 'childLaneSet')
      if (inner) read([inner], id)
    }
  }
  read(list(process, 'laneSets'), undefined)
  // What a subprocess contains, and what hangs on an activity, is in the lane of that activity unless it says otherwise.
  for (const element of Object.values(elements)) {
    for (let at: Element | undefined = element; at && element.lane === undefined; at = elements[at.attachedTo ?? at.scope]) {
      if (at.lane !== undefined) element.lane = at.lane
    }
  }
}

// A resident reads the drawing: what is not drawn would run unseen.
function checkDrawing(compiling: Compiling, definitions: Moddle): void {
  const drawn = new Set<string>()
  for (const diagram of list(definitions, 'diagrams')) {
    const plane = child(diagram, 'plane')
    for (const shape of plane ? list(plane, 'planeElement') : []) drawn.add(reference(shape, 'bpmnElement') ?? '')
  }
  if (drawn.size === 0) return report(compiling, compiling.graph.process, 'di.none', 'The document has no drawing.', 'warning')
  const { elements, flows, process } = compiling.graph
  for (const id of [...Object.keys(elements), ...Object.keys(flows)]) {
    if (id !== process && !drawn.has(id)) report(compiling, id, 'di.missing', 'This element is not drawn.', 'warning')
  }
}
