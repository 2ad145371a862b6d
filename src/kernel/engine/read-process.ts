// Reads a process and all that it contains from the moddle tree into the graph.
import { checkFeel } from './conditions.ts'
import { refuse, report, reportSlip } from './findings.ts'
import type { Compiling } from './findings.ts'
import { child, list, parseXl, reference, stripEquals, text } from './moddle.ts'
import type { Moddle } from './moddle.ts'
import { setActivity } from './read-activity.ts'
import { readEvents } from './read-events.ts'
import type { Element, NodeType } from './types.ts'

const nodeTypes: Record<string, NodeType> = {
  'bpmn:Task': 'task',
  'bpmn:UserTask': 'userTask',
  'bpmn:ManualTask': 'manualTask',
  'bpmn:ReceiveTask': 'receiveTask',
  'bpmn:ServiceTask': 'serviceTask',
  'bpmn:SendTask': 'sendTask',
  'bpmn:ScriptTask': 'scriptTask',
  'bpmn:BusinessRuleTask': 'businessRuleTask',
  'bpmn:CallActivity': 'callActivity',
  'bpmn:ExclusiveGateway': 'exclusiveGateway',
  'bpmn:ParallelGateway': 'parallelGateway',
  'bpmn:InclusiveGateway': 'inclusiveGateway',
  'bpmn:EventBasedGateway': 'eventBasedGateway',
  'bpmn:ComplexGateway': 'complexGateway',
  'bpmn:StartEvent': 'startEvent',
  'bpmn:IntermediateCatchEvent': 'intermediateCatchEvent',
  'bpmn:IntermediateThrowEvent': 'intermediateThrowEvent',
  'bpmn:BoundaryEvent': 'boundaryEvent',
  'bpmn:EndEvent': 'endEvent',
  'bpmn:SubProcess': 'subProcess',
  'bpmn:Transaction': 'transaction',
  'bpmn:AdHocSubProcess': 'adHocSubProcess',
}

// Elements that say something to the reader and nothing to the engine.
const silent = new Set(['bpmn:DataObject', 'bpmn:DataObjectReference', 'bpmn:DataStoreReference'])

/** Reads a process with its lanes into `compiling.graph`. */
export function readProcess(compiling: Compiling, process: Moddle): void {
  readScope(compiling, process, '', 'process')
  readLanes(compiling, process)
}

/** Reads a process or subprocess and what it contains. */
function readScope(compiling: Compiling, moddle: Moddle, scope: string, type: NodeType): void {
  const element = addElement(compiling, moddle, scope, type)
  const children = list(moddle, 'flowElements')
  for (const node of children) if (node.$type !== 'bpmn:SequenceFlow') readNode(compiling, node, element)
  for (const node of children) if (node.$type === 'bpmn:SequenceFlow') readFlow(compiling, node, element.id)
  const data = children.filter((node) => node.$type === 'bpmn:DataObject').flatMap((node) => text(node, 'name') ?? text(node, 'id') ?? [])
  if (data.length > 0 && compiling.profile === 'full') element.data = data
  addStarts(compiling, element)
}

// Where a scope begins besides its start events (§10.5.2, §10.6.6): gateways and receive tasks that start a process, and, without
// any start, everything that nothing leads to.
function addStarts(compiling: Compiling, scope: Element): void {
  if (compiling.profile === 'package') return
  const { elements, flows } = compiling.graph
  const own = Object.values(elements).filter((element) => element.scope === scope.id)
  for (const element of own.filter((one) => one.allStart !== undefined || instantiates.has(one))) {
    if (element.type === 'receiveTask') scope.starts.push(element.id)
    else scope.starts.push(...element.out.flatMap((id) => flows[id]?.to ?? []))
  }
  if (scope.starts.length > 0 && scope.type !== 'adHocSubProcess') return
  const isFirst = (element: Element) =>
    element.in.length === 0 &&
    !element.forCompensation &&
    !['boundaryEvent', 'eventSubProcess', 'startEvent'].includes(element.type) &&
    !(element.type === 'intermediateCatchEvent' && element.events.some((event) => event.kind === 'link'))
  scope.starts = own.filter(isFirst).map((element) => element.id)
}

// Receive tasks and event gateways marked as starting the process; only while reading.
const instantiates = new WeakSet<Element>()

function readNode(compiling: Compiling, moddle: Moddle, scope: Element): void {
  if (silent.has(moddle.$type)) return
  const id = text(moddle, 'id') ?? ''
  const type = nodeTypes[moddle.$type]
  const unsupported = whyUnsupported(moddle)
  if (!type) report(compiling, id, 'profile.unsupported', `The engine does not run ${moddle.$type.replace('bpmn:', '')}.`)
  else if (unsupported) refuse(compiling, id, unsupported)
  if (!type || (unsupported && compiling.profile === 'package' && outside.has(moddle.$type))) return
  if (type === 'subProcess' || type === 'transaction' || type === 'adHocSubProcess') {
    const handles = moddle['triggeredByEvent'] === true
    if (handles) scope.handlers.push(id)
    return readScope(compiling, moddle, scope.id, handles ? 'eventSubProcess' : type)
  }
  const element = addElement(compiling, moddle, scope.id, type)
  if (type === 'startEvent') scope.starts.push(element.id)
  if (moddle['instantiate'] !== true) return
  instantiates.add(element)
  if (moddle['eventGatewayType'] === 'Parallel') element.allStart = true
}

// Kinds that no package may use.
const outside = new Set(['bpmn:Task', 'bpmn:CallActivity', 'bpmn:ComplexGateway', 'bpmn:Transaction', 'bpmn:AdHocSubProcess'])

function whyUnsupported(moddle: Moddle): string | undefined {
  if (moddle.$type === 'bpmn:Task') return 'A task without a kind has nobody who does it: say user, manual, service, send, receive or business rule.'
  if (moddle.$type === 'bpmn:CallActivity') return 'A procedure starts another case by an action: a call activity is not connected to cases.'
  if (outside.has(moddle.$type)) return `A procedure may not use ${moddle.$type.replace('bpmn:', '')}: readers do not expect what it does.`
  if (moddle['isForCompensation'] === true) return 'A procedure may not use compensation: what was done is put right by a person.'
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
  setActivity(compiling, element, moddle)
  // Ids are how elements find each other: one without an id, or with that of another, was reported and stays out.
  if (id !== '' && !Object.hasOwn(compiling.graph.elements, id)) compiling.graph.elements[id] = element
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
  const sends = element.type === 'sendTask' && compiling.profile === 'full'
  const message = element.type === 'receiveTask' || sends ? child(moddle, 'messageRef') : undefined
  set('message', message ? (text(message, 'name') ?? text(message, 'id')) : waitsUnnamed(compiling, element))
  if (element.type === 'boundaryEvent') element.interrupting = moddle['cancelActivity'] !== false
  if (element.type === 'startEvent') element.interrupting = moddle['isInterrupting'] !== false
  if (moddle['parallelMultiple'] === true && element.events.length > 1) element.all = true
  for (const name of Object.keys(moddle.$attrs ?? {})) {
    if (name.includes(':') && !/^(xl|xmlns|xsi|bioc|color):/.test(name)) {
      report(compiling, element.id, 'profile.foreign-attribute', `“${name}” belongs to another program and means nothing here.`, 'warning')
    }
  }
}

// A receive task of others that does not say for which message waits under its own id.
const waitsUnnamed = (compiling: Compiling, element: Element) =>
  compiling.profile === 'full' && element.type === 'receiveTask' ? element.id : undefined

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
  if (wrong) reportSlip(compiling, id, 'feel.condition', wrong)
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
