// The pages around signing in, without JavaScript: a code, showing again who one is, and what only some may do.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Hono } from 'hono'
import { createApp } from '#app'
import { listDemoOutbox } from '#kernel/notifications/outbox.ts'
import { ensureAssets } from '#ui/build.ts'
import { type Colleague, makeStaff, signInStaff } from '#tests/support/staff.ts'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import { expectPage, Visitor } from '#tests/support/visitor.ts'

let town: TestTown
let app: Hono
let admin: Colleague
const base = '/t/qingxi'
before(async () => {
  await ensureAssets()
  town = await openTestTown()
  app = createApp(town.installation)
  admin = await makeStaff(town, ['it-admin'])
})
after(() => town.close())

/** The newest message; the virtual clock stands still, so it is moved before each one that is sent. */
const newest = async () => (await listDemoOutbox(town.ctx, 1))[0]
const tick = () => town.clock.advance(1000)
const makeOld = (userId: string) =>
  town.installation.database.owner((client) =>
    client.query(`update auth_sessions set authenticated_at = now() - interval '1 hour' where user_id = $1`, [userId]),
  )

async function residentByPhone(number: string): Promise<Visitor> {
  const visitor = new Visitor(app)
  await visitor.get(`${base}/sign-in/by-code?via=phone`)
  tick()
  const sent = await visitor.post(`${base}/sign-in/by-code`, { via: 'phone', receiver: number, next: '' })
  assert.equal(sent.status, 200)
  const fields = { via: 'phone', receiver: number, next: '', codeId: visitor.field('codeId') }
  const code = (await newest())?.variables?.['code'] ?? ''
  const answer = await visitor.post(`${base}/sign-in/by-code/enter`, { ...fields, code })
  assert.equal(answer.location, `${base}/account`)
  return visitor
}

test('a code goes out as a template’s id and variables, signs in, and a wrong one keeps what was typed', async () => {
  const visitor = new Visitor(app)
  const form = await visitor.get(`${base}/sign-in/by-code?via=phone&next=${base}/account`)
  expectPage(form, 'zh', 'code')
  tick()
  const sent = await visitor.post(`${base}/sign-in/by-code`, { via: 'phone', receiver: '000 0000 0201', next: `${base}/account` })
  assert.equal(sent.status, 200, sent.text.slice(sent.text.indexOf('<main'), sent.text.indexOf('<main') + 1500))
  expectPage(sent, 'zh', 'enter')
  const message = await newest()
  assert.deepEqual([message?.kind, message?.template, message?.to, message?.text], ['sms', 'account.code', '00000000201', undefined])
  assert.deepEqual(Object.keys(message?.variables ?? {}).sort(), ['code', 'minutes'])
  const code = message?.variables?.['code'] ?? ''
  assert.match(code, /^\d{6}$/)
  const fields = { via: 'phone', receiver: '000 0000 0201', next: `${base}/account`, codeId: visitor.field('codeId') }
  const wrong = await visitor.post(`${base}/sign-in/by-code/enter`, { ...fields, code: code === '000000' ? '000001' : '000000' })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /验证码不对，或者已经用过、过期了/)
  assert.equal(visitor.field('codeId'), fields.codeId)
  const answer = await visitor.post(`${base}/sign-in/by-code/enter`, { ...fields, code })
  assert.equal(answer.location, `${base}/account`)
  assert.match((await visitor.get(`${base}/account`)).text, /尾号0201/)
})

test('a sensitive act asks again, keeps what was typed, refuses a wrong password, and goes on with the right one', async () => {
  const desk = await signInStaff(app, town, admin)
  await desk.get(`${base}/workspace/settings/providers`)
  await makeOld(admin.userId)
  const typed = {
    id: 'province',
    issuer: 'https://id.example',
    clientId: 'x',
    labelZh: '省统一认证',
    labelEn: 'Province',
    kind: 'resident',
    options: 'enabled',
  }
  const asked = await desk.post(`${base}/workspace/settings/providers`, typed)
  assert.equal(asked.status, 401)
  expectPage(asked, 'zh', 'again')
  assert.match(asked.text, /请再确认一次是您本人/)
  for (const [name, value] of Object.entries(typed)) assert.equal(desk.field(name), value, name)
  const identity = town.installation.identityOf(town.tenant)
  assert.deepEqual(await identity.listProviders(), [])
  const action = `${base}/workspace/settings/providers?again=1`
  assert.ok(asked.text.includes(`action="${action}"`))
  const wrong = await desk.post(action, { ...typed, _again: 'password', _password: 'not the password' })
  assert.equal(wrong.status, 422)
  assert.equal(desk.field('labelZh'), '省统一认证')
  for (const way of ['provider', 'nonsense']) assert.equal((await desk.post(action, { ...typed, _again: way })).status, 422, `${way} shows nothing`)
  assert.deepEqual(await identity.listProviders(), [])
  const done = await desk.post(action, { ...typed, _again: 'password', _password: admin.password })
  assert.equal(done.location, `${base}/workspace/settings/providers?did=saved`)
  assert.deepEqual(
    (await identity.listProviders()).map((provider) => provider.label.zh),
    ['省统一认证'],
  )
})

