// The same oracle over HTTP: every page, list, search, operation, feed and file that a browser or a program can ask for, with what caches are told.
import assert from 'node:assert/strict'
import type { Hono } from 'hono'
import { createToken } from '#kernel/identity/tokens.ts'
import { createApp, routeGroups } from '../../src/app.ts'
import { signInStaff } from '../support/staff.ts'
import type { TestTown } from '../support/town.ts'
import { type Answer, Visitor } from '../support/visitor.ts'
import { compare, type Verdict } from './channels.ts'
import { accountOf, type Model, type Post } from './scenario.ts'
import type { Slot } from './slots.ts'

const here = '/t/qingxi'
const routes = routeGroups.flatMap((group) =>
  group.routes.filter((route) => route.method === 'get').map((route) => ({ ...route, address: `${group.prefix}${route.path}`, kind: group.kind })),
)
const isPlain = (address: string) => !address.includes(':')
/** Pages and operations of one case that need nothing but its number. */
const ofCases = routes.filter((route) => /\/cases\/:number/.test(route.address) && !/:(?!number)/.test(route.address))
const isWork = (address: string) => address.startsWith('/workspace')
const isApi = (address: string) => address.startsWith('/api/')
/** Typesetting takes longest; what goes into it is read by `checkCaseFile`. Whoever is refused is refused before it. */
const isSet = (address: string) => address.endsWith('.pdf')

/** The oracle, as `checkVisibility` asks it. */
export type Oracle = {
  staff: (model: Model, post: Post) => Verdict
  parties: (model: Model) => { who: string; code: string | undefined; verdict: Verdict }[]
  does: (model: Model, post: Post) => string[]
  /** Lists with names that this post draws up. */
  draws: (post: Post) => boolean
}

/** How many answers were looked at, and what was wrong with them. */
export async function checkOverHttp(
  town: TestTown,
  models: Model[],
  posts: readonly Post[],
  oracle: Oracle,
): Promise<{ findings: string[]; answers: number }> {
  const app = createApp({ ...town.installation, config: { ...town.installation.config, metricsToken } })
  const walk = { app, models, findings: [] as string[], answers: 0 }
  await askAsNobody(walk)
  for (const post of posts) await askAsStaff(town, walk, post, oracle)
  for (const model of models) {
    for (const { who, code, verdict } of oracle.parties(model)) if (code !== undefined) await askAsParty(walk, model, who, code, verdict)
    // Somebody with the code of another case.
    const stranger = walk.models.find((known) => known !== model)?.codes.applicant
    const nothing: Verdict = {
      who: 'a stranger',
      reads: false,
      views: false,
      exports: false,
      corrects: false,
      owns: false,
      slots: new Set(),
      opens: new Set(),
    }
    if (stranger !== undefined) await askAsParty(walk, model, 'a stranger', stranger, nothing)
  }
  return walk
}

type Walk = { app: Hono; models: Model[]; findings: string[]; answers: number }

const metricsToken = 'a3f1c2b4a5968778695a4b3c2d1e0f'

/** After leaving a shared computer the same browser finds nothing any more; that nothing was kept is what `judge` asks of each answer. */
async function leave(walk: Walk, visitor: Visitor, way: '/sign-out' | '/clear', pages: string[], who: string): Promise<void> {
  await visitor.get(`${here}/track`)
  await visitor.post(`${here}${way}`)
  for (const page of pages) {
    const answer = await visitor.get(`${here}${page}`)
    // A refusal may repeat the address that was asked for.
    judge(walk, page, `whoever comes after ${who}`, answer, () => new Set())
    if (answer.status === 200) walk.findings.push(`${page} is open to whoever comes after ${who}`)
  }
}

