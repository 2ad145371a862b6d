// The one window and what it leads to: asked once, answered kind by kind, filed, decided by the county's medical insurance, refused and appealed.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { fill, type Journey, openJourney } from '../support/journey.ts'

let journey: Journey
before(async () => {
  journey = await openJourney('medical-assistance')
})
after(() => journey.close())

const answers = { standing: 'rigid', need: 'costs', settled: 'true', ownCost: '32000' }
const patient = {
  standing: 'rigid',
  need: 'costs',
  village: 'shishang-village',
  situation: '住院两次，报销以后自己还付了三万多。',
  truthful: true,
  checkConsent: true,
  name: '蓝望春',
  phone: '000 0000 0101',
  idNumber: '000000196801050102',
}
const records = { standing: 'rigid', settled: 'true', ownCost: '32000', findings: '结算系统显示自付三万二千元。' }

/** Through the one window to its answers, with this kind and one more ticked. */
async function ask(page: Page, values: Record<string, string>): Promise<string> {
  const { origin, look } = journey
  await page.goto(`${origin}/assistance`)
  await look(page, 'window')
  for (const kind of ['medical-assistance', 'temporary-assistance']) await page.locator(`[name="of"][value="${kind}"]`).check()
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByRole('heading', { level: 1, name: '家里的情况' }).waitFor()
  await fill(page, values)
  await look(page, 'window-questions')
  await page.getByRole('button', { name: '查一查' }).click()
  await page.getByRole('heading', { level: 1, name: '查的结果' }).waitFor()
  await look(page, 'window-answers')
  assert.ok(!page.url().includes('standing'), 'no answer stands in the address')
  return await page.locator('section[aria-labelledby="answer-medical-assistance"]').innerText()
}

test('with JavaScript: asked once, filed from the answer, put up, looked up, decided, given', async () => {
  const { onPhone, file, openByCode, look, doTask, openTask, act, openTasks } = journey
  const phone = await onPhone(true)
  assert.match(await ask(phone, answers), /3 条符合，0 条可能不符合，0 条要核实/)
  await phone.getByRole('link', { name: '去办：申请医疗救助' }).click()
  await phone.waitForURL(/\/matters\/medical-assistance\/new\//)
  const { number, code } = await file(phone, patient)
  await doTask('aid-clerk', number, '查看材料', { outcome: 'complete', onList: 'false', promisedOn: '2026-03-31' })
  await doTask('aid-surveyor-1', number, '镇里审核', { outcome: 'for', findings: '结算单和借条属实。' })
  await doTask('aid-surveyor-1', number, '张榜公示', { postedOn: '2026-03-02', where: '石上村村务公开栏', shownName: '蓝望春' })
  await act(number, [{ at: '2026-03-10T09:00:00+08:00', do: 'advance' }])
  await doTask('county-medical-aid-officer', number, '查医疗费用结算', records)
  // The officer reads what the table said, in the words that the resident read.
  const desk = await openTask('county-medical-aid-officer', number, '审批')
  assert.match(await desk.locator('aside').innerText(), /按您填的，可以申请医疗救助/)
  await doTask('county-medical-aid-officer', number, '审批', { outcome: 'grant', amount: '9000', reasons: '自付费用属实，符合规定。' })
  await doTask('county-medical-aid-head', number, '负责人签发', { outcome: 'sign' })
  await doTask('aid-clerk', number, '登记落实', { paidOn: '2026-03-10', means: 'transfer', shownName: '蓝望春' })
  await openByCode(phone, code)
  await look(phone, 'granted')
  const shown = await phone.locator('main').innerText()
  assert.match(shown, /医疗救助通知书/)
  assert.doesNotMatch(shown, /超期/, 'the notice hung long enough: nobody was late')
  assert.deepEqual(await openTasks(number), [])
})

test('without JavaScript: the answer says no, she files all the same, is refused with reasons and helped to appeal', async () => {
  const { onPhone, file, openByCode, look, send, act, openTasks } = journey
  const phone = await onPhone(false)
  assert.match(await ask(phone, { ...answers, ownCost: '0' }), /2 条符合，1 条可能不符合，0 条要核实/)
  const { number, code } = await file(phone, patient)
  const [insurance, head, clerk] = ['post:medical-aid-officer', 'post:medical-aid-head', 'post:aid-clerk']
  await act(number, [
    { actor: clerk, do: 'complete', task: 'CheckPapers', data: { outcome: 'complete', onList: true, promisedOn: '2026-03-31' } },
    { actor: insurance, do: 'complete', task: 'Records', data: { standing: 'allowance', settled: true, ownCost: 0, findings: '费用已全部报销。' } },
    { actor: insurance, do: 'complete', task: 'Decide', data: { outcome: 'refuse', reasons: '费用已由保险全部支付。' } },
    { actor: head, do: 'complete', task: 'Sign', data: { outcome: 'sign' } },
    { actor: clerk, do: 'complete', task: 'ServeRefusal', data: { method: 'handed', servedOn: '2026-03-10', proof: '本人签收' } },
  ])
  await openByCode(phone, code)
  await look(phone, 'refused')
  assert.match(await phone.locator('main').innerText(), /不予医疗救助通知书/)
  await send(phone, number, 'appeal', { reasons: '有一张票据没有算。' })
  assert.deepEqual(await openTasks(number), ['ForwardAppeal'])
})
