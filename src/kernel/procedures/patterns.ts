// Regular expressions of a package run in this process without a time limit, so only those that cannot explode are taken.

const longest = 200

/**
 * What is wrong with a pattern, as a sentence; undefined when it may run. Refused: repetition of something that repeats, branches or
 * may be absent (exponential time), more than three open repetitions (polynomial time), back references and look-around.
 */
export function checkPattern(source: string): string | undefined {
  if (source.length > longest) return `A pattern has at most ${longest} characters.`
  try {
    new RegExp(source, 'u')
  } catch {
    return 'This is not a regular expression.'
  }
  // Sets and escaped characters are single characters here; what is left is structure.
  const shape = source
    .replaceAll('R', 'r')
    .replaceAll(/\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[^1-9k])/g, 'a')
    .replaceAll(/\[[^\]]*\]/g, 'a')
  if (shape.includes('\\')) return 'A pattern may not refer back to what it matched.'
  if (/\(\?(?!:)/.test(shape)) return 'A pattern may not look around.'
  if ((shape.match(/[*+]|\{\d+,\}/g) ?? []).length > 3) return 'A pattern repeats at most three things without a limit.'
  return repeatsRepetition(shape) ? 'A pattern may not repeat something that repeats or branches.' : undefined
}

/** Takes away groups from the inside; a group that holds a repetition or a branch leaves a mark that may not be repeated. */
function repeatsRepetition(shape: string): boolean {
  let rest = shape
  for (;;) {
    const group = /\((?:\?:)?([^()]*)\)/.exec(rest)
    if (!group) return /R(?:[*+]|\{)/.test(rest)
    const inner = group[1] ?? ''
    if (/R(?:[*+]|\{)/.test(inner)) return true
    rest = rest.slice(0, group.index) + (/[*+?{|R]/.test(inner) ? 'R' : 'a') + rest.slice(group.index + group[0].length)
  }
}

/** Every `pattern` and name of `patternProperties` in a schema, with its pointer. */
export function findPatterns(schema: unknown, at = ''): { at: string; source: string }[] {
  if (schema === null || typeof schema !== 'object') return []
  return Object.entries(schema).flatMap(([key, value]) => {
    const here = `${at}/${key}`
    const own = key === 'pattern' && typeof value === 'string' ? [{ at: here, source: value }] : []
    const names =
      key === 'patternProperties' && value !== null && typeof value === 'object' ? Object.keys(value).map((source) => ({ at: here, source })) : []
    return [...own, ...names, ...findPatterns(value, here)]
  })
}
