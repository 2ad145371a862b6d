// A log says which key it will have next: in a leaf, under the key that it has now. Who trusts the one can follow to the other.
import { createHash } from 'node:crypto'
import type { Clock } from '#kernel/clock.ts'
import { inTenant } from '#kernel/database/database.ts'
import type { Db } from '#kernel/database/database.ts'
import { DomainError } from '../errors.ts'
import { encodeLeaf } from './leaf.ts'
import { encodeProof } from './proof.ts'
import { insertQueue, selectCheckpoint, selectLeafBySource } from './queries.ts'
import type { LogSigner } from './signer.ts'
import { databaseHashes } from './storage.ts'
import { proveInclusion } from './tree.ts'
import { insertKeyChange, selectKeyChanges } from './witness-queries.ts'

type KeyAction = 'announce' | 'use' | 'drop'

/** The source of the leaf that says something of a key: said again, it is the same leaf. */
function sourceOf(origin: string, action: KeyAction, vkey: string): string {
  const hex = createHash('sha256').update(`${origin}\n${action}\n${vkey}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Puts leaves about keys into the log, unless they are there, and has them signed by `finish`. */
export async function sayOfKeys(
  db: Db,
  signer: LogSigner,
  clock: Clock,
  action: KeyAction,
  vkeys: string[],
  finish: () => Promise<void>,
): Promise<void> {
  await inTenant(db, signer.tenant, async (trx) => {
    for (const vkey of vkeys) {
      const source = sourceOf(signer.origin, action, vkey)
      if (!(await selectLeafBySource(trx, signer.tenant, source)))
        await insertQueue(trx, signer.tenant, source, encodeLeaf('key', clock.now(), { action, vkey }))
    }
  })
  await finish()
}

/** Announces keys and keeps the proofs of it under the keys that sign now. */
export async function announceKeys(db: Db, signer: LogSigner, clock: Clock, vkeys: string[], finish: () => Promise<void>): Promise<void> {
  await sayOfKeys(db, signer, clock, 'announce', vkeys, finish)
  await inTenant(db, signer.tenant, async (trx) => {
    for (const vkey of vkeys) await keepProof(trx, signer, sourceOf(signer.origin, 'announce', vkey))
  })
}

async function keepProof(db: Db, { tenant, epoch }: LogSigner, source: string): Promise<void> {
  const place = await selectLeafBySource(db, tenant, source)
  const checkpoint = await selectCheckpoint(db, tenant, epoch)
  if (!place || !checkpoint || checkpoint.size <= place.leaf_index)
    throw new DomainError('unavailable', 'ledger.announce_waits', 'The announcement is not in the signed log yet: run the command again.')
  const hashes = await proveInclusion(place.leaf_index, checkpoint.size, databaseHashes(db, tenant, epoch, checkpoint.size, new Map()))
  const proof = encodeProof({ index: place.leaf_index, hashes, checkpoint: checkpoint.note })
  await insertKeyChange(db, tenant, epoch, place.leaf_index, place.leaf.toString(), proof)
}

/** Every announced key with its proof, oldest first: what `key-changes` shows. Public. */
export const listKeyChanges = (db: Db, tenant: string): Promise<{ leaf: string; proof: string }[]> =>
  inTenant(db, tenant, (trx) => selectKeyChanges(trx, tenant))
