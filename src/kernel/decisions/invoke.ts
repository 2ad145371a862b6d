// Calling a function: which parameter each argument is for, and whether it fits (DMN 10.3.2.13.5 and 10.3.2.9.4).
import { deeper, type Environment, fail, spend } from './environment.ts'
import { convert } from './types.ts'
import { type FeelFunction, isContext, isList, type Parameter, type Value } from './values.ts'

/** Calls `target` with arguments in order or, with `names`, by name. Arguments that do not fit give null. */
export function invoke(target: FeelFunction, args: Value[], names: string[] | undefined, env: Environment): Value {
  for (const [index, signature] of target.signatures.entries()) {
    const ordered = names ? arrangeNamed(signature, args, names) : arrange(signature, args)
    const bound = ordered && (target.strict ? convertAll(signature, ordered, env) : ordered)
    if (bound) return deeper(env, () => target.call(bound, env, index))
  }
  return fail(env, `The arguments do not fit ${target.name}.`)
}

function arrange(signature: readonly Parameter[], args: Value[]): (Value | undefined)[] | undefined {
  const last = signature.at(-1)
  if (last?.rest) {
    if (args.length < signature.length) return undefined
    return [...args.slice(0, signature.length - 1), args.slice(signature.length - 1)]
  }
  if (args.length > signature.length) return undefined
  if (signature.slice(args.length).some((parameter) => !parameter.optional)) return undefined
  return signature.map((_, index) => args[index])
}

function arrangeNamed(signature: readonly Parameter[], args: Value[], names: string[]): (Value | undefined)[] | undefined {
  const given = new Map(names.map((name, index) => [name, args[index] ?? null]))
  if (given.size !== args.length) return undefined
  const ordered = signature.map((parameter) => given.get(parameter.name))
  const missing = signature.some((parameter) => !parameter.optional && !given.has(parameter.name))
  return missing || names.some((name) => !signature.some((parameter) => parameter.name === name)) ? undefined : ordered
}

function convertAll(signature: readonly Parameter[], args: (Value | undefined)[], env: Environment): (Value | undefined)[] | undefined {
  const converted: (Value | undefined)[] = []
  for (const [index, parameter] of signature.entries()) {
    const value = args[index]
    const type = parameter.type
    spend(env, sizeOf(value))
    if (value === undefined || type === undefined || type.kind === 'any') converted.push(value)
    else if (value === null) {
      if (!parameter.nullable) return undefined
      converted.push(null)
    } else {
      const result = convert(value, type, env)
      if (result === undefined) return undefined
      converted.push(result)
    }
  }
  return converted
}

/** What reading an argument costs: a built-in function may look at all of it. */
function sizeOf(value: Value | undefined): number {
  if (typeof value === 'string') return Math.ceil(value.length / 100)
  if (value === undefined || value === null) return 0
  return isList(value) ? Math.ceil(value.length / 10) : isContext(value) ? Math.ceil(value.size / 10) : 0
}
