// All SQL of the ledger. `db` is a transaction of the tenant (`inTenant`).
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '#kernel/database/database.ts'
import { type HashTile, tileWidth } from './tiles.ts'

/** Rows of before witnesses were installation-wide name a witness key too. */
export type LogKey = { role: 'log' | 'promise' | 'witness'; vkey: string; dropped?: boolean }
export type LogRow = { epoch: number; origin: string; keys: LogKey[]; closed_at: Date | null }
export type HeadRow = { size: number; root: Buffer; frontier: Buffer; published: number | null }
/** A tile of 256 hashes, with its root: what the tile above holds of it. */
export type FullTile = { level: number; index: number; hashes: Uint8Array; root: Uint8Array }
export type TileRow = { level: number; tile_index: number; hashes: Buffer; root: Buffer }
export type CheckpointRow = { epoch: number; size: number; root: Buffer; note: string }

/** All epochs of the town's log, newest first. */
export async function selectLogs(db: Db, tenant: string): Promise<LogRow[]> {
  const { rows } = await sql<LogRow>`
    select epoch, origin, keys, closed_at from ledger_logs where tenant_id = ${tenant} order by epoch desc`.execute(db)
  return rows
}

/** A new epoch with its empty head; false when it is there already. */
export async function insertLog(db: Db, tenant: string, log: { epoch: number; origin: string; keys: LogKey[]; root: Uint8Array; at: Date }) {
  const { numAffectedRows } = await sql`
    insert into ledger_logs (tenant_id, epoch, origin, keys, opened_at)
    values (${tenant}, ${log.epoch}, ${log.origin}, ${JSON.stringify(log.keys)}::jsonb, ${log.at}) on conflict do nothing`.execute(db)
  await sql`
    insert into ledger_heads (tenant_id, epoch, size, root, frontier) values (${tenant}, ${log.epoch}, 0, ${log.root}, '')
    on conflict do nothing`.execute(db)
  return numAffectedRows === 1n
}

/** Waits for integrators of the older epochs: they hold the head while they take from the queue. */
export async function closeLogsBefore(db: Db, tenant: string, epoch: number, at: Date): Promise<void> {
  await sql`select 1 from ledger_heads where tenant_id = ${tenant} and epoch < ${epoch} for update`.execute(db)
  await sql`update ledger_logs set closed_at = ${at} where tenant_id = ${tenant} and epoch < ${epoch} and closed_at is null`.execute(db)
}

/** The head, locked against other integrators when `lock` is set; `published` is the size of the last signed checkpoint. */
export async function selectHead(db: Db, tenant: string, epoch: number, lock: boolean): Promise<HeadRow | undefined> {
  const { rows } = await sql<HeadRow>`
    select size, root, frontier,
      (select max(c.size) from ledger_checkpoints c where c.tenant_id = ${tenant} and c.epoch = ${epoch}) as published
    from ledger_heads h where tenant_id = ${tenant} and epoch = ${epoch} ${lock ? sql`for update of h` : sql``}`.execute(db)
  return rows[0]
}

/**
 * Takes the first `batch` rows of the queue into the log from index `size` on, all in one statement: no leaf travels to this process
 * and back. Taking is the delete: with a select before it, a lower qid that commits between them would be lost. A source is in the
 * log once: the same leaf again is nothing new, another leaf for it is kept as evidence. Nothing is taken for an epoch that was
 * closed: the caller holds the head, and so did who closed it. Leaf hash: SHA-256(0x00 || leaf), RFC 6962 section 2.1.
 * Gives the hashes of what was added, and before them those of the leaves in the last tile that is not full yet.
 */
