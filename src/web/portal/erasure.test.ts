// A person has her matter erased: asked on her own page, written into the log first, gone everywhere, and the page says so.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Hono } from 'hono'
import { createApp } from '#app'
import { sendCaseMessage } from '#kernel/cases/act.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { findReceiptActor } from '#kernel/cases/open-by-receipt.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { as } from '#kernel/context.ts'
import { attacker } from '#kernel/ledger/drill-tools.fixture.ts'
import { parseLeaf } from '#kernel/ledger/leaf.ts'
import { exampleSchema } from '#kernel/procedures/worked-examples.ts'
import { ensureAssets } from '#ui/build.ts'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import { Visitor } from '#tests/support/visitor.ts'

const example = exampleSchema.parse(
  JSON.parse(readFileSync(new URL('../../../procedures/residence-permit/examples/withdrawn-before-acceptance.json', import.meta.url), 'utf8')),
)
const filing = example.steps[0]?.data ?? {}

let town: TestTown
let app: Hono
before(async () => {
  await ensureAssets()
  town = await openTestTown(example.given.at)
  app = createApp(town.installation)
})
after(() => town.close())

async function withdrawn() {
  const anonymous = as(town.ctx, { kind: 'anonymous' })
  const made = await openCase(anonymous, {
    procedure: 'residence-permit',
    data: { ...filing, name: '柳映溪' },
  })
  const actor = await findReceiptActor(anonymous, made.number, made.receiptCode)
  assert.ok(actor)
  await sendCaseMessage(as(town.ctx, actor), { caseId: made.caseId }, 'withdraw', { confirmed: true })
  const visitor = new Visitor(app)
  await visitor.get('/t/qingxi/track')
  await visitor.post('/t/qingxi/track', { code: made.receiptCode })
  return { ...made, visitor, address: `/t/qingxi/cases/${made.number}` }
}

test('before its time the matter stays, and the page gives the reason', async () => {
  const { visitor, address, caseId } = await withdrawn()
  await visitor.get(`${address}/data`)
  const answer = await visitor.post(`${address}/data`, { act: 'erase' })
  assert.equal(answer.status, 303)
  const page = await visitor.follow(answer)
  assert.match(page.text, /2036/, 'the day from which it can be erased')
  assert.equal((await loadCase(town.ctx, caseId)).content.filing['name'], '柳映溪')
})

test('when its time is over the log tells first, then nothing of it is left, and her page says so', async () => {
  const { visitor, address, caseId, number, receiptCode } = await withdrawn()
  const { run, leaves } = attacker(town)
  await run(`update cases set retain_until = '2026-03-01' where case_id = '${caseId}'`)
  await visitor.get(`${address}/data`)
  const answer = await visitor.post(`${address}/data`, { act: 'erase' })
  assert.equal(answer.location, '/t/qingxi/erased')
  const said = await visitor.follow(answer)
  assert.equal(said.status, 200)
  assert.match(said.text, /已经按您的申请删除/)
  assert.ok(!said.text.includes(number) && !said.text.includes('柳映溪'))
  const told = (await leaves()).map(({ leaf }) => parseLeaf(leaf)).filter((leaf) => leaf.kind === 'erased')
  assert.equal(told.length, 1)
  assert.ok(JSON.stringify(told).includes('pipl-47'))
  assert.equal((await visitor.get(address)).status, 404)
  await visitor.get('/t/qingxi/track')
  assert.equal((await visitor.post('/t/qingxi/track', { code: receiptCode })).status, 422)
  await assert.rejects(loadCase(town.ctx, caseId), { kind: 'not_found' })
  const rows = await run('select count(*)::int as n from vault.case_keys where case_id = $1', [caseId])
  assert.deepEqual(
    rows.map((row) => row['n']),
    [0],
  )
})
