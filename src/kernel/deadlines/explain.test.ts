import assert from 'node:assert/strict'
import { test } from 'node:test'
import { computeDeadline } from './deadlines.ts'
import type { Changes, Rule } from './deadlines.ts'
import { explainDeadline } from './explain.ts'
import { shippedCalendar } from './seed.ts'

const calendar = shippedCalendar()
const zone = 'Asia/Shanghai'
const explain = (rule: Rule, effectiveOn: string, language: 'zh' | 'en', changes?: Changes) =>
  explainDeadline(computeDeadline(rule, { effectiveOn }, calendar, zone, changes), rule, language)

test('working days are explained stretch by stretch, with the law and article', () => {
  const rule: Rule = { amount: 3, unit: 'workday', law: '行政许可法', article: '82' }
  assert.deepEqual(explain(rule, '2026-09-29', 'zh'), {
    summary: '期限3个工作日，自2026年9月29日（星期二）的次日起计算，至2026年10月9日（星期五）24时届满。依据《行政许可法》第82条。',
    lines: [
      '2026年9月29日（星期二）是起算事由发生之日，当日不计入，自次日起计算（民法典第二百零一条）。',
      '2026年9月30日（星期三）：计入，共1天（第1天）。',
      '2026年10月1日（星期四）至2026年10月7日（星期三）：国庆节放假，不计入，共7天。',
      '2026年10月8日（星期四）至2026年10月9日（星期五）：计入，共2天（第2至3天）。',
    ],
  })
})

test('English says the same as Chinese, with the holiday translated', () => {
  const { summary, lines } = explain({ amount: 3, unit: 'workday', law: '行政许可法', article: '82' }, '2026-09-29', 'en')
  assert.equal(
    summary,
    '3 working days, counted from the day after Tuesday 2026-09-29; the period ends at 24:00 on Friday 2026-10-09. Basis: 行政许可法, Article 82.',
  )
  assert.equal(lines[2], 'Thursday 2026-10-01 to Wednesday 2026-10-07: National Day holiday, not counted, 7 days.')
})

test('a make-up working day is named for what it is', () => {
  assert.ok(explain({ amount: 9, unit: 'workday' }, '2026-09-18', 'zh').lines.includes('2026年9月20日（星期日）：国庆节调休上班，计入（第1天）。'))
})

test('a move off rest days is a line of its own', () => {
  const { lines } = explain({ amount: 15, unit: 'calendar' }, '2026-09-16', 'zh')
  assert.equal(lines.at(-1), '2026年10月1日（星期四）遇法定休息日，期限顺延至2026年10月8日（星期四）（民法典第二百零三条）。')
})

test('pauses and extensions give their reasons, and who approved', () => {
  const changes: Changes = {
    pauses: [{ from: '2026-03-04', to: '2026-03-06', reason: '征求第三方意见' }],
    extensions: [{ amount: 20, unit: 'workday', on: '2026-03-20', reason: '情况复杂', by: '信息公开机构负责人' }],
  }
  const { summary, lines } = explain({ amount: 20, unit: 'workday', law: '政府信息公开条例', article: '第三十三条' }, '2026-03-02', 'zh', changes)
  assert.match(summary, /^期限20个工作日，延长20个工作日，中止3天，自.*依据《政府信息公开条例》第三十三条。$/)
  assert.ok(lines.includes('2026年3月4日（星期三）至2026年3月6日（星期五）：期限中止（征求第三方意见），不计入，共3天。'))
  assert.ok(lines.includes('2026年3月20日经信息公开机构负责人批准，延长20个工作日，理由：情况复杂。'))
})

test('a provisional date says which year is missing, in sentence and steps', () => {
  const { summary, lines } = explain({ amount: 60, unit: 'calendar' }, '2026-11-23', 'zh')
  assert.match(summary, /暂定/)
  assert.match(lines.at(-1) ?? '', /2027年放假安排.*暂定/)
})

test('an open pause says that the date is only the earliest', () => {
  const { summary, lines } = explain({ amount: 10, unit: 'workday' }, '2026-03-02', 'en', { pauses: [{ from: '2026-03-04', open: true }] })
  assert.match(summary, /earliest end/)
  assert.match(lines.at(-1) ?? '', /standing still/)
})

test('hours are explained by the wall clock of the town', () => {
  const rule: Rule = { amount: 24, unit: 'hour', law: '《生产安全事故报告和调查处理条例》' }
  const due = computeDeadline(rule, { at: new Date('2026-10-02T07:30:00Z') }, calendar, zone)
  const { summary, lines } = explainDeadline(due, rule, 'zh')
  assert.equal(summary, '期限24小时，自2026年10月2日15:30起计算，至2026年10月3日15:30届满。依据《生产安全事故报告和调查处理条例》。')
  assert.equal(lines.length, 1)
})
