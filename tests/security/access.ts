// Things of other people, offices and towns, asked for by everybody who may not have them.
import assert from 'node:assert/strict'
import { routeGroups } from '../../src/app.ts'
import type { Visitor } from '../support/visitor.ts'
import { type Attack, attacks } from './attack.ts'
import { expectNothing, here, type Matter, password, secret, there, tinyPng, type World } from './world.ts'

const id = '00000000-0000-7000-8000-000000000000'

const pages = routeGroups.flatMap((group) =>
  group.routes.filter((route) => route.path.includes(':number')).map((route) => ({ ...route, prefix: group.prefix, isApi: group.kind === 'api' })),
)

/** Every page and operation of one case, with what exists in it. */
function addressOf(route: (typeof pages)[number], matter: Matter, base: string): string {
  const path = route.path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, (_, name: string) =>
    name === 'number' ? matter.number : name === 'id' || name === 'file' ? matter.file : id,
  )
  return `${base}${route.prefix}${path}`
}

async function send(browser: Visitor, route: (typeof pages)[number], path: string): Promise<{ status: number; text: string }> {
  if (route.method === 'get') return browser.get(path)
  await browser.get(route.prefix === '/workspace' ? path.replace(/\/workspace.*/, '/workspace/account') : path.replace(/\/cases\/.*/, '/track'))
  return browser.post(path, { text: 'x', _act: 'x', code: 'AAAA-AAAA-AAAA-AAAA' })
}

/** Each who may not × each address of the victim's case. */
const everyAddress = (
  who: string,
  only: (route: (typeof pages)[number]) => boolean,
  browser: (world: World) => Visitor,
  matter: (world: World) => Matter,
): Attack[] =>
  pages
    .filter((route) => !route.isApi && only(route))
    .map((route) => ({
      kind: 'objects' as const,
      name: `${route.method.toUpperCase()} ${route.prefix}${route.path} by ${who}`,
      run: async (world) => expectNothing(await send(browser(world), route, addressOf(route, matter(world), here)), [303, 401, 403, 404, 422, 429]),
    }))

const everyOperation = (who: string, header: (world: World) => string): Attack[] =>
  pages
    .filter((route) => route.isApi)
    .map((route) => ({
      kind: 'objects' as const,
      name: `${route.method.toUpperCase()} ${route.prefix}${route.path} by ${who}`,
      run: async (world) => {
        const body =
          route.method === 'get' ? {} : { body: '{"text":"x"}', headers: { 'content-type': 'application/json', authorization: header(world) } }
        const answer = await world.ask(addressOf(route, world.victim, here), {
          method: route.method.toUpperCase(),
          headers: { authorization: header(world) },
          ...body,
        })
        expectNothing({ status: answer.status, text: await answer.text() }, [401, 403, 404, 422])
      },
    }))

const isParty = (route: (typeof pages)[number]) => route.prefix === ''
const isWork = (route: (typeof pages)[number]) => route.prefix === '/workspace'

