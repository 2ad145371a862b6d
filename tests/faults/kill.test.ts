// A process that dies in the middle of its work loses nothing it acknowledged and does nothing twice.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { systemClock } from '#kernel/clock.ts'
import { systemActor } from '#kernel/context.ts'
import { openInstallation } from '#kernel/installation/installation.ts'
import { fillTown, foundTown } from '../../src/demo/found-town.ts'
import { openTestDatabase, testDatabaseKind } from '../support/database.ts'
import { makeTemporaryFolder } from '../support/temporary.ts'
import { checkWriter } from './check-writer.ts'
import { runAndKill } from './kill.ts'
import { randomFrom } from './random.ts'
import { tenant } from './workload.ts'

const seed = 20_261_123
const skip =
  testDatabaseKind === 'postgres' ? false : 'the embedded database lives in the process that is killed: run with XIANGLI_TEST_DATABASE=postgres'

test('six kills at random moments lose nothing that was acknowledged and double nothing', { skip }, async () => {
  const { database, url = '', close } = await openTestDatabase()
  const dataDir = makeTemporaryFolder('kill')
  const config = { dataDir, baseUrl: 'http://127.0.0.1:3000', demo: false }
  try {
    await foundTown(database, systemClock.now())
    const before = await openInstallation(config, systemClock, database)
    await fillTown(await before.ctxFor(tenant, systemActor('test')))
    await before.close()
    const workload = { seed, filings: 40, completions: 40 }
    const result = await runAndKill({ url, dataDir, workload, kills: 6 }, randomFrom(seed))
    const after = await openInstallation(config, systemClock, database)
    try {
      const ctx = await after.ctxFor(tenant, systemActor('test'))
      assert.deepEqual(await checkWriter(ctx, after, workload, result), [])
      // The check itself: each of these damages has to be found. The first leaves are the town's registers, so an event's own goes too.
      await database.owner((client) =>
        client.query(`delete from tasks where status = 'open'; update document_series set last = last + 1;
          delete from ledger_leaves where leaf_index = 3 or source = (select event_id from events order by recorded_at, seq limit 1);
          delete from case_search`),
      )
      const found = (await checkWriter(ctx, after, workload, result)).join('\n')
      for (const wanted of [
        /waits for \[/,
        /series .* counts/,
        /leaf_missing at 3/,
        /absent in queue and log/,
        /promised leaf is not in the log/,
        /there are 0 indexed/,
      ])
        assert.match(found, wanted)
    } finally {
      await after.close()
    }
    assert.equal(result.kills, 6)
  } finally {
    await close()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
