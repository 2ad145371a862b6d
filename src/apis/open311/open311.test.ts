// GeoReport v2 over the whole application: what the specification asks for, in both formats, and nothing of who sent a request.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import sharp from 'sharp'
import { createApiKey, listApiKeys, revokeApiKey } from '#kernel/access/api-keys.ts'
import { readXml } from '#tests/support/xml.ts'
import { openTestApi, type TestApi } from '../rest/fixture.ts'

let api: TestApi
let base = ''
let key = ''
before(async () => {
  api = await openTestApi()
  base = `/t/${api.town.tenant}/open311`
  key = (await createApiKey(api.town.ctx, { name: '测试程序' })).key
})
after(() => api.town.close())

type Row = Record<string, unknown>
const get = async (path: string) => api.ask('GET', `${base}${path}`)
// Answers of this interface are lists of objects; the tests look at single members.
const rows = (body: unknown) => body as Row[]

async function post(path: string, fields: Record<string, string | string[]> | FormData) {
  const body = fields instanceof FormData ? fields : new URLSearchParams()
  if (body instanceof URLSearchParams) for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one)
  const { createApp } = await import('#app')
  const answer = await createApp(api.town.installation).request(`${base}${path}`, { method: 'POST', body })
  const text = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    body: answer.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as unknown) : undefined,
  }
}

const lamp = (more: Record<string, string | string[]> = {}) => ({
  api_key: key,
  service_code: 'streetlight',
  'attribute[lampFault]': 'off',
  lat: '30.123456',
  long: '118.654321',
  address_string: '石上村口',
  description: '路灯坏了 <b>三天</b> & 看不见路',
  first_name: '小满',
  last_name: '林',
  phone: '000 0000 0001',
  email: 'lin@example.org',
  ...more,
})

describe('discovery and services', () => {
  test('discovery names a production and a test endpoint in both formats', async () => {
    const { body } = await get('/discovery.json')
    const { endpoints } = body as { endpoints: Row[] }
    assert.deepEqual(
      endpoints.map(({ type }) => type),
      ['production', 'test'],
    )
    assert.deepEqual(endpoints[0]?.['formats'], ['text/xml', 'application/json'])
    const xml = await get('/discovery.xml')
    assert.equal(xml.headers.get('content-type'), 'text/xml; charset=utf-8')
    assert.match(xml.text, /^<\?xml version="1.0" encoding="utf-8"\?>\n<discovery><changeset>/)
    assert.equal(readXml(xml.text).all('endpoint').length, 2)
    assert.equal(readXml(xml.text).all('format').length, 4)
  })
  test('services are listed with codes as strings, and definitions with ordered attributes and options', async () => {
    const services = rows((await get('/v2/services.json')).body)
    const light = services.find((service) => service['service_code'] === 'streetlight')
    assert.equal(light?.['metadata'], true)
    assert.equal(light?.['type'], 'realtime')
    assert.equal(services.find((service) => service['service_code'] === 'consultation')?.['metadata'], false)
    const { body } = await get('/v2/services/road.json')
    const definition = body as { service_code: string; attributes: Row[] }
    assert.equal(definition.service_code, 'road')
    assert.deepEqual(
      definition.attributes.map(({ code, datatype, required, order, variable }) => [code, datatype, required, order, variable]),
      [['roadDamage', 'multivaluelist', true, 1, true]],
    )
    assert.equal(rows(definition.attributes[0]?.['values'])[0]?.['key'], 'pothole')
    const xml = readXml((await get('/v2/services/streetlight.xml')).text)
    assert.deepEqual(xml.all('datatype'), ['singlevaluelist', 'string'])
    assert.equal(readXml((await get('/v2/services.xml')).text).all('service_code').length, services.length)
  })
  test('an unknown service is 404, an unknown jurisdiction 404, an unknown format 400, each in the error form', async () => {
    const missing = await get('/v2/services/no-such.json')
    assert.equal(missing.status, 404)
    assert.equal(rows(missing.body)[0]?.['code'], 404)
    const xml = await get('/v2/services.xml?jurisdiction_id=elsewhere.example')
    assert.equal(xml.status, 404)
    assert.match(xml.text, /<errors><error><code>404<\/code><description>.*elsewhere\.example/)
    assert.equal((await get('/v2/services.html')).status, 400)
    assert.equal((await get('/v2/services.xml?jurisdiction_id=')).status, 200)
  })
})

