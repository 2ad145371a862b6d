// A residence permit: asked for by the person, a gap told once, issued by the police, and what it opens as a list that leads on.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fill, type Journey, openJourney } from '../support/journey.ts'

let journey: Journey
before(async () => {
  journey = await openJourney('residence-permit')
})
after(() => journey.close())

const permit = {
  kind: 'first',
  ground: 'job',
  sinceOn: '2025-08-01',
  remind: true,
  name: '罗青',
  phone: '000 0000 0031',
  address: '清溪镇后街8号',
  idNumber: '000000197001050061',
  onBehalf: 'self',
}
const clerk = 'permit-clerk'

/** The clerk publishes at her desk what the permit opens (居住证暂行条例 Art 14). */
async function publishService(item: string, kind: string, matter: string): Promise<void> {
  const { atDesk, origin, look } = journey
  const desk = await atDesk(clerk)
  await desk.goto(`${origin}/workspace/registers/residence-services`)
  await fill(desk, { kind, item, where: '清溪镇司法所', matter, since: '2026-03-02' })
  await look(desk, 'keep-services')
  await desk.getByRole('button', { name: '保存并公开' }).click()
  await desk.getByRole('cell', { name: item, exact: true }).waitFor()
}

test('with JavaScript: looked up first, filed, one gap told and closed, issued, and the services it opens lead on', async () => {
  const { onPhone, file, send, look, doTask, openTask, submit, origin, openTasks } = journey
  await publishService('法律援助和其他法律服务', 'service', 'legal-aid')
  await publishService('换领、补领居民身份证', 'convenience', '')
  const phone = await onPhone(true)
  await phone.goto(`${origin}/matters/residence-permit/precheck/me`)
  await fill(phone, { elsewhere: 'true', sinceOn: '2025-08-01', ground: 'job' })
  await look(phone, 'precheck')
  await phone.getByRole('button', { name: '查一查' }).click()
  await phone.getByText('符合条件，可以申领。').waitFor()
  await look(phone, 'precheck-answer')
  const { number } = await file(phone, permit)
  const desk = await openTask(clerk, number, '查看材料')
  assert.ok(await desk.locator('[name="eligible"][value="met"]').isChecked(), 'compared with the conditions')
  await fill(desk, { outcome: 'gaps', missing: '租房合同；本人照片。' })
  await look(desk, 'check-papers')
  await submit(desk)
  await phone.goto(`${origin}/cases/${number}`)
  await look(phone, 'gaps')
  assert.match(await phone.locator('main').innerText(), /补充材料告知书/)
  await send(phone, number, 'complete-papers', { note: '合同和照片都补上了。' })
  await doTask(clerk, number, '送公安机关', { body: 'county-police', sentOn: '2026-03-02' })
  await phone.goto(`${origin}/cases/${number}`)
  assert.match(await phone.locator('main').innerText(), /公安机关正在办理/)
  await doTask(clerk, number, '登记制发结果', { outcome: 'issued', issuedOn: '2026-03-02' })
  await phone.goto(`${origin}/cases/${number}`)
  await look(phone, 'issued')
  const opened = phone.getByRole('region', { name: '居住证可以享受的服务和便利' })
  assert.match(await opened.innerText(), /基本公共服务[^]*法律援助和其他法律服务[^]*便利[^]*换领、补领居民身份证/)
  await opened.getByRole('link', { name: /法律援助和其他法律服务/ }).click()
  await phone.getByRole('heading', { level: 1, name: '申请法律援助' }).waitFor()
  // It waits for the month before the first full year, and reminds its holder only.
  assert.deepEqual(await openTasks(number), [])
})

test('without JavaScript: a lost card, its own receipt, the reasons of the police; nobody else finds the holder', async () => {
  const { onPhone, atDesk, file, openByCode, look, doTask, act, origin, openTasks } = journey
  const { number, code } = await file(await onPhone(false), { ...permit, kind: 'replace', loss: 'lost' })
  await act(number, [{ actor: 'post:permit-clerk@service-center', do: 'complete', task: 'CheckPapers', data: { outcome: 'complete' } }])
  await doTask(clerk, number, '送公安机关', { body: 'county-police', sentOn: '2026-03-02' })
  await doTask(clerk, number, '登记制发结果', { outcome: 'refused', reasons: '原证没有登记，请先核对身份。' })
  const elsewhere = await onPhone(false)
  await openByCode(elsewhere, code)
  await look(elsewhere, 'refused')
  assert.match(await elsewhere.locator('main').innerText(), /公安机关未制发[^]*居住证受理回执[^]*未制发告知书/)
  assert.deepEqual(await openTasks(number), [])
  // No list of holders: another window finds neither the case nor the person.
  const other = await atDesk('aid-clerk')
  const answer = await other.goto(`${origin}/workspace/cases/${number}`)
  assert.equal(answer?.status(), 404)
  await other.goto(`${origin}/workspace/counter`)
  await other.getByLabel('姓名（全名）').fill(permit.name)
  await other.getByLabel('电话或身份证号后四位').fill('0031')
  await other.getByRole('button', { name: '查询' }).first().click()
  await other.waitForURL((address) => address.pathname.endsWith('/counter'))
  assert.equal(await other.getByText(number).count(), 0)
})
