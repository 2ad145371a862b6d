// Every route of a case is tried by everyone who has a session, a code or a token, and no right to this case. They all get the one answer.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Hono } from 'hono'
import { declareInterest } from '#kernel/cases/recuse.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { nameSubject } from '#kernel/cases/subjects.ts'
import { staffActor } from '#kernel/access/posts.ts'
import { as } from '#kernel/context.ts'
import { createToken } from '#kernel/identity/tokens.ts'
import { createTenant } from '#kernel/towns/create-town.ts'
import { createApp, routeGroups } from '../src/app.ts'
import { ensureAssets } from '../src/ui/build.ts'
import { sampleFiling } from './support/filing.ts'
import { publicRoutes } from './support/public-routes.ts'
import { type Colleague, makeStaff, signInStaff } from './support/staff.ts'
import { openTestTown, type TestTown } from './support/town.ts'
import { type Answer, Visitor } from './support/visitor.ts'

const routes = routeGroups.flatMap((group) => group.routes.map((route) => ({ ...route, address: `${group.prefix}${route.path}`, kind: group.kind })))
const ofCases = routes.filter((route) => route.path.includes(':number'))
const workspace = routes.filter((route) => route.address.startsWith('/workspace'))

/** Words that stand nowhere else. */
const matter = { ...sampleFiling.data, subject: '唯一事项甲乙丙丁', description: '唯一描述戊己庚辛', name: '唯一姓名壬癸' }

/** Staff without a right to this case, each for another reason. */
const outsiders = {
  'another office': ['emergency-handler'],
  'another post of the same office': ['petition-head'],
  'a village': ['shishang-officer'],
  'a superior body without hand-over': ['county-review-officer'],
  'no post': [],
  recused: ['petition-clerk'],
  'the unit complained of': ['supervisor'],
} as const satisfies Record<string, readonly string[]>
type Outsider = keyof typeof outsiders
const names = Object.keys(outsiders) as Outsider[]

let town: TestTown
let app: Hono
let number = ''
let task = ''
const desks = new Map<Outsider, { visitor: Visitor; token: string; colleague: Colleague }>()
before(async () => {
  await ensureAssets()
  town = await openTestTown()
  app = createApp(town.installation)
  const made = await openCase(await town.ctxFor({ kind: 'anonymous' }), { ...sampleFiling, data: matter })
  number = made.number
  task = (await loadCase(town.ctx, made.caseId)).tasks[0]?.task_id ?? ''
  for (const name of names) {
    const colleague = await makeStaff(town, outsiders[name], name)
    const { token } = await createToken(town.installation.database.db, town.tenant, { userId: colleague.userId, name }, town.clock.now())
    desks.set(name, { colleague, token, visitor: await signInStaff(app, town, colleague) })
  }
  const clerk = desks.get('recused')?.colleague.userId ?? ''
  await declareInterest(as(town.ctx, await staffActor(town.ctx, { userId: clerk, name: '' })), { number }, '亲属', 'kin')
  await nameSubject(town.ctx, number, { organizationId: 'supervision' })
})
after(() => town.close())

/** Fills parameters with things of the case, so that only the missing right can refuse. */
function fill(address: string, tenant = town.tenant): string {
  const values: Record<string, string> = { number, slug: sampleFiling.procedure, task }
  const path = address.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, (_, name: string) =>
    address.includes('/tasks/:id') && name === 'id' ? task : (values[name] ?? '00000000-0000-7000-8000-000000000000'),
  )
  return `/t/${tenant}${path.replace(/:file\b.*/, '00000000-0000-7000-8000-000000000000.pdf')}`
}

/** Pages that ask for a session: of staff, of a resident, of either. */
const guarded = routes.filter((route) => route.kind === 'page' && ['staff', 'resident', 'account'].includes(route.guard))

/** A page leads to signing in, a post is refused: by the form's token, which is tied to the session, or by the guard. */
async function expectClosed(visitor: Visitor | undefined, route: (typeof routes)[number], tenant?: string): Promise<void> {
  assert.ok(visitor)
  const address = fill(route.address, tenant)
  if (route.method === 'get') assert.match((await visitor.get(address)).location ?? '', /\/sign-in\?next=/, address)
  else if (route.method === 'post') assert.ok([401, 403].includes((await visitor.post(address)).status), address)
}

