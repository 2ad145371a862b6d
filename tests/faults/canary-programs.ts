// The canaries sent by programs, and every way in which a request can be wrong while it carries them, our own failures included.
import assert from 'node:assert/strict'
import type { Hono } from 'hono'
import type { TestTown } from '../support/town.ts'
import { Visitor } from '../support/visitor.ts'
import { canaries, matter, who } from './canaries.ts'
import { browser } from './canary-portal.ts'

const town = '/t/qingxi'
const api = `${town}/api/v1`
const key = `${canaries.latinName.replaceAll(' ', '-')}-0001`
const words = `${canaries.name}：${canaries.phrase}，${canaries.phone}`
const filing = { procedure: 'petition', data: { ...matter, ...who, electronicService: true }, electronicService: true }

type Sent = { with?: string; body?: unknown; headers?: Record<string, string> }
type Ask = (method: string, path: string, status: number, sent?: Sent) => Promise<string>

const askerOf =
  (app: Hono): Ask =>
  async (method, path, status, { with: authorization, body, headers } = {}) => {
    const answer = await app.request(path, {
      method,
      headers: {
        ...browser,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(authorization === undefined ? {} : { authorization }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    assert.equal(answer.status, status, `${method} ${path}: ${text.slice(0, 500)}`)
    return text
  }

const found = (pattern: RegExp, text: string): string => {
  const [, first] = pattern.exec(text) ?? []
  assert.ok(first !== undefined, `${pattern} in ${text.slice(0, 500)}`)
  return first
}

/** `token` is a petition clerk's. @returns the codes that were given out. */
export async function releaseByPrograms(app: Hono, token: string): Promise<string[]> {
  const ask = askerOf(app)
  const codes = [await fileAndSpeak(ask), await enterAndWork(ask, `Bearer ${token}`)]
  await askWrongly(ask, `Bearer ${token}`)
  return codes
}

async function fileAndSpeak(ask: Ask): Promise<string> {
  const headers = { 'idempotency-key': key }
  const first = await ask('POST', `${api}/cases`, 201, { body: filing, headers })
  assert.equal(await ask('POST', `${api}/cases`, 201, { body: filing, headers }), first, 'the key opens the same answer')
  await ask('POST', `${api}/cases`, 409, { body: { ...filing, data: { ...filing.data, claim: words } }, headers })
  await ask('POST', `${api}/cases`, 422, { body: filing, headers: { 'idempotency-key': canaries.latinPhrase } })
  const code = found(/"code":"([0-9A-Z-]{19})"/, first)
  const address = `${api}/cases/${found(/"number":"([^"]+)"/, first)}`
  const mine = { with: `Receipt ${code}` }
  await ask('POST', `${address}/messages`, 200, { ...mine, body: { text: words } })
  await ask('POST', `${address}/messages`, 422, { ...mine, body: { text: words, name: canaries.name } })
  await ask('POST', `${address}/messages`, 409, { ...mine, body: { name: 'appeal', data: { reasons: words, claim: words } } })
  await ask('POST', `${address}/messages`, 422, { ...mine, body: { name: 'withdraw', data: { reasons: words } } })
  await ask('GET', address, 200, mine)
  await ask('GET', `${address}/receipt`, 202, mine)
  await ask('POST', `${address}/messages`, 200, { ...mine, body: { name: 'withdraw', data: { confirmed: true, reasons: words } } })
  return code
}

async function enterAndWork(ask: Ask, bearer: string): Promise<string> {
  const staff = { with: bearer }
  const entry = { channel: 'letter', receivedOn: '2026-03-02', evidence: words }
  const filed = await ask('POST', `${api}/cases`, 201, { ...staff, body: { ...filing, entry } })
  await ask('POST', `${api}/cases`, 422, { ...staff, body: { ...filing, entry: { ...entry, receivedOn: canaries.name } } })
  for (const typed of [canaries.name, canaries.phrase]) await ask('GET', `${api}/tasks?q=${encodeURIComponent(typed)}`, 200, staff)
  const tasks = await ask('GET', `${api}/tasks?q=${found(/"number":"([^"]+)"/, filed)}`, 200, staff)
  const task = `${api}/tasks/${found(/"id":"([0-9a-f-]{36})"/, tasks)}`
  const version = Number(found(/"version":(\d+)/, tasks))
  await ask('POST', `${task}/claim`, 200, { ...staff, body: { version } })
  await ask('POST', `${task}/assign`, 422, { ...staff, body: { version: version + 1, assignee: canaries.name, reason: words } })
  await ask('POST', `${task}/return`, 200, { ...staff, body: { version: version + 1, reason: words } })
  const data = { category: 'claim', urgent: true, urgentReport: words, summary: words, notes: words }
  await ask('POST', `${task}/complete`, 422, { ...staff, body: { version: version + 2, data: { ...data, category: canaries.name } } })
  await ask('POST', `${task}/complete`, 409, { ...staff, body: { version, data } })
  await ask('POST', `${task}/complete`, 200, { ...staff, body: { version: version + 2, data } })
  return found(/"code":"([0-9A-Z-]{19})"/, filed)
}

/** In a field, as a field, in half a document, in the query, in the path, as a credential, as a town. */
async function askWrongly(ask: Ask, bearer: string): Promise<void> {
  const [name, phrase] = [encodeURIComponent(canaries.name), encodeURIComponent(canaries.phrase)]
  const data = { ...matter, ...who }
  await ask('POST', `${api}/cases`, 422, { body: { ...filing, data: { ...data, phone: words } } })
  await ask('POST', `${api}/cases`, 422, { body: { ...filing, data: { ...data, [canaries.name]: canaries.phrase } } })
  await ask('POST', `${api}/cases`, 422, { body: { ...filing, data: { ...data, name: `${canaries.name}\0` } } })
  await ask('POST', `${api}/cases`, 422, { body: { ...filing, data: { ...data, village: canaries.address } } })
  await ask('POST', `${api}/cases`, 422, { body: { ...filing, procedure: canaries.name } })
  await ask('POST', `${api}/cases`, 404, { body: { ...filing, procedure: canaries.latinName.toLowerCase().replaceAll(' ', '-') } })
  await ask('POST', `${api}/cases`, 400, { body: `{"procedure":"petition","data":{"name":"${canaries.name}"` })
  await ask('POST', `${api}/cases`, 415, { body: words, headers: { 'content-type': 'text/plain' } })
  await ask('GET', `${api}/procedures?${name}=${phrase}`, 400)
  await ask('GET', `${api}/tasks?cursor=${phrase}`, 400, { with: bearer })
  await ask('GET', `${api}/cases/${name}`, 404, { with: bearer })
  await ask('GET', `${api}/${name}/${phrase}`, 404)
  await ask('GET', `${api}/tasks`, 401, { with: `Bearer xl_qingxi_${canaries.latinName.replaceAll(' ', '_')}` })
  await ask('GET', `${api}/tasks`, 401, { with: `Basic ${Buffer.from(`${canaries.email}:${canaries.password}`).toString('base64')}` })
  await ask('GET', `/t/${name}/api/v1/procedures`, 404)
  for (const path of [
    `/${name}`,
    `/t/${name}`,
    `${town}/${name}?q=${phrase}`,
    `${town}/cases/${name}`,
    `${town}/verify/${name}%00`,
    `/assets/${name}`,
  ])
    await ask('GET', path, 404)
  const half = await askPlain(ask, `${town}/%E6%AC%A7%E9/${name}`)
  assert.ok(half.length > 0)
  await ask('GET', `${town}/workspace/cases/${name}?q=${phrase}`, 303)
  await ask('POST', `${town}/track`, 403, { body: `code=${name}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
}

/** A path that is no UTF-8. */
const askPlain = (ask: Ask, path: string) => ask('GET', path, 404)

/**
 * Our own failures: the database refuses rows in the middle of a request, and its message repeats the row. Each answer is 500 and each
 * goes to the log. @returns how many.
 */
export async function failInside(app: Hono, { installation }: TestTown): Promise<number> {
  const tables = ['cases', 'drafts', 'sign_in_attempts']
  const order = (table: string, change: string) => installation.database.owner((client) => client.query(`alter table ${table} ${change}`))
  for (const table of tables) await order(table, 'add constraint canary_fault check (false) not valid')
  try {
    const ask = askerOf(app)
    const answer = await ask('POST', `${api}/cases`, 500, { body: filing })
    assert.ok(!answer.includes(canaries.phrase) && !answer.includes('canary_fault'), 'nothing internal is answered')
    const visitor = new Visitor(app, browser)
    await visitor.get(`${town}/matters/petition`)
    await visitor.get(`${town}/sign-in`)
    for (const [path, fields] of [
      [`${town}/matters/petition/new/what?q=${encodeURIComponent(canaries.name)}`, { ...matter, _then: 'next' }],
      [`${town}/sign-in`, { email: canaries.name, password: canaries.password }],
    ] satisfies [string, Record<string, string>][]) {
      const page = await visitor.post(path, fields)
      assert.equal(page.status, 500, page.text.slice(0, 500))
    }
    return 3
  } finally {
    for (const table of tables) await order(table, 'drop constraint canary_fault')
  }
}
