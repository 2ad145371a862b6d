// A major decision: a resident proposes it, others comment on paragraphs of the draft, each opinion is answered and its author sees it, and the decision is published.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type Act, codeOn, fill, type Journey, openJourney } from '../support/journey.ts'

let journey: Journey
before(async () => {
  journey = await openJourney('major-decision')
})
after(() => journey.close())

const title = '清溪镇早市设置办法（草案）'
const proposal = { source: 'citizen', title: '在镇区划设早市', need: '老人卖菜没有固定地方，占道又不安全。', name: '闻远', phone: '000 0000 0071' }
const study = { inScope: 'catalogue', item: '农贸市场、早市的设置和调整', necessity: '涉及镇区居民，有必要。', advice: 'start' }
const start = { outcome: 'start', office: 'village-construction', reasons: '符合目录标准。' }
const draft = {
  title,
  draft: '第一条 为了方便群众，在前街设早市。\n第二条 早市每天六点开、九点收。',
  basis: '《城市市容和环境卫生管理条例》。',
  research: '走访摊主20户。',
  costs: '每年保洁经费3万元。',
  alternatives: '无重大分歧',
  consulted: '已征求农业农村办、综合办意见，一致同意。',
}
const release = { outcome: 'release', notes: '为了方便群众卖菜买菜。', contact: '清溪镇前街1号综合办', period: 'full' }
const adoption = { summary: '共收到意见3条，采纳2条。', changes: '开市时间改为五点半。', affected: '与摊主代表座谈一次。' }
const answer = '采纳。开市时间改为五点半，收市时间不变。'

const handler = 'post:handler@village-construction'
const head = 'post:office-head@village-construction'
const on = (day: string) => ({ at: `2026-${day}T09:00:00+08:00` })
const done = (task: string, actor: string, data: Record<string, unknown>, more: Partial<Act> = {}): Act => ({
  actor,
  do: 'complete',
  task,
  data,
  ...more,
})

/** From the answers to the signature: each gate in its order. */
const gates: Act[] = [
  done('NeedMore', head, { experts: false, risk: false, reasons: '不涉及专业技术问题，没有不利影响。' }, on('04-14')),
  done('Submit', handler, { final: draft.draft, basis: '已公开征求意见三十日。', submitter: '清溪镇村镇建设办公室' }, on('04-15')),
  done('Accept', 'post:justice-officer@justice', { outcome: 'complete' }, { ...on('04-16'), case: 'legality' }),
  done(
    'Review',
    'post:justice-officer@justice',
    { authority: 'lawful', procedure: 'lawful', substance: 'lawful', outcome: 'passed', reasons: '逐条审查，没有问题。' },
    { ...on('04-27'), case: 'legality' },
  ),
  done('CheckReview', 'post:legality-head@justice', { outcome: 'sign' }, { case: 'legality' }),
  done('Convene', 'post:decision-clerk@general-office', {
    meetingOn: '2026-04-28',
    members: ['council-member-1', 'council-member-2', 'council-member-3'],
    papers: true,
  }),
  ...[1, 2].map((n) =>
    done('Vote', `post:council-member-${n}`, { position: 'agree', words: `第${n}位的意见。` }, { instance: n, ...(n === 1 ? on('04-28') : {}) }),
  ),
]

/** Comments on one paragraph of the draft, from the list of what is open. The code that opens the answer. */
async function comment(page: Page, paragraph: number, words: string): Promise<string> {
  const { origin, look } = journey
  await page.goto(`${origin}/consultations`)
  await look(page, 'consultations')
  await page.getByRole('link', { name: title }).click()
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  await look(page, 'draft')
  await page.locator(`#p${paragraph}`).getByRole('link', { name: '对这一段提意见' }).click()
  await page.getByRole('heading', { level: 1 }).filter({ hasText: '提意见' }).waitFor()
  await fill(page, { words })
  await look(page, 'comment')
  await page.getByRole('button', { name: '提交意见' }).click()
  await page.getByRole('heading', { level: 1 }).filter({ hasText: '意见已经收到' }).waitFor()
  await look(page, 'commented')
  return codeOn(page)
}

/** The desk: the opinions chosen become one group, and the group one reasoned answer. */
async function answerTogether(number: string): Promise<void> {
  const { atDesk, origin, look } = journey
  const desk = await atDesk('village-construction-handler')
  await desk.goto(`${origin}/workspace/consultations/${number}`)
  await look(desk, 'opinions')
  for (const opinion of ['1', '2']) await desk.locator(`input[name="number"][value="${opinion}"]`).check()
  await desk.getByLabel('新的一组，一句话概括').fill('六点太晚，建议早一点')
  await desk.getByRole('button', { name: '把勾选的归入' }).click()
  await desk.getByText('已归入 2 条').waitFor()
  const group = desk.locator('details').filter({ hasText: '六点太晚，建议早一点' })
  await group.locator('summary').click()
  await group.getByLabel('采纳情况').selectOption({ label: '采纳' })
  await group.getByLabel('答复和理由').fill(answer)
  await look(desk, 'answering')
  await group.getByRole('button', { name: '答复这一组' }).click()
  await desk.getByText('已答复，通知了').waitFor()
}

