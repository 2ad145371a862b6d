import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { inTenant } from '#kernel/database/database.ts'
import { openTestTown } from '#tests/support/town.ts'
import { listProcedures, publishPackage, readPackageFolder } from '../procedures/packages.ts'
import { recordEntries } from '../registers/registers.ts'
import { hmacSha256, toBase64 } from './bytes.ts'
import { canonicalJson } from './canonical-json.ts'
import { parseLeaf } from './leaf.ts'

const town = await openTestTown()
const { ctx, tenant } = town
after(() => town.close())

/** The leaves that wait, oldest first, with their sources. */
async function waiting() {
  const { rows } = await inTenant(ctx.db, tenant, (trx) =>
    sql<{ source: string; leaf: Buffer }>`select source, leaf from ledger_queue where tenant_id = ${tenant} order by qid`.execute(trx),
  )
  return rows.map(({ source, leaf }) => ({ source, ...parseLeaf(leaf) }))
}

test('a founded town has its registers and packages in the log, each package with the digest of its content', async () => {
  const leaves = await waiting()
  const packages = leaves.flatMap((leaf) => (leaf.kind === 'package' ? [leaf.fields] : []))
  const shipped = await listProcedures(ctx)
  assert.deepEqual(
    new Map(packages.map(({ package: slug, digest }) => [slug, digest])),
    new Map(shipped.map(({ slug, hash }) => [slug, Buffer.from(hash, 'hex').toString('base64')])),
  )
  const registers = leaves.flatMap((leaf) => (leaf.kind === 'register' ? [leaf.fields.register] : []))
  for (const register of ['holidays', 'organizations', 'posts']) assert.ok(registers.includes(register), register)
})

test('one changed entry is named, an unchanged one is no leaf, and the commitment opens with the record', async () => {
  const before = (await waiting()).length
  const name = { zh: '新设办公室', en: 'New office' }
  const [row] = await inTenant(ctx.db, tenant, (trx) =>
    sql<{ data: object }>`
      select data from register_entries where tenant_id = ${tenant} and register = 'organizations' and is_current limit 1`.execute(trx),
  ).then(({ rows }) => rows)
  const entry = { id: 'new-office', data: { ...row?.data, name } }
  assert.equal(await recordEntries(ctx, 'organizations', [entry], '新设'), 1)
  assert.equal(await recordEntries(ctx, 'organizations', [entry], '新设'), 0)
  const added = (await waiting()).slice(before)
  assert.equal(added.length, 1)
  const [leaf] = added
  assert.ok(leaf?.kind === 'register')
  assert.deepEqual([leaf.fields.register, leaf.fields.entry, leaf.fields.version], ['organizations', 'new-office', '1'])
  const record = { at: ctx.clock.now().toISOString(), by: 'system', reason: '新设', data: entry.data, valid_from: null, valid_to: null }
  const secret = ctx.services.keyring.secret(`register:${tenant}`)
  const opened = hmacSha256(secret, leaf.source, canonicalJson([{ entry: 'new-office', version: 1, record }] as never))
  assert.equal(leaf.fields.commitment, toBase64(opened))
})

test('a package that is published again is not in the log twice', async () => {
  const before = (await waiting()).length
  const [first] = await listProcedures(ctx)
  await publishPackage(ctx, await readPackageFolder(new URL(`../../../procedures/${first?.slug}/`, import.meta.url).pathname), ['test'], '再次发布')
  assert.equal((await waiting()).length, before)
})
