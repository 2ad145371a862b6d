// Retention: proposed, approved by two, erased with its leaf first; cut off in between it is finished.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sendCaseMessage } from '#kernel/cases/act.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { findReceiptActor } from '#kernel/cases/open-by-receipt.ts'
import { as } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { attacker } from '#kernel/ledger/drill-tools.fixture.ts'
import { parseLeaf } from '#kernel/ledger/leaf.ts'
import { askErasure } from '#kernel/rights/requests.ts'
import { sampleFiling } from '../../../tests/support/filing.ts'
import { petitionSteps } from '../../../tests/support/petition-steps.ts'
import { openTestTown } from '../../../tests/support/town.ts'
import { approveDisposals, keepCase, listDisposals, proposeDisposals, runDisposals } from './disposals.ts'

const town = await openTestTown()
after(() => town.close())
const { ctx } = town
const steps = petitionSteps(() => town)
const signer = await town.installation.logOf(town.tenant)
const { run, leaves } = attacker(town)
const refusal = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code

/** A closed case; the library's petitions go to the archive, so the rule of erasing is set on the list itself where it is wanted. */
async function closed() {
  const { caseId, number, receiptCode } = await openCase(steps.anonymous(), sampleFiling)
  const actor = await findReceiptActor(steps.anonymous(), number, receiptCode)
  assert.ok(actor)
  await sendCaseMessage(as(ctx, actor), { caseId }, 'withdraw', { confirmed: true })
  return { caseId, number, own: as(ctx, actor) }
}
const end = (caseId: string) => run(`update cases set retain_until = '2026-03-01' where case_id = '${caseId}'`)
const toErase = (number: string) => run(`update disposals set disposal = 'erase' where number = '${number}'`)
const head = () => steps.holder('post:town-head')
const supervisor = () => steps.holder('post:supervisor')

test('only what is over is proposed, and proposing twice proposes once', async () => {
  const kept = await closed()
  const over = await closed()
  await end(over.caseId)
  assert.equal(await proposeDisposals(ctx), 1)
  assert.equal(await proposeDisposals(ctx), 0)
  const numbers = (await listDisposals(await head())).map((row) => row.number)
  assert.ok(numbers.includes(over.number) && !numbers.includes(kept.number))
  await assert.rejects(listDisposals(await steps.clerk()), refusal('disposal.staff'))
  assert.deepEqual((await runDisposals(ctx, signer)).archived, [])
})

test('two different persons approve; one alone carries nothing out', async () => {
  const { caseId, number } = await closed()
  await end(caseId)
  await proposeDisposals(ctx)
  await toErase(number)
  await assert.rejects(approveDisposals(await steps.clerk(), [number]), refusal('disposal.staff'))
  assert.deepEqual(await approveDisposals(await head(), [number]), [number])
  assert.deepEqual(await approveDisposals(await head(), [number]), [])
  assert.deepEqual((await runDisposals(ctx, signer)).erased, [])
  assert.equal((await loadCase(ctx, caseId)).row.number, number)
  assert.deepEqual(await approveDisposals(await supervisor(), [number]), [number])
  assert.deepEqual((await runDisposals(ctx, signer)).erased, [number])
  await assert.rejects(loadCase(ctx, caseId), refusal('case.erased'))
})

test('the leaf of the erasure is in the log before anything is destroyed, and a run that was cut off is finished by the next', async () => {
  const { caseId, number } = await closed()
  await end(caseId)
  await proposeDisposals(ctx)
  await toErase(number)
  await approveDisposals(await head(), [number])
  await approveDisposals(await supervisor(), [number])
  await run(`create function refuse_disposal() returns trigger language plpgsql as $$ begin raise exception 'power cut'; end $$;
    create trigger refuse_disposal before delete on case_search execute function refuse_disposal()`)
  assert.deepEqual(
    (await runDisposals(ctx, signer)).failed.map((row) => row.number),
    [number],
  )
  const size = (await leaves()).length
  const last = parseLeaf((await leaves()).at(-1)?.leaf ?? '')
  assert.ok(last.kind === 'erased' && last.fields.basis === 'retention-ended')
  assert.equal((await loadCase(ctx, caseId)).content.filing['subject'], sampleFiling.data['subject'])
  await run('drop trigger refuse_disposal on case_search; drop function refuse_disposal()')
  assert.deepEqual((await runDisposals(ctx, signer)).erased, [number])
  assert.equal((await leaves()).length, size)
  // Erased, and the process ended before the list said so: the next run only marks it.
  await run(`update disposals set status = 'approved' where number = '${number}'`)
  assert.deepEqual((await runDisposals(ctx, signer)).erased, [number])
  assert.equal((await leaves()).length, size)
})

test('what cannot be erased today does not stand in the way of the rest', async () => {
  const [stuck, next] = [await closed(), await closed()]
  for (const [at, { caseId, number }] of [stuck, next].entries()) {
    await run(`update cases set retain_until = '2026-02-0${at + 1}' where case_id = '${caseId}'`)
    await proposeDisposals(ctx)
    await toErase(number)
  }
  await approveDisposals(await head(), [stuck.number, next.number])
  await approveDisposals(await supervisor(), [stuck.number, next.number])
  await run(`create function refuse_one() returns trigger language plpgsql as $$ begin raise exception 'stuck'; end $$;
    create trigger refuse_one before delete on case_search for each row when (old.case_id = '${stuck.caseId}') execute function refuse_one()`)
  const numbers = async () => {
    const { erased, failed } = await runDisposals(ctx, signer, 1)
    return { erased, failed: failed.map((row) => row.number) }
  }
  assert.deepEqual(await numbers(), { erased: [], failed: [stuck.number] })
  assert.deepEqual(await numbers(), { erased: [next.number], failed: [] })
  await run('drop trigger refuse_one on case_search; drop function refuse_one()')
  assert.deepEqual(await numbers(), { erased: [stuck.number], failed: [] })
})

test('a case for the archive is marked and nothing of it is destroyed; a case that is needed is kept', async () => {
  const [archived, kept] = [await closed(), await closed()]
  for (const one of [archived, kept]) await end(one.caseId)
  await proposeDisposals(ctx)
  assert.equal(await keepCase(await supervisor(), kept.number), true)
  await approveDisposals(await head(), [archived.number, kept.number])
  await approveDisposals(await supervisor(), [archived.number, kept.number])
  assert.deepEqual((await runDisposals(ctx, signer)).archived, [archived.number])
  for (const one of [archived, kept]) assert.equal((await loadCase(ctx, one.caseId)).row.number, one.number)
})

test('the person is told from when it can be erased, and is answered at once', async () => {
  const { caseId, own } = await closed()
  const answer = await askErasure(own, signer, { caseId })
  assert.ok(!answer.erased && answer.until !== null)
})
