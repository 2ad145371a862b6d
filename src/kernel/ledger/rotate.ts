// Turning a log's keys: announce the next, sign with both, drop the old. Interrupted anywhere, it is run again and goes on.
import type { Clock } from '#kernel/clock.ts'
import { inTenant } from '#kernel/database/database.ts'
import type { Db } from '#kernel/database/database.ts'
import { conflict } from '../errors.ts'
import { announceKeys, sayOfKeys } from './announce.ts'
import { integrate } from './integrator.ts'
import { destroyKey, type KeyEntry, type KeyList, keyRoles, makeNextKey } from './key-list.ts'
import { listedKeys } from './log.ts'
import type { LogSigner } from './signer.ts'
import { updateLogKeys } from './witness-queries.ts'

/** What a rotation ended with: the vkeys that sign, by role, oldest first. */
export type RotationResult = { epoch: number; log: string[]; promise: string[] }

/**
 * Makes the next log and promise keys, announces them in the log under the present ones, and signs with both from then on.
 * @throws `ledger.rotation_open` while two keys sign already: drop the old one first.
 */
export async function rotateKeys(db: Db, signer: LogSigner, clock: Clock): Promise<RotationResult> {
  const before = signer.keys()
  if (keyRoles.some((role) => before[role].filter(({ state }) => state === 'signing').length > 1)) {
    const message = 'Two keys sign already: end that rotation with --drop, when everybody has the new keys, before the next begins.'
    throw conflict('ledger.rotation_open', message)
  }
  const at = clock.now()
  const announced: KeyList = { ...before }
  for (const role of keyRoles) {
    if (before[role].some(({ state }) => state === 'announced')) continue
    announced[role] = [...before[role], makeNextKey(signer.folder, signer.epoch, before, role, at)]
  }
  signer.setKeys(announced)
  const next = keyRoles.flatMap((role) => announced[role].filter(({ state }) => state === 'announced').map(({ vkey }) => vkey))
  await announceKeys(db, signer, clock, next, () => drain(db, signer, clock))
  signer.setKeys(changeStates(announced, 'announced', 'signing', clock.now()))
  await storeKeys(db, signer)
  await sayOfKeys(db, signer, clock, 'use', next, () => drain(db, signer, clock))
  return signingNow(signer)
}

/**
 * Drops every key but the newest of each role, says so in the log while both still sign, and destroys their files.
 * @throws `ledger.rotation_none` when there is nothing to drop.
 */
export async function dropOldKeys(db: Db, signer: LogSigner, clock: Clock): Promise<RotationResult> {
  const list = signer.keys()
  const old = keyRoles.flatMap((role) => list[role].filter(({ state }) => state === 'signing').slice(0, -1))
  if (old.length === 0) throw conflict('ledger.rotation_none', 'Only one key of each kind signs: there is none to drop.')
  const vkeys = old.map(({ vkey }) => vkey)
  await sayOfKeys(db, signer, clock, 'drop', vkeys, () => drain(db, signer, clock))
  const dropped = (entry: KeyEntry): KeyEntry =>
    vkeys.includes(entry.vkey) ? { ...entry, state: 'dropped', since: clock.now().toISOString() } : entry
  signer.setKeys({ ...list, log: list.log.map(dropped), promise: list.promise.map(dropped) })
  await storeKeys(db, signer)
  for (const { file } of old) destroyKey(signer.folder, file)
  return signingNow(signer)
}

const changeStates = (list: KeyList, from: KeyEntry['state'], to: KeyEntry['state'], at: Date): KeyList => {
  const change = (entry: KeyEntry): KeyEntry => (entry.state === from ? { ...entry, state: to, since: at.toISOString() } : entry)
  return { ...list, log: list.log.map(change), promise: list.promise.map(change) }
}

async function drain(db: Db, signer: LogSigner, clock: Clock): Promise<void> {
  while (await integrate(db, signer.tenant, signer, clock));
}

const storeKeys = (db: Db, signer: LogSigner) =>
  inTenant(db, signer.tenant, (trx) => updateLogKeys(trx, signer.tenant, signer.epoch, listedKeys(signer)))

function signingNow(signer: LogSigner): RotationResult {
  const list = signer.keys()
  const of = (role: 'log' | 'promise') => list[role].filter(({ state }) => state === 'signing').map(({ vkey }) => vkey)
  return { epoch: signer.epoch, log: of('log'), promise: of('promise') }
}
