// The whole life of a petition through the interface alone, as a program of a resident and programs of the offices see it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { watch } from '#kernel/cases/watch.ts'
import { integrate } from '#kernel/ledger/integrator.ts'
import { verifyReceipt } from '#kernel/ledger/receipt.ts'
import { openTestApi, sampleBody, type TestApi } from './fixture.ts'
import { acknowledgement, caseDetail, documentList, ledgerReceipt, taskList, taskState } from './answers.ts'

let api: TestApi
before(async () => {
  api = await openTestApi()
})
after(() => api.town.close())

const file = async (body: unknown = sampleBody, headers: Record<string, string> = {}) => {
  const filed = await api.ask('POST', '/cases', { body, headers })
  assert.equal(filed.status, 201, filed.text)
  return { ...acknowledgement.parse(filed.body), location: filed.headers.get('location') ?? '' }
}

/** Completes the open task of this element as the holder of a post, found the way a program finds it. */
async function complete(postId: string, number: string, element: string, data: unknown) {
  const token = await api.holder(postId)
  const listed = await api.ask('GET', `/tasks?q=${number}`, { with: token })
  assert.equal(listed.status, 200, listed.text)
  const task = taskList.parse(listed.body).tasks.find((known) => known.element === element)
  assert.ok(task, `${postId} finds ${element}: ${listed.text}`)
  const done = await api.ask('POST', `/tasks/${task.id}/complete`, { with: token, body: { version: task.version, data } })
  assert.equal(done.status, 200, done.text)
  return taskState.parse(done.body)
}

const on = (day: string) => api.town.clock.set(new Date(`${day}T10:00:00+08:00`))

test('a petition goes from filing over the served opinion to the review, all through the interface', async () => {
  const { number, receipt, promise, deadlines, location } = await file()
  assert.equal(location, `${api.base}/cases/${number}`)
  assert.equal(deadlines[0]?.id, 'acceptance')
  assert.equal(deadlines[0]?.due, '2026-03-17')
  assert.match(promise, /^xiangli-promise\/v1\n/)
  const mine = `Receipt ${receipt.code}`
  const first = caseDetail.parse((await api.ask('GET', `/cases/${number}`, { with: mine })).body)
  assert.deepEqual(first.standing.length, 1)
  assert.deepEqual(first.tasks, [], 'tasks are for staff')

  await complete('petition-clerk', number, 'Register', { category: 'claim', urgent: false, summary: '村道排水沟堵塞。' })
  await complete('petition-clerk', number, 'DecideAcceptance', { outcome: 'accept', office: 'village-construction', reasons: '属于本镇职责。' })
  on('2026-03-05')
  await complete('petition-clerk', number, 'ServeAcceptance', { method: 'electronic', servedOn: '2026-03-05', proof: '平台送达记录' })
  on('2026-04-08')
  await complete('village-construction-handler', number, 'Investigate', { heard: 'met', findings: '到现场查看，听取了说明。', evidence: '照片4张。' })
  await complete('village-construction-handler', number, 'DraftOpinion', {
    claim: '请清理排水沟。',
    facts: '所反映的情况属实。',
    reasons: '属于本镇职责。',
    outcome: 'supported',
    decision: '在15日内办结。',
    basis: '《信访工作条例》第三十二条。',
  })
  await complete('village-construction-head', number, 'CheckOpinion', { outcome: 'approve' })
  await complete('town-head', number, 'SignOpinion', { outcome: 'sign' })
  await complete('petition-clerk', number, 'ServeOpinion', { method: 'electronic', servedOn: '2026-04-08', proof: '平台送达记录' })

  const { documents } = documentList.parse((await api.ask('GET', `/cases/${number}/documents`, { with: mine })).body)
  assert.deepEqual(
    documents.map(({ document, status }) => [document, status]),
    [
      ['acceptance', 'served'],
      ['opinion', 'served'],
    ],
  )
  const pdf = await api.ask('GET', documents[1]?.url ?? '', { with: mine })
  assert.equal(pdf.status, 200)
  assert.equal(pdf.headers.get('content-type'), 'application/pdf')
  assert.match(pdf.headers.get('content-disposition') ?? '', /filename\*=UTF-8''%E6/)
  assert.ok(pdf.text.startsWith('%PDF-'))

  on('2026-04-20')
  const said = await api.ask('POST', `/cases/${number}/messages`, { with: mine, body: { text: '<script>alert(1)</script> 谢谢' } })
  assert.equal(said.status, 200, said.text)
  const appealed = await api.ask('POST', `/cases/${number}/messages`, {
    with: mine,
    body: { name: 'appeal', data: { reasons: '没有答复第二项请求。', claim: '请明确由谁管护。' } },
  })
  assert.equal(appealed.status, 200, appealed.text)
  const last = caseDetail.parse((await api.ask('GET', `/cases/${number}`, { with: mine })).body)
  assert.equal(last.links[0]?.role, 'review')
  assert.equal(last.messages[0]?.text, '<script>alert(1)</script> 谢谢', 'kept as text')
  assert.deepEqual(
    last.acts.map((act) => act.name).filter((name) => name === 'appeal'),
    [],
  )
  const again = await api.ask('POST', `/cases/${number}/messages`, {
    with: mine,
    body: { name: 'appeal', data: { reasons: '再说一次。', claim: '同上。' } },
  })
  assert.equal(again.status, 409)
})

