import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { openTestDatabase, type TestDatabase } from '#tests/support/database.ts'
import { client, faultyProvider, openIdProvider, type OpenIdProvider, walk } from '#tests/support/oidc.ts'
import { systemClock } from '../clock.ts'
import { fetchProvider } from './fetch-provider.ts'
import { browserHeaders, openTown, password } from './fixture.ts'
import type { ProviderErrand } from './oidc.ts'

let testing: TestDatabase
let op: OpenIdProvider
before(async () => {
  testing = await openTestDatabase()
  op = await openIdProvider(['people', 'officials', 'strong'].flatMap((id) => ['qingxi', 'baiyun'].map((town) => redirect(id, town))))
})
after(async () => {
  await op.close()
  await testing.close()
})

const redirect = (id: string, town: string) => `http://localhost:8080/t/${town}/sign-in/with/${id}/return`
const none = new Headers()
const binding = 'cookie of a browser'
const refused = { name: 'DomainError', code: 'provider.refused' }
const notLinked = { name: 'DomainError', code: 'provider.not_linked' }

async function open(tenant = 'qingxi') {
  const town = await openTown(testing.database, tenant)
  const save = (providerId: string, kind: 'staff' | 'resident', strong = false) =>
    town.identity.saveProvider({
      providerId,
      issuer: op.issuer,
      clientId: client.id,
      clientSecret: client.secret,
      kind,
      label: { zh: '统一认证', en: 'Single sign-on' },
      strong,
      enabled: true,
    })
  await save('people', 'resident')
  await save('officials', 'staff')
  await save('strong', 'staff', true)
  return town
}
type Town = Awaited<ReturnType<typeof open>>

const begin = async (town: Town, providerId: string, errand: ProviderErrand = { mode: 'sign_in' }) =>
  (await town.identity.beginProvider({ providerId, binding, next: '', errand })).location
const finish = (town: Town, providerId: string, query: URLSearchParams, cookie = binding) =>
  town.identity.finishProvider({ providerId, query, binding: cookie, headers: none, language: 'zh' })
async function visit(town: Town, providerId: string, subject: string, errand?: ProviderErrand) {
  op.subject = subject
  const back = await walk(await begin(town, providerId, errand), op.issuer)
  assert.equal(back.origin + back.pathname, redirect(providerId, town.identity.tenant))
  return finish(town, providerId, back.searchParams)
}
const sessionOf = (town: Town, { cookies }: { cookies: string[] }) => town.identity.readSession(browserHeaders(cookies))

