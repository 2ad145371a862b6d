// Writers and integrators of one log die in the middle of their work, and so does the server: in small; in full by npm run test:long -- ledger-crash.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { systemClock } from '#kernel/clock.ts'
import { openDatabase } from '#kernel/database/database.ts'
import { migrate } from '#kernel/database/migrate.ts'
import { openInstallation } from '#kernel/installation/installation.ts'
import { foundTown } from '../../src/demo/found-town.ts'
import { administer, testDatabaseKind } from '../support/database.ts'
import { startPostgres, withDatabase } from '../support/postgres.ts'
import { makeTemporaryFolder } from '../support/temporary.ts'
import { runLedgerCrash } from './ledger-crash.ts'
import { randomFrom } from './random.ts'
import { tenant } from './workload.ts'

const seed = 20_261_123
const skip = testDatabaseKind === 'postgres' ? false : 'a server of its own is crashed: run with XIANGLI_TEST_DATABASE=postgres'

test('five kills and a crash of the server lose no leaf, double none, and release no two trees', { skip }, async () => {
  const cluster = await startPostgres({ fsync: true })
  const dataDir = makeTemporaryFolder('ledger-crash')
  try {
    await administer(cluster.url, 'create database town')
    const url = withDatabase(cluster.url, 'town')
    const config = { dataDir, databaseUrl: url, baseUrl: 'http://127.0.0.1:3000', demo: false }
    const database = await openDatabase(config)
    await migrate(database)
    await foundTown(database, systemClock.now())
    const installation = await openInstallation(config, systemClock, database)
    await installation.logOf(tenant)
    await installation.close()
    const plan = { url, dataDir, kills: 5, crashes: 1, crashDatabase: () => cluster.restart('immediate'), rest: 500 }
    const { findings, kills, crashes, leads, look } = await runLedgerCrash(plan, randomFrom(seed))
    assert.deepEqual(findings, [])
    assert.deepEqual([kills, crashes], [5, 1])
    assert.ok(leads > 0, 'somebody signed')
    // The check itself: damage that the start rule does not see, because it leaves the tree as it was signed, has to be found.
    await database.owner((client) =>
      client.query(`update ledger_leaves set leaf = leaf || '\\x0a' where leaf_index between (select size - 20 from ledger_heads) and (select size - 11 from ledger_heads);
        update ledger_leaves set source = gen_random_uuid() where leaf_index >= (select size - 10 from ledger_heads)`),
    )
    await database.close()
    const found = (await look()).join('\n')
    for (const wanted of [/is not in the log/, /as another leaf/, /contradicts the log/]) assert.match(found, wanted)
  } finally {
    await cluster.stop('immediate')
    rmSync(dataDir, { recursive: true, force: true })
  }
})
