// What a badly written or malicious program may send: each is refused in its own way, and none is our fault (500).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestApi, sampleBody, type TestApi } from './fixture.ts'
import { acknowledgement, problem } from './answers.ts'

let api: TestApi
let number: string
let mine: string
let theirs: string
let theirNumber: string
before(async () => {
  api = await openTestApi()
  const file = async () => acknowledgement.parse((await api.ask('POST', '/cases', { body: sampleBody })).body)
  const [own, other] = [await file(), await file()]
  number = own.number
  mine = `Receipt ${own.receipt.code}`
  theirNumber = other.number
  theirs = `Receipt ${other.receipt.code}`
})
after(() => api.town.close())

const data = sampleBody.data
const filing = (changed: object) => JSON.stringify({ procedure: 'petition', data: { ...data, ...changed } })
const json = (text: string) => `{"procedure":"petition","data":{"subject":"路灯","description":"路灯坏了","claim":"请修"${text}}}`

/** Title, body, status, and the code or pointer that must be in the answer. */
const bodies: [string, string | Uint8Array, number, string][] = [
  ['no JSON at all', 'hello', 400, 'json.syntax'],
  ['an empty body', ' ', 400, 'json.syntax'],
  ['a half object', '{"procedure":"petition"', 400, 'json.syntax'],
  ['a trailing comma', '{"procedure":"petition",}', 400, 'json.syntax'],
  ['a comment', '{"procedure":"petition" /* x */}', 400, 'json.syntax'],
  ['single quotes', "{'procedure':'petition'}", 400, 'json.syntax'],
  ['NaN', json(',"x":NaN'), 400, 'json.syntax'],
  ['two documents', '{}{}', 400, 'json.syntax'],
  ['bytes that are not UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d), 400, 'json.utf8'],
  ['an overlong UTF-8 slash', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), 400, 'json.utf8'],
  ['arrays 100,000 deep', '['.repeat(100_000) + ']'.repeat(100_000), 400, 'json.depth'],
  ['objects 20 deep in a field', json(`,"x":${'{"a":'.repeat(20)}1${'}'.repeat(20)}`), 400, 'json.depth'],
  ['a name twice', json(',"subject":"另一个"'), 400, '"/data/subject"'],
  ['a name twice, written differently', json(',"\\u0073ubject":"另一个"'), 400, 'json.repeated_name'],
  ['__proto__ at the top', '{"__proto__":{"admin":true},"procedure":"petition","data":{}}', 422, '"/__proto__"'],
  ['__proto__ in the form', json(',"__proto__":{"name":"x"}'), 422, '"/data/__proto__"'],
  ['__proto__ behind an escape', json(',"\\u005f_proto__":{"name":"x"}'), 422, 'request.unknown_field'],
  ['constructor.prototype', json(',"constructor":{"prototype":{"x":1}}'), 422, '"/data/constructor"'],
  ['an array as body', '[]', 422, 'request.invalid'],
  ['a string as body', '"petition"', 422, 'request.invalid'],
  ['null as body', 'null', 422, 'request.invalid'],
  ['an unknown field beside the form', JSON.stringify({ procedure: 'petition', data, admin: true }), 422, '"/admin"'],
  ['an unknown field in the form', filing({ priority: 1 }), 422, '"/data/priority"'],
  ['a field name with slash and tilde', JSON.stringify({ procedure: 'petition', data, 'a/b~c': 1 }), 422, '"/a~1b~0c"'],
  ['the form as an array', JSON.stringify({ procedure: 'petition', data: [] }), 422, '"/data"'],
  ['no form', JSON.stringify({ procedure: 'petition' }), 422, '"/data"'],
  ['a required field missing', JSON.stringify({ procedure: 'petition', data: { ...data, claim: undefined } }), 422, '"/data/claim"'],
  ['a number for a text', filing({ subject: 12 }), 422, '"/data/subject"'],
  ['a text for a flag', filing({ electronicService: 'true' }), 422, '"/data/electronicService"'],
  ['an object for a text', filing({ subject: { $gt: '' } }), 422, '"/data/subject"'],
  ['null for a text', filing({ subject: null }), 422, '"/data/subject"'],
  ['a text too long', filing({ subject: '长'.repeat(61) }), 422, '"/data/subject"'],
  ['a choice that is not offered', filing({ alreadyWith: 'nowhere' }), 422, '"/data/alreadyWith"'],
  ['a huge array', filing({ attachments: Array.from({ length: 20_000 }, () => 'x') }), 422, '"/data/attachments"'],
  ['a path as a file', filing({ attachments: ['../../etc/passwd'] }), 422, '"/data/attachments"'],
  ['NUL in a text', filing({ description: 'a\0b' }), 422, '"/data/description"'],
  ['a lone surrogate', json(',"place":"\\ud800"'), 422, '"/data/place"'],
  ['a lone surrogate in a name', json(',"\\ud800":"x"'), 422, 'form.invalid'],
  ['a pattern that could make a checker slow', filing({ phone: `${'1'.repeat(5000)}x` }), 422, '"/data/phone"'],
  ['an unknown procedure', JSON.stringify({ procedure: 'nothing', data }), 404, 'procedure.not_found'],
  ['a procedure with a path', JSON.stringify({ procedure: '../petition', data }), 422, '"/procedure"'],
  ['a procedure that only another case starts', JSON.stringify({ procedure: 'petition-review', data: {} }), 403, 'case.filed_by_others'],
  [
    'an entry without being staff',
    JSON.stringify({ procedure: 'petition', data, entry: { channel: 'letter', receivedOn: '2026-03-01' } }),
    403,
    'case.entry_by_staff',
  ],
  [
    'a day that does not exist',
    JSON.stringify({ procedure: 'petition', data, entry: { channel: 'letter', receivedOn: '2026-02-30' } }),
    422,
    '"/entry/receivedOn"',
  ],
  ['more than 1 MiB', filing({ description: 'x'.repeat(1024 * 1024) }), 413, 'request.too_large'],
]

