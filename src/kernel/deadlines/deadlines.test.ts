import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DomainError } from '#kernel/errors.ts'
import { buildCalendar } from './calendar.ts'
import { daysBetween } from './dates.ts'
import { computeDeadline, isInTime, lightOf } from './deadlines.ts'
import type { Changes, Rule } from './deadlines.ts'
import { dayUnitOf } from './parameters.ts'
import { shippedCalendar } from './seed.ts'

const calendar = shippedCalendar()
const zone = 'Asia/Shanghai'
const run = (rule: Rule, effectiveOn: string, changes?: Changes) => computeDeadline(rule, { effectiveOn }, calendar, zone, changes)
const dueOf = (rule: Rule, effectiveOn: string, changes?: Changes) => run(rule, effectiveOn, changes).due
const hours = (amount: number, at: string, changes?: Changes) =>
  computeDeadline({ amount, unit: 'hour' }, { at: new Date(at) }, calendar, zone, changes)
const refuses = (code: string, act: () => unknown) => assert.throws(act, (error: unknown) => error instanceof DomainError && error.code === code)

test('the test vectors of the domain reference hold', () => {
  assert.equal(dueOf({ amount: 20, unit: 'workday' }, '2026-09-21'), '2026-10-26')
  assert.equal(dueOf({ amount: 5, unit: 'workday' }, '2026-02-13'), '2026-02-27')
  assert.equal(dueOf({ amount: 1, unit: 'workday' }, '2026-09-30'), '2026-10-08')
})

test('T1: the day of the event is not counted', () => {
  assert.equal(dueOf({ amount: 15, unit: 'calendar' }, '2026-03-02'), '2026-03-17')
  assert.deepEqual(run({ amount: 1, unit: 'workday' }, '2026-03-02').days, [
    { date: '2026-03-02', counted: false, why: 'start' },
    { date: '2026-03-03', counted: true, number: 1, why: 'counted' },
  ])
})

test('T1: hours run from the event, across midnight and rest days', () => {
  const due = hours(24, '2026-10-02T15:30:00+08:00')
  assert.equal(due.dueAt.toISOString(), '2026-10-03T07:30:00.000Z')
  assert.equal(due.due, '2026-10-03')
  assert.equal(due.nominal, due.due)
  assert.equal(due.provisional, false)
})

test('T1: months and years end on the matching date, else at the end of the month', () => {
  assert.equal(run({ amount: 1, unit: 'month' }, '2026-01-31').nominal, '2026-02-28')
  assert.equal(run({ amount: 3, unit: 'month' }, '2025-11-30').nominal, '2026-02-28')
  assert.equal(run({ amount: 1, unit: 'month' }, '2024-01-30').nominal, '2024-02-29')
  assert.equal(run({ amount: 1, unit: 'year' }, '2024-02-29').nominal, '2025-02-28')
  assert.equal(run({ amount: 6, unit: 'month' }, '2026-03-15').nominal, '2026-09-15')
})

test('T2: a last day on a rest day moves to the first day after it, over a whole holiday', () => {
  const due = run({ amount: 15, unit: 'calendar' }, '2026-09-16')
  assert.equal(due.nominal, '2026-10-01')
  assert.equal(due.due, '2026-10-08')
  assert.deepEqual(due.days.at(-1), { date: '2026-10-08', counted: false, why: 'rolled' })
  assert.equal(dueOf({ amount: 60, unit: 'calendar' }, '2025-12-17'), '2026-02-24')
})

test('T2: a Saturday of make-up work is a working day, so the end stays there', () => {
  const due = run({ amount: 10, unit: 'calendar' }, '2026-09-30')
  assert.equal(due.due, '2026-10-10')
  assert.deepEqual(due.days.at(-1), { date: '2026-10-10', counted: true, number: 10, why: 'make-up work', name: '国庆节' })
})

test('T2: a rule that says so does not move', () => {
  assert.equal(dueOf({ amount: 15, unit: 'calendar', rollsOver: false }, '2026-09-16'), '2026-10-01')
})

test('T2: the last day ends at 24:00 in the zone of the town', () => {
  const rule = { amount: 5, unit: 'calendar' } as const
  assert.equal(run(rule, '2026-03-02').dueAt.toISOString(), '2026-03-09T16:00:00.000Z')
  assert.equal(computeDeadline(rule, { effectiveOn: '2026-03-02' }, calendar, 'Asia/Urumqi').dueAt.toISOString(), '2026-03-09T18:00:00.000Z')
})

test('a start given as an instant counts from its date in the zone of the town', () => {
  const late = computeDeadline({ amount: 1, unit: 'calendar' }, { at: new Date('2026-03-02T16:30:00Z') }, calendar, zone)
  assert.equal(late.startedOn, '2026-03-03')
  assert.equal(late.due, '2026-03-04')
})

