// All SQL about witnesses, policies and announced keys of a town's own log. `db` is a transaction of the tenant (`inTenant`).
import { sql } from 'kysely'
import type { Db } from '#kernel/database/database.ts'
import type { CheckpointRow, LogKey } from './queries.ts'

/** What a witness did last; `size` is null before its first cosignature, `failure` is null after a success. */
export type WitnessRow = { vkey: string; size: number | null; cosigned_at: Date | null; asked_at: Date; failure: string | null }

export async function selectWitnesses(db: Db, tenant: string, epoch: number): Promise<WitnessRow[]> {
  const { rows } = await sql<WitnessRow>`
    select vkey, size, cosigned_at, asked_at, failure from ledger_witnesses
    where tenant_id = ${tenant} and epoch = ${epoch} order by vkey`.execute(db)
  return rows
}

export async function upsertWitness(
  db: Db,
  tenant: string,
  epoch: number,
  row: { vkey: string; size: number | null; cosignedAt: Date | null; at: Date; failure: string | null },
): Promise<void> {
  await sql`
    insert into ledger_witnesses as w (tenant_id, epoch, vkey, size, cosigned_at, asked_at, failure)
    values (${tenant}, ${epoch}, ${row.vkey}, ${row.size}, ${row.cosignedAt}, ${row.at}, ${row.failure})
    on conflict (tenant_id, epoch, vkey) do update set size = coalesce(excluded.size, w.size),
      cosigned_at = coalesce(excluded.cosigned_at, w.cosigned_at), asked_at = excluded.asked_at, failure = excluded.failure`.execute(db)
}

/** One checkpoint, locked until the transaction ends. */
export async function selectCheckpointToCosign(db: Db, tenant: string, epoch: number, size: number): Promise<CheckpointRow | undefined> {
  const { rows } = await sql<CheckpointRow>`
    select epoch, size, root, note from ledger_checkpoints
    where tenant_id = ${tenant} and epoch = ${epoch} and size = ${size} for update`.execute(db)
  return rows[0]
}

export async function updateCheckpoint(db: Db, tenant: string, row: { epoch: number; size: number; note: string; cosigned: boolean }): Promise<void> {
  await sql`
    update ledger_checkpoints set note = ${row.note}, cosigned = ${row.cosigned}
    where tenant_id = ${tenant} and epoch = ${row.epoch} and size = ${row.size}`.execute(db)
}

/** The newest checkpoint that the quorum cosigned and that covers at least `size` leaves. */
export async function selectCosigned(db: Db, tenant: string, epoch: number, size: number): Promise<CheckpointRow | undefined> {
  const { rows } = await sql<CheckpointRow>`
    select epoch, size, root, note from ledger_checkpoints
    where tenant_id = ${tenant} and epoch = ${epoch} and cosigned and size >= ${size} order by size desc limit 1`.execute(db)
  return rows[0]
}

/** Checkpoints without a quorum go after a while; never the newest of an epoch. Gives how many went. */
export async function deleteOldCheckpoints(db: Db, tenant: string, before: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ledger_checkpoints c
    where c.tenant_id = ${tenant} and not c.cosigned and c.signed_at < ${before}
      and exists (select from ledger_checkpoints n where n.tenant_id = ${tenant} and n.epoch = c.epoch and n.size > c.size)`.execute(db)
  return Number(numAffectedRows ?? 0n)
}

export async function upsertPolicy(db: Db, tenant: string, policy: string, at: Date): Promise<void> {
  await sql`
    insert into ledger_policies (tenant_id, policy, set_at) values (${tenant}, ${policy}, ${at})
    on conflict (tenant_id) do update set policy = excluded.policy, set_at = excluded.set_at`.execute(db)
}

export async function selectPolicy(db: Db, tenant: string): Promise<string | undefined> {
  const { rows } = await sql<{ policy: string }>`select policy from ledger_policies where tenant_id = ${tenant}`.execute(db)
  return rows[0]?.policy
}

export async function insertKeyChange(db: Db, tenant: string, epoch: number, index: number, leaf: string, proof: string): Promise<void> {
  await sql`
    insert into ledger_key_changes (tenant_id, epoch, leaf_index, leaf, proof)
    values (${tenant}, ${epoch}, ${index}, ${leaf}, ${proof}) on conflict do nothing`.execute(db)
}

/** Oldest first. */
export async function selectKeyChanges(db: Db, tenant: string): Promise<{ leaf: string; proof: string }[]> {
  const { rows } = await sql<{ leaf: string; proof: string }>`
    select leaf, proof from ledger_key_changes where tenant_id = ${tenant} order by epoch, leaf_index`.execute(db)
  return rows
}

export async function updateLogKeys(db: Db, tenant: string, epoch: number, keys: LogKey[]): Promise<void> {
  await sql`update ledger_logs set keys = ${JSON.stringify(keys)}::jsonb where tenant_id = ${tenant} and epoch = ${epoch}`.execute(db)
}
