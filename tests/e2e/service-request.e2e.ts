// A report to 12345: filed on a phone, sent on by the rule table, answered with a promise, disputed, done again by somebody else, rated,
// and all of it to be seen on the public pages, which count nothing as solved before its person has said so.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { type Act, type Journey, openJourney } from '../support/journey.ts'
import { makeTemporaryFolder } from '../support/temporary.ts'

let journey: Journey
let photo = ''
before(async () => {
  journey = await openJourney('service-request')
  photo = join(makeTemporaryFolder('photo'), 'lamp.jpg')
  writeFileSync(
    photo,
    await sharp({ create: { width: 320, height: 240, channels: 3, background: { r: 40, g: 40, b: 60 } } })
      .jpeg()
      .toBuffer(),
  )
})
after(() => journey.close())

const report = {
  category: 'streetlight',
  lampFault: 'off',
  lampNumber: 'A-12',
  description: '村口的路灯坏了三天，晚上看不见路。',
  village: 'shishang-village',
  place: '石上村小学门口',
  name: '林小满',
  phone: '000 0000 0001',
}
const work = { contact: 'phone', contactedOn: '2026-03-02', done: '到现场查看，换了灯泡，线路还要换。' }
const promised = {
  ...work,
  result: 'planned',
  answer: '灯泡已经换好，老化的线路四月底前换完。',
  publicAnswer: '灯泡已换，线路四月底前换完。',
  promise: '更换学校门口三盏路灯的线路。',
  promisedOn: '2026-04-30',
}
const clerk = 'post:hotline-clerk@service-center'
const handler = 'post:village-construction-handler'
const head = 'post:office-head@village-construction'
const answered: Act[] = [
  { actor: clerk, do: 'complete', task: 'Receive', data: { outcome: 'dispatch' } },
  { actor: clerk, do: 'complete', task: 'Dispatch', data: { office: 'village-construction', basis: '派单目录第1行。' } },
  { actor: handler, do: 'complete', task: 'AcceptOrder', data: { outcome: 'accept' } },
  { actor: handler, do: 'complete', task: 'Handle', data: { ...work, result: 'solved', answer: '路灯修好了。', publicAnswer: '路灯已修好。' } },
  { actor: head, do: 'complete', task: 'CheckAnswer', data: { outcome: 'approve' } },
]

/** The public page of the request: its words, looked at. */
async function publicPage(page: Page, number: string, name: string): Promise<string> {
  await page.goto(`${journey.origin}/requests/${number}`)
  await journey.look(page, name)
  return page.locator('main').innerText()
}

/** What the public figures say of street lamps: each column's count, or “not shown”. */
async function countsOfLamps(page: Page): Promise<Record<string, string>> {
  await page.goto(`${journey.origin}/figures/requests`)
  const table = page.getByRole('region', { name: '按类别' }).or(page.locator('section[aria-label="按类别"]')).locator('table')
  const columns = await table.locator('thead th').allInnerTexts()
  const row = table.locator('tbody tr').filter({ has: page.getByRole('rowheader', { name: '路灯', exact: true }) })
  const cells = await row.locator('th, td').allInnerTexts()
  return Object.fromEntries(columns.map((column, index) => [column.trim(), cells[index]?.trim() ?? '']))
}