test('the receipt file is a promise first and a proof as soon as the log has the entry', async () => {
  const { number, receipt, promise } = await file()
  const mine = `Receipt ${receipt.code}`
  const queued = await api.ask('GET', `/cases/${number}/receipt`, { with: mine })
  assert.equal(queued.status, 202)
  assert.equal(ledgerReceipt.parse(queued.body).promise, promise, 'the promise of the acknowledgement, byte for byte')
  assert.equal(new URL(receipt.url).pathname, `${api.base}/cases/${number}/receipt`)
  const { installation, tenant } = api.town
  const signer = await installation.logOf(tenant)
  while (await integrate(installation.database.db, tenant, signer, installation.clock, { batch: 100 }));
  const proven = await api.ask('GET', `/cases/${number}/receipt`, { with: mine })
  assert.equal(proven.status, 200)
  const verdict = verifyReceipt(proven.body, { vkey: signer.vkeys.log, promiseVkey: signer.vkeys.promise })
  assert.equal(verdict.level, 'included', JSON.stringify(verdict.steps))
  assert.ok(verdict.ok)
  assert.equal(verdict.opened?.values['data.subject'], sampleBody.data.subject)
})

test('a repeated filing with its key gives the same answer and files nothing again', async () => {
  const key = { 'idempotency-key': 'a1b2c3d4-first-matter' }
  const first = await api.ask('POST', '/cases', { body: sampleBody, headers: key })
  const second = await api.ask('POST', '/cases', { body: sampleBody, headers: key })
  assert.equal(first.status, 201)
  assert.equal(second.status, 201)
  assert.equal(second.text, first.text)
  assert.equal(second.headers.get('location'), first.headers.get('location'))
  const other = await api.ask('POST', '/cases', { body: { ...sampleBody, data: { ...sampleBody.data, claim: '另一件事。' } }, headers: key })
  assert.equal(other.status, 409)
  const without = await api.ask('POST', '/cases', { body: sampleBody })
  assert.notEqual(acknowledgement.parse(without.body).number, acknowledgement.parse(first.body).number)
})

test('filings at the same moment with one key become one case', async () => {
  const key = { 'idempotency-key': 'at-the-same-moment' }
  const answers = await Promise.all([1, 2, 3].map(() => api.ask('POST', '/cases', { body: sampleBody, headers: key })))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 201, 201],
    answers.map(({ text }) => text).join(),
  )
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1)
})

test('staff enter a letter with the day on which it came, and its deadline runs from that day', async () => {
  api.town.clock.set(new Date('2026-05-11T10:00:00+08:00'))
  const token = await api.holder('petition-clerk')
  const body = {
    procedure: 'petition',
    data: { subject: '路灯不亮', description: '村口路灯坏了。', claim: '请修好。' },
    entry: { channel: 'letter', receivedOn: '2026-05-08', evidence: '邮戳' },
  }
  const filed = await api.ask('POST', '/cases', { with: token, body })
  assert.equal(filed.status, 201, filed.text)
  assert.equal(acknowledgement.parse(filed.body).deadlines[0]?.start, '2026-05-08')
  const future = await api.ask('POST', '/cases', { with: token, body: { ...body, entry: { channel: 'letter', receivedOn: '2026-05-12' } } })
  assert.equal(future.status, 422)
  assert.match(future.text, /"pointer":"\/entry\/receivedOn"/)
  const anonymous = await api.ask('POST', '/cases', { body })
  assert.equal(anonymous.status, 403)
})

