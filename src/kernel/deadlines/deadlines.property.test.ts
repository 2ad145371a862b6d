// Compares ten years of sums with two others: a naive walk over the days, and chinese-days in a process of its own
// (that library reads the zone of its process and is wrong west of Greenwich, so it runs in Asia/Shanghai).
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { addDays, daysBetween } from './dates.ts'
import { computeDeadline } from './deadlines.ts'
import type { DueDate, Rule } from './deadlines.ts'
import { explainDeadline } from './explain.ts'
import { shippedCalendar } from './seed.ts'
import seed from '../../../registers/holidays/entries.json' with { type: 'json' }

const calendar = shippedCalendar()
const zone = 'Asia/Shanghai'
const seeded = { seed: 20_260_921, numRuns: Number(process.env.XIANGLI_PROPERTY_RUNS ?? 1000) }
const first = '2016-01-01'
const last = '2026-09-30'
const anyDate = fc.integer({ min: 0, max: daysBetween(first, last) }).map((offset) => addDays(first, offset))
const anyDayRule = fc.record({ amount: fc.integer({ min: 1, max: 90 }), unit: fc.constantFrom('calendar' as const, 'workday' as const) })
const anyPause = fc.tuple(anyDate, fc.integer({ min: 0, max: 20 })).map(([from, length]) => ({ from, to: addDays(from, length) }))

const off = new Set(seed.entries.filter((entry) => entry.off).map((entry) => entry.date))
const work = new Set(seed.entries.filter((entry) => !entry.off).map((entry) => entry.date))

// Written on purpose unlike the module: native dates in UTC, one day at a time.
function naiveRest(date: Date): boolean {
  const text = date.toISOString().slice(0, 10)
  if (off.has(text)) return true
  return !work.has(text) && date.getUTCDay() % 6 === 0
}

function naiveDue(rule: Rule, from: string): string {
  const day = new Date(`${from}T12:00:00Z`)
  let counted = 0
  while (counted < rule.amount) {
    day.setUTCDate(day.getUTCDate() + 1)
    if (rule.unit === 'calendar' || !naiveRest(day)) counted += 1
  }
  while (naiveRest(day)) day.setUTCDate(day.getUTCDate() + 1)
  return day.toISOString().slice(0, 10)
}

test('ten years of sums equal a naive walk over the days', () => {
  const property = fc.property(anyDate, anyDayRule, (from, rule) => {
    assert.equal(computeDeadline(rule, { effectiveOn: from }, calendar, zone).due, naiveDue(rule, from))
  })
  fc.assert(property, seeded)
})

test('ten years of working-day sums equal those of chinese-days', () => {
  const sums = fc.sample(fc.tuple(anyDate, fc.integer({ min: 1, max: 60 })), { seed: seeded.seed, numRuns: 2000 }).filter(isBeforeLast)
  const script = `const { findWorkday } = require('chinese-days')
    const sums = JSON.parse(require('fs').readFileSync(0, 'utf8'))
    console.log(JSON.stringify(sums.map(([from, count]) => findWorkday(count, from))))`
  const output = execFileSync(process.execPath, ['-e', script], { input: JSON.stringify(sums), env: { ...process.env, TZ: zone }, encoding: 'utf8' })
  const ours = sums.map(([from, amount]) => computeDeadline({ amount, unit: 'workday' }, { effectiveOn: from }, calendar, zone).due)
  assert.ok(sums.length > 1900)
  assert.deepEqual(ours, JSON.parse(output))
})

// chinese-days silently counts years without data as plain weeks: our own guard.
const isBeforeLast = ([from, count]: [string, number]) => addDays(from, count * 3) <= '2026-12-19'