test('a forged confirmation is refused before anything is tried', async () => {
  const desk = await signInStaff(app, town, admin)
  await desk.get(`${base}/workspace/account`)
  await makeOld(admin.userId)
  const answer = await desk.post(`${base}/workspace/settings/providers?again=1`, { _csrf: 'forged', _again: 'password', _password: admin.password })
  assert.equal(answer.status, 403)
})

test('a page that needs a recent sign-in leads there and back; without a password a code to one’s own phone does it', async () => {
  const visitor = await residentByPhone('00000000202')
  const outside = await visitor.get(`${base}/account/contact?via=email`)
  assert.equal(outside.status, 200)
  const sessions = await town.installation.database.owner((client) =>
    client.query<{ user_id: string }>('select user_id from auth_sessions order by created_at desc limit 1'),
  )
  await makeOld(sessions.rows[0]?.user_id ?? '')
  const led = await visitor.get(`${base}/account/contact?via=email`)
  assert.equal(led.location, `${base}/sign-in/again?next=${encodeURIComponent(`${base}/account/contact?via=email`)}`)
  const page = await visitor.follow(led)
  assert.equal(page.status, 401)
  const again = `${base}/sign-in/again?again=1`
  const next = visitor.field('next')
  // The one code a minute of this number went out at sign-in.
  await town.installation.database.owner((client) => client.query('delete from rate_limits'))
  tick()
  await visitor.post(again, { next, _again: 'send' })
  const codeId = visitor.field('_codeId')
  assert.notEqual(codeId, '')
  const code = (await newest())?.variables?.['code'] ?? ''
  const answer = await visitor.post(again, { next, _again: 'code', _codeId: codeId, _code: code })
  assert.equal(answer.location, `${base}/account/contact?via=email`)
  assert.equal((await visitor.follow(answer)).status, 200)
})

test('another address leads nowhere outside the town', async () => {
  const desk = await signInStaff(app, town, admin)
  await desk.get(`${base}/sign-in/again`)
  for (const next of ['https://evil.example/', '//evil.example', `${base}//evil.example`, '/t/baiyun/workspace']) {
    const answer = await desk.post(`${base}/sign-in/again?again=1`, { next, _again: 'password', _password: admin.password })
    assert.equal(answer.location, `${base}/workspace`, next)
  }
})

test('recovery codes are shown once; changing the password ends the other sessions', async () => {
  const colleague = await makeStaff(town, ['petition-clerk'])
  const [desk, other] = [await signInStaff(app, town, colleague), await signInStaff(app, town, colleague)]
  expectPage(await desk.get(`${base}/account/security`), 'zh', 'security')
  const codes = await desk.post(`${base}/account/security`, { _act: 'recovery' })
  assert.equal(codes.text.match(/<code>[0-9A-Z]{5}-[0-9A-Z]{5}<\/code>/g)?.length, 10)
  assert.doesNotMatch((await desk.get(`${base}/account/security`)).text, /<code>/)
  const short = await desk.post(`${base}/account/security`, { _act: 'password', password: 'short' })
  assert.equal(short.status, 422)
  const changed = await desk.post(`${base}/account/security`, { _act: 'password', password: 'another clear brook 2026' })
  assert.equal(changed.location, `${base}/account/security?did=saved`)
  assert.equal((await desk.get(`${base}/workspace`)).status, 200)
  assert.match((await other.get(`${base}/workspace`)).location ?? '', /sign-in/)
})

test('only the IT administrator sees or changes the providers', async () => {
  const desk = await signInStaff(app, town, await makeStaff(town, ['petition-clerk']))
  assert.equal((await desk.get(`${base}/workspace/settings/providers`)).status, 403)
  await desk.get(`${base}/workspace/account`)
  assert.equal((await desk.post(`${base}/workspace/settings/providers`, { id: 'mine' })).status, 403)
})

test('the pages of an account send a stranger to the sign-in', async () => {
  const visitor = new Visitor(app)
  for (const path of ['/account/security', '/account/passkey', '/account/contact', '/sign-in/again'])
    assert.match((await visitor.get(`${base}${path}`)).location ?? '', /\/sign-in\?next=/, path)
})

test('the IT administrator takes away a lost second factor, and closes an account; nobody else does, and not one’s own', async () => {
  const colleague = await makeStaff(town, ['petition-clerk'])
  const identity = town.installation.identityOf(town.tenant)
  await identity.makeRecoveryCodes(colleague.userId)
  const [desk, theirs] = [await signInStaff(app, town, admin), await signInStaff(app, town, colleague)]
  await theirs.get(`${base}/workspace/people`)
  assert.equal((await theirs.post(`${base}/workspace/people`, { _act: 'close', userId: admin.userId })).status, 403)
  await desk.get(`${base}/workspace/people`)
  assert.equal((await desk.post(`${base}/workspace/people`, { _act: 'close', userId: admin.userId })).status, 403)
  assert.equal((await desk.post(`${base}/workspace/people`, { _act: 'reset', userId: colleague.userId })).status, 303)
  assert.equal((await identity.countRecoveryCodes(colleague.userId)).left, 0)
  assert.match((await theirs.get(`${base}/workspace`)).location ?? '', /sign-in/)
  await desk.get(`${base}/workspace/people`)
  assert.equal((await desk.post(`${base}/workspace/people`, { _act: 'close', userId: colleague.userId })).status, 303)
  assert.ok((await identity.findUser(colleague.userId))?.disabledAt)
})