const single = attacks('objects', {
  'another matter’s file under my own number': async (world) =>
    expectNothing(await world.mine.browser.get(`${here}/cases/${world.mine.number}/files/${world.victim.file}`), [404]),
  'another matter’s file kept by naming its id in my message': async (world) => {
    const { browser, number } = world.mine
    await browser.get(`${here}/cases/${number}/supplement`)
    await browser.post(`${here}/cases/${number}/supplement`, { text: '补充', 'files-kept': world.victim.file })
    assert.ok(!(await browser.get(`${here}/cases/${number}`)).text.includes(world.victim.file))
  },
  'another matter’s file in a filing of mine': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/matters/petition/new/evidence`)
    await visitor.get(`${here}/matters/petition/new/what`)
    await visitor.post(`${here}/matters/petition/new/what`, { subject: '甲', 'attachments-kept': world.victim.file })
    assert.ok(!(await visitor.get(`${here}/matters/petition/new/check`)).text.includes(world.victim.file))
  },
  'a file of a matter by an API filing': async (world) => {
    const body = JSON.stringify({ procedure: 'petition', data: { subject: '甲', description: '乙', claim: '丙', attachments: [world.victim.file] } })
    const answer = await world.ask(`${here}/api/v1/cases`, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    expectNothing({ status: answer.status, text: await answer.text() }, [422])
  },
  'a task by its id, by an officer of another office': async (world) => {
    const inbox = await world.people.clerk.browser.get(`${here}/workspace`)
    const task = /\/workspace\/tasks\/([0-9a-f-]{36})/.exec(inbox.text)?.[1]
    assert.ok(task)
    expectNothing(await world.people.stranger.browser.get(`${here}/workspace/tasks/${task}`), [404])
    expectNothing(
      await world.people.stranger.browser.post(`${here}/workspace/tasks/${task}`, { _act: 'complete', _version: '1', category: 'claim' }),
      [403, 404],
    )
  },
  'a case by its inner id instead of its number': async (world) =>
    expectNothing(await world.mine.browser.get(`${here}/cases/${world.victim.caseId}`), [404]),
  'the draft of somebody else by its cookie in another procedure': async (world) => {
    const answer = await world.ask(`${here}/matters/petition/new/check`, { headers: { cookie: `xl_draft=${world.victim.code}` } })
    assert.ok([303, 404].includes(answer.status))
  },
  'jobs and their files by a clerk': async (world) =>
    expectNothing(await world.people.clerk.browser.get(`${here}/workspace/jobs/${id}/files/1`), [403, 404]),
  'somebody else’s session by its id': async (world) => {
    const { browser } = world.people.resident
    await browser.get(`${here}/account`)
    const victim = await world.installation.identityOf('qingxi').listSessions(world.people.clerk.userId)
    await browser.post(`${here}/account/sessions`, {
      session: victim[0]?.sessionId ?? '',
      sessionId: victim[0]?.sessionId ?? '',
      id: victim[0]?.sessionId ?? '',
    })
    const after = await world.installation.identityOf('qingxi').listSessions(world.people.clerk.userId)
    assert.equal(after.length, victim.length)
  },
  'appointing oneself without being the IT administrator': async (world) => {
    const { browser, userId } = world.people.stranger
    await browser.get(`${here}/workspace/people`)
    const answer = await browser.post(`${here}/workspace/people`, {
      _act: 'appoint',
      postId: 'it-admin',
      userId,
      from: '2026-03-02',
      kind: 'holder',
      reason: 'x',
    })
    assert.equal(answer.status, 403)
    assert.ok(!(await browser.get(`${here}/workspace`)).text.includes('/workspace/settings'))
  },
  'search of an officer who may not read the case': async (world) => {
    const answer = await world.people.stranger.browser.get(`${here}/workspace/cases?q=${encodeURIComponent(secret.subject)}`)
    assert.ok(!answer.text.includes(world.victim.number))
  },
  'the counter look-up by an officer without a counter': async (world) => {
    const { browser } = world.people.stranger
    await browser.get(`${here}/workspace/counter`)
    const answer = await browser.post(`${here}/workspace/counter`, { name: secret.name, tail: '7777' })
    assert.ok(!answer.text.includes(world.victim.number), `${answer.status}`)
  },
})

const hopping = attacks('tenants', {
  'a session of another town opens no staff page': async (world) => {
    const cookie = `xl-shiqiao.session_token=${world.people.elsewhere.browser.cookie('xl-shiqiao.session_token') ?? ''}`
    const answer = await world.ask(`${here}/workspace`, { headers: { cookie } })
    assert.equal(answer.status, 303)
  },
  'a session of another town under this town’s cookie name': async (world) => {
    const cookie = `xl-qingxi.session_token=${world.people.elsewhere.browser.cookie('xl-shiqiao.session_token') ?? ''}`
    const answer = await world.ask(`${here}/workspace`, { headers: { cookie } })
    assert.equal(answer.status, 303)
    assert.match(answer.headers.get('location') ?? '', /sign-in/)
  },
  'a receipt cookie of another town': async (world) => {
    const answer = await world.ask(`${here}/cases/${world.foreign.number}`, {
      headers: { cookie: `xl_receipt=${world.foreign.browser.cookie('xl_receipt') ?? ''}` },
    })
    expectNothing({ status: answer.status, text: await answer.text() }, [404])
  },
  'a receipt code of another town': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/track`)
    assert.equal((await visitor.post(`${here}/track`, { code: world.foreign.code, number: '' })).status, 422)
  },
  'a receipt code of another town at the API': async (world) => {
    const answer = await world.ask(`${here}/api/v1/cases/${world.foreign.number}`, { headers: { authorization: `Receipt ${world.foreign.code}` } })
    expectNothing({ status: answer.status, text: await answer.text() }, [404])
  },
  'a token of another town': async (world) => {
    const answer = await world.ask(`${here}/api/v1/tasks`, { headers: { authorization: `Bearer ${world.people.elsewhere.token}` } })
    assert.equal(answer.status, 401)
  },
  'a token with the town’s name replaced': async (world) => {
    const token = world.people.elsewhere.token.replace('xl_shiqiao_', 'xl_qingxi_')
    assert.equal((await world.ask(`${here}/api/v1/tasks`, { headers: { authorization: `Bearer ${token}` } })).status, 401)
  },
  'an account of another town cannot sign in here': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/sign-in`)
    assert.equal((await visitor.post(`${here}/sign-in`, { email: world.people.elsewhere.email, password })).status, 422)
  },
  'a file of another town by its id': async (world) =>
    expectNothing(await world.mine.browser.get(`${here}/cases/${world.mine.number}/files/${world.foreign.file}`), [404]),
  'a form token of another town': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${there}/track`)
    const token = visitor.token()
    await visitor.get(`${here}/track`)
    assert.equal((await visitor.post(`${here}/track`, { code: world.mine.code, number: '', _csrf: token })).status, 403)
  },
  'a town’s name with case, dots and encodings': async (world) => {
    for (const name of ['Qingxi', 'QINGXI', 'qingxi.', 'qingxi%20', '%71ingxi%00', 'qingxi%2f..%2fshiqiao', 'qingxi;x', "qingxi'"])
      assert.ok((await world.ask(`/t/${name}/workspace/settings`)).status >= 300, name)
  },
  'a case number of another town with this town’s officer': async (world) =>
    expectNothing(await world.people.clerk.browser.get(`${here}/workspace/cases/${world.foreign.number}`), [404]),
  'the idempotency key of a filing in another town': async (world) => {
    const body = JSON.stringify({ procedure: 'petition', data: { subject: '甲乙', description: '乙丙', claim: '丙丁' } })
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'a-key-of-somebody' }
    const [one, two] = [
      await world.ask(`${here}/api/v1/cases`, { method: 'POST', body, headers }),
      await world.ask(`${there}/api/v1/cases`, { method: 'POST', body, headers }),
    ]
    assert.deepEqual([one.status, two.status], [201, 201])
    assert.notEqual(JSON.parse(await one.text()).receipt.code, JSON.parse(await two.text()).receipt.code)
  },
})

