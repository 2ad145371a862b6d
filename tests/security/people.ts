// Sessions, and codes that are good once.
import assert from 'node:assert/strict'
import { openCase } from '#kernel/cases/open-case.ts'
import { as } from '#kernel/context.ts'
import { takeOnce } from '#kernel/identity/limits.ts'
import { type Attack, attacks } from './attack.ts'
import { lastLink } from './requests.ts'
import { here, password, signIn, type World } from './world.ts'

const cookie = 'xl-qingxi.session_token'
let counter = 0
export const freshResident = (world: World) => world.person(world.town.ctx, `fresh${++counter}`, [], 'resident')
const token = async (world: World, email: string): Promise<string> => {
  // Of two mails of one instant it could not be told which is newer.
  world.town.clock.advance(1000)
  await world.installation.identityOf('qingxi').requestPasswordReset(email)
  return new URL(await lastLink(world)).searchParams.get('token') ?? ''
}

const sessions = attacks('sessions', {
  'a session that the attacker chose before sign-in': async (world) => {
    const fixed = 'fixed.c2lnbmF0dXJl'
    const visitor = world.visitor({ cookie: `${cookie}=${fixed}` })
    await signIn(visitor, here, world.people.resident.email)
    assert.notEqual(visitor.cookie(cookie), fixed)
    assert.equal((await world.ask(`${here}/account`, { headers: { cookie: `${cookie}=${fixed}` } })).status, 303)
  },
  'the session before a second sign-in is another': async (world) => {
    const { browser, email } = await freshResident(world)
    const first = browser.cookie(cookie)
    await browser.get(here)
    await browser.post(`${here}/sign-out`)
    await signIn(browser, here, email)
    assert.notEqual(browser.cookie(cookie), first)
  },
  'a stolen session after signing out': async (world) => {
    const { browser } = await freshResident(world)
    const stolen = browser.cookie(cookie) ?? ''
    await browser.get(`${here}/account`)
    await browser.post(`${here}/sign-out`)
    assert.equal((await world.ask(`${here}/account`, { headers: { cookie: `${cookie}=${stolen}` } })).status, 303)
  },
  'a stolen session after the password was set anew': async (world) => {
    const { browser, email } = await freshResident(world)
    await world.installation.identityOf('qingxi').setPasswordByToken({ token: await token(world, email), password: 'green slope 2031 under clouds' })
    assert.equal((await browser.get(`${here}/account`)).status, 303)
  },
  'a session of an account that was closed': async (world) => {
    const { browser, userId } = await freshResident(world)
    await world.installation.identityOf('qingxi').setDisabled(userId, true)
    assert.equal((await browser.get(`${here}/account`)).status, 303)
  },
  'a session with a changed signature': async (world) => {
    const own = world.people.clerk.browser.cookie(cookie) ?? ''
    for (const forged of [
      `${own}x`,
      own.replace(/^./, (letter) => (letter === 'x' ? 'y' : 'x')),
      own.split('.')[0] ?? '',
      `${own.split('.')[0]}.`,
      'null',
      '',
      'undefined.undefined',
    ])
      assert.equal((await world.ask(`${here}/workspace`, { headers: { cookie: `${cookie}=${forged}` } })).status, 303, forged)
  },
  'a resident’s session on staff pages': async (world) => {
    for (const path of ['/workspace', '/workspace/settings', '/workspace/people', '/workspace/cases'])
      assert.equal((await world.people.resident.browser.get(`${here}${path}`)).status, 303)
  },
  'cookies without the flags that keep them': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/sign-in?lang=zh&edition=large`)
    const signedIn = await visitor.post(`${here}/sign-in`, { email: world.people.resident.email, password })
    const tracked = await world.ask(`${here}/track?lang=zh&edition=large`)
    for (const line of [...signedIn.headers.getSetCookie(), ...tracked.headers.getSetCookie()]) {
      assert.match(line, /; ?httponly/i, line)
      assert.match(line, /; ?samesite=lax/i, line)
      assert.match(line, /; ?path=\/t\/qingxi/i, line)
      assert.doesNotMatch(line, /; ?domain=/i, line)
    }
  },
  'cookies over plain http when the address is https': async (world) => {
    const { createApp } = await import('#app')
    const services = { ...world.installation.services, baseUrl: 'https://town.example' }
    const config = { ...world.installation.config, baseUrl: 'https://town.example' }
    const ctxFor: typeof world.installation.ctxFor = async (tenant, actor) => ({ ...(await world.installation.ctxFor(tenant, actor)), services })
    const answer = await createApp({ ...world.installation, services, config, ctxFor }).request(
      `https://town.example${here}/track?lang=zh&edition=large`,
    )
    assert.ok(answer.headers.getSetCookie().length >= 3)
    for (const line of answer.headers.getSetCookie()) assert.match(line, /; ?secure/i, line)
    assert.match(answer.headers.get('strict-transport-security') ?? '', /max-age=31536000/)
  },
  'a receipt cookie that was changed, or made for another purpose': async (world) => {
    const own = Buffer.from(world.mine.browser.cookie('xl_receipt') ?? '', 'base64url')
    const flipped = Buffer.from(own)
    flipped[20] = (flipped[20] ?? 0) ^ 1
    for (const forged of [
      flipped.toString('base64url'),
      own.subarray(1).toString('base64url'),
      Buffer.from('{"caseId":1}').toString('base64url'),
      '',
    ])
      assert.equal((await world.ask(`${here}/cases/${world.mine.number}`, { headers: { cookie: `xl_receipt=${forged}` } })).status, 404)
    const asFiled = await world.ask(`${here}/filed`, { headers: { cookie: `xl_filed=${own.toString('base64url')}` } })
    assert.ok(!(await asFiled.text()).includes(world.mine.code))
  },
  'a receipt cookie after two hours': async (world) => {
    const { browser } = await browserWithReceipt(world)
    world.town.clock.advance(2 * 3600_000 + 1000)
    assert.equal((await browser.get(`${here}/cases/${world.mine.number}`)).status, 404)
    await world.refresh()
  },
  'what a shared computer keeps after “clear”': async (world) => {
    const { browser } = await browserWithReceipt(world)
    await browser.get(`${here}/track`)
    await browser.post(`${here}/clear`)
    assert.equal((await browser.get(`${here}/cases/${world.mine.number}`)).status, 404)
    assert.equal(browser.cookie('xl_receipt'), undefined)
  },
  'a form of before signing in, sent after it': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/track`)
    const before = visitor.token()
    await signIn(visitor, here, world.people.resident.email)
    assert.equal((await visitor.post(`${here}/track`, { code: 'x', _csrf: before })).status, 403)
  },
  'a session token as an API token': async (world) => {
    const value = decodeURIComponent(world.people.clerk.browser.cookie(cookie) ?? '').split('.')[0] ?? ''
    assert.equal((await world.ask(`${here}/api/v1/tasks`, { headers: { authorization: `Bearer ${value}` } })).status, 401)
  },
})

async function browserWithReceipt(world: World) {
  const browser = world.visitor()
  await browser.get(`${here}/track`)
  assert.equal((await browser.post(`${here}/track`, { code: world.mine.code, number: '' })).status, 303)
  return { browser }
}

const race = async (work: (index: number) => Promise<unknown>): Promise<number> => {
  const settled = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => work(index)))
  return settled.filter((one) => one.status === 'fulfilled' && one.value !== false).length
}

const codes = attacks('codes', {
  'a reset link used by twenty at once': async (world) => {
    const { email } = await freshResident(world)
    const link = await token(world, email)
    const identity = world.installation.identityOf('qingxi')
    assert.equal(await race((index) => identity.setPasswordByToken({ token: link, password: `green slope 2031 under clouds ${index}` })), 1)
  },
  'a reset link a second time': async (world) => {
    const { email } = await freshResident(world)
    const link = await token(world, email)
    const identity = world.installation.identityOf('qingxi')
    await identity.setPasswordByToken({ token: link, password: 'green slope 2031 under clouds' })
    await assert.rejects(identity.setPasswordByToken({ token: link, password: 'red slope 2031 under clouds' }), { code: 'account.link_expired' })
  },
  'an older reset link after a newer one was used': async (world) => {
    const { email } = await freshResident(world)
    const [older, newer] = [await token(world, email), await token(world, email)]
    const identity = world.installation.identityOf('qingxi')
    await identity.setPasswordByToken({ token: newer, password: 'green slope 2031 under clouds' })
    await assert.rejects(identity.setPasswordByToken({ token: older, password: 'red slope 2031 under clouds' }), { code: 'account.link_expired' })
  },
  'a reset link in another town': async (world) => {
    const link = await token(world, world.people.resident.email)
    await assert.rejects(world.installation.identityOf('shiqiao').setPasswordByToken({ token: link, password: 'green slope 2031 under clouds' }), {
      code: 'account.link_expired',
    })
  },
  'a reset link of nothing': async (world) => {
    for (const text of ['', '%', "' or 1=1 --", 'a'.repeat(5000), '../x', 'reset-password:'])
      await assert.rejects(world.installation.identityOf('qingxi').setPasswordByToken({ token: text, password: 'green slope 2031 under clouds' }), {
        code: 'account.link_expired',
      })
  },
  'a one-time code used by twenty at once': async (world) =>
    assert.equal(
      await race((index) => takeOnce(world.town.ctx.db, 'qingxi', { bucket: 'code:race', seconds: 60 }, new Date(Date.parse('2026-03-02') + index))),
      1,
    ),
  'the same filing sent by twenty at once': async (world) => {
    const ctx = as(world.town.ctx, { kind: 'anonymous' })
    const filing = {
      procedure: 'petition',
      data: { subject: '甲乙', description: '乙丙', claim: '丙丁' },
      idempotencyKey: 'the-same-key-twenty-times',
    }
    const filed = await Promise.all(Array.from({ length: 20 }, () => openCase(ctx, filing)))
    assert.equal(new Set(filed.map((one) => one.number)).size, 1)
  },
  'a key of a filing with another body': async (world) => {
    const ctx = as(world.town.ctx, { kind: 'anonymous' })
    const filing = { procedure: 'petition', data: { subject: '甲乙', description: '乙丙', claim: '丙丁' }, idempotencyKey: 'a-key-for-one-body' }
    await openCase(ctx, filing)
    await assert.rejects(openCase(ctx, { ...filing, data: { ...filing.data, claim: '丁戊' } }), { kind: 'conflict' })
  },
  'a key of a resident’s filing, by somebody else': async (world) => {
    const filing = { procedure: 'petition', data: { subject: '甲乙', description: '乙丙', claim: '丙丁' }, idempotencyKey: 'a-key-of-one-person' }
    const own = await openCase(as(world.town.ctx, { kind: 'resident', accountId: world.people.resident.userId }), {
      ...filing,
      accountId: world.people.resident.userId,
    })
    const other = await openCase(as(world.town.ctx, { kind: 'anonymous' }), filing)
    assert.notEqual(own.receiptCode, other.receiptCode)
  },
  'a task completed by twenty at once': async (world) => {
    const { browser } = world.people.clerk
    const page = await browser.get(`${here}/workspace/cases/${world.mine.number}`)
    const link = /href="(\/t\/qingxi\/workspace\/tasks\/[0-9a-f-]{36})"/.exec(page.text)?.[1] ?? ''
    await browser.get(link)
    const fields = {
      _act: 'complete',
      _version: browser.field('_version'),
      _csrf: browser.token(),
      category: 'claim',
      urgent: 'false',
      summary: '排水沟堵塞',
    }
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.post(link, fields)))
    assert.equal(
      answers.filter((answer) => answer.status === 303).length,
      1,
      answers[0]?.text
        .replace(/[^]*<main/, '')
        .replaceAll(/<[^>]*>|\s+/g, ' ')
        .slice(0, 900),
    )
  },
})

export const peopleAttacks: Attack[] = [...sessions, ...codes]