const leaks = (text: string) => [matter.name, matter.description, matter.subject].some((words) => text.includes(words))

describe('who has no right to a case', () => {
  for (const name of names) {
    test(`${name}: no page, no post and no list of the workspace knows the case`, async () => {
      const desk = desks.get(name)?.visitor
      assert.ok(desk)
      for (const route of workspace) {
        const isPost = route.method === 'post'
        await desk.get('/t/qingxi/workspace')
        const answer: Answer = await (isPost ? desk.post(fill(route.address)) : desk.get(fill(route.address)))
        if (/:number|:id|:task/.test(route.address)) assert.equal(answer.status, 404, `${route.method} ${route.address}`)
        assert.ok(answer.status < 500, `${route.method} ${route.address}: ${answer.status}`)
        assert.ok(!leaks(answer.text), `${route.method} ${route.address}`)
        if (!route.address.includes(':number')) assert.ok(!answer.text.includes(number), `${route.method} ${route.address} names the case`)
      }
    })

    test(`${name}: no operation of the interface knows the case`, async () => {
      for (const route of routes.filter((known) => known.kind === 'api' && known.guard === 'token')) {
        const isGet = route.method === 'get'
        const answer = await app.request(`http://127.0.0.1:3000${fill(route.address)}`, {
          method: route.method.toUpperCase(),
          headers: { authorization: `Bearer ${desks.get(name)?.token}`, ...(isGet ? {} : { 'content-type': 'application/json' }) },
          ...(isGet ? {} : { body: '{}' }),
        })
        const text = await answer.text()
        assert.ok(answer.status < 500, `${route.address}: ${answer.status}`)
        // A body that is wrong in itself may be refused before anything is asked.
        if (/:number|:task/.test(route.address))
          assert.ok([404, ...(isGet ? [] : [422])].includes(answer.status), `${route.method} ${route.address}: ${answer.status}`)
        assert.ok(!leaks(text) && !text.includes(number), `${route.method} ${route.address}`)
      }
    })
  }
})

test('a stranger who holds the code of another case, or a resident of another one, finds no page of this case', async () => {
  const other = await openCase(await town.ctxFor({ kind: 'anonymous' }), {
    procedure: sampleFiling.procedure,
    data: { ...sampleFiling.data, subject: '别的事情', description: '与此无关。', name: '别人' },
  })
  const visitor = new Visitor(app)
  await visitor.get('/t/qingxi/track')
  await visitor.follow(await visitor.post('/t/qingxi/track', { code: other.receiptCode }))
  for (const route of ofCases.filter((known) => known.kind === 'page' && known.guard === 'party')) {
    await visitor.get('/t/qingxi')
    const answer = await (route.method === 'post' ? visitor.post(fill(route.address)) : visitor.get(fill(route.address)))
    assert.equal(answer.status, 404, `${route.method} ${route.address}`)
    assert.ok(!leaks(answer.text), route.address)
  }
})

test('a session of one town opens nothing in another', async () => {
  await createTenant(town.installation.database, { tenant: 'other-town', name: { zh: '邻镇', en: 'Next town' }, demo: true, at: town.clock.now() })
  const { visitor } = desks.get('another office') ?? {}
  for (const route of guarded) await expectClosed(visitor, route, 'other-town')
})

test('an expired session opens nothing', async () => {
  const { visitor } = desks.get('another office') ?? {}
  assert.equal((await visitor?.get('/t/qingxi/workspace'))?.status, 200)
  await town.installation.database.owner((client) => client.query(`update auth_sessions set expires_at = now() - interval '1 second'`))
  for (const route of guarded) await expectClosed(visitor, route)
})

test('what anyone may open is on the list, and the list holds nothing else', () => {
  const open = routes.filter((route) => route.guard === 'public').map((route) => `${route.method} ${route.address}`)
  assert.deepEqual(
    open.filter((route) => !publicRoutes.includes(route)),
    [],
    'a route that anyone may open is written into tests/support/public-routes.ts, with a reason to its reviewer',
  )
  assert.deepEqual(
    publicRoutes.filter((route) => !open.includes(route)),
    [],
    'the list only shrinks: take out what is gone',
  )
})
