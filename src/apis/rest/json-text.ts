// I-JSON (RFC 7493) from untrusted bytes: valid UTF-8, no name twice in an object, no bottomless nesting.
import { ProtocolError } from './protocol-error.ts'

/** Objects and arrays inside each other; forms need three. */
const deepest = 16

/** The value of a body. @throws ProtocolError `json.utf8`, `json.syntax`, `json.depth`, `json.repeated_name` (400), `request.unknown_field` (422, for `__proto__`). */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ProtocolError(400, 'json.syntax', 'The body is not valid JSON (RFC 8259).')
  }
  checkNames(text)
  return value
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ProtocolError(400, 'json.utf8', 'The body is not valid UTF-8.')
  }
}

type Frame = { names: Set<string> | undefined; at: string | number }

/** Walks over a text that is known to be valid JSON: a parser alone would keep the last of two equal names and say nothing. */
function checkNames(text: string): void {
  const frames: Frame[] = []
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    const frame = frames.at(-1)
    if (character === '{' || character === '[') {
      if (frames.length === deepest)
        throw new ProtocolError(400, 'json.depth', `Objects and arrays may be ${deepest} deep.`, [field(frames, 'depth', 'Too deep.')])
      frames.push(character === '{' ? { names: new Set(), at: '' } : { names: undefined, at: 0 })
    } else if (character === '}' || character === ']') frames.pop()
    else if (character === ',' && typeof frame?.at === 'number') frame.at++
    else if (character === '"') {
      const end = endOfString(text, index)
      if (frame?.names && isName(text, end)) enterName(frames, frame, frame.names, JSON.parse(text.slice(index, end)) as string) // a JSON string, as tested
      index = end - 1
    }
  }
}

function enterName(frames: Frame[], frame: Frame, names: Set<string>, name: string): void {
  frame.at = name
  if (names.has(name))
    throw new ProtocolError(400, 'json.repeated_name', 'An object has the same name twice.', [field(frames, 'repeated', 'Send each name once.')])
  if (name === '__proto__')
    throw new ProtocolError(422, 'request.unknown_field', 'There is no such field.', [field(frames, 'unknown', 'Leave this field out.')])
  names.add(name)
}

/** Index after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let index = start + 1
  while (text[index] !== '"') index += text[index] === '\\' ? 2 : 1
  return index + 1
}

function isName(text: string, from: number): boolean {
  let index = from
  while (text[index] === ' ' || text[index] === '\n' || text[index] === '\r' || text[index] === '\t') index++
  return text[index] === ':'
}

const field = (frames: Frame[], code: string, message: string) => ({ pointer: toPointer(frames.map((frame) => frame.at)), code, message })

/** A JSON pointer (RFC 6901) that is also well-formed text. */
export const toPointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
