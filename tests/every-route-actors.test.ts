// Every route is tried by everyone who has a session, a code or a token, and no right to this case. Nobody gets a word of it, and whatever is
// the case's own answers them all alike.
// Runs on postgres only: it goes through the whole server, and the SQL below it runs on both databases in the kernel's own tests.
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
import type { Guard } from '#http/route.ts'
import { createApp, routeGroups } from '../src/app.ts'
import { ensureAssets } from '../src/ui/build.ts'
import { sampleFiling } from './support/filing.ts'
import { processRoutes, publicRoutes } from './support/public-routes.ts'
import { type Colleague, makeStaff, signInStaff } from './support/staff.ts'
import { openTestTown, type TestTown } from './support/town.ts'
import { Visitor } from './support/visitor.ts'

const routes = routeGroups.flatMap((group) => group.routes.map((route) => ({ ...route, address: `${group.prefix}${route.path}`, kind: group.kind })))

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
function fill(address: string, tenant: string): string {
  const values: Record<string, string> = { number, slug: sampleFiling.procedure, task }
  const path = address.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, (_, name: string) =>
    address.includes('/tasks/:id') && name === 'id' ? task : (values[name] ?? '00000000-0000-7000-8000-000000000000'),
  )
  return `/t/${tenant}${path.replace(/:file\b.*/, '00000000-0000-7000-8000-000000000000.pdf')}`
}

/** Somebody without a right: what her browser and her programs send, and which guards let her pass as far as the access rule. */
type Actor = {
  tenant: string
  visitor: Visitor
  /** Authorization of her programs. */
  program?: string
  passes: readonly Guard[]
}
const open = ['public', 'party', 'token'] as const

/** These end the session, so they are tried by whoever has none. */
const ending = new Set(['/sign-out', '/clear'])
const isOfCase = (address: string) => /:number|:task|\/tasks\/:id/.test(address)
const leaks = (text: string) => [matter.name, matter.description, matter.subject].some((words) => text.includes(words))

async function tryAll({ tenant, visitor, program, passes }: Actor, who: string): Promise<number> {
  visitor.last = ''
  await visitor.get(`/t/${tenant}/track`)
  const _csrf = visitor.token()
  assert.notEqual(_csrf, '', 'posts are sent as from a form of her own')
  let tried = 0
  for (const route of routes) {
    if (who !== 'no actor' && ending.has(route.address)) continue
    const name = `${route.method} ${route.address} by ${who}`
    const address = fill(route.address, tenant)
    const answer =
      route.kind === 'api'
        ? await ask(address, route, program)
        : await (route.method === 'get' ? visitor.get(address) : post(visitor, address, route, _csrf))
    tried++
    assert.ok(answer.status < 500, `${name}: ${answer.status}`)
    assert.ok(!leaks(answer.text), `${name} shows words of the case`)
    if (!isOfCase(route.address)) assert.ok(!answer.text.includes(number), `${name} names the case`)
    if (!passes.includes(route.guard)) expectClosed(route, answer, name)
    else if (isOfCase(route.address)) expectAbsent(route, answer, name)
  }
  return tried
}

const post = (visitor: Visitor, address: string, route: (typeof routes)[number], _csrf: string) =>
  route.method === 'put' ? visitor.put(address, _csrf) : visitor.post(address, { _csrf })

async function ask(address: string, { method }: (typeof routes)[number], authorization: string | undefined) {
  const isGet = method === 'get'
  const answer = await app.request(`http://127.0.0.1:3000${address}`, {
    method: method.toUpperCase(),
    headers: { ...(authorization === undefined ? {} : { authorization }), ...(isGet ? {} : { 'content-type': 'application/json' }) },
    ...(isGet ? {} : { body: '{}' }),
  })
  return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() }
}

type Seen = { status: number; location: string | null }

/** A page leads to signing in; anything else is refused, by the form's token, which is tied to the session, or by the guard. */
function expectClosed(route: (typeof routes)[number], { status, location }: Seen, name: string): void {
  if (route.kind === 'page' && route.method === 'get') assert.match(location ?? '', /\/sign-in\?next=/, name)
  else assert.ok([401, 403].includes(status), `${name}: ${status}`)
}

