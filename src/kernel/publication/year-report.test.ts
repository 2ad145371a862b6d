import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { inTenant } from '../database/database.ts'
import { getProcedure } from '../procedures/packages.ts'
import { openCase } from '../cases/open-case.ts'
import { as } from '../context.ts'
import { sampleFiling } from '../../../tests/support/filing.ts'
import { petitionSteps } from '../../../tests/support/petition-steps.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { checkStatistics } from './statistics.ts'
import { yearReport } from './year-report.ts'

let town: TestTown
const { complete, clerk, at } = petitionSteps(() => town)
before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
})
after(() => town.close())

/** Six petitions on roads and one on housing, all but one handed to an office. */
async function fill(): Promise<void> {
  at('2026-03-02T09:00:00+08:00')
  for (const [index, field] of ['roads', 'roads', 'roads', 'roads', 'roads', 'roads', 'housing'].entries()) {
    const { caseId } = await openCase(as(town.ctx, { kind: 'anonymous' }), sampleFiling)
    await complete(await clerk(), caseId, 'Register', { category: 'claim', urgent: false, summary: '排水沟堵塞。', field })
    if (index < 6)
      await complete(await clerk(), caseId, 'DecideAcceptance', { outcome: 'accept', office: 'civil-affairs', reasons: '属于本镇职责。' })
  }
}

test('the report counts by office and by choice, hides what could point at a person, and names what offices failed to do', async () => {
  await fill()
  await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql`update deadlines set missed_at = ${town.clock.now()} where tenant_id = ${town.tenant} and deadline = 'opinion'`.execute(trx),
  )
  const procedure = await getProcedure(town.ctx, 'petition')
  const report = await yearReport(town.ctx, procedure, 2026)
  const fields = report.statistics.find((known) => known.id === 'field')?.table
  assert.deepEqual(fields?.rows, ['housing', 'roads'])
  // One case of housing is hidden, and with it what would give it away.
  assert.equal(fields?.cells[0]?.[0], null)
  assert.equal(fields?.cells[1]?.[0], null)
  assert.equal(fields?.total, 7)
  const office = report.byOffice.rows.indexOf('civil-affairs')
  assert.ok(office >= 0)
  assert.deepEqual(report.breaches.rows, ['civil-affairs'])
  assert.deepEqual([report.breaches.columns, report.breaches.cells], [['missed:opinion'], [[6]]])
  assert.deepEqual((await yearReport(town.ctx, procedure, 2025)).byOffice.rows, [])
})

test('only a choice that is not sealed may be counted', async () => {
  const procedure = await getProcedure(town.ctx, 'petition')
  const with_ = (field: string) => checkStatistics({ ...procedure, manifest: { ...procedure.manifest, statistics: [{ id: 'x', field }] } })
  assert.deepEqual(with_('Register.category'), [])
  for (const field of ['filing.name', 'filing.description', 'Register.nothing', 'Nowhere.category'])
    assert.equal(with_(field)[0]?.rule, 'package.statistics', field)
})
