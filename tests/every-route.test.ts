// Every route declares its guard and is tried without rights. The lists of routes that anyone may open only shrink.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Hono } from 'hono'
import { openCase } from '#kernel/cases/open-case.ts'
import { appoint } from '#kernel/access/posts.ts'
import { sampleFiling } from './support/filing.ts'
import { createApp, routeGroups } from '../src/app.ts'
import { ensureAssets } from '../src/ui/build.ts'
import { openTestTown, type TestTown } from './support/town.ts'

const routes = routeGroups.flatMap((group) => group.routes.map((route) => ({ ...route, prefix: group.prefix, kind: group.kind })))

let town: TestTown
let app: Hono
let number = ''
before(async () => {
  await ensureAssets()
  town = await openTestTown()
  app = createApp(town.installation)
  const answer = await openCase(await town.ctxFor({ kind: 'anonymous' }), { procedure: sampleFiling.procedure, data: sampleFiling.data })
  number = answer.number
})
after(() => town.close())

/** Fills parameters with things that exist, so that only the missing right can refuse. */
function addressOf(route: (typeof routes)[number], tenant = town.tenant): string {
  const path = route.path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, (_, name: string) =>
    name === 'number' ? number : name === 'slug' ? sampleFiling.procedure : '00000000-0000-7000-8000-000000000000',
  )
  return `http://127.0.0.1:3000/t/${tenant}${route.prefix}${path}`
}

const send = (route: (typeof routes)[number], headers: Record<string, string>, tenant?: string) =>
  app.request(addressOf(route, tenant), {
    method: route.method.toUpperCase(),
    headers: {
      ...(route.method === 'get' ? {} : { 'content-type': route.kind === 'api' ? 'application/json' : 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    ...(route.method === 'get' ? {} : { body: route.kind === 'api' ? '{}' : '' }),
  })

test('no two routes have the same method and address', () => {
  const names = routes.map((route) => `${route.method} ${route.prefix}${route.path}`)
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  )
})

describe('every route', () => {
  for (const route of routes) {
    const name = `${route.method.toUpperCase()} ${route.prefix}${route.path}`
    test(`${name} (${route.guard}) answers nobody more than its guard allows`, async () => {
      const answer = await send(route, {})
      if (route.guard === 'staff' || route.guard === 'resident' || route.guard === 'account') {
        if (route.kind === 'page' && route.method === 'get') assert.match(answer.headers.get('location') ?? '', /\/sign-in\?next=/)
        else assert.equal(answer.status, 401)
      } else if (route.guard === 'token' || route.guard === 'party') {
        assert.ok([303, 400, 401, 403, 404, 415, 422].includes(answer.status), `${answer.status}`)
      }
      assert.notEqual(answer.status, 500)
      assert.ok(!(await answer.text()).includes(sampleFiling.data.name), 'no name is shown')
    })
    test(`${name} does not exist in a town that does not exist`, async () => {
      const answer = await send(route, {}, 'nowhere')
      assert.equal(answer.status, 404)
    })
    if (route.kind === 'page' && route.method !== 'get') {
      test(`${name} refuses a forged post`, async () => {
        const answer = await send(route, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', cookie: await someSession() })
        assert.ok([303, 401, 403, 404].includes(answer.status), `${answer.status}`)
        if (answer.status === 303) assert.match(answer.headers.get('location') ?? '', /sign-in/)
      })
    }
  }
})

let session: string | undefined
async function someSession(): Promise<string> {
  if (session !== undefined) return session
  const identity = town.installation.identityOf(town.tenant)
  const { userId } = await identity.createUser({
    email: 'route-test@qingxi.example',
    password: 'a long enough passphrase 7',
    name: '测试',
    kind: 'staff',
  })
  await appoint(town.ctx, { postId: 'emergency-handler', userId, from: '2020-01-01' })
  const signedIn = await identity.signIn({
    email: 'route-test@qingxi.example',
    password: 'a long enough passphrase 7',
    headers: new Headers(),
    address: '127.0.0.1',
  })
  session = signedIn.cookies.map((cookie) => cookie.split(';', 1)[0]).join('; ')
  return session
}

test('an officer of another office is told that the case does not exist, on every page and operation', async () => {
  const cookie = await someSession()
  for (const route of routes.filter((known) => known.path.includes(':number') && known.guard === 'staff' && known.method === 'get')) {
    const answer = await send(route, { cookie })
    assert.equal(answer.status, 404, `${route.prefix}${route.path}`)
  }
})

test('a stranger with the code of another case is told that the case does not exist', async () => {
  const other = await openCase(await town.ctxFor({ kind: 'anonymous' }), { procedure: sampleFiling.procedure, data: sampleFiling.data })
  for (const route of routes.filter((known) => known.kind === 'api' && known.path.includes(':number') && known.method === 'get')) {
    const answer = await send(route, { authorization: `Receipt ${other.receiptCode}` })
    assert.equal(answer.status, 404, route.path)
  }
})
