import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openPoll } from '../../../tests/support/poll.ts'
import { petitionSteps } from '../../../tests/support/petition-steps.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { completeTask } from '../cases/act.ts'
import { loadCase } from '../cases/load-case.ts'
import { openCase } from '../cases/open-case.ts'
import { as, type Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { DomainError } from '../errors.ts'
import { castVote, closeBallot, getBallot, hasVoted, listBallots } from './votes.ts'
import { selectOldBallots } from './queries.ts'

let town: TestTown
const residents: Ctx[] = []
const accounts: string[] = []
const { anonymous, holder } = petitionSteps(() => town)
const refused = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code

before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  await openPoll(town.ctx)
  for (let index = 0; index < 12; index++) {
    const accountId = randomUUID()
    accounts.push(accountId)
    residents.push(as(town.ctx, { kind: 'resident', accountId }))
  }
  await inTenant(town.ctx.db, town.ctx.tenant, (trx) =>
    sql`insert into auth_users (tenant_id, id, name, email, email_sealed, kind, email_verified)
      select ${town.tenant}, a, 'sealed', 'key-' || a, 'sealed', 'resident', true from unnest(${accounts}::text[]) as a`.execute(trx),
  )
})
after(() => town.close())

async function open(): Promise<{ caseId: string; ballotId: string }> {
  town.clock.set(new Date('2026-03-02T09:00:00+08:00'))
  const { caseId } = await openCase(anonymous(), { procedure: 'poll', data: { name: '林小满' } })
  const { content } = await loadCase(town.ctx, caseId)
  return { caseId, ballotId: String(content['Open']?.['ballot']) }
}
const voter = (index: number): Ctx => residents[index] ?? assert.fail('no such resident')
async function complete(caseId: string, element: string, data = {}) {
  const { tasks } = await loadCase(town.ctx, caseId)
  const task = tasks.find((known) => known.element === element) ?? assert.fail(element)
  await completeTask(await holder('post:handler@agriculture'), task.task_id, { data })
}

type Row = Record<string, unknown> & { table: string; place: string; xmin: string }
/** Every row of every table, with its place on the page and the transaction that wrote it: what a thief of the whole database has. */
const dump = (): Promise<Row[]> =>
  inTenant(town.ctx.db, town.ctx.tenant, async (trx) => {
    const { rows: tables } = await sql<{ name: string }>`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind = 'r' and has_table_privilege(c.oid, 'select')`.execute(trx)
    const all: Row[] = []
    for (const { name } of tables) {
      const { rows } = await sql<{ row: Record<string, unknown>; place: string; xmin: string }>`select to_jsonb(t) as row, t.ctid::text as place,
        t.xmin::text as xmin from ${sql.table(name)} t`.execute(trx)
      for (const { row, place, xmin } of rows) all.push({ ...row, table: name, place, xmin })
    }
    return all
  })

test('the sums are right, and a second vote of the same account is refused', async () => {
  const { ballotId } = await open()
  for (const [index, choices] of [[0], [0, 1], [0, 2], [], [1], [0]].entries()) await castVote(voter(index), ballotId, choices)
  await assert.rejects(castVote(voter(0), ballotId, [1]), refused('ballot.already_voted'))
  assert.equal(await hasVoted(voter(0), ballotId), true)
  assert.equal(await hasVoted(voter(9), ballotId), false)
  assert.equal((await getBallot(anonymous(), ballotId)).result, null)
  assert.deepEqual(await closeBallot(town.ctx, ballotId), { voters: 6, votes: [4, 2, 1] })
  assert.deepEqual(await closeBallot(town.ctx, ballotId), { voters: 6, votes: [4, 2, 1] })
  await assert.rejects(castVote(voter(9), ballotId, [1]), refused('ballot.closed'))
})

test('forty posts of one vote at once count once, and races of many voters lose none', async () => {
  const { ballotId } = await open()
  const once = await Promise.allSettled(Array.from({ length: 40 }, () => castVote(voter(0), ballotId, [2])))
  assert.equal(once.filter((one) => one.status === 'fulfilled').length, 1)
  assert.ok(once.every((one) => one.status === 'fulfilled' || refused('ballot.already_voted')(one.reason)))
  const many = await Promise.allSettled(residents.flatMap((resident, index) => [0, 1, 2].map(() => castVote(resident, ballotId, [index % 2]))))
  assert.equal(many.filter((one) => one.status === 'fulfilled').length, residents.length - 1)
  assert.deepEqual(await closeBallot(town.ctx, ballotId), { voters: 12, votes: [5, 6, 1] })
})

