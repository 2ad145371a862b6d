// Rights and limits: a cookie counts for nothing here, and who asks too often waits.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Challenge, solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { openTestApi, sampleBody, type TestApi } from './fixture.ts'
import { acknowledgement, caseDetail, taskList } from './answers.ts'
import { operations } from './rest.ts'

let api: TestApi
before(async () => {
  // Not a demonstration: the limits are those of a town at work.
  api = await openTestApi({ demo: false })
})
after(() => api.town.close())

const nextWindow = () => api.town.clock.advance(3_600_000)
const file = async () => acknowledgement.parse((await api.ask('POST', '/cases', { body: sampleBody })).body)
const concrete = (path: string) =>
  path
    .replace(':slug', 'petition')
    .replace(':number', 'XF26-0000-000')
    .replace(/:document|:task/, '019cacc1-7b4e-7e3a-9d43-1f0f2f9a6c10')

for (const operation of operations) {
  if (operation.credentials !== 'case' && operation.credentials !== 'staff') continue
  test(`${operation.id} without credentials answers 401 and says how to come in`, async () => {
    const answer = await api.ask(operation.method.toUpperCase(), concrete(operation.path))
    assert.equal(answer.status, 401)
    assert.match(answer.headers.get('www-authenticate') ?? '', /Bearer/)
  })
}

test('a staff session cookie opens nothing here', async () => {
  await api.holder('petition-clerk')
  const { cookies } = await api.town.installation.identityOf(api.town.tenant).signIn({
    email: 'petition-clerk@qingxi.example',
    password: 'correct horse battery 2026',
    headers: new Headers(),
  })
  assert.ok(cookies.length > 0, 'signed in')
  const cookie = cookies.map((line) => line.split(';')[0]).join('; ')
  const answer = await api.ask('GET', '/tasks', { headers: { cookie } })
  assert.equal(answer.status, 401)
})

test('an officer of another office does not find the case of an office', async () => {
  nextWindow()
  const { number } = await file()
  const stranger = await api.holder('agriculture-handler')
  assert.equal((await api.ask('GET', `/cases/${number}`, { with: stranger })).status, 404)
  assert.equal(taskList.parse((await api.ask('GET', `/tasks?q=${number}`, { with: stranger })).body).total, 0)
  const clerk = await api.holder('petition-clerk')
  const seen = await api.ask('GET', `/cases/${number}`, { with: clerk })
  assert.equal(caseDetail.parse(seen.body).tasks[0]?.element, 'Register')
  const { tasks } = taskList.parse((await api.ask('GET', `/tasks?q=${number}`, { with: clerk })).body)
  const act = await api.ask('POST', `/tasks/${tasks[0]?.id}/claim`, { with: stranger, body: { version: 1 } })
  assert.equal(act.status, 404)
})

/** What a browser or a program computes when filing is under pressure. */
async function prove(): Promise<string> {
  const challenge: Challenge = JSON.parse((await api.ask('GET', '/t/qingxi/challenge.json?for=filing')).text)
  const solution = await solveChallenge({ challenge, deriveKey })
  return Buffer.from(JSON.stringify({ challenge, solution })).toString('base64')
}

test('after twenty filings in an hour an address waits, and staff with a token do not', async () => {
  nextWindow()
  for (let count = 0; count < 15; count++) assert.equal((await api.ask('POST', '/cases', { body: sampleBody })).status, 201)
  // Under pressure each further one costs some computing.
  assert.equal((await api.ask('POST', '/cases', { body: sampleBody })).status, 403)
  for (let count = 0; count < 5; count++)
    assert.equal((await api.ask('POST', '/cases', { body: sampleBody, headers: { 'altcha-proof': await prove() } })).status, 201)
  const refused = await api.ask('POST', '/cases', { body: sampleBody, headers: { 'altcha-proof': await prove() } })
  assert.equal(refused.status, 429)
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  const token = await api.holder('petition-clerk')
  const entered = await api.ask('POST', '/cases', {
    with: token,
    body: { procedure: 'petition', data: sampleBody.data, entry: { channel: 'counter', receivedOn: '2026-03-01' } },
  })
  assert.equal(entered.status, 201, entered.text)
  nextWindow()
  assert.equal((await api.ask('POST', '/cases', { body: sampleBody })).status, 201)
})

test('after ten wrong codes even a right one waits, and right ones are not counted', async () => {
  nextWindow()
  const { number, receipt } = await file()
  const right = () => api.ask('GET', `/cases/${number}`, { with: `Receipt ${receipt.code}` })
  for (let count = 0; count < 15; count++) assert.equal((await right()).status, 200)
  for (let count = 0; count < 10; count++)
    assert.equal((await api.ask('GET', `/cases/${number}`, { with: 'Receipt 0000-0000-0000-0000' })).status, 404)
  assert.equal((await api.ask('GET', `/cases/${number}`, { with: 'Receipt 0000-0000-0000-0000' })).status, 429)
  const waiting = await right()
  assert.equal(waiting.status, 429)
  assert.ok(Number(waiting.headers.get('retry-after')) <= 900)
  nextWindow()
  assert.equal((await right()).status, 200)
})

test('a code may be typed with small letters and without dashes', async () => {
  nextWindow()
  const { number, receipt } = await file()
  assert.equal((await api.ask('GET', `/cases/${number}`, { with: `receipt ${receipt.code.toLowerCase().replaceAll('-', '')}` })).status, 200)
})
