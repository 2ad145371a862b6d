// The staff pages over the real application: a petition from the counter to the appeal, by people who hold the posts.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createApp } from '#app'
import { ensureAssets } from '#ui/build.ts'
import { makeStaff, signInStaff } from '#tests/support/staff.ts'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import { expectPage, type Visitor } from '#tests/support/visitor.ts'

let town: TestTown
let app: ReturnType<typeof createApp>
const base = '/t/qingxi/workspace'
const desks: Record<string, Visitor> = {}
const people: Record<string, { userId: string; email: string; password: string }> = {}

const posts = {
  clerk: ['petition-clerk'],
  handler: ['village-construction-handler'],
  checker: ['village-construction-head'],
  head: ['town-head'],
  stranger: ['agriculture-handler'],
  second: ['petition-clerk'],
  admin: ['it-admin'],
  supervisor: ['supervisor'],
  reviewer: ['county-review-officer'],
}

before(async () => {
  await ensureAssets()
  town = await openTestTown()
  app = createApp(town.installation)
  for (const [name, held] of Object.entries(posts)) {
    people[name] = await makeStaff(town, held, `同事${name}`)
    desks[name] = await signInStaff(app, town, people[name])
  }
})
after(() => town.close())

const at = (name: keyof typeof posts): Visitor => {
  const desk = desks[name]
  assert.ok(desk)
  return desk
}

const matter = {
  _channel: 'counter',
  '_received-year': '2026',
  '_received-month': '3',
  '_received-day': '2',
  name: '林小满',
  phone: '000 0000 0001',
  subject: '村道排水沟堵塞',
  description: '两次下雨积水进屋。',
  claim: '请清理排水沟。',
  village: 'shishang-village',
  electronicService: 'true',
}

async function register(more: Record<string, string> = {}): Promise<string> {
  const clerk = at('clerk')
  await clerk.get(`${base}/intake`)
  const answer = await clerk.post(`${base}/intake`, { _procedure: 'petition', _key: clerk.field('_key'), ...matter, ...more })
  assert.equal(answer.status, 303, answer.text)
  const filed = await clerk.follow(answer)
  const number = /XF26-[0-9A-Z]{4}-[0-9A-Z]{3}/.exec(filed.text)?.[0]
  assert.ok(number, filed.text)
  return number
}

/** Opens the task of this name in the case, and gives its address. */
async function openTask(name: keyof typeof posts, number: string, title: string): Promise<string> {
  const page = await at(name).get(`${base}/cases/${number}`)
  const link = new RegExp(`href="(${base}/tasks/[0-9a-f-]{36})">${title}</a>`).exec(page.text)?.[1]
  assert.ok(link, `${title} in ${page.text.slice(0, 3000)}`)
  const task = await at(name).get(link)
  assert.equal(task.status, 200)
  return link
}

async function complete(name: keyof typeof posts, number: string, title: string, fields: Record<string, string>) {
  const desk = at(name)
  const address = await openTask(name, number, title)
  const answer = await desk.post(address, { _act: 'complete', _version: desk.field('_version'), ...fields })
  assert.equal(answer.status, 303, answer.text)
  return desk.follow(answer)
}

const servedOn = (day: string) => ({ method: 'handed', 'servedOn-year': '2026', 'servedOn-month': '3', 'servedOn-day': day, proof: '本人签收' })

const opinion = {
  claim: '请清理排水沟。',
  facts: '承办人员到现场查看，所反映的情况属实。',
  reasons: '该事项属于本镇职责。',
  outcome: 'supported',
  decision: '由承办办公室在15日内办结。',
  basis: '《信访工作条例》第三十二条。',
}

async function toOpinion(number: string) {
  await complete('clerk', number, '登记', { category: 'claim', urgent: 'false', summary: '村道排水沟堵塞' })
  await complete('clerk', number, '审查是否受理', { outcome: 'accept', office: 'village-construction', reasons: '属于本镇职责。' })
  await complete('clerk', number, '送达受理告知书', servedOn('2'))
  await complete('handler', number, '听取陈述、调查核实', { heard: 'met', findings: '到现场查看。', evidence: '照片4张。' })
  await complete('handler', number, '拟写处理意见书', opinion)
  await complete('checker', number, '核稿', { outcome: 'approve' })
  await complete('head', number, '审核签发', { outcome: 'sign' })
}

