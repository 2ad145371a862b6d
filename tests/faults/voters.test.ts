// Several processes stuff one ballot at the same moment: each voter counts once, and the sums are those of what was acknowledged.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { virtualClock } from '#kernel/clock.ts'
import { as, systemActor } from '#kernel/context.ts'
import { inTenant } from '#kernel/database/database.ts'
import { closeBallot } from '#kernel/votes/votes.ts'
import { openTestDatabase, testDatabaseKind } from '../support/database.ts'
import { openPoll } from '../support/poll.ts'
import { makeTemporaryFolder } from '../support/temporary.ts'
import { openTownOn } from '../support/town.ts'
import { tenant } from './workload.ts'

const skip = testDatabaseKind === 'postgres' ? false : 'the embedded database has one process: run with XIANGLI_TEST_DATABASE=postgres'
const now = '2026-03-02T09:00:00+08:00'

test('three processes vote for twenty people three times each at once: twenty votes are cast, and twenty are counted', { skip }, async () => {
  const { database, url = '', close } = await openTestDatabase()
  const dataDir = makeTemporaryFolder('voters')
  const installation = await openTownOn(database, dataDir, virtualClock(new Date(now)), {
    baseUrl: 'http://127.0.0.1:3000',
    demo: false,
  })
  try {
    const ctx = await installation.ctxFor(tenant, systemActor('test'))
    await openPoll(ctx)
    const { caseId } = await openCase(as(ctx, { kind: 'anonymous' }), { procedure: 'poll', data: { name: '林小满' } })
    const ballot = String((await loadCase(ctx, caseId)).content['Open']?.['ballot'])
    const accounts = Array.from({ length: 20 }, () => randomUUID())
    await inTenant(ctx.db, tenant, (trx) =>
      sql`insert into auth_users (tenant_id, id, name, email, email_sealed, kind, email_verified)
        select ${tenant}, a, 'sealed', 'key-' || a, 'sealed', 'resident', true from unnest(${accounts}::text[]) as a`.execute(trx),
    )
    const given = JSON.stringify({ tenant, accounts, now })
    const answers = (await Promise.all([0, 1, 2].map(() => runVoter([url, dataDir, ballot, given])))).flat()
    assert.equal(answers.length, 180)
    assert.equal(answers.filter((answer) => answer === 'cast').length, 20)
    assert.deepEqual([...new Set(answers)].toSorted(), ['ballot.already_voted', 'cast'])
    assert.deepEqual(await closeBallot(ctx, ballot), { voters: 20, votes: [7, 7, 6] })
  } finally {
    await installation.close()
    await close()
  }
})

/** What it said; whatever it complained of fails the test. */
function runVoter(args: string[]): Promise<string[]> {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  const child = spawn(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    '--import',
    path('../../src/jsx-hook.js'),
    path('voter.ts'),
    ...args,
  ])
  let [said, complained] = ['', '']
  child.stdout.on('data', (text: Buffer) => (said += text.toString()))
  child.stderr.on('data', (text: Buffer) => (complained += text.toString()))
  return new Promise((resolve, reject) =>
    child.once('close', (code) => {
      if (code !== 0) return reject(new Error(complained))
      // The voter's own line: a list of texts.
      return resolve(JSON.parse(said) as string[])
    }),
  )
}
