// Following a log from a key that somebody pinned to the key that it has now: docs/ledger-format.md section 8.
import * as z from 'zod'
import { DomainError, invalid } from '../errors.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { parseLeaf } from './leaf.ts'
import { noteTypes, parseNote, parseVkey, verifyNote } from './note.ts'
import { parseProof } from './proof.ts'
import { leafHash, verifyInclusion } from './tree.ts'

/** A `key announce` leaf and the tlog-proof of it under a checkpoint that an earlier key signed. */
export type KeyChange = { leaf: string; proof: string }

const shape = z.array(z.strictObject({ leaf: z.string(), proof: z.string() })).max(10_000)

/** Reads untrusted JSON text. @throws `ledger.key_changes_malformed`. */
export function parseKeyChanges(text: string): KeyChange[] {
  try {
    return shape.parse(JSON.parse(text))
  } catch {
    throw invalid('ledger.key_changes_malformed', 'These are not key changes: docs/ledger-format.md section 8.')
  }
}

/**
 * The log and promise keys that follow from `pinned` vkeys: each was announced in a tree that a key known before it signed.
 * Changes that do not follow are passed over: they prove nothing.
 */
export function followKeys(pinned: string[], changes: KeyChange[]): string[] {
  const known = [...pinned]
  // An announcement may be listed before the one that it rests on.
  for (let grown = true; grown;) {
    grown = false
    for (const change of changes) {
      const vkey = announcedBy(known, change)
      if (vkey === undefined || known.includes(vkey)) continue
      known.push(vkey)
      grown = true
    }
  }
  return known
}

function announcedBy(known: string[], { leaf: text, proof: proofText }: KeyChange): string | undefined {
  try {
    const proof = parseProof(proofText)
    const note = parseNote(proof.checkpoint)
    const { origin, size, root } = parseCheckpoint(note.text)
    const keys = known.map(parseVkey).filter(({ name, type }) => name === origin && type === noteTypes.ed25519)
    if (keys.length === 0 || verifyNote(note, keys).length === 0) return undefined
    if (!verifyInclusion(leafHash(text), proof.index, size, root, proof.hashes)) return undefined
    return announcedKey(origin, text)
  } catch (error) {
    if (error instanceof DomainError) return undefined
    throw error
  }
}

/** The vkey that a leaf of the log `origin` announces: for that log, or for the epoch after it. */
export function announcedKey(origin: string, leafText: Uint8Array | string): string | undefined {
  const leaf = parseLeaf(leafText)
  if (leaf.kind !== 'key' || leaf.fields.action !== 'announce') return undefined
  const { name, type } = parseVkey(leaf.fields.vkey)
  const owner = name.replace(/\/promise$/, '')
  return type === noteTypes.ed25519 && (owner === origin || owner === nextOrigin(origin)) ? leaf.fields.vkey : undefined
}

/** The origin of the epoch after this one; undefined when it does not end in a number. */
export function nextOrigin(origin: string): string | undefined {
  const [, head, epoch] = /^(.+\/)([1-9][0-9]{0,5})$/.exec(origin) ?? []
  return head === undefined ? undefined : `${head}${Number(epoch) + 1}`
}
