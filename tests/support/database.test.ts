import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase, testDatabaseKind } from './database.ts'

const { database, close } = await openTestDatabase()
after(close)

test('a test file gets a migrated database of the kind that was asked for', async () => {
  assert.equal(database.kind, testDatabaseKind)
  const { rows } = await sql`select tenant_id from tenants`.execute(database.db)
  assert.deepEqual(rows, [])
})
