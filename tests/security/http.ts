// Forged and misdirected requests.
import assert from 'node:assert/strict'
import { type Attack, attacks } from './attack.ts'
import { answerOf, expectNothing, here, signIn, type World } from './world.ts'

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** A post that a page of another site could make the victim’s browser send, with the victim’s cookies. */
async function forge(world: World, headers: Record<string, string>, body: string, path = `${here}/sign-out`): Promise<number> {
  const session = world.people.resident.browser.cookie('xl-qingxi.session_token') ?? ''
  const answer = await world.ask(path, { method: 'POST', headers: { cookie: `xl-qingxi.session_token=${session}`, ...headers }, body })
  assert.notEqual(
    await world.installation.identityOf('qingxi').readSession(new Headers({ cookie: `xl-qingxi.session_token=${session}` })),
    undefined,
    'still signed in',
  )
  return answer.status
}

const crossSite = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }

const csrf = attacks('csrf', {
  'a form of another site': async (world) => assert.equal(await forge(world, { ...form, ...crossSite }, 'a=b'), 403),
  'a form of another site with a token of the attacker’s own session': async (world) => {
    const attacker = world.visitor()
    await attacker.get(`${here}/track`)
    assert.equal(await forge(world, form, `_csrf=${attacker.token()}`), 403)
  },
  'a form of a sister site': async (world) =>
    assert.equal(await forge(world, { ...form, 'sec-fetch-site': 'same-site', origin: 'https://sub.town.example' }, 'a=b'), 403),
  'a form without origin, referer and token': async (world) => assert.equal(await forge(world, form, ''), 403),
  'a form with Origin null': async (world) => assert.equal(await forge(world, { ...form, origin: 'null' }, 'a=b'), 403),
  'a referer that begins like ours': async (world) =>
    assert.equal(await forge(world, { ...form, referer: `${world.origin}.evil.example/` }, 'a=b'), 403),
  'text/plain dressed as a form': async (world) => assert.equal(await forge(world, { 'content-type': 'text/plain', ...crossSite }, '_csrf=x'), 415),
  'JSON to a form': async (world) => assert.equal(await forge(world, json, '{"_csrf":"x"}'), 415),
  'no kind of content': async (world) => assert.ok([403, 415].includes(await forge(world, { 'content-type': '' }, '_csrf=x'))),
  'a token with one letter changed': async (world) => {
    const { browser } = world.people.resident
    await browser.get(`${here}/account`)
    const token = browser.token()
    const wrong = `${token.slice(0, -2)}${token.at(-2) === 'A' ? 'B' : 'A'}${token.at(-1)}`
    assert.notEqual(wrong, token)
    assert.equal(await forge(world, { ...form, 'sec-fetch-site': 'same-origin' }, new URLSearchParams({ _csrf: wrong }).toString()), 403)
  },
  'an API post by the cookies of a page': async (world) => {
    const { browser } = world.people.clerk
    const cookie = `xl-qingxi.session_token=${browser.cookie('xl-qingxi.session_token') ?? ''}`
    assert.equal((await world.ask(`${here}/api/v1/tasks`, { headers: { cookie } })).status, 401)
  },
  'an act by GET': async (world) => {
    const { browser } = world.people.resident
    for (const path of ['/sign-out', '/clear', '/account/sessions']) assert.equal((await browser.get(`${here}${path}`)).status, 405, path)
  },
  'reading by another origin': async (world) => {
    for (const path of [`${here}/api/v1/procedures`, here, `${here}/ledger/status`]) {
      const answer = await world.ask(path, { headers: { origin: 'https://evil.example' } })
      assert.deepEqual(
        [...answer.headers.keys()].filter((name) => name.startsWith('access-control')),
        [],
        path,
      )
    }
  },
  'a preflight of another origin': async (world) => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }
    const answer = await world.ask(`${here}/api/v1/cases`, { method: 'OPTIONS', headers })
    assert.equal(answer.status, 204)
    assert.equal(answer.headers.get('access-control-allow-origin'), null)
    assert.equal(answer.headers.get('allow'), 'OPTIONS, POST')
  },
  'framing by another site': async (world) =>
    assert.match((await world.ask(`${here}/sign-in`)).headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/),
})

