// What a log says to a witness and hears from it (C2SP tlog-witness). Nothing in an answer is verified here.
import { createHash } from 'node:crypto'
import { DomainError } from '../errors.ts'
import { decodeDecimal, toBase64 } from './bytes.ts'
import type { CallOut } from './outgoing.ts'

/**
 * What a witness said to a submission. `cosigned`: its signature lines. `knows`: another size than the old one submitted.
 * `contradicts`: it has another tree of this size, or our proof does not lead from what it has.
 */
export type Said = { kind: 'cosigned'; lines: string } | { kind: 'knows'; size: number } | { kind: 'contradicts' } | { kind: 'refused'; why: string }

/** The body of `add-checkpoint` for a signed checkpoint. */
export const encodeAddCheckpoint = (oldSize: number, proof: Uint8Array[], note: string) =>
  `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`

/** Submits a checkpoint of `size` leaves. @throws `ledger.witness_unreachable`. */
export async function submit(call: CallOut, url: string, given: { oldSize: number; proof: Uint8Array[]; size: number; note: string }): Promise<Said> {
  const { oldSize, proof, size, note } = given
  const { status, type, body } = await call(`${url}/add-checkpoint`, encodeAddCheckpoint(oldSize, proof, note))
  const text = Buffer.from(body).toString()
  switch (status) {
    case 200:
      return { kind: 'cosigned', lines: text }
    case 409: {
      const said = /^text\/x\.tlog\.size\b/.test(type) ? decodeDecimal(text.replace(/\n$/, '')) : undefined
      if (said !== undefined && said !== oldSize) return { kind: 'knows', size: said }
      // The sizes agree, so what conflicts is the tree.
      return oldSize === size ? { kind: 'contradicts' } : { kind: 'refused', why: 'It answered 409 without another size.' }
    }
    case 422:
      return { kind: 'contradicts' }
    case 404:
      return { kind: 'refused', why: 'It does not know this log: its operator has to add the log’s key.' }
    case 403:
      return { kind: 'refused', why: 'It does not trust the keys of this log: its operator has to add the new one.' }
    default:
      return { kind: 'refused', why: `It answered ${status}.` }
  }
}

/** The last checkpoint that the witness shows of a log, or undefined when it shows none. */
export async function askLatest(call: CallOut, url: string, origin: string): Promise<Uint8Array | undefined> {
  try {
    const { status, body } = await call(`${url}/${createHash('sha256').update(origin).digest('hex')}/checkpoint`)
    return status === 200 ? body : undefined
  } catch (error) {
    if (error instanceof DomainError) return undefined
    throw error
  }
}
