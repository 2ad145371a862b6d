// The twelve attacks that must be caught (docs/ledger-format.md section 7). The attacker owns the database, and the log's key where it
// says so. Each test names who catches it: the office audit, the outside monitor, the witness, or the resident with the promise.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Hono } from 'hono'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { watch } from '#kernel/cases/watch.ts'
import { virtualClock } from '#kernel/clock.ts'
import { as } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { encryptJson } from '#kernel/keys/keyring.ts'
import { sampleFiling } from '#tests/support/filing.ts'
import { petitionSteps, register } from '#tests/support/petition-steps.ts'
import { openTestTown } from '#tests/support/town.ts'
import { logRoutes } from '../../apis/log/log.ts'
import { attacker } from './drill-tools.fixture.ts'
import { integrate } from './integrator.ts'
import { caseLeaf, encodeLeaf } from './leaf.ts'
import { lookAtLog, type MonitorState } from './monitor.ts'
import { auditTown } from './office-audit.ts'
import { commitmentOf, sealPayload } from './payload.ts'
import type { LogSigner } from './signer.ts'
import { rootOfHashes, leafHash } from './tree.ts'

const town = await openTestTown()
const { ctx, installation, tenant, clock } = town
after(() => town.close())
const signer = await installation.logOf(tenant)
const steps = petitionSteps(() => town)
const { run, save, putBack, onLog, leaves, resign, dropCase, openCopy } = attacker(town)

const app = new Hono().route('/t/:tenant/ledger', logRoutes({ db: ctx.db, clock }))
app.onError((error, context) => context.json({ code: error instanceof DomainError ? error.code : String(error) }, 500))

async function read(path: string): Promise<Uint8Array> {
  const response = await app.request(`/t/${tenant}/ledger/${path}`)
  assert.equal(response.status, 200, `${path}: ${response.status === 200 ? '' : await response.text()}`)
  return new Uint8Array(await response.arrayBuffer())
}

const drain = async () => {
  while (await integrate(ctx.db, tenant, signer, clock));
}

/** A petition with three events or more, all in the log. */
async function filed(): Promise<{ caseId: string; number: string; promise: string }> {
  const { caseId, number, promise } = await steps.file()
  await steps.complete(await steps.clerk(), caseId, 'Register', register)
  await drain()
  return { caseId, number, promise }
}

const look = (state?: MonitorState, promises: string[] = [], now = clock.now()) =>
  lookAtLog({ read, vkey: signer.vkeys.log, promiseVkey: signer.vkeys.promise, state, promises, now })

const monitorCodes = async (...args: Parameters<typeof look>) => (await look(...args)).alarms.map(({ code }) => code)

/** A look that finds nothing wrong; its memory. */
async function goodLook(state?: MonitorState): Promise<MonitorState> {
  const { alarms, state: next } = await look(state)
  assert.deepEqual(alarms, [])
  assert.ok(next)
  return next
}

async function officeCodes(by: LogSigner = signer): Promise<string[]> {
  return [...new Set((await auditTown(ctx, by)).findings.map(({ code }) => code))].toSorted()
}

const isQuiet = async () => assert.deepEqual(await officeCodes(), [])

const refusal = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code

test('an untouched town gives the office audit and the outside monitor nothing to say', async () => {
  await filed()
  clock.advance(40 * 86_400_000)
  await watch(ctx)
  await drain()
  const types = await run('select distinct type from events')
  assert.ok(types.some(({ type }) => type === 'case.escalated'))
  await isQuiet()
  const first = await goodLook()
  await filed()
  assert.ok((await goodLook(first)).size > first.size)
})

test('1 an event row that was edited, even under the case’s own key: the office audit', async () => {
  const { caseId } = await filed()
  const saved = await save('events', `case_id = '${caseId}'`)
  await run(`update events set recorded_at = recorded_at - interval '1 day' where case_id = '${caseId}' and seq = 1`)
  assert.deepEqual(await officeCodes(), ['backdated', 'row_differs'])
  const { key } = await loadCase(ctx, caseId)
  const payload = sealPayload({ type: 'case.opened' })
  const sealed = encryptJson(key, payload, `event/${tenant}/${caseId}/1`)
  await run('update events set payload = $1, commitment = $2 where case_id = $3 and seq = 1', [sealed, commitmentOf(payload), caseId])
  assert.ok((await officeCodes()).includes('event_edited'))
  await run(`delete from events where case_id = '${caseId}'`)
  await putBack('events', saved)
  await isQuiet()
})

test('2 an event that was deleted: the office audit', async () => {
  const { caseId } = await filed()
  const saved = await save('events', `case_id = '${caseId}' and seq = 2`)
  await run(`delete from events where case_id = '${caseId}' and seq = 2`)
  assert.deepEqual(await officeCodes(), ['chain_broken', 'event_missing', 'head_differs'])
  await putBack('events', saved)
  await isQuiet()
})