describe('a resident’s sign-in with a real provider', () => {
  test('makes an account on first use and finds it by issuer and subject, never by the address it claims', async () => {
    const town = await open()
    const owner = await town.identity.createUser({ email: 'claimed@example.org', password, name: '本人', kind: 'resident' })
    const first = await sessionOf(town, await visit(town, 'people', 'resident-1'))
    const second = await sessionOf(town, await visit(town, 'people', 'resident-1'))
    const other = await sessionOf(town, await visit(town, 'people', 'resident-2'))
    assert.deepEqual([first?.kind, first?.email, first?.method], ['resident', '', 'provider'])
    assert.equal(second?.userId, first?.userId)
    assert.equal(new Set([first?.userId, other?.userId, owner.userId]).size, 3)
    const { rows } = await testing.database.owner((pg) =>
      pg.query<{ text: string }>('select l::text as text from provider_links l union all select p::text from identity_providers p'),
    )
    for (const { text } of rows) assert.ok(!text.includes('resident-1') && !text.includes(client.secret), text)
  })

  test('means nothing in another town', async () => {
    const [town, other] = [await open(), await open('baiyun')]
    const here = await sessionOf(town, await visit(town, 'people', 'resident-3'))
    const there = await sessionOf(other, await visit(other, 'people', 'resident-3'))
    assert.notEqual(here?.userId, there?.userId)
  })

  test('is refused with a state that is wrong, of another browser, of another provider, or used', async () => {
    const town = await open()
    op.subject = 'resident-4'
    const back = await walk(await begin(town, 'people'), op.issuer)
    const altered = new URLSearchParams(back.searchParams)
    altered.set('state', 'x'.repeat(43))
    await assert.rejects(finish(town, 'people', altered), refused)
    await assert.rejects(finish(town, 'people', back.searchParams, 'another browser'), refused)
    assert.ok((await finish(town, 'people', back.searchParams)).cookies.length > 0)
    await assert.rejects(finish(town, 'people', back.searchParams), refused)
    const second = await walk(await begin(town, 'people'), op.issuer)
    await assert.rejects(finish(town, 'strong', second.searchParams), refused)
  })

  test('is refused with a code that was used, a nonce of another request, or no PKCE verifier of ours', async () => {
    const town = await open()
    op.subject = 'resident-5'
    const used = await walk(await begin(town, 'people'), op.issuer)
    await finish(town, 'people', used.searchParams)
    const replay = await walk(await begin(town, 'people'), op.issuer)
    replay.searchParams.set('code', used.searchParams.get('code') ?? '')
    await assert.rejects(finish(town, 'people', replay.searchParams), { ...refused, message: /\(token\)/ })
    for (const [name, value, check] of [
      ['nonce', 'of-another-request', /\(nonce\)/],
      ['code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', /\(token\)/],
    ] as const) {
      const changed = new URL(await begin(town, 'people'))
      changed.searchParams.set(name, value)
      await assert.rejects(finish(town, 'people', (await walk(changed.href, op.issuer)).searchParams), { ...refused, message: check })
    }
  })

  test('says so when the provider reports an error, and uses the state up', async () => {
    const town = await open()
    const url = new URL(await begin(town, 'people'))
    url.searchParams.set('prompt', 'none')
    const back = await walk(url.href, op.issuer)
    assert.equal(back.searchParams.get('error'), 'login_required')
    await assert.rejects(finish(town, 'people', back.searchParams), { name: 'DomainError', code: 'provider.denied' })
    await assert.rejects(finish(town, 'people', back.searchParams), refused)
  })

  test('refuses an answer that names another issuer, or none where one was promised (RFC 9207)', async () => {
    const town = await open()
    for (const iss of ['https://other.example', undefined]) {
      const back = await walk(await begin(town, 'people'), op.issuer)
      if (iss === undefined) back.searchParams.delete('iss')
      else back.searchParams.set('iss', iss)
      await assert.rejects(finish(town, 'people', back.searchParams), { ...refused, message: /\(iss\)/ })
    }
  })
})

