// What a log shows: everything here is public, and nothing beyond the last signed checkpoint.
import type { Clock } from '#kernel/clock.ts'
import { inTenant } from '#kernel/database/database.ts'
import type { Db } from '#kernel/database/database.ts'
import { notFound } from '../errors.ts'
import { encodeProof } from './proof.ts'
import { selectCheckpoint, selectLeafBySource, selectLeaves, selectLogs, selectQueueState, selectShownIndex, selectShownSource } from './queries.ts'
import type { CheckpointRow, LogRow, ShownRow } from './queries.ts'
import { cachedHashes, cacheMiss, databaseHashes, databaseTiles } from './storage.ts'
import type { TileCache } from './storage.ts'
import { encodeEntries, tileWidth, widthInTree } from './tiles.ts'
import type { TileName } from './tiles.ts'
import { proveConsistency, proveInclusion } from './tree.ts'
import { selectCosigned, selectPolicy, selectWitnesses, type WitnessRow } from './witness-queries.ts'

/** One town's log for reading. It owns the cache of its tiles, so keep it. */
export type LogReader = {
  db: Db
  tenant: string
  cache: TileCache
  /** The largest size seen published, by epoch: it only grows. */
  published: Map<number, number>
}

export const openLogReader = (db: Db, tenant: string): LogReader => ({ db, tenant, cache: new Map(), published: new Map() })

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
  if (!checkpoint) throw nothingSigned()
  return checkpoint
}

const nothingSigned = () => notFound('ledger.checkpoint_missing', 'This log has signed nothing yet.')

/** Where the leaf of a source (an event id) is, or undefined while it waits in the queue. */
export async function findLeaf({ db, tenant }: LogReader, source: string): Promise<{ epoch: number; index: number; leaf: Uint8Array } | undefined> {
  const row = await inTenant(db, tenant, (trx) => selectLeafBySource(trx, tenant, source))
  return row && { epoch: row.epoch, index: row.leaf_index, leaf: row.leaf }
}

/** The audit path of an entry in the tree of `size`, at most the published size. Without the database when all of it is cached. */
export async function inclusionProof(reader: LogReader, epoch: number, index: number, size: number): Promise<Uint8Array[]> {
  const { db, tenant, cache, published } = reader
  if (size <= (published.get(epoch) ?? 0)) {
    const proof = await ifCached(() => proveInclusion(index, size, cachedHashes(epoch, size, cache)))
    if (proof) return proof
  }
  return inTenant(db, tenant, async (trx) => {
    await refuseUnpublished(trx, reader, epoch, size)
    return proveInclusion(index, size, databaseHashes(trx, tenant, epoch, size, cache))
  })
}

async function ifCached<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error === cacheMiss) return undefined
    throw error
  }
}

/** The consistency proof between two sizes, at most the published size; refuses `oldSize` 0. */
export async function consistencyProof(reader: LogReader, epoch: number, oldSize: number, newSize: number): Promise<Uint8Array[]> {
  const { db, tenant, cache } = reader
  return inTenant(db, tenant, async (trx) => {
    await refuseUnpublished(trx, reader, epoch, newSize)
    return proveConsistency(oldSize, newSize, databaseHashes(trx, tenant, epoch, newSize, cache))
  })
}

async function refuseUnpublished(db: Db, { tenant, published }: LogReader, epoch: number, size: number): Promise<void> {
  if (size <= (published.get(epoch) ?? 0)) return
  const { size: newest } = await getCheckpoint(db, tenant, epoch)
  if (size > newest) throw notPublished()
  published.set(epoch, newest)
}

const notPublished = () => notFound('ledger.not_published', 'The log has not published so many entries yet.')

/** The last checkpoint that the quorum of witnesses cosigned; not found before the first. */
export async function latestCosigned({ db, tenant }: LogReader, epoch: number): Promise<CheckpointRow> {
  const checkpoint = await inTenant(db, tenant, (trx) => selectCosigned(trx, tenant, epoch, 0))
  if (!checkpoint) throw notFound('ledger.cosigned_missing', 'No witness has cosigned this log yet.')
  return checkpoint
}