test('a petition is handled by pages from the counter to the opinion served, and an appeal is recorded at the counter', async () => {
  const number = await register()
  const done = await complete('clerk', number, '登记', { category: 'claim', urgent: 'false', summary: '村道排水沟堵塞' })
  assert.match(done.text, new RegExp(`办好了：登记（${number}）`))
  assert.match(done.text, /接着办：审查是否受理/)
  await complete('clerk', number, '审查是否受理', { outcome: 'accept', office: 'village-construction', reasons: '属于本镇职责。' })
  await complete('clerk', number, '送达受理告知书', servedOn('2'))
  await complete('handler', number, '听取陈述、调查核实', { heard: 'met', findings: '到现场查看。', evidence: '照片4张。' })
  const draft = await openTask('handler', number, '拟写处理意见书')
  const preview = await at('handler').post(draft, { _act: 'preview', _version: at('handler').field('_version'), ...opinion })
  assert.equal(preview.status, 200)
  assert.match(preview.text, /src="data:image\/svg\+xml;base64,/)
  assert.match(preview.text, /所反映的情况属实/)
  await complete('handler', number, '拟写处理意见书', opinion)
  await complete('checker', number, '核稿', { outcome: 'approve' })
  const signing = await openTask('head', number, '审核签发')
  const picture = /src="([^"]+\/preview\/[^"]+)"/.exec(at('head').last)?.[1]
  assert.ok(picture, 'whoever signs sees the document')
  const image = await at('head').get(picture)
  assert.equal(image.headers.get('content-type'), 'image/svg+xml')
  await at('head').get(signing)
  await complete('head', number, '审核签发', { outcome: 'sign' })
  await complete('clerk', number, '送达处理意见书', servedOn('2'))
  const page = await at('clerk').get(`${base}/cases/${number}`)
  assert.match(page.text, /清信意〔2026〕\d+号/)
  assert.match(page.text, /代为登记|申请复查/)
  await at('clerk').get(`${base}/cases/${number}/acts/appeal`)
  const appeal = await at('clerk').post(`${base}/cases/${number}/acts/appeal`, {
    reasons: '没有答复由谁管护。',
    claim: '请明确由谁管护。',
    _channel: 'letter',
    '_received-year': '2026',
    '_received-month': '3',
    '_received-day': '2',
    _evidence: '来信12号',
  })
  assert.equal(appeal.status, 303, appeal.text)
  const reviewer = await at('reviewer').get(base)
  assert.match(reviewer.text, /\/tasks\/[0-9a-f-]{36}/, 'the county’s review officer finds the review in her inbox')
})

test('an error keeps everything typed, answers 422 and says in words what is wrong', async () => {
  const number = await register()
  const address = await openTask('clerk', number, '登记')
  const answer = await at('clerk').post(address, { _act: 'complete', _version: at('clerk').field('_version'), category: 'claim', summary: '很长的概述 <b>粗</b>' })
  assert.equal(answer.status, 422)
  assert.match(answer.text, /很长的概述 &lt;b&gt;粗/)
  assert.match(answer.text, /<title>有误：/)
  assert.match(answer.text, /href="#urgent"/)
})

test('a kernel refusal is explained: electronic service without consent', async () => {
  const number = await register({ electronicService: 'false', _key: '' })
  await complete('clerk', number, '登记', { category: 'claim', urgent: 'false', summary: '排水沟' })
  await complete('clerk', number, '审查是否受理', { outcome: 'accept', office: 'village-construction', reasons: '属于本镇职责。' })
  const address = await openTask('clerk', number, '送达受理告知书')
  const answer = await at('clerk').post(address, { _act: 'complete', _version: at('clerk').field('_version'), ...servedOn('2'), method: 'electronic' })
  assert.equal(answer.status, 422)
  assert.match(answer.text, /没有同意电子送达/)
})

test('a character that no font has stops the issue and is named', async () => {
  const number = await register({ claim: '请修好\u{F0000}路。', _key: '' })
  await complete('clerk', number, '登记', { category: 'claim', urgent: 'false', summary: '道路' })
  const address = await openTask('clerk', number, '审查是否受理')
  const answer = await at('clerk').post(address, {
    _act: 'complete',
    _version: at('clerk').field('_version'),
    outcome: 'accept',
    office: 'village-construction',
    reasons: '属于本镇职责，保留原话。',
  })
  assert.equal(answer.status, 422)
  assert.match(answer.text, /字库里没有“\u{F0000}”/u)
  assert.match(answer.text, /保留原话/)
})

test('a stale version says so and keeps the input', async () => {
  const number = await register({ _key: '' })
  const address = await openTask('clerk', number, '登记')
  const version = at('clerk').field('_version')
  await at('second').get(address)
  const claimed = await at('second').post(address, { _act: 'claim', _version: at('second').field('_version') })
  assert.equal(claimed.status, 303)
  const answer = await at('clerk').post(address, { _act: 'complete', _version: version, category: 'claim', urgent: 'false', summary: '我写了很久' })
  assert.equal(answer.status, 409)
  assert.match(answer.text, /有了变化/)
  assert.match(answer.text, /我写了很久/)
  const again = await at('clerk').post(address, { _act: 'complete', _version: at('clerk').field('_version'), category: 'claim', urgent: 'false', summary: '我写了很久' })
  assert.equal(again.status, 303)
  const gone = await at('second').post(address, { _act: 'complete', category: 'claim', urgent: 'false', summary: '晚了一步' })
  assert.equal(gone.status, 409)
  assert.match(gone.text, /晚了一步/)
})

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
  const nobody = await app.request(`${base}/cases/${number}`)
  assert.equal(nobody.status, 303)
  assert.match(nobody.headers.get('location') ?? '', /sign-in/)
  assert.equal((await app.request(`${base}/cases/${number}/messages`, { method: 'POST' })).status, 401)
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
  town.clock.set(new Date('2026-03-20T09:00:00+08:00'))
  const number = await register({ _key: '', '_received-day': '20' })
  await toOpinionOn(number, '20')
  await complete('clerk', number, '送达处理意见书', servedOn('20'))
  town.clock.set(new Date('2026-03-24T09:00:00+08:00'))
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
  const future = await clerk.post(`${base}/cases/${number}/dates`, { element: 'ServeOpinion', 'on-year': '2026', 'on-month': '4', 'on-day': '1', reason: '写错' })
  assert.equal(future.status, 422)
})

