// Registers that bodies keep: written by the body's own post alone, read by everybody, every version on record.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { petitionSteps } from '../../../tests/support/petition-steps.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { inTenant } from '../database/database.ts'
import { lintRegister } from './load-register.ts'
import { bodiesKeptBy, getKeptRegister, keepEntry, listKeptRegisters, readKept, versionOf } from './kept.ts'

let town: TestTown
const { anonymous, holder } = petitionSteps(() => town)
before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
})
after(() => town.close())

const pump = { village: 'shishang-village', item: '灌溉泵房', quantity: '1处', value: 120000, standing: 'own-use' }

test('a village officer writes of her own village, and nobody else does: not the next village, not the town above it', async () => {
  const officer = await holder('post:village-officer@shishang-village')
  const register = await getKeptRegister('collective-assets')
  assert.deepEqual(await bodiesKeptBy(officer, register), ['shishang-village'])
  const id = await keepEntry(officer, 'collective-assets', { cells: pump, reason: '' })
  for (const post of ['post:village-officer@xikou-village', 'post:village-affairs-clerk@agriculture', 'post:town-head@town']) {
    const other = await holder(post)
    for (const change of [
      { cells: pump, reason: '' },
      { id, cells: { ...pump, quantity: '2处' }, reason: '改' },
      { id, cells: null, reason: '撤' },
    ])
      await assert.rejects(keepEntry(other, 'collective-assets', change), { kind: 'forbidden', code: 'register.not_yours' }, post)
  }
  await assert.rejects(keepEntry(anonymous(), 'collective-assets', { cells: pump, reason: '' }), { code: 'register.not_yours' })
  // Nor does she give an entry to another village, or take one of theirs.
  await assert.rejects(keepEntry(officer, 'collective-assets', { id, cells: { ...pump, village: 'xikou-village' }, reason: '改' }), {
    code: 'register.not_yours',
  })
  assert.deepEqual(
    (await readKept(anonymous(), register, 'shishang-village')).map(({ cells }) => cells),
    [pump],
  )
  assert.deepEqual(await readKept(anonymous(), register, 'xikou-village'), [])
})

test('a change needs a reason and the version it was made on; the version before stays on record', async () => {
  const officer = await holder('post:village-officer@xikou-village')
  const register = await getKeptRegister('collective-assets')
  const own = { ...pump, village: 'xikou-village' }
  const id = await keepEntry(officer, 'collective-assets', { cells: own, reason: '' })
  const [entry] = await readKept(officer, register, 'xikou-village')
  const before = entry && versionOf(entry)
  assert.ok(before !== undefined)
  await assert.rejects(keepEntry(officer, 'collective-assets', { id, cells: { ...own, standing: 'let' }, reason: ' ', before }), {
    code: 'register.reason',
  })
  await keepEntry(officer, 'collective-assets', { id, cells: { ...own, standing: 'let' }, reason: '出租给合作社', before })
  await assert.rejects(keepEntry(officer, 'collective-assets', { id, cells: own, reason: '再改', before }), { code: 'register.changed' })
  await keepEntry(officer, 'collective-assets', { id, cells: null, reason: '登记错了' })
  assert.deepEqual(await readKept(officer, register, 'xikou-village'), [])
  const { rows } = await inTenant(town.ctx.db, town.ctx.tenant, (trx) =>
    sql<{
      version: number
      reason: string
    }>`select version, reason from register_entries where tenant_id = ${town.tenant} and entry_id = ${id} order by version`.execute(trx),
  )
  assert.deepEqual(
    rows.map(({ reason }) => reason),
    ['登记', '出租给合作社', '登记错了'],
  )
})

test('an entry that is none is refused with its column, and so is somebody’s number in a text that everybody reads', async () => {
  const officer = await holder('post:village-officer@shishang-village')
  await assert.rejects(keepEntry(officer, 'collective-assets', { cells: { ...pump, standing: 'gone' }, reason: '' }), { code: 'register.invalid' })
  await assert.rejects(keepEntry(officer, 'collective-assets', { cells: { village: 'shishang-village' }, reason: '' }), { code: 'register.invalid' })
  await assert.rejects(keepEntry(officer, 'collective-assets', { cells: { ...pump, place: '电话13800138000' }, reason: '' }), {
    code: 'publication.personal',
  })
})

test('every kept register passes the data charter and says each column and choice in both languages', async () => {
  const all = await listKeptRegisters()
  assert.equal(all.length, 9)
  for (const register of all) {
    assert.deepEqual(await lintRegister(new URL(`../../../registers/${register.slug}/`, import.meta.url)), [], register.slug)
    const wanted = register.columns.flatMap(({ id, choices }) => [id, ...choices.map((choice) => `choice.${choice}`)]).toSorted()
    for (const language of ['zh', 'en'] as const) assert.deepEqual(Object.keys(register.texts[language]).toSorted(), wanted, register.slug)
    assert.ok(
      register.columns.some(({ id, isRequired }) => id === register.keptBy.of && isRequired),
      register.slug,
    )
  }
})