export async function takeIn(db: Db, tenant: string, epoch: number, size: number, batch: number): Promise<{ added: Buffer; tail: Buffer }> {
  const { rows } = await sql<{ added: Buffer; tail: Buffer }>`
    /*ledger_take_in*/ with taken as (
      delete from ledger_queue where tenant_id = ${tenant} and qid <= (
        select max(qid) from (select qid from ledger_queue where tenant_id = ${tenant} order by qid limit ${batch}) t)
        and exists (select from ledger_logs where tenant_id = ${tenant} and epoch = ${epoch} and closed_at is null)
      returning qid, source, leaf, queued_at),
    weighed as (
      select qid, source, leaf, queued_at, sha256('\\x00'::bytea || leaf) as leaf_hash,
        row_number() over (partition by source order by qid) as time,
        (select l.leaf_hash from ledger_leaves l where l.tenant_id = ${tenant} and l.source = taken.source) as known
      from taken),
    fresh as (
      select ${size}::bigint + row_number() over (order by qid) - 1 as leaf_index, source, leaf, leaf_hash
      from weighed where known is null and time = 1),
    leaves as (
      insert into ledger_leaves (tenant_id, epoch, leaf_index, source, leaf, leaf_hash)
      select ${tenant}, ${epoch}, leaf_index, source, leaf, leaf_hash from fresh),
    conflicts as (
      insert into ledger_conflicts (tenant_id, qid, source, leaf, queued_at)
      select ${tenant}, w.qid, w.source, w.leaf, w.queued_at from weighed w
      where (w.known is not null or w.time > 1)
        and w.leaf_hash <> coalesce(w.known, (select f.leaf_hash from weighed f where f.source = w.source and f.time = 1)))
    select coalesce((select string_agg(leaf_hash, ''::bytea order by leaf_index) from fresh), ''::bytea) as added,
      coalesce((select string_agg(l.leaf_hash, ''::bytea order by l.leaf_index) from ledger_leaves l where l.tenant_id = ${tenant}
        and l.epoch = ${epoch} and l.leaf_index >= ${size - (size % tileWidth)} and l.leaf_index < ${size}), ''::bytea) as tail`.execute(db)
  return rows[0] ?? { added: Buffer.alloc(0), tail: Buffer.alloc(0) }
}

/** Adds one leaf at an index of its own: the first of an epoch, which does not wait in the queue. */
export async function insertLeaf(db: Db, tenant: string, epoch: number, row: { index: number; source: string; leaf: Uint8Array; hash: Uint8Array }) {
  await sql`
    insert into ledger_leaves (tenant_id, epoch, leaf_index, source, leaf, leaf_hash)
    values (${tenant}, ${epoch}, ${row.index}, ${row.source}, ${row.leaf}, ${row.hash})`.execute(db)
}

/**
 * Moves the head on from `oldSize` and stores the tiles that became full, in one statement; false when the head is not at `oldSize`
 * any more: then the transaction must not be committed.
 */
export async function moveHead(
  db: Db,
  tenant: string,
  epoch: number,
  oldSize: number,
  head: { size: number; root: Uint8Array; frontier: Uint8Array },
  tiles: FullTile[] = [],
): Promise<boolean> {
  const full = sql`
    /*ledger_tiles_fill*/ with full_tiles as (
      insert into ledger_tiles (tenant_id, epoch, level, tile_index, hashes, root)
      select ${tenant}, ${epoch}, n.level, n.tile_index, n.hashes, n.root
      from unnest(${tiles.map(({ level }) => level)}::smallint[], ${tiles.map(({ index }) => index)}::bigint[],
        ${tiles.map(({ hashes }) => hashes)}::bytea[], ${tiles.map(({ root }) => root)}::bytea[]) as n (level, tile_index, hashes, root))`
  const { numAffectedRows } = await sql`
    ${tiles.length > 0 ? full : sql`/*ledger_head_moves*/`}
    update ledger_heads set size = ${head.size}, root = ${head.root}, frontier = ${head.frontier}
    where tenant_id = ${tenant} and epoch = ${epoch} and size = ${oldSize}`.execute(db)
  return numAffectedRows === 1n
}