async function toOpinionOn(number: string, day: string) {
  await complete('clerk', number, '登记', { category: 'claim', urgent: 'false', summary: '村道排水沟堵塞' })
  await complete('clerk', number, '审查是否受理', { outcome: 'accept', office: 'village-construction', reasons: '属于本镇职责。' })
  await complete('clerk', number, '送达受理告知书', servedOn(day))
  await complete('handler', number, '听取陈述、调查核实', { heard: 'met', findings: '到现场查看。', evidence: '照片4张。' })
  await complete('handler', number, '拟写处理意见书', opinion)
  await complete('checker', number, '核稿', { outcome: 'approve' })
  await complete('head', number, '审核签发', { outcome: 'sign' })
}

test('contacts are hidden until a recorded look, and the look says why', async () => {
  const number = await register({ _key: '' })
  const clerk = at('clerk')
  const page = await clerk.get(`${base}/cases/${number}`)
  assert.match(page.text, /\*{7}0001/)
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
  const guest = await makeStaff(town, [], '新同事')
  const fields = { _act: 'appoint', postId: 'justice-handler', userId: guest.userId, kind: 'acting', from: '2026-03-02' }
  const clerk = at('clerk')
  await clerk.get(`${base}/people`)
  assert.equal((await clerk.post(`${base}/people`, { ...fields, reason: '镇发〔2026〕3号' })).status, 403)
  const admin = at('admin')
  await admin.get(`${base}/people`)
  assert.equal((await admin.post(`${base}/people`, { ...fields, reason: '' })).status, 422)
  const done = await admin.post(`${base}/people`, { ...fields, reason: '镇发〔2026〕3号' })
  assert.equal(done.status, 303, done.text)
  assert.match((await admin.follow(done)).text, /新同事/)
  const ended = await admin.post(`${base}/people`, { _act: 'end', appointment: `justice-handler|${guest.userId}|2026-03-02`, on: '2026-03-02', reason: '调离' })
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
  const paths = ['', '/cases', `/cases/${number}`, `/cases/${number}/dates`, `/cases/${number}/acts/withdraw`, '/intake', '/intake/filed', '/counter', '/late', '/day-sheet', '/people', '/account']
  for (const language of ['en', 'zh'] as const) {
    for (const path of [...paths.map((each) => base + each), task]) expectPage(await clerk.get(`${path}?lang=${language}`), language, path)
    expectPage(await at('admin').get(`${base}/settings?lang=${language}`), language, '/settings')
  }
})
