// Which key files of a town's log sign: DATA_DIR/ledger/<tenant>/keys.<epoch>.json.
//   announced  in the folder and in the log, not signing yet
//   signing    signs; two of a role while one is replaced
//   dropped    signs nothing any more; its file is destroyed
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { DomainError } from '../errors.ts'
import { makeKey, readKey } from './key-files.ts'
import { encodeVkey, type NoteSigner, noteTypes } from './note.ts'
import { promiseKeyName } from './promise.ts'
import { readIfThere, writeSynced } from './synced-file.ts'

/** `since` is when the state began, as an instant. */
export type KeyEntry = { file: string; vkey: string; state: 'announced' | 'signing' | 'dropped'; since: string }
/** Oldest first. */
export type KeyList = { origin: string; log: KeyEntry[]; promise: KeyEntry[] }
export type KeyRole = 'log' | 'promise'
export const keyRoles = ['log', 'promise'] as const

const entry = z.object({
  file: z.string().regex(/^[a-z0-9.]+\.key$/),
  vkey: z.string(),
  state: z.enum(['announced', 'signing', 'dropped']),
  since: z.string(),
})
const shape = z.object({ origin: z.string(), log: z.array(entry), promise: z.array(entry) })

export const keyListPath = (folder: string, epoch: number) => join(folder, `keys.${epoch}.json`)

const keyNameOf = (role: KeyRole, origin: string) => (role === 'log' ? origin : promiseKeyName(origin))

/** Undefined when the epoch has none yet. @throws `unavailable` `ledger.keys_unreadable`. */
export function readKeyList(folder: string, epoch: number): KeyList | undefined {
  const text = readIfThere(keyListPath(folder, epoch))
  if (text === undefined) return undefined
  try {
    return shape.parse(JSON.parse(text))
  } catch (cause) {
    throw new DomainError('unavailable', 'ledger.keys_unreadable', `${keyListPath(folder, epoch)} cannot be read: restore it.`, { cause })
  }
}

export const writeKeyList = (folder: string, epoch: number, list: KeyList): void =>
  writeSynced(keyListPath(folder, epoch), `${JSON.stringify(list, null, 2)}\n`)

/** The newest epoch that has keys here, or undefined. */
export function newestKeyEpoch(folder: string): number | undefined {
  const epochs = readdirSync(folder).flatMap((name) => /^keys\.([1-9][0-9]{0,5})\.json$/.exec(name)?.[1] ?? [])
  return epochs.length === 0 ? undefined : Math.max(...epochs.map(Number))
}

/** The name of the `count`th key file of a role. */
const fileOf = (role: KeyRole, epoch: number, count: number) => `${role}.${epoch}${count === 1 ? '' : `.${count}`}.key`

/** Makes the first keys of an epoch unless they are there; gives their vkeys. */
export function makeFirstKeys(folder: string, epoch: number, origin: string): { log: string; promise: string } {
  const make = (role: KeyRole) => {
    makeKey(join(folder, fileOf(role, epoch, 1)))
    return vkeyOf(folder, origin, role, fileOf(role, epoch, 1))
  }
  return { log: make('log'), promise: make('promise') }
}

/** The list of an epoch; one that has none is given its first keys, which must be in the folder. @throws `ledger.key_missing`. */
export function ensureKeyList(folder: string, epoch: number, origin: string, at: Date): KeyList {
  const known = readKeyList(folder, epoch)
  if (known) return known
  const first = (role: KeyRole): KeyEntry => {
    const file = fileOf(role, epoch, 1)
    return { file, vkey: vkeyOf(folder, origin, role, file), state: 'signing', since: at.toISOString() }
  }
  const list = { origin, log: [first('log')], promise: [first('promise')] }
  writeKeyList(folder, epoch, list)
  return list
}

/** A further key of a role, in the folder and announced. */
export function makeNextKey(folder: string, epoch: number, list: KeyList, role: KeyRole, at: Date): KeyEntry {
  const file = fileOf(role, epoch, list[role].length + 1)
  makeKey(join(folder, file))
  return { file, vkey: vkeyOf(folder, list.origin, role, file), state: 'announced', since: at.toISOString() }
}

const vkeyOf = (folder: string, origin: string, role: KeyRole, file: string) =>
  encodeVkey(readKey(join(folder, file), keyNameOf(role, origin), noteTypes.ed25519).verifier)

/** The keys of a role that sign, oldest first. @throws `ledger.key_missing`. */
export function signingKeys(folder: string, list: KeyList, role: KeyRole): NoteSigner[] {
  return list[role]
    .filter(({ state }) => state === 'signing')
    .map(({ file }) => readKey(join(folder, file), keyNameOf(role, list.origin), noteTypes.ed25519))
}

/** A key that signs nothing any more cannot be stolen when it is gone. */
export const destroyKey = (folder: string, file: string): void => rmSync(join(folder, file), { force: true })
