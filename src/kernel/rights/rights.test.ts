// What a person may do about her own data: see it, take it, put it right, have it erased or know why not, withdraw consent.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { sendCaseMessage } from '#kernel/cases/act.ts'
import { findAtCounter, findByIdNumber } from '#kernel/cases/counter.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { findReceiptActor } from '#kernel/cases/open-by-receipt.ts'
import { viewCase } from '#kernel/cases/view.ts'
import { listViews } from '#kernel/cases/views.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { integrate } from '#kernel/ledger/integrator.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import { sampleFiling } from '../../../tests/support/filing.ts'
import { petitionSteps } from '../../../tests/support/petition-steps.ts'
import { openTestTown } from '../../../tests/support/town.ts'
import { makeCopy } from './copy.ts'
import { viewHeld } from './held.ts'
import { answerParameter, askCorrection, askErasure, changeContacts, decideCorrection, listOpenRequests, withdrawConsent } from './requests.ts'

const town = await openTestTown()
after(() => town.close())
const { ctx } = town
const steps = petitionSteps(() => town)
const signer = await town.installation.logOf(town.tenant)
const refusal = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code
/** `000000` is no place and the check character is right: nobody's. */
const idNumber = '000000198002290010'

async function filed(more: object = {}): Promise<{ own: Ctx; caseId: string; number: string }> {
  const { caseId, number, receiptCode } = await openCase(steps.anonymous(), {
    ...sampleFiling,
    data: { ...sampleFiling.data, place: '石上村小学门口路东约50米', ...more },
  })
  const actor = await findReceiptActor(steps.anonymous(), number, receiptCode)
  assert.ok(actor)
  return { own: as(ctx, actor), caseId, number }
}

test('a person sees each thing that is held, what it is for, on which law, how long, and who looked', async () => {
  const { own, caseId } = await filed()
  await viewCase(await steps.clerk(), { caseId }, 'zh')
  const held = await viewHeld(own, { caseId }, 'zh')
  const subject = held.fields.find((field) => field.name === 'subject')
  assert.ok(subject && subject.purpose.length > 2 && subject.law.includes('《'))
  assert.equal(held.retention.mark, 'G')
  assert.equal(held.looked.length, 1)
  await assert.rejects(viewHeld(await steps.clerk(), { caseId }, 'zh'), refusal('case.not_found'))
  await assert.rejects(viewHeld(as(ctx, { kind: 'anonymous' }), { caseId }, 'zh'), refusal('case.not_found'))
  await assert.rejects(viewHeld((await filed()).own, { caseId }, 'zh'), refusal('case.not_found'))
})

test('a decision is explained: which post, which law, from what', async () => {
  const { caseId } = await steps.decided()
  const loaded = await loadCase(ctx, caseId)
  const [party] = loaded.parties
  assert.ok(party)
  const held = await viewHeld(as(ctx, { kind: 'receipt', caseId, partyId: party.partyId }), { caseId }, 'zh')
  const opinion = held.decisions.find((decision) => decision.law.includes('三十'))
  assert.ok(opinion && opinion.post.includes('副镇长') && opinion.inputs.length > 0, JSON.stringify(held.decisions))
})

test('the portable copy holds what its schema says, and giving it is an event of the case', async () => {
  const { own, caseId } = await filed()
  const { zip } = await makeCopy(own, { caseId })
  const reader = new ZipReader(new Uint8ArrayReader(zip), { useWebWorkers: false })
  const texts = new Map<string, string>()
  for (const entry of await reader.getEntries())
    if (!entry.directory) texts.set(entry.filename, Buffer.from(await entry.getData(new Uint8ArrayWriter())).toString())
  await reader.close()
  const data: unknown = JSON.parse(texts.get('data.json') ?? '')
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(texts.get('schema.json') ?? ''))
  assert.ok(validate(data), JSON.stringify(validate.errors))
  assert.ok(JSON.stringify(data).includes('苏禾田') && texts.get('read-me.html')?.includes('苏禾田'))
  assert.ok((await viewCase(own, { caseId }, 'zh')).timeline.some((entry) => entry.type === 'rights.copy'))
})

test('contacts are put right at once, checked as in the form, and the counter finds the person by the new ones only', async () => {
  const { own, caseId, number } = await filed({ phone: '000 0000 0071' })
  await assert.rejects(changeContacts(own, { caseId }, { phone: '12' }), refusal('form.invalid'))
  await assert.rejects(changeContacts(own, { caseId }, {}), refusal('rights.no_change'))
  await changeContacts(own, { caseId }, { phone: '000 0000 0072' })
  const { parties, content } = await loadCase(ctx, caseId)
  assert.equal(parties[0]?.identity.phone, '000 0000 0072')
  assert.equal(content.filing['phone'], '000 0000 0072')
  const clerk = await steps.clerk()
  assert.ok((await findAtCounter(clerk, { name: '苏禾田', tail: '0072' })).some((found) => found.number === number))
  assert.ok(!(await findAtCounter(clerk, { name: '苏禾田', tail: '0071' })).some((found) => found.number === number))
})

