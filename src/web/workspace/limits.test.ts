// What staff may not see or do, and what they may put right, through the pages.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { base, type Desks, openDesks, opinion, servedOn } from '#tests/support/desks.ts'
import { makeStaff } from '#tests/support/staff.ts'
import { expectPage } from '#tests/support/visitor.ts'

let desks: Desks
before(async () => {
  desks = await openDesks()
})
after(() => desks.close())

const at: Desks['at'] = (name) => desks.at(name)
const register: Desks['register'] = (more) => desks.register(more)
const openTask: Desks['openTask'] = (name, number, title) => desks.openTask(name, number, title)
const complete: Desks['complete'] = (name, number, title, fields) => desks.complete(name, number, title, fields)
const toOpinion: Desks['toOpinion'] = (number, day) => desks.toOpinion(number, day)

test('a stranger gets 401 or the sign-in page, an officer of another office 404 and an empty inbox', async () => {
  const number = await register({ _key: '' })
  await toOpinion(number)
  const stranger = at('stranger')
  assert.equal((await stranger.get(`${base}/cases/${number}`)).status, 404)
  assert.doesNotMatch((await stranger.get(base)).text, new RegExp(number))
  assert.doesNotMatch((await stranger.get(`${base}/cases?q=${number}`)).text, new RegExp(`/cases/${number}`))
  assert.equal((await stranger.get(`${base}/cases/${number}/file.pdf`)).status, 404)
  await stranger.get(base)
  assert.equal((await stranger.post(`${base}/cases/${number}/messages`, { text: '看看' })).status, 404)
  const nobody = await desks.app.request(`${base}/cases/${number}`)
  assert.equal(nobody.status, 303)
  assert.match(nobody.headers.get('location') ?? '', /sign-in/)
  assert.equal((await desks.app.request(`${base}/cases/${number}/messages`, { method: 'POST' })).status, 401)
})

test('recusal removes the case from every page of that person, and only of that person', async () => {
  const number = await register({ _key: '' })
  const second = at('second')
  await second.get(`${base}/cases/${number}`)
  const declared = await second.post(`${base}/cases/${number}/recusal`, { ground: '当事人是我的亲属' })
  assert.equal(declared.status, 303, declared.text)
  assert.equal((await second.get(`${base}/cases/${number}`)).status, 404)
  assert.doesNotMatch((await second.get(base)).text, new RegExp(`/cases/${number}`))
  assert.equal((await at('clerk').get(`${base}/cases/${number}`)).status, 200)
})

test('a correction issues a new document and keeps the old one, marked; only the signing post may', async () => {
  const number = await register({ _key: '' })
  await toOpinion(number)
  const page = await at('head').get(`${base}/cases/${number}`)
  const address = new RegExp(`href="(${base}/cases/${number}/documents/[0-9a-f-]{36})"[^>]*>信访事项处理意见书`).exec(page.text)?.[1]
  assert.ok(address)
  const handler = at('handler')
  await handler.get(address)
  assert.doesNotMatch(handler.last, /value="correct"/)
  assert.equal((await handler.post(address, { _act: 'withdraw', reason: '写错了' })).status, 403)
  const head = at('head')
  await head.get(address)
  const fields = Object.fromEntries(Object.entries(opinion).map(([name, value]) => [`f-${name}`, value]))
  const corrected = await head.post(address, { _act: 'correct', reason: '事实部分写错了日期', ...fields, 'f-facts': '更正后的事实。' })
  assert.equal(corrected.status, 303, corrected.text)
  const after = await head.follow(corrected)
  const numbers = new Set([...after.text.matchAll(/清信意〔2026〕\d+号/g)].map((match) => match[0]))
  assert.equal(numbers.size, 2, 'both stand on the page')
  const old = await head.get(address)
  assert.match(old.text, /已更正/)
  assert.match(old.text, /已由 清信意〔2026〕\d+号 更正/)
  const image = await head.get(`${address}/pages/1`)
  assert.equal(image.status, 200)
  const bound = await head.get(`${base}/cases/${number}/file.pdf`)
  assert.equal(bound.headers.get('content-type'), 'application/pdf')
  assert.equal(bound.bytes.subarray(0, 5).toString(), '%PDF-')
})

test('a wrongly entered day of service is corrected: the appeal window moves, the history shows both days', async () => {
  desks.town.clock.set(new Date('2026-03-20T09:00:00+08:00'))
  const number = await register({ _key: '', '_received-day': '20' })
  await toOpinion(number, '20')
  await complete('clerk', number, '送达处理意见书', servedOn('20'))
  desks.town.clock.set(new Date('2026-03-24T09:00:00+08:00'))
  const clerk = at('clerk')
  const before = await clerk.get(`${base}/cases/${number}`)
  assert.match(before.text, /datetime="2026-04-20"/)
  await clerk.get(`${base}/cases/${number}/dates`)
  const fixed = await clerk.post(`${base}/cases/${number}/dates`, {
    element: 'ServeOpinion',
    'on-year': '2026',
    'on-month': '3',
    'on-day': '23',
    reason: '邮政回执上是23日',
  })
  assert.equal(fixed.status, 303, fixed.text)
  const after = await clerk.follow(fixed)
  assert.match(after.text, /2026-03-20 → 2026-03-23/)
  assert.match(after.text, /datetime="2026-04-22"/)
  const future = await clerk.post(`${base}/cases/${number}/dates`, {
    element: 'ServeOpinion',
    'on-year': '2026',
    'on-month': '4',
    'on-day': '1',
    reason: '写错',
  })
  assert.equal(future.status, 422)
})