test('3 a leaf that was edited or deleted: the office audit, and the monitor that reads it', async () => {
  await filed()
  const state = await goodLook()
  const other = caseLeaf(clock.now(), Buffer.alloc(32, 7))
  await onLog(async () => {
    await run('update ledger_leaves set leaf = $1, leaf_hash = $2 where leaf_index = $3', [other, leafHash(other), state.size - 1])
    assert.ok((await officeCodes()).includes('root_differs'))
    assert.deepEqual(await monitorCodes(), ['entries_differ'])
  })
  await onLog(async () => {
    await run(`delete from ledger_leaves where leaf_index = (
      select min(l.leaf_index) from ledger_leaves l join events e on e.event_id = l.source)`)
    const codes = await officeCodes()
    assert.ok(codes.includes('leaf_missing') && codes.includes('not_in_log'))
  })
  assert.equal((await goodLook(state)).size, state.size)
})

test('4 an event that was inserted around the queue: the office audit', async () => {
  const { caseId } = await filed()
  const cases = await save('cases', `case_id = '${caseId}'`)
  const { key, row, eventHead } = await loadCase(ctx, caseId)
  const seq = row.event_seq + 1
  const at = clock.now()
  const payload = sealPayload({
    case: row.number,
    seq,
    prev: eventHead.toString('base64'),
    type: 'task.completed',
    recorded_at: at.toISOString(),
    effective_on: '2026-03-02',
    actor: 'system',
  })
  await run(
    `insert into events (tenant_id, case_id, seq, event_id, type, actor_kind, recorded_at, effective_on, payload, commitment)
      values ($1, $2, $3, $4, 'task.completed', 'system', $5, '2026-03-02', $6, $7)`,
    [tenant, caseId, seq, randomUUID(), at, encryptJson(key, payload, `event/${tenant}/${caseId}/${seq}`), commitmentOf(payload)],
  )
  await run('update cases set event_seq = $1, event_head = $2 where case_id = $3', [seq, commitmentOf(payload), caseId])
  assert.deepEqual(await officeCodes(), ['not_in_log'])
  await run(`delete from events where case_id = '${caseId}' and seq = ${seq}`)
  await run('update cases set event_seq = $1, event_head = $2 where case_id = $3', [seq - 1, eventHead, caseId])
  assert.deepEqual(await save('cases', `case_id = '${caseId}'`), cases)
  await isQuiet()
})

test('5 leaves reordered and re-signed with the key: the office audit inside a case, the monitor everywhere', async () => {
  const one = await filed()
  const state = await goodLook()
  const all = await leaves()
  const events = await run(`select event_id from events where case_id = '${one.caseId}' order by seq`)
  const places = events.slice(0, 2).map(({ event_id }) => all.findIndex(({ source }) => source === event_id))
  await onLog(async () => {
    const swapped = all.with(places[0] ?? 0, all[places[1] ?? 0] ?? assert.fail()).with(places[1] ?? 0, all[places[0] ?? 0] ?? assert.fail())
    const forged = await resign(signer, swapped)
    assert.deepEqual(await officeCodes(forged), ['out_of_order'])
    assert.deepEqual(await monitorCodes(state), ['forked'])
  })
  await isQuiet()
})

test('6 a case dropped everywhere and the log re-signed with the key: not the office audit; the monitor, and the resident by the promise', async () => {
  const { caseId, promise } = await filed()
  const state = await goodLook()
  const ids = new Set((await run(`select event_id from events where case_id = '${caseId}'`)).map(({ event_id }) => event_id))
  await onLog(async () => {
    const putCaseBack = await dropCase(caseId)
    const forged = await resign(
      signer,
      (await leaves()).filter(({ source }) => !ids.has(source)),
    )
    assert.deepEqual(await officeCodes(forged), [])
    assert.deepEqual(await monitorCodes(state), ['shrunk'])
    const later = new Date(clock.now().getTime() + 61_000)
    assert.deepEqual(await monitorCodes(undefined, [promise], later), ['promise_unkept'])
    await putCaseBack()
  })
  assert.deepEqual(await monitorCodes(undefined, [promise]), [])
})

test('7 a case dropped and its place refilled, re-signed with the key: the monitor', async () => {
  const { caseId } = await filed()
  const state = await goodLook()
  const ids = new Set((await run(`select event_id from events where case_id = '${caseId}'`)).map(({ event_id }) => event_id))
  await onLog(async () => {
    const putCaseBack = await dropCase(caseId)
    // Leaves of a kind that no event stands behind.
    const filler = () => Buffer.from(encodeLeaf('views', clock.now(), { commitment: Buffer.alloc(32, 9).toString('base64') }))
    const refilled = (await leaves()).map((leaf) => (ids.has(leaf.source) ? { source: randomUUID(), leaf: filler() } : leaf))
    const forged = await resign(signer, [...refilled, { source: randomUUID(), leaf: filler() }])
    assert.deepEqual(await officeCodes(forged), [])
    assert.deepEqual(await monitorCodes(state), ['forked'])
    await putCaseBack()
  })
})

