// PDF that acts by itself (ISO 32000-2 sections 12.6 and 7.11): scripts, programs to start, files inside, forms of XFA.
// An officer opens what strangers send, perhaps in a program outside the browser's sandbox, so such a file is not kept.
// The file is not parsed: a parser of ours and the officer's reader would disagree about what is a comment or a stream, and
// that is where attackers live. Names are looked for everywhere, and in everything that can be inflated.
import { inflateSync } from 'node:zlib'
import { invalid } from '../errors.ts'

/** Long enough that compressed pictures do not hold them by chance. */
const active = new Set([
  'JavaScript',
  'Launch',
  'EmbeddedFile',
  'EmbeddedFiles',
  'RichMedia',
  'XFA',
  'ImportData',
  'SubmitForm',
  'Movie',
  'Rendition',
])
/** Ways to pack objects that programs of our time do not use for them. */
const rarePacking = ['LZWDecode', 'ASCIIHexDecode', 'ASCII85Decode', 'RunLengthDecode']

const largestStream = 16 * 1024 * 1024
const largestSum = 96 * 1024 * 1024
const mostStreams = 4000

/** @throws `file.pdf_active`, `file.pdf_locked` (encrypted: what is inside cannot be seen, and an officer could not read it). */
export function refuseActivePdf(bytes: Buffer): void {
  const text = bytes.toString('latin1')
  const names = namesIn(text)
  if (names.has('Encrypt')) throw locked()
  check(names)
  if (!names.has('ObjStm')) return
  if (rarePacking.some((name) => names.has(name))) throw refused()
  for (const objects of inflated(bytes, text)) check(namesIn(objects))
}

function check(names: Set<string>): void {
  for (const name of names) if (active.has(name)) throw refused()
}

/** Names as they are meant: `/J#61vaScript` is `/JavaScript` (7.3.5). */
function namesIn(text: string): Set<string> {
  const names = new Set<string>()
  for (const [, written = ''] of text.matchAll(/\/((?:[^\0-\x20()<>[\]{}/%#]|#[0-9A-Fa-f]{2}){3,64})/g))
    names.add(written.replaceAll(/#([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))))
  return names
}

/** Every stream that Flate can open, whatever its dictionary says. What is larger than any page needs is refused, not passed over. */
function* inflated(bytes: Buffer, text: string): Generator<string> {
  let streams = 0
  let sum = 0
  for (const match of text.matchAll(/stream[\t ]*(?:\r\n|\n|\r)/g)) {
    if (++streams > 2 * mostStreams) throw refused()
    const start = match.index + match[0].length
    const objects = inflate(bytes.subarray(start))
    sum += objects?.length ?? 0
    if (sum > largestSum) throw refused()
    if (objects) yield objects.toString('latin1')
  }
}

function inflate(packed: Buffer): Buffer | undefined {
  // RFC 1950: method 8, and a check of two bytes; anything else is a picture or a font.
  const head = packed.subarray(0, 2)
  if (head.length < 2 || ((head[0] ?? 0) & 15) !== 8 || head.readUInt16BE() % 31 !== 0) return undefined
  try {
    return inflateSync(packed, { maxOutputLength: largestStream })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw refused()
    return undefined
  }
}

const refused = () => invalid('file.pdf_active', 'This PDF holds scripts, attachments or other active parts: print it to a new PDF and send that.')
const locked = () => invalid('file.pdf_locked', 'This PDF is protected by a password: save it without, and send that.')
