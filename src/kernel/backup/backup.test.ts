import assert from 'node:assert/strict'
import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { loadCase, readCaseFile } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { virtualClock } from '#kernel/clock.ts'
import { as, systemActor } from '#kernel/context.ts'
import { type Database, openDatabase, openMemoryDatabase } from '#kernel/database/database.ts'
import { openInstallation } from '#kernel/installation/installation.ts'
import { integrate } from '#kernel/ledger/integrator.ts'
import { newEpoch } from '#kernel/ledger/log.ts'
import { administer, newDatabaseName, startTestServer } from '#tests/support/database.ts'
import { withDatabase } from '#tests/support/postgres.ts'
import { makeTemporaryFolder } from '#tests/support/temporary.ts'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import { playExample } from '../../demo/play-example.ts'
import { writeBackup } from './backup.ts'
import { restoreBackup } from './restore.ts'

const folder = makeTemporaryFolder('backup')
const older = join(folder, 'older.backup')
const newer = join(folder, 'newer.backup')
let town: TestTown
/** Stands in no package: found in a dump, it came from a case. */
const canary = { name: '金丝雀', phone: '000 0000 7731' }
let caseId = ''
let server: Awaited<ReturnType<typeof startTestServer>>
const open: Database[] = []

before(async () => {
  town = await openTestTown()
  server = await startTestServer()
  const { ctx, installation } = town
  const example = (await getProcedure(ctx, 'petition')).examples.get('decided-in-time')
  assert.ok(example)
  caseId = (await playExample(ctx, town.clock, 'petition', example)).caseId
  const signer = await installation.logOf(town.tenant)
  while (await integrate(ctx.db, town.tenant, signer, town.clock));
  const options = { dataDir: installation.config.dataDir, at: town.clock.now() }
  await writeBackup(installation.database, { file: older, ...options })
  await openCase(as(ctx, { kind: 'anonymous' }), {
    procedure: 'petition',
    data: { subject: '后来的事', description: '备份以后的事。', claim: '请办理。', ...canary },
  })
  while (await integrate(ctx.db, town.tenant, signer, town.clock));
  await writeBackup(installation.database, { file: newer, ...options })
  // The log is leased by one process at a time: the restored ones come after.
  signer.close()
})

after(async () => {
  for (const database of open) await database.close()
  await town.close()
  await server.stop()
  rmSync(folder, { recursive: true })
})

async function emptyPglite(): Promise<Database> {
  const database = await openMemoryDatabase()
  open.push(database)
  return database
}

async function emptyPostgres(): Promise<Database> {
  const name = newDatabaseName()
  await administer(server.url, `create database ${name} template template1`)
  const database = await openDatabase({ dataDir: '', databaseUrl: withDatabase(server.url, name), poolSize: 3 })
  open.push(database)
  return database
}

/** A data folder with the keys and the signer of the town, and no files. */
function newDataDir(name: string): string {
  const dataDir = join(folder, name)
  for (const part of ['keys', 'ledger']) cpSync(join(town.installation.config.dataDir, part), join(dataDir, part), { recursive: true })
  return dataDir
}

const installationOf = (database: Database, dataDir: string) =>
  openInstallation({ dataDir, baseUrl: town.installation.config.baseUrl, demo: true }, virtualClock(town.clock.now()), database)

const linesOf = (file: string) => gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
/** Everything between header and trailer. */
const contentOf = (file: string) => linesOf(file).slice(1, -1).sort()

