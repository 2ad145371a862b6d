// Practical projects: proposed, merged or screened with reasons, voted on once, built in public with money and photographs, rated, reported.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { loadCase } from '#kernel/cases/load-case.ts'
import { type Act, fill, type Journey, openJourney } from '../support/journey.ts'

let journey: Journey
before(async () => {
  journey = await openJourney('practical-project')
})
after(() => journey.close())

const shelter = {
  village: 'shishang-village',
  subject: '石上村口装候车亭',
  description: '下雨天等车没有地方躲，老人孩子多。',
  name: '林小满',
  phone: '000 0000 0001',
}
const same = { ...shelter, subject: '村口车站加个雨棚', name: '秦小舟', phone: '000 0000 0002' }
const clerk = 'post:project-clerk'
const builder = 'post:handler@village-construction'
const done = (task: string, actor: string, data: Record<string, unknown>, more: Partial<Act> = {}): Act => ({
  actor,
  do: 'complete',
  task,
  data,
  ...more,
})

const photo = () =>
  sharp({ create: { width: 320, height: 240, channels: 3, background: '#8899aa' } })
    .png()
    .toBuffer()

/** A resident with an account of her own, signed in. */
async function resident(script: boolean, name: string): Promise<Page> {
  const { town, origin, onPhone } = journey
  const [email, password] = [`${name}@example.com`, 'clear brook 2026 over stones']
  await town.installation.identityOf(town.tenant).createUser({ email, password, name, kind: 'resident' })
  const page = await onPhone(script)
  await page.goto(`${origin}/sign-in`)
  await fill(page, { email, password })
  await page.locator('main form').getByRole('button', { name: '登录' }).first().click()
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'))
  return page
}

/** Opens the vote from its list and hands in a paper; what the page says then. */
async function vote(page: Page, question: string, choice: string): Promise<void> {
  const { origin, look } = journey
  await page.goto(`${origin}/votes`)
  await look(page, 'votes')
  await page.getByRole('link', { name: question }).click()
  await page.getByRole('heading', { level: 1, name: question }).waitFor()
  await page.getByLabel(choice).check()
  await look(page, 'ballot')
  await page.getByRole('button', { name: '交票' }).click()
  await page.getByText('您的票已经交了').waitFor()
}

test('with JavaScript: proposed, screened, built in public with its cost, and rated', async () => {
  const { onPhone, file, doTask, openTask, submit, act, look, send, origin, openTasks } = journey
  const phone = await onPhone(true)
  const { number } = await file(phone, shelter)
  await doTask('project-clerk', number, '合并、筛选', {
    outcome: 'shortlist',
    reasons: '受益多，占地已落实。',
    benefit: '石上村和过路群众约八百人。',
    funds: '约三万元，镇本级预算。',
  })
  await doTask('congress-clerk', number, '登记票决结果', { outcome: 'chosen', office: 'village-construction' })
  await doTask('village-construction-handler', number, '实施计划', { work: '石上村口建候车亭一座', budget: '30000', until: '2026-09-30' })
  const desk = await openTask('village-construction-handler', number, '报告进度')
  await fill(desk, { stage: 'half', state: '地基完成，正在立柱。', paid: '12000' })
  await desk.locator('input[type="file"][name="photos"]').setInputFiles({ name: '立柱.png', mimeType: 'image/png', buffer: await photo() })
  await look(desk, '报告进度')
  await submit(desk)
  // Anybody follows it without an account; the proposer sees the photograph too.
  const anyone = await onPhone(true)
  await anyone.goto(`${origin}/requests/${number}`)
  await look(anyone, 'public')
  const open = await anyone.locator('main').innerText()
  for (const words of [/地基完成，正在立柱/, /12,?000/, /30,?000/]) assert.match(open, words)
  assert.doesNotMatch(open, /林小满/)
  await phone.goto(`${origin}/cases/${number}`)
  await phone.getByRole('link', { name: '立柱.png' }).waitFor()
  await look(phone, 'under-way')
  await act(number, [done('Progress', builder, { stage: 'finished', state: '候车亭已建成，灯已通电。', paid: 28500 })])
  await doTask('project-clerk', number, '验收', { outcome: 'good', acceptance: '质量合格，村民代表参加验收。', spent: '28500' })
  await send(phone, number, 'rate', { satisfied: 'yes', words: '很好，谢谢。' })
  await phone.goto(`${origin}/cases/${number}`)
  await look(phone, 'rated')
  assert.deepEqual(await openTasks(number), [])
})

