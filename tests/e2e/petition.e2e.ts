// A petition from the phone to the rating: the resident at 360 px with and without JavaScript, the officers at their desks.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Act, type Journey, openJourney } from '../support/journey.ts'

let journey: Journey
before(async () => {
  journey = await openJourney('petition')
})
after(() => journey.close())

const matter = {
  subject: '村道排水沟堵塞，雨天积水进屋',
  description: '从今年年初起，石上村小学往北的排水沟被泥沙堵住，两次下雨积水都漫进路边三户人家。',
  claim: '请清理排水沟，并说明以后由谁管护。',
  village: 'shishang-village',
  place: '石上村小学门口往北约50米',
  name: '林小满',
  phone: '000 0000 0001',
  alreadyWith: 'none',
}
const opinion = {
  claim: '请清理排水沟，并说明以后由谁管护。',
  facts: '承办人员到现场查看并听取了双方说明，所反映的情况属实。',
  reasons: '该事项属于本镇职责，请求有事实和政策依据。',
  outcome: 'supported',
  decision: '由承办办公室在15日内办结，并把结果告知信访人。',
  basis: '《信访工作条例》第三十二条。',
}
const served = { method: 'handed', servedOn: '2026-03-02', proof: '本人签收' }

const clerk = 'post:petition-clerk@petition-office'
const handler = 'post:handler@village-construction'
const entered: Act = {
  actor: clerk,
  do: 'complete',
  task: 'EnterNational',
  data: { systemNumber: 'GX-2026-000123', enteredOn: '2026-03-02', proof: '系统回执' },
}
const heard: Act = { actor: handler, do: 'complete', task: 'Investigate', data: { heard: 'met', findings: '到现场查看。' } }
const checked: Act = { actor: 'post:office-head@village-construction', do: 'complete', task: 'CheckOpinion', data: { outcome: 'approve' } }

test('with JavaScript: filed on a phone, handled at its desks, read, rated and taken to the superior body', async () => {
  const { onPhone, file, look, send, act, doTask, origin, openTasks, atDesk } = journey
  const phone = await onPhone(true)
  const { number } = await file(phone, matter)
  await doTask('petition-clerk', number, '登记', { category: 'claim', summary: '村道排水沟堵塞，雨天积水进屋。', urgent: 'false' })
  await doTask('petition-clerk', number, '审查是否受理', { outcome: 'accept', office: 'village-construction', reasons: '属于本镇职责。' })
  await doTask('petition-clerk', number, '送达受理告知书', served)
  await act(number, [entered, heard])
  await doTask('village-construction-handler', number, '拟写处理意见书', opinion)
  await act(number, [checked])
  await doTask('town-head', number, '审核签发', { outcome: 'sign' })
  await act(number, [{ actor: clerk, do: 'complete', task: 'ServeOpinion', data: served }])
  await doTask('village-construction-handler', number, '落实处理意见', {
    outcome: 'done',
    doneOn: '2026-03-02',
    words: '已按处理意见清理排水沟，明确由村委会管护。',
  })
  const desk = await atDesk('petition-clerk')
  await desk.goto(`${origin}/workspace/cases/${number}`)
  await look(desk, 'work-case')
  await phone.goto(`${origin}/cases/${number}`)
  await look(phone, 'answered')
  assert.match(await phone.locator('main').innerText(), /信访事项处理意见书/)
  await send(phone, number, 'rate', { office: 'satisfied', handling: 'fairly', words: '来得快。' })
  await send(phone, number, 'appeal', { reasons: '没有说明以后怎样防止再堵。', claim: '请写明每年清理的次数。' })
  await look(phone, 'appealed')
  assert.deepEqual(await openTasks(number), [])
})

test('without JavaScript: filed on a phone, found again by the code, the answer read and rated', async () => {
  const { onPhone, file, openByCode, look, send, act, openTasks } = journey
  const { number, code } = await file(await onPhone(false), matter)
  await act(number, [
    { actor: clerk, do: 'complete', task: 'Register', data: { category: 'claim', urgent: false, summary: '排水沟堵塞。' } },
    {
      actor: clerk,
      do: 'complete',
      task: 'DecideAcceptance',
      data: { outcome: 'accept', office: 'village-construction', reasons: '属于本镇职责。' },
    },
    { actor: clerk, do: 'complete', task: 'ServeAcceptance', data: served },
    heard,
    { actor: handler, do: 'complete', task: 'DraftOpinion', data: { ...opinion, outcome: 'explained' } },
    checked,
    { actor: 'post:town-head@town', do: 'complete', task: 'SignOpinion', data: { outcome: 'sign' } },
    { actor: clerk, do: 'complete', task: 'ServeOpinion', data: served },
  ])
  const elsewhere = await onPhone(false)
  await openByCode(elsewhere, code.toLowerCase())
  await elsewhere.getByText('信访事项处理意见书').first().waitFor()
  await look(elsewhere, 'answered-without-script')
  await send(elsewhere, number, 'rate', { office: 'satisfied', handling: 'satisfied' })
  assert.deepEqual(await openTasks(number), ['EnterNational'])
})
