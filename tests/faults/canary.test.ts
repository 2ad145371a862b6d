// What a person says about herself is nowhere in clear: not in the database, its dump, the files, the outbox, the search index or the log.
// Runs on postgres only: it goes through the whole server, and the SQL below it runs on both databases in the kernel's own tests.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDesks } from '../support/desks.ts'
import { openTestTown, type TestTown } from '../support/town.ts'
import { canaries, dumpFolder, dumpTables, findCanaries, listen, listenToServer, type Place } from './canaries.ts'
import { releaseCanaries, sendAll } from './canary-channels.ts'
import { releaseInPortal } from './canary-portal.ts'
import { failInside, releaseByPrograms } from './canary-programs.ts'
import { releaseInWorkspace } from './canary-workspace.ts'

/** The whole database and the whole folder of a town; both are checked to hold what came in. */
async function dump(town: TestTown): Promise<Place[]> {
  const tables = await town.installation.database.owner(dumpTables)
  for (const wanted of ['"vault"."case_keys"', '"public"."case_search"', '"public"."outbox"', '"public"."drafts"'])
    assert.ok(
      tables.some((place) => place.where === wanted && place.bytes.length > 0),
      `${wanted} is in the dump`,
    )
  const folder = dumpFolder(town.installation.config.dataDir)
  assert.ok(folder.some((place) => place.where.startsWith('files/')) && folder.some((place) => place.where.startsWith('ledger/')))
  return [...tables, ...folder]
}

test('names, contacts and words sent through every channel are in clear nowhere, in no encoding and under no hash without a key', async () => {
  const log = listen()
  const town = await openTestTown()
  try {
    const released = await releaseCanaries(town)
    for (const [what, count] of Object.entries(released)) assert.ok(count >= 3, `${what}: ${count}`)
    log.stop()
    assert.ok(log.place().bytes.includes('canary.failed'), 'the log was written to')
    assert.deepEqual(findCanaries([...(await dump(town)), log.place()]), [])
  } finally {
    log.stop()
    await town.close()
  }
})

test('what is typed into pages, sent by programs and asked for wrongly is in clear nowhere either, our own failures and the log of the database included', async () => {
  const log = listen()
  const desks = await openDesks()
  try {
    const { town, app } = desks
    const server = await listenToServer(town.installation.database)
    const { secrets, token } = await releaseInWorkspace(desks)
    secrets.push(...(await releaseInPortal(app)), ...(await releaseByPrograms(app, token)))
    const failures = await failInside(app, town)
    await sendAll(town.ctx)
    log.stop()
    assert.equal(log.place().bytes.toString().split('"event":"request.failed"').length - 1, failures, 'each failure of ours is one line')
    for (const { bytes } of server()) assert.ok(bytes.includes('canary_fault'), 'the server logged the rows that it refused')
    assert.equal(new Set(secrets).size, 7)
    for (const secret of secrets) assert.match(secret, /^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$|^xl_qingxi_/)
    assert.deepEqual(findCanaries([...(await dump(town)), log.place(), ...server()], secrets), [])
  } finally {
    log.stop()
    await desks.close()
  }
})

test('a canary that is planted in clear, in base 64 or in a log line is found', async () => {
  const log = listen()
  const town = await openTestTown()
  try {
    await town.installation.database.owner((client) =>
      client.query(
        `insert into jobs (tenant_id, job_id, kind, note, input, created_at, created_by) values ($1, gen_random_uuid(), 'test', $2, $3, now(), 'test')`,
        [town.tenant, `说明：${canaries.name}`, JSON.stringify({ attached: Buffer.from(`a ${canaries.phone} b`).toString('base64') })],
      ),
    )
    process.stderr.write(`# ${JSON.stringify({ to: canaries.email })}\n`)
    log.stop()
    const sightings = findCanaries([...(await town.installation.database.owner(dumpTables)), log.place()])
    const seen = sightings.map(({ canary, as, where }) => `${canary} ${as} ${where}`)
    for (const wanted of [
      `${canaries.name} utf8 "public"."jobs"`,
      `${canaries.phone} base64 "public"."jobs"`,
      `${canaries.email} utf8 standard output and error`,
    ])
      assert.ok(seen.includes(wanted), `${wanted} in ${seen.join('; ')}`)
  } finally {
    log.stop()
    await town.close()
  }
})
