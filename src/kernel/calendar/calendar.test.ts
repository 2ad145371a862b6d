// The calendar of an invented training: one session for the member, moved once.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { makePackage, publishInvented } from '../../../tests/support/club.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { sendCaseMessage } from '../cases/act.ts'
import { loadCase } from '../cases/load-case.ts'
import { openCase } from '../cases/open-case.ts'
import { as, type Ctx } from '../context.ts'
import { listSessions, makeFeed, readFeed } from './calendar.ts'

const training = `
start s form=filing
service Set action=schedule@1
catch Move message=move form=when by=member
s -> Set -> Move -> Set
`
let town: TestTown

before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')

  const field = { type: 'string', 'x-tag': 'free-text', 'x-purpose': 'a test', 'x-basis': 'rules', 'x-visibility': 'parties' } as const
  const inputs = {
    Set: [
      { name: 'start', value: '=if Move = null then "2026-03-10T14:30" else Move.start' },
      { name: 'place', value: 'Court 1, north' },
      { name: 'title', value: 'Training' },
      { name: 'office', value: 'agriculture' },
      { name: 'tell', value: '=["member"]' },
    ],
  }
  await publishInvented(town.ctx, await makePackage('training', training, inputs, {}, { forms: { when: { start: field } } }))
})
after(() => town.close())

async function openTraining(): Promise<{ caseId: string; number: string; member: Ctx; rival: Ctx }> {
  const { caseId, number } = await openCase(as(town.ctx, { kind: 'anonymous' }), { procedure: 'training', data: { name: '林小满', rival: '陶小暑' } })
  const { parties } = await loadCase(town.ctx, caseId)
  const party = (role: string) => as(town.ctx, { kind: 'receipt', caseId, partyId: parties.find((known) => known.role === role)?.partyId ?? '' })
  return { caseId, number, member: party('member'), rival: party('rival') }
}

test('a party sees the sessions she takes part in, and a feed follows when one is moved', async () => {
  const { caseId, number, member, rival } = await openTraining()
  assert.equal((await listSessions(member, { number })).length, 1)
  assert.equal((await listSessions(rival, { number })).length, 0)
  const { secret } = await makeFeed(member, { number })
  const first = await readFeed(town.ctx, secret)
  assert.match(first, /\r\nDTSTART:20260310T063000Z\r\n/)
  assert.match(first, /\r\nDTEND:20260310T073000Z\r\n/)
  assert.match(first, /\r\nSEQUENCE:0\r\n/)
  assert.match(first, /\r\nLOCATION:Court 1\\, north/)
  await sendCaseMessage(member, { caseId }, 'move', { start: '2026-03-11T09:00' })
  const second = await readFeed(town.ctx, secret)
  assert.match(second, /\r\nDTSTART:20260311T010000Z\r\n/)
  assert.match(second, /\r\nSEQUENCE:1\r\n/)
  assert.equal(second.match(/BEGIN:VEVENT/g)?.length, 1)
  const uid = /\r\nUID:([^\r]+)/
  assert.equal(uid.exec(first)?.[1], uid.exec(second)?.[1])
  assert.ok(!second.includes('林小满'))
})

test('a new address ends the old, a guessed one finds nothing, and nobody makes one for somebody else', async () => {
  const { number, member } = await openTraining()
  const { secret } = await makeFeed(member, { number })
  const { secret: newer } = await makeFeed(member, { number })
  await assert.rejects(readFeed(town.ctx, secret), { code: 'calendar.not_found' })
  assert.match(await readFeed(town.ctx, newer), /BEGIN:VCALENDAR/)
  await assert.rejects(readFeed(town.ctx, 'x'.repeat(43)), { code: 'calendar.not_found' })
  const other = await openTraining()
  await assert.rejects(makeFeed(other.member, { number }), { code: 'case.not_found' })
})