test('T3: an act counts by the date it took effect, such as its postmark', () => {
  const due = run({ amount: 15, unit: 'calendar' }, '2026-03-02')
  assert.equal(isInTime(due, { effectiveOn: '2026-03-17' }), true)
  assert.equal(isInTime(due, { effectiveOn: '2026-03-18' }), false)
  assert.equal(isInTime(due, { at: new Date('2026-03-17T23:59:59+08:00') }), true)
  assert.equal(isInTime(due, { at: new Date('2026-03-18T00:00:00+08:00') }), false)
  assert.equal(isInTime(hours(2, '2026-03-02T10:00:00+08:00'), { at: new Date('2026-03-02T12:00:00+08:00') }), true)
  assert.equal(isInTime(hours(2, '2026-03-02T10:00:00+08:00'), { at: new Date('2026-03-02T12:00:01+08:00') }), false)
})

test('T4–T9: each law says which of its 日 are working days', () => {
  const unit = (law: string, amount: number) => dayUnitOf(law, amount).unit
  for (const amount of [2, 3, 5, 7]) assert.equal(unit('行政处罚法', amount), 'workday')
  for (const amount of [15, 90]) assert.equal(unit('行政处罚法', amount), 'calendar')
  for (const amount of [3, 5, 7, 10]) assert.equal(unit('行政复议法', amount), 'workday')
  for (const amount of [30, 60]) assert.equal(unit('行政复议法', amount), 'calendar')
  assert.deepEqual([unit('行政强制法', 10), unit('行政强制法', 11)], ['workday', 'calendar'])
  assert.deepEqual([unit('行政许可法', 5), unit('行政许可法', 45)], ['workday', 'workday'])
  assert.deepEqual(
    [15, 30, 60].map((amount) => unit('信访工作条例', amount)),
    ['calendar', 'calendar', 'calendar'],
  )
  assert.deepEqual(dayUnitOf('法律援助法', 7), { unit: 'calendar', law: '法律援助法', mark: 'INF' })
})

test('T10: paused days do not count, once each, and only inside the period', () => {
  const rule = { amount: 10, unit: 'workday' } as const
  assert.equal(dueOf(rule, '2026-03-02'), '2026-03-16')
  const pauses = [
    { from: '2026-03-05', to: '2026-03-08', reason: '听证' },
    { from: '2026-03-06', to: '2026-03-09' },
  ]
  assert.equal(dueOf(rule, '2026-03-02', { pauses }), '2026-03-19')
  const outside = [
    { from: '2026-02-01', to: '2026-03-02' },
    { from: '2026-03-17', to: '2026-03-30' },
  ]
  assert.equal(dueOf(rule, '2026-03-02', { pauses: outside }), '2026-03-16')
  assert.equal(dueOf({ amount: 10, unit: 'calendar' }, '2026-03-02', { pauses: [{ from: '2026-03-07', to: '2026-03-08' }] }), '2026-03-16')
})

test('T10: a month keeps its length in days when it is paused', () => {
  const due = run({ amount: 1, unit: 'month' }, '2026-02-10', { pauses: [{ from: '2026-02-20', to: '2026-02-22' }] })
  assert.equal(due.nominal, '2026-03-13')
  assert.equal(due.days.filter((day) => day.counted).length, daysBetween('2026-02-10', '2026-03-10'))
})

test('T10: an end that moves over rest days does not land on a paused day', () => {
  const due = run({ amount: 5, unit: 'calendar' }, '2026-03-02', { pauses: [{ from: '2026-03-09', to: '2026-03-10' }] })
  assert.equal(due.nominal, '2026-03-07')
  assert.equal(due.due, '2026-03-11')
})

test('T10: hours stand still on paused days', () => {
  const pauses = [{ from: '2026-03-03', to: '2026-03-04' }]
  assert.equal(hours(24, '2026-03-02T15:00:00+08:00', { pauses }).dueAt.toISOString(), '2026-03-05T07:00:00.000Z')
  assert.equal(hours(9, '2026-03-02T15:00:00+08:00', { pauses }).dueAt.toISOString(), '2026-03-02T16:00:00.000Z')
  assert.equal(hours(2, '2026-03-03T15:00:00+08:00', { pauses }).dueAt.toISOString(), '2026-03-04T18:00:00.000Z')
})

test('T10: a pause that was over before the hours began changes nothing', () => {
  const pauses = [
    { from: '2026-02-01', to: '2026-02-05' },
    { from: '2026-03-03', to: '2026-03-03' },
  ]
  assert.equal(hours(24, '2026-03-02T15:00:00+08:00', { pauses }).dueAt.toISOString(), '2026-03-04T07:00:00.000Z')
})

test('an open pause gives the earliest end, and a later one as days go by', () => {
  const rule = { amount: 10, unit: 'calendar' } as const
  const pauses = [{ from: '2026-03-04', open: true } as const]
  const first = run(rule, '2026-03-02', { pauses })
  assert.deepEqual([first.open, first.due], [true, '2026-03-13'])
  const later = run(rule, '2026-03-02', { pauses, asOf: '2026-03-10' })
  assert.deepEqual([later.open, later.nominal, later.due], [true, '2026-03-19', '2026-03-19'])
  assert.equal(run(rule, '2026-03-02', { pauses: [{ from: '2026-05-01', open: true }] }).open, false)
})

