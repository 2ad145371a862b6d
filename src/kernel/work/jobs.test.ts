import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { staffActor } from '#kernel/access/posts.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { virtualClock } from '#kernel/clock.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { DomainError, invalid } from '#kernel/errors.ts'
import { parseNoticeFile } from '#kernel/deadlines/notices.ts'
import { recordHolidays } from '#kernel/towns/create-town.ts'
import { sampleFiling } from '#tests/support/filing.ts'
import { makeStaff } from '#tests/support/staff.ts'
import { openTestTown } from '#tests/support/town.ts'
import { bindCaseFiles, caseFilesKind, enqueueCaseFiles, purgeJobs, readJobFile } from './case-files.ts'
import { jobHandlers, recomputeKind } from './job-kinds.ts'
import { enqueueJob, getJob, listJobs, type JobHandlers, runJobs } from './jobs.ts'

const town = await openTestTown()
const { ctx } = town
after(() => town.close())

const minute = 60_000
const clerk = await staff(['petition-clerk'])
const other = await staff(['agriculture-handler'])
const administrator = await staff(['it-admin'])

async function staff(posts: string[]): Promise<Ctx & { userId: string }> {
  const { userId } = await makeStaff(town, posts)
  return { ...as(ctx, await staffActor(ctx, { userId, name: '' })), userId }
}

const isCode = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code

/** A handler that waits in the middle of its work until it is let go. */
function waitingHandler() {
  const started = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const handlers: JobHandlers = {
    wait: async (_ctx, _job, report) => {
      await report({ done: 2, total: 5, note: 'XF26' })
      started.resolve()
      await goOn.promise
      await report({ done: 3, total: 5 })
      return { finished: 'first' }
    },
  }
  return { handlers, started: started.promise, goOn: goOn.resolve }
}

test('progress is seen while a job runs, and its result when it is done', async () => {
  const { handlers, started, goOn } = waitingHandler()
  const id = await enqueueJob(clerk, 'wait', { number: 'XF26' })
  assert.equal((await getJob(clerk, id)).status, 'waiting')
  const running = runJobs(ctx, handlers)
  await started
  const seen = await getJob(clerk, id)
  assert.deepEqual([seen.status, seen.done, seen.total, seen.note, seen.isOwn], ['running', 2, 5, 'XF26', true])
  goOn()
  assert.equal(await running, true)
  const ended = await getJob(clerk, id)
  assert.deepEqual([ended.status, ended.done, ended.result], ['done', 5, { finished: 'first' }])
  assert.deepEqual(ended.finishedAt, town.clock.now())
  assert.equal(await runJobs(ctx, handlers), false)
})

test('progress is written at most once a second of machine time', async () => {
  const clock = virtualClock(new Date('2026-03-02T01:00:00Z'))
  const seen: number[] = []
  const id = await enqueueJob(clerk, 'count')
  await runJobs(
    ctx,
    {
      count: async (own, job, report) => {
        for (let done = 0; done < 4; done++) {
          await report({ done, total: 4 })
          seen.push((await getJob(own, job.jobId)).done)
          clock.advance(400)
        }
        return {}
      },
    },
    { clock },
  )
  assert.deepEqual(seen, [0, 0, 0, 3])
  assert.equal((await getJob(clerk, id)).done, 4)
})

test('a job whose runner fell silent is taken over by one of two others, and nothing the first still says counts', async () => {
  const clock = virtualClock(new Date('2026-03-02T01:00:00Z'))
  const { handlers, started, goOn } = waitingHandler()
  const id = await enqueueJob(clerk, 'wait')
  const silent = runJobs(ctx, handlers, { clock })
  await started
  const second: JobHandlers = { wait: async () => ({ finished: 'second' }) }
  assert.equal(await runJobs(ctx, second, { clock }), false, 'its lease holds')
  clock.advance(6 * minute)
  const taken = await Promise.all([runJobs(ctx, second, { clock }), runJobs(ctx, second, { clock })])
  assert.equal(taken.filter(Boolean).length, 1)
  goOn()
  await silent
  const job = await getJob(clerk, id)
  assert.deepEqual([job.status, job.result, job.attempts], ['done', { finished: 'second' }, 2])
})