describe('POST Service Request', () => {
  test('files a case: its number comes back as a string, its standing is public, its sender is not', async () => {
    const sent = await post('/v2/requests.json', lamp())
    assert.equal(sent.status, 200, sent.text)
    const [created] = rows(sent.body)
    assert.equal(typeof created?.['service_request_id'], 'string')
    assert.equal(Object.hasOwn(created ?? {}, 'token'), false)
    const one = await get(`/v2/requests/${String(created?.['service_request_id'])}.json?extensions=true`)
    const [row] = rows(one.body)
    assert.equal(row?.['status'], 'open')
    assert.equal(row?.['description'], '路灯坏了 <b>三天</b> & 看不见路')
    assert.equal(row?.['lat'], 30.123456)
    assert.equal(row?.['address'], '石上村口')
    assert.deepEqual(rows(row?.['attributes'])[0]?.['code'], 'lampFault')
    for (const secret of ['小满', '林小满', '0000 0001', 'lin@example.org']) assert.ok(!one.text.includes(secret), secret)
    const xml = await get(`/v2/requests/${String(created?.['service_request_id'])}.xml`)
    assert.deepEqual(readXml(xml.text).all('description'), ['路灯坏了 <b>三天</b> & 看不见路'])
  })
  test('answers in XML as well, with an empty account', async () => {
    const sent = await post('/v2/requests.xml', lamp())
    assert.match(sent.text, /<service_requests><request><service_request_id>FW[^<]+<\/service_request_id>.*<account_id\/>/)
  })
  test('a batch service gives a token, which gives the number', async () => {
    const [created] = rows(
      (await post('/v2/requests.json', { api_key: key, service_code: 'other', address_id: 'shishang-village', description: '村口的告示牌倒了' }))
        .body,
    )
    assert.equal(created?.['service_request_id'], undefined)
    const [found] = rows((await get(`/v2/tokens/${String(created?.['token'])}.json`)).body)
    assert.match(String(found?.['service_request_id']), /^FW/)
    assert.equal((await get('/v2/tokens/none.json')).status, 404)
  })
  test('takes pictures as multipart', async () => {
    const form = new FormData()
    for (const [name, value] of Object.entries(lamp())) form.append(name, value)
    const picture = await sharp({ create: { width: 20, height: 20, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    form.append('media', new File([new Uint8Array(picture)], 'lamp.png', { type: 'image/png' }))
    const sent = await post('/v2/requests.json', form)
    assert.equal(sent.status, 200, sent.text)
  })
  test('without a key, with a wrong or a revoked key it is 403', async () => {
    assert.equal((await post('/v2/requests.json', lamp({ api_key: '' }))).status, 403)
    assert.equal((await post('/v2/requests.xml', lamp({ api_key: 'xlk_qingxi_wrong' }))).status, 403)
    const { key: other, keyId } = await createApiKey(api.town.ctx, { name: '另一个程序' })
    await revokeApiKey(api.town.ctx, keyId)
    assert.equal((await post('/v2/requests.json', lamp({ api_key: other }))).status, 403)
    assert.ok((await listApiKeys(api.town.ctx)).some(({ revokedAt }) => revokedAt !== null))
  })
  for (const [what, fields, status, words] of [
    ['no service_code', { service_code: '' }, 400, /service_code/],
    ['an unknown service_code', { service_code: 'none' }, 404, /none/],
    ['no location', { lat: '', long: '', address_string: '' }, 400, /location/],
    ['half a position', { long: '' }, 400, /lat and long/],
    ['an impossible position', { lat: '91' }, 400, /lat/],
    ['a required attribute missing', { 'attribute[lampFault]': '' }, 400, /lampFault/],
    ['an option that is not there', { 'attribute[lampFault]': 'broken' }, 400, /one of/],
    ['an attribute of another service', { 'attribute[roadDamage]': 'pothole' }, 400, /roadDamage/],
    ['a description that is too long', { description: '字'.repeat(4001) }, 400, /4000/],
    ['an unreadable e-mail address', { email: 'nobody' }, 400, /email/],
    ['another jurisdiction', { jurisdiction_id: 'elsewhere' }, 404, /elsewhere/],
  ] as const)
    test(`${what} is ${status}, and says so`, async () => {
      const sent = await post('/v2/requests.json', lamp(fields))
      assert.equal(sent.status, status, sent.text)
      assert.match(String(rows(sent.body)[0]?.['description']), words)
    })
  test('words with a telephone number in them are not published', async () => {
    const [created] = rows((await post('/v2/requests.json', lamp({ description: '请打我电话 000-0000-0099' }))).body)
    const one = await get(`/v2/requests/${String(created?.['service_request_id'])}.json`)
    assert.equal(rows(one.body)[0]?.['description'], null)
  })
})

describe('GET Service Requests', () => {
  test('filters by id (which overrides), code, status and dates, and pages', async () => {
    const all = rows((await get('/v2/requests.json')).body)
    assert.ok(all.length >= 4)
    const ids = all.slice(0, 2).map((row) => row['service_request_id'])
    assert.deepEqual(
      rows((await get(`/v2/requests.json?service_request_id=${ids.join(',')}&status=closed`)).body).map((row) => row['service_request_id']),
      ids,
    )
    assert.ok(rows((await get('/v2/requests.json?service_code=other')).body).every((row) => row['service_code'] === 'other'))
    assert.deepEqual(rows((await get('/v2/requests.json?service_code=none')).body), [])
    assert.deepEqual(rows((await get('/v2/requests.json?status=closed')).body), [])
    assert.deepEqual(rows((await get('/v2/requests.json?start_date=2020-01-01T00:00:00Z&end_date=2020-02-01T00:00:00Z')).body), [])
    assert.deepEqual(rows((await get('/v2/requests.json?page=2&page_size=1')).body), [all[1]])
    assert.equal((await get('/v2/requests.xml?page_size=1')).text.match(/<request>/g)?.length, 1)
  })
  for (const query of [
    'status=done',
    'start_date=yesterday',
    'start_date=2026-02-30T00:00:00',
    'start_date=2025-01-01T00:00:00Z&end_date=2026-01-01T00:00:00Z',
    'page=0',
    'page_size=x',
  ])
    test(`${query} is 400`, async () => assert.equal((await get(`/v2/requests.json?${query}`)).status, 400))
  test('an unknown request is 404 in both formats', async () => {
    assert.equal((await get('/v2/requests/FW00-NONE.json')).status, 404)
    assert.match((await get('/v2/requests/FW00-NONE.xml')).text, /<code>404<\/code>/)
  })
})

describe('servicerequestupdates', () => {
  test('further words of the program go to the officers and, when harmless, to the public', async () => {
    const [created] = rows((await post('/v2/requests.json', lamp())).body)
    const id = String(created?.['service_request_id'])
    const [added] = rows((await post('/v2/servicerequestupdates.json', { api_key: key, service_request_id: id, description: '今晚还是不亮' })).body)
    assert.equal(typeof added?.['update_id'], 'string')
    const updates = rows((await get(`/v2/servicerequestupdates.json?service_request_id=${id}`)).body)
    assert.deepEqual(
      updates.map(({ status, description }) => [status, description]),
      [
        ['OPEN', '提出'],
        ['OPEN', '今晚还是不亮'],
      ],
    )
    assert.match((await get('/v2/servicerequestupdates.xml')).text, /<service_request_updates><request_update><update_id>/)
    const { key: other } = await createApiKey(api.town.ctx, { name: '第三个程序' })
    assert.equal((await post('/v2/servicerequestupdates.json', { api_key: other, service_request_id: id, description: '不是我的' })).status, 403)
    assert.equal((await post('/v2/servicerequestupdates.json', { api_key: key, service_request_id: 'none', description: '没有' })).status, 404)
    assert.equal((await post('/v2/servicerequestupdates.json', { api_key: key, service_request_id: id })).status, 400)
  })
})

test('the test endpoint answers alike, but makes no case and keeps no name', async () => {
  const before = rows((await get('/v2/requests.json')).body).length
  const [created] = rows((await post('/test/v2/requests.json', lamp())).body)
  const id = String(created?.['service_request_id'])
  const one = await get(`/test/v2/requests/${id}.json`)
  assert.equal(rows(one.body)[0]?.['service_code'], 'streetlight')
  assert.ok(!one.text.includes('小满'))
  assert.equal((await get(`/v2/requests/${id}.json`)).status, 404)
  assert.equal(rows((await get('/v2/requests.json')).body).length, before)
  await post('/test/v2/servicerequestupdates.json', { api_key: key, service_request_id: id, description: '还在吗' })
  assert.equal(rows((await get(`/test/v2/servicerequestupdates.json?service_request_id=${id}`)).body).length, 1)
})
