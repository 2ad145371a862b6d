// XML into a small tree: elements of DMN's own namespaces only, without prefixes. No DTD, no external entities.
import { Parser } from 'saxen'
import { DecisionError } from './environment.ts'

export type Element = {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Element[]
  /** Character data directly inside. */
  text: string
}

const modelNamespace = /^https?:\/\/www\.omg\.org\/spec\/DMN\/\d{8}\/(?:dmn\.xsd|MODEL\/?)$/
const longest = 20_000_000
const deepest = 500

type Open = { element: Element | undefined; prefixes: Record<string, string> }

/** The root element. Throws DecisionError `decision.unreadable`. */
export function readXml(xml: string): Element {
  if (xml.length > longest) throw new DecisionError('decision.unreadable', 'The file is too large.')
  const stack: Open[] = []
  let root: Element | undefined
  let own: string | undefined
  let wrong: Error | undefined
  const parser = new Parser()
  parser.on('openTag', (name, getAttributes, decode) => {
    if (stack.length > deepest) throw new DecisionError('decision.unreadable', 'The file is nested too deep.')
    const attributes = decodeAll(getAttributes(), decode)
    const prefixes = { ...stack.at(-1)?.prefixes, ...declared(attributes) }
    const [local = name, prefix = ''] = name.split(':').toReversed()
    if (stack.length === 0) own = ownNamespace(local, prefixes, prefix)
    const known = prefixes[prefix] !== undefined && (prefixes[prefix] === own || modelNamespace.test(prefixes[prefix]))
    const element: Element | undefined = known ? { name: local, attributes, children: [], text: '' } : undefined
    if (element) stack.at(-1)?.element?.children.push(element)
    if (stack.length === 0) root = element
    stack.push({ element, prefixes })
  })
  parser.on('closeTag', () => void stack.pop())
  parser.on('text', (text, decode) => append(stack, decode(text)))
  parser.on('cdata', (text) => append(stack, text))
  parser.on('error', (error) => {
    wrong = error
  })
  parser.on('warn', () => {})
  try {
    parser.parse(xml.replace(/^\uFEFF/, ''))
  } catch (error) {
    if (error instanceof DecisionError) throw error
    wrong = error instanceof Error ? error : new Error(String(error))
  }
  if (wrong) throw new DecisionError('decision.unreadable', `The file is no XML: ${wrong.message}.`, { cause: wrong })
  if (!root) throw new DecisionError('decision.unreadable', 'The file is no DMN model.')
  return root
}

/**
 * The namespace of the root. Some exporters give the elements the model's own namespace by mistake and declare DMN's beside it: that is
 * taken for DMN's.
 */
function ownNamespace(local: string, prefixes: Record<string, string>, prefix: string): string | undefined {
  return local === 'definitions' && Object.values(prefixes).some((uri) => modelNamespace.test(uri)) ? prefixes[prefix] : undefined
}

function append(stack: Open[], text: string): void {
  const element = stack.at(-1)?.element
  if (element) element.text += text
}

const decodeAll = (attributes: Record<string, string>, decode: (text: string) => string) =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, decode(value)]))

function declared(attributes: Record<string, string>): Record<string, string> {
  const prefixes: Record<string, string> = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'xmlns') prefixes[''] = value
    else if (name.startsWith('xmlns:')) prefixes[name.slice(6)] = value
  }
  return prefixes
}

export const childrenOf = (element: Element, name: string): Element[] => element.children.filter((child) => child.name === name)
export const childOf = (element: Element, name: string): Element | undefined => element.children.find((child) => child.name === name)
/** The text of a child, without spaces around it. */
export const textOf = (element: Element, name: string): string | undefined => childOf(element, name)?.text.trim()