test('a vote that races with the closing is counted or refused, never lost', async () => {
  const { ballotId } = await open()
  for (const resident of residents.slice(0, 5)) await castVote(resident, ballotId, [0])
  const racing = await Promise.allSettled([
    ...residents.slice(5).map((resident) => castVote(resident, ballotId, [0])),
    closeBallot(town.ctx, ballotId),
  ])
  const cast = racing.slice(0, -1).filter((one) => one.status === 'fulfilled').length
  assert.deepEqual(await closeBallot(town.ctx, ballotId), { voters: 5 + cast, votes: [5 + cast, 0, 0] })
})

test('two accounts with one confirmed telephone number have one vote', async () => {
  const { ballotId } = await open()
  const set = (key: string | null, id: string) =>
    inTenant(town.ctx.db, town.ctx.tenant, (trx) =>
      sql`update auth_users set phone_key = ${key} where tenant_id = ${town.tenant} and id = ${id}`.execute(trx),
    )
  await set('number-1', accounts[0] ?? '')
  await castVote(voter(0), ballotId, [0])
  await set(null, accounts[0] ?? '')
  await set('number-1', accounts[1] ?? '')
  await assert.rejects(castVote(voter(1), ballotId, [0]), refused('ballot.already_voted'))
  await set(null, accounts[1] ?? '')
})

test('nobody votes without a confirmed account, before or after the days of the vote, or for more than is allowed', async () => {
  const { ballotId } = await open()
  await assert.rejects(castVote(anonymous(), ballotId, [0]), refused('ballot.resident_only'))
  await assert.rejects(castVote(await holder('post:handler@agriculture'), ballotId, [0]), refused('ballot.resident_only'))
  await assert.rejects(castVote(as(town.ctx, { kind: 'resident', accountId: randomUUID() }), ballotId, [0]), refused('ballot.unconfirmed'))
  for (const choices of [[0, 1, 2], [3], [-1], [0.5], [0, 0]]) await assert.rejects(castVote(voter(0), ballotId, choices), refused('ballot.choice'))
  await assert.rejects(castVote(voter(0), randomUUID(), [0]), refused('ballot.not_found'))
  town.clock.set(new Date('2026-03-10T00:00:00+08:00'))
  await assert.rejects(castVote(voter(0), ballotId, [0]), refused('ballot.closed'))
})

test('in a dump of every table, voters in a known order lead to no vote: no shared value, no order, no choice in the clear', async () => {
  const { ballotId } = await open()
  for (const [index, resident] of residents.slice(0, 7).entries()) await castVote(resident, ballotId, [index % 3])
  const rows = await dump()
  const mine = rows.filter((row) => row['ballot_id'] === ballotId)
  const marks = mine.filter((row) => row.table === 'ballot_marks')
  assert.deepEqual([marks.length, mine.filter((row) => row.table === 'ballot_pool').length], [7, 2])
  for (const row of mine) for (const account of accounts) assert.ok(!JSON.stringify(row).includes(account), `${row.table} names a voter`)
  for (const mark of marks) assert.deepEqual(Object.keys(mark).sort(), ['ballot_id', 'is_mixed', 'mark', 'place', 'table', 'tenant_id', 'xmin'])
  // Five are mixed: written by one transaction, in the order of their hashes.
  const mixed = marks.filter((mark) => mark['is_mixed'] === true).sort((a, b) => position(a) - position(b))
  assert.equal(mixed.length, 5)
  assert.equal(new Set(mixed.map((mark) => mark.xmin)).size, 1)
  assert.deepEqual(
    mixed.map((mark) => String(mark['mark'])),
    mixed.map((mark) => String(mark['mark'])).sort(),
  )
  // Nothing else in the database was written by the transactions that voted, or changed with them: an event, a view, a session.
  const voting = new Set(marks.map((mark) => mark.xmin))
  assert.deepEqual(
    rows.filter((row) => voting.has(row.xmin) && !row.table.startsWith('ballot')).map((row) => row.table),
    [],
  )
  // What waits is sealed, and no two seals of the same choice are alike or of another length.
  const sealed = mine.filter((row) => row.table === 'ballot_pool').map((row) => String(row['sealed']))
  assert.equal(new Set(sealed).size, sealed.length)
  assert.equal(new Set(sealed.map((one) => one.length)).size, 1)

  await closeBallot(town.ctx, ballotId)
  const left = (await dump()).filter((row) => row['ballot_id'] === ballotId)
  assert.deepEqual(
    left.map((row) => [row.table, row['wrapped'], row['tally'], row['result']]),
    [['ballots', null, null, { votes: [3, 2, 2], voters: 7 }]],
    'after the closing there are sums and nothing else',
  )
})

