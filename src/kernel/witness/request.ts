// The body of `add-checkpoint` (C2SP tlog-witness): an old size, a consistency proof, an empty line, a signed checkpoint.
import { DomainError, invalid } from '../errors.ts'
import { decodeDecimal, decodeHash, decodeUtf8 } from '../ledger/bytes.ts'
import { type Checkpoint, parseCheckpoint } from '../ledger/checkpoint.ts'
import { type ParsedNote, parseNote } from '../ledger/note.ts'
import { maxProofLength } from '../ledger/tree.ts'

/** Bytes of a body at most: sixteen signatures of the largest known kind and all proof lines fit several times. */
export const longestRequest = 256 * 1024

/** `text` is the whole body; nothing in it is verified. */
export type AddCheckpoint = { oldSize: number; proof: Uint8Array[]; note: ParsedNote; checkpoint: Checkpoint; text: string }

/** Reads an untrusted body. @throws `invalid` `witness.request` saying what is wrong. */
export function parseAddCheckpoint(body: Uint8Array): AddCheckpoint {
  if (body.length > longestRequest) throw malformed('is too long')
  const text = decodeUtf8(body)
  if (text === undefined) throw malformed('is not valid UTF-8')
  const split = text.indexOf('\n\n')
  if (split < 0) throw malformed('has no empty line before its checkpoint')
  const [first = '', ...lines] = text.slice(0, split).split('\n')
  const oldSize = first.startsWith('old ') ? decodeDecimal(first.slice('old '.length)) : undefined
  if (oldSize === undefined) throw malformed('does not start with “old” and a tree size in decimal')
  if (lines.length > maxProofLength) throw malformed(`has more than ${maxProofLength} lines of proof`)
  const proof = lines.map((line) => {
    const hash = decodeHash(line)
    if (!hash) throw malformed('has a line of proof that is not a hash in base 64')
    return hash
  })
  return { oldSize, proof, text, ...readNote(text.slice(split + 2)) }
}

function readNote(text: string): { note: ParsedNote; checkpoint: Checkpoint } {
  try {
    const note = parseNote(text)
    return { note, checkpoint: parseCheckpoint(note.text) }
  } catch (error) {
    if (error instanceof DomainError) throw malformed(`holds no signed checkpoint: ${error.message}`)
    throw error
  }
}

const malformed = (what: string) => invalid('witness.request', `The request ${what}.`)
