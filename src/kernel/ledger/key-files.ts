// Ed25519 keys as PKCS #8 PEM files, mode 0600.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { DomainError, invalid } from '../errors.ts'
import { noteSigner } from './note.ts'
import type { NoteSigner, NoteType } from './note.ts'
import { readIfThere, writeSynced } from './synced-file.ts'

/** Makes the key unless there is one. */
export function makeKey(path: string): void {
  if (readIfThere(path) !== undefined) return
  writeSynced(path, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
}

/** A signer under `name` from a key file. @throws `unavailable` `ledger.key_missing`. */
export function readKey(path: string, name: string, type: NoteType): NoteSigner {
  const pem = readIfThere(path)
  if (pem === undefined) throw new DomainError('unavailable', 'ledger.key_missing', `${path} is missing: restore it, or open a new epoch.`)
  const { d } = createPrivateKey(pem).export({ format: 'jwk' })
  if (!d) throw invalid('ledger.key_unreadable', `${path} holds no Ed25519 key.`)
  return noteSigner(name, type, Buffer.from(d, 'base64url'))
}

export function readOrMakeKey(path: string, name: string, type: NoteType): NoteSigner {
  makeKey(path)
  return readKey(path, name, type)
}
