// Every page that anyone may read: at a stable address, with the same content as data, linked from its head; and the public calendar.
// Runs on postgres only: it goes through the whole server, and the SQL below it runs on both databases in the kernel's own tests.
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { after, before, test } from 'node:test'
import type { Hono } from 'hono'
import { openCase } from '#kernel/cases/open-case.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { consultationOfCase } from '#kernel/consultations/open.ts'
import type { ExampleStep } from '#kernel/procedures/worked-examples.ts'
import { loadPackage } from '#kernel/procedures/load-package.ts'
import { readPackageFolder } from '#kernel/procedures/packages.ts'
import { createApp, routeGroups } from '../src/app.ts'
import { playExample } from '../src/demo/play-example.ts'
import { ensureAssets } from '../src/ui/build.ts'
import { openPoll } from './support/poll.ts'
import { integrate } from '#kernel/ledger/integrator.ts'
import { openTestTown, type TestTown } from './support/town.ts'

/** Forms, checks and addresses that lead on: there is nothing to read in them that is not on another page. The list is meant to shrink. */
const noData: readonly string[] = [
  '/terms', // prose
  '/security', // prose; as data it is /.well-known/security.txt
  '/consultations/mine',
  '/consultations/:number/opinions/:opinion',
  '/consultations/:number/comment',
  '/matters/:slug/precheck/:id',
  '/matters/:slug/new',
  '/matters/:slug/new/check',
  '/matters/:slug/new/:page',
  '/matters/:slug/saved',
  '/procedures/:slug/compare',
  '/procedures/:slug/examples/:name',
  '/resume',
  '/filed',
  '/filed/slip',
  '/track',
  '/verify',
  '/verify.html',
  '/verify/:code',
  '/cleared',
  '/erased',
]
const isForm = (path: string) => noData.includes(path) || /^\/(sign-in|sign-up|account|calendar)/.test(path)

let town: TestTown
let app: Hono
const known: Record<string, string> = { slug: 'petition', village: 'shishang-village' }
const numbers: Record<string, string> = {}

async function exampleOf(slug: string, name: string) {
  const { procedure } = await loadPackage(await readPackageFolder(fileURLToPath(new URL(`../procedures/${slug}/`, import.meta.url))))
  return procedure?.examples.get(name) ?? assert.fail(`${slug} has no example ${name}`)
}

before(async () => {
  await ensureAssets()
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  app = createApp(town.installation)
  await openPoll(town.ctx)
  const anyone = await town.ctxFor({ kind: 'anonymous' })
  const { caseId } = await openCase(anyone, { procedure: 'poll', data: { name: '林小满' } })
  known['id'] = String((await loadCase(town.ctx, caseId)).content['Open']?.['ballot'])
  const report = await openCase(anyone, {
    procedure: 'service-request',
    data: { ...(await exampleOf('service-request', 'answered-at-once')).steps[0]?.data },
  })
  numbers['/requests/:number'] = report.number
  const item = await exampleOf('disclosure-item', 'published-in-time')
  numbers['/open/items/:number'] = (await playExample(town.ctx, town.clock, 'disclosure-item', item)).number
  const example = await exampleOf('major-decision', 'heard')
  const played = await playExample(town.ctx, town.clock, 'major-decision', example)
  const { number = '' } = (await consultationOfCase(town.ctx, played.caseId)) ?? {}
  numbers['/consultations/:number'] = number
  numbers['/consultations/:number/opinions'] = number
  await integrate(town.ctx.db, town.tenant, await town.installation.logOf(town.tenant), town.clock)
})
after(() => town.close())

const base = () => `/t/${town.tenant}`
const get = (path: string) => app.request(`http://127.0.0.1:3000${path}`)
const addressOf = (path: string) =>
  base() +
  path.replaceAll(/:(\w+)/g, (_, name: string) =>
    name === 'slug' && path.startsWith('/registers') ? 'collective-assets' : (numbers[path] ?? known[name] ?? assert.fail(`${path}: no ${name}`)),
  )

const pages = () =>
  routeGroups
    .filter(({ prefix }) => prefix === '')
    .flatMap(({ routes }) => routes)
    .filter(({ method, guard, path }) => method === 'get' && guard === 'public' && !isForm(path))

