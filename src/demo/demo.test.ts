// What `npm start` shows: the invented town, complete.
// Runs on pglite only: the demonstration has no other database.
import assert from 'node:assert/strict'
import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { listPublicDates } from '#kernel/calendar/public-dates.ts'
import { findByReceipt } from '#kernel/cases/receipts.ts'
import { type Clock, virtualClock } from '#kernel/clock.ts'
import { systemActor } from '#kernel/context.ts'
import { inTenant } from '#kernel/database/database.ts'
import { shippedCalendar } from '#kernel/deadlines/seed.ts'
import { findTokenUser } from '#kernel/identity/tokens.ts'
import { listKeptRegisters, readKept } from '#kernel/registers/kept.ts'
import { openInstallation } from '#kernel/installation/installation.ts'
import { openTestDatabase } from '#tests/support/database.ts'
import { makeTemporaryFolder } from '#tests/support/temporary.ts'
import { makeDemonstration, readyDemonstration, refuseDemoTowns } from './demo.ts'
import { openDemoClock } from './demo-clock.ts'
import { matters, matterSteps } from './matters.ts'
import { stories } from './stories.ts'
import { stepsOf } from './story-steps.ts'

const dataDir = makeTemporaryFolder('demo')
const { database, close } = await openTestDatabase()
const base = virtualClock(new Date('2026-11-23T15:00:00+08:00'))
const clock = openDemoClock(dataDir, base)
const installation = await openInstallation({ dataDir, baseUrl: 'http://127.0.0.1:3000', demo: true }, clock, database)
after(async () => {
  await installation.close()
  await close()
  rmSync(dataDir, { recursive: true })
})

test('the demonstration shows petitions at every stage, with accounts, tokens and receipts that work', async () => {
  const made = await makeDemonstration(installation, clock)
  assert.equal(made.receipts.length, stories.length)
  const stages = new Map(made.receipts.map((receipt) => [receipt.stage, receipt]))
  assert.ok(stages.size >= 24)

  const ctx = await installation.ctxFor(made.tenant, systemActor('test'))
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ number: string; procedure: string; outcome: string | null; missed: boolean; open: string[] }>`
      select number, procedure, outcome, missed, array(select element from tasks t where t.tenant_id = c.tenant_id and t.case_id = c.case_id and t.status = 'open' order by element) as open
      from cases c where tenant_id = ${ctx.tenant}`.execute(trx),
  )
  const caseAt = (stage: Parameters<typeof stages.get>[0]) => rows.find((row) => row.number === stages.get(stage)?.number)
  for (const [stage, open] of [
    ['filed', 'Register'],
    ['registered', 'DecideAcceptance'],
    ['refusal-unsigned', 'SignReferral'],
    ['investigating', 'Investigate'],
    ['returned', 'DraftOpinion'],
    ['checking', 'CheckOpinion'],
    ['signing', 'SignOpinion'],
    ['serving', 'ServeOpinion'],
    ['extension-asked', 'DecideExtension'],
  ] as const)
    assert.ok(caseAt(stage)?.open.includes(open), `${stage} waits at ${open}, not ${caseAt(stage)?.open.join(', ')}`)
  for (const [stage, end] of [
    ['decided', 'Decided'],
    ['refused', 'MovedToDiscipline'],
    ['withdrawn', 'Withdrawn'],
    ['review-changed', 'Reviewed'],
  ] as const)
    assert.equal(caseAt(stage)?.outcome, end, stage)
  for (const stage of ['overdue', 'late-decided', 'nobody', 'late-acceptance'] as const) assert.equal(caseAt(stage)?.missed, true, stage)
  assert.equal(caseAt('window')?.outcome, null)

  for (const { number, code } of made.receipts) {
    const found = await findByReceipt(ctx, code)
    assert.ok(found, `the receipt code of ${number}`)
  }
  for (const { token } of made.tokens) assert.ok(await findTokenUser(ctx.db, ctx.tenant, token, base.now()))
  const clerk = made.users.find(({ post }) => post === 'petition-clerk')
  assert.ok(clerk)
  const signedIn = await installation
    .identityOf(made.tenant)
    .signIn({ email: clerk.email, password: clerk.password, address: '192.0.2.1', headers: new Headers() })
  assert.ok(signedIn)

  for (const { procedure, example } of matters) assert.ok(rows.filter((row) => row.procedure === procedure).length > 0, `${procedure} ${example}`)
  const opened = rows.filter((row) => row.outcome === null).map((row) => row.procedure)
  for (const { procedure } of matters) assert.ok(opened.includes(procedure), `a case of ${procedure} is under way`)
  const kinds = new Set((await listPublicDates(ctx)).filter(({ until }) => until >= '2026-11-23').map(({ kind }) => kind))
  assert.ok(
    (['consultation', 'vote', 'venue', 'disclosure'] as const).every((kind) => kinds.has(kind)),
    [...kinds].join(' '),
  )
  for (const register of (await listKeptRegisters()).filter(({ listed }) => listed))
    assert.ok((await readKept(ctx, register)).length >= 3, register.slug)

  const path = join(dataDir, 'demo.json')
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), made)
  assert.equal(clock.now().getTime(), base.now().getTime(), 'the clock runs on from the real now')
  await readyDemonstration(installation, clock)
  await assert.rejects(refuseDemoTowns(installation), { code: 'config.demo_town' })
})

test('the demonstration’s clock moves, runs on, and remembers its shift', () => {
  clock.advance(3 * 86_400_000)
  base.advance(1000)
  assert.equal(clock.now().getTime(), base.now().getTime() + 3 * 86_400_000)
  assert.equal(openDemoClock(dataDir, base).now().getTime(), clock.now().getTime())
})

test('on whatever day it starts, nothing in the demonstration happens after its now or at night', () => {
  const calendar = shippedCalendar()
  for (const start of ['2026-10-03T03:00:00+08:00', '2026-02-18T12:00:00+08:00', '2027-05-30T23:59:00+08:00']) {
    const now = new Date(start)
    const fixed: Clock = { now: () => now }
    for (const story of stories) {
      const steps = stepsOf(story, calendar, fixed, 'account')
      const times = steps.map((step) => Date.parse(step.at))
      assert.ok(
        times.every((time) => time <= now.getTime()),
        story.subject,
      )
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
        story.subject,
      )
      for (const step of steps) assert.match(step.at, /T(08|09|1\d|20):/, story.subject)
    }
  }
})

test('a matter’s steps end a few days before now, on whatever day it starts, and their dates move along', async () => {
  const ctx = await installation.ctxFor('qingxi', systemActor('test'))
  for (const start of ['2026-10-03T03:00:00+08:00', '2027-02-18T12:00:00+08:00'])
    for (const matter of matters) {
      const now = new Date(start)
      const steps = await matterSteps(ctx, matter, now)
      const gap = (now.getTime() - Date.parse(steps.at(-1)?.at ?? '')) / 86_400_000
      assert.ok(gap >= matter.ago && gap < matter.ago + 7, `${matter.example}: ${gap}`)
      const [filed] = steps
      const entry = filed?.data?.['_entry']
      if (entry && typeof entry === 'object' && 'receivedOn' in entry) assert.equal(entry.receivedOn, filed.at.slice(0, 10), matter.example)
    }
})

test('no telephone number of a story could be anybody’s, and no two people share a name', () => {
  const named = stories.filter((story) => story.name !== undefined && !story.account)
  for (const story of named) assert.match(story.phone ?? '', /^000 0000 \d{4}$/)
  assert.equal(new Set(named.map((story) => story.name)).size, named.length)
})
