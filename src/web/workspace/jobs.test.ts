// The page of background work over the real application: started from a list, watched, and its files opened.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { jobHandlers } from '#kernel/work/job-kinds.ts'
import { enqueueJob, runJobs } from '#kernel/work/jobs.ts'
import { as } from '#kernel/context.ts'
import { base, type Desks, openDesks } from '#tests/support/desks.ts'
import { expectPage } from '#tests/support/visitor.ts'

let desks: Desks
before(async () => {
  desks = await openDesks()
})
after(() => desks.close())

const work = () => runJobs(desks.town.ctx, jobHandlers)

test('files of listed cases are bound in the background and opened from the page, by whoever asked only', async () => {
  const number = await desks.register()
  const clerk = desks.at('clerk')
  await clerk.get(`${base}/cases?q=${number}&status=open`)
  assert.match(clerk.last, new RegExp(`name="q" value="${number}"`))
  const started = await clerk.follow(await clerk.post(`${base}/jobs`, { q: number, status: 'open' }))
  assert.match(started.text, /装订案卷（1 件）/)
  assert.match(started.text, /<meta http-equiv="refresh" content="5"/)
  const still = await clerk.get(`${base}/jobs?still=1`)
  assert.doesNotMatch(still.text, /http-equiv="refresh"/)
  await work()
  const done = await clerk.get(`${base}/jobs`)
  assert.doesNotMatch(done.text, /http-equiv="refresh"/)
  const link = new RegExp(`href="(${base}/jobs/[0-9a-f-]{36}/files/${number})"`).exec(done.text)?.[1]
  assert.ok(link, done.text)
  const file = await clerk.get(link)
  assert.deepEqual([file.status, file.headers.get('content-type')], [200, 'application/pdf'])
  assert.equal(file.bytes.subarray(0, 5).toString(), '%PDF-')
  for (const role of ['admin', 'second', 'stranger'] as const) assert.equal((await desks.at(role).get(link)).status, 404, role)
  const seen = await desks.at('admin').get(`${base}/jobs`)
  assert.match(seen.text, /只有发起人能打开/)
  assert.ok(!seen.text.includes(number))
  assert.doesNotMatch((await desks.at('second').get(`${base}/jobs`)).text, /装订案卷（/)
})

test('an import of holidays is computed as a job whose progress bar is seen while it runs', async () => {
  const admin = desks.at('admin')
  const days = ['01-01', '05-01', '10-01', '10-02', '10-03'].map((day) => ({ name: '节日', date: `2027-${day}`, isOffDay: true }))
  await admin.get(`${base}/settings`)
  const file = new File([JSON.stringify({ year: 2027, papers: [], days })], '2027.json')
  const answer = await admin.follow(await admin.post(`${base}/settings`, { file, reason: '国办发明电〔2026〕1号' }))
  assert.match(answer.text, /期限正在后台重算/)
  assert.match((await admin.get(`${base}/jobs`)).text, /导入放假安排后重算期限/)
  await runJobs(desks.town.ctx, {
    'recompute-provisional': async (_ctx, _job, report) => {
      await report({ done: 3, total: 8 })
      const page = await admin.get(`${base}/jobs`)
      assert.match(page.text, /<progress[^>]* value="3" max="8"/)
      assert.match(page.text, /3 \/ 8/)
      return { changed: 8 }
    },
  })
  assert.match((await admin.get(`${base}/jobs`)).text, /重新计算了 8 件的期限/)
})

test('a failure is told in words, and a list without cases starts nothing', async () => {
  const clerk = desks.at('clerk')
  await clerk.get(`${base}/cases`)
  const none = await clerk.follow(await clerk.post(`${base}/jobs`, { q: '没有这样的事' }))
  assert.match(none.text, /任务没有发起/)
  await enqueueJob(as(desks.town.ctx, { kind: 'system', work: 'test' }), 'broken')
  await runJobs(desks.town.ctx, { broken: () => Promise.reject(new Error('secret words')) })
  const page = await desks.at('admin').get(`${base}/jobs`)
  assert.match(page.text, /处理出错，已停止/)
  assert.doesNotMatch(page.text, /secret words/)
  for (const language of ['en', 'zh'] as const) expectPage(await desks.at('admin').get(`${base}/jobs?lang=${language}`), language, '/jobs')
})