test('with JavaScript: sent on by the directory, promised with a date, disputed, done again by another officer, solved and rated', async () => {
  const { onPhone, file, look, send, doTask, openTask, submit, atDesk, origin, openTasks, play } = journey
  const phone = await onPhone(true)
  const { number } = await file(phone, { ...report, photos: photo })
  await doTask('hotline-clerk', number, '受理', { outcome: 'dispatch' })
  const desk = await openTask('hotline-clerk', number, '派单')
  // What the dispatch directory says stands in the form; the clerk only agrees.
  assert.equal(await desk.locator('[name="office"]').inputValue(), 'village-construction')
  assert.match(await desk.locator('[name="basis"]').inputValue(), /派单目录第1行/)
  await look(desk, '派单')
  await submit(desk)
  await doTask('village-construction-handler', number, '接单', { outcome: 'accept' })
  await doTask('village-construction-handler', number, '办理', promised)
  await doTask('village-construction-head', number, '核对答复', { outcome: 'approve' })

  assert.match(await publicPage(phone, number, 'public-promised'), /答应了，还没做完[^]*更换学校门口三盏路灯的线路。[^]*2026年4月30日[^]*还没到期/)
  await phone.goto(`${origin}/promises`)
  await look(phone, 'promises')
  assert.match(await phone.locator('main').innerText(), /更换学校门口三盏路灯的线路/)

  await phone.goto(`${origin}/cases/${number}`)
  await look(phone, 'answered')
  // The matter is called by what she wrote, not by the number of the lamp.
  assert.match(await phone.locator('h1').innerText(), /村口的路灯坏了三天/)
  const told = await phone.locator('main').innerText()
  assert.match(told, /请告诉我们您认不认可/)
  assert.match(told, /诉求办理答复书/)
  await send(phone, number, 'dispute', { reasons: '灯只亮了一晚又坏了。' })
  assert.match(await phone.locator('main').innerText(), /督查人员正在复核/)
  assert.match(await publicPage(phone, number, 'public-disputed'), /提出人不认可/)

  // Four more people dispute theirs: from five on the figure is shown, and none of the five is solved.
  for (const name of ['甲', '乙', '丙', '丁']) {
    const { name: _, ...other } = report
    await play([
      { actor: 'resident:other', do: 'file', data: { ...other, name: `邻居${name}`, publishWords: false } },
      ...answered,
      { actor: 'resident:other', do: 'message', name: 'dispute', data: { reasons: '还是不亮。' } },
    ])
  }
  const counts = await countsOfLamps(phone)
  assert.equal(counts['提出人不认可'], '5')
  assert.equal(counts['已解决'], '0')
  assert.equal(counts['合计'], '5')
  await look(phone, 'figures')

  await doTask('supervisor', number, '复核', { outcome: 'rework', reasons: '现场灯仍不亮。' })
  // Whoever handled it before reads that it is not hers, and has nothing to fill in.
  const before = await openTask('village-construction-handler', number, '换人重办')
  await before.getByText('您办过这件事前面的一步').waitFor()
  assert.equal(await before.getByRole('button', { name: '提交', exact: true }).count(), 0)
  await look(before, 'not-for-the-first-officer')
  const second = await atDesk('village-construction-handler-2')
  await second.goto(`${origin}/workspace`)
  await second.getByRole('link', { name: number }).first().waitFor()
  await doTask('village-construction-handler-2', number, '换人重办', {
    done: '更换了线路和灯具。',
    answer: '线路已经一起换掉，今晚起正常亮灯。',
    agreed: true,
  })
  // She agreed, but what was promised is not done yet: that is what the public page says.
  assert.match(await publicPage(phone, number, 'public-agreed'), /答应了，还没做完/)
  await doTask('village-construction-handler-2', number, '兑现承诺', { doneOn: '2026-03-02', done: '三盏路灯的线路全部更换。' })
  assert.deepEqual(await openTasks(number), [])
  const shown = await publicPage(phone, number, 'public-solved')
  assert.match(shown, /已解决[^]*按时做完/)
  assert.doesNotMatch(shown, /林小满|000 0000 0001|看不见路/)
  await phone.goto(`${origin}/requests?standing=solved`)
  await phone.getByRole('heading', { level: 2, name: '共1件' }).waitFor()
  await look(phone, 'public-list')
  // One of five is solved now: neither the one nor the four may be told apart.
  const later = await countsOfLamps(phone)
  assert.equal(later['提出人不认可'], '不公布')
  assert.equal(later['已解决'], '不公布')

  await phone.goto(`${origin}/cases/${number}`)
  await look(phone, 'solved')
  await phone.getByRole('link', { name: '评价这次办理' }).click()
  await phone.getByRole('heading', { level: 1, name: '评价这次办理' }).waitFor()
  await phone.locator('[name="rating"][value="4"]').check()
  await phone.getByRole('button', { name: '提交评价' }).click()
  await phone.getByText('您的评价：满意').waitFor()
})

test('without JavaScript: nobody answers, the call-back hears “no”, another officer solves it, and it is rated', async () => {
  const { onPhone, file, openByCode, look, doTask, act, atDesk, origin, openTasks } = journey
  const phone = await onPhone(false)
  const { number, code } = await file(phone, { ...report, photos: photo })
  await act(number, answered)
  await openByCode(phone, code)
  await look(phone, 'answered-without-script')
  assert.match(await phone.locator('main').innerText(), /请告诉我们您认不认可/)
  assert.match(await publicPage(phone, number, 'public-answered'), /已答复/)
  // Five working days without a word: the hotline calls.
  await act(number, [{ at: '2026-03-10T09:00:00+08:00', do: 'advance' }])
  await doTask('hotline-clerk', number, '回访', { outcome: 'disputed', words: '灯还是不亮。' })
  assert.match(await publicPage(phone, number, 'public-disputed'), /提出人不认可/)
  await doTask('supervisor', number, '复核', { outcome: 'rework', reasons: '现场灯仍不亮。' })
  await doTask('village-construction-handler-2', number, '换人重办', { done: '更换了灯具。', answer: '已经修好。', agreed: true })
  assert.deepEqual(await openTasks(number), [])
  const clerkDesk = await atDesk('hotline-clerk')
  await clerkDesk.goto(`${origin}/workspace/cases/${number}`)
  await look(clerkDesk, 'work-case')
  assert.match(await publicPage(phone, number, 'public-solved'), /已解决/)
  // Days later the phone has forgotten; the code opens it again.
  await openByCode(phone, code)
  await phone.getByRole('link', { name: '评价这次办理' }).click()
  await phone.getByRole('heading', { level: 1, name: '评价这次办理' }).waitFor()
  await phone.locator('[name="rating"][value="5"]').check()
  await phone.getByRole('button', { name: '提交评价' }).click()
  await phone.waitForURL(/rating\?done/)
  assert.match(await phone.locator('main').innerText(), /您的评价：非常满意/)
})