/**
 * The `.tlog-proof` of an entry up to the last checkpoint that witnesses cosigned, or while they have not yet, up to the last
 * that is signed; not found beyond it.
 */
export async function proofOfIndex(reader: LogReader, epoch: number, index: number): Promise<string> {
  return inTenant(reader.db, reader.tenant, async (trx) => {
    const shown = await selectShownIndex(trx, reader.tenant, epoch, index)
    if (!shown) throw nothingSigned()
    if (index >= shown.size) throw notPublished()
    return proofUpTo(trx, reader, shown)
  })
}

/** The `.tlog-proof` of a source's leaf, or undefined while it is queued or not yet signed. */
export async function receiptProof(reader: LogReader, source: string): Promise<string | undefined> {
  return inTenant(reader.db, reader.tenant, async (trx) => {
    const shown = await selectShownSource(trx, reader.tenant, source)
    return shown && shown.leaf_index < shown.size ? proofUpTo(trx, reader, shown) : undefined
  })
}

async function proofUpTo(db: Db, { tenant, cache }: LogReader, { epoch, leaf_index: index, size, note }: ShownRow): Promise<string> {
  const hashes = await proveInclusion(index, size, databaseHashes(db, tenant, epoch, size, cache))
  return encodeProof({ index, hashes, checkpoint: note })
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

/**
 * A tlog-policy for verifiers: every log key that signs, newest epoch first, with the neighbours and the quorum that the town
 * set. Public; it counts for whoever got it from elsewhere or pinned it.
 */
export async function publishedPolicy({ db, tenant }: LogReader): Promise<string> {
  const [logs, policy] = await inTenant(db, tenant, async (trx) => [await selectLogs(trx, tenant), await selectPolicy(trx, tenant)])
  if (logs.length === 0) throw noLog()
  const own = logs.flatMap(({ keys }) => keys.filter(({ role, dropped }) => role === 'log' && !dropped).map(({ vkey }) => `log ${vkey}\n`))
  const others = (policy ?? 'quorum none\n').split('\n').filter((line) => !/^[ \t]*log[ \t]/.test(line))
  return `${own.join('')}${others.join('\n')}`
}

/** A witness as its key says its name; `size` and `cosignedAt` are of its last cosignature, `failure` of the last attempt. */
export type WitnessStatus = { name: string; size: number | null; cosignedAt: string | null; failure: string | null }

/** Published size, size that the quorum cosigned, length of the queue, and seconds that its oldest row has waited. */
export type LogStatus = {
  origin: string
  epoch: number
  size: number
  cosignedSize: number
  queued: number
  oldestQueuedSeconds: number
  witnesses: WitnessStatus[]
}

export async function logStatus({ db, tenant }: LogReader, clock: Clock): Promise<LogStatus> {
  return inTenant(db, tenant, async (trx) => {
    const [log] = await selectLogs(trx, tenant)
    if (!log) throw noLog()
    const checkpoint = await selectCheckpoint(trx, tenant, log.epoch)
    const cosigned = await selectCosigned(trx, tenant, log.epoch, 0)
    const { length, oldest } = await selectQueueState(trx, tenant)
    const waited = oldest ? Math.max(0, Math.floor((clock.now().getTime() - oldest.getTime()) / 1000)) : 0
    const witnesses = (await selectWitnesses(trx, tenant, log.epoch)).map(toStatus)
    const sizes = { size: checkpoint?.size ?? 0, cosignedSize: cosigned?.size ?? 0 }
    return { origin: log.origin, epoch: log.epoch, ...sizes, queued: length, oldestQueuedSeconds: waited, witnesses }
  })
}

const toStatus = ({ vkey, size, cosigned_at, failure }: WitnessRow): WitnessStatus => ({
  name: vkey.slice(0, vkey.indexOf('+')),
  size,
  cosignedAt: cosigned_at?.toISOString() ?? null,
  failure,
})