test('contacts are hidden until a recorded look, and the look says why', async () => {
  const number = await register({ _key: '' })
  const clerk = at('clerk')
  const page = await clerk.get(`${base}/cases/${number}`)
  assert.match(page.text, /\*{7}0001/)
  assert.doesNotMatch(page.text, /000 0000 0001/, 'neither beside the name nor in the form')
  const shown = await clerk.post(`${base}/cases/${number}/contacts`, { purpose: 'serve' })
  assert.equal(shown.status, 200)
  assert.match(shown.text, /000 0000 0001/)
  assert.match((await clerk.get(`${base}/cases/${number}`)).text, /送达文书/)
})

test('a person is found at the counter by name and tail; a lost code is issued anew, never for an anonymous matter', async () => {
  const number = await register({ _key: '', name: '赵青禾', phone: '000 0000 7788' })
  const clerk = at('clerk')
  await clerk.get(`${base}/counter`)
  assert.match((await clerk.post(`${base}/counter`, { name: '赵青禾', tail: '7788' })).text, new RegExp(number))
  const reissued = await clerk.post(`${base}/counter/reissue`, { number, evidence: '出示身份证' })
  assert.equal(reissued.status, 303)
  assert.match((await clerk.follow(reissued)).text, /data-copy="[0-9A-Z-]{19}"/)
  const slip = await clerk.get(`${base}/intake/slip.pdf`)
  assert.equal(slip.bytes.subarray(0, 5).toString(), '%PDF-')
  const anonymous = await register({ _key: '', name: '', phone: '', electronicService: 'false' })
  await clerk.get(`${base}/counter`)
  const refused = await clerk.post(`${base}/counter/reissue`, { number: anonymous, evidence: '自称本人' })
  assert.equal(refused.status, 409)
  assert.match(refused.text, /匿名/)
})

test('who holds a post is changed by the IT administrator with a reason, by nobody else', async () => {
  const guest = await makeStaff(desks.town, [], '新同事')
  const fields = { _act: 'appoint', postId: 'justice-handler', userId: guest.userId, kind: 'acting', from: '2026-03-02' }
  const clerk = at('clerk')
  await clerk.get(`${base}/people`)
  assert.equal((await clerk.post(`${base}/people`, { ...fields, reason: '镇发〔2026〕3号' })).status, 403)
  const admin = at('admin')
  await admin.get(`${base}/people`)
  assert.equal((await admin.post(`${base}/people`, { ...fields, reason: '' })).status, 422)
  assert.equal((await admin.post(`${base}/people`, { ...fields, reason: '镇发〔2026〕3号' })).status, 422, 'who stands in does so for a term')
  const done = await admin.post(`${base}/people`, { ...fields, to: '2026-03-31', reason: '镇发〔2026〕3号' })
  assert.equal(done.status, 303, done.text)
  assert.match((await admin.follow(done)).text, /新同事/)
  const ended = await admin.post(`${base}/people`, {
    _act: 'end',
    appointment: `justice-handler|${guest.userId}|2026-03-02`,
    on: '2026-03-02',
    reason: '调离',
  })
  assert.equal(ended.status, 303, ended.text)
})

test('next year’s holiday notice is imported by the IT administrator; others get 403', async () => {
  assert.equal((await at('clerk').get(`${base}/settings`)).status, 403)
  const days = ['01-01', '05-01', '10-01', '10-02', '10-03'].map((day) => ({ name: '节日', date: `2027-${day}`, isOffDay: true }))
  const file = new File([JSON.stringify({ year: 2027, papers: [], days })], '2027.json')
  const admin = at('admin')
  await admin.get(`${base}/settings`)
  assert.match(admin.last, /2027 年的放假安排还没有导入/)
  assert.equal((await admin.post(`${base}/settings`, { file: new File(['{'], 'x.json'), reason: '试' })).status, 422)
  const done = await admin.post(`${base}/settings`, { file, reason: '国办发明电〔2026〕1号' })
  assert.equal(done.status, 303, done.text)
  assert.match((await admin.follow(done)).text, /至 2027 年/)
})

test('every post without its token is refused', async () => {
  const number = await register({ _key: '' })
  for (const path of ['/intake', '/counter', '/people', '/settings', '/account', `/cases/${number}/messages`, `/cases/${number}/recusal`]) {
    const answer = await at('admin').post(`${base}${path}`, { _csrf: '' })
    assert.ok(answer.status === 403, `${path}: ${answer.status}`)
  }
})

test('every page in both languages has one heading, its language and a title', async () => {
  const number = await register({ _key: '' })
  const clerk = at('clerk')
  const task = await openTask('clerk', number, '登记')
  const paths = [
    '',
    '/cases',
    `/cases/${number}`,
    `/cases/${number}/dates`,
    `/cases/${number}/acts/withdraw`,
    '/intake',
    '/intake/filed',
    '/counter',
    '/late',
    '/day-sheet',
    '/people',
    '/account',
  ]
  for (const language of ['en', 'zh'] as const) {
    for (const path of [...paths.map((each) => base + each), task]) expectPage(await clerk.get(`${path}?lang=${language}`), language, path)
    expectPage(await at('admin').get(`${base}/settings?lang=${language}`), language, '/settings')
  }
})
