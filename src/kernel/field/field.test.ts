import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import sharp from 'sharp'
import { completeTask } from '#kernel/cases/act.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { actorOf } from '../../demo/play-example.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { openVisits } from '../../../tests/support/visits-to-make.ts'
import { listFieldTasks } from './field-tasks.ts'
import { beginSurvey, chunkBytes, finishSurvey, readSurvey, takeChunk } from './surveys.ts'

let town: TestTown
let me: Ctx
let colleague: Ctx
const visits: { caseId: string; taskId: string }[] = []
let photo: Buffer
before(async () => {
  town = await openTestTown()
  const cases = await openVisits(town, 6)
  me = as(town.ctx, await actorOf(town.ctx, 'post:aid-surveyor-1', ''))
  colleague = as(town.ctx, await actorOf(town.ctx, 'post:aid-surveyor-2', ''))
  for (const caseId of cases) {
    const { tasks } = await loadCase(town.ctx, caseId)
    visits.push({ caseId, taskId: tasks.find((task) => task.element === 'Visit')?.task_id ?? '' })
  }
  const noise = Buffer.from(Array.from({ length: 480 * 640 * 3 }, (_, at) => (at * 2_654_435_761) >>> 24))
  photo = await sharp(noise, { raw: { width: 640, height: 480, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer()
})
after(() => town.close())

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const announced = (bytes: Buffer) => ({ sha256: hashOf(bytes), bytes: bytes.length })
const answers = (more: Record<string, unknown> = {}) => ({
  visitedOn: '2026-03-02',
  first: '调查员甲',
  second: '调查员乙',
  householdPresent: '万秀兰',
  monthlyIncome: 1500,
  members: 3,
  savings: 6000,
  otherHome: false,
  car: false,
  findings: '三口人住一处平房。',
  agreed: true,
  ...more,
})
const visit = (index: number) => visits[index] ?? { caseId: '', taskId: '' }

async function sendPhoto(ctx: Ctx, survey: string, bytes: Buffer) {
  for (let first = 0; first < bytes.length; first += chunkBytes)
    await takeChunk(ctx, survey, hashOf(bytes), first, bytes.subarray(first, first + chunkBytes))
}
const refusal = (code: string) => (error: unknown) => error instanceof Error && 'code' in error && error.code === code

test('a phone takes along the tasks that the diagram marks, with those to visit and nothing of the form of application', async () => {
  const tasks = await listFieldTasks(me, 'zh')
  assert.equal(tasks.length, 6)
  const [first] = tasks
  assert.ok(first)
  assert.match(first.people[0]?.name ?? '', /^万秀兰/)
  assert.ok(!JSON.stringify({ ...first, package: undefined, form: undefined }).includes('腰'))
  const clerk = as(town.ctx, await actorOf(town.ctx, 'post:aid-clerk', ''))
  assert.deepEqual(await listFieldTasks(clerk, 'zh'), [])
})

test('a survey sent twice in every step gives one visit, one photo and one receipt', async () => {
  const { taskId, caseId } = visit(0)
  const survey = randomUUID()
  const data = answers({ photos: [hashOf(photo)] })
  for (let round = 0; round < 2; round++) {
    await beginSurvey(me, survey, taskId, [announced(photo)])
    await sendPhoto(me, survey, photo)
  }
  assert.deepEqual((await readSurvey(me, survey)).received, { [hashOf(photo)]: photo.length })
  const [receipt, again] = await Promise.all([finishSurvey(me, survey, data), finishSurvey(me, survey, data)])
  assert.deepEqual(again, receipt)
  assert.deepEqual(await finishSurvey(me, survey, data), receipt)
  assert.deepEqual((await beginSurvey(me, survey, taskId, [announced(photo)])).receipt, receipt)
  const { content } = await loadCase(town.ctx, caseId)
  const photos = content['Visit']?.['photos']
  assert.ok(Array.isArray(photos) && photos.length === 1 && photos[0] !== hashOf(photo))
  await assert.rejects(finishSurvey(me, survey, answers({ findings: '别的话。' })), refusal('survey.changed'))
})

test('a broken upload goes on where it stopped; a gap, a stray piece and a damaged file are refused and leave nothing behind', async () => {
  const { taskId } = visit(1)
  const survey = randomUUID()
  assert.ok(photo.length > chunkBytes, 'the photo has several pieces')
  await beginSurvey(me, survey, taskId, [announced(photo)])
  await assert.rejects(takeChunk(me, survey, hashOf(photo), chunkBytes, photo.subarray(chunkBytes)), refusal('survey.gap'))
  await assert.rejects(takeChunk(me, survey, hashOf(Buffer.from('x')), 0, photo.subarray(0, 9)), refusal('survey.files'))
  await takeChunk(me, survey, hashOf(photo), 0, photo.subarray(0, 1000))
  await assert.rejects(finishSurvey(me, survey, answers()), refusal('survey.incomplete'))
  const wrong = Buffer.from(photo.subarray(1000, chunkBytes))
  wrong[5] = (wrong[5] ?? 0) ^ 0xff
  await takeChunk(me, survey, hashOf(photo), 1000, wrong)
  await sendRest(survey, chunkBytes)
  await assert.rejects(finishSurvey(me, survey, answers({ photos: [hashOf(photo)] })), refusal('survey.damaged'))
  assert.deepEqual((await readSurvey(me, survey)).received, { [hashOf(photo)]: 0 })
  await sendPhoto(me, survey, photo)
  assert.equal((await finishSurvey(me, survey, answers({ photos: [hashOf(photo)] }))).survey, survey)
})

async function sendRest(survey: string, from: number) {
  for (let first = from; first < photo.length; first += chunkBytes)
    await takeChunk(me, survey, hashOf(photo), first, photo.subarray(first, first + chunkBytes))
}

test('answers that the form refuses come back with their fields, and the mended survey is taken', async () => {
  const { taskId } = visit(2)
  const survey = randomUUID()
  await beginSurvey(me, survey, taskId, [])
  await assert.rejects(finishSurvey(me, survey, answers({ members: 0 })), refusal('form.invalid'))
  assert.equal((await finishSurvey(me, survey, answers())).task, taskId)
})

test('when a colleague was faster the second survey is told so, and its words are not lost on the way', async () => {
  const { taskId, caseId } = visit(3)
  const survey = randomUUID()
  await beginSurvey(me, survey, taskId, [])
  await completeTask(colleague, taskId, { data: answers({ findings: '同事先交的。' }) })
  await assert.rejects(finishSurvey(me, survey, answers()), refusal('survey.taken'))
  assert.equal((await loadCase(town.ctx, caseId)).content['Visit']?.['findings'], '同事先交的。')
})

test('a survey belongs to whoever began it, and to one task', async () => {
  const { taskId } = visit(4)
  const survey = randomUUID()
  await beginSurvey(me, survey, taskId, [])
  await assert.rejects(readSurvey(colleague, survey), refusal('survey.not_found'))
  await assert.rejects(beginSurvey(colleague, survey, taskId, []), refusal('survey.not_found'))
  await assert.rejects(beginSurvey(me, survey, visit(5).taskId, []), refusal('survey.changed'))
  await assert.rejects(beginSurvey(me, survey, taskId, [announced(photo)]), refusal('survey.changed'))
  const stranger = as(town.ctx, await actorOf(town.ctx, 'post:handler@agriculture', ''))
  await assert.rejects(beginSurvey(stranger, randomUUID(), taskId, []), refusal('task.not_found'))
})