/** One answer against what may be in it: words of every case, numbers of cases that are not hers, and no cache that keeps any of it. */
function judge(
  walk: Walk,
  address: string,
  who: string,
  answer: Pick<Answer, 'status' | 'headers' | 'text'>,
  allowed: (model: Model) => Set<Slot> | undefined,
) {
  walk.answers++
  if (answer.status >= 500) walk.findings.push(`${address} fails for ${who}`)
  let isPersonal = false
  for (const model of walk.models) {
    const slots = allowed(model)
    walk.findings.push(...compare(address, answer.text, model, who, slots ?? new Set()))
    if (slots === undefined && answer.text.includes(model.number)) walk.findings.push(`${address} names a case to ${who}`)
    isPersonal ||= [model.number, ...model.canaries.values()].some((word) => answer.text.includes(word))
  }
  if (isPersonal && answer.status === 200 && !/\bno-store\b/.test(answer.headers.get('cache-control') ?? ''))
    walk.findings.push(`${address} may stay in a cache after ${who}`)
}

/** What anyone may ask for: pages, figures, feeds, open data, the interface for reports, the log and its state. */
async function askAsNobody(walk: Walk): Promise<void> {
  const visitor = new Visitor(walk.app)
  const open = routes.filter((route) => route.guard === 'public' && isPlain(route.address)).map((route) => route.address)
  const log = ['/ledger/status', '/ledger/vkeys', '/ledger/policy', '/ledger/checkpoint', '/ledger/tile/0/000', '/ledger/tile/entries/000']
  const others = ['/open311/services.json', '/open311/requests.json', '/open311/requests.xml', '/open311/servicerequestupdates.json']
  for (const address of [...open, ...log, ...others]) judge(walk, address, 'nobody', await visitor.get(`${here}${address}`), () => undefined)
  judge(walk, '/healthz', 'nobody', await visitor.get('/healthz'), () => undefined)
  // Whoever watches the machines holds the token and knows of no case.
  judge(walk, '/metrics', 'the monitoring', await programOf(walk.app, `Bearer ${metricsToken}`)('/metrics'), () => undefined)
  for (const model of walk.models)
    for (const route of ofCases)
      judge(walk, route.address, 'nobody', await visitor.get(`${here}${route.address.replace(':number', model.number)}`), () => new Set())
}

async function askAsStaff(town: TestTown, walk: Walk, post: Post, oracle: Oracle): Promise<void> {
  const colleague = accountOf(post)
  assert.ok(colleague, `${post} has an account`)
  const desk = await signInStaff(walk.app, town, colleague)
  const { token } = await createToken(town.ctx.db, town.tenant, { userId: colleague.userId, name: 'walk' }, town.clock.now())
  const program = programOf(walk.app, `Bearer ${token}`)
  const verdicts = new Map(walk.models.map((model) => [model, oracle.staff(model, post)]))
  const seen = (model: Model) => (verdicts.get(model)?.reads ? verdicts.get(model)?.slots : undefined)
  for (const { address } of routes.filter((route) => isWork(route.address) && isPlain(route.address))) {
    // Requests to break a seal name the case to whoever decides on them, and nothing of it.
    const names = address === '/workspace/break-glass' ? (model: Model) => seen(model) ?? new Set<Slot>() : seen
    judge(walk, address, post, await desk.get(`${here}${address}`), names)
  }
  await checkSearch(walk, desk, post, verdicts)
  await checkTasks(walk, program, post, oracle)
  await checkList(walk, desk, post, oracle.draws(post), verdicts)
  for (const [model, verdict] of verdicts) {
    for (const { address } of ofCases.filter((route) => isWork(route.address) || isApi(route.address))) {
      const ask = isApi(address) ? program : (path: string) => desk.get(path)
      await judgeCase(walk, address, model, verdict, ask)
    }
    for (const { taskId } of model.tasks)
      judge(walk, '/workspace/tasks/:id', post, await desk.get(`${here}/workspace/tasks/${taskId}`), (known) =>
        known === model ? seen(model) : undefined,
      )
  }
  const pages = walk.models.flatMap((model) => [
    `/cases/${model.number}`,
    `/cases/${model.number}/file.pdf`,
    `/cases?q=${model.canaries.get('partyWords')}`,
  ])
  await leave(
    walk,
    desk,
    '/sign-out',
    ['', ...pages].map((page) => `/workspace${page}`),
    post,
  )
}

