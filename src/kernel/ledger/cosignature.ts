// Timestamped Ed25519 witness cosignatures: C2SP tlog-cosignature, `cosignature/v1`.
import { invalid } from '../errors.ts'
import { concatBytes } from './bytes.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { noteTypes, signatureLine, signaturesBy, verifyEd25519 } from './note.ts'
import type { NoteSigner, ParsedNote, VerifierKey } from './note.ts'

const message = (timestamp: bigint | number, text: string) => `cosignature/v1\ntime ${timestamp}\n${text}`

/** The signature line of a witness over a checkpoint's text; `timestamp` is POSIX seconds. */
export function cosign(text: string, signer: NoteSigner, timestamp: number): string {
  if (signer.verifier.type !== noteTypes.cosignature) throw invalid('ledger.cosigner_type', 'A cosigner needs a key of type 4.')
  parseCheckpoint(text)
  const time = new Uint8Array(8)
  new DataView(time.buffer).setBigUint64(0, BigInt(timestamp))
  return signatureLine(signer.verifier, concatBytes(time, signer.sign(message(timestamp, text))))
}

/**
 * When (POSIX seconds) the witness with this key cosigned the checkpoint, or undefined when it did not.
 * A cosignature that claims this key and does not verify is a refusal. The latest counts when there are several.
 */
export function verifyCosignature(note: ParsedNote, key: VerifierKey): number | undefined {
  if (key.type !== noteTypes.cosignature) throw invalid('ledger.cosigner_type', 'A cosigner needs a key of type 4.')
  const times = signaturesBy(note, key).map(({ bytes }) => {
    const timestamp = bytes.length === 72 ? new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0) : 2n ** 63n
    if (timestamp >= 2n ** 63n || !verifyEd25519(key.publicKey, message(timestamp, note.text), bytes.subarray(8))) {
      throw invalid('ledger.signature_wrong', `The cosignature by ${key.name} is wrong.`)
    }
    return Number(timestamp)
  })
  return times.length > 0 ? Math.max(...times) : undefined
}