/**
 * Keeps a signature, in one statement that is its own transaction: a checkpoint is waited for. The row comes from where the
 * tenant is set, so it is set before row-level security looks at the row.
 */
export async function insertCheckpoint(db: Db, tenant: string, row: CheckpointRow & { at: Date }): Promise<void> {
  await sql`
    /*ledger_checkpoint*/ with town as materialized (select set_config('app.tenant', ${tenant}, true) as id)
    insert into ledger_checkpoints (tenant_id, epoch, size, root, note, signed_at)
    select town.id, ${row.epoch}::int, ${row.size}::bigint, ${row.root}::bytea, ${row.note}::text, ${row.at}::timestamptz from town
    on conflict do nothing`.execute(db)
}

/** The largest checkpoint of an epoch. */
export async function selectCheckpoint(db: Db, tenant: string, epoch: number): Promise<CheckpointRow | undefined> {
  const { rows } = await sql<CheckpointRow>`
    select epoch, size, root, note from ledger_checkpoints
    where tenant_id = ${tenant} and epoch = ${epoch} order by size desc limit 1`.execute(db)
  return rows[0]
}

export async function selectLeaves(db: Db, tenant: string, epoch: number, from: number, to: number): Promise<Uint8Array[]> {
  const { rows } = await sql<{ leaf: Buffer }>`
    select leaf from ledger_leaves
    where tenant_id = ${tenant} and epoch = ${epoch} and leaf_index >= ${from} and leaf_index < ${to} order by leaf_index`.execute(db)
  return rows.map(({ leaf }) => leaf)
}

/** Leaves with the hash that was stored beside them. */
export async function selectStoredLeaves(db: Db, tenant: string, epoch: number, from: number, to: number) {
  const { rows } = await sql<{ leaf_index: number; leaf: Buffer; leaf_hash: Buffer }>`
    select leaf_index, leaf, leaf_hash from ledger_leaves
    where tenant_id = ${tenant} and epoch = ${epoch} and leaf_index >= ${from} and leaf_index < ${to} order by leaf_index`.execute(db)
  return rows
}

/** Roots of the full tiles `[from, to)` of a level: the hashes of the tile above. */
export async function selectTileRoots(db: Db, tenant: string, epoch: number, level: number, from: number, to: number): Promise<Uint8Array[]> {
  const { rows } = await sql<{ root: Buffer }>`
    select root from ledger_tiles
    where tenant_id = ${tenant} and epoch = ${epoch} and level = ${level} and tile_index >= ${from} and tile_index < ${to}
    order by tile_index`.execute(db)
  return rows.map(({ root }) => root)
}

export async function selectTiles(db: Db, tenant: string, epoch: number, tiles: { level: number; index: number }[]): Promise<TileRow[]> {
  const { rows } = await sql<TileRow>`
    select t.level, t.tile_index, t.hashes, t.root
    from unnest(${tiles.map(({ level }) => level)}::smallint[], ${tiles.map(({ index }) => index)}::bigint[]) as w (level, tile_index)
    join ledger_tiles t on t.tenant_id = ${tenant} and t.epoch = ${epoch} and t.level = w.level and t.tile_index = w.tile_index`.execute(db)
  return rows
}

/**
 * The hashes of tiles, one after the other, in the order asked and all in one statement: full ones as stored, partial ones from
 * leaves or from the roots of the tiles below. Shorter than `width` when the tree has not so many.
 */
