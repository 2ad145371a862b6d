// What a log shows: everything here is public, and nothing beyond the last signed checkpoint.
import type { Clock } from '#kernel/clock.ts'
import { inTenant } from '#kernel/database/database.ts'
import type { Db } from '#kernel/database/database.ts'
import { notFound } from '../errors.ts'
import { encodeProof } from './proof.ts'
import { selectCheckpoint, selectLeafBySource, selectLeaves, selectLogs, selectQueueState } from './queries.ts'
import type { CheckpointRow, LogRow } from './queries.ts'
import { databaseHashes, databaseTiles } from './storage.ts'
import type { TileCache } from './storage.ts'
import { encodeEntries, tileWidth, widthInTree } from './tiles.ts'
import type { TileName } from './tiles.ts'
import { proveConsistency, proveInclusion } from './tree.ts'

/** One town's log for reading. It owns the cache of its tiles, so keep it. */
export type LogReader = { db: Db; tenant: string; cache: TileCache }

export const openLogReader = (db: Db, tenant: string): LogReader => ({ db, tenant, cache: new Map() })

/** All epochs, newest first, with every key they had. */
export const listLogs = ({ db, tenant }: LogReader): Promise<LogRow[]> => inTenant(db, tenant, (trx) => selectLogs(trx, tenant))

/** The newest epoch; not found when the town has no log. */
export async function getLog(reader: LogReader): Promise<LogRow> {
  const [log] = await listLogs(reader)
  if (!log) throw noLog()
  return log
}

const noLog = () => notFound('ledger.log_missing', 'This town has no log yet.')

/** The last signed checkpoint of an epoch; not found before the first. */
export async function latestCheckpoint(reader: LogReader, epoch: number): Promise<CheckpointRow> {
  return inTenant(reader.db, reader.tenant, (trx) => getCheckpoint(trx, reader.tenant, epoch))
}

async function getCheckpoint(db: Db, tenant: string, epoch: number): Promise<CheckpointRow> {
  const checkpoint = await selectCheckpoint(db, tenant, epoch)
  if (!checkpoint) throw notFound('ledger.checkpoint_missing', 'This log has signed nothing yet.')
  return checkpoint
}

/** Where the leaf of a source (an event id) is, or undefined while it waits in the queue. */
export async function findLeaf({ db, tenant }: LogReader, source: string): Promise<{ epoch: number; index: number; leaf: Uint8Array } | undefined> {
  const row = await inTenant(db, tenant, (trx) => selectLeafBySource(trx, tenant, source))
  return row && { epoch: row.epoch, index: row.leaf_index, leaf: row.leaf }
}

/** The audit path of an entry in the tree of `size`, at most the published size. */
export async function inclusionProof({ db, tenant, cache }: LogReader, epoch: number, index: number, size: number): Promise<Uint8Array[]> {
  return inTenant(db, tenant, async (trx) => {
    await refuseUnpublished(trx, tenant, epoch, size)
    return proveInclusion(index, size, databaseHashes(trx, tenant, epoch, size, cache))
  })
}

/** The consistency proof between two sizes, at most the published size; refuses `oldSize` 0. */
export async function consistencyProof({ db, tenant, cache }: LogReader, epoch: number, oldSize: number, newSize: number): Promise<Uint8Array[]> {
  return inTenant(db, tenant, async (trx) => {
    await refuseUnpublished(trx, tenant, epoch, newSize)
    return proveConsistency(oldSize, newSize, databaseHashes(trx, tenant, epoch, newSize, cache))
  })
}

async function refuseUnpublished(db: Db, tenant: string, epoch: number, size: number): Promise<void> {
  if (size > (await getCheckpoint(db, tenant, epoch)).size) throw notPublished()
}

const notPublished = () => notFound('ledger.not_published', 'The log has not published so many entries yet.')

/** The `.tlog-proof` of an entry up to the last checkpoint; not found beyond it. */
export async function proofOfIndex({ db, tenant, cache }: LogReader, epoch: number, index: number): Promise<string> {
  return inTenant(db, tenant, async (trx) => {
    const { size, note } = await getCheckpoint(trx, tenant, epoch)
    if (index >= size) throw notPublished()
    return encodeProof({ index, hashes: await proveInclusion(index, size, databaseHashes(trx, tenant, epoch, size, cache)), checkpoint: note })
  })
}

/** The `.tlog-proof` of a source's leaf, or undefined while it is queued or not yet signed. */
export async function receiptProof(reader: LogReader, source: string): Promise<string | undefined> {
  const { db, tenant } = reader
  const place = await inTenant(db, tenant, async (trx) => {
    const leaf = await selectLeafBySource(trx, tenant, source)
    const checkpoint = leaf && (await selectCheckpoint(trx, tenant, leaf.epoch))
    return leaf && checkpoint && checkpoint.size > leaf.leaf_index ? leaf : undefined
  })
  return place && proofOfIndex(reader, place.epoch, place.leaf_index)
}

/** The bytes of a tile or entry bundle; not found when the last checkpoint does not cover it. */
export async function readTile({ db, tenant, cache }: LogReader, epoch: number, { level, index, width }: TileName): Promise<Uint8Array> {
  return inTenant(db, tenant, async (trx) => {
    const { size } = await getCheckpoint(trx, tenant, epoch)
    if (widthInTree(level, index, size) < width) throw notPublished()
    if (level === 'entries') return encodeEntries(await selectLeaves(trx, tenant, epoch, index * tileWidth, index * tileWidth + width))
    const [bytes] = await databaseTiles(trx, tenant, epoch, cache)([{ level, index, width }])
    if (!bytes || bytes.length !== width * 32) throw notPublished()
    return bytes
  })
}

/** Published size, length of the queue, and seconds that its oldest row has waited. */
export type LogStatus = { origin: string; epoch: number; size: number; queued: number; oldestQueuedSeconds: number }

export async function logStatus({ db, tenant }: LogReader, clock: Clock): Promise<LogStatus> {
  return inTenant(db, tenant, async (trx) => {
    const [log] = await selectLogs(trx, tenant)
    if (!log) throw noLog()
    const checkpoint = await selectCheckpoint(trx, tenant, log.epoch)
    const { length, oldest } = await selectQueueState(trx, tenant)
    const waited = oldest ? Math.max(0, Math.floor((clock.now().getTime() - oldest.getTime()) / 1000)) : 0
    return { origin: log.origin, epoch: log.epoch, size: checkpoint?.size ?? 0, queued: length, oldestQueuedSeconds: waited }
  })
}
