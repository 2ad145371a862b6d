// Where names are looked up while an expression is evaluated.
import { addName, type NameTable, nameTable, normalizeName } from './names.ts'
import type { FeelType } from './types.ts'
import type { Context, Value } from './values.ts'

/** `types` finds item definitions by the names a model gives them. */
export type Scope = { readonly values: Context; readonly outer: Scope | undefined; readonly types: (name: string) => FeelType }

export const within = (outer: Scope, values: Context): Scope => ({ values, outer, types: outer.types })

/** The value of a name; undefined when it is not in scope. */
export function findValue(scope: Scope, name: string): Value | undefined {
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const value = findEntry(at.values, name)
    if (value !== undefined) return value
  }
  return undefined
}

/** An entry of a context by name, however its spaces are written. */
export function findEntry(context: Context, name: string): Value | undefined {
  const value = context.get(name)
  if (value !== undefined || !/[^\p{L}\p{N}_]/u.test(name)) return value
  const normal = normalizeName(name)
  for (const [key, entry] of context) if (normalizeName(key) === normal) return entry
  return undefined
}

/** All names in scope, for the parser; `root` are those of the outermost scope. */
export function namesOf(scope: Scope, root: NameTable): NameTable {
  const table = nameTable([], root)
  const seen = new Set<string>()
  for (let at = scope; at.outer; at = at.outer) {
    for (const name of at.values.keys()) {
      const key = normalizeName(name)
      if (!seen.has(key)) addName(table, name)
      seen.add(key)
    }
  }
  return table
}
