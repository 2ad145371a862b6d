import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { actorOf, moveTo } from '../../demo/play-example.ts'
import { as, type Ctx } from '../context.ts'
import { countRequests } from './frequency.ts'
import { loadCase } from './load-case.ts'
import { openCase } from './open-case.ts'

let town: TestTown
before(async () => {
  town = await openTestTown()
})
after(() => town.close())

const wen = { content: '2025年石上村道路硬化工程的合同和验收单。', form: 'electronic', name: '闻远', phone: '000 0000 0061' }
const lin = { ...wen, name: '林小满' }

async function file(data: Record<string, unknown>, procedure = 'disclosure-request'): Promise<string> {
  return (await openCase(as(town.ctx, { kind: 'anonymous' }), { procedure, data })).caseId
}

const seenBy = async (ctx: Ctx, caseId: string) => countRequests(ctx, await loadCase(town.ctx, caseId))
const post = async (duty: string) => as(town.ctx, await actorOf(town.ctx, `post:${duty}`, ''))

test('the officer who registers and the applicant see one number: her own requests of this kind within the months', async () => {
  await file(wen)
  await moveTo(town.ctx, town.clock, new Date('2026-09-01T09:00:00+08:00'))
  await file(wen)
  await file(lin)
  await file(
    { village: 'shishang-village', subject: '装候车亭', description: '下雨没地方躲。', name: '闻远', phone: '000 0000 0061' },
    'practical-project',
  )
  const second = await file({ ...wen, phone: '000-0000-0061' })
  const clerk = await post('disclosure-clerk@general-office')
  assert.deepEqual(await seenBy(clerk, second), { count: 3, after: '2025-09-01' })
  const [party] = (await loadCase(town.ctx, second)).parties
  assert.deepEqual(
    await seenBy(as(town.ctx, await actorOf(town.ctx, 'party:applicant', second)), second),
    { count: 3, after: '2025-09-01' },
    party?.role,
  )
  await moveTo(town.ctx, town.clock, new Date('2027-03-02T09:00:00+08:00'))
  // A year to the day: what was filed on the first day is out of it.
  assert.deepEqual(await seenBy(clerk, await file(wen)), { count: 3, after: '2026-03-02' })
})

test('nobody else sees it, nor anybody once the request is registered', async () => {
  const caseId = await file(wen)
  assert.equal(await seenBy(await post('handler@civil-affairs'), caseId), undefined)
  assert.equal(await seenBy(as(town.ctx, { kind: 'anonymous' }), caseId), undefined)
  const loaded = await loadCase(town.ctx, caseId)
  assert.equal(await countRequests(await post('disclosure-clerk@general-office'), { ...loaded, tasks: [] }), undefined)
})