test('8 two logs of equal size, signed with the key: the monitor, and the witness at the next start', async () => {
  await filed()
  const state = await goodLook()
  const all = await leaves()
  const seen = { by: 'witness.example.org', size: all.length, root: rootOfHashes(all.map(({ leaf }) => leafHash(leaf))) }
  await openCopy([seen])
  await onLog(async () => {
    const other = Buffer.from(encodeLeaf('views', clock.now(), { commitment: Buffer.alloc(32, 8).toString('base64') }))
    await resign(signer, all.with(-1, { source: randomUUID(), leaf: other }))
    assert.deepEqual(await monitorCodes(state), ['forked'])
    // The signer's own memory refuses; a thief who forged that too is refused for the witness's.
    await assert.rejects(openCopy(), refusal('ledger.fork'))
    await assert.rejects(openCopy([seen]), refusal('ledger.fork'))
  })
})

test('9 an older backup put back: the signer’s memory, the witness when that is older too, and the monitor', async () => {
  const before = await leaves()
  const folder = join(installation.config.dataDir, 'ledger', tenant)
  cpSync(join(folder, 'signer.json'), join(folder, 'signer.older.json'))
  await filed()
  const state = await goodLook()
  const all = await leaves()
  const seen = { by: 'witness.example.org', size: all.length, root: rootOfHashes(all.map(({ leaf }) => leafHash(leaf))) }
  await onLog(async () => {
    await resign(signer, before)
    await assert.rejects(openCopy(), refusal('ledger.rollback'))
    assert.ok((await officeCodes()).includes('signed_otherwise'))
    assert.deepEqual(await monitorCodes(state), ['shrunk'])
    cpSync(join(folder, 'signer.json'), join(folder, 'signer.newer.json'))
    cpSync(join(folder, 'signer.older.json'), join(folder, 'signer.json'))
    await openCopy()
    await assert.rejects(openCopy([seen]), refusal('ledger.rollback'))
    cpSync(join(folder, 'signer.newer.json'), join(folder, 'signer.json'))
  })
  await openCopy([seen])
})

test('11 an acknowledged filing removed with its queue row before integration: not the office audit; the resident’s promise through a monitor', async () => {
  const { caseId, promise } = await openCase(as(ctx, { kind: 'anonymous' }), sampleFiling)
  await run(`delete from ledger_queue where source in (select event_id from events where case_id = '${caseId}')`)
  assert.deepEqual(await officeCodes(), ['not_in_log'])
  await dropCase(caseId)
  await drain()
  await isQuiet()
  const result = await look(undefined, [promise])
  assert.deepEqual({ alarms: result.alarms, pending: result.pending }, { alarms: [], pending: 1 })
  assert.deepEqual(await monitorCodes(undefined, [promise], new Date(clock.now().getTime() + 61_000)), ['promise_unkept'])
  assert.deepEqual(await monitorCodes(undefined, [promise.replace('T01:01', 'T02:01')]), ['promise_wrong'])
})

test('12 a payload or key destroyed without an erasure leaf, or under a leaf that an attacker made: the office audit', async () => {
  const { caseId } = await filed()
  const all = await leaves()
  const events = await run(`select event_id from events where case_id = '${caseId}' order by seq`)
  const index = all.findIndex(({ source }) => source === events[0]?.['event_id'])
  const saved = await save('events', `case_id = '${caseId}' and seq = 1`)
  await run(`update events set payload = null where case_id = '${caseId}' and seq = 1`)
  assert.deepEqual(await officeCodes(), ['payload_missing'])
  const forged = encodeLeaf('erased', clock.now(), { covers: String(index), basis: 'pipl-47', commitment: Buffer.alloc(32, 5).toString('base64') })
  await run('insert into ledger_queue (tenant_id, source, leaf) values ($1, $2, $3)', [tenant, randomUUID(), forged])
  await drain()
  assert.deepEqual(await officeCodes(), ['payload_missing'])
  await run(`delete from events where case_id = '${caseId}' and seq = 1`)
  await putBack('events', saved)
  const keys = await save('vault.case_keys', `case_id = '${caseId}'`)
  await run(`delete from vault.case_keys where case_id = '${caseId}'`)
  assert.deepEqual(await officeCodes(), ['payload_missing'])
  await putBack('vault.case_keys', keys)
  await isQuiet()
})

// Last: what is in the log stays there.
test('10 a leaf dated back inside its hour: the office audit; by hours: the monitor too', async () => {
  await filed()
  const state = await goodLook()
  const earlier = (minutes: number) => ({
    ...as(ctx, { kind: 'anonymous' }),
    clock: virtualClock(new Date(clock.now().getTime() - minutes * 60_000)),
  })
  clock.advance(40 * 60_000)
  await filed()
  await openCase(earlier(20), sampleFiling)
  await drain()
  assert.deepEqual(await officeCodes(), ['backdated'])
  const unaware = await goodLook(state)
  await openCase(earlier(180), sampleFiling)
  await drain()
  assert.deepEqual([...new Set(await monitorCodes(unaware))], ['backdated'])
})