/** `(page,line)` as one number. */
function position(row: Row): number {
  const [page = 0, line = 0] = row.place.slice(1, -1).split(',').map(Number)
  return page * 10_000 + line
}

test('voting leaves no other trace: no row, no sequence, no place in the log and no line of output besides the ballot’s own', async () => {
  const { ballotId } = await open()
  const said: string[] = []
  const write = process.stderr.write.bind(process.stderr)
  const output = process.stdout.write.bind(process.stdout)
  const before = await traces()
  process.stderr.write = (text) => said.push(String(text)) > 0
  process.stdout.write = (text) => said.push(String(text)) > 0
  try {
    for (const [index, resident] of residents.slice(0, 7).entries()) await castVote(resident, ballotId, [index % 3])
    await assert.rejects(castVote(voter(0), ballotId, [1]), refused('ballot.already_voted'))
  } finally {
    process.stderr.write = write
    process.stdout.write = output
  }
  assert.deepEqual(await traces(), before)
  const lines = said.join('')
  for (const word of [ballotId, ...accounts]) assert.ok(!lines.includes(word), 'a line of the log tells of a vote')
})

/** Every row outside the ballots as it stands with the transaction that wrote it, in one text per table; and where each sequence is. */
async function traces(): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const { table, place, xmin, ...row } of await dump())
    if (!table.startsWith('ballot')) found[table] = `${found[table] ?? ''}${place} ${xmin} ${JSON.stringify(row)}\n`
  const { rows } = await sql<{ name: string; last: string | null }>`select sequencename as name, last_value::text as last from pg_sequences`.execute(
    town.ctx.db,
  )
  for (const { name, last } of rows) found[`sequence ${name}`] = last ?? ''
  return found
}

test('marks of one voter in two ballots have nothing in common', async () => {
  const ids = [(await open()).ballotId, (await open()).ballotId]
  for (const id of ids) await castVote(voter(3), id, [1])
  const marks = (await dump()).filter((row) => row.table === 'ballot_marks' && ids.includes(String(row['ballot_id']))).map((row) => row['mark'])
  assert.equal(new Set(marks).size, 2)
})

test('with fewer than five voters only their number is said', async () => {
  const { caseId, ballotId } = await open()
  for (const index of [0, 1, 2]) await castVote(voter(index), ballotId, [1])
  await complete(caseId, 'Wait')
  const { content } = await loadCase(town.ctx, caseId)
  assert.deepEqual(content['Close'], { voters: 3, few: true, sums: [], lines: [] })
  assert.ok((await listBallots(anonymous())).some((ballot) => ballot.ballot_id === ballotId && ballot.status === 'closed'))
})

test('the case reads the sums, and then counts its meeting; impossible minutes are refused with their field', async () => {
  const { caseId, ballotId } = await open()
  for (const index of [0, 1, 2, 3, 4]) await castVote(voter(index), ballotId, [1])
  await complete(caseId, 'Wait')
  assert.deepEqual((await loadCase(town.ctx, caseId)).content['Close'], {
    voters: 5,
    few: false,
    sums: [0, 5, 0],
    lines: ['red：0票', 'green：5票', 'blue：0票'],
  })
  const minutes = { noticed: '2026-03-01', held: '2026-03-12', entitled: 9, present: 5, proxies: 1, inFavour: 4 }
  await assert.rejects(complete(caseId, 'Meet', { ...minutes, inFavour: 7 }), refused('meeting.inFavour'))
  await complete(caseId, 'Meet', minutes)
  const { content, row } = await loadCase(town.ctx, caseId)
  assert.equal(row.status, 'closed')
  assert.deepEqual(content['Count'], {
    noticeKept: true,
    noticeGiven: 11,
    counted: 6,
    quorumNeeded: 6,
    quorate: true,
    majorityNeeded: 4,
    passed: true,
  })
})

test('keys of open ballots are found when the wrapping key turns', async () => {
  const { ballotId } = await open()
  const old = await inTenant(town.ctx.db, town.ctx.tenant, (db) => selectOldBallots({ ...town.ctx, db }, 'another-month'))
  assert.ok(old.includes(ballotId))
})