test('a backup goes into PostgreSQL and from there into PGlite without a difference, and the cases open with the keys', async () => {
  const postgres = await emptyPostgres()
  const dataDir = newDataDir('in-postgres')
  const restored = await restoreBackup(postgres, { file: newer, dataDir })
  assert.ok(restored.rows > 100)
  assert.ok(restored.files >= 2, 'the issued documents')
  const again = join(folder, 'again.backup')
  await writeBackup(postgres, { file: again, dataDir, at: town.clock.now() })
  assert.deepEqual(contentOf(again), contentOf(newer))

  const pglite = await emptyPglite()
  const secondDir = newDataDir('in-pglite')
  await restoreBackup(pglite, { file: again, dataDir: secondDir })
  const third = join(folder, 'third.backup')
  await writeBackup(pglite, { file: third, dataDir: secondDir, at: town.clock.now() })
  assert.deepEqual(contentOf(third), contentOf(newer))

  const installation = await installationOf(pglite, secondDir)
  try {
    const ctx = await installation.ctxFor(town.tenant, systemActor('test'))
    const loaded = await loadCase(ctx, caseId)
    assert.equal(loaded.content.filing['subject'], (await loadCase(town.ctx, caseId)).content.filing['subject'])
    const pdf = await readCaseFile(ctx, loaded.key, loaded.documents[0]?.file_id ?? '')
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-')
    // Sequences go on where they were: the next entry of the queue is taken, and the log grows.
    await openCase(as(ctx, { kind: 'anonymous' }), {
      procedure: 'petition',
      data: { subject: '恢复以后', description: '恢复以后的事。', claim: '请办理。' },
    })
    const grown = await integrate(pglite.db, town.tenant, await installation.logOf(town.tenant), installation.clock)
    assert.ok(grown && grown.integrated > 0)
  } finally {
    await installation.close()
  }
})

test('after an older backup the log refuses to sign and says what to do; a new epoch goes on', async () => {
  const database = await emptyPglite()
  const dataDir = newDataDir('older')
  await restoreBackup(database, { file: older, dataDir })
  const installation = await installationOf(database, dataDir)
  await assert.rejects(installation.logOf(town.tenant), { code: 'ledger.rollback', message: /recover a newer backup.*new-epoch/ })
  const signer = await newEpoch(database.db, { tenant: town.tenant, domain: '127.0.0.1', dataDir, demo: true, clock: town.clock })
  assert.equal(signer.epoch, 2)
  signer.close()
  const opened = await installation.logOf(town.tenant)
  assert.equal(opened.epoch, 2)
  await installation.close()
})

test('a truncated, changed, reordered or foreign file is refused before anything is touched', async () => {
  const database = await emptyPglite()
  const dataDir = join(folder, 'damaged')
  const file = join(folder, 'damaged.backup')
  const bytes = readFileSync(newer)
  const lines = linesOf(newer)
  const row = lines.findIndex((line) => line.startsWith('["qingxi"'))
  const zip = (text: string[]) => gzipSync(`${text.join('\n')}\n`)
  const damages: [string, Buffer][] = [
    ['cut in the middle', bytes.subarray(0, Math.floor(bytes.length / 2))],
    ['cut at the last byte', bytes.subarray(0, bytes.length - 1)],
    ['without its end', zip(lines.slice(0, -1))],
    ['one row less', zip(lines.filter((_, index) => index !== 3))],
    ['a row changed', zip(lines.map((line, index) => (index === row ? line.replace('qingxi', 'qinqxi') : line)))],
    ['something after its end', zip([...lines, '["more"]'])],
    ['no backup at all', Buffer.from('hello')],
  ]
  for (const [what, damaged] of damages) {
    writeFileSync(file, damaged)
    await assert.rejects(restoreBackup(database, { file, dataDir }), { code: 'backup.damaged' }, what)
  }
  await assert.rejects(restoreBackup(database, { file: join(folder, 'absent'), dataDir }), { code: 'backup.unreadable' })
  copyFileSync(newer, file)
  assert.ok((await restoreBackup(database, { file, dataDir: newDataDir('damaged') })).rows > 0, 'the database was still empty')
})

test('nothing is restored over data, over files, or over another backup', async () => {
  const { installation } = town
  await assert.rejects(restoreBackup(installation.database, { file: newer, dataDir: join(folder, 'fresh') }), { code: 'restore.not_empty' })
  await assert.rejects(restoreBackup(installation.database, { file: newer, dataDir: installation.config.dataDir }), {
    code: 'restore.files_not_empty',
  })
  const options = { dataDir: installation.config.dataDir, at: town.clock.now() }
  await assert.rejects(writeBackup(installation.database, { file: newer, ...options }), { code: 'backup.exists' })
  await assert.rejects(writeBackup(installation.database, { file: join(folder, 'no', 'folder'), ...options }), { code: 'backup.unwritable' })
})

test('no key and no plain word of a person is in a backup', async () => {
  const text = gunzipSync(readFileSync(newer)).toString()
  const root = readFileSync(join(town.installation.config.dataDir, 'keys', 'root.key'))
  assert.ok(!text.includes(root.toString('hex')) && !text.includes(root.toString('base64')))
  for (const word of Object.values(canary)) assert.ok(!text.includes(word))
})