export async function selectHashes(db: Db, tenant: string, epoch: number, tiles: HashTile[]): Promise<Buffer[]> {
  const { rows } = await sql<{ hashes: Buffer }>`
    /*ledger_hashes*/ select coalesce(case
      when w.width = ${tileWidth} then (
        select t.hashes from ledger_tiles t where t.tenant_id = ${tenant} and t.epoch = ${epoch} and t.level = w.level and t.tile_index = w.tile_index)
      when w.level = 0 then (
        select string_agg(l.leaf_hash, ''::bytea order by l.leaf_index) from ledger_leaves l where l.tenant_id = ${tenant} and l.epoch = ${epoch}
          and l.leaf_index >= w.tile_index * ${tileWidth} and l.leaf_index < w.tile_index * ${tileWidth} + w.width)
      else (
        select string_agg(t.root, ''::bytea order by t.tile_index) from ledger_tiles t where t.tenant_id = ${tenant} and t.epoch = ${epoch}
          and t.level = w.level - 1 and t.tile_index >= w.tile_index * ${tileWidth} and t.tile_index < w.tile_index * ${tileWidth} + w.width)
      end, ''::bytea) as hashes
    from unnest(${tiles.map(({ level }) => level)}::smallint[], ${tiles.map(({ index }) => index)}::bigint[], ${tiles.map(({ width }) => width)}::int[])
      with ordinality as w (level, tile_index, width, place) order by w.place`.execute(db)
  return rows.map(({ hashes }) => hashes)
}

/** A leaf's place with the checkpoint that shows it best: the newest that the quorum cosigned, else the newest that is signed. */
export type ShownRow = { epoch: number; leaf_index: number; size: number; note: string }

const withBestCheckpoint = (place: RawBuilder<unknown>, tenant: string) => sql<ShownRow>`
    select l.epoch, l.leaf_index, coalesce(w.size, s.size) as size, coalesce(w.note, s.note) as note
    from (${place}) l
      left join lateral (select c.size, c.note from ledger_checkpoints c where c.tenant_id = ${tenant} and c.epoch = l.epoch
        and c.cosigned and c.size > l.leaf_index order by c.size desc limit 1) w on true
      cross join lateral (select c.size, c.note from ledger_checkpoints c where c.tenant_id = ${tenant} and c.epoch = l.epoch
        order by c.size desc limit 1) s`

/** Of the leaf of a source; undefined while it waits, or nothing was signed. The checkpoint may be smaller than the index. */
export async function selectShownSource(db: Db, tenant: string, source: string): Promise<ShownRow | undefined> {
  const place = sql`select epoch, leaf_index from ledger_leaves where tenant_id = ${tenant} and source = ${source}`
  const { rows } = await sql<ShownRow>`/*ledger_shown_source*/ ${withBestCheckpoint(place, tenant)}`.execute(db)
  return rows[0]
}

/** Of an index; undefined when nothing was signed. The checkpoint may be smaller than the index. */
export async function selectShownIndex(db: Db, tenant: string, epoch: number, index: number): Promise<ShownRow | undefined> {
  const place = sql`select ${epoch}::int as epoch, ${index}::bigint as leaf_index`
  const { rows } = await sql<ShownRow>`/*ledger_shown_index*/ ${withBestCheckpoint(place, tenant)}`.execute(db)
  return rows[0]
}

export type LeafRow = { epoch: number; leaf_index: number; source: string; leaf: Buffer }

export async function selectLeafBySource(db: Db, tenant: string, source: string): Promise<LeafRow | undefined> {
  const { rows } = await sql<LeafRow>`
    select epoch, leaf_index, source, leaf from ledger_leaves where tenant_id = ${tenant} and source = ${source}`.execute(db)
  return rows[0]
}

/** Rows that wait, and when the oldest was queued. */
export async function selectQueueState(db: Db, tenant: string): Promise<{ length: number; oldest: Date | null }> {
  const { rows } = await sql<{ length: number; oldest: Date | null }>`
    select count(*) as length, min(queued_at) as oldest from ledger_queue where tenant_id = ${tenant}`.execute(db)
  return rows[0] ?? { length: 0, oldest: null }
}

/** Adds one leaf to the queue, in the caller's transaction. */
export async function insertQueue(db: Db, tenant: string, source: string, leaf: Uint8Array): Promise<void> {
  await sql`insert into ledger_queue (tenant_id, source, leaf) values (${tenant}, ${source}, ${leaf})`.execute(db)
}
