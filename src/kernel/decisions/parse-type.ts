// Types as written in `instance of` and after a parameter's name (DMN 10.3.1.2 rules 54–57).
import type { TypeNode } from './ast.ts'
import { matchName, nameTable, readNewName, readWord } from './names.ts'
import { accept, expect, nested, type Parser, problem, skip } from './scan.ts'

const builtIn = nameTable(['date and time', 'years and months duration', 'days and time duration'])

export function parseType(p: Parser): TypeNode {
  return nested(p, () => readType(p))
}

function readType(p: Parser): TypeNode {
  skip(p)
  const word = readWord(p.text, p.at)
  if (word === undefined) problem(p, 'A type is expected')
  const known = matchName([builtIn, p.types], p.text, p.at)
  if (known && known.end > p.at + word.length) {
    p.at = known.end
    return { k: 'named', name: known.name }
  }
  p.at += word.length
  if (word === 'list' || word === 'range') return readGeneric(p, word)
  if (word === 'context' && accept(p, '<')) return readFields(p)
  if (word === 'function' && accept(p, '<')) return readSignature(p)
  return { k: 'named', name: readDotted(p, word) }
}

function readGeneric(p: Parser, k: 'list' | 'range'): TypeNode {
  if (!accept(p, '<')) return { k: 'named', name: k }
  const of = parseType(p)
  expect(p, '>')
  return { k, of }
}

function readFields(p: Parser): TypeNode {
  const fields: [string, TypeNode][] = []
  if (accept(p, '>')) return { k: 'context', fields }
  do {
    skip(p)
    const name = readNewName(p.text, p.at, () => false)
    if (!name) problem(p, 'A name is expected')
    p.at = name.end
    expect(p, ':')
    fields.push([name.name, parseType(p)])
  } while (accept(p, ','))
  expect(p, '>')
  return { k: 'context', fields }
}

function readSignature(p: Parser): TypeNode {
  const parameters: TypeNode[] = []
  if (!accept(p, '>')) {
    do parameters.push(parseType(p))
    while (accept(p, ','))
    expect(p, '>')
  }
  expect(p, '->')
  return { k: 'function', parameters, result: parseType(p) }
}

function readDotted(p: Parser, first: string): string {
  let name = first
  while (accept(p, '.')) {
    skip(p)
    const word = readWord(p.text, p.at)
    if (word === undefined) problem(p, 'A name is expected')
    p.at += word.length
    name += `.${word}`
  }
  return name
}
