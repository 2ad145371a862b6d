import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { DomainError } from '#kernel/errors.ts'
import { parseNoticeFile } from './notices.ts'

const fixed = ['01-01', '05-01', '10-01', '10-02', '10-03']
const days = fixed.map((day) => ({ name: '法定节日', date: `2027-${day}`, isOffDay: true }))
const yearFile = (change: object = {}) => JSON.stringify({ $id: 'x', year: 2027, papers: ['https://example.org/notice'], days, ...change })
const ownFile = (entries: object[], notice: object = {}) =>
  JSON.stringify({ notices: [{ id: '2027', year: 2027, title: '通知', ...notice }], entries })

function refusal(text: string): DomainError {
  try {
    parseNoticeFile(text)
  } catch (error) {
    if (error instanceof DomainError) return error
    throw error
  }
  throw new assert.AssertionError({ message: `accepted ${text}` })
}

test('a year file of holiday-cn becomes entries and one notice', () => {
  const workday = { name: '元旦', date: '2026-12-27', isOffDay: false }
  const { entries, notices } = parseNoticeFile(yearFile({ days: [...days, workday] }))
  assert.equal(entries.length, 6)
  assert.deepEqual(entries.at(-1), { date: '2026-12-27', off: false, name: '元旦', notice: '2027' })
  assert.deepEqual(notices, [
    { id: '2027', year: 2027, title: '国务院办公厅关于2027年部分节假日安排的通知', sources: ['https://example.org/notice'] },
  ])
})

test('our own form is read back unchanged, every year of it', () => {
  const text = readFileSync(new URL('../../../registers/holidays/entries.json', import.meta.url), 'utf8')
  assert.deepEqual(parseNoticeFile(text), JSON.parse(text))
})

test('a later notice that amends a year may be short', () => {
  const entry = { date: '2027-09-03', off: true, name: '纪念日', notice: '2027-2' }
  assert.equal(parseNoticeFile(ownFile([entry], { id: '2027-2', amends: true })).entries.length, 1)
})

test('a row given twice in the same way is taken once', () => {
  assert.equal(parseNoticeFile(yearFile({ days: [...days, ...days] })).entries.length, 5)
})

test('what is wrong with a file is said', () => {
  assert.equal(refusal('<html>').code, 'calendar.unreadable')
  assert.equal(refusal('[]').code, 'calendar.unreadable')
  assert.equal(refusal('null').code, 'calendar.unreadable')
  assert.equal(refusal(yearFile({ days: [] })).code, 'calendar.not_announced')
  assert.match(refusal(yearFile({ days: days.slice(1) })).message, /2027-01-01/)
  assert.equal(refusal(yearFile({ days: [...days, { name: '元旦', date: '2027-01-01', isOffDay: false }] })).code, 'calendar.odd_workday')
  assert.equal(refusal(yearFile({ days: [...days, { name: '国庆节', date: '2027-10-02', isOffDay: false }] })).code, 'calendar.contradiction')
  assert.equal(refusal(yearFile({ days: [...days, { name: '元旦', date: '2028-01-01', isOffDay: true }] })).code, 'calendar.wrong_year')
  assert.equal(refusal(yearFile({ days: [...days, { name: '元旦', date: '2026-11-30', isOffDay: true }] })).code, 'calendar.wrong_year')
  const entry = { date: '2027-01-01', off: true, name: '元旦', notice: 'other' }
  assert.equal(refusal(ownFile([entry])).code, 'calendar.unknown_notice')
  const notice = { id: '2027', year: 2027, title: '通知' }
  assert.equal(refusal(JSON.stringify({ notices: [notice, notice], entries: [entry] })).code, 'calendar.duplicate_notice')
})

test('a wrong field is named by its place', () => {
  const bad = refusal(yearFile({ days: [{ name: '元旦', date: '2027-02-30', isOffDay: true }] }))
  assert.deepEqual(bad.fields, [{ pointer: '/days/0/date', code: 'calendar.unreadable', message: 'is not a date like 2027-01-01' }])
  assert.match(bad.message, /\/days\/0\/date/)
})