async function askAsParty(walk: Walk, model: Model, who: string, code: string, verdict: Verdict): Promise<void> {
  const visitor = new Visitor(walk.app)
  await visitor.get(`${here}/track`)
  await visitor.post(`${here}/track`, { code })
  const program = programOf(walk.app, `Receipt ${code}`)
  for (const { address } of ofCases) {
    const ask = isApi(address) ? program : (path: string) => visitor.get(path)
    await judgeCase(walk, address, model, isWork(address) ? { ...verdict, reads: false, slots: new Set() } : { ...verdict, who }, ask)
  }
  await leave(
    walk,
    visitor,
    '/clear',
    ['', '/data', '/sessions'].map((page) => `/cases/${model.number}${page}`),
    who,
  )
}

type Ask = (path: string) => Promise<Pick<Answer, 'status' | 'headers' | 'text'>>

async function judgeCase(walk: Walk, address: string, model: Model, verdict: Verdict, ask: Ask): Promise<void> {
  if (isSet(address) && verdict.reads) return
  const answer = await ask(`${here}${address.replace(':number', model.number)}`)
  // A refusal repeats the address that was asked for.
  judge(walk, address, verdict.who, answer, (known) => (known === model ? verdict.slots : undefined))
  const isWhole = /^\/(workspace\/|api\/v1\/)?cases\/:number$/.test(address)
  if (!verdict.reads && answer.status === 200) walk.findings.push(`${address} answers ${verdict.who}`)
  if (verdict.reads && isWhole && !(answer.status === 200 && answer.text.includes(model.canaries.get('partyWords') ?? ' ')))
    walk.findings.push(`${address} is closed to ${verdict.who} (${answer.status})`)
}

/** Words that a reader may see find her cases and no others; words that are closed find nothing. */
async function checkSearch(walk: Walk, desk: Visitor, post: Post, verdicts: Map<Model, Verdict>): Promise<void> {
  for (const [model, verdict] of verdicts) {
    for (const slot of ['partyWords', 'accusation', 'name'] as const) {
      const answer = await desk.get(`${here}/workspace/cases?q=${model.canaries.get(slot)}`)
      walk.answers++
      if (answer.text.includes(model.number) !== (verdict.reads && slot === 'partyWords'))
        walk.findings.push(`search by ${slot} answers wrongly to ${post}`)
    }
  }
}

/** The list of tasks for programs holds the work that is hers to do, and counts nothing else. */
async function checkTasks(walk: Walk, program: Ask, post: Post, oracle: Oracle): Promise<void> {
  const { text } = await program(`${here}/api/v1/tasks?procedure=guild&limit=100`)
  walk.answers++
  for (const model of walk.models)
    for (const { taskId } of model.tasks)
      if (text.includes(taskId) !== oracle.does(model, post).includes(taskId)) walk.findings.push(`/api/v1/tasks answers wrongly to ${post}`)
}

/** A list with names holds the cases that she works on by her post; a broken seal puts nothing on it. */
async function checkList(walk: Walk, desk: Visitor, post: Post, draws: boolean, verdicts: Map<Model, Verdict>): Promise<void> {
  const answer = await desk.get(`${here}/workspace/lists/guild/names/list.csv`)
  walk.answers++
  if ((answer.status === 200) !== draws) walk.findings.push(`a list with names ${draws ? 'is closed to' : 'is given to'} ${post}`)
  for (const [model, verdict] of verdicts) {
    if (answer.text.includes(model.number) !== (draws && verdict.exports)) walk.findings.push(`a list with names answers wrongly to ${post}`)
    walk.findings.push(...compare('list.csv', answer.text, model, post, draws && verdict.exports ? new Set(['name', 'partyWords']) : new Set()))
  }
}

const programOf =
  (app: Hono, authorization: string): Ask =>
  async (path) => {
    const answer = await app.request(`http://127.0.0.1:3000${path}`, { headers: { authorization } })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
