// Names of FEEL may hold spaces and the characters . / - ' + * (DMN 10.3.1.2, rules 27–31), so they are recognized against the
// names that are in scope: the longest one that is known wins.

const special = new Set(['.', '/', '-', '’', "'", '+', '*'])
const startClass = String.raw`?A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}`
const startPattern = new RegExp(`[${startClass}]`, 'u')
const runPattern = new RegExp(String.raw`[${startClass}0-9\u00B7\u0300-\u036F\u203F-\u2040]+`, 'uy')
const space = /[\s\u0085\u180E\uFEFF]/

/** Known names in one scope. `outer` holds those around it. */
export type NameTable = { readonly names: Map<string, string>; readonly prefixes: Set<string>; readonly outer: NameTable | undefined }

export function nameTable(names: Iterable<string>, outer?: NameTable): NameTable {
  const table: NameTable = { names: new Map(), prefixes: new Set(), outer }
  for (const name of names) addName(table, name)
  return table
}

export function addName(table: NameTable, name: string): void {
  const parts = partsOf(name)
  if (parts.length === 0) return
  let key = ''
  for (const part of parts) {
    key = append(key, part)
    table.prefixes.add(key)
  }
  table.names.set(key, name)
}

/** Spaces made single, and none around special characters: `a  b`, `a +b` → `a b`, `a+b`. */
export const normalizeName = (name: string): string => partsOf(name).reduce(append, '')

/** Whether a name needs a table to be recognized. */
export const isCompound = (name: string): boolean => partsOf(name).length > 1

function append(key: string, part: string): string {
  if (key === '' || special.has(part) || special.has(key.at(-1) ?? '')) return key + part
  return `${key} ${part}`
}

function partsOf(name: string): string[] {
  const parts: string[] = []
  for (let at = skipSpace(name, 0); at < name.length; at = skipSpace(name, at)) {
    const part = readPart(name, at) ?? name.charAt(at)
    parts.push(part)
    at += part.length
  }
  return parts
}

const skipSpace = (text: string, at: number) => {
  while (at < text.length && space.test(text.charAt(at))) at++
  return at
}

function readPart(text: string, at: number): string | undefined {
  if (special.has(text.charAt(at))) return text.charAt(at)
  runPattern.lastIndex = at
  return runPattern.exec(text)?.[0]
}

export const isNameStart = (text: string, at: number): boolean => startPattern.test(String.fromCodePoint(text.codePointAt(at) ?? 32))

/** The single word at a place (`amount` of `amount + 1`), if a name starts there. */
export const readWord = (text: string, at: number): string | undefined => (isNameStart(text, at) ? readPart(text, at) : undefined)

/** The longest known name at a place, and where it ends. */
export function matchName(tables: readonly (NameTable | undefined)[], text: string, at: number): { name: string; end: number } | undefined {
  if (!isNameStart(text, at)) return undefined
  let best: { name: string; end: number } | undefined
  let key = ''
  for (let from = at; ;) {
    const part = readPart(text, from)
    if (part === undefined) return best
    key = append(key, part)
    const end = from + part.length
    const found = findIn(tables, key)
    if (found.name !== undefined) best = { name: found.name, end }
    if (!found.longer) return best
    from = skipSpace(text, end)
  }
}

function findIn(tables: readonly (NameTable | undefined)[], key: string): { name: string | undefined; longer: boolean } {
  let name: string | undefined
  let longer = false
  for (const first of tables) {
    for (let table = first; table; table = table.outer) {
      name ??= table.names.get(key)
      longer ||= table.prefixes.has(key)
    }
  }
  return { name, longer }
}

/** A new name that ends before `stop` says so: `for the item in …`. Gives the text as written, with spaces made single. */
export function readNewName(text: string, at: number, stop: (word: string) => boolean): { name: string; end: number } | undefined {
  if (!isNameStart(text, at)) return undefined
  let key = ''
  let end = at
  for (let from = at; ;) {
    const part = readPart(text, from)
    if (part === undefined || (key !== '' && stop(part))) return key === '' ? undefined : { name: key, end }
    key = append(key, part)
    end = from + part.length
    from = skipSpace(text, end)
  }
}
