// What a run remembers for explaining its result.
import type { Environment } from './environment.ts'
import type { NameTable } from './names.ts'
import type { Value } from './values.ts'
import type { Workspace } from './workspace.ts'

/** One use of a decision table: what its inputs were, which rules applied, and which inputs those rules looked at. */
export type TableTrace = {
  decision: string
  table: string | undefined
  inputs: { expression: string; value: Value }[]
  /** What the table gave, by its hit policy. */
  output: Value
  /** `rule` counts from 1; `decidedBy` are the input expressions whose cell is not empty. */
  rules: { rule: number; id: string | undefined; decidedBy: string[]; annotations: string[] }[]
}

/** State of one run: owned by it. `element` is what is being evaluated. */
export type Run = {
  readonly workspace: Workspace
  readonly env: Environment
  readonly tables: TableTrace[]
  /** Names that may follow a dot: the workspace's, and those that only the data has. */
  readonly properties: NameTable
  /** The model and element whose logic is evaluated now. */
  readonly namespace: string
  readonly element: string
}

const mostTraces = 1000

export function remember(run: Run, trace: TableTrace): void {
  if (run.tables.length < mostTraces) run.tables.push(trace)
}
