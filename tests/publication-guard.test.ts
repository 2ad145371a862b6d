// Runs on pglite only: what a public route may say does not depend on the database.
// The publication guard over all public channels: each route that anyone may read says who writes what it shows; every writer is refused an
// ID number, a mobile number and a bank card; and after all was tried none of them stands on any public page.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createApp, routeGroups } from '#app'
import { openCase } from '#kernel/cases/open-case.ts'
import { as } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import { keepEntry } from '#kernel/registers/kept.ts'
import { listEntries } from '#kernel/registers/list-entries.ts'
import { recordEntries } from '#kernel/registers/registers.ts'
import { ensureAssets } from '#ui/build.ts'
import { actorOf, playExample } from '../src/demo/play-example.ts'
import { openTestTown, type TestTown } from './support/town.ts'

/** By who writes the words. A new public route fails until it has its line. */
const channels: Record<string, readonly string[]> = {
  publications: [
    '/villages',
    '/villages/:village',
    '/villages/:village/data.json',
    '/open',
    '/open/guide',
    '/open/report',
    '/open/feed.xml',
    '/open/items.json',
    '/open/items/:number',
    '/open/items/:number/data.json',
    '/open/items/:number/document.pdf',
  ],
  requests: [
    '/promises',
    '/requests',
    '/requests.atom',
    '/requests.json',
    '/requests/:file{[A-Za-z0-9-]+\\.json}',
    '/requests/:number',
    '/open311/:file{discovery(?:\\.[a-zA-Z]{1,8})?}',
    '/open311/v2/:file{services(?:\\.[a-zA-Z]{1,8})?}',
    '/open311/v2/services/:file',
    '/open311/v2/:file{requests(?:\\.[a-zA-Z]{1,8})?}',
    '/open311/v2/requests/:file',
    '/open311/v2/tokens/:file',
    '/open311/v2/:file{servicerequestupdates(?:\\.[a-zA-Z]{1,8})?}',
    '/open311/test/v2/:file{services(?:\\.[a-zA-Z]{1,8})?}',
    '/open311/test/v2/services/:file',
    '/open311/test/v2/:file{requests(?:\\.[a-zA-Z]{1,8})?}',
    '/open311/test/v2/requests/:file',
    '/open311/test/v2/tokens/:file',
    '/open311/test/v2/:file{servicerequestupdates(?:\\.[a-zA-Z]{1,8})?}',
  ],
  consultations: [
    '/consultations',
    '/consultations.ics',
    '/consultations.atom',
    '/consultations/mine',
    '/consultations/:number',
    '/consultations/:number/opinions',
    '/consultations/:number/opinions/:opinion',
    '/consultations/:number/comment',
    '/consultations/:number/:file{opinions\\.(?:csv|json|xlsx)}',
    '/dates',
    '/dates.ics',
    '/dates.atom',
    '/dates.json',
  ],
  registers: ['/data/:file{[a-z]+\\.json}', '/registers', '/registers/:slug', '/registers/:slug/:file{entries\\.(?:csv|json)}'],
  offices: ['', '/', '/opening', '/integrity', '/reception'],
  // Questions and options: src/kernel/votes and cases/ballot-actions.ts ask the guard.
  votes: ['/votes', '/votes/:id', '/votes/:id/data.json'],
  // Texts of a package: src/kernel/library/publish.ts asks the guard.
  library: [
    '/figures/:slug',
    '/figures/:slug/data.json',
    '/matters',
    '/assistance',
    '/matters/:slug',
    '/matters/:slug/precheck/:id',
    '/matters/:slug/new',
    '/matters/:slug/new/check',
    '/matters/:slug/new/:page',
    '/matters/:slug/saved',
    '/procedures',
    '/procedures/:slug',
    '/procedures/:slug/compare',
    '/procedures/:slug/package.zip',
    '/procedures/:slug/documents/:file{[a-z0-9-]+\\.pdf}',
    '/procedures/:slug/examples/:name',
    '/procedures/:slug/examples/:name/script.json',
    '/api/v1/procedures',
    '/api/v1/procedures/:slug',
    '/api/v1/openapi.json',
  ],
  // Words of the program, counts, or what only the asking person typed.
  nobody: [
    '/terms',
    '/security',
    '/figures',
    '/figures/requests',
    '/resume',
    '/filed',
    '/filed/promise.txt',
    '/filed/slip',
    '/filed/slip.svg',
    '/filed/slip.pdf',
    '/track',
    '/challenge.json',
    '/calendar/:file',
    '/verify',
    '/verify.html',
    '/verify/:code',
    '/sign-in',
    '/sign-in/by-code',
    '/sign-in/passkey',
    '/sign-in/with/:provider',
    '/sign-in/with/:provider/return',
    '/sign-up',
    '/account/confirm',
    '/account/reset',
    '/account/password',
    '/cleared',
    '/erased',
  ],
}

