// Open government information: asked for, told once what is unclear, answered with a document and a remedy; and what is published is found.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import sharp from 'sharp'
import { fill, type Journey, openJourney } from '../support/journey.ts'

let journey: Journey
before(async () => {
  journey = await openJourney('disclosure-request')
})
after(() => journey.close())

const request = {
  content: '2025年石上村道路硬化工程的合同和验收单。',
  form: 'electronic',
  delivery: 'platform',
  name: '闻远',
  phone: '000 0000 0061',
  electronicService: true,
}
const gaps = '请写明是哪一期工程：2025年修了两期。'

/** A page of a contract, as it comes from a scanner. */
const scan = () =>
  sharp({ create: { width: 400, height: 560, channels: 3, background: '#ffffff' } })
    .png()
    .toBuffer()

test('with JavaScript: what is unclear is told once, and the answer comes with the document and a remedy', async () => {
  const { onPhone, file, send, look, doTask, openTask, submit, origin, openTasks } = journey
  const phone = await onPhone(true)
  const { number } = await file(phone, request)
  await doTask('disclosure-clerk', number, '登记', { outcome: 'unclear', office: 'village-construction', gaps, correctUntil: '2026-03-20' })
  await phone.goto(`${origin}/cases/${number}`)
  assert.match(await phone.locator('main').innerText(), /补正通知书/)
  await look(phone, 'unclear')
  await send(phone, number, 'correct', { content: '要的是2025年第二期。' })
  // Once: from here on nobody can ask for another correction.
  assert.deepEqual(await openTasks(number), ['Search'])
  await doTask('village-construction-handler', number, '检索信息', { found: 'true', where: '工程档案2025年第3卷。', thirdParty: 'false' })
  const desk = await openTask('village-construction-handler', number, '拟答复')
  await fill(desk, {
    kind: 'provided',
    reasons: '属于可以公开的政府信息。',
    reply: '您要的合同和验收单已经附上。',
    basis: '《政府信息公开条例》第三十六条第（二）项。',
  })
  await desk.locator('input[type="file"][name="files"]').setInputFiles({ name: '合同.png', mimeType: 'image/png', buffer: await scan() })
  await look(desk, '拟答复')
  await submit(desk)
  await phone.goto(`${origin}/cases/${number}`)
  assert.equal(await phone.getByText('合同.png').count(), 0, 'what nobody has signed is not given yet')
  await doTask('village-construction-head', number, '核稿', { outcome: 'sign' })
  await doTask('disclosure-head', number, '签发', { outcome: 'sign' })
  await doTask('disclosure-clerk', number, '送达', { method: 'electronic', servedOn: '2026-03-02', proof: '平台送达记录' })
  await phone.goto(`${origin}/cases/${number}`)
  await look(phone, 'answered')
  const shown = await phone.locator('main').innerText()
  assert.match(shown, /予以公开/)
  assert.match(shown, /60日内/, 'how long there is for a reconsideration')
  const given = await phone.getByRole('link', { name: '合同.png' }).getAttribute('href')
  const picture = await phone.request.get(new URL(given ?? '', phone.url()).href)
  assert.deepEqual([picture.status(), picture.headers()['content-type']], [200, 'image/png'])
  await phone.getByRole('link', { name: /政府信息公开申请答复书/ }).click()
  await phone.getByRole('heading', { level: 1, name: /答复书/ }).waitFor()
  await look(phone, 'reply')
  assert.deepEqual(await openTasks(number), [])
})

test('without JavaScript: a refusal says why, and that reconsideration comes before court', async () => {
  const { onPhone, file, look, act, openByCode, openTasks } = journey
  const phone = await onPhone(false)
  const { number, code } = await file(phone, request)
  await phone.goto(`${journey.origin}/cases/${number}`)
  assert.match(await phone.locator('main').innerText(), /您用这个姓名和号码提出的同类申请，连这一件共\d件/)
  const office = 'village-construction'
  const reply = {
    kind: 'refused',
    reasons: '合同里的工艺参数是第三方的商业秘密，对方书面不同意公开。',
    reply: '不予公开。',
    basis: '《政府信息公开条例》第十五条。',
  }
  await act(number, [
    { actor: 'post:disclosure-clerk@general-office', do: 'complete', task: 'Register', data: { outcome: 'clear', office } },
    { actor: `post:handler@${office}`, do: 'complete', task: 'Search', data: { found: true, where: '工程档案。', thirdParty: false } },
    { actor: `post:handler@${office}`, do: 'complete', task: 'DraftReply', data: reply },
    { actor: `post:office-head@${office}`, do: 'complete', task: 'CheckReply', data: { outcome: 'sign' } },
    { actor: 'post:disclosure-head@general-office', do: 'complete', task: 'SignReply', data: { outcome: 'sign' } },
    {
      actor: 'post:disclosure-clerk@general-office',
      do: 'complete',
      task: 'ServeReply',
      data: { method: 'electronic', servedOn: '2026-03-02', proof: '平台送达记录' },
    },
  ])
  await openByCode(phone, code)
  await look(phone, 'refused')
  const shown = await phone.locator('main').innerText()
  assert.match(shown, /商业秘密/)
  assert.match(shown, /先申请行政复议/)
  assert.deepEqual(await openTasks(number), [])
})

test('an officer publishes an item at her desk; a resident finds it by a word and downloads it, with and without JavaScript', async () => {
  const { onPhone, enter, doTask, look, origin } = journey
  const title = '2026年春灌放水安排'
  const number = await enter('disclosure-clerk', 'disclosure-item', {
    title,
    category: 'irrigation',
    body: '三月二十日起放水，先上游后下游，每村三天。',
    maker: '清溪镇农业农村办公室',
  })
  await doTask('disclosure-clerk', number, '公开审查', { outcome: 'publish', reasons: '不含不能公开的内容。' })
  await doTask('disclosure-head', number, '审定', { outcome: 'sign' })
  for (const script of [true, false]) {
    const phone = await onPhone(script)
    await phone.goto(`${origin}/open`)
    await phone.locator('main input[name="q"]').fill('放水')
    await phone.locator('main form').getByRole('button').click()
    await phone.waitForURL(/[?&]q=/)
    await look(phone, `open-search${script ? '' : '-no-script'}`)
    await phone.getByRole('link', { name: title }).click()
    await phone.waitForURL(/\/open\/items\//)
    await look(phone, `open-item${script ? '' : '-no-script'}`)
    const address = await phone.getByRole('link', { name: /PDF/ }).getAttribute('href')
    const pdf = await phone.request.get(new URL(address ?? '', phone.url()).href)
    assert.equal((await pdf.body()).subarray(0, 5).toString(), '%PDF-')
  }
})