test('a task is taken, given to a colleague who may do it, and laid back', async () => {
  const { number } = await file()
  const clerk = await api.holder('petition-clerk')
  const { tasks } = taskList.parse((await api.ask('GET', `/tasks?q=${number}`, { with: clerk })).body)
  const [task] = tasks
  assert.ok(task)
  const claimed = await api.ask('POST', `/tasks/${task.id}/claim`, { with: clerk, body: { version: task.version } })
  assert.equal(claimed.status, 200, claimed.text)
  const taken = taskState.parse(claimed.body).task
  assert.equal(taken?.assignee, api.userOf('petition-clerk'))
  const mine = taskList.parse((await api.ask('GET', `/tasks?assignee=me&q=${number}`, { with: clerk })).body)
  assert.equal(mine.total, 1)
  const stale = await api.ask('POST', `/tasks/${task.id}/complete`, { with: clerk, body: { version: task.version, data: {} } })
  assert.equal(stale.status, 409, stale.text)
  await api.holder('agriculture-handler')
  const version = taken?.version ?? 0
  const wrong = await api.ask('POST', `/tasks/${task.id}/assign`, { with: clerk, body: { version, assignee: api.userOf('agriculture-handler') } })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /"pointer":"\/assignee"/)
  const noReason = await api.ask('POST', `/tasks/${task.id}/return`, { with: clerk, body: { version, reason: ' ' } })
  assert.equal(noReason.status, 422)
  const back = await api.ask('POST', `/tasks/${task.id}/return`, { with: clerk, body: { version, reason: '明天休假。' } })
  assert.equal(taskState.parse(back.body).task?.assignee, null)
  const given = await api.ask('POST', `/tasks/${task.id}/assign`, {
    with: clerk,
    body: { version: version + 1, assignee: api.userOf('petition-clerk') },
  })
  assert.equal(taskState.parse(given.body).task?.assignee, api.userOf('petition-clerk'))
})

test('pages of the queue miss nothing when tasks are done between them', async () => {
  const clerk = await api.holder('petition-clerk')
  for (let count = 0; count < 4; count++) await file()
  const seen: string[] = []
  let path: string | undefined = '/tasks?limit=2'
  let total = 0
  while (path !== undefined) {
    const answer = await api.ask('GET', path, { with: clerk })
    assert.equal(answer.status, 200, answer.text)
    const page = taskList.parse(answer.body)
    total = Math.max(total, page.total)
    for (const task of page.tasks) {
      seen.push(task.id)
      if (task.element !== 'Register') continue
      const done = await api.ask('POST', `/tasks/${task.id}/complete`, {
        with: clerk,
        body: { version: task.version, data: { category: 'claim', urgent: false, summary: '登记。' } },
      })
      assert.equal(done.status, 200, done.text)
    }
    path = page.next === null ? undefined : `/tasks?limit=2&cursor=${page.next}`
    assert.ok(seen.length < 200)
  }
  assert.equal(new Set(seen).size, seen.length, 'nothing twice')
  assert.ok(seen.length >= total, `${seen.length} of ${total}`)
  const rest = taskList.parse((await api.ask('GET', '/tasks?limit=100', { with: clerk })).body)
  assert.deepEqual(
    rest.tasks.filter((task) => task.element === 'Register'),
    [],
  )
})

test('an overdue task is found by its filter', async () => {
  api.town.clock.set(new Date('2026-06-01T10:00:00+08:00'))
  const { number } = await file()
  const clerk = await api.holder('petition-clerk')
  const overdue = async () =>
    taskList.parse((await api.ask('GET', `/tasks?overdue=true&procedure=petition&office=petition-office&q=${number}`, { with: clerk })).body).total
  assert.equal(await overdue(), 0)
  api.town.clock.set(new Date('2026-07-01T10:00:00+08:00'))
  await watch(api.town.ctx)
  assert.equal(await overdue(), 1)
})
