// What an activity carries beyond its kind: loops, calls, scripts and data mappings, in the standard's words and in those of common
// other editors, whose extensions `run` accepts.
import { checkFeel } from './conditions.ts'
import { reportSlip } from './findings.ts'
import type { Compiling } from './findings.ts'
import { child, extensions, foreign, foreignText, list, stripEquals, text } from './moddle.ts'
import type { Moddle } from './moddle.ts'
import { readEvent, readEvents } from './read-events.ts'
import type { Element, Loop, LoopThrow, Mapping } from './types.ts'

/** Sets what an activity (or complex gateway) has of its own. */
export function setActivity(compiling: Compiling, element: Element, moddle: Moddle): void {
  const loop = readLoop(compiling, moddle)
  if (loop) element.loop = loop
  if (moddle['isForCompensation'] === true) element.forCompensation = true
  const activation = expressionOf(moddle, 'activationCondition')
  if (activation !== undefined) element.activation = activation
  // Without a condition it says no more than an inclusive gateway.
  if (element.type === 'complexGateway' && activation === undefined) element.type = 'inclusiveGateway'
  if (element.type === 'adHocSubProcess') element.adHoc = readAdHoc(moddle)
  setScript(element, moddle)
  if (compiling.profile === 'package') return
  setCalled(element, moddle)
  const inputs = readMappings(moddle, 'input')
  const outputs = readMappings(moddle, 'output')
  if (inputs.length > 0) element.inputs = inputs
  if (outputs.length > 0) element.outputs = outputs
}

/** The text of an expression child, without `=`. */
export function expressionOf(moddle: Moddle, property: string): string | undefined {
  const expression = child(moddle, property)
  const body = expression && text(expression, 'body')
  return body === undefined ? undefined : stripEquals(body)
}

function readLoop(compiling: Compiling, moddle: Moddle): Loop | undefined {
  const loop = child(moddle, 'loopCharacteristics')
  if (!loop) return undefined
  const read = loop.$type === 'bpmn:StandardLoopCharacteristics' ? readStandard(loop) : readMultiple(loop)
  const id = text(moddle, 'id') ?? ''
  const throws = read.kind === 'multiple' ? readThrows(compiling, loop, id) : []
  if (read.kind === 'multiple' && throws.length > 0) read.throws = throws
  const expressions = read.kind === 'standard' ? [read.condition] : [read.cardinality, read.completion]
  for (const expression of expressions) {
    const wrong = expression === undefined ? undefined : checkFeel(expression)
    if (wrong) reportSlip(compiling, id, 'feel.condition', wrong)
  }
  return read
}

function readStandard(loop: Moddle): Loop {
  const condition = expressionOf(loop, 'loopCondition')
  const maximum = Number(loop['loopMaximum'] ?? Number.NaN)
  return {
    kind: 'standard',
    before: loop['testBefore'] === true,
    ...(condition !== undefined && { condition }),
    ...(Number.isInteger(maximum) && { maximum }),
  }
}

function readMultiple(loop: Moddle): Loop {
  const own = extensions(loop).find((one) => one.$type.endsWith(':loopCharacteristics'))
  const given = (name: string) => (own ? foreignText(own, name) : undefined)
  const data = child(loop, 'loopDataInputRef')
  const item = child(loop, 'inputDataItem')
  const results = child(loop, 'loopDataOutputRef')
  const result = child(loop, 'outputDataItem')
  const optional = {
    cardinality: expressionOf(loop, 'loopCardinality'),
    collection: dataName(data) ?? strip(foreign(loop, 'collection')) ?? strip(given('inputCollection')),
    item: dataName(item) ?? foreign(loop, 'item') ?? foreign(loop, 'elementVariable') ?? given('inputElement'),
    completion: expressionOf(loop, 'completionCondition'),
    results: dataName(results) ?? given('outputCollection'),
    result: dataName(result) ?? strip(given('outputElement')),
  }
  const set = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined))
  return { kind: 'multiple', sequential: loop['isSequential'] === true, ...set }
}