test('a correction is decided by an officer with a reason; refused it changes nothing, granted the value is put right, once', async () => {
  const { own, caseId, number } = await filed()
  await assert.rejects(askCorrection(own, { caseId }, { field: 'nothing', value: 'x', reason: '写错了' }), refusal('rights.field'))
  const first = await askCorrection(own, { caseId }, { field: 'place', value: '石上村小学门口路西约50米', reason: '方向写反了' })
  const clerk = await steps.clerk()
  const open = (await listOpenRequests(clerk)).find((request) => request.requestId === first)
  assert.ok(open?.dueOn !== null && open?.before.includes('路东'))
  assert.equal((await answerParameter(ctx)).mark, 'INF')
  await assert.rejects(decideCorrection(clerk, { number, requestId: first, granted: false, answer: ' ' }), refusal('rights.text'))
  await decideCorrection(clerk, { number, requestId: first, granted: false, answer: '现场核对是路东。' })
  assert.ok(String((await loadCase(ctx, caseId)).content.filing['place']).includes('路东'))
  await assert.rejects(decideCorrection(clerk, { number, requestId: first, granted: true, answer: '同意。' }), refusal('rights.decided'))
  const second = await askCorrection(own, { caseId }, { field: 'place', value: '石上村小学门口路西约50米', reason: '确实写反了，附照片' })
  await decideCorrection(clerk, { number, requestId: second, granted: true, answer: '核对照片，同意更正。' })
  assert.ok(String((await loadCase(ctx, caseId)).content.filing['place']).includes('路西'))
  const held = await viewHeld(own, { caseId }, 'zh')
  assert.deepEqual(held.asked.map(({ status, words }) => `${status} ${words.answer ?? ''}`).toSorted(), [
    'granted 核对照片，同意更正。',
    'refused 现场核对是路东。',
  ])
})

test('what is put right is kept as the form keeps it: lists as lists, choices and villages by what they are called', async () => {
  const data = {
    category: 'road',
    roadDamage: ['pothole'],
    description: '路面坏了。',
    village: 'shishang-village',
    place: '村口',
    name: '苏禾田',
    phone: '000 0000 0091',
  }
  const { caseId, number, receiptCode } = await openCase(steps.anonymous(), { procedure: 'service-request', data })
  const actor = await findReceiptActor(steps.anonymous(), number, receiptCode)
  assert.ok(actor)
  const own = as(ctx, actor)
  const clerk = await steps.holder('post:hotline-clerk@service-center')
  const { texts } = await getProcedure(ctx, 'service-request')
  const called = (choice: string, language: 'zh' | 'en') => texts[language][`service-request.filing.roadDamage.${choice}`] ?? ''
  const putRight = async (field: string, value: string) => {
    const requestId = await askCorrection(own, { caseId }, { field, value, reason: '当时没说清楚' })
    await decideCorrection(clerk, { number, requestId, granted: true, answer: '核对过，同意。' })
    return (await loadCase(ctx, caseId)).content.filing[field]
  }
  assert.deepEqual(await putRight('roadDamage', `${called('collapse', 'zh')}、${called('cover', 'en')}`), ['collapse', 'cover'])
  assert.equal(await putRight('village', '溪口村'), 'xikou-village')
  await assert.rejects(putRight('roadDamage', '不知道'), refusal('form.invalid'))
  const held = await viewHeld(own, { caseId }, 'zh')
  assert.equal(held.fields.find((field) => field.name === 'roadDamage')?.text, `${called('collapse', 'zh')}、${called('cover', 'zh')}`)
})

test('erasure is refused with its reason while the case is open or its papers belong to the archive', async () => {
  const { own, caseId } = await filed()
  assert.deepEqual(await askErasure(own, signer, { caseId }), { erased: false, code: 'open', until: null })
  await sendCaseMessage(own, { caseId }, 'withdraw', { confirmed: true })
  const after = await askErasure(own, signer, { caseId })
  assert.ok(!after.erased && after.code === 'archive' && after.until !== null)
  assert.deepEqual(
    (await viewHeld(own, { caseId }, 'zh')).asked.map((asked) => [asked.kind, asked.status]),
    [
      ['erase', 'refused'],
      ['erase', 'refused'],
    ],
  )
})

test('consent to electronic service is withdrawn once, as an event', async () => {
  const { own, caseId } = await filed({ electronicService: true })
  const { parties } = await loadCase(ctx, caseId)
  if (!parties[0]?.electronicService) await assert.rejects(withdrawConsent(own, { caseId }), refusal('rights.no_consent'))
  else {
    await withdrawConsent(own, { caseId })
    assert.equal((await loadCase(ctx, caseId)).parties[0]?.electronicService, false)
    await assert.rejects(withdrawConsent(own, { caseId }), refusal('rights.no_consent'))
  }
})

test('an ID number finds cases of its own family of matters only, and the search is logged to them', async () => {
  const { own, caseId, number } = await filed({ idNumber })
  const clerk = await steps.clerk()
  const found = await findByIdNumber(clerk, { family: 'petition', idNumber: `${idNumber.slice(0, 6)} ${idNumber.slice(6)}` })
  assert.deepEqual(
    found.map((one) => one.number),
    [number],
  )
  assert.deepEqual(await findByIdNumber(clerk, { family: 'petition-review', idNumber }), [])
  assert.deepEqual(await findByIdNumber(clerk, { family: 'no-such-family', idNumber }), [])
  await assert.rejects(findByIdNumber(clerk, { family: 'petition', idNumber: '000000198002290011' }), refusal('counter.id_number'))
  assert.deepEqual(await findByIdNumber(own, { family: 'petition', idNumber }), [])
  assert.deepEqual(
    (await listViews(own, { caseId }, 'zh')).map((look) => look.purpose),
    ['counter-search'],
  )
  while (await integrate(ctx.db, town.tenant, signer, town.clock));
})
