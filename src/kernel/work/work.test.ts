import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { recordView } from '#kernel/cases/views.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { inTenant } from '#kernel/database/database.ts'
import { encrypt } from '#kernel/keys/keyring.ts'
import { parseLeaf } from '#kernel/ledger/leaf.ts'
import { openLogReader, receiptProof } from '#kernel/ledger/reads.ts'
import { openTestTown } from '#tests/support/town.ts'
import { commitViewsOfPastDays, purgeExpired, rewrapKeys, turnKeys } from './housekeeping.ts'
import { startLoop } from './loop.ts'
import { startWork } from './work.ts'

const town = await openTestTown()
const { ctx, installation, clock } = town
after(() => town.close())

const file = (idempotencyKey?: string) =>
  openCase(as(ctx, { kind: 'anonymous' }), {
    procedure: 'petition',
    data: { subject: '路灯不亮', description: '村口的路灯坏了。', claim: '请修好。' },
    ...(idempotencyKey ? { idempotencyKey } : {}),
  })

async function select<Row>(query: ReturnType<typeof sql<Row>>): Promise<Row[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) => query.execute(trx))
  return rows
}

/** Asks again until there is an answer; the test runner's own limit ends a wait for ever. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await sleep(20)
  }
}

test('a filing is in the log soon after its commit, a passed limit is missed, and stopping integrates the rest', async () => {
  const work = startWork(installation)
  try {
    const { caseId } = await file()
    const [event] = await select(
      sql<{ event_id: string }>`select event_id from events where tenant_id = ${ctx.tenant} and case_id = ${caseId} and seq = 1`,
    )
    assert.ok(event)
    assert.match(await eventually(() => receiptProof(openLogReader(ctx.db, ctx.tenant), event.event_id)), /tlog-proof/)
    clock.advance(40 * 86_400_000)
    assert.ok(await eventually(async () => ((await loadCase(ctx, caseId)).row.missed ? true : undefined)))
  } finally {
    await file()
    await work.stop()
  }
  assert.deepEqual(await select(sql`select 1 from ledger_queue where tenant_id = ${ctx.tenant}`), [])
})

test('an error in a round does not end the loop, and waking runs it at once', async () => {
  let rounds = 0
  const loop = startLoop('test', 'qingxi', { busy: 3_600_000, idle: 3_600_000, most: 3_600_000 }, async () => {
    rounds++
    if (rounds === 1) throw new Error('the first round fails')
    return true
  })
  while (rounds < 3) {
    loop.wake()
    await sleep(5)
  }
  await loop.stop()
  const ended = rounds
  loop.wake()
  await sleep(20)
  assert.equal(rounds, ended)
})

test('case keys are wrapped anew under this month’s key and stay readable; older wrapping keys are destroyed', async () => {
  const { caseId } = await file()
  const folder = join(installation.config.dataDir, 'keys', 'wrapping')
  const current = installation.services.keyring.currentWrappingKey()
  // As if the case had been filed under the key of a month long ago.
  const old = '2020-01'
  const { key } = await loadCase(ctx, caseId)
  const oldKey = Buffer.alloc(32, 7)
  writeFileSync(join(folder, `${old}.key`), oldKey, { mode: 0o600 })
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`select vault.rewrap_key(${ctx.tenant}, ${caseId}, ${encrypt(oldKey, key, `wrap:${old}`)}, ${old})`.execute(trx),
  )
  assert.deepEqual(await turnKeys(installation), [old])
  assert.ok(!existsSync(join(folder, `${old}.key`)))
  assert.ok(existsSync(join(folder, `${current}.key`)))
  assert.ok((await loadCase(ctx, caseId)).key.equals(key))
  assert.equal(await rewrapKeys(ctx), 0)
})

test('who looked at a case on a day that is over becomes one leaf, once', async () => {
  const { caseId } = await file()
  const clerk: Ctx = as(ctx, { kind: 'staff', userId: 'u-clerk', name: '方木', posts: [] })
  const looked = await loadCase(ctx, caseId)
  await recordView(clerk, looked, 'handling', ['filing'])
  await recordView(clerk, looked, 'search', ['filing', 'parties'])
  assert.equal(await commitViewsOfPastDays(ctx), 0, 'the day is not over')
  clock.advance(86_400_000)
  assert.equal(await commitViewsOfPastDays(ctx), 1)
  assert.equal(await commitViewsOfPastDays(ctx), 0)
  const leaves = await select(sql<{ leaf: Buffer }>`select leaf from ledger_queue where tenant_id = ${ctx.tenant} order by qid`)
  const last = leaves.at(-1)
  assert.ok(last)
  assert.equal(parseLeaf(last.leaf).kind, 'views')
})

test('answers of repeated requests are kept for thirty days', async () => {
  const key = 'one-and-the-same-key'
  const { caseId } = await file(key)
  await purgeExpired(ctx)
  assert.equal((await file(key)).caseId, caseId)
  clock.advance(31 * 86_400_000)
  await purgeExpired(ctx)
  assert.notEqual((await file(key)).caseId, caseId)
})
