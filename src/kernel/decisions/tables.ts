// Decision tables (DMN 8.2, 8.3 and 10.3.2.13, table 57): which rules apply, and what their outputs make together.
import type { UnaryTests } from './ast.ts'
import { equals, order } from './compare.ts'
import { add, type Decimal, integer, zero } from './decimal.ts'
import { type Environment, fail, spend } from './environment.ts'
import { passesTests } from './evaluate.ts'
import type { DecisionTable, Literal } from './model.ts'
import type { Scope } from './scope.ts'
import { remember, type Run, type TableTrace } from './trace.ts'
import { coerce } from './types.ts'
import { isNumber, type Value } from './values.ts'

/** How the texts in a table are evaluated and read; given by boxed.ts, which also evaluates tables. */
export type Readers = {
  literal(literal: Literal, scope: Scope, run: Run): Value
  tests(owner: object, index: number, text: string, scope: Scope, run: Run): UnaryTests | undefined
}

type Rule = DecisionTable['rules'][number]
/** The outputs of one rule that applies, in the order of the columns. */
type Hit = Value[]

/** The result of a table: null with a warning when its hit policy is broken. */
export function evaluateTable(table: DecisionTable, scope: Scope, run: Run, readers: Readers): Value {
  const inputs: Value[] = []
  for (const input of table.inputs) {
    const type = input.expression.type === undefined ? undefined : run.workspace.types(run.namespace)(input.expression.type)
    const value = coerce(readers.literal(input.expression, scope, run), type, run.env, run.element)
    const allowed = input.allowed === undefined ? undefined : readers.tests(input, 0, input.allowed, scope, run)
    if (allowed && value !== null && !passesTests(allowed, value, scope, run.env))
      return fail(run.env, `${run.element}: “${input.expression.text}” has a value that is not allowed.`)
    inputs.push(value)
  }
  const rules = table.rules.filter((rule) => applies(rule, inputs, scope, run, readers))
  const used = table.hitPolicy === 'FIRST' ? rules.slice(0, 1) : rules
  const trace = note(table, inputs, used, run)
  const hits = used.map((rule) => table.outputs.map((_, index) => evaluateOutput(table, rule.results[index], index, scope, run, readers)))
  trace.output = hits.length === 0 ? defaultResult(table, scope, run, readers) : combine(table, hits, scope, run, readers)
  return trace.output
}

function applies(rule: Rule, inputs: Value[], scope: Scope, run: Run, readers: Readers): boolean {
  spend(run.env, 1)
  return inputs.every((value, index) => {
    const tests = readers.tests(rule, index, rule.tests[index] ?? '', scope, run)
    return tests !== undefined && passesTests(tests, value, scope, run.env)
  })
}

function note(table: DecisionTable, inputs: Value[], used: Rule[], run: Run): TableTrace {
  const expressions = table.inputs.map((input) => input.expression.text)
  const trace: TableTrace = {
    decision: run.element,
    table: table.id,
    inputs: expressions.map((expression, index) => ({ expression, value: inputs[index] ?? null })),
    rules: used.map((rule) => ({
      rule: table.rules.indexOf(rule) + 1,
      id: rule.id,
      decidedBy: expressions.filter((_, index) => !['', '-'].includes(rule.tests[index] ?? '')),
      annotations: rule.annotations,
    })),
    output: null,
  }
  remember(run, trace)
  return trace
}

function evaluateOutput(table: DecisionTable, literal: Literal | undefined, index: number, scope: Scope, run: Run, readers: Readers): Value {
  const output = table.outputs[index]
  if (!literal || literal.text === '' || literal.text === '-') return null
  const type = output?.type === undefined ? undefined : run.workspace.types(run.namespace)(output.type)
  const value = coerce(readers.literal(literal, scope, run), type, run.env, output?.name ?? run.element)
  const allowed = output?.allowed === undefined ? undefined : readers.tests(output, 0, output.allowed, scope, run)
  if (!allowed || value === null || passesTests(allowed, value, scope, run.env)) return value
  return fail(run.env, `${run.element}: an output is none of the values allowed.`)
}

