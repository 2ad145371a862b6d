// What attackers and victims share: one real server on a socket, two towns, residents, staff, matters with names in them.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createApp } from '#app'
import { openCase } from '#kernel/cases/open-case.ts'
import { appoint } from '#kernel/access/posts.ts'
import { type Ctx, systemActor } from '#kernel/context.ts'
import { createToken } from '#kernel/identity/tokens.ts'
import { today } from '#kernel/towns/towns.ts'
import { ensureAssets } from '#ui/build.ts'
import { createTown } from '#cli/town-commands.ts'
import { demoOrganizations, demoVillages } from '../../src/demo/town.ts'
import { demoPosts } from '../../src/demo/town-posts.ts'
import { sampleFiling } from '../support/filing.ts'
import { openTestTown, type TestTown } from '../support/town.ts'
import { type Answer, Visitor } from '../support/visitor.ts'

/** Words that only the victim's matter holds: seen by an attacker, they are a finding. */
export const secret = { subject: '只有当事人知道的事', name: '何见微', phone: '000 0000 7777' }
export const password = 'clear brook 2026 over stones'
export const here = '/t/qingxi'
export const there = '/t/shiqiao'

export type Person = { userId: string; email: string; browser: Visitor; token: string }
export type Matter = { number: string; code: string; caseId: string; file: string; browser: Visitor }
export type World = Awaited<ReturnType<typeof openWorld>>

export async function openWorld() {
  await ensureAssets()
  const town: TestTown = await openTestTown()
  const { installation } = town
  const registers = { organizations: demoOrganizations, posts: demoPosts, villages: demoVillages }
  await createTown(installation, {
    tenant: 'shiqiao',
    name: '石桥镇',
    zone: 'Asia/Shanghai',
    adminEmail: 'it@shiqiao.example',
    adminName: '管理员',
    registers: JSON.stringify(registers),
  })
  const other = await installation.ctxFor('shiqiao', systemActor('test'))
  const listener = getRequestListener(createApp(installation).fetch)
  const server = createServer(
    { maxHeaderSize: 16_384, headersTimeout: 15_000, requestTimeout: 120_000 },
    (request, response) => void listener(request, response),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = portOf(server)
  const origin = `http://127.0.0.1:${port}`
  const app = { request: (url: string, init?: RequestInit) => fetch(origin + url.replace(/^http:\/\/[^/]+/, ''), { ...init, redirect: 'manual' }) }
  const visitor = (headers: Record<string, string> = {}) => new Visitor(app, headers)

  async function person(ctx: Ctx, name: string, posts: readonly string[], kind: 'staff' | 'resident' = 'staff'): Promise<Person> {
    const email = `${name}@${ctx.tenant}.example`
    const identity = installation.identityOf(ctx.tenant)
    const { userId } = await identity.createUser({ email, password, name: `甲乙丙${name}`, kind })
    for (const postId of posts) await appoint(ctx, { postId, userId, from: today(ctx) })
    const browser = visitor()
    await signIn(browser, `/t/${ctx.tenant}`, email)
    const { token } = await createToken(ctx.db, ctx.tenant, { userId, name: 'test' }, ctx.clock.now())
    return { userId, email, browser, token }
  }

  async function matter(ctx: Ctx): Promise<Matter> {
    const base = `/t/${ctx.tenant}`
    const data = { ...sampleFiling.data, ...secret }
    const filed = await openCase({ ...ctx, actor: { kind: 'anonymous' } }, { procedure: sampleFiling.procedure, data })
    const browser = visitor()
    await browser.get(`${base}/track`)
    assert.equal((await browser.post(`${base}/track`, { code: filed.receiptCode, number: '' })).status, 303)
    await browser.get(`${base}/cases/${filed.number}/supplement`)
    const picture = new File([tinyPng], 'victim.png', { type: 'image/png' })
    assert.equal((await browser.post(`${base}/cases/${filed.number}/supplement`, { text: secret.subject, files: picture })).status, 303)
    const page = await browser.get(`${base}/cases/${filed.number}`)
    const file = /\/files\/([0-9a-f-]{36})/.exec(page.text)?.[1]
    assert.ok(file, 'the case page links its file')
    return { number: filed.number, code: filed.receiptCode, caseId: filed.caseId, file, browser }
  }

  const people = {
    clerk: await person(town.ctx, 'clerk', ['petition-clerk']),
    stranger: await person(town.ctx, 'stranger', ['agriculture-handler']),
    admin: await person(town.ctx, 'admin', ['it-admin']),
    resident: await person(town.ctx, 'resident', [], 'resident'),
    elsewhere: await person(other, 'elsewhere', ['petition-clerk', 'it-admin']),
  }
  const [victim, mine, foreign] = [await matter(town.ctx), await matter(town.ctx), await matter(other)]
  return {
    town,
    other,
    installation,
    origin,
    port,
    people,
    victim,
    mine,
    foreign,
    visitor,
    person,
    /** Opens the matters again in their browsers, after the clock was moved past their cookies. */
    async refresh() {
      for (const [opened, base] of [
        [victim, here],
        [mine, here],
        [foreign, there],
      ] as const) {
        await opened.browser.get(`${base}/track`)
        await opened.browser.post(`${base}/track`, { code: opened.code, number: '' })
      }
    },
    /** One request as it is, cookies and all. */
    ask: (path: string, init: RequestInit = {}) => fetch(origin + path, { ...init, redirect: 'manual' }),
    raw: (text: string, patience = 1500) => sendRaw(port, text, patience),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await town.close()
    },
  }
}

export async function signIn(browser: Visitor, base: string, email: string, more: Record<string, string> = {}): Promise<Answer> {
  await browser.get(`${base}/sign-in`)
  return browser.post(`${base}/sign-in`, { email, password, ...more })
}

export const tinyPng = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}

/** Bytes as no client library would send them; the answer until the server hangs up or patience ends. */
function sendRaw(port: number, text: string, patience: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'))
    const end = setTimeout(() => socket.destroy(), patience)
    socket.on('data', (part: Buffer) => {
      answer += part.toString('latin1')
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(end)
      resolve(answer)
    })
  })
}

/** One request, with its body as text. */
export async function answerOf(world: World, path: string, init: RequestInit = {}): Promise<{ status: number; text: string; headers: Headers }> {
  const answer = await world.ask(path, init)
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

/** Nothing of the victim, nothing internal, and no failure of ours. */
export function expectNothing(
  answer: { status: number; text: string },
  allowed: readonly number[] = [400, 401, 403, 404, 405, 409, 413, 414, 415, 422, 429],
): void {
  assert.ok(allowed.includes(answer.status), `status ${answer.status}`)
  for (const word of Object.values(secret)) assert.ok(!answer.text.includes(word), `the answer tells ${word}`)
  assert.doesNotMatch(answer.text, /node_modules|\/src\/kernel|\bat \w+ \(|syntax error at/, 'nothing internal')
}
