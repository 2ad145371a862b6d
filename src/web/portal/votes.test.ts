import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createApp } from '#app'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { closeBallot } from '#kernel/votes/votes.ts'
import { ensureAssets } from '#ui/build.ts'
import { openPoll } from '../../../tests/support/poll.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { Visitor } from '../../../tests/support/visitor.ts'

let town: TestTown
let app: ReturnType<typeof createApp>
let ballotId = ''
const base = '/t/qingxi'

before(async () => {
  await ensureAssets()
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  app = createApp(town.installation)
  await openPoll(town.ctx)
  const { caseId } = await openCase({ ...town.ctx, actor: { kind: 'anonymous' } }, { procedure: 'poll', data: { name: '林小满' } })
  ballotId = String((await loadCase(town.ctx, caseId)).content['Open']?.['ballot'])
})
after(() => town.close())

async function resident(name: string): Promise<Visitor> {
  const email = `${name}@example.com`
  const password = 'clear brook 2026 over stones'
  await town.installation.identityOf(town.tenant).createUser({ email, password, name, kind: 'resident' })
  const visitor = new Visitor(app)
  await visitor.get(`${base}/sign-in`)
  assert.equal((await visitor.post(`${base}/sign-in`, { email, password })).status, 303)
  return visitor
}

test('anyone reads what is asked, and is told to sign in to vote', async () => {
  const visitor = new Visitor(app)
  const list = await visitor.get(`${base}/votes`)
  assert.match(list.text, new RegExp(`href="${base}/votes/${ballotId}"`))
  const page = await visitor.get(`${base}/votes/${ballotId}`)
  assert.match(page.text, /登录后投票/)
  assert.doesNotMatch(page.text, /name="choices"/)
  assert.equal((await visitor.get(`${base}/votes/0190aaaa-0000-7000-8000-000000000000`)).status, 404)
})

test('a resident votes without a script, once; another vote changes nothing, and the page never says what was chosen', async () => {
  const visitor = await resident('lin')
  const paper = await visitor.get(`${base}/votes/${ballotId}`)
  assert.match(paper.text, /type="checkbox"/)
  const tooMany = await visitor.post(`${base}/votes/${ballotId}`, { choices: ['0', '1', '2'] })
  assert.equal(tooMany.status, 422)
  assert.match(tooMany.text, /最多选 2 项/)
  const voted = await visitor.follow(await visitor.post(`${base}/votes/${ballotId}`, { choices: '1' }))
  assert.match(voted.text, /您的票已经交了/)
  assert.doesNotMatch(voted.text, /checked/)
  const again = await visitor.follow(await visitor.post(`${base}/votes/${ballotId}`, { choices: '2' }))
  assert.match(again.text, /您在这里投过票了/)
  assert.doesNotMatch(again.text, /<td[^>]*>1</)
  const result = await closeBallot(town.ctx, ballotId)
  assert.deepEqual(result, { voters: 1 })
  assert.match((await visitor.get(`${base}/votes/${ballotId}`)).text, /只有 1 人投票/)
})
