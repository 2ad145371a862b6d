// The public pages about requests, over the application: what they show, what they never show, and that all channels agree.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { loadPackage, type Package } from '#kernel/procedures/load-package.ts'
import { readPackageFolder } from '#kernel/procedures/packages.ts'
import { playExample, type Played } from '#demo/play-example.ts'
import { ensureAssets } from '#ui/build.ts'
import { createApp } from '#app'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import { Visitor } from '#tests/support/visitor.ts'
import { readXml } from '#tests/support/xml.ts'

let town: TestTown
let app: ReturnType<typeof createApp>
const played = new Map<string, Played>()
const base = '/t/qingxi'
const names = ['solved-and-confirmed', 'promise-overdue', 'promise-kept', 'referred-to-disclosure', 'withdrawn', 'answer-upheld', 'two-bodies-help']

before(async () => {
  await ensureAssets()
  town = await openTestTown('2026-03-02T08:00:00+08:00')
  app = createApp(town.installation)
  const { procedure } = await loadPackage(await readPackageFolder(new URL('../../../procedures/service-request', import.meta.url).pathname))
  assert.ok(procedure)
  for (const name of names) await play(procedure, name)
  town.clock.set(new Date('2026-05-06T09:00:00+08:00'))
})
after(() => town.close())

async function play(procedure: Package, name: string) {
  const example = procedure.examples.get(name)
  assert.ok(example, name)
  town.clock.set(new Date(example.given.at))
  played.set(name, await playExample(town.ctx, town.clock, procedure.slug, example))
}
const numberOf = (name: string) => played.get(name)?.number ?? ''
const open = async (path: string) => {
  const answer = await new Visitor(app).get(`${base}${path}`)
  assert.equal(answer.status, 200, path)
  return answer.text
}

test('the list shows each request as it stands, and its filters keep to what was asked', async () => {
  const all = await open('/requests')
  for (const name of names) assert.ok(all.includes(numberOf(name)), name)
  const disputed = await open('/requests?standing=disputed&kind=streetlight')
  assert.ok(disputed.includes(numberOf('answer-upheld')))
  assert.ok(!disputed.includes(numberOf('solved-and-confirmed')))
})

test('standings are honest: sent on, withdrawn, promised and disputed are not solved', async () => {
  const { requests } = JSON.parse(await open('/requests.json')) as { requests: { number: string; standing: string }[] }
  const standing = (name: string) => requests.find(({ number }) => number === numberOf(name))?.standing
  assert.deepEqual(Object.fromEntries(names.map((name) => [name, standing(name)])), {
    'solved-and-confirmed': 'solved',
    'promise-overdue': 'promised',
    'promise-kept': 'solved',
    'referred-to-disclosure': 'not-ours',
    withdrawn: 'withdrawn',
    'answer-upheld': 'disputed',
    'two-bodies-help': 'solved',
  })
})

test('no channel names who asked, how to reach her, or words she did not agree to publish', async () => {
  const paths = ['/requests', '/requests.json', '/requests.atom', '/promises', '/figures/requests', '/procedures']
  const each = names.flatMap((name) => [`/requests/${numberOf(name)}`, `/requests/${numberOf(name)}.json`])
  for (const path of [...paths, ...each]) {
    const text = await open(path)
    for (const secret of ['林小满', '000 0000 0001', '晚上看不见路', '线路没有漏电', '请到现场看有没有危险'])
      assert.ok(!text.includes(secret), `${secret} on ${path}`)
  }
})

test('one request: its kind and place, who is at work, what happened, and what was promised', async () => {
  const page = await open(`/requests/${numberOf('promise-overdue')}`)
  for (const words of ['路灯', '石上村口', '清溪镇村镇建设办公室', '已派给承办单位', '公开承诺', '更换路灯。', '到期没做完'])
    assert.ok(page.includes(words), words)
  assert.equal((await new Visitor(app).get(`${base}/requests/FW26-0000-000`)).status, 404)
  assert.equal((await new Visitor(app).get(`${base}/requests/FW26-0000-000.json`)).status, 404)
})

test('promises: the overdue one first, the one that was kept stays', async () => {
  const page = await open('/promises')
  assert.ok(page.indexOf('更换路灯。') < page.indexOf('更换三盏路灯。'))
  assert.match(page, /按时做完/)
  assert.ok(!(await open('/promises?state=kept')).includes('更换路灯。'))
})

test('the feed is Atom with stable ids, an entry for each request, the newest change as its own', async () => {
  const feed = readXml(await open('/requests.atom?standing=withdrawn'))
  assert.equal(feed.all('entry').length, 1)
  const text = await open('/requests.atom')
  assert.equal(readXml(text).all('entry').length, names.length)
  for (const name of names) assert.ok(text.includes(`<id>http://127.0.0.1:3000${base}/requests/${numberOf(name)}</id>`))
})

test('counts below five are hidden, with what would give them away', async () => {
  const page = await open('/figures/requests?year=2026')
  assert.match(page, /不公布/)
  assert.ok(!/<td[^>]*>[1-4]<\/td>/.test(page))
})

test('“report” opens the form of a service request, whatever else stands on the list; a kind may be a whole procedure', async () => {
  const page = await open('/requests')
  assert.match(page, /<a href="\/t\/qingxi\/matters\/service-request\/new"[^>]*>我也要反映</)
  assert.match(page, /<option value="practical-project">/)
  assert.match(await open('/requests?kind=practical-project'), /共0件/)
})

test('the form asks the kind first, then only its questions; the position is asked for on one page, which alone may use it', async () => {
  const visitor = new Visitor(app)
  const kinds = await visitor.get(`${base}/matters/service-request/new/kind`)
  assert.match(kinds.text, /type="radio"[^>]*value="streetlight"/)
  assert.equal(kinds.headers.get('permissions-policy'), 'geolocation=(), camera=(), microphone=()')
  const next = await visitor.follow(await visitor.post(`${base}/matters/service-request/new/kind`, { category: 'water' }))
  assert.ok(next.text.includes('name="households"') && !next.text.includes('name="lampFault"') && !next.text.includes('name="roadDamage"'))
  const where = await visitor.follow(await visitor.post(`${base}/matters/service-request/new/what`, { description: '停水一天了。', _then: 'next' }))
  assert.match(where.headers.get('permissions-policy') ?? '', /geolocation=\(self\)/)
  assert.match(where.text, /data-locate/)
  assert.match(where.text, /turbo-visit-control/)
})