test('an extension starts at the unmoved end, and the end moves only once', () => {
  const extensions = [{ amount: 30, unit: 'calendar', on: '2026-04-20', reason: '情况复杂', by: '镇长' } as const]
  const due = run({ amount: 60, unit: 'calendar' }, '2026-03-02', { extensions })
  assert.equal(dueOf({ amount: 60, unit: 'calendar' }, '2026-03-02'), '2026-05-06')
  assert.equal(due.nominal, '2026-05-31')
  assert.equal(due.due, '2026-06-01')
  assert.equal(due.days.filter((day) => day.counted).length, 90)
})

test('extensions of other units follow each other by the day they were approved', () => {
  const by = { reason: '鉴定', by: '镇长' }
  const extensions = [
    { amount: 1, unit: 'month', on: '2026-03-20', ...by } as const,
    { amount: 3, unit: 'workday', on: '2026-03-10', ...by } as const,
  ]
  assert.equal(run({ amount: 10, unit: 'calendar' }, '2026-03-02', { extensions }).nominal, '2026-04-17')
  assert.equal(
    hours(24, '2026-03-02T10:00:00+08:00', { extensions: [{ amount: 12, unit: 'hour', on: '2026-03-02', ...by }] }).dueAt.toISOString(),
    '2026-03-03T14:00:00.000Z',
  )
})

test('T13: working days that walk into an unannounced year are provisional and name it', () => {
  const due = run({ amount: 20, unit: 'workday' }, '2026-12-14')
  assert.equal(due.provisional, true)
  assert.deepEqual(due.provisionalYears, [2027])
  assert.deepEqual(run({ amount: 20, unit: 'workday' }, '2006-12-25').provisionalYears, [2006], 'the end is certain, the way to it is not')
  const announced = buildCalendar([], [{ year: 2026 }, { year: 2027 }])
  assert.equal(computeDeadline({ amount: 20, unit: 'workday' }, { effectiveOn: '2026-12-14' }, announced, zone).provisional, false)
})

test('T13: calendar days are provisional only when their last day is not certain', () => {
  assert.equal(run({ amount: 15, unit: 'calendar' }, '2026-11-23').provisional, false)
  assert.deepEqual(run({ amount: 60, unit: 'calendar' }, '2026-11-23').provisionalYears, [2027])
  assert.deepEqual(run({ amount: 30, unit: 'calendar' }, '2026-11-23').provisionalYears, [2027], 'late December may be moved by the next notice')
  assert.equal(run({ amount: 60, unit: 'calendar', rollsOver: false }, '2026-11-23').provisional, false)
  assert.equal(run({ amount: 60, unit: 'calendar' }, '2006-11-15').provisional, false, 'the walk begins in an unannounced year, the end does not')
})

test('a due date records the calendar it was counted with', () => {
  assert.equal(run({ amount: 5, unit: 'workday' }, '2026-03-02').calendarVersion, calendar.version)
})

test('periods that mean nothing are refused with what is wrong', () => {
  for (const amount of [0, -1, 1.5, Number.NaN, 100_000]) refuses('deadline.amount', () => run({ amount, unit: 'calendar' }, '2026-03-02'))
  refuses('date.unreadable', () => run({ amount: 1, unit: 'calendar' }, '2026-02-30'))
  refuses('deadline.unit', () => run({ amount: 1, unit: 'hour' }, '2026-03-02'))
  refuses('deadline.unit', () =>
    run({ amount: 1, unit: 'month' }, '2026-03-02', { extensions: [{ amount: 1, unit: 'hour', on: '2026-03-02', reason: '', by: '' }] }),
  )
  refuses('deadline.pause', () => run({ amount: 1, unit: 'month' }, '2026-03-02', { pauses: [{ from: '2026-03-05', to: '2026-03-04' }] }))
})

test('the light turns amber at 30 % or three working days, and red only after the last day', () => {
  const due = run({ amount: 60, unit: 'calendar' }, '2026-03-02')
  const light = (today: string) => lightOf(due.due, daysBetween(due.startedOn, due.due), today, calendar)
  assert.equal(due.due, '2026-05-06')
  assert.deepEqual(['2026-04-16', '2026-04-17', '2026-05-06', '2026-05-07'].map(light), ['green', 'amber', 'amber', 'red'])
  assert.equal(lightOf('2026-03-31', 100, '2026-03-01', calendar), 'amber', 'exactly 30 % left')
  assert.equal(lightOf('2026-03-31', 99, '2026-03-01', calendar), 'green')
  assert.equal(lightOf('2026-10-12', 14, '2026-09-29', calendar), 'green')
  assert.equal(lightOf('2026-10-12', 20, '2026-10-05', calendar), 'green')
  assert.equal(lightOf('2026-10-10', 20, '2026-09-30', calendar), 'amber', 'a long holiday leaves three working days')
})
