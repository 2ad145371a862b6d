// Simple expressions of other languages (JUEL, JavaScript, XPath-like look-ups) as FEEL, for running diagrams of others.
import { checkFeel } from './conditions.ts'

const operators: Record<string, string> = {
  '===': '=',
  '==': '=',
  '!==': '!=',
  '&&': ' and ',
  '||': ' or ',
  eq: '=',
  ne: '!=',
  gt: '>',
  lt: '<',
  ge: '>=',
  le: '<=',
  undefined: 'null',
}

// What other engines write before the name of a variable.
const prefixes = /\b(?:this\.)?(?:environment\.(?:variables|output|settings)|execution\.variables|process\.variables|variables|vars)\./g
const lookups = /\b(?:(?:execution|bpmn):?\.?)?(?:getVariable|getDataObject|getData|getProcessProperty)\(\s*(['"])([\w.-]+)\1\s*\)/g

const known = new Map<string, string | undefined>()

/** `${x > 1 && !y}` → `x > 1 and not(y)`; what is FEEL already stays as it is. Undefined when it is neither. */
export function toFeel(expression: string): string | undefined {
  if (known.has(expression)) return known.get(expression)
  const feel = translate(expression)
  if (known.size > 2000) known.clear()
  known.set(expression, feel)
  return feel
}

function translate(expression: string): string | undefined {
  const source = unwrap(expression.trim().replace(/^=(?!=)\s*/, ''))
  const isOther = source !== expression.trim() || source.search(prefixes) >= 0 || /[=!]==?|&&|\|\||'/.test(source.replaceAll(/!=|[<>]=/g, ''))
  if (!isOther && checkFeel(source) === undefined) return source
  const feel = rewrite(source)
  return checkFeel(feel) === undefined ? feel : checkFeel(source) === undefined ? source : undefined
}

function unwrap(source: string): string {
  const inner = /^[$#]\{([^{}]*)\}$/s.exec(source)?.[1]
  const body = (inner ?? source).trim().replace(/;\s*$/, '')
  return (/^next\(\s*null\s*,(.*)\)$/s.exec(body)?.[1] ?? body.replace(/^return\s+/, '')).trim()
}

function rewrite(source: string): string {
  const plain = source
    .replaceAll(lookups, '$2')
    .replaceAll(prefixes, '')
    .replaceAll(/\bnot\s+(?=[\w$])([\w$.]+)/g, 'not($1)')
    .replaceAll(/\bempty\s+([\w$.]+)/g, '($1 = null or $1 = "")')
  const tokens = plain.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|===|!==|==|!=|<=|>=|&&|\|\||[\p{L}_$][\p{L}\p{N}_$.]*|\d+(?:\.\d+)?|\s+|./gsu) ?? []
  let feel = ''
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] ?? ''
    if (token === '!') {
      const next = tokens[index + 1] ?? ''
      feel += next === '(' ? 'not' : `not(${next})`
      if (next !== '(') index++
    } else feel += word(token)
  }
  return feel
}

function word(token: string): string {
  if (token.startsWith("'")) return JSON.stringify(token.slice(1, -1).replaceAll(String.raw`\'`, "'"))
  return Object.hasOwn(operators, token) ? (operators[token] ?? token) : token
}