describe('staff', () => {
  test('come in only after linking, with their own second factor unless the provider asks for one', async () => {
    const town = await open()
    await assert.rejects(visit(town, 'officials', 'officer-1'), notLinked)
    const { userId } = await town.identity.createUser({ email: 'officer-1@example.org', password, name: '某某', kind: 'staff' })
    await visit(town, 'officials', 'officer-1', { mode: 'link', userId, sessionId: 'here' })
    assert.equal((await sessionOf(town, await visit(town, 'officials', 'officer-1')))?.userId, userId)
    await testing.database.owner((pg) => pg.query('update auth_users set two_factor_enabled = true where id = $1', [userId]))
    const step = await visit(town, 'officials', 'officer-1')
    assert.equal(step.needsTotp, true)
    assert.equal(await sessionOf(town, step), undefined)
    const strong = await sessionOf(town, await visit(town, 'strong', 'officer-1'))
    assert.deepEqual([strong?.userId, strong?.method], [userId, 'provider_strong'])
    const [entry] = await town.identity.listLinks(userId)
    assert.equal(await town.identity.unlink({ userId, subjectKey: entry?.subjectKey ?? '' }), true)
    await assert.rejects(visit(town, 'officials', 'officer-1'), notLinked)
  })

  test('may accept an invitation with it, once, and nobody without one', async () => {
    const town = await open()
    const { userId, token } = await town.identity.inviteStaff({ email: 'officer-2@example.org', name: '某某' })
    await assert.rejects(visit(town, 'officials', 'officer-2', { mode: 'invitation', token: 'not a token' }), notLinked)
    const session = await sessionOf(town, await visit(town, 'officials', 'officer-2', { mode: 'invitation', token }))
    assert.equal(session?.userId, userId)
    await assert.rejects(visit(town, 'officials', 'officer-3', { mode: 'invitation', token }), notLinked)
    await assert.rejects(town.identity.setPasswordByToken({ token, password }), { code: 'account.link_expired' })
  })

  test('cannot take an identity that another account has, and one of residents opens no staff account', async () => {
    const town = await open()
    const make = (email: string) => town.identity.createUser({ email, password, name: '某某', kind: 'staff' })
    const [one, two] = [await make('officer-4@example.org'), await make('officer-5@example.org')]
    await visit(town, 'officials', 'officer-4', { mode: 'link', userId: one.userId, sessionId: 'here' })
    await assert.rejects(visit(town, 'officials', 'officer-4', { mode: 'link', userId: two.userId, sessionId: 'here' }), { code: 'provider.linked' })
    await assert.rejects(visit(town, 'people', 'officer-4'), notLinked)
    await assert.rejects(visit(town, 'people', 'officer-6', { mode: 'link', userId: two.userId, sessionId: 'here' }), notLinked)
  })

  test('show again who they are by a sign-in that is new, with the identity that is theirs', async () => {
    const town = await open()
    const { userId } = await town.identity.createUser({ email: 'officer-7@example.org', password, name: '某某', kind: 'staff' })
    await visit(town, 'officials', 'officer-7', { mode: 'link', userId, sessionId: 'here' })
    const headers = browserHeaders((await visit(town, 'officials', 'officer-7')).cookies)
    const sessionId = (await town.identity.readSession(headers))?.sessionId ?? ''
    await testing.database.owner((pg) => pg.query(`update auth_sessions set authenticated_at = now() - interval '1 hour' where id = $1`, [sessionId]))
    const recent = async () => {
      const session = await town.identity.readSession(headers)
      return session !== undefined && town.identity.isRecent(session, 15)
    }
    assert.equal(await recent(), false)
    await assert.rejects(visit(town, 'officials', 'somebody-else', { mode: 'again', userId, sessionId }), notLinked)
    assert.equal(await recent(), false)
    await visit(town, 'officials', 'officer-7', { mode: 'again', userId, sessionId })
    assert.equal(await recent(), true)
  })
})

describe('an ID token', () => {
  test('is refused with another audience, issuer, key or algorithm, too old, for another party, or without a nonce', async () => {
    const [good, bad] = await Promise.all([generateKeyPair('ES256', { extractable: true }), generateKeyPair('ES256')])
    const now = Math.floor(systemClock.now().getTime() / 1000)
    let nonce = ''
    let make = (_issuer: string): Promise<string> => Promise.resolve('')
    const provider = await faultyProvider({ keys: [await exportJWK(good.publicKey)], idToken: (issuer) => make(issuer) })
    const signed = (issuer: string, claims: object, key: Parameters<SignJWT['sign']>[0] = good.privateKey, alg = 'ES256') =>
      new SignJWT({ iss: issuer, aud: 'us', sub: 'someone', iat: now, exp: now + 300, nonce, ...claims }).setProtectedHeader({ alg }).sign(key)
    const town = await openTown(testing.database, 'qingxi')
    const label = { zh: '坏的', en: 'faulty' }
    await town.identity.saveProvider({
      providerId: 'faulty',
      issuer: provider.issuer,
      clientId: 'us',
      clientSecret: 's',
      kind: 'resident',
      label,
      strong: false,
      enabled: true,
    })
    const attempt = async (token: typeof make) => {
      const url = new URL((await town.identity.beginProvider({ providerId: 'faulty', binding, next: '', errand: { mode: 'sign_in' } })).location)
      nonce = url.searchParams.get('nonce') ?? ''
      make = token
      const query = new URLSearchParams({ state: url.searchParams.get('state') ?? '', code: 'any' })
      return town.identity.finishProvider({ providerId: 'faulty', query, binding, headers: none, language: 'zh' })
    }
    try {
      assert.ok((await attempt((issuer) => signed(issuer, {}))).cookies.length > 0)
      const unsigned = (issuer: string) =>
        [{ alg: 'none' }, { iss: issuer, aud: 'us', sub: 'someone', iat: now, exp: now + 300, nonce }]
          .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
          .join('.') + '.'
      const secret = new TextEncoder().encode('s'.repeat(32))
      for (const [name, token] of Object.entries<typeof make>({
        audience: (issuer) => signed(issuer, { aud: 'somebody else' }),
        'several audiences without azp': (issuer) => signed(issuer, { aud: ['us', 'them'] }),
        azp: (issuer) => signed(issuer, { azp: 'them' }),
        issuer: () => signed('https://other.example', {}),
        expired: (issuer) => signed(issuer, { exp: now - 120 }),
        key: (issuer) => signed(issuer, {}, bad.privateKey),
        'no algorithm': (issuer) => Promise.resolve(unsigned(issuer)),
        'a symmetric algorithm': (issuer) => signed(issuer, {}, secret, 'HS256'),
        'no nonce': (issuer) => signed(issuer, { nonce: undefined }),
        'no subject': (issuer) => signed(issuer, { sub: undefined }),
        garbage: () => Promise.resolve('not.a.token'),
      }))
        await assert.rejects(attempt(token), refused, name)
    } finally {
      await provider.close()
    }
  })
})

