// What type an expression is known to have without evaluating it: as much as `instance of function<…>->…` needs.
import type { Node } from './ast.ts'
import { anyType, type FeelType, findBuiltInType } from './types.ts'
import { kindOf } from './values.ts'

const boolean = findBuiltInType('boolean') ?? anyType

/** The type, or Any where it cannot be told. `names` are the types of the names in scope. */
export function inferType(node: Node, names: ReadonlyMap<string, FeelType>): FeelType {
  switch (node.k) {
    case 'literal':
      return node.value === null ? { kind: 'null' } : (findBuiltInType(kindOf(node.value)) ?? anyType)
    case 'name':
      return names.get(node.name) ?? anyType
    case 'list':
      return { kind: 'list', of: node.items.length === 1 && node.items[0] ? inferType(node.items[0], names) : anyType }
    case 'context':
      return { kind: 'context', fields: new Map(node.entries.map(({ name, value }) => [name, inferType(value, names)])) }
    case 'range':
      return { kind: 'range', of: node.start ? inferType(node.start, names) : anyType }
    case 'comparison':
    case 'between':
    case 'in':
    case 'and':
    case 'or':
    case 'some':
    case 'every':
    case 'instance':
      return boolean
    case 'arithmetic': {
      const left = inferType(node.left, names)
      const right = inferType(node.right, names)
      return left.kind === 'simple' && right.kind === 'simple' && left.name === right.name && (left.name === 'number' || left.name === 'string')
        ? left
        : anyType
    }
    case 'negative':
      return inferType(node.operand, names)
    case 'function':
      return { kind: 'function', parameters: node.parameters.map(() => anyType), result: anyType }
    default:
      return anyType
  }
}
