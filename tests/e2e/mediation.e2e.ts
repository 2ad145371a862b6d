// A mediation: one neighbour asks on her phone, the other answers with a code of his own, both sign, the mediator seals it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { codeOn, fill, type Journey, openJourney } from '../support/journey.ts'

let journey: Journey
before(async () => {
  journey = await openJourney('mediation')
})
after(() => journey.close())

const matter = {
  kind: 'neighbour',
  subject: '两家排水沟的纠纷',
  description: '邻居翻修院墙时占了排水沟，下雨水流进我家。',
  claim: '恢复排水沟，赔偿泡坏的粮食。',
  village: 'shishang-village',
  name: '罗青',
  phone: '000 0000 0041',
  respondentName: '陶小暑',
  respondentPhone: '000 0000 0042',
}
const agreement = {
  facts: '院墙翻修占用排水沟，雨水倒灌。',
  clauses: ['restore', 'pay', 'release', 'costs'],
  amount: '800',
  payer: 'respondent',
  object: '两家之间的排水沟',
  performBy: '2026-04-30',
  terms: '无',
}

/** The other side comes to the counter with his card and gets a code of his own. */
async function codeForOtherSide(number: string): Promise<string> {
  const { atDesk, origin, look } = journey
  const desk = await atDesk('mediation-clerk')
  await desk.goto(`${origin}/workspace/cases/${number}/access`)
  await desk.getByText('发给或者补发回执码').click()
  await desk.locator('#code-party').selectOption({ label: '被申请人 陶小暑' })
  await desk.getByLabel('怎样核对了身份').fill('本人到场，出示身份证')
  await look(desk, 'work-access')
  await desk.getByRole('button', { name: '出码并打印' }).click()
  await desk.getByRole('heading', { level: 1 }).filter({ hasText: '回执单' }).waitFor()
  await look(desk, 'code-slip')
  return codeOn(desk)
}

/** The same from the search at the counter: found by his own name, he gets his own code and not the applicant's. */
async function codeFromCounter(number: string): Promise<string> {
  const { atDesk, origin, look } = journey
  const desk = await atDesk('mediation-clerk')
  await desk.goto(`${origin}/workspace/counter`)
  await desk.getByLabel('姓名（全名）').fill('陶小暑')
  await desk.getByLabel('电话或身份证号后四位').fill('0042')
  await desk.getByRole('button', { name: '查询' }).first().click()
  // He is a party of more than one case: this one.
  const found = desk.locator('.xl-message').filter({ hasText: number })
  await found.getByText('补发回执码').click()
  await found.getByLabel('核对了什么').fill('本人出示身份证')
  await look(desk, 'counter-found')
  await found.getByRole('button', { name: '补发' }).click()
  await desk.getByRole('heading', { level: 1, name: '补发的回执码' }).waitFor()
  return codeOn(desk)
}

/** A name in strokes, drawn with the mouse in the box. */
async function draw(page: Page): Promise<void> {
  const box = page.locator('.xl-sign svg')
  await box.scrollIntoViewIfNeeded()
  const frame = await box.boundingBox()
  assert.ok(frame)
  const stroke = async (points: [number, number][]) => {
    for (const [index, [x, y]] of points.entries()) {
      await page.mouse.move(frame.x + x * frame.width, frame.y + y * frame.height)
      if (index === 0) await page.mouse.down()
    }
    await page.mouse.up()
  }
  await stroke([
    [0.1, 0.3],
    [0.2, 0.25],
    [0.3, 0.35],
    [0.25, 0.55],
    [0.15, 0.75],
  ])
  await stroke([
    [0.4, 0.2],
    [0.5, 0.3],
    [0.47, 0.6],
    [0.55, 0.75],
    [0.65, 0.45],
  ])
}

test('with JavaScript: both agree, meet, sign on the screen, and the agreement is numbered and sealed', async () => {
  const { onPhone, file, openByCode, look, send, doTask, openTask, submit, origin, atDesk, openTasks } = journey
  const hers = await onPhone(true)
  const { number } = await file(hers, matter)
  await doTask('mediation-clerk', number, '看能不能调解', { outcome: 'mediate', track: 'people' })
  const his = await onPhone(true)
  await openByCode(his, await codeForOtherSide(number))
  await look(his, 'invited')
  await send(his, number, 'answer', { answer: 'agree', open: 'closed' })
  await doTask('mediation-clerk', number, '确定调解员', { mediator: 'mediator-an', how: 'assigned' })
  await doTask('mediator', number, '调解员声明有无利害关系', { outcome: 'none' })
  await doTask('mediator', number, '告知权利义务', { how: 'oral', toldOn: '2026-03-02' })
  await doTask('mediator', number, '约时间地点', { on: '2026-03-02', time: '14:30', minutes: '90', place: '清溪镇司法所调解室' })
  await doTask('mediator', number, '主持调解并记录', { heldOn: '2026-03-02', record: '双方当面谈了一个半小时。', outcome: 'written' })
  const desk = await openTask('mediator', number, '拟写调解协议')
  for (const clause of agreement.clauses) await desk.locator(`[name="clauses"][value="${clause}"]`).check()
  const { clauses: _, ...words } = agreement
  await fill(desk, words)
  await look(desk, '拟写调解协议')
  await submit(desk)
  for (const [page, name] of [
    [hers, '罗青'],
    [his, '陶小暑'],
  ] as const) {
    await page.goto(`${origin}/cases/${number}`)
    await page
      .getByRole('link', { name: '签署协议' })
      .or(page.getByRole('button', { name: '签署协议' }))
      .first()
      .click()
    await page.getByRole('heading', { level: 1, name: '签署协议' }).waitFor()
    await fill(page, { method: 'drawn', signedName: name })
    await draw(page)
    await look(page, 'sign')
    await page.getByRole('button', { name: '签署协议', exact: true }).click()
    await page.waitForURL(/\?done/)
  }
  await doTask('mediator', number, '调解员签名', { method: 'post', signedOn: '2026-03-02', understood: true })
  await hers.goto(`${origin}/cases/${number}`)
  await look(hers, 'agreed')
  assert.match(await hers.locator('main').innerText(), /调解协议书/)
  await hers.getByRole('link', { name: '评价这次办理' }).click()
  await hers.locator('[name="rating"][value="5"]').check()
  await look(hers, 'rating')
  await hers.locator('main form button').first().click()
  await hers.getByRole('heading', { level: 1 }).waitFor()
  const clerk = await atDesk('mediation-clerk')
  await clerk.goto(`${origin}/workspace/cases/${number}`)
  await look(clerk, 'work-case')
  assert.deepEqual(await openTasks(number), [])
})

test('without JavaScript: asked for on a phone, refused by the other side, and told where else to go', async () => {
  const { onPhone, file, openByCode, look, send, act, origin, openTasks } = journey
  const hers = await onPhone(false)
  const { number } = await file(hers, matter)
  await act(number, [{ actor: 'post:mediation-clerk@justice', do: 'complete', task: 'Screen', data: { outcome: 'mediate', track: 'people' } }])
  const his = await onPhone(false)
  await openByCode(his, await codeFromCounter(number))
  await send(his, number, 'answer', { answer: 'refuse' })
  await hers.goto(`${origin}/cases/${number}`)
  await look(hers, 'refused')
  assert.match(await hers.locator('main').innerText(), /对方不同意调解/)
  assert.deepEqual(await openTasks(number), [])
})