describe('a provider', () => {
  const input = { providerId: 'new', clientId: 'x', kind: 'resident', label: { zh: '新', en: 'new' }, strong: false, enabled: true } as const

  test('has an https address outside a demonstration, and keeps its issuer', async () => {
    const strict = await openTown(testing.database, 'qingxi', { allowLocalProviders: false })
    for (const issuer of ['http://id.example', 'http://127.0.0.1:9', 'https://id.example/?x=1', 'https://a:b@id.example', 'nonsense'])
      await assert.rejects(strict.identity.saveProvider({ ...input, issuer }), { code: 'provider.issuer' }, issuer)
    await strict.identity.saveProvider({ ...input, issuer: 'https://id.example' })
    await assert.rejects(strict.identity.saveProvider({ ...input, issuer: 'https://other.example' }), { code: 'provider.issuer' })
    await assert.rejects(strict.identity.saveProvider({ ...input, providerId: 'No Good', issuer: 'https://id.example' }), { code: 'provider.id' })
  })

  test('is not asked on addresses inside the network, nor over plain http', async () => {
    for (const address of [
      'http://id.example/x',
      'https://127.0.0.1/x',
      'https://10.1.2.3/x',
      'https://169.254.169.254/latest',
      'https://[::1]/x',
      'https://[::ffff:10.0.0.1]/x',
      'https://localhost/x',
      'https://user:secret@id.example/x',
      'file:///etc/passwd',
    ])
      await assert.rejects(fetchProvider(address, { allowLocal: false }), { name: 'DomainError', code: 'provider.address' }, address)
    await assert.rejects(fetchProvider('http://10.0.0.1/x', { allowLocal: true }), { code: 'provider.address' })
  })

  test('that is switched off, or that names another issuer in its metadata, signs nobody in', async () => {
    const town = await openTown(testing.database, 'qingxi')
    const provider = await faultyProvider({ keys: [], idToken: () => Promise.resolve(''), metadata: { issuer: 'https://other.example' } })
    try {
      const wrong = { ...input, providerId: 'wrong', issuer: provider.issuer }
      await town.identity.saveProvider(wrong)
      const start = () => town.identity.beginProvider({ providerId: 'wrong', binding, next: '', errand: { mode: 'sign_in' } })
      await assert.rejects(start(), { ...refused, message: /\(metadata\)/ })
      await town.identity.saveProvider({ ...wrong, enabled: false })
      await assert.rejects(start(), { code: 'provider.not_found' })
    } finally {
      await provider.close()
    }
  })
})