test('a report renews the lease', async () => {
  const clock = virtualClock(new Date('2026-03-02T01:00:00Z'))
  await enqueueJob(clerk, 'long')
  const handlers: JobHandlers = {
    long: async (_ctx, _job, report) => {
      for (let done = 0; done < 3; done++) {
        clock.advance(4 * minute)
        await report({ done, total: 3 })
        assert.equal(await runJobs(ctx, { long: async () => ({}) }, { clock }), false)
      }
      return { finished: true }
    },
  }
  await runJobs(ctx, handlers, { clock })
  assert.deepEqual((await listJobs(clerk)).find((job) => job.kind === 'long')?.result, { finished: true })
})

test('many runners at once run every job once', async () => {
  const runs = new Map<string, number>()
  const handlers: JobHandlers = {
    once: async (_ctx, job) => {
      runs.set(job.jobId, (runs.get(job.jobId) ?? 0) + 1)
      return {}
    },
  }
  const ids = await Promise.all([1, 2, 3, 4, 5].map((number) => enqueueJob(clerk, 'once', { number })))
  const drain = async () => {
    // A runner that lost a race for one job looks for the next.
    while ((await listJobs(ctx)).some((job) => job.status === 'waiting')) await runJobs(ctx, handlers)
  }
  await Promise.all([drain(), drain(), drain()])
  assert.deepEqual(
    ids.map((id) => runs.get(id)),
    [1, 1, 1, 1, 1],
  )
})

test('a failure is shown by its code and not tried again', async () => {
  let tries = 0
  const handlers: JobHandlers = {
    refuse: async () => {
      tries++
      throw invalid('thing.wrong', '苏禾田 typed something wrong')
    },
    break: async () => {
      tries++
      throw new TypeError('苏禾田')
    },
  }
  const refused = await enqueueJob(clerk, 'refuse')
  const broken = await enqueueJob(clerk, 'break')
  while (await runJobs(ctx, handlers));
  assert.equal(tries, 2)
  const jobs = [await getJob(clerk, refused), await getJob(clerk, broken)]
  assert.deepEqual(
    jobs.map((job) => [job.status, job.failure]),
    [
      ['failed', 'thing.wrong'],
      ['failed', 'job.failed'],
    ],
  )
  assert.doesNotMatch(JSON.stringify(jobs), /苏禾田/)
})

test('a job that is lost again and again is begun three times, then it has failed', async () => {
  const clock = virtualClock(new Date('2026-03-02T01:00:00Z'))
  const id = await enqueueJob(clerk, 'wait')
  const crashed = []
  for (let attempt = 1; attempt <= 3; attempt++) {
    const { handlers, started, goOn } = waitingHandler()
    crashed.push({ run: runJobs(ctx, handlers, { clock }), goOn })
    await started
    assert.equal((await getJob(clerk, id)).attempts, attempt)
    clock.advance(6 * minute)
  }
  assert.equal(await runJobs(ctx, { wait: async () => ({}) }, { clock }), false)
  for (const { run, goOn } of crashed) {
    goOn()
    await run
  }
  const job = await getJob(clerk, id)
  assert.deepEqual([job.status, job.failure, job.attempts], ['failed', 'job.lost', 3])
})

test('when the process stops, the job in hand goes back in line and is no attempt', async () => {
  const stopping = new AbortController()
  const { handlers, started, goOn } = waitingHandler()
  const id = await enqueueJob(clerk, 'wait')
  const running = runJobs(ctx, handlers, { stopping: stopping.signal })
  await started
  stopping.abort()
  goOn()
  await running
  assert.deepEqual([(await getJob(clerk, id)).status, (await getJob(clerk, id)).attempts], ['waiting', 0])
  assert.equal(await runJobs(ctx, handlers, { stopping: stopping.signal }), false)
  assert.equal(await runJobs(ctx, { wait: async () => ({}) }), true)
})

test('the same job that still waits is not queued twice, another person’s or another input is', async () => {
  const first = await enqueueJob(clerk, 'same', { number: 1 })
  assert.equal(await enqueueJob(clerk, 'same', { number: 1 }), first)
  assert.notEqual(await enqueueJob(clerk, 'same', { number: 2 }), first)
  assert.notEqual(await enqueueJob(other, 'same', { number: 1 }), first)
})

