// Relief: a house is rebuilt with aid that the village appraises and publishes; winter and spring hardship is counted, paid and published.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fill, type Journey, openJourney } from '../support/journey.ts'

let journey: Journey
before(async () => {
  journey = await openJourney('house-rebuilding-aid')
})
after(() => journey.close())

const house = {
  village: 'shishang-village',
  damage: 'collapsed',
  situation: '暴雨冲塌两间瓦房，现在住在亲戚家。',
  name: '纪长庚',
  phone: '000 0000 0051',
}
const reasons = '房屋倒塌属实，家庭没有其他住房。'
const village = 'shishang-officer'

test('with JavaScript: applied for, appraised and put up in the village, reviewed, approved, paid, and published without a name', async () => {
  const { onPhone, file, openByCode, look, doTask, act, origin, openTasks } = journey
  const phone = await onPhone(true)
  const { number, code } = await file(phone, house)
  await doTask(village, number, '民主评议', { outcome: 'pass', reasons })
  await doTask(village, number, '张榜公示', { beganOn: '2026-03-02', place: '石上村村务公开栏' })
  await phone.goto(`${origin}/cases/${number}`)
  await look(phone, 'put-up')
  assert.match(await phone.locator('main').innerText(), /正在公示/)
  await act(number, [{ at: '2026-03-10T09:00:00+08:00', do: 'advance' }])
  await doTask(village, number, '公示结果', { outcome: 'none' })
  await doTask('relief-clerk', number, '镇审核', { outcome: 'pass', reasons })
  await doTask('relief-head', number, '负责人审签', { outcome: 'sign' })
  await doTask('county-relief-officer', number, '县审批', { outcome: 'pass', reasons })
  await doTask('relief-clerk', number, '登记发放', { amount: '20000', paidOn: '2026-03-10' })
  await doTask(village, number, '公布对象和金额', { publishedOn: '2026-03-10', place: '村务公开栏', use: '倒塌住房重建补助，1户。' })
  // Days later the phone has forgotten; the code opens it again.
  await openByCode(phone, code)
  await look(phone, 'paid')
  assert.match(await phone.locator('main').innerText(), /已发放补助/)
  await phone.goto(`${origin}/villages/shishang-village`)
  await look(phone, 'village')
  const shown = await phone.locator('main').innerText()
  assert.match(shown, /20,?000[^]*倒塌住房重建补助，1户/)
  assert.doesNotMatch(shown, /纪长庚/)
  assert.deepEqual(await openTasks(number), [])
})

test('without JavaScript: the village does not agree, and says why and where to turn', async () => {
  const { onPhone, file, openByCode, look, doTask, openTasks } = journey
  const { number, code } = await file(await onPhone(false), { ...house, damage: 'general' })
  await doTask(village, number, '民主评议', { outcome: 'fail', reasons: '只掉了几片瓦，不属于严重损坏。' })
  const elsewhere = await onPhone(false)
  await openByCode(elsewhere, code)
  await look(elsewhere, 'not-appraised')
  assert.match(await elsewhere.locator('main').innerText(), /未获补助，已告知理由[^]*评议结果告知书/)
  assert.deepEqual(await openTasks(number), [])
})

test('winter and spring: opened for a village, counted there, checked, planned, given, published; anybody reads it without scripts', async () => {
  const { onPhone, atDesk, look, doTask, origin, openTasks } = journey
  const desk = await atDesk('relief-clerk')
  await desk.goto(`${origin}/workspace/intake?procedure=winter-spring-aid`)
  await fill(desk, { village: 'shishang-village', year: '2026', reporter: '石上村民委员会' })
  await look(desk, 'intake')
  await desk.getByRole('button', { name: '登记并出回执' }).click()
  await desk.waitForURL(/\/intake\/filed/)
  const number = /DC26-[0-9A-Z]{4}-[0-9A-Z]{3}/.exec(await desk.locator('main').innerText())?.[0] ?? ''
  await doTask(village, number, '逐户摸底统计', { households: '12', people: '31', food: '口粮900斤，棉被20床。' })
  await doTask('relief-clerk', number, '核对、建台账', { outcome: 'right', how: '入户抽查5户，属实。' })
  await doTask('relief-head', number, '审签台账', { outcome: 'sign' })
  await doTask('county-relief-officer', number, '确定救助方案', { outcome: 'aid', words: '口粮900斤、棉被20床。' })
  const title = '石上村2026年冬春救助款物来源和用途'
  const use = '口粮900斤、棉被20床，发给12户。'
  await doTask('relief-clerk', number, '登记发放', { title, source: '县级救灾资金', amount: '6000', use, givenOn: '2026-03-10' })
  await doTask(village, number, '村里张榜公布', { postedOn: '2026-03-10', place: '石上村村务公开栏' })
  assert.deepEqual(await openTasks(number), [])
  await desk.goto(`${origin}/workspace/registers/relief-donations`)
  await fill(desk, {
    source: '爱心人士',
    receivedOn: '2026-03-10',
    kind: 'goods',
    item: '棉被',
    quantity: '20',
    unit: '床',
    used: '20',
    use: '发给石上村12户',
  })
  await look(desk, 'keep-donations')
  await desk.getByRole('button', { name: '保存并公开' }).click()
  await desk.getByRole('cell', { name: '爱心人士', exact: true }).waitFor()
  const phone = await onPhone(false)
  await phone.goto(`${origin}/open/items/${number}`)
  await look(phone, 'item')
  assert.match(await phone.locator('main').innerText(), new RegExp(`${title}[^]*${use}`))
  await phone.goto(`${origin}/registers/relief-donations`)
  await look(phone, 'donations')
  assert.match(await phone.locator('main').innerText(), /爱心人士[^]*棉被[^]*发给石上村12户/)
})
