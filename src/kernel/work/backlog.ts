// How much work waits in all towns together: for whoever keeps the program running. Sums of queues, never of cases, and of no town by name.
import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import { type Db, inTenant } from '../database/database.ts'
import { listTenants } from '../towns/create-town.ts'

/** Rows that wait and the seconds that the oldest of them has been due; `failed` are given up until somebody looks. */
export type Backlog = Record<'outbox' | 'jobs' | 'ledger', { waiting: number; oldestSeconds: number; failed: number }>

type Row = { queue: keyof Backlog; waiting: number; failed: number; oldest: Date | null }

export async function readBacklog(db: Db, clock: Clock): Promise<Backlog> {
  const now = clock.now()
  const none = () => ({ waiting: 0, oldestSeconds: 0, failed: 0 })
  const backlog: Backlog = { outbox: none(), jobs: none(), ledger: none() }
  for (const { tenant_id } of await listTenants(db))
    for (const { queue, waiting, failed, oldest } of await selectBacklog(db, tenant_id, now)) {
      const sum = backlog[queue]
      sum.waiting += waiting
      sum.failed += failed
      sum.oldestSeconds = Math.max(sum.oldestSeconds, oldest ? Math.floor((now.getTime() - oldest.getTime()) / 1000) : 0)
    }
  return backlog
}

const selectBacklog = (db: Db, tenant: string, now: Date): Promise<Row[]> =>
  inTenant(db, tenant, async (trx) => {
    const { rows } = await sql<Row>`
      select 'outbox' as queue, count(*) filter (where status = 'waiting' and next_at <= ${now})::int as waiting,
        count(*) filter (where status = 'failed')::int as failed, min(next_at) filter (where status = 'waiting' and next_at <= ${now}) as oldest
      from outbox where tenant_id = ${tenant} and status in ('waiting', 'failed')
      union all
      select 'jobs', count(*) filter (where status = 'waiting')::int, count(*) filter (where status = 'failed')::int, min(created_at) filter (where status = 'waiting')
      from jobs where tenant_id = ${tenant} and status in ('waiting', 'failed')
      union all
      select 'ledger', count(*)::int, 0, min(queued_at) from ledger_queue where tenant_id = ${tenant}`.execute(trx)
    return rows
  })