const fields = attacks('fields', {
  '__proto__ as a field of a form': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/track`)
    await visitor.post(`${here}/track`, {
      code: 'x',
      __proto__polluted: '1',
      ['__proto__']: 'polluted',
      'constructor.prototype.x': '1',
      toString: 'x',
    })
    assert.equal(Reflect.get({}, 'polluted'), undefined)
    assert.equal(typeof {}.toString, 'function')
  },
  'a role at sign-up': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/sign-up`)
    const email = 'mallory@evil.example'
    await visitor.post(`${here}/sign-up`, {
      name: '乙',
      email,
      password,
      kind: 'staff',
      emailVerified: 'true',
      email_verified: 'true',
      role: 'admin',
      userId: world.people.admin.userId,
    })
    const users = await world.installation.identityOf('qingxi').listUsers('staff')
    assert.ok(!users.some((user) => user.email === email))
    const made = (await world.installation.identityOf('qingxi').listUsers('resident')).find((user) => user.email === email)
    assert.equal(made?.confirmed, false)
  },
  'fields of staff in a resident’s filing': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/matters/petition/new/what`)
    const answer = await visitor.post(`${here}/matters/petition/new/what`, {
      subject: '甲',
      description: '乙',
      claim: '丙',
      category: 'claim',
      urgent: 'true',
      caseId: world.victim.caseId,
      tenant_id: 'shiqiao',
      _channel: 'counter',
    })
    assert.ok([303, 422].includes(answer.status))
    assert.ok(!(await visitor.get(`${here}/matters/petition/new/check`)).text.includes('shiqiao'))
  },
  'the same field many times': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/track`)
    const answer = await visitor.post(`${here}/track`, { code: [world.victim.code, 'AAAA-AAAA-AAAA-AAAA'], number: ['', 'XF26-0000-000'] })
    assert.equal(answer.status, 422)
  },
  'a file where a text is expected': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/track`)
    const answer = await visitor.post(`${here}/track`, { code: new File([world.victim.code], 'code.txt'), number: '' })
    assert.equal(answer.status, 422)
  },
  'a text where a file is expected': async (world) => {
    const { browser, number } = world.mine
    await browser.get(`${here}/cases/${number}/supplement`)
    assert.ok([303, 422].includes((await browser.post(`${here}/cases/${number}/supplement`, { text: '甲', files: '/etc/passwd' })).status))
  },
  'a verb by method override': async (world) => {
    for (const header of ['x-http-method-override', 'x-method-override', 'x-http-method'])
      assert.equal((await world.ask(`${here}/track`, { headers: { [header]: 'DELETE' } })).status, 200)
    const visitor = world.visitor()
    await visitor.get(`${here}/track`)
    assert.equal((await visitor.post(`${here}/track?_method=DELETE`, { code: 'x', _method: 'DELETE' })).status, 422)
  },
  'a picture with the ids of another case in its name': async (world) => {
    const { browser, number } = world.mine
    await browser.get(`${here}/cases/${number}/supplement`)
    const file = new File([tinyPng], `../../${world.victim.caseId}/${world.victim.file}.png`)
    assert.equal((await browser.post(`${here}/cases/${number}/supplement`, { text: '甲', files: file })).status, 303)
    const page = await browser.get(`${here}/cases/${number}`)
    assert.ok(!page.text.includes('../'))
  },
})

export const accessAttacks: Attack[] = [
  ...everyAddress(
    'the holder of another receipt',
    isParty,
    (world) => world.mine.browser,
    (world) => world.victim,
  ),
  ...everyAddress(
    'an officer of another office',
    isWork,
    (world) => world.people.stranger.browser,
    (world) => world.victim,
  ),
  ...everyAddress(
    'a resident with an account',
    (route) => isParty(route) || isWork(route),
    (world) => world.people.resident.browser,
    (world) => world.victim,
  ),
  ...everyAddress(
    'an officer of another town',
    isWork,
    (world) => world.people.elsewhere.browser,
    (world) => world.victim,
  ),
  ...everyOperation('another receipt', (world) => `Receipt ${world.mine.code}`),
  ...everyOperation('a resident’s token', (world) => `Bearer ${world.people.resident.token}`),
  ...everyOperation('a token of another office', (world) => `Bearer ${world.people.stranger.token}`),
  ...everyOperation('a token of another town', (world) => `Bearer ${world.people.elsewhere.token}`),
  ...single,
  ...hopping,
  ...fields,
]
