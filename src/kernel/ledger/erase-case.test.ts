import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sendCaseMessage, writeMessage } from '#kernel/cases/act.ts'
import { readLedgerReceipt } from '#kernel/cases/ledger-receipt.ts'
import { listCases } from '#kernel/cases/lists.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { findReceiptActor } from '#kernel/cases/open-by-receipt.ts'
import { as } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { startWork } from '#kernel/work/work.ts'
import { petitionSteps, register } from '#tests/support/petition-steps.ts'
import { openTestTown } from '#tests/support/town.ts'
import { attacker } from './drill-tools.fixture.ts'
import { eraseCase } from './erase-case.ts'
import { rangesOf } from './erasure-leaf.ts'
import { integrate } from './integrator.ts'
import { parseLeaf } from './leaf.ts'
import { auditNightly, findLastAudit } from './nightly-audit.ts'
import { auditTown } from './office-audit.ts'
import { verifyReceipt } from './receipt.ts'

const town = await openTestTown()
const { ctx, installation, tenant, clock } = town
after(() => town.close())
const signer = await installation.logOf(tenant)
const steps = petitionSteps(() => town)
const { run, leaves } = attacker(town)

const refusal = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code
const drain = async () => {
  while (await integrate(ctx.db, tenant, signer, clock));
}

test('ranges are ascending, do not touch, and are cut before a leaf would be too long', () => {
  assert.deepEqual(rangesOf([9, 4, 5, 6, 12]), ['4-6,9,12'])
  const many = Array.from({ length: 3000 }, (_, at) => at * 2)
  const texts = rangesOf(many)
  assert.ok(texts.length > 1 && texts.every((text) => text.length <= 3000))
  assert.deepEqual(texts.join(',').split(',').map(Number), many)
})

test('an erased case keeps its row and its place in the log; its words, key and files are gone, and the resident’s receipt still verifies', async () => {
  const { caseId, number, receiptCode } = await steps.file()
  await steps.complete(await steps.clerk(), caseId, 'Register', register)
  const petitioner = await findReceiptActor(as(ctx, { kind: 'anonymous' }), number, receiptCode)
  assert.ok(petitioner)
  const own = as(ctx, petitioner)
  await writeMessage(own, { caseId }, '请尽快。')
  await assert.rejects(eraseCase(ctx, signer, { number, basis: 'pipl-47' }), refusal('erase.open'))
  await sendCaseMessage(own, { caseId }, 'withdraw', { confirmed: true })
  await drain()
  const receipt = await readLedgerReceipt(own, { caseId })
  await assert.rejects(eraseCase(ctx, signer, { number, basis: 'retention-ended' }), refusal('erase.retained'))
  await assert.rejects(eraseCase(ctx, signer, { number, basis: 'At her request' }), refusal('ledger.leaf_malformed'))
  assert.equal((await loadCase(ctx, caseId)).row.number, number)

  const erasure = await eraseCase(ctx, signer, { number, basis: 'pipl-47' })
  await assert.rejects(eraseCase(ctx, signer, { number, basis: 'pipl-47' }), refusal('erase.done'))

  const events = await run(`select payload, octet_length(commitment) as length from events where case_id = '${caseId}'`)
  assert.ok(events.length > 2 && events.every(({ payload, length }) => payload === null && length === 32))
  const last = parseLeaf((await leaves()).at(-1)?.leaf ?? '')
  assert.ok(last.kind === 'erased' && last.fields.basis === 'pipl-47')
  assert.deepEqual(erasure.covers, [{ epoch: 1, ranges: [last.fields.covers] }])
  const [left] = await run(`select
    (select count(*)::int from vault.case_keys where case_id = '${caseId}') + (select count(*)::int from party_lookups where case_id = '${caseId}')
      + (select count(*)::int from case_search where case_id = '${caseId}') + (select count(*)::int from idempotency_keys where case_id = '${caseId}') as rows,
    (select sum(octet_length(content))::int from cases where case_id = '${caseId}')
      + (select sum(octet_length(identity))::int from parties where case_id = '${caseId}')
      + (select sum(octet_length(body))::int from case_messages where case_id = '${caseId}')
      + coalesce((select sum(octet_length(content))::int from documents where case_id = '${caseId}'), 0)
      + coalesce((select sum(octet_length(content))::int from outbox where case_id = '${caseId}'), 0) as bytes`)
  assert.deepEqual(left, { rows: 0, bytes: 0 })

  await assert.rejects(loadCase(ctx, caseId), refusal('case.erased'))
  assert.equal(await findReceiptActor(as(ctx, { kind: 'anonymous' }), number, receiptCode), undefined)
  const clerk = await steps.clerk()
  assert.ok((await listCases(clerk, {}, {}, 'zh')).items.some((item) => item.number === number))
  const verdict = verifyReceipt(receipt, { vkey: signer.vkeys.log, promiseVkey: signer.vkeys.promise })
  assert.deepEqual({ ok: verdict.ok, level: verdict.level }, { ok: true, level: 'included' })
  const report = await auditTown(ctx, signer)
  assert.deepEqual({ alarms: report.alarms, erased: report.erased }, { alarms: 0, erased: events.length })
})

test('an erasure that was cut off after its leaf is finished by running it again, without a second leaf for the same events', async () => {
  const { caseId, number, receiptCode } = await steps.file()
  const petitioner = await findReceiptActor(as(ctx, { kind: 'anonymous' }), number, receiptCode)
  assert.ok(petitioner)
  await sendCaseMessage(as(ctx, petitioner), { caseId }, 'withdraw', { confirmed: true })
  await run(`create function refuse_erasure() returns trigger language plpgsql as $$ begin raise exception 'power cut'; end $$;
    create trigger refuse_erasure before delete on case_search execute function refuse_erasure()`)
  await assert.rejects(eraseCase(ctx, signer, { number, basis: 'pipl-47' }), /power cut/)
  assert.equal((await loadCase(ctx, caseId)).content.filing['subject'], '村道排水沟堵塞，雨天积水进屋')
  const size = (await leaves()).length
  await run('drop trigger refuse_erasure on case_search; drop function refuse_erasure()')
  await eraseCase(ctx, signer, { number, basis: 'pipl-47' })
  assert.equal((await leaves()).length, size)
  assert.equal((await auditTown(ctx, signer)).alarms, 0)
})

test('the daily audit puts its result into the log once a day, and an alarm stays on the record', async () => {
  const never = new AbortController().signal
  assert.equal(await findLastAudit(ctx), undefined)
  const work = startWork(installation)
  try {
    while (!(await findLastAudit(ctx))) await sleep(50)
  } finally {
    await work.stop()
  }
  assert.equal((await findLastAudit(ctx))?.alarms, 0)
  assert.equal(await auditNightly(ctx, signer, never), false)
  clock.advance(25 * 3_600_000)
  const { caseId } = await steps.file()
  await drain()
  await run(`update events set type = 'case.other' where case_id = '${caseId}' and seq = 1`)
  assert.equal(await auditNightly(ctx, signer, AbortSignal.abort()), false)
  assert.equal(await auditNightly(ctx, signer, never), true)
  await drain()
  assert.equal((await findLastAudit(ctx))?.alarms, 1)
})
