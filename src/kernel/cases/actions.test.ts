import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { listEscalations } from '../../../tests/support/case-facts.ts'
import { openWorks } from '../../../tests/support/works.ts'
import { petitionSteps } from '../../../tests/support/petition-steps.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { inTenant } from '../database/database.ts'
import { DomainError } from '../errors.ts'
import { hmacSha256, toBase64 } from '../ledger/bytes.ts'
import { canonicalJson } from '../ledger/canonical-json.ts'
import { parseLeaf } from '../ledger/leaf.ts'
import { listDemoOutbox } from '../notifications/outbox.ts'
import { isActionName, checkActionInputs } from '../procedures/action-names.ts'
import { completeTask, sendCaseMessage } from './act.ts'
import { externalSystemsFrom, runActions } from './external-action.ts'
import { listIncidents, settleIncident, viewIncidents } from './incidents.ts'
import { loadCase } from './load-case.ts'
import { openCase } from './open-case.ts'
import { viewCase } from './view.ts'
import { watch } from './watch.ts'

let town: TestTown
let server: Server
let answer = { status: 200, body: '{"number":"R-1","secret":"no"}' }
const calls: { headers: Record<string, unknown>; body: string }[] = []
const { anonymous, holder } = petitionSteps(() => town)
const secret = Buffer.alloc(32, 7).toString('base64')
let systems: ReturnType<typeof externalSystemsFrom>

before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  await openWorks(town.ctx)
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      calls.push({ headers: request.headers, body })
      response.writeHead(answer.status).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  systems = externalSystemsFrom({ EXTERNAL_SYSTEMS: JSON.stringify({ registry: { url: `http://127.0.0.1:${address.port}/`, secret } }) })
})
after(async () => {
  server.close()
  await town.close()
})

const plan = { offices: ['village-construction'], when: '2026-03-10T14:30', promise: '六月底前修好水渠' }

async function planned(data: Record<string, unknown> = plan): Promise<string> {
  town.clock.set(new Date('2026-03-02T09:00:00+08:00'))
  const { caseId } = await openCase(anonymous(), { procedure: 'works', data: { name: '林小满', email: 'lin@example.com' } })
  const { tasks } = await loadCase(town.ctx, caseId)
  await completeTask(await holder('post:handler@agriculture'), tasks[0]?.task_id ?? '', { data })
  return caseId
}

const rowsOf = <T>(table: string, caseId: string): Promise<T[]> =>
  inTenant(town.ctx.db, town.ctx.tenant, async (trx) => {
    const { rows } = await sql<T>`select * from ${sql.table(table)} where tenant_id = ${town.ctx.tenant} and case_id = ${caseId}`.execute(trx)
    return rows
  })

