import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { as, type Ctx } from '#kernel/context.ts'
import { sql } from 'kysely'
import { inTenant } from '#kernel/database/database.ts'
import { exampleSchema } from '#kernel/procedures/worked-examples.ts'
import { actorOf, playExample } from '../../demo/play-example.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { exportList, listExports } from './export-list.ts'

let town: TestTown
let clerk: Ctx
before(async () => {
  town = await openTestTown()
  const folder = new URL('../../../procedures/subsistence-allowance/examples/', import.meta.url)
  for (const name of ['confirmed-in-time', 'gaps-told-once']) {
    const example = exampleSchema.parse(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')))
    await playExample(town.ctx, town.clock, 'subsistence-allowance', example)
  }
  clerk = as(town.ctx, await actorOf(town.ctx, 'post:aid-clerk', ''))
})
after(() => town.close())

test('the payment list holds who is paid, with the fields that the package names and no other, and each look is recorded', async () => {
  const { columns, rows, law } = await exportList(clerk, 'subsistence-allowance', 'payment', 'zh')
  assert.deepEqual(columns.slice(1), ['姓名', '您住在哪个村（社区）', '保障人数', '每月金额（元）', '从哪个月起发'])
  assert.deepEqual(
    rows.map((row) => row.slice(1)),
    [['万秀兰', '石上村', '3', '900', '2026-04-01']],
  )
  assert.match(law, /审核确认办法/)
  const { rows: looks } = await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql<{ n: number }>`select count(*)::int as n from case_views where tenant_id = ${town.tenant} and purpose = 'export:payment'`.execute(trx),
  )
  assert.equal(looks[0]?.n, 1)
})

test('whoever has no part in the procedure finds no list, and nobody finds a list that the package does not name', async () => {
  const stranger = as(town.ctx, await actorOf(town.ctx, 'post:handler@agriculture', ''))
  assert.deepEqual(await listExports(stranger, 'zh'), [])
  await assert.rejects(exportList(stranger, 'subsistence-allowance', 'payment', 'zh'), { code: 'export.not_found' })
  await assert.rejects(exportList(clerk, 'subsistence-allowance', 'everybody', 'zh'), { code: 'export.not_found' })
  assert.ok((await listExports(clerk, 'zh')).some((list) => list.slug === 'subsistence-allowance'))
})
