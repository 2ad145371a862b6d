// Reading the untyped tree of bpmn-moddle, and our extension of it.
import { BpmnModdle } from 'bpmn-moddle'
import type { Input, Xl } from './types.ts'

const namespace = 'urn:xiangli:bpmn:1'

const known = ['form', 'decision', 'action', 'deadline', 'law', 'event', 'serves'] as const

const attribute = (name: string) => ({ name, isAttr: true, type: 'String' })

// The descriptor registers the prefix, so that a document may bind the namespace to any prefix and still be read as `xl:`.
const descriptor = {
  name: 'Xiangli',
  uri: namespace,
  prefix: 'xl',
  xml: { tagAlias: 'lowerCase' },
  types: [
    // Not every element: the standard's complex behaviour of several instances has an `event` of its own.
    { name: 'Annotated', isAbstract: true, extends: ['bpmn:FlowElement', 'bpmn:RootElement', 'bpmn:Lane'], properties: known.map(attribute) },
    { name: 'Input', superClass: ['Element'], properties: ['name', 'value', 'expression'].map(attribute) },
  ],
  enumerations: [],
  associations: [],
}

/** A node of the moddle tree. */
export type Moddle = { $type: string; $attrs?: Record<string, unknown>; [property: string]: unknown }

/** Parses BPMN XML. Throws what the XML reader throws when the text is not XML at all. */
export const parseXml = (xml: string) => new BpmnModdle({ xl: descriptor }).fromXML(xml)

export const isModdle = (value: unknown): value is Moddle =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, '$type') === 'string'

export function text(element: Moddle, property: string): string | undefined {
  const value = element[property]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

export function child(element: Moddle, property: string): Moddle | undefined {
  const value = element[property]
  return isModdle(value) ? value : undefined
}

export function list(element: Moddle, property: string): Moddle[] {
  const value = element[property]
  return Array.isArray(value) ? value.filter(isModdle) : []
}

/** The id of a referenced element. */
export function reference(element: Moddle, property: string): string | undefined {
  const target = child(element, property)
  return target && text(target, 'id')
}

/** FEEL without the `=` that some editors put before it. */
export const stripEquals = (expression: string) => expression.replace(/^\s*=\s*/, '').trim()

export function parseXl(element: Moddle): Xl {
  const xl: Xl = { inputs: parseInputs(element), ext: {} }
  for (const name of known) {
    const value = text(element, name)
    if (value !== undefined) xl[name] = value
  }
  for (const [name, value] of Object.entries(element.$attrs ?? {})) {
    if (name.startsWith('xl:') && typeof value === 'string') xl.ext[name.slice(3)] = value
  }
  return xl
}

function parseInputs(element: Moddle): Input[] {
  const extensions = child(element, 'extensionElements')
  if (!extensions) return []
  return list(extensions, 'values')
    .filter((value) => value.$type === 'xl:Input')
    .map((value) => {
      const input: Input = { name: text(value, 'name') ?? '' }
      const literal = value['value']
      if (typeof literal === 'string') input.value = literal
      const expression = text(value, 'expression')
      if (expression) input.expression = stripEquals(expression)
      return input
    })
}

/** The extension elements of other editors, as moddle keeps what it does not know: `$children`, `$body` and attributes. */
export function extensions(element: Moddle): Moddle[] {
  const found = child(element, 'extensionElements')
  return found ? list(found, 'values') : []
}

/** An attribute of another editor, whatever its prefix. */
export function foreign(element: Moddle, name: string): string | undefined {
  const key = Object.keys(element.$attrs ?? {}).find((one) => one.endsWith(`:${name}`))
  const value = key === undefined ? undefined : element.$attrs?.[key]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** An attribute (or `$body`) of an extension element. */
export const foreignText = (element: Moddle, name: string): string | undefined => text(element, name)