/** Unreadable is not found. A body that is wrong in itself may be refused before anything is asked; without credentials a program is told so. */
function expectAbsent(route: (typeof routes)[number], { status, location }: Seen, name: string): void {
  // Staff who follow a resident's address are led to their own page of it, whether there is such a case or not.
  if (route.address === '/cases/:number' && location === fill('/workspace/cases/:number', town.tenant)) return
  const isProgram = route.kind === 'api'
  const others = isProgram ? [401, ...(route.method === 'get' ? [] : [415, 422])] : []
  assert.ok([404, ...others].includes(status), `${name}: ${status}`)
}

const holder = (name: Outsider) => {
  const desk = desks.get(name)
  assert.ok(desk)
  return desk
}

describe('who has no right to a case gets nothing of it by any route', () => {
  test('no actor', async () => {
    const visitor = new Visitor(app)
    assert.equal(await tryAll({ tenant: town.tenant, visitor, passes: open }, 'no actor'), routes.length)
  })
  for (const name of names)
    test(`staff: ${name}`, async () => {
      const { visitor, token } = holder(name)
      await tryAll({ tenant: town.tenant, visitor, program: `Bearer ${token}`, passes: [...open, 'staff', 'account'] }, name)
    })
  test('a stranger’s receipt code', async () => {
    const other = await openCase(await town.ctxFor({ kind: 'anonymous' }), {
      procedure: sampleFiling.procedure,
      data: { ...sampleFiling.data, subject: '别的事情', description: '与此无关。', name: '别人' },
    })
    const visitor = new Visitor(app)
    await visitor.get('/t/qingxi/track')
    const mine = await visitor.follow(await visitor.post('/t/qingxi/track', { code: other.receiptCode }))
    assert.ok(mine.text.includes(other.number), 'her own case is open to her')
    await tryAll({ tenant: town.tenant, visitor, program: `Receipt ${other.receiptCode}`, passes: open }, 'a stranger’s receipt code')
  })
  test('a resident with an account and another matter', async () => {
    const visitor = new Visitor(app)
    const identity = town.installation.identityOf(town.tenant)
    const email = 'route-resident@example.com'
    await identity.createUser({ email, password: 'clear brook 2026 over stones', name: '别人', kind: 'resident' })
    await visitor.get('/t/qingxi/sign-in')
    assert.equal((await visitor.post('/t/qingxi/sign-in', { email, password: 'clear brook 2026 over stones' })).status, 303)
    await tryAll({ tenant: town.tenant, visitor, passes: [...open, 'resident', 'account'] }, 'a resident')
  })
  test('a session and a token of one town in another', async () => {
    await createTenant(town.installation.database, { tenant: 'other-town', name: { zh: '邻镇', en: 'Next town' }, demo: true, at: town.clock.now() })
    const { visitor, token } = holder('another office')
    await tryAll({ tenant: 'other-town', visitor, program: `Bearer ${token}`, passes: open }, 'wrong tenant')
  })
  test('an expired session and token, of a clerk who read the case until then', async () => {
    const clerk = await makeStaff(town, ['petition-clerk'], '到期')
    const visitor = await signInStaff(app, town, clerk)
    assert.equal((await visitor.get(fill('/workspace/cases/:number', town.tenant))).status, 200, 'the case is open to her')
    const { token } = await createToken(town.installation.database.db, town.tenant, { userId: clerk.userId, name: '到期' }, town.clock.now())
    await town.installation.database.owner(async (client) => {
      await client.query(`update auth_sessions set expires_at = now() - interval '1 second' where user_id = $1`, [clerk.userId])
      await client.query(`update api_tokens set expires_at = $2 where user_id = $1`, [clerk.userId, new Date(town.clock.now().getTime() - 1000)])
    })
    await tryAll({ tenant: town.tenant, visitor, program: `Bearer ${token}`, passes: open }, 'expired')
  })
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

test('whatever the application answers besides is on the list too', () => {
  const ofTowns = new Set(routes.map((route) => `${route.method.toUpperCase()} /t/:tenant${route.address}`))
  const found = new Set(
    app.routes
      .filter((route) => route.path !== '/*' || route.method !== 'ALL') // what runs before every answer
      .map(({ method, path }) => `${method} ${path.replace(/\/$/, '') || '/'}`)
      .filter((route) => !ofTowns.has(route))
      .map((route) => route.replace(/^(GET) (\/t\/:tenant\/ledger)(\/.*)?$/, '$1 $2/*').replace(/^[A-Z]+ \/witness(\/.*)?$/, '* /witness/*')),
  )
  assert.deepEqual([...found].sort(), [...processRoutes].sort())
})
