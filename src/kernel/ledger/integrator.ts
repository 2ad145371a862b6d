// Moves leaves from the queue into the tree, and has the new head signed. Any number may run at once.
import type { Clock } from '#kernel/clock.ts'
import { inTenant } from '#kernel/database/database.ts'
import type { Db } from '#kernel/database/database.ts'
import { conflict, notFound } from '../errors.ts'
import { type FullTile, type HeadRow, insertCheckpoint, moveHead, selectHead, selectLogs, selectTileRoots, takeIn } from './queries.ts'
import { refuseRollback } from './signer.ts'
import type { LogSigner } from './signer.ts'
import { databaseHashes } from './storage.ts'
import { splitHashes, tileWidth } from './tiles.ts'
import { type GrownTree, growTree, proveConsistency } from './tree.ts'

/** The tree of `size` leaves, grown from `oldSize`; `added` are the hashes of the leaves between. */
type Step = GrownTree & { oldSize: number; added: Uint8Array[]; published: number | undefined }

/**
 * Takes up to `batch` queue rows into the tree and signs its head; undefined when there was nothing to do.
 * One transaction moves rows, leaves, full tiles and head. Only then is the head signed, and the signature is stored
 * in a statement of its own: signed before the commit, a crash between would leave a signature on a tree that is not.
 */
export async function integrate(
  db: Db,
  tenant: string,
  signer: LogSigner,
  clock: Clock,
  { batch = 1000 }: { batch?: number } = {},
): Promise<{ integrated: number; size: number } | undefined> {
  const step = await inTenant(db, tenant, (trx) => extendTree(trx, tenant, signer.epoch, batch))
  if (step.published === step.size || step.size === 0) return undefined
  await signer.inTurn(() => publish(db, tenant, signer, clock, step))
  return { integrated: step.added.length, size: step.size }
}

/**
 * The same without the signature, for processes that do not hold the lease: whoever holds it signs the head next.
 * Gives how many leaves were taken in.
 */
export async function extendLog(db: Db, tenant: string, { batch = 1000 }: { batch?: number } = {}): Promise<number> {
  return inTenant(db, tenant, async (trx) => {
    const [log] = await selectLogs(trx, tenant)
    if (!log) throw noLog()
    return (await extendTree(trx, tenant, log.epoch, batch)).added.length
  })
}

/** Signs the head of a step and stores the signature, unless another turn signed a larger one already. */
async function publish(db: Db, tenant: string, signer: LogSigner, clock: Clock, step: Step): Promise<void> {
  if (signer.memory().size > step.size) return checkStillThere(db, tenant, signer)
  const note = signer.sign(step, await proveToSigner(db, tenant, signer, step))
  const { size, root } = step
  const row = { epoch: signer.epoch, size, root: Buffer.from(root), note, at: clock.now() }
  await insertCheckpoint(db, tenant, row)
}

/** What was signed must still be in the database: a running process notices a restored backup too. */
async function checkStillThere(db: Db, tenant: string, signer: LogSigner): Promise<void> {
  const head = await inTenant(db, tenant, (trx) => selectHead(trx, tenant, signer.epoch, false))
  if (!head) throw noLog()
  refuseRollback(signer.memory(), head)
}

const noLog = () => notFound('ledger.log_missing', 'This town has no log yet.')

async function extendTree(db: Db, tenant: string, epoch: number, batch: number): Promise<Step> {
  const head = await selectHead(db, tenant, epoch, true)
  if (!head) throw noLog()
  const { added, tail } = await takeIn(db, tenant, epoch, head.size, batch)
  const step = stepFrom(head, splitHashes(added))
  if (step.added.length === 0) return step
  const frontier = Buffer.concat(step.frontier)
  const tiles = await fullTiles(db, tenant, epoch, step, splitHashes(tail))
  if (!(await moveHead(db, tenant, epoch, step.oldSize, { size: step.size, root: step.root, frontier }, tiles)))
    throw conflict('ledger.head_moved', 'Another integrator moved the head of the log.')
  return step
}

const stepFrom = ({ size: oldSize, frontier, published }: HeadRow, added: Uint8Array[]): Step => ({
  ...growTree(splitHashes(frontier), oldSize, added),
  oldSize,
  added,
  published: published ?? undefined,
})

/** The tiles that became full, of every level; `tail` is of the leaves before the step in a tile that was not full. */
async function fullTiles(db: Db, tenant: string, epoch: number, step: Step, tail: Uint8Array[]): Promise<FullTile[]> {
  const tiles: FullTile[] = []
  let [from, to, added] = [step.oldSize, step.size, step.added]
  for (let level = 0; ; level++) {
    const [first, end] = [Math.floor(from / tileWidth), Math.floor(to / tileWidth)]
    if (first === end) return tiles
    const before = level === 0 ? tail : await selectTileRoots(db, tenant, epoch, level - 1, first * tileWidth, from)
    const hashes = [...before, ...added]
    const places = Array.from({ length: end - first }, (_, at) => ({ level: (level + 1) * 8, index: first + at }))
    const roots = await step.read(places)
    for (const [at, root] of roots.entries()) {
      tiles.push({ level, index: first + at, hashes: Buffer.concat(hashes.slice(at * tileWidth, (at + 1) * tileWidth)), root })
    }
    ;[from, to, added] = [first, end, roots]
  }
}

/** The consistency proof from what the signer remembers; without a look into the database when that is where we began. */
async function proveToSigner(db: Db, tenant: string, signer: LogSigner, step: Step): Promise<Uint8Array[]> {
  const { size } = signer.memory()
  if (size === 0 || size >= step.size) return []
  if (size === step.oldSize) return proveConsistency(size, step.size, step.read)
  return inTenant(db, tenant, (trx) => proveConsistency(size, step.size, databaseHashes(trx, tenant, signer.epoch, step.size, new Map())))
}
