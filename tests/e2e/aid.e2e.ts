// Legal aid: a date that is near goes first; a refusal is objected to and put right. Judicial aid: passed on to the organ in charge.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fill, type Journey, openJourney } from '../support/journey.ts'

let journey: Journey
before(async () => {
  journey = await openJourney('legal-aid')
})
after(() => journey.close())

const wages = {
  matter: 'wages',
  facts: '在工地干了三个月，老板不给工钱，三月五日开庭。',
  limitOn: '2026-03-05',
  waiver: 'worker',
  name: '石大川',
  phone: '000 0000 0021',
}
const lawyer = '清源法律服务所 余律师，0000-5550009'

test('with JavaScript: three days to the hearing, a lawyer first, the papers after, no look at income', async () => {
  const { onPhone, file, look, doTask, openTask, submit, origin, openTasks } = journey
  const phone = await onPhone(true)
  await phone.goto(`${origin}/matters/legal-aid/precheck/means`)
  await fill(phone, { matter: 'wages', waiver: 'worker' })
  await look(phone, 'precheck')
  await phone.getByRole('button', { name: '查一查' }).click()
  await phone.getByText('不再核查家庭收入').waitFor()
  const { number } = await file(phone, wages)
  const station = await openTask('justice-officer', number, '查看材料')
  assert.ok(await station.locator('[name="outcome"][value="urgent"]').isChecked(), 'the rule says it is urgent')
  await fill(station, { outcome: 'urgent', urgency: '三月五日开庭。' })
  await look(station, 'check-papers')
  await submit(station)
  await phone.goto(`${origin}/cases/${number}`)
  assert.match(await phone.locator('main').innerText(), /时间紧，先安排律师/)
  await doTask('county-aid-officer', number, '先行提供援助', { lawyer })
  const centre = await openTask('county-aid-officer', number, '审查决定')
  assert.ok(await centre.locator('[name="means"][value="waived"]').isChecked(), 'the rule says income is not looked into')
  await fill(centre, { outcome: 'grant', reasons: '务工人员讨要劳动报酬，免予核查。' })
  await look(centre, 'decision')
  await submit(centre)
  await doTask('county-aid-officer', number, '指派律师', { lawyer })
  await phone.goto(`${origin}/cases/${number}`)
  await look(phone, 'assigned')
  assert.match(await phone.locator('main').innerText(), /给予法律援助，已指派律师[^]*给予法律援助决定书/)
  assert.deepEqual(await openTasks(number), [])
})

test('without JavaScript: refused in writing with reasons, objected to on the phone, and allowed', async () => {
  const { onPhone, file, openByCode, look, send, act, doTask, openTasks } = journey
  const { number, code } = await file(await onPhone(false), { ...wages, matter: 'other', waiver: 'none', limitOn: '2026-06-30' })
  const officer = 'post:aid-officer@county-legal-aid'
  await act(number, [
    { actor: 'post:justice-officer@justice', do: 'complete', task: 'CheckPapers', data: { outcome: 'complete' } },
    { actor: 'post:justice-officer@justice', do: 'complete', task: 'Forward', data: { sentOn: '2026-03-02' } },
    { actor: officer, do: 'complete', task: 'Decide', data: { outcome: 'refuse', means: 'not-poor', reasons: '家庭人均收入高于标准。' } },
  ])
  await doTask('county-aid-head', number, '审核不予决定', { outcome: 'sign' })
  await doTask('justice-officer', number, '送达', { method: 'handed', servedOn: '2026-03-02', proof: '本人签收' })
  const elsewhere = await onPhone(false)
  await openByCode(elsewhere, code)
  await look(elsewhere, 'refused')
  assert.match(await elsewhere.locator('main').innerText(), /不予法律援助决定书/)
  await send(elsewhere, number, 'object', { reasons: '收入里算进了已经还掉的借款。' })
  await doTask('county-justice-bureau-officer', number, '审查异议', { outcome: 'allow', reasons: '借款不是收入，扣除后符合条件。' })
  assert.deepEqual(await openTasks(number), ['Assign'])
  await doTask('county-aid-officer', number, '指派律师', { lawyer })
  await openByCode(elsewhere, code)
  await look(elsewhere, 'allowed')
  assert.match(await elsewhere.locator('main').innerText(), /给予法律援助，已指派律师/)
})

test('judicial aid: asked for at the town, passed on to the organ in charge, whose decision and money are followed', async () => {
  const { onPhone, file, look, doTask, act, origin, openTasks } = journey
  const phone = await onPhone(true)
  const asked = { organ: 'court', harm: '被打伤，对方没有钱赔。', need: '要做第二次手术。', name: '苗一帆', phone: '000 0000 0022' }
  const { number } = await file(phone, asked, 'judicial-aid')
  await doTask('justice-officer', number, '转办案机关', { body: '云岭县人民法院', sentOn: '2026-03-02' })
  await phone.goto(`${origin}/cases/${number}`)
  await look(phone, 'passed-on')
  assert.match(await phone.locator('main').innerText(), /办案机关正在审查[^]*司法救助申请转递函/)
  const clerk = 'post:justice-officer@justice'
  await act(number, [
    { actor: clerk, do: 'complete', task: 'RecordDecision', data: { outcome: 'grant', amount: 20000 } },
    { actor: clerk, do: 'complete', task: 'RecordFunds', data: { arrivedOn: '2026-03-02' } },
  ])
  await doTask('justice-officer', number, '通知领取', { how: '带身份证到云岭县人民法院财务窗口领取。' })
  await phone.goto(`${origin}/cases/${number}`)
  assert.match(await phone.locator('main').innerText(), /已通知领取救助金/)
  assert.deepEqual(await openTasks(number), [])
})
