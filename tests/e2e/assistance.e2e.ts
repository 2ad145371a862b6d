// Subsistence allowance: reckoned first, filed, surveyed by two, put up for seven days, confirmed by the county, paid.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fill, type Journey, openJourney } from '../support/journey.ts'

let journey: Journey
before(async () => {
  journey = await openJourney('subsistence-allowance')
})
after(() => journey.close())

const household = {
  registered: 'here',
  village: 'shishang-village',
  members: '3',
  situation: '丈夫去年摔伤腰，干不了重活，两个孩子上学，只靠我打零工。',
  truthful: true,
  checkConsent: true,
  name: '万秀兰',
  phone: '000 0000 0061',
  idNumber: '000000197001050061',
}
const visit = {
  visitedOn: '2026-03-02',
  first: '调查员甲',
  second: '调查员乙',
  householdPresent: '万秀兰',
  monthlyIncome: 1500,
  members: 3,
  savings: 6000,
  otherHome: false,
  car: false,
  findings: '三口人住一处平房，丈夫腰伤在家，收入与申报一致。',
  agreed: true,
}
const shown = { shownName: '万秀兰', shownMembers: 3, shownAmount: 900 }
const surveyor = 'post:aid-surveyor-1'
const started = { startedOn: '2026-03-02', first: '调查员甲', second: '调查员乙', method: 'visit' }

test('with JavaScript: the reckoning before filing, each desk to the publicity, the county, and the money', async () => {
  const { onPhone, file, openByCode, look, doTask, act, origin, atDesk, openTasks } = journey
  const phone = await onPhone(true)
  await phone.goto(`${origin}/matters/subsistence-allowance/precheck/me`)
  await fill(phone, { registered: 'here', members: '3', monthlyIncome: '1500', savings: '6000', otherHome: 'false', car: 'false' })
  await look(phone, 'precheck')
  await phone.locator('main form button').last().click()
  await phone.getByRole('heading', { level: 2 }).first().waitFor()
  await look(phone, 'precheck-answer')
  const { number, code } = await file(phone, household)
  await doTask('aid-clerk', number, '查看材料', { outcome: 'complete', related: 'false' })
  await doTask('aid-surveyor-1', number, '启动调查', started)
  await doTask('county-allowance-officer', number, '启动信息核对', { startedOn: '2026-03-02' })
  // The visit itself is made on a phone without a signal: field.e2e.ts.
  await act(number, [{ actor: surveyor, do: 'complete', task: 'Visit', data: visit }])
  await doTask('aid-surveyor-2', number, '另一名调查人确认', { outcome: 'confirm' })
  await doTask('county-allowance-officer', number, '反馈核对结果', { outcome: 'clear', findings: '未发现超过规定的收入和财产。' })
  await doTask('aid-surveyor-1', number, '提出初审意见', { outcome: 'grant', members: '3', amount: '900', reasons: '人均月收入500元，低于标准。' })
  await doTask('assistance-head', number, '负责人审核', { outcome: 'sign' })
  await doTask('aid-surveyor-1', number, '张榜公示', { postedOn: '2026-03-02', where: '石上村村务公开栏', ...asText(shown) })
  await phone.goto(`${origin}/cases/${number}`)
  await look(phone, 'put-up')
  await act(number, [{ at: '2026-03-10T09:00:00+08:00', do: 'advance' }])
  await doTask('aid-clerk', number, '报县民政部门', { reportedOn: '2026-03-10' })
  await doTask('county-allowance-officer', number, '审核确认', {
    outcome: 'confirm',
    members: '3',
    amount: '900',
    checkEvery: 'half',
    reasons: '符合条件。',
  })
  await doTask('county-allowance-head', number, '县负责人签发', { outcome: 'sign' })
  await doTask('aid-clerk', number, '登记发放', { paidFrom: '2026-04-01', paidTo: 'account', ...asText(shown) })
  await openByCode(phone, code)
  await look(phone, 'granted')
  assert.match(await phone.locator('main').innerText(), /确认通知/)
  const desk = await atDesk('aid-clerk')
  await desk.goto(`${origin}/workspace/cases/${number}`)
  await look(desk, 'work-case')
  assert.deepEqual(await openTasks(number), [])
})

test('without JavaScript: told what is missing all at once, completed, refused with reasons, and helped to appeal', async () => {
  const { onPhone, file, openByCode, look, send, act, doTask, origin, openTasks } = journey
  const phone = await onPhone(false)
  const { number, code } = await file(phone, household)
  await doTask('aid-clerk', number, '查看材料', { outcome: 'gaps', missing: '1. 户口簿；2. 收入证明。', related: 'false' })
  await phone.goto(`${origin}/cases/${number}`)
  assert.match(await phone.locator('main').innerText(), /补充材料告知书/)
  await send(phone, number, 'complete-papers', { note: '户口簿和收入证明都带来了。' })
  const officer = 'post:allowance-officer'
  const to = (day: string) => ({ at: `2026-${day}T09:00:00+08:00` })
  await act(number, [
    { ...to('03-10'), actor: surveyor, do: 'complete', task: 'StartSurvey', data: { ...started, startedOn: '2026-03-10' } },
    { actor: officer, do: 'complete', task: 'StartCheck', data: { startedOn: '2026-03-10' } },
    { actor: surveyor, do: 'complete', task: 'Visit', data: { ...visit, visitedOn: '2026-03-10' } },
    { actor: 'post:aid-surveyor-2', do: 'complete', task: 'ConfirmVisit', data: { outcome: 'confirm' } },
    { actor: officer, do: 'complete', task: 'RecordResult', data: { outcome: 'clear', findings: '与申报一致。' } },
    { actor: surveyor, do: 'complete', task: 'Opinion', data: { outcome: 'grant', members: 3, amount: 900, reasons: '收入低于标准。' } },
    { actor: 'post:assistance-head', do: 'complete', task: 'CheckOpinion', data: { outcome: 'sign' } },
    { actor: surveyor, do: 'complete', task: 'Publicity', data: { postedOn: '2026-03-10', where: '石上村村务公开栏', ...shown } },
    { ...to('03-20'), do: 'advance' },
    { actor: 'post:aid-clerk', do: 'complete', task: 'Report', data: { reportedOn: '2026-03-20' } },
    { actor: officer, do: 'complete', task: 'CountyDecide', data: { outcome: 'refuse', reasons: '家庭月人均收入高于当地标准。' } },
    { actor: 'post:allowance-head', do: 'complete', task: 'CountySign', data: { outcome: 'sign' } },
    { actor: 'post:aid-clerk', do: 'complete', task: 'ServeRefusal', data: { method: 'handed', servedOn: '2026-03-20', proof: '本人签收' } },
  ])
  // Weeks later the phone has forgotten; the code opens it again.
  await openByCode(phone, code)
  await look(phone, 'refused')
  assert.match(await phone.locator('main').innerText(), /不予确认/)
  await send(phone, number, 'appeal', { reasons: '收入算错了，我今年没有打工。' })
  assert.deepEqual(await openTasks(number), ['ForwardAppeal'])
})

const asText = (values: Record<string, string | number>) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