test('a person sees her own jobs, the IT administrator all, a resident none', async () => {
  const id = await enqueueJob(clerk, 'mine')
  assert.ok((await listJobs(clerk)).every((job) => job.createdBy === clerk.userId))
  assert.ok(!(await listJobs(other)).some((job) => job.jobId === id))
  await assert.rejects(getJob(other, id), isCode('job.not_found'))
  const seen = await getJob(administrator, id)
  assert.deepEqual([seen.isOwn, (await listJobs(administrator)).some((job) => job.jobId === id)], [false, true])
  const resident = as(ctx, { kind: 'resident', accountId: clerk.userId })
  assert.deepEqual(await listJobs(resident), [])
  await assert.rejects(getJob(resident, id), isCode('job.not_found'))
  assert.throws(() => enqueueJob(resident, 'mine'), isCode('job.staff'))
})

const file = () => openCase(as(ctx, { kind: 'anonymous' }), { procedure: sampleFiling.procedure, data: sampleFiling.data })

test('case files are bound with the rights of the person who asked, and open for her only, while she may read the case', async () => {
  const { number } = await file()
  const id = await enqueueCaseFiles(clerk, { q: number })
  assert.deepEqual((await getJob(clerk, id)).input, { cases: [number] })
  await runJobs(ctx, jobHandlers)
  assert.deepEqual((await getJob(clerk, id)).result, { bound: [number], skipped: [] })
  const { pdf, name } = await readJobFile(clerk, id, number)
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-')
  assert.equal(name, `${number}.pdf`)
  await assert.rejects(readJobFile(administrator, id, number), isCode('file.not_found'))
  await assert.rejects(readJobFile(other, id, number), isCode('job.not_found'))
  await assert.rejects(readJobFile(clerk, id, 'XF26-0000-000'), isCode('file.not_found'))
  const withoutPost: Ctx = as(ctx, { kind: 'staff', userId: clerk.userId, name: '', posts: [] })
  await assert.rejects(readJobFile(withoutPost, id, number), isCode('case.not_found'))
})

test('a case that the person may not read when the job runs is left out, and nothing of it is stored', async () => {
  const { number } = await file()
  const id = await enqueueJob(other, caseFilesKind, { cases: [number] })
  await runJobs(ctx, { [caseFilesKind]: bindCaseFiles })
  assert.deepEqual((await getJob(other, id)).result, { bound: [], skipped: [{ number, code: 'case.not_found' }] })
  await assert.rejects(readJobFile(other, id, number), isCode('case.not_found'))
})

test('nothing is bound for an account that was closed meanwhile', async () => {
  const guest = await staff(['petition-clerk'])
  const { number } = await file()
  const id = await enqueueCaseFiles(guest, { q: number })
  await town.installation.identityOf(town.tenant).setDisabled(guest.userId, true)
  await runJobs(ctx, { [caseFilesKind]: bindCaseFiles })
  assert.equal((await getJob(administrator, id)).failure, 'job.account')
})

test('a list without cases queues nothing', async () => {
  await assert.rejects(enqueueCaseFiles(clerk, { q: '没有这样的事' }), isCode('job.no_cases'))
})

test('a job and its files are deleted a week after it ended', async () => {
  const { number } = await file()
  const id = await enqueueCaseFiles(clerk, { q: number })
  await runJobs(ctx, { [caseFilesKind]: bindCaseFiles })
  town.clock.advance(6 * 86_400_000)
  await purgeJobs(ctx)
  assert.equal((await getJob(clerk, id)).status, 'done')
  town.clock.advance(2 * 86_400_000)
  await purgeJobs(ctx)
  await assert.rejects(getJob(clerk, id), isCode('job.not_found'))
})

test('computing limits anew runs as a job and says how many cases changed', async () => {
  town.clock.set(new Date('2026-12-28T09:00:00+08:00'))
  await file()
  await file()
  const days = ['01-01', '05-01', '10-01', '10-02', '10-03'].map((day) => ({ name: '节日', date: `2027-${day}`, isOffDay: true }))
  await recordHolidays(administrator, parseNoticeFile(JSON.stringify({ year: 2027, papers: [], days })), '国办发明电〔2026〕1号')
  const totals: (number | undefined)[] = []
  const id = await enqueueJob(administrator, recomputeKind)
  await runJobs(ctx, {
    [recomputeKind]: async (own, job, report) => {
      const result = await jobHandlers[recomputeKind]?.(own, job, (progress) => {
        totals.push(progress.done)
        return report(progress)
      })
      return result ?? {}
    },
  })
  const { status, result, total } = await getJob(administrator, id)
  assert.deepEqual([status, result, total, totals], ['done', { changed: 2 }, 2, [0, 1, 2]])
})
