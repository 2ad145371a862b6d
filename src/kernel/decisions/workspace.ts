// A model with the models it imports: elements by reference, types by name, names for the parser.
import { builtInProperties } from './builtins.ts'
import { DecisionError, type Environment } from './environment.ts'
import { rootNames, rootScope } from './expressions.ts'
import { passesTests } from './evaluate.ts'
import type { Boxed, DrgElement, Import, ItemDefinition, Model } from './model.ts'
import { addName, isCompound, type NameTable, nameTable } from './names.ts'
import { parseUnaryTests } from './parse.ts'
import { anyType, type FeelType, findBuiltInType } from './types.ts'
import { isList, type Value } from './values.ts'

export type Workspace = {
  readonly main: Model
  readonly models: ReadonlyMap<string, Model>
  readonly elements: ReadonlyMap<string, DrgElement>
  /** Names with spaces or signs that may follow a dot. */
  readonly properties: NameTable
  readonly typeNames: NameTable
  /** Finds the types of the model with this namespace. */
  readonly types: (namespace: string) => (name: string) => FeelType
}

/** Puts a model and what it imports together. Throws DecisionError `decision.import` when an imported model is not there. */
export function openWorkspace(main: Model, others: readonly Model[]): Workspace {
  const models = new Map<string, Model>([[main.namespace, main]])
  const missing: Import[] = []
  const collect = (model: Model) => {
    for (const wanted of model.imports) {
      if (models.has(wanted.namespace)) continue
      const found = others.find((other) => other.namespace === wanted.namespace)
      if (!found) missing.push(wanted)
      else {
        models.set(found.namespace, found)
        collect(found)
      }
    }
  }
  collect(main)
  const [first] = missing.filter((one) => !/\.(?:xsd|pmml)$|XMLSchema|PMML/.test(one.location ?? one.namespace))
  if (first) throw new DecisionError('decision.import', `The model “${first.name}” (${first.namespace}) is imported but is not there.`)
  const all = [...models.values()]
  const elements = new Map(
    all.flatMap((model) => model.elements.map((element): [string, DrgElement] => [`${model.namespace}#${element.id}`, element])),
  )
  const properties = nameTable(builtInProperties)
  for (const name of all.flatMap(namesIn)) if (isCompound(name)) addName(properties, name)
  const typeNames = nameTable(all.flatMap((model) => [...model.types.map((type) => type.name), ...importedTypeNames(model, models)]))
  return { main, models, elements, properties, typeNames, types: openTypes(models) }
}

const importedTypeNames = (model: Model, models: Map<string, Model>) =>
  model.imports.flatMap((one) => (models.get(one.namespace)?.types ?? []).map((type) => `${one.name}.${type.name}`))

function namesIn(model: Model): string[] {
  const names: string[] = model.elements.flatMap((element) => [element.name, element.variable.name])
  const visitType = (type: ItemDefinition): void => {
    names.push(type.name)
    type.components.forEach(visitType)
  }
  const visit = (boxed: Boxed | undefined): void => {
    if (!boxed) return
    if (boxed.k === 'context') for (const entry of boxed.entries) names.push(entry.variable?.name ?? '')
    if (boxed.k === 'relation') for (const column of boxed.columns) names.push(column.name)
    if (boxed.k === 'table') for (const output of boxed.table.outputs) names.push(output.name ?? '')
    boxedParts(boxed).forEach(visit)
  }
  model.types.forEach(visitType)
  for (const element of model.elements) {
    if (element.k === 'decision') visit(element.logic)
    if (element.k === 'knowledge') visit(element.logic?.body)
  }
  return names.filter((name) => name !== '')
}

/** The boxed expressions directly inside one. */
export function boxedParts(boxed: Boxed): (Boxed | undefined)[] {
  switch (boxed.k) {
    case 'context':
      return boxed.entries.map((entry) => entry.value)
    case 'invocation':
      return [boxed.callee, ...boxed.bindings.map((binding) => binding.value)]
    case 'function':
      return [boxed.logic.body]
    case 'relation':
      return boxed.rows.flat()
    case 'list':
      return boxed.items
    case 'conditional':
      return [boxed.condition, boxed.whenTrue, boxed.whenFalse]
    case 'filter':
      return [boxed.domain, boxed.match]
    case 'for':
    case 'some':
    case 'every':
      return [boxed.domain, boxed.body]
    default:
      return []
  }
}

function openTypes(models: ReadonlyMap<string, Model>): Workspace['types'] {
  const known = new Map<string, FeelType>()
  const find = (namespace: string, name: string): FeelType => {
    const key = `${namespace}#${name}`
    const type = known.get(key)
    if (type) return type
    const model = models.get(namespace)
    const definition = model?.types.find((one) => one.name === name)
    const made = definition ? toType(definition, (inner) => refer(namespace, inner)) : (findImported(namespace, name) ?? anyType)
    known.set(key, made)
    return made
  }
  const findImported = (namespace: string, name: string): FeelType | undefined => {
    for (const one of models.get(namespace)?.imports ?? []) {
      const rest = one.name === '' ? name : name.startsWith(`${one.name}.`) ? name.slice(one.name.length + 1) : undefined
      if (rest !== undefined && models.get(one.namespace)?.types.some((type) => type.name === rest)) return find(one.namespace, rest)
    }
    return undefined
  }
  const refer = (namespace: string, name: string): FeelType => {
    const own = models.get(namespace)?.types.some((type) => type.name === name)
    return (own ? undefined : findBuiltInType(name)) ?? { kind: 'named', name, get: () => find(namespace, name) }
  }
  return (namespace) => (name) => refer(namespace, name)
}

function toType(definition: ItemDefinition, refer: (name: string) => FeelType): FeelType {
  let type: FeelType = anyType
  if (definition.function) {
    const { parameters, result } = definition.function
    type = { kind: 'function', parameters: parameters.map((one) => (one.type ? refer(one.type) : anyType)), result: result ? refer(result) : anyType }
  } else if (definition.components.length > 0) {
    type = { kind: 'context', fields: new Map(definition.components.map((one) => [one.name, toType(one, refer)])) }
  } else if (definition.type) type = refer(definition.type)
  if (definition.allowed) type = restrict(type, definition.allowed, true)
  if (definition.isCollection) type = { kind: 'list', of: type }
  return definition.constraint ? restrict(type, definition.constraint, false) : type
}

/** Allowed values speak of the items of a list, a type constraint of the list (DMN 7.3.3). */
function restrict(base: FeelType, text: string, items: boolean): FeelType {
  const tests = parseUnaryTests(text, { names: rootNames, properties: nameTable(builtInProperties), types: nameTable([]) })
  const allows = (value: Value, env: Environment): boolean =>
    items && isList(value) ? value.every((item) => passesTests(tests, item, rootScope, env)) : passesTests(tests, value, rootScope, env)
  return { kind: 'restricted', base, allows }
}

/** The element with this name or id in the main model: decisions first, then services, knowledge models and inputs. */
export function findElement(workspace: Workspace, nameOrId: string): DrgElement | undefined {
  const { elements } = workspace.main
  for (const k of ['decision', 'service', 'knowledge', 'input'] as const) {
    const found = elements.find((element) => element.k === k && (element.name === nameOrId || element.id === nameOrId))
    if (found) return found
  }
  return undefined
}
