// Forms under pressure: proof of work, the wait for those who cannot, and that neither is good twice or elsewhere.
// Runs on postgres only: the limits behind it are tried on both by limits.test.ts.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { type Challenge, solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import type { Hono } from 'hono'
import { createApp } from '#app'
import { openCase } from '#kernel/cases/open-case.ts'
import { newTicket, takeProof, waitSeconds } from '#kernel/identity/proof.ts'
import { changeSettings } from '#kernel/towns/create-town.ts'
import { forgetTown } from '#kernel/towns/towns.ts'
import { ensureAssets } from '#ui/build.ts'
import { sampleFiling } from '#tests/support/filing.ts'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import { Visitor } from '#tests/support/visitor.ts'

let town: TestTown
let app: Hono
let code = ''
const base = '/t/qingxi'
before(async () => {
  await ensureAssets()
  town = await openTestTown()
  app = createApp(town.installation)
  code = (await openCase(await town.ctxFor({ kind: 'anonymous' }), sampleFiling)).receiptCode
})
after(() => town.close())

const set = async (settings: object) => {
  await changeSettings(town.installation.database, town.tenant, settings)
  forgetTown(town.ctx)
}
beforeEach(async () => {
  town.clock.advance(7200_000)
  await set({ proof: 'always', limits: {} })
})

const challenge = async (form: string): Promise<Challenge> => (await app.request(`http://127.0.0.1:3000${base}/challenge.json?for=${form}`)).json()
async function solve(asked: Challenge): Promise<string> {
  const solution = await solveChallenge({ challenge: asked, deriveKey })
  assert.ok(solution)
  return Buffer.from(JSON.stringify({ challenge: asked, solution })).toString('base64')
}
async function track(more: Record<string, string>) {
  const visitor = new Visitor(app)
  await visitor.get(`${base}/track`)
  return visitor.post(`${base}/track`, { code, number: '', _ticket: visitor.field('_ticket'), ...more })
}

test('a quiet town asks for nothing; under pressure the form asks, for this address only', async () => {
  await set({ proof: 'adaptive', limits: { pressureTrack: 2 } })
  const visitor = new Visitor(app)
  const shows = async () => (await visitor.get(`${base}/track`)).text.includes('altcha-widget')
  for (let post = 0; post < 2; post++) {
    assert.equal(await shows(), false)
    assert.equal((await visitor.post(`${base}/track`, { code: 'AAAA-AAAA-AAAA-AAAA' })).status, 422)
  }
  assert.equal(await shows(), true)
  const refused = await visitor.post(`${base}/track`, { code, number: '' })
  assert.deepEqual([refused.status, refused.location], [422, null])
  assert.ok(refused.text.includes(`value="${code}"`), 'what was typed is still there')
  assert.equal((await new Visitor(app).get(`${base}/sign-up`)).text.includes('altcha-widget'), false, 'another form is not under pressure')
  town.clock.advance(3600_000)
  assert.equal(await shows(), false, 'an hour later it is quiet again')
})

test('a proof opens the form once, and only the form and town it is for', async () => {
  const proof = await solve(await challenge('track'))
  const elsewhere = await solve(await challenge('account'))
  assert.equal((await track({ altcha: elsewhere })).status, 422, 'a proof for another form')
  const other = { ...town.ctx, tenant: 'other' }
  assert.notEqual((await takeProof(other, 'track', { proof, ticket: '', who: 'x' })).kind, 'passed', 'another town')
  assert.equal((await track({ altcha: proof })).status, 303)
  assert.equal((await track({ altcha: proof })).status, 422, 'a second time')
})

test('of twenty posts with one proof at once, one goes through', async () => {
  const proof = await solve(await challenge('track'))
  const results = await Promise.all(Array.from({ length: 20 }, () => takeProof(town.ctx, 'track', { proof, ticket: '', who: 'race' })))
  assert.equal(results.filter((result) => result.kind === 'passed').length, 1)
})