const elsewhere = [
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'https://evil.example',
  'https:evil.example',
  '/t/qingxi//evil.example',
  '/t/qingxi/\\evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  '/t/qingxi@evil.example',
  '/t/qingxievil',
  '/t/shiqiao/workspace',
  ' //evil.example',
  '/%09/evil.example',
  '/t/qingxi/\n//evil.example',
  '/t/qingxi/\t/evil.example',
  '///evil.example',
  'evil.example',
  '.evil.example',
  '/t/qingxi/..//evil.example',
]
const redirects: Attack[] = [
  ...elsewhere.map((next) => ({
    kind: 'redirects' as const,
    name: `after signing in to ${JSON.stringify(next)}`,
    run: async (world: World) => {
      const answer = await signIn(world.visitor(), here, world.people.resident.email, { next })
      assert.equal(answer.status, 303)
      assert.equal(answer.location, `${here}/account`)
    },
  })),
  ...attacks('redirects', {
    'a signed-in person following a link to elsewhere': async (world) => {
      for (const next of elsewhere) {
        const answer = await world.people.resident.browser.get(`${here}/sign-in?next=${encodeURIComponent(next)}`)
        assert.equal(answer.location, `${here}/account`, next)
      }
    },
    'the address of the page as the way back': async (world) => {
      const answer = await world.ask(`${here}/workspace//evil.example`)
      assert.ok(!(answer.headers.get('location') ?? '').startsWith('//'))
      const twice = await world.ask(`//evil.example/..${here}/workspace`)
      assert.doesNotMatch(twice.headers.get('location') ?? '', /^(https?:)?\/\/evil/)
    },
    'a list’s query carried through a post': async (world) => {
      const { browser } = world.people.clerk
      await browser.get(`${here}/workspace`)
      const answer = await browser.post(`${here}/workspace/jobs`, { _query: 'next=//evil.example&view=x%0d%0aset-cookie:a=b', _act: 'x' })
      assert.doesNotMatch(answer.location ?? '', /evil|\r|\n/)
    },
  }),
]

const traversals = [
  '../../package.json',
  '..%2f..%2fpackage.json',
  '%2e%2e%2f%2e%2e%2fpackage.json',
  '..%5c..%5cpackage.json',
  '....//package.json',
  '%252e%252e%252fpackage.json',
  '.manifest.json',
  'app.css%00.png',
  '..;/package.json',
  'manifest.json/..%2f..%2fpackage.json',
]
const paths: Attack[] = [
  ...traversals.map((path) => ({
    kind: 'paths' as const,
    name: `/assets/${path}`,
    run: async (world: World) => {
      const answer = await world.raw(`GET /assets/${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      assert.match(answer, /^HTTP\/1\.1 (40[0-9]|30[0-9])/)
      assert.ok(!answer.includes('"dependencies"'))
    },
  })),
  ...attacks('paths', {
    'a tile outside of the log': async (world) => {
      for (const path of [
        'tile/0/../../../keys',
        'tile/0/..%2f..%2fkeys',
        'tile/0/x000/000',
        'tile/-1/000',
        'tile/64/000',
        'tile/0/000.p/0',
        'tile/0/000.p/257',
        'tile/0/%00',
      ])
        expectNothing(await answerOf(world, `${here}/ledger/${path}`), [400, 404, 422])
    },
    'a file of a case with a path for an id': async (world) => {
      for (const id of ['..%2f..%2fkeys%2froot.key', '%2e%2e', 'a%00b', '/etc/passwd', 'C:%5cx'])
        expectNothing(await world.mine.browser.get(`${here}/cases/${world.mine.number}/files/${id}`), [404])
    },
    'a procedure with a path for a name': async (world) => {
      for (const slug of ['..%2fpetition', '%2e%2e%2f..%2fsrc', 'petition%2f..', 'petition%00'])
        expectNothing(await answerOf(world, `${here}/matters/${slug}`), [404])
    },
    'a language and edition with a path': async (world) => {
      assert.equal((await world.ask(`${here}?lang=..%2f..%2fetc&edition=..%2fx`)).status, 200)
      assert.equal((await world.ask(`${here}?edition=%00`)).status, 422)
    },
    'the demonstration’s mails outside of a demonstration': async (world) => {
      const { createApp } = await import('#app')
      const production = createApp({ ...world.installation, config: { ...world.installation.config, demo: false } })
      assert.equal((await production.request('http://127.0.0.1:3000/demo/outbox.json')).status, 404)
    },
  }),
]

export const httpAttacks: Attack[] = [...csrf, ...redirects, ...paths]
