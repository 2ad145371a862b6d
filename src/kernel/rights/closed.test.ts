// What a person may take out about herself ends where the page of the case ends: other parties, caucus, what is held back.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js'
import { completeTask } from '../cases/act.ts'
import { loadCase, loadStep } from '../cases/load-case.ts'
import { runStep } from '../cases/run-step.ts'
import { recordEvent } from '../cases/step.ts'
import type { Ctx } from '../context.ts'
import { guildMatter as data, openGuildTown } from '../../../tests/support/guild-town.ts'
import { petitionSteps } from '../../../tests/support/petition-steps.ts'
import { makeCopy } from './copy.ts'
import { viewHeld } from './held.ts'
import { askCorrection, listOpenRequests } from './requests.ts'

const { town, at, file, taskOf, codesSent, holderOf } = await openGuildTown()
after(() => town.close())

/** Everything that `/data` and its copy would give out. */
async function taken(ctx: Ctx, by: { caseId: string }): Promise<{ words: string; papers: string[] }> {
  const reader = new ZipReader(new Uint8ArrayReader((await makeCopy(ctx, by)).zip), { useWebWorkers: false })
  const entries = await reader.getEntries()
  const texts: string[] = []
  for (const entry of entries)
    if (!entry.directory && /\.(json|html)$/.test(entry.filename)) texts.push(Buffer.from(await entry.getData(new Uint8ArrayWriter())).toString())
  await reader.close()
  return {
    words: [JSON.stringify(await viewHeld(ctx, by, 'zh')), ...texts].join(),
    papers: entries.map((entry) => entry.filename).filter((name) => name.startsWith('papers/')),
  }
}

async function embargo(ctx: Ctx, caseId: string): Promise<void> {
  await runStep(
    () => loadStep(ctx, caseId),
    async (step) => {
      step.case.row.embargo_until = '2027-01-01T00:00:00Z'
      step.access = { ...step.access, embargo_until: '2027-01-01T00:00:00Z' }
      recordEvent(step, { type: 'case.test' })
    },
  )
}

test('a party takes out neither how to reach the other, nor who told of the matter, nor what the other said alone to the mediator', async () => {
  const made = await file({ data: { ...data, informerName: '线人己', informerPhone: '000 0000 5555' } })
  await completeTask(await at('mediator-one'), await taskOf(made.caseId, 'Caucus'), {
    data: { caucusWords: '单独说的话', caucusNotes: '调解员的笔记' },
  })
  const [letter] = (await codesSent(made.number)).filter((sent) => sent.to === data.rivalPhone)
  const rival = await taken(await holderOf(made.number, letter?.variables?.['code'] ?? ''), made)
  assert.ok(rival.words.includes(data.partyWords) && rival.words.includes(data.rivalPhone))
  for (const closed of [data.phone, '线人己', '000 0000 5555', '单独说的话', '调解员的笔记', data.hidden])
    assert.ok(!rival.words.includes(closed), `${closed} was given to the other party`)
  const own = await taken(await holderOf(made.number, made.receiptCode), made)
  assert.ok(own.words.includes(data.phone) && own.words.includes('单独说的话'), 'what is her own she takes along')
  assert.ok(!own.words.includes('调解员的笔记') && !own.words.includes('线人己'))
})

test('while results are held back, the copy holds no word of the office, no decision and no paper', async () => {
  const made = await file()
  await completeTask(await at('agriculture-handler'), await taskOf(made.caseId, 'Work'), { data: { workParties: '办理情况' } })
  const holder = await holderOf(made.number, made.receiptCode)
  assert.ok((await taken(holder, made)).words.includes('办理情况'))
  await embargo(town.ctx, made.caseId)
  assert.ok(!(await taken(holder, made)).words.includes('办理情况'))
})

test('a paper that the page does not show yet is in no copy', async () => {
  const decided = await petitionSteps(() => town).decided()
  const holder = await holderOf((await loadCase(town.ctx, decided.caseId)).row.number, decided.receiptCode)
  const before = await taken(holder, decided)
  assert.ok(before.papers.length > 0)
  await embargo(town.ctx, decided.caseId)
  assert.deepEqual((await taken(holder, decided)).papers, [])
  assert.deepEqual((await viewHeld(holder, decided, 'zh')).decisions, [])
})

test('a broken seal opens the case for reading only: its requests are not on the list of those who decide, and the list still opens', async () => {
  const made = await file()
  await askCorrection(await holderOf(made.number, made.receiptCode), made, { field: 'partyWords', value: '改正的话', reason: '写错了' })
  const numbers = async (ctx: Ctx) => (await listOpenRequests(ctx)).map((request) => request.number)
  assert.ok((await numbers(await at('agriculture-handler'))).includes(made.number))
  const clerk = await at('petition-clerk')
  assert.ok(clerk.actor.kind === 'staff')
  assert.deepEqual(await numbers({ ...clerk, actor: { ...clerk.actor, opened: [made.caseId] } }), [])
})
