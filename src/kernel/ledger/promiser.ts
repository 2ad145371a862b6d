// Signing promises needs no lease: any process of an installation that can read the promise key may do it, on any host.
// A host that signs no checkpoints is given keys.<epoch>.json and promise.<epoch>*.key, and no log key.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DomainError } from '../errors.ts'
import { keyListPath, newestKeyEpoch, readKeyList, signingKeys } from './key-list.ts'
import type { NoteSigner } from './note.ts'
import { signPromise } from './promise.ts'

/** Signs that a leaf will be in the log within a minute; two keys sign while one replaces the other. */
export type Promiser = { promise(leafHash: Uint8Array, at: Date): string }

type Loaded = { epoch: number; stamp: string; keys: NoteSigner[] }

/** Reads the keys anew when an epoch began or a key was turned. @throws `unavailable` `ledger.signer_missing` when there are none. */
export function openPromiser(dataDir: string, tenant: string): Promiser {
  const folder = join(dataDir, 'ledger', tenant)
  let loaded: Loaded | undefined
  return {
    promise(leafHash, at) {
      if (!loaded || stampOf(folder, loaded.epoch) !== loaded.stamp || existsSync(keyListPath(folder, loaded.epoch + 1))) loaded = load(folder)
      return signPromise(loaded.keys, leafHash, at)
    },
  }
}

function stampOf(folder: string, epoch: number): string {
  const stat = statSync(keyListPath(folder, epoch), { throwIfNoEntry: false, bigint: true })
  return stat ? `${stat.ino}/${stat.mtimeNs}` : ''
}

function load(folder: string): Loaded {
  const epoch = existsSync(folder) ? newestKeyEpoch(folder) : undefined
  const list = epoch === undefined ? undefined : readKeyList(folder, epoch)
  if (epoch === undefined || !list)
    throw new DomainError('unavailable', 'ledger.signer_missing', `${folder} has no keys: restore them from where keys are kept.`)
  // The stamp first: a list that is replaced meanwhile is read again next time.
  const stamp = stampOf(folder, epoch)
  return { epoch, stamp, keys: signingKeys(folder, list, 'promise') }
}