/** The author comes back with her code. */
async function readAnswer(page: Page, code: string): Promise<string> {
  const { origin, look } = journey
  await page.goto(`${origin}/consultations/mine`)
  await page.getByLabel('查询码').fill(code)
  await page.getByRole('button', { name: '查看' }).click()
  await page.getByRole('heading', { level: 2, name: '答复' }).waitFor()
  await look(page, 'own-opinion')
  return page.locator('main').innerText()
}

test('the catalogue of what counts as a major decision is kept by its post and read by everybody', async () => {
  const { atDesk, onPhone, origin, look } = journey
  const desk = await atDesk('decision-clerk')
  await desk.goto(`${origin}/workspace/registers/decision-items`)
  await fill(desk, {
    office: 'general-office',
    item: study.item,
    criteria: '涉及镇区多数居民，或者投资五十万元以上。',
    agreedOn: '2026-01-12',
    validFrom: '2026-02-01',
  })
  await look(desk, 'keep-catalogue')
  await desk.getByRole('button', { name: '保存并公开' }).click()
  await desk.getByRole('cell', { name: study.item, exact: true }).waitFor()
  const phone = await onPhone(false)
  await phone.goto(`${origin}/registers/decision-items`)
  await look(phone, 'catalogue')
  assert.match(await phone.locator('main').innerText(), /农贸市场、早市的设置和调整/)
})

test('proposed on a phone, commented on with and without JavaScript, each opinion answered, the decision and the dissent on record', async () => {
  const { onPhone, file, doTask, act, look, origin, atDesk, openTask, submit } = journey
  const hers = await onPhone(true)
  const { number } = await file(hers, proposal)
  await doTask('decision-clerk', number, '研究论证建议', study)
  await doTask('town-head', number, '决定是否启动', start)
  await doTask('village-construction-handler', number, '拟订决策草案', draft)
  await doTask('village-construction-head', number, '审核草案、公开征求意见', release)
  const his = await onPhone(false)
  const code = await comment(hers, 2, '六点太晚，上班前来不及买菜，建议五点半。')
  const other = await comment(his, 2, '同意设早市，时间能不能早一点。')
  await comment(his, 1, '前街路窄，放在后街行不行。')
  await act(number, [{ ...on('04-10'), do: 'advance' }, done('NeedHearing', head, { hearing: false, reasons: '没有较大分歧。' })])
  await answerTogether(number)
  // The third one still waits: the case does not go on without its answer.
  const waiting = await openTask('village-construction-handler', number, '逐条研究、答复意见')
  await fill(waiting, adoption)
  await waiting.getByRole('button', { name: '提交', exact: true }).click()
  await waiting.getByRole('alert').waitFor()
  await look(waiting, 'not-all-answered')
  await act(number, [{ actor: handler, do: 'answer', data: { title: '建议放在后街', result: 'not-adopted', answer: '后街是消防通道，不能占用。' } }])
  await doTask('village-construction-handler', number, '逐条研究、答复意见', adoption)
  for (const [page, own] of [
    [hers, code],
    [his, other],
  ] as const)
    assert.match(await readAnswer(page, own), new RegExp(answer))
  await act(number, gates)
  await doTask('council-member-3', number, '班子成员发表意见', { position: 'oppose', words: '后街更合适，我不同意。' })
  await doTask('town-head', number, '镇长末位发言、作出决定', { outcome: 'adopt', reasons: '多数同意，方案可行。' })
  await act(number, [
    done('Report', 'post:decision-clerk@general-office', { outcome: 'agreed', reportedOn: '2026-04-28' }),
    done('Sign', 'post:town-head@town', { confirmed: true }),
  ])
  const desk = await openTask('decision-clerk', number, '公布决策并解读')
  await fill(desk, {
    explanation: '早市设在前街，每天五点半到九点。',
    executor: 'village-construction',
    task: '前街早市划线、开市',
    due: '2026-09-30',
  })
  await look(desk, '公布决策并解读')
  await submit(desk)
  await hers.goto(`${origin}/consultations/${number}/opinions`)
  await look(hers, 'answers')
  assert.match(await hers.locator('main').innerText(), /后街是消防通道/)
  await hers.goto(`${origin}/open/items/${number}`)
  await look(hers, 'decision-published')
  assert.match(await hers.locator('main').innerText(), /早市设在前街，每天五点半到九点/)
  await hers.goto(`${origin}/promises`)
  await look(hers, 'promises')
  assert.match(await hers.locator('main').innerText(), /前街早市划线、开市/)
  const record = await atDesk('decision-clerk')
  await record.goto(`${origin}/workspace/cases/${number}`)
  await look(record, 'work-case')
  const vote = record.locator('details').filter({ hasText: '后街更合适，我不同意' })
  await vote.locator('summary').click()
  await vote.getByText('后街更合适，我不同意').waitFor()
})
