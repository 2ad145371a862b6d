// All SQL of the witness. Its tables belong to the installation: no tenant.
import { sql } from 'kysely'
import type { Db } from '../database/database.ts'

/** A log that we witness; `size`, `root` and `note` are of the last checkpoint cosigned, null before the first. */
export type WitnessedLog = {
  origin: string
  vkeys: string[]
  removed_at: Date | null
  size: number | null
  root: Buffer | null
  note: string | null
  cosigned_at: Date | null
}

export type EvidenceRow = {
  origin: string
  code: 'fork' | 'unproven'
  old_size: number
  size: number
  root: Buffer
  request: string
  cosigned: string | null
  seen_at: Date
  settled_at: Date | null
}

const columns = sql`origin, vkeys, removed_at, size, root, note, cosigned_at`

export async function selectWitnessedLogs(db: Db): Promise<WitnessedLog[]> {
  const { rows } = await sql<WitnessedLog>`select ${columns} from witness_logs where removed_at is null order by origin`.execute(db)
  return rows
}

/** A log by its origin, also one that was removed; `lock` keeps it until the transaction ends. */
export async function selectWitnessedLog(db: Db, origin: string, lock: boolean): Promise<WitnessedLog | undefined> {
  const { rows } = await sql<WitnessedLog>`
    select ${columns} from witness_logs where origin = ${origin} ${lock ? sql`for update` : sql``}`.execute(db)
  return rows[0]
}

/** By the SHA-256 of the origin, 32 bytes. */
export async function selectWitnessedByHash(db: Db, hash: Uint8Array): Promise<WitnessedLog | undefined> {
  const { rows } = await sql<WitnessedLog>`
    select ${columns} from witness_logs where sha256(convert_to(origin, 'UTF8')) = ${hash} and removed_at is null`.execute(db)
  return rows[0]
}

/** Adds a log, or a key to it, or takes it up again where it was left. */
export async function upsertWitnessedLog(db: Db, origin: string, vkey: string, at: Date): Promise<void> {
  await sql`
    insert into witness_logs as l (origin, vkeys, added_at) values (${origin}, array[${vkey}]::text[], ${at})
    on conflict (origin) do update set removed_at = null,
      vkeys = case when ${vkey} = any (l.vkeys) then l.vkeys else l.vkeys || ${vkey}::text end`.execute(db)
}

export async function updateKeys(db: Db, origin: string, vkeys: string[]): Promise<void> {
  await sql`update witness_logs set vkeys = ${vkeys}::text[] where origin = ${origin}`.execute(db)
}

export async function removeWitnessedLog(db: Db, origin: string, at: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`update witness_logs set removed_at = ${at} where origin = ${origin} and removed_at is null`.execute(db)
  return numAffectedRows === 1n
}

/** Moves what was cosigned from `oldSize` (null: nothing yet); false when it is not there any more. */
export async function updateCosigned(
  db: Db,
  origin: string,
  oldSize: number | null,
  now: { size: number; root: Uint8Array; note: string; at: Date },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update witness_logs set size = ${now.size}, root = ${now.root}, note = ${now.note}, cosigned_at = ${now.at}
    where origin = ${origin} and size is not distinct from ${oldSize}::bigint`.execute(db)
  return numAffectedRows === 1n
}

/** The same contradiction is kept once, however often it is sent. */
export async function insertEvidence(db: Db, row: Omit<EvidenceRow, 'root' | 'settled_at'> & { root: Uint8Array }): Promise<void> {
  await sql`
    insert into witness_evidence (origin, code, old_size, size, root, request, cosigned, seen_at)
    values (${row.origin}, ${row.code}, ${row.old_size}, ${row.size}, ${row.root}, ${row.request}, ${row.cosigned}, ${row.seen_at})
    on conflict do nothing`.execute(db)
}

export async function settleEvidence(db: Db, origin: string, size: number, root: Uint8Array, at: Date): Promise<void> {
  await sql`
    update witness_evidence set settled_at = ${at}
    where origin = ${origin} and code = 'unproven' and size = ${size} and root = ${root} and settled_at is null`.execute(db)
}

/** Newest first, at most `limit`. */
export async function selectEvidence(db: Db, limit: number): Promise<EvidenceRow[]> {
  const { rows } = await sql<EvidenceRow>`
    select origin, code, old_size, size, root, request, cosigned, seen_at, settled_at
    from witness_evidence order by evidence_id desc limit ${limit}`.execute(db)
  return rows
}
