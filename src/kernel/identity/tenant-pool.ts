import type pg from 'pg'
import { Kysely, PostgresDialect } from 'kysely'

/**
 * A Kysely for better-auth, whose own queries know no tenant: the town is set on each connection when it is taken
 * and cleared before it goes back, so row-level security and column defaults carry `tenant_id`.
 * The pool stays its owner's: destroying this Kysely does not end it.
 */
export function tenantDatabase(pool: pg.Pool, tenant: string): Kysely<unknown> {
  return new Kysely<unknown>({
    dialect: new PostgresDialect({
      pool: { connect: () => connectFor(pool, tenant), end: () => Promise.resolve(), options: {} },
    }),
  })
}

async function connectFor(pool: pg.Pool, tenant: string) {
  const client = await pool.connect()
  try {
    await client.query("select set_config('app.tenant', $1, false)", [tenant])
  } catch (error) {
    client.release(true)
    throw error
  }
  return {
    // Kysely calls this with text and values only (no cursor is configured); its result type is pg's.
    query: ((text: string, values: unknown[]) => client.query(text, values)) as never,
    release: (destroy?: boolean) => {
      if (destroy) client.release(true)
      else void clearTenant(client)
    },
  }
}

// A connection whose setting could not be cleared must not serve another town.
async function clearTenant(client: pg.PoolClient): Promise<void> {
  try {
    await client.query("select set_config('app.tenant', '', false)")
    client.release()
  } catch {
    client.release(true)
  }
}
