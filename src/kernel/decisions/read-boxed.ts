// Boxed expressions of a DMN file (DMN 10.2, XML schema of versions 1.1 to 1.5).
import { DecisionError } from './environment.ts'
import type { Aggregation, Boxed, DecisionTable, FunctionLogic, HitPolicy, Literal, Variable } from './model.ts'
import { childOf, childrenOf, type Element, textOf } from './xml.ts'

const kinds = new Set([
  'literalExpression',
  'context',
  'decisionTable',
  'invocation',
  'functionDefinition',
  'relation',
  'list',
  'conditional',
  'filter',
  'for',
  'some',
  'every',
])

/** The name of a type without its namespace prefix (`feel:number`). */
export const typeName = (text: string | undefined): string | undefined =>
  text === undefined || text === '' ? undefined : text.slice(text.lastIndexOf(':') + 1).trim()

/** The expression inside an element; undefined when it has none. */
export function readBoxedIn(parent: Element | undefined): Boxed | undefined {
  const element = parent?.children.find((child) => kinds.has(child.name))
  return element && readBoxed(element)
}

function readBoxed(element: Element): Boxed {
  const type = typeName(element.attributes['typeRef'])
  switch (element.name) {
    case 'literalExpression':
      return readLiteral(element)
    case 'context':
      return {
        k: 'context',
        type,
        entries: childrenOf(element, 'contextEntry').map((entry) => ({
          variable: readVariable(childOf(entry, 'variable')),
          value: readBoxedIn(entry),
        })),
      }
    case 'decisionTable':
      return { k: 'table', type, table: readTable(element) }
    case 'invocation':
      return {
        k: 'invocation',
        type,
        callee: readBoxedIn(element),
        bindings: childrenOf(element, 'binding').map((binding) => ({
          name: childOf(binding, 'parameter')?.attributes['name'] ?? '',
          value: readBoxedIn(binding),
        })),
      }
    case 'functionDefinition':
      return { k: 'function', type, logic: readFunction(element) }
    case 'relation':
      return { k: 'relation', type, columns: childrenOf(element, 'column').map(toVariable), rows: childrenOf(element, 'row').map(readItems) }
    case 'list':
      return { k: 'list', type, items: readItems(element) }
    case 'conditional':
      return {
        k: 'conditional',
        type,
        condition: readBoxedIn(childOf(element, 'if')),
        whenTrue: readBoxedIn(childOf(element, 'then')),
        whenFalse: readBoxedIn(childOf(element, 'else')),
      }
    case 'filter':
      return { k: 'filter', type, domain: readBoxedIn(childOf(element, 'in')), match: readBoxedIn(childOf(element, 'match')) }
    case 'for':
    case 'some':
    case 'every':
      return {
        k: element.name,
        type,
        variable: element.attributes['iteratorVariable'] ?? 'item',
        domain: readBoxedIn(childOf(element, 'in')),
        body: readBoxedIn(childOf(element, element.name === 'for' ? 'return' : 'satisfies')),
      }
    default:
      throw new DecisionError('decision.unreadable', `“${element.name}” is no expression.`)
  }
}

const readItems = (element: Element): Boxed[] => element.children.filter((child) => kinds.has(child.name)).map(readBoxed)

const readLiteral = (element: Element): Literal => ({
  k: 'literal',
  type: typeName(element.attributes['typeRef']),
  text: textOf(element, 'text') ?? '',
  language: element.attributes['expressionLanguage'],
})

const toVariable = (element: Element): Variable => ({
  name: (element.attributes['name'] ?? '').trim(),
  type: typeName(element.attributes['typeRef']),
})

export const readVariable = (element: Element | undefined): Variable | undefined => element && toVariable(element)

/** Parameters and body of a function definition or of a knowledge model's logic. */
export function readFunction(element: Element): FunctionLogic {
  const kind = (element.attributes['kind'] ?? 'FEEL').toUpperCase()
  return { parameters: childrenOf(element, 'formalParameter').map(toVariable), body: readBoxedIn(element), external: kind !== 'FEEL' && kind !== 'F' }
}

const policies: readonly HitPolicy[] = ['UNIQUE', 'ANY', 'PRIORITY', 'FIRST', 'RULE ORDER', 'OUTPUT ORDER', 'COLLECT']
const aggregations: readonly Aggregation[] = ['SUM', 'MIN', 'MAX', 'COUNT']

function readTable(element: Element): DecisionTable {
  const hitPolicy = policies.find((policy) => policy === (element.attributes['hitPolicy'] ?? 'UNIQUE'))
  if (!hitPolicy) throw new DecisionError('decision.unreadable', `“${element.attributes['hitPolicy']}” is no hit policy.`)
  return {
    id: element.attributes['id'],
    hitPolicy,
    aggregation: aggregations.find((one) => one === element.attributes['aggregation']),
    inputs: childrenOf(element, 'input').map((input) => ({
      expression: readLiteral(childOf(input, 'inputExpression') ?? input),
      allowed: allowedIn(input, 'inputValues'),
    })),
    outputs: childrenOf(element, 'output').map((output) => {
      const otherwise = childOf(output, 'defaultOutputEntry')
      return {
        name: output.attributes['name'],
        type: typeName(output.attributes['typeRef']),
        allowed: allowedIn(output, 'outputValues'),
        otherwise: otherwise && readLiteral(otherwise),
      }
    }),
    rules: childrenOf(element, 'rule').map((rule) => ({
      id: rule.attributes['id'],
      tests: childrenOf(rule, 'inputEntry').map((entry) => textOf(entry, 'text') ?? ''),
      results: childrenOf(rule, 'outputEntry').map(readLiteral),
      annotations: childrenOf(rule, 'annotationEntry').map((entry) => textOf(entry, 'text') ?? ''),
    })),
  }
}

/** The text of allowed values; undefined when there are none. */
export function allowedIn(element: Element, name: string): string | undefined {
  const child = childOf(element, name)
  const text = child && textOf(child, 'text')
  return text === '' ? undefined : text
}