test('a proof that was changed in any part is none', async () => {
  const asked = await challenge('track')
  const solved = JSON.parse(Buffer.from(await solve(asked), 'base64').toString())
  const { parameters } = solved.challenge
  const forged: [string, unknown][] = [
    ['cheaper', { ...solved, challenge: { ...solved.challenge, parameters: { ...parameters, cost: 1 } } }],
    ['another prefix', { ...solved, challenge: { ...solved.challenge, parameters: { ...parameters, keyPrefix: '00' } } }],
    ['longer', { ...solved, challenge: { ...solved.challenge, parameters: { ...parameters, expiresAt: parameters.expiresAt + 9999 } } }],
    ['no signature', { ...solved, challenge: { parameters, signature: '' } }],
    ['another nonce', { ...solved, challenge: { ...solved.challenge, parameters: { ...parameters, nonce: '0'.repeat(32) } } }],
    ['another solution', { ...solved, solution: { ...solved.solution, derivedKey: '0'.repeat(64) } }],
    ['a list', [solved]],
    ['nothing', null],
  ]
  for (const [title, value] of forged)
    assert.equal((await track({ altcha: Buffer.from(JSON.stringify(value)).toString('base64') })).status, 422, title)
  for (const text of ['', '%%%', 'A'.repeat(20_000), Buffer.from('{').toString('base64')]) assert.equal((await track({ altcha: text })).status, 422)
})

test('without JavaScript: too early is told how long, then the same form goes through', async () => {
  const visitor = new Visitor(app)
  await visitor.get(`${base}/track`)
  const early = await visitor.post(`${base}/track`, { code, number: '', _ticket: visitor.field('_ticket') })
  assert.equal(early.status, 422)
  assert.match(early.text, new RegExp(`请再等 ${waitSeconds} 秒`))
  town.clock.advance(waitSeconds * 1000)
  const answer = await visitor.post(`${base}/track`, { code, number: '', _ticket: visitor.field('_ticket') })
  assert.equal(answer.status, 303)
})

test('a ticket is good once, for its form, for some hours, and not for everybody behind one address', async () => {
  const ticket = newTicket(town.ctx, 'track')
  const take = (given: string, who = 'a', form: 'track' | 'account' = 'track') => takeProof(town.ctx, form, { proof: '', ticket: given, who })
  town.clock.advance(waitSeconds * 1000)
  const together = await Promise.all(Array.from({ length: 20 }, (_, index) => take(ticket, `address ${index}`)))
  assert.equal(together.filter((result) => result.kind === 'passed').length, 1)
  assert.equal((await take(newTicket(town.ctx, 'account'))).kind, 'absent')
  const [form, at, id, signature] = ticket.split('.')
  for (const forged of [
    `${form}.${Number(at) - 99_999}.${id}.${signature}`,
    `${form}.${at}.${id}x.${signature}`,
    `${form}.${at}.${id}`,
    `${ticket}.x`,
    `${form}.NaN.${id}.${signature}`,
  ])
    assert.equal((await take(forged)).kind, 'absent', forged)
  const old = newTicket(town.ctx, 'track')
  town.clock.advance(7 * 3600_000)
  assert.equal((await take(old)).kind, 'absent')
  await set({ proof: 'always', limits: { waitedForms: 2 } })
  const kinds: string[] = []
  for (let round = 0; round < 3; round++) {
    const fresh = newTicket(town.ctx, 'track')
    town.clock.advance(waitSeconds * 1000)
    kinds.push((await take(fresh, 'desk')).kind)
  }
  assert.deepEqual(kinds, ['passed', 'passed', 'often'])
})

test('sign-up, mailed links and a program that files are asked too', async () => {
  for (const [path, fields] of [
    ['/sign-up', { name: '林小满', email: 'lin@example.com', password: 'clear brook 2026 over stones' }],
    ['/account/reset', { email: 'lin@example.com' }],
  ] as const) {
    const visitor = new Visitor(app)
    await visitor.get(`${base}${path}`)
    const fieldsWith = { ...fields, _ticket: visitor.field('_ticket') }
    assert.equal((await visitor.post(`${base}${path}`, fieldsWith)).status, 422, path)
    town.clock.advance(waitSeconds * 1000)
    assert.equal((await visitor.post(`${base}${path}`, fieldsWith)).status, 200, path)
  }
  const send = (headers: Record<string, string>) =>
    app.request(`http://127.0.0.1:3000${base}/api/v1/cases`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(sampleFiling),
    })
  const refused = await send({})
  assert.equal(refused.status, 403)
  assert.match(await refused.text(), /proof\.needed.*\/challenge\.json\?for=filing/)
  assert.equal((await send({ 'altcha-proof': await solve(await challenge('filing')) })).status, 201)
})

test('an unknown form has no challenge, and a challenge is never kept', async () => {
  assert.equal((await app.request(`http://127.0.0.1:3000${base}/challenge.json?for=admin`)).status, 422)
  const answer = await app.request(`http://127.0.0.1:3000${base}/challenge.json?for=track`)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
})