describe('bodies of a filing', () => {
  for (const [title, body, status, said] of bodies) {
    test(`${title} answers ${status}`, async () => {
      const answer = await api.ask('POST', '/cases', { body })
      assert.equal(answer.status, status, answer.text.slice(0, 500))
      expectProblem(answer, said)
    })
  }
})

/** Title, method, path, options, status. `N` stands for the number of our case, `M` for that of another person's; `with` is a header, or mine, theirs, wrong or clerk. */
const requests: [string, string, string, { with?: string; body?: unknown; headers?: Record<string, string> }, number][] = [
  ['text/plain', 'POST', '/cases', { body: filing({}), headers: { 'content-type': 'text/plain' } }, 415],
  [
    'a form as browsers send it',
    'POST',
    '/cases',
    { body: 'procedure=petition', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
  ],
  ['another character set', 'POST', '/cases', { body: filing({}), headers: { 'content-type': 'application/json; charset=gbk' } }, 415],
  ['a compressed body', 'POST', '/cases', { body: filing({}), headers: { 'content-encoding': 'gzip' } }, 415],
  ['no body', 'POST', '/cases', {}, 415],
  ['a short idempotency key', 'POST', '/cases', { body: filing({}), headers: { 'idempotency-key': 'abc' } }, 422],
  ['an empty idempotency key', 'POST', '/cases', { body: filing({}), headers: { 'idempotency-key': '' } }, 422],
  ['an idempotency key with spaces', 'POST', '/cases', { body: filing({}), headers: { 'idempotency-key': 'a key with spaces' } }, 422],
  ['an idempotency key of 10,000 letters', 'POST', '/cases', { body: filing({}), headers: { 'idempotency-key': 'a'.repeat(10_000) } }, 422],
  ['an unknown query parameter', 'POST', '/cases?debug=1', { body: filing({}) }, 400],
  ['a parameter twice', 'GET', '/procedures?lang=zh&lang=en', {}, 400],
  ['an unknown language', 'GET', '/procedures?lang=xx', {}, 400],
  ['a query parameter named __proto__', 'GET', '/procedures?__proto__=1', {}, 400],
  ['DELETE of a case', 'DELETE', '/cases/N', { with: 'mine' }, 405],
  ['PUT of a case', 'PUT', '/cases/N', { with: 'mine', body: {} }, 405],
  ['GET of the filing address', 'GET', '/cases', {}, 405],
  ['a path out of the interface', 'GET', '/cases/..%2f..%2fworkspace', { with: 'mine' }, 404],
  ['a path with dots', 'GET', '/cases/%2e%2e', { with: 'mine' }, 404],
  ['a number with NUL', 'GET', '/cases/XF26%00', { with: 'mine' }, 404],
  ['a number with a quote', 'GET', "/cases/XF26-0000-000'%20or%201=1--", { with: 'mine' }, 404],
  ['a number of 100,000 letters', 'GET', `/cases/${'A'.repeat(100_000)}`, { with: 'mine' }, 414],
  ['a document that is no id', 'GET', '/cases/N/documents/..%2f..%2f..%2fetc%2fpasswd', { with: 'mine' }, 404],
  ['a document that does not exist', 'GET', '/cases/N/documents/019cacc1-7b4e-7e3a-9d43-1f0f2f9a6c10', { with: 'mine' }, 404],
  ['a procedure with a path', 'GET', '/procedures/..%2fpetition', {}, 404],
  ['no credentials', 'GET', '/cases/N', {}, 401],
  ['Basic credentials', 'GET', '/cases/N', { with: 'Basic YTpi' }, 401],
  ['a token of nothing', 'GET', '/cases/N', { with: 'Bearer xl_qingxi_abc' }, 401],
  ['a token of another town', 'GET', '/cases/N', { with: `Bearer xl_other_${'A'.repeat(43)}` }, 401],
  ['a code of nothing', 'GET', '/cases/N', { with: 'wrong' }, 404],
  ['another person’s receipt', 'GET', '/cases/N', { with: 'theirs' }, 404],
  ['our receipt for another person’s papers', 'GET', '/cases/M/documents', { with: 'mine' }, 404],
  ['our receipt for another person’s proof', 'GET', '/cases/M/receipt', { with: 'mine' }, 404],
  ['a message into another person’s case', 'POST', '/cases/M/messages', { with: 'mine', body: { text: '你好' } }, 404],
  ['a receipt where a token is needed', 'GET', '/tasks', { with: 'mine' }, 401],
  ['a filing with a receipt', 'POST', '/cases', { with: 'mine', body: filing({}) }, 401],
  ['another town', 'GET', '/t/nowhere/api/v1/procedures', {}, 404],
  ['a town with a quote', 'GET', "/t/qingxi'--/api/v1/procedures", {}, 404],
  ['an empty message', 'POST', '/cases/N/messages', { with: 'mine', body: { text: '' } }, 422],
  ['a message of both kinds', 'POST', '/cases/N/messages', { with: 'mine', body: { text: 'a', name: 'withdraw' } }, 422],
  ['a message of spaces', 'POST', '/cases/N/messages', { with: 'mine', body: { text: '  ' } }, 422],
  ['a message with a lone surrogate', 'POST', '/cases/N/messages', { with: 'mine', body: '{"text":"\\udfff"}' }, 422],
  [
    'an act that the case does not wait for',
    'POST',
    '/cases/N/messages',
    { with: 'mine', body: { name: 'appeal', data: { reasons: '理由', claim: '请求' } } },
    409,
  ],
  ['an act of the office by the person', 'POST', '/cases/N/messages', { with: 'mine', body: { name: 'constructor', data: {} } }, 409],
  ['a page size of a million', 'GET', '/tasks?limit=1000000', { with: 'clerk' }, 400],
  ['a negative page size', 'GET', '/tasks?limit=-1', { with: 'clerk' }, 400],
  ['tasks of somebody else', 'GET', '/tasks?assignee=petition-head', { with: 'clerk' }, 400],
  ['a cursor of our own making', 'GET', '/tasks?cursor=WzEsMiwzXQ', { with: 'clerk' }, 400],
  ['a search with wildcards', 'GET', '/tasks?q=%25%27%20or%20true%20--', { with: 'clerk' }, 200],
  ['a search with NUL', 'GET', '/tasks?q=%00', { with: 'clerk' }, 400],
  ['a task that is no id', 'POST', '/tasks/1/complete', { with: 'clerk', body: { version: 1 } }, 404],
  ['a task that does not exist', 'POST', '/tasks/019cacc1-7b4e-7e3a-9d43-1f0f2f9a6c10/complete', { with: 'clerk', body: { version: 1 } }, 404],
  ['a version as a text', 'POST', '/tasks/019cacc1-7b4e-7e3a-9d43-1f0f2f9a6c10/claim', { with: 'clerk', body: { version: '1' } }, 422],
  ['a version beyond all numbers', 'POST', '/tasks/019cacc1-7b4e-7e3a-9d43-1f0f2f9a6c10/claim', { with: 'clerk', body: '{"version":1e400}' }, 422],
]

describe('requests', () => {
  for (const [title, method, path, options, status] of requests) {
    test(`${title} answers ${status}`, async () => {
      const credentials: Record<string, string> = { mine, theirs, wrong: 'Receipt 0000-0000-0000-0000', clerk: await api.holder('petition-clerk') }
      const authorization = options.with === undefined ? undefined : (credentials[options.with] ?? options.with)
      const answer = await api.ask(method, path.replace('/cases/N', `/cases/${number}`).replace('/cases/M', `/cases/${theirNumber}`), {
        ...options,
        ...(authorization === undefined ? {} : { with: authorization }),
      })
      assert.equal(answer.status, status, answer.text.slice(0, 500))
      if (status >= 400) expectProblem(answer, '')
    })
  }
})

test('a wrong code, another person’s code and an unknown number get the same answer', async () => {
  const answers = [
    await api.ask('GET', `/cases/${number}`, { with: 'Receipt 0000-0000-0000-0000' }),
    await api.ask('GET', `/cases/${number}`, { with: theirs }),
    await api.ask('GET', '/cases/XF26-0000-000', { with: mine }),
  ]
  for (const answer of answers)
    assert.deepEqual([answer.status, answer.text, [...answer.headers]], [404, answers[0]?.text, [...(answers[0]?.headers ?? [])]])
})

test('no answer lets another origin read it or sets a cookie', async () => {
  const answer = await api.ask('GET', '/procedures', { headers: { origin: 'https://elsewhere.example' } })
  assert.deepEqual(
    [...answer.headers.keys()].filter((name) => name.startsWith('access-control') || name === 'set-cookie'),
    [],
  )
})

test('script in a text is stored as it is and comes back as data', async () => {
  const subject = '<script>alert(1)</script>'
  const filed = acknowledgement.parse((await api.ask('POST', '/cases', { body: filing({ subject }) })).body)
  const seen = await api.ask('GET', `/cases/${filed.number}`, { with: `Receipt ${filed.receipt.code}` })
  assert.equal(seen.headers.get('content-type'), 'application/json')
  assert.equal(seen.headers.get('cache-control'), 'no-store')
  assert.ok(JSON.stringify(seen.body).includes(subject))
})

function expectProblem(answer: Awaited<ReturnType<TestApi['ask']>>, said: string) {
  assert.equal(answer.headers.get('content-type'), 'application/problem+json')
  const told = problem.parse(answer.body)
  assert.equal(told.status, answer.status)
  assert.ok(told.detail.length > 10, 'it says what to do')
  assert.ok(answer.text.includes(said), `${said} in ${answer.text.slice(0, 500)}`)
  assert.ok(!/node_modules|src\/|select |at \w+ \(/.test(answer.text), 'nothing internal')
}
