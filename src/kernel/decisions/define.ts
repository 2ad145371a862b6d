// How built-in functions are written: a row of name, signatures and what it does.
import type { Environment } from './environment.ts'
import { type FeelType, findBuiltInType } from './types.ts'
import type { FeelFunction, Parameter, Value } from './values.ts'

export type Arguments = readonly (Value | undefined)[]

/**
 * A built-in function. A signature is `string: string, start position: number, length?: number`; `?` after the name makes it optional,
 * `?` after the type lets null in, `...` before the name takes all further arguments. `range` also stands for a point where the
 * functions on ranges say so.
 */
export function define(
  name: string,
  signatures: string | string[],
  call: (args: Arguments, env: Environment, signature: number) => Value,
): FeelFunction {
  return { kind: 'function', name, signatures: [signatures].flat().map(readSignature), strict: true, call }
}

const readSignature = (text: string): Parameter[] => (text === '' ? [] : text.split(', ').map(readParameter))

function readParameter(text: string): Parameter {
  const [left = '', right = 'Any'] = text.split(': ')
  const nullable = right.endsWith('?')
  const rest = left.startsWith('...')
  const optional = left.endsWith('?')
  return { name: left.replace('...', '').replace(/\?$/, ''), type: readType(nullable ? right.slice(0, -1) : right), nullable, rest, optional }
}

function readType(text: string): FeelType {
  const [, of] = /^list<(.+)>$/.exec(text) ?? []
  const type = of ? ({ kind: 'list', of: readType(of) } as const) : findBuiltInType(text)
  if (!type) throw new Error(`No such type: ${text}`)
  return type
}
