// The text of a C2SP tlog-proof: an inclusion proof with the checkpoint it leads to.
import { invalid } from '../errors.ts'
import { decodeBase64, decodeDecimal, decodeHash, decodeUtf8, toBase64 } from './bytes.ts'
import { maxProofLength } from './tree.ts'

/** `checkpoint` is the signed note, verbatim; `extra` is opaque and proves nothing. */
export type TlogProof = { index: number; hashes: Uint8Array[]; checkpoint: string; extra?: Uint8Array | undefined }

const header = 'c2sp.org/tlog-proof@v1'

/** Writes a `.tlog-proof`. */
export function encodeProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [header, ...(extra ? [`extra ${toBase64(extra)}`] : []), `index ${index}`, ...hashes.map(toBase64)]
  return `${lines.join('\n')}\n\n${checkpoint}`
}

/** Reads a `.tlog-proof`; the checkpoint is not looked at. */
export function parseProof(text: string | Uint8Array): TlogProof {
  const whole = typeof text === 'string' ? text : decodeUtf8(text)
  const split = whole?.indexOf('\n\n') ?? -1
  if (whole === undefined || split < 0) throw malformed('has no empty line before its checkpoint')
  const lines = whole.slice(0, split).split('\n')
  if (lines.shift() !== header) throw malformed(`does not start with ${header}`)
  const extra = lines[0]?.startsWith('extra ') ? decodeBase64(lines.shift()?.slice('extra '.length) ?? '') : null
  if (extra === undefined) throw malformed('has extra data that is not base 64')
  const indexLine = lines.shift() ?? ''
  const index = indexLine.startsWith('index ') ? decodeDecimal(indexLine.slice('index '.length)) : undefined
  if (index === undefined) throw malformed('has no valid index line')
  if (lines.length > maxProofLength) throw malformed('has too many hashes')
  const hashes = lines.map((line) => {
    const hash = decodeHash(line)
    if (!hash) throw malformed('has a line that is not a hash in base 64')
    return hash
  })
  return { index, hashes, checkpoint: whole.slice(split + 2), ...(extra ? { extra } : {}) }
}

const malformed = (what: string) => invalid('ledger.proof_malformed', `The proof ${what}.`)
