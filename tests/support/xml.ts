// Reads an XML answer strictly enough for tests: well-formed, and the text of every element of a name.
import { Parser } from 'saxen'

export function readXml(text: string): { all(name: string): string[] } {
  const found: { name: string; text: string }[] = []
  const open: { name: string; text: string }[] = []
  const parser = new Parser()
  parser.on('error', (error) => {
    throw new Error(`not well-formed: ${String(error)}`)
  })
  parser.on('openTag', (name) => open.push({ name, text: '' }))
  parser.on('text', (value, decode) => {
    const last = open.at(-1)
    if (last) last.text += decode(value)
  })
  parser.on('closeTag', () => {
    const last = open.pop()
    if (last) found.push(last)
  })
  parser.parse(text)
  if (open.length > 0) throw new Error('not well-formed: elements stay open')
  return { all: (name) => found.filter((one) => one.name === name).map((one) => one.text) }
}
