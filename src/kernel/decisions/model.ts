// A DMN model as data (DMN 6–8 and 10.2): decision requirements graph, boxed expressions and item definitions.

export type Variable = { name: string; type: string | undefined }

/** A boxed `for`, `some` or `every`. */
export type Iteration = { k: 'for' | 'some' | 'every'; variable: string; domain: Boxed | undefined; body: Boxed | undefined }

/** `type` is a name as written in the model, without a namespace prefix. */
export type Boxed = { type: string | undefined } & (
  | { k: 'literal'; text: string; language: string | undefined }
  | { k: 'context'; entries: { variable: Variable | undefined; value: Boxed | undefined }[] }
  | { k: 'table'; table: DecisionTable }
  | { k: 'invocation'; callee: Boxed | undefined; bindings: { name: string; value: Boxed | undefined }[] }
  | { k: 'function'; logic: FunctionLogic }
  | { k: 'relation'; columns: Variable[]; rows: Boxed[][] }
  | { k: 'list'; items: Boxed[] }
  | { k: 'conditional'; condition: Boxed | undefined; whenTrue: Boxed | undefined; whenFalse: Boxed | undefined }
  | { k: 'filter'; domain: Boxed | undefined; match: Boxed | undefined }
  | Iteration
)

export type Literal = Extract<Boxed, { k: 'literal' }>

export type FunctionLogic = { parameters: Variable[]; body: Boxed | undefined; external: boolean }

export type HitPolicy = 'UNIQUE' | 'ANY' | 'PRIORITY' | 'FIRST' | 'RULE ORDER' | 'OUTPUT ORDER' | 'COLLECT'
export type Aggregation = 'SUM' | 'MIN' | 'MAX' | 'COUNT'

export type DecisionTable = {
  id: string | undefined
  hitPolicy: HitPolicy
  aggregation: Aggregation | undefined
  inputs: { expression: Literal; allowed: string | undefined }[]
  outputs: { name: string | undefined; type: string | undefined; allowed: string | undefined; otherwise: Literal | undefined }[]
  rules: { id: string | undefined; tests: string[]; results: Literal[]; annotations: string[] }[]
}

export type ItemDefinition = {
  name: string
  type: string | undefined
  isCollection: boolean
  allowed: string | undefined
  constraint: string | undefined
  components: ItemDefinition[]
  function: { parameters: Variable[]; result: string | undefined } | undefined
}

type Named = { id: string; name: string; variable: Variable; namespace: string }

/** References are `namespace#id`. */
export type InputData = Named & { k: 'input' }
export type Decision = Named & { k: 'decision'; logic: Boxed | undefined; information: string[]; knowledge: string[] }
export type KnowledgeModel = Named & { k: 'knowledge'; logic: FunctionLogic | undefined; knowledge: string[] }
export type DecisionService = Named & { k: 'service'; outputs: string[]; inputDecisions: string[]; inputData: string[] }
export type DrgElement = InputData | Decision | KnowledgeModel | DecisionService

export type Import = { namespace: string; name: string; location: string | undefined }

export type Model = {
  namespace: string
  name: string
  imports: Import[]
  types: ItemDefinition[]
  elements: DrgElement[]
}
