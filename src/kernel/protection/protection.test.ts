// Impact assessments and incidents: who keeps them, and the clocks of the law.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { DomainError } from '#kernel/errors.ts'
import { recordEntries } from '#kernel/registers/registers.ts'
import { petitionSteps } from '../../../tests/support/petition-steps.ts'
import { openTestTown } from '../../../tests/support/town.ts'
import { listAssessments, listIncidents, noteTold, recordAssessment, recordIncident } from './protection.ts'

const town = await openTestTown()
after(() => town.close())
const steps = petitionSteps(() => town)
const refusal = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code
const admin = () => steps.holder('post:it-admin')
const incident = {
  title: '备份盘丢失',
  foundAt: '2026-03-02T08:30:00+08:00',
  level: 'larger',
  critical: false,
  kinds: '姓名、电话',
  cause: '搬运中丢失',
  harm: '可能被他人读取',
  measures: '更换密钥',
} as const

test('an assessment is kept three years and only by those whose duty it is', async () => {
  const assessment = {
    title: '医疗救助收集病情',
    reason: 'sensitive',
    purpose: '核定救助',
    impact: '泄露会造成困扰',
    measures: '只给经办岗位看',
    conclusion: 'with-measures',
    assessedOn: '2026-03-01',
  } as const
  await assert.rejects(recordAssessment(await steps.clerk(), 'medical-aid', assessment), refusal('protection.staff'))
  await assert.rejects(recordAssessment(await admin(), 'medical-aid', { ...assessment, assessedOn: '2026-03-09' }), refusal('protection.date'))
  await recordAssessment(await admin(), 'medical-aid', assessment)
  assert.deepEqual(
    (await listAssessments(await admin())).map((row) => [row.id, row.keptUntil]),
    [['medical-aid', '2029-03-01']],
  )
})

test('a larger incident is reported within four hours of being found, one of critical infrastructure within one', async () => {
  steps.at('2026-03-02T09:00:00+08:00')
  const id = await recordIncident(await admin(), incident)
  const critical = await recordIncident(await admin(), { ...incident, critical: true })
  const general = await recordIncident(await admin(), { ...incident, level: 'general' })
  const clock = async (wanted: string) => (await listIncidents(await admin())).find((row) => row.id === wanted)?.clock
  assert.deepEqual(
    [(await clock(id))?.dueAt.toISOString(), (await clock(critical))?.dueAt.toISOString(), await clock(general)],
    ['2026-03-02T04:30:00.000Z', '2026-03-02T01:30:00.000Z', undefined],
  )
  steps.at('2026-03-02T10:00:00+08:00')
  assert.deepEqual([(await clock(id))?.state, (await clock(critical))?.state], ['running', 'missed'])
  await noteTold(await admin(), id, 'authority')
  await noteTold(await admin(), critical, 'authority')
  assert.deepEqual([(await clock(id))?.state, (await clock(critical))?.state], ['met', 'missed'])
  await assert.rejects(noteTold(await admin(), id, 'authority'), refusal('protection.told'))
  await assert.rejects(noteTold(await admin(), id, { notToldReason: ' ' }), refusal('protection.reason'))
  await noteTold(await admin(), id, { notToldReason: '内容已加密且密钥未丢失' })
  assert.equal((await listIncidents(await admin())).find((row) => row.id === id)?.personsOpen, false)
  await assert.rejects(recordIncident(await admin(), { ...incident, foundAt: '2026-03-02T11:00:00+08:00' }), refusal('protection.future'))
})

test('what goes into a register is asked by the charter and, for a public one, by the publication guard', async () => {
  const { ctx } = town
  await assert.rejects(
    recordEntries(ctx, 'villages', [{ id: 'new-village', data: { name: { zh: '重点人员村', en: 'New' } } }], 'test'),
    refusal('register.invalid'),
  )
  await assert.rejects(
    recordEntries(ctx, 'villages', [{ id: 'new-village', data: { name: { zh: '联系 13800000000', en: 'New' } } }], 'test'),
    refusal('publication.personal'),
  )
  await assert.rejects(
    recordEntries(
      ctx,
      'organizations',
      [{ id: 'office', data: { kind: 'own', name: { zh: '办公室', en: 'Office' }, address: '11010519491231002X' } }],
      'test',
    ),
    refusal('register.invalid'),
  )
  assert.equal(
    await recordEntries(
      ctx,
      'organizations',
      [{ id: 'office', data: { kind: 'own', name: { zh: '办公室', en: 'Office' }, phone: '13800000000' } }],
      'test',
    ),
    1,
  )
})