function defaultResult(table: DecisionTable, scope: Scope, run: Run, readers: Readers): Value {
  if (table.outputs.some((output) => output.otherwise)) {
    const hit = table.outputs.map((output, index) => evaluateOutput(table, output.otherwise, index, scope, run, readers))
    return toResult(table, hit)
  }
  if (table.aggregation === 'COUNT') return zero
  const lists = table.hitPolicy === 'RULE ORDER' || table.hitPolicy === 'OUTPUT ORDER' || (table.hitPolicy === 'COLLECT' && !table.aggregation)
  return lists ? [] : fail(run.env, `${run.element}: no rule applies.`)
}

/** One output is its value, several are a context. */
function toResult(table: DecisionTable, hit: Hit): Value {
  if (table.outputs.length === 1) return hit[0] ?? null
  return new Map(table.outputs.map((output, index) => [output.name ?? `output ${index + 1}`, hit[index] ?? null]))
}

function combine(table: DecisionTable, hits: Hit[], scope: Scope, run: Run, readers: Readers): Value {
  const results = hits.map((hit) => toResult(table, hit))
  const [first = null] = results
  switch (table.hitPolicy) {
    case 'UNIQUE':
      return results.length === 1 ? first : fail(run.env, `${run.element}: ${results.length} rules apply where only one may.`)
    case 'ANY':
      return results.every((result) => equals(result, first) === true) ? first : fail(run.env, `${run.element}: the rules that apply differ.`)
    case 'FIRST':
      return first
    case 'PRIORITY':
      return toResult(table, byPriority(table, hits, scope, run, readers)[0] ?? [])
    case 'OUTPUT ORDER':
      return byPriority(table, hits, scope, run, readers).map((hit) => toResult(table, hit))
    case 'RULE ORDER':
      return results
    case 'COLLECT':
      return table.aggregation === undefined ? results : aggregateAll(table, hits, run.env)
  }
}

/** Sorted by where each output stands in its list of allowed values, first column first. */
function byPriority(table: DecisionTable, hits: Hit[], scope: Scope, run: Run, readers: Readers): Hit[] {
  const ranks = hits.map((hit) =>
    table.outputs.map((output, index) => {
      const allowed = output.allowed === undefined ? undefined : readers.tests(output, 0, output.allowed, scope, run)
      if (!allowed || allowed.any) return 0
      const rank = allowed.tests.findIndex((test) => passesTests({ any: false, negated: false, tests: [test] }, hit[index] ?? null, scope, run.env))
      return rank < 0 ? allowed.tests.length : rank
    }),
  )
  const indexes = hits.map((_, index) => index)
  indexes.sort((a, b) => table.outputs.reduce((found, _, column) => found || (ranks[a]?.[column] ?? 0) - (ranks[b]?.[column] ?? 0), 0))
  return indexes.map((index) => hits[index] ?? [])
}

function aggregateAll(table: DecisionTable, hits: Hit[], env: Environment): Value {
  if (table.aggregation === 'COUNT') return integer(hits.length)
  const hit = table.outputs.map((_, index) =>
    aggregate(
      table.aggregation,
      hits.map((one) => one[index] ?? null),
      env,
    ),
  )
  return toResult(table, hit)
}

function aggregate(aggregation: DecisionTable['aggregation'], values: Value[], env: Environment): Value {
  if (aggregation === 'SUM') {
    if (!values.every((value) => isNumber(value))) return fail(env, 'Only numbers can be added up.')
    return values.reduce<Decimal | null>((sum, value) => sum && add(sum, value), zero)
  }
  const sign = aggregation === 'MIN' ? -1 : 1
  let best = values[0] ?? null
  for (const value of values) {
    const distance = order(value, best)
    if (distance === null) return fail(env, 'The outputs cannot be compared.')
    if (distance * sign > 0) best = value
  }
  return best
}
