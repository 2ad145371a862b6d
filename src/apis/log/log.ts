// A town's log over HTTP: C2SP tlog-tiles (checkpoint, tiles, entry bundles), and ready-made proofs for people without tools.
import { Hono } from 'hono'
import type { Context } from 'hono'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/database/database.ts'
import { DomainError, invalid, notFound } from '#kernel/errors.ts'
import { listKeyChanges } from '#kernel/ledger/announce.ts'
import { decodeDecimal, toBase64 } from '#kernel/ledger/bytes.ts'
import {
  consistencyProof,
  getLog,
  latestCheckpoint,
  latestCosigned,
  listLogs,
  logStatus,
  openLogReader,
  proofOfIndex,
  publishedPolicy,
  readTile,
} from '#kernel/ledger/reads.ts'
import type { LogReader } from '#kernel/ledger/reads.ts'
import { parseTilePath } from '#kernel/ledger/tiles.ts'
import type { TileName } from '#kernel/ledger/tiles.ts'

export type LogDependencies = { db: Db; clock: Clock }

const text = { 'content-type': 'text/plain; charset=utf-8' }
const soon = { 'cache-control': 'public, max-age=2' }
const forEver = { 'cache-control': 'public, max-age=31536000, immutable' }
const maxReaders = 16

/**
 * Routes for `/t/:tenant/ledger`, open to everyone: all of it is public. Without an epoch they answer for the newest
 * log; `/<epoch>/checkpoint`, `/<epoch>/tile/…`, `/<epoch>/proof/…` and `/<epoch>/consistency` name one for ever, so
 * only there do tiles carry `immutable`. Refusals are DomainErrors, mapped where this is mounted.
 */
export function logRoutes(deps: LogDependencies): Hono {
  const readers = new Map<string, LogReader>()
  const readerOf = (context: Context) => keepReader(readers, deps.db, context.req.param('tenant') ?? '')
  const app = new Hono()
  app.get('/vkeys', async (context) => context.body(await vkeys(readerOf(context)), 200, { ...text, ...soon }))
  app.get('/status', async (context) => context.json(await logStatus(readerOf(context), deps.clock), 200, { 'cache-control': 'no-store' }))
  app.get('/policy', async (context) => context.body(await publishedPolicy(readerOf(context)), 200, { ...text, ...soon }))
  app.get('/key-changes', async (context) => {
    const { db, tenant } = readerOf(context)
    return context.json(await listKeyChanges(db, tenant), 200, soon)
  })
  for (const prefix of ['', '/:epoch{[1-9][0-9]{0,5}}']) {
    app.get(`${prefix}/checkpoint`, async (context) => {
      const reader = readerOf(context)
      const { note } = await latestCheckpoint(reader, await epochOf(context, reader))
      return context.body(note, 200, { ...text, ...soon })
    })
    app.get(`${prefix}/cosigned`, async (context) => {
      const reader = readerOf(context)
      const { note } = await latestCosigned(reader, await epochOf(context, reader))
      return context.body(note, 200, { ...text, ...soon })
    })
    app.get(`${prefix}/tile/*`, async (context) => {
      const reader = readerOf(context)
      const tile = readTileName(context.req.path)
      const bytes = await readTile(reader, await epochOf(context, reader), tile)
      const caching = context.req.param('epoch') === undefined ? { 'cache-control': 'public, max-age=300' } : forEver
      return context.body(new Uint8Array(bytes), 200, { 'content-type': 'application/octet-stream', ...caching })
    })
    app.get(`${prefix}/proof/:index`, async (context) => {
      const reader = readerOf(context)
      const index = decodeDecimal(context.req.param('index') ?? '')
      if (index === undefined) throw notFound('ledger.not_published')
      return context.body(await proofOfIndex(reader, await epochOf(context, reader), index), 200, { ...text, ...soon })
    })
    app.get(`${prefix}/consistency`, async (context) => {
      const reader = readerOf(context)
      return context.body(await consistency(context, reader, await epochOf(context, reader)), 200, { ...text, ...soon })
    })
  }
  return app
}

/** Readers own the tile caches, so they are kept; the one opened first goes first. */
function keepReader(readers: Map<string, LogReader>, db: Db, tenant: string): LogReader {
  const reader = readers.get(tenant) ?? openLogReader(db, tenant)
  readers.set(tenant, reader)
  for (const oldest of readers.keys()) {
    if (readers.size <= maxReaders) break
    readers.delete(oldest)
  }
  return reader
}

async function epochOf(context: Context, reader: LogReader): Promise<number> {
  const asked = context.req.param('epoch')
  return asked === undefined ? (await getLog(reader)).epoch : Number(asked)
}

/** A path that names no tile names nothing: not found, like a tile that is not there. */
function readTileName(path: string): TileName {
  try {
    return parseTilePath(path.slice(path.lastIndexOf('/tile/') + 1))
  } catch (error) {
    if (error instanceof DomainError) throw notFound('ledger.tile_path', error.message)
    throw error
  }
}

/** One line per hash, as in C2SP tlog-witness; `new` is the published size when it is not given. */
async function consistency(context: Context, reader: LogReader, epoch: number): Promise<string> {
  const oldSize = decodeDecimal(context.req.query('old') ?? '')
  const newText = context.req.query('new')
  const newSize = newText === undefined ? (await latestCheckpoint(reader, epoch)).size : decodeDecimal(newText)
  if (oldSize === undefined || newSize === undefined) throw invalid('ledger.sizes_impossible', 'Give two tree sizes: ?old=…&new=…')
  const hashes = await consistencyProof(reader, epoch, oldSize, newSize)
  return hashes.map((hash) => `${toBase64(hash)}\n`).join('')
}

/** Every key of every epoch, newest epoch first, those that were dropped too: `<epoch> <role> <vkey>`. Pin them; do not trust them because they are here. */
async function vkeys(reader: LogReader): Promise<string> {
  const logs = await listLogs(reader)
  // Those that sign come first: who takes the first key of a role takes one that counts.
  return logs
    .flatMap(({ epoch, keys }) =>
      [...keys.filter(({ dropped }) => !dropped), ...keys.filter(({ dropped }) => dropped)].map(({ role, vkey }) => `${epoch} ${role} ${vkey}\n`),
    )
    .join('')
}
