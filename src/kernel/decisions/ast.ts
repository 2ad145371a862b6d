// What the parser makes of a FEEL expression (DMN 10.3.1.2).
import type { Value } from './values.ts'

export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>='
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '**'

/** A type as written: resolved against the item definitions when it is used. */
export type TypeNode =
  | { k: 'named'; name: string }
  | { k: 'list' | 'range'; of: TypeNode }
  | { k: 'context'; fields: [string, TypeNode][] }
  | { k: 'function'; parameters: TypeNode[]; result: TypeNode }

export type ParameterNode = { name: string; type: TypeNode | undefined }

/** `for name in from..to` when `to` is there, over a list or range otherwise. */
export type IteratorNode = { name: string; from: Node; to: Node | undefined }

export type Node =
  | { k: 'literal'; value: Value }
  | { k: 'name'; name: string }
  | { k: 'list'; items: Node[] }
  | { k: 'context'; entries: { name: string; value: Node }[] }
  | { k: 'range'; start: Node | undefined; end: Node | undefined; startIncluded: boolean; endIncluded: boolean }
  | { k: 'bound'; operator: ComparisonOperator; operand: Node }
  | { k: 'negative'; operand: Node }
  | { k: 'arithmetic'; operator: ArithmeticOperator; left: Node; right: Node }
  | { k: 'comparison'; operator: ComparisonOperator; left: Node; right: Node }
  | { k: 'between'; value: Node; low: Node; high: Node }
  | { k: 'in'; value: Node; tests: TestNode[] }
  | { k: 'and' | 'or'; left: Node; right: Node }
  | { k: 'if'; condition: Node; whenTrue: Node; whenFalse: Node }
  | { k: 'for'; iterators: IteratorNode[]; body: Node; usesPartial: boolean }
  | { k: 'some' | 'every'; iterators: IteratorNode[]; body: Node }
  | { k: 'function'; parameters: ParameterNode[]; body: Node; external: boolean }
  | { k: 'call'; target: Node; args: Node[]; names: string[] | undefined }
  | { k: 'path'; target: Node; name: string }
  | { k: 'filter'; target: Node; filter: Node }
  | { k: 'instance'; value: Node; type: TypeNode }

/** A unary test: `?` stands for the value tested. */
export type TestNode = { node: Node; usesInput: boolean }

/** A cell of a decision table or a list of allowed values. */
export type UnaryTests = { any: true } | { any: false; negated: boolean; tests: TestNode[] }

const fromIterators = (iterators: IteratorNode[]) => iterators.flatMap(({ from, to }) => (to ? [from, to] : [from]))
const fromTests = (tests: TestNode[]) => tests.map((test) => test.node)

/** The expressions inside an expression. */
export function partsOf(node: Node): Node[] {
  switch (node.k) {
    case 'literal':
    case 'name':
      return []
    case 'list':
      return node.items
    case 'context':
      return node.entries.map((entry) => entry.value)
    case 'range':
      return [node.start, node.end].filter((part) => part !== undefined)
    case 'bound':
    case 'negative':
      return [node.operand]
    case 'arithmetic':
    case 'comparison':
    case 'and':
    case 'or':
      return [node.left, node.right]
    case 'between':
      return [node.value, node.low, node.high]
    case 'in':
      return [node.value, ...fromTests(node.tests)]
    case 'if':
      return [node.condition, node.whenTrue, node.whenFalse]
    case 'for':
    case 'some':
    case 'every':
      return [...fromIterators(node.iterators), node.body]
    case 'function':
      return [node.body]
    case 'call':
      return node.args
    case 'path':
      return [node.target]
    case 'filter':
      return [node.target, node.filter]
    case 'instance':
      return [node.value]
  }
}
