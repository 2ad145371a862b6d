// The staff pages over the real application: a petition from the counter to the appeal, by people who hold the posts.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { base, type Desks, openDesks, opinion, servedOn } from '#tests/support/desks.ts'

let desks: Desks
before(async () => {
  desks = await openDesks()
})
after(() => desks.close())

const at: Desks['at'] = (name) => desks.at(name)
const register: Desks['register'] = (more) => desks.register(more)
const openTask: Desks['openTask'] = (name, number, title) => desks.openTask(name, number, title)
const complete: Desks['complete'] = (name, number, title, fields) => desks.complete(name, number, title, fields)

test('a petition is handled by pages from the counter to the opinion served, and an appeal is recorded at the counter', async () => {
  const number = await register()
  const done = await complete('clerk', number, '登记', { category: 'claim', urgent: 'false', summary: '村道排水沟堵塞' })
  assert.match(done.text, new RegExp(`办好了：登记（${number}）`))
  assert.match(done.text, /接着办：录入国家信访信息系统/)
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
  const answer = await at('clerk').post(address, {
    _act: 'complete',
    _version: at('clerk').field('_version'),
    category: 'claim',
    summary: '很长的概述 <b>粗</b>',
  })
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
  const answer = await at('clerk').post(address, {
    _act: 'complete',
    _version: at('clerk').field('_version'),
    ...servedOn('2'),
    method: 'electronic',
  })
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
  const again = await at('clerk').post(address, {
    _act: 'complete',
    _version: at('clerk').field('_version'),
    category: 'claim',
    urgent: 'false',
    summary: '我写了很久',
  })
  assert.equal(again.status, 303)
  const gone = await at('second').post(address, { _act: 'complete', category: 'claim', urgent: 'false', summary: '晚了一步' })
  assert.equal(gone.status, 409)
  assert.match(gone.text, /晚了一步/)
})