/** The ID number is the example printed in GB 11643-1999; the others are nobody's. */
const personal = ['11010519491231002X', '13800000000', '6200000000000000000']

let town: TestTown
before(async () => {
  await ensureAssets()
  town = await openTestTown()
})
after(() => town.close())

/** Plays a worked example with this text in one field, up to the refusal. */
async function playWith(slug: string, name: string, field: string, text: string): Promise<void> {
  const example = (await getProcedure(town.ctx, slug)).examples.get(name) ?? assert.fail(`${slug} has no example ${name}`)
  const steps = example.steps.map((step) => (step.data && field in step.data ? { ...step, data: { ...step.data, [field]: text } } : step))
  await playExample(town.ctx, town.clock, slug, { ...example, steps })
}

const writers: Record<string, (text: string) => Promise<unknown>> = {
  'requests: a promise': (text) => playWith('service-request', 'promise-kept', 'promise', text),
  'publications: the text of an item': (text) => playWith('disclosure-item', 'published-in-time', 'body', text),
  'consultations: a draft': (text) => playWith('major-decision', 'every-opinion-is-answered', 'draft', text),
  'registers: an entry': async (text) =>
    keepEntry(as(town.ctx, await actorOf(town.ctx, 'post:village-officer@shishang-village', '')), 'collective-assets', {
      cells: { village: 'shishang-village', item: text, quantity: '1', standing: 'let' },
      reason: '',
    }),
  'offices: the name of a body': async (text) => {
    const [entry] = await listEntries<Record<string, unknown>>(town.ctx, 'organizations')
    assert.ok(entry)
    const { id, ...data } = entry
    await recordEntries(town.ctx, 'organizations', [{ id: String(id), data: { ...data, name: { zh: text, en: 'x' } } }], '测试')
  },
}

test('every public route says who writes what it shows', () => {
  const routes = routeGroups.flatMap(({ prefix, routes: own }) =>
    own.filter(({ method, guard }) => method === 'get' && guard === 'public').map(({ path }) => `${prefix}${path}`),
  )
  assert.deepEqual(Object.values(channels).flat().toSorted(), routes.toSorted())
})

for (const [name, write] of Object.entries(writers))
  test(`${name} with personal data is refused`, async () => {
    for (const text of personal)
      await assert.rejects(write(`请联系 ${text}。`), (error: unknown) => {
        const cause = error instanceof DomainError ? error : error instanceof Error ? error.cause : undefined
        assert.ok(cause instanceof DomainError && ['publication.personal', 'register.invalid'].includes(cause.code), String(error))
        return true
      })
  })

test('no public page shows what was refused, or what a resident typed of herself', async () => {
  const example = (await getProcedure(town.ctx, 'service-request')).examples.get('answered-at-once')
  const data = { ...example?.steps[0]?.data, description: `路灯不亮，请打 ${personal.join(' 或 ')}。`, publishWords: true }
  const { number } = await openCase(as(town.ctx, { kind: 'anonymous' }), { procedure: 'service-request', data })
  const app = createApp(town.installation)
  const plain = Object.values(channels)
    .flat()
    .filter((path) => !path.includes(':'))
  for (const path of [
    ...plain,
    `/requests/${number}`,
    `/requests/${number}.json`,
    '/open311/v2/requests.json',
    '/registers/collective-assets/entries.csv',
  ]) {
    const answer = await app.request(`http://127.0.0.1:3000/t/qingxi${path}`)
    const text = await answer.text()
    assert.ok(answer.status < 500, path)
    for (const word of personal) assert.ok(!text.includes(word), `${word} on ${path}`)
  }
})