test('every explanation adds up, whatever the pauses and extensions', () => {
  const extension = { on: '2020-01-01', reason: '情况复杂', by: '镇长' }
  const anyExtension = anyDayRule.map((rule) => ({ ...rule, ...extension }))
  const property = fc.property(
    anyDate,
    anyDayRule,
    fc.array(anyPause, { maxLength: 3 }),
    fc.array(anyExtension, { maxLength: 2 }),
    (from, rule, pauses, extensions) => {
      const due = computeDeadline(rule, { effectiveOn: from }, calendar, zone, { pauses, extensions })
      const amount = extensions.reduce((sum, each) => sum + each.amount, rule.amount)
      checkExplanation(due, from, amount)
      for (const day of due.days) {
        const isPaused = pauses.some((pause) => pause.from <= day.date && day.date <= pause.to)
        if (day.why !== 'start') assert.equal(day.why === 'paused', isPaused, day.date)
      }
      assert.ok(!naiveRest(new Date(`${due.due}T00:00:00Z`)))
    },
  )
  fc.assert(property, seeded)
})

function checkExplanation(due: DueDate, from: string, amount: number): void {
  const counted = due.days.filter((day) => day.counted)
  assert.equal(counted.length, amount)
  assert.deepEqual(
    counted.map((day) => day.number),
    counted.map((_, index) => index + 1),
  )
  assert.deepEqual(due.days[0], { date: from, counted: false, why: 'start' })
  assert.equal(counted.at(-1)?.date, due.nominal)
  assert.equal(due.days.at(-1)?.date, due.due)
  due.days.forEach((day, index) => assert.equal(day.date, addDays(from, index)))
}

test('more time never ends sooner, and neither does a later start', () => {
  const property = fc.property(anyDate, anyDayRule, anyPause, (from, rule, pause) => {
    const due = (amount: number, start: string, pauses = [pause]) =>
      computeDeadline({ ...rule, amount }, { effectiveOn: start }, calendar, zone, { pauses }).due
    assert.ok(due(rule.amount + 1, from) >= due(rule.amount, from))
    assert.ok(due(rule.amount, addDays(from, 1)) >= due(rule.amount, from))
    assert.ok(due(rule.amount, from) >= due(rule.amount, from, []))
  })
  fc.assert(property, { ...seeded, numRuns: 300 })
})

test('every due date can be explained in both languages, ending with its date', () => {
  const property = fc.property(anyDate, anyDayRule, (from, rule) => {
    const due = computeDeadline(rule, { effectiveOn: from }, calendar, zone)
    const [year, month, day] = due.due.split('-').map(Number)
    assert.ok(explainDeadline(due, rule, 'zh').summary.includes(`至${year}年${month}月${day}日`))
    assert.ok(explainDeadline(due, rule, 'en').summary.includes(due.due))
  })
  fc.assert(property, { ...seeded, numRuns: 200 })
})

test('the zone of the process does not matter', () => {
  const script = `
    import { computeDeadline } from '#kernel/deadlines/deadlines.ts'
    import { shippedCalendar } from '#kernel/deadlines/seed.ts'
    import { addDays } from '#kernel/deadlines/dates.ts'
    const calendar = shippedCalendar()
    const sums = []
    for (let index = 0; index < 400; index++) {
      for (const unit of ['workday', 'calendar', 'month']) {
        const effectiveOn = addDays('2024-01-01', index * 3)
        const due = computeDeadline({ amount: 1 + (index % 9), unit }, { effectiveOn }, calendar, 'Asia/Shanghai')
        sums.push([due.due, due.dueAt.toISOString(), due.days.length])
      }
      const at = new Date(Date.UTC(2024, 0, 1, index))
      sums.push(computeDeadline({ amount: 24, unit: 'hour' }, { at }, calendar, 'Asia/Shanghai'))
    }
    console.log(JSON.stringify(sums))`
  const runIn = (TZ: string) =>
    execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
      env: { ...process.env, TZ },
      encoding: 'utf8',
      cwd: new URL('../../..', import.meta.url),
    })
  const inShanghai = runIn('Asia/Shanghai')
  assert.ok(inShanghai.length > 50_000)
  assert.equal(runIn('UTC'), inShanghai)
  assert.equal(runIn('America/New_York'), inShanghai)
})