test('each public page answers at its own address and links its data, which is of the type it says and not empty', async () => {
  const walked: string[] = []
  for (const { path } of pages()) {
    if (/\{|\.(json|ics|atom|xml|pdf|zip|txt|svg)$/.test(path)) continue
    const address = addressOf(path)
    const answer = await get(address)
    const text = await answer.text()
    assert.equal(answer.status, 200, address)
    if (!(answer.headers.get('content-type') ?? '').includes('html')) continue
    walked.push(path)
    const links = [...text.matchAll(/<link rel="alternate" href="([^"]+)" type="([^"]+)"/g)]
    assert.ok(links.length > 0, `${path} links no data`)
    for (const [, href = '', type = ''] of links) {
      const data = await get(href.replaceAll('&amp;', '&'))
      const body = await data.text()
      assert.equal(data.status, 200, `${path} → ${href}`)
      assert.ok((data.headers.get('content-type') ?? '').startsWith(type), `${href} is ${data.headers.get('content-type')}, not ${type}`)
      assert.ok(body.length > 0, `${href} is empty`)
      if (type === 'application/json') assert.ok(Object.keys(JSON.parse(body)).length > 0, href)
    }
  }
  assert.ok(walked.length >= 24, walked.join(' '))
})

test('the calendar holds hearings with their time, comment periods, votes and days of disclosure, in all its forms', async () => {
  const ics = await (await get(`${base()}/dates.ics`)).text()
  const unfolded = ics.replaceAll(/\r\n[ \t]/g, '')
  const { dates } = JSON.parse(await (await get(`${base()}/dates.json`)).text()) as { dates: { kind: string; title: string; start: string | null }[] }
  const kinds = new Set(dates.map(({ kind }) => kind))
  assert.deepEqual([...kinds].toSorted(), ['consultation', 'disclosure', 'hearing', 'vote'])
  assert.equal(ics.match(/BEGIN:VEVENT/g)?.length, dates.length)
  const hearing = dates.find(({ kind }) => kind === 'hearing') ?? assert.fail('no hearing')
  const stamp = (hearing.start ?? '').replaceAll(/[-:]|\.000/g, '')
  assert.ok(unfolded.includes(`DTSTART:${stamp}`), stamp)
  assert.match(hearing.title, /^听证会：/)
  for (const other of dates.filter(({ kind }) => kind !== 'hearing')) assert.equal(other.start, null)
  assert.match(unfolded, /DTSTART;VALUE=DATE:\d{8}/)
  const atom = await (await get(`${base()}/dates.atom`)).text()
  assert.equal(atom.match(/<entry>/g)?.length, dates.length)
  const page = await (await get(`${base()}/dates`)).text()
  for (const { title } of dates) assert.ok(page.includes(title.replaceAll('&', '&amp;')), title)
  // Sessions of other matters stay with those who take part: a mediation is not in it.
  assert.ok(!page.includes('调解'), page.slice(0, 0))
})

test('a hall taken stands in it without who or what for; one that was called off does not', async () => {
  const { number } = await playExample(town.ctx, town.clock, 'hall-booking', await hallExample((step) => step.do !== 'message'))
  await playExample(town.ctx, town.clock, 'hall-booking', await hallExample(() => true))
  const { dates } = JSON.parse(await (await get(`${base()}/dates.json`)).text()) as {
    dates: { id: string; kind: string; title: string; place: string }[]
  }
  const halls = dates.filter(({ kind }) => kind === 'venue')
  assert.deepEqual(
    halls.map(({ id, title, place }) => ({ id, title, place })),
    [{ id: `${number}-Reserve`, title: '已借出', place: '大会堂' }],
  )
  for (const path of ['/dates', '/dates.ics', '/dates.atom', '/dates.json'])
    assert.doesNotMatch(await (await get(`${base()}${path}`)).text(), /柳春生|婚宴|000 0000/, path)
})

/** Booked and called off; for a day that is yet to come whatever the cases before did to the clock. */
async function hallExample(keeps: (step: ExampleStep) => boolean) {
  const example = await exampleOf('hall-booking', 'withdrawn-after-booking')
  const steps = example.steps.map((step) => (step.do === 'file' ? { ...step, data: { ...step.data, day: '2027-05-14' } } : step))
  return { ...example, steps: steps.filter(keeps) }
}