test('without JavaScript: merged with another and told why', async () => {
  const { onPhone, file, doTask, openByCode, look, openTasks } = journey
  const phone = await onPhone(false)
  const { number, code } = await file(phone, same)
  await doTask('project-clerk', number, '合并、筛选', { outcome: 'merge', reasons: '和村口装候车亭是同一件事，合在一起办。' })
  await openByCode(phone, code)
  await look(phone, 'merged')
  assert.match(await phone.locator('main').innerText(), /和村口装候车亭是同一件事/)
  assert.deepEqual(await openTasks(number), [])
})

test('the yearly round: one person one vote, with and without JavaScript, counted without names, and reported', async () => {
  const { enter, act, doTask, origin, look, town, caseOf, onPhone } = journey
  const number = await enter('project-clerk', 'practical-projects-round', {
    year: '2026',
    call: '请说说今年最该办的实事。',
    organizer: '清溪镇人民政府',
  })
  await act(number, [
    { at: '2026-03-18T00:10:00+08:00', do: 'advance' },
    done('Shortlist', clerk, {
      candidates: '修石上村村道三百米\n镇卫生院加装电梯\n赶集日加开一班公交',
      screening: '共收到建议二十六条，合并为九条；六条因资金没有落实，建议明年再议。',
      opensOn: '2026-03-23',
      closesOn: '2026-04-05',
    }),
  ])
  await doTask('town-head', number, '审核候选项目', { outcome: 'sign' })
  await act(number, [{ at: '2026-03-23T09:00:00+08:00', do: 'advance' }])
  const question = '2026年您最希望办哪几件实事？'
  const hers = await resident(true, 'lin')
  await vote(hers, question, '镇卫生院加装电梯')
  const his = await resident(false, 'qin')
  await vote(his, question, '赶集日加开一班公交')
  for (const page of [hers, his]) {
    await page.goto(`${origin}/votes/${await ballotOf(number)}`)
    assert.equal(await page.getByRole('button', { name: '交票' }).count(), 0, 'nobody votes a second time')
    assert.match(await page.locator('main').innerText(), /您在这里投过票了/)
  }
  await act(number, [
    { at: '2026-04-06T00:10:00+08:00', do: 'advance' },
    done(
      'Congress',
      'post:congress-clerk',
      { heldOn: '2026-04-15', entitled: 61, present: 55, inFavour: 50, against: 3, abstained: 2, chosen: '镇卫生院加装电梯（六月底）' },
      { at: '2026-04-15T15:00:00+08:00' },
    ),
  ])
  await doTask('project-clerk', number, '年度报告', { words: '项目完工。', spent: '312000', rating: '共一百二十人评价，满意一百一十人。' })
  await doTask('congress-clerk', number, '人大评议年度报告', { outcome: 'sign' })
  const anyone = await onPhone(true)
  await anyone.goto(`${origin}/votes/${await ballotOf(number)}`)
  await look(anyone, 'vote-result')
  assert.match(await anyone.locator('main').innerText(), /只有 2 人投票/)
  const { row } = await loadCase(town.ctx, (await caseOf(number)).caseId)
  assert.deepEqual([row.status, row.outcome], ['closed', 'Reported'])
})

/** The ballot that the round opened. */
async function ballotOf(number: string): Promise<string> {
  const { town, caseOf } = journey
  const { content } = await loadCase(town.ctx, (await caseOf(number)).caseId)
  return String(content['OpenVote']?.['ballot'])
}
