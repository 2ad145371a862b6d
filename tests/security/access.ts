// Things of other people and offices, asked for by everybody who may not have them.
import assert from 'node:assert/strict'
import { routeGroups } from '../../src/app.ts'
import type { Visitor } from '../support/visitor.ts'
import { type Attack, attacks } from './attack.ts'
import { expectNothing, here, type Matter, secret, type World } from './world.ts'

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
]