/** `behavior` (§10.3.8, table 10.31): `All`, the default, throws nothing. */
function readThrows(compiling: Compiling, loop: Moddle, id: string): LoopThrow[] {
  const one = (property: string, when: 'first' | 'each'): LoopThrow[] => {
    const definition = child(loop, property)
    const event = definition && readEvent(compiling, loop, definition, id)
    return event ? [{ when, event }] : []
  }
  const behavior = text(loop, 'behavior')
  if (behavior === 'One') return one('oneBehaviorEventRef', 'first')
  if (behavior === 'None') return one('noneBehaviorEventRef', 'each')
  if (behavior !== 'Complex') return []
  return list(loop, 'complexBehaviorDefinition').flatMap((definition) => {
    const condition = expressionOf(definition, 'condition')
    const carrier = child(definition, 'event')
    if (condition === undefined || !carrier) return []
    return readEvents(compiling, carrier, id).map((event) => ({ when: { condition }, event }))
  })
}

const strip = (expression: string | undefined) => (expression === undefined ? undefined : stripEquals(expression))

// What a data input, object or item is called among the variables. Editors name the reference that is drawn, not the object behind it.
function dataName(data: Moddle | undefined): string | undefined {
  if (!data) return undefined
  const object = child(data, 'dataObjectRef') ?? data
  return text(object, 'name') ?? text(data, 'name') ?? text(object, 'id')
}

function readAdHoc(moddle: Moddle): NonNullable<Element['adHoc']> {
  const completion = expressionOf(moddle, 'completionCondition')
  return {
    sequential: moddle['ordering'] === 'Sequential',
    cancelRest: moddle['cancelRemainingInstances'] !== false,
    ...(completion !== undefined && { completion }),
  }
}

function setCalled(element: Element, moddle: Moddle): void {
  if (element.type !== 'callActivity') return
  const own = extensions(moddle).find((one) => one.$type.endsWith(':calledElement'))
  const called = text(moddle, 'calledElement') ?? (own && foreignText(own, 'processId'))
  if (called !== undefined) element.called = called.replace(/^[^:]*:(?=[^:]+$)/, '')
}

function setScript(element: Element, moddle: Moddle): void {
  if (element.type !== 'scriptTask') return
  const own = extensions(moddle).find((one) => one.$type === 'zeebe:script')
  const body = text(moddle, 'script') ?? (own && foreignText(own, 'expression'))
  if (body === undefined) return
  const language = own ? 'feel' : text(moddle, 'scriptFormat')
  const result = foreign(moddle, 'resultVariable') ?? (own && foreignText(own, 'resultVariable'))
  element.script = { text: stripEquals(body), ...(language !== undefined && { language }), ...(result !== undefined && { result }) }
}

// §10.4.2 data associations, and `inputOutput` / `ioMapping` of other editors.
function readMappings(moddle: Moddle, way: 'input' | 'output'): Mapping[] {
  const own = list(moddle, way === 'input' ? 'dataInputAssociations' : 'dataOutputAssociations').flatMap(readAssociation)
  const others = extensions(moddle).flatMap((extension) => list(extension, '$children'))
  const theirs = others.flatMap((one): Mapping[] => {
    const kind = one.$type.split(':')[1] ?? ''
    if (kind === `${way}Parameter`) return mapping(foreignText(one, 'name'), foreignText(one, '$body'))
    return kind === way ? mapping(foreignText(one, 'target'), foreignText(one, 'source')) : []
  })
  const passed = extensions(moddle).flatMap((one): Mapping[] => {
    if (one.$type.split(':')[1] !== (way === 'input' ? 'in' : 'out')) return []
    return mapping(foreignText(one, 'target'), foreignText(one, 'sourceExpression') ?? foreignText(one, 'source'))
  })
  return [...own, ...theirs, ...passed]
}

const mapping = (to: string | undefined, expression: string | undefined): Mapping[] =>
  to === undefined || expression === undefined ? [] : [{ to, expression: stripEquals(expression) }]

function readAssociation(association: Moddle): Mapping[] {
  const assignments = list(association, 'assignment').flatMap((one) => mapping(expressionOf(one, 'to'), expressionOf(one, 'from')))
  if (assignments.length > 0) return assignments
  const transformation = expressionOf(association, 'transformation')
  const sources = list(association, 'sourceRef')
  const target = child(association, 'targetRef')
  return mapping(dataName(target), transformation ?? dataName(sources[0]))
}