test('a promise for everybody passes the publication guard, and nothing is left of one that does not', async () => {
  await assert.rejects(planned({ ...plan, promise: '修好水渠，请拨 13900000000 找我' }), { code: 'publication.personal' })
  const [left] = await inTenant(town.ctx.db, town.ctx.tenant, async (trx) => {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from public_tasks where tenant_id = ${town.ctx.tenant}`.execute(trx)
    return rows
  })
  assert.equal(left?.count, 0)
})

test('asking, meeting, promising, publishing, finding and handing over each leave their row, in the step that asked for them', async () => {
  const caseId = await planned()
  const { row, grants } = await loadCase(town.ctx, caseId)
  assert.equal(row.handling_office, 'civil-affairs')
  assert.deepEqual(
    grants.map((grant) => [grant.organization_id, grant.until_on]).toSorted((a, b) => String(a).localeCompare(String(b))),
    [
      ['agriculture', '2026-03-05'],
      ['village-construction', null],
    ],
  )
  const [session] = await rowsOf<{ starts_at: Date; ends_at: Date; content: Buffer }>('case_sessions', caseId)
  assert.deepEqual([session?.starts_at.toISOString(), session?.ends_at.toISOString()], ['2026-03-10T06:30:00.000Z', '2026-03-10T07:30:00.000Z'])
  assert.ok(!session?.content.includes('镇政府'), 'where people meet is under the case’s key')
  const [promise] = await rowsOf<{ title: string; status: string; due_on: string }>('public_tasks', caseId)
  assert.deepEqual([promise?.title, promise?.status, promise?.due_on], [plan.promise, 'open', '2026-06-30'])
  const [published] = await rowsOf<{
    publication_id: string
    element: string
    content: object
    document_id: string | null
    from_on: string
    until_on: string
  }>('case_publications', caseId)
  assert.ok(published)
  assert.deepEqual([published.content, published.until_on], [{ 'Plan.promise': plan.promise }, '2026-12-31'])
  // The log says that something was put up; the installation can show that it was this.
  const { rows: queued } = await inTenant(town.ctx.db, town.ctx.tenant, (trx) =>
    sql<{ leaf: Buffer }>`select leaf from ledger_queue where tenant_id = ${town.ctx.tenant} and source = ${published.publication_id}`.execute(trx),
  )
  const leaf = parseLeaf(queued[0]?.leaf ?? '')
  assert.ok(leaf.kind === 'publication' && leaf.fields.action === 'publish')
  const { publication_id, content, document_id, from_on, until_on } = published
  const said = canonicalJson({ action: 'publish', of: `${caseId}/${published.element}`, content, document_id, from_on, until_on } as never)
  const secret = town.ctx.services.keyring.secret(`publication:${town.ctx.tenant}`)
  assert.equal(leaf.fields.commitment, toBase64(hmacSha256(secret, publication_id, said)))
  const [finding] = await rowsOf<{ organization_id: string; kind: string }>('office_findings', caseId)
  assert.deepEqual([finding?.organization_id, finding?.kind], ['agriculture', 'late'])
  const told = (await listDemoOutbox(town.ctx)).find((message) => message.textId === 'works.told.session')
  assert.match(told?.text ?? '', /2026年3月10日.*14:30.*镇政府二楼/)
})

test('an action that cannot be done refuses the act of the person, and nothing of it is written', async () => {
  await assert.rejects(planned({ ...plan, when: 'soon' }), (error) => error instanceof DomainError && error.code === 'case.session_time')
  const { caseId } = await openCase(anonymous(), { procedure: 'works', data: {} })
  const { tasks } = await loadCase(town.ctx, caseId)
  await assert.rejects(completeTask(await holder('post:handler@agriculture'), tasks[0]?.task_id ?? '', { data: { ...plan, offices: [] } }))
  assert.deepEqual(await rowsOf('public_tasks', caseId), [])
})

test('another system is called after the step, signed, and only what was asked of its answer is kept', async () => {
  const caseId = await planned()
  calls.length = 0
  answer = { status: 200, body: '{"number":"R-1","secret":"no"}' }
  await runActions(town.ctx, systems)
  const { content, tasks } = await loadCase(town.ctx, caseId)
  assert.deepEqual(content['Call'], { number: 'R-1' })
  assert.deepEqual(
    tasks.map((task) => task.element),
    ['Close'],
  )
  const call = calls.find((one) => one.body.includes(plan.promise))
  assert.ok(call)
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = call.headers
  const expected = createHmac('sha256', Buffer.from(secret, 'base64'))
    .update(`${String(id)}.${String(at)}.${call.body}`)
    .digest('base64')
  assert.equal(signature, `v1,${expected}`)
  assert.equal((await runActions(town.ctx, systems)).done, 0)
  await completeTask(await holder('post:handler@civil-affairs'), tasks[0]?.task_id ?? '', { data: {} })
  assert.equal((await rowsOf<{ status: string }>('public_tasks', caseId))[0]?.status, 'kept')
})

test('a system that is down is tried again with growing waits, then the case shows an incident, and somebody goes on without it', async () => {
  const caseId = await planned()
  answer = { status: 503, body: '' }
  const outcomes: string[] = []
  for (const minutes of [0, 1, 5, 15, 60, 180]) {
    town.clock.advance(minutes * 60_000)
    const { retried, failed } = await runActions(town.ctx, systems)
    outcomes.push(retried > 0 ? 'retried' : failed > 0 ? 'failed' : 'nothing')
  }
  assert.deepEqual(outcomes, ['retried', 'retried', 'retried', 'retried', 'retried', 'failed'])
  const officer = await holder('post:handler@civil-affairs')
  const { number } = await viewCase(officer, { caseId }, 'zh')
  assert.ok((await listIncidents(officer, 'zh')).some((incident) => incident.number === number))
  assert.deepEqual((await listIncidents(anonymous(), 'zh')).length, 0)
  await watch(town.ctx)
  assert.ok((await listEscalations(town.ctx, caseId)).includes('incident:Call'))
  const [incident] = await viewIncidents(officer, { caseId }, 'zh')
  assert.ok(incident?.maySkip)
  const refusal = settleIncident(officer, { caseId }, incident.token, { do: 'skip', reason: ' ' })
  await assert.rejects(refusal, (error) => error instanceof DomainError && error.code === 'incident.reason')
  await assert.rejects(
    settleIncident(await holder('post:handler@village-construction'), { number: 'XX26-0000-000' }, incident.token, { do: 'skip', reason: 'x' }),
  )
  await settleIncident(officer, { caseId }, incident.token, { do: 'skip', reason: '已电话办妥' })
  assert.deepEqual(
    (await loadCase(town.ctx, caseId)).tasks.map((task) => task.element),
    ['Close'],
  )
  assert.deepEqual(await viewIncidents(officer, { caseId }, 'zh'), [])
  assert.ok(!(await listIncidents(officer, 'zh')).some((known) => known.number === number))
})

test('an incident is tried again after the answers were put right', async () => {
  const caseId = await planned()
  answer = { status: 422, body: '' }
  await runActions(town.ctx, systems)
  const officer = await holder('post:handler@civil-affairs')
  const [incident] = await viewIncidents(officer, { caseId }, 'zh')
  assert.deepEqual(
    incident?.forms.map((form) => form.element),
    ['Plan'],
  )
  answer = { status: 200, body: '{}' }
  calls.length = 0
  const data = { ...plan, promise: '七月底前修好水渠' }
  await settleIncident(officer, { caseId }, incident?.token ?? '', { do: 'correct', reason: '写错月份', element: 'Plan', data, language: 'zh' })
  await runActions(town.ctx, systems)
  assert.ok(calls.some((call) => call.body.includes(data.promise)))
  assert.deepEqual(
    (await loadCase(town.ctx, caseId)).tasks.map((task) => task.element),
    ['Close'],
  )
})

test('when the case goes another way, nobody calls the other system any more', async () => {
  const caseId = await planned()
  const { parties } = await loadCase(town.ctx, caseId)
  await sendCaseMessage(await town.ctxFor({ kind: 'receipt', caseId, partyId: parties[0]?.partyId ?? '' }), { caseId }, 'leave', {})
  answer = { status: 200, body: '{}' }
  calls.length = 0
  await runActions(town.ctx, systems)
  assert.deepEqual(calls, [])
  assert.deepEqual(
    (await rowsOf<{ status: string }>('case_actions', caseId)).map((action) => action.status),
    ['cancelled'],
  )
})

test('inputs of actions are checked when the package is loaded', () => {
  assert.ok(isActionName('schedule@1'))
  assert.deepEqual(checkActionInputs('schedule@1', ['start']), ['“schedule@1” needs the input “place”.'])
  assert.deepEqual(checkActionInputs('notify@1', ['to', 'text', 'when']), ['“notify@1” knows no input “when”.'])
  assert.deepEqual(checkActionInputs('external@1', ['system', 'anything']), [])
})

test('systems are read from the environment, and a wrong entry stops the start', () => {
  for (const wrong of ['no', '{"a":{"url":"ftp://x","secret":"' + secret + '"}}', '{"a":{"url":"https://x.example","secret":"short"}}'])
    assert.throws(
      () => externalSystemsFrom({ EXTERNAL_SYSTEMS: wrong }),
      (error) => error instanceof DomainError && error.code === 'config.external',
    )
  assert.equal(externalSystemsFrom({}).size, 0)
})
