// The body of a C2SP tlog-checkpoint: origin, tree size, root hash.
import { invalid } from '../errors.ts'
import { decodeDecimal, decodeHash, toBase64 } from './bytes.ts'

/** A tree head; `extensions` are opaque lines that we neither write nor trust. */
export type Checkpoint = { origin: string; size: number; root: Uint8Array; extensions: string[] }

/** The note text of a checkpoint, ready to be signed. */
export const encodeCheckpoint = (origin: string, size: number, root: Uint8Array) => `${origin}\n${size}\n${toBase64(root)}\n`

/** Reads the text of a note (already verified, or about to be) as a checkpoint. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n')
  if (lines.pop() !== '' || lines.length < 3 || lines.includes('')) throw malformed('needs at least three lines, none of them empty')
  const [origin = '', sizeText = '', rootText = '', ...extensions] = lines
  const size = decodeDecimal(sizeText)
  const root = decodeHash(rootText)
  if (size === undefined) throw malformed('has no valid tree size on its second line')
  if (!root) throw malformed('has no valid root hash on its third line')
  return { origin, size, root, extensions }
}

const malformed = (what: string) => invalid('ledger.checkpoint_malformed', `The checkpoint ${what}.`)
