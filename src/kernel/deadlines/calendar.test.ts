import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { DomainError } from '#kernel/errors.ts'
import { buildHolidaySeed } from '#tests/support/holiday-seed.ts'
import { addWorkdays, buildCalendar, dayKind, decemberOpensOn, isRestDay, missingNotice, nextWorkday } from './calendar.ts'
import { addDays, addMonths, daysBetween, isCalendarDate, weekdayOf } from './dates.ts'
import { parseNoticeFile } from './notices.ts'
import { shippedCalendar } from './seed.ts'

const calendar = shippedCalendar()
const registerFile = (name: string) => readFileSync(new URL(`../../../registers/holidays/${name}`, import.meta.url), 'utf8')
const seedText = registerFile('entries.json')
const seed = parseNoticeFile(seedText)

const year2026 = {
  off: ['01-01/01-03', '02-15/02-23', '04-04/04-06', '05-01/05-05', '06-19/06-21', '09-25/09-27', '10-01/10-07'],
  work: ['01-04', '02-14', '02-28', '05-09', '09-20', '10-10'],
}

function range(from: string, to: string): string[] {
  return Array.from({ length: daysBetween(from, to) + 1 }, (_, index) => addDays(from, index))
}

test('T12: the shipped days of 2026 are exactly those of the notice of 4 November 2025', () => {
  const off = year2026.off.flatMap((span) => {
    const [from = '', to = ''] = span.split('/')
    return range(`2026-${from}`, `2026-${to}`)
  })
  const shipped = seed.entries.filter((entry) => entry.date.startsWith('2026-'))
  assert.deepEqual(
    shipped.filter((entry) => entry.off).map((entry) => entry.date),
    off,
  )
  assert.deepEqual(
    shipped.filter((entry) => !entry.off).map((entry) => entry.date),
    year2026.work.map((day) => `2026-${day}`),
  )
})

test('T11: from 2008 on every year gives the statutory holidays of fixed date, and half-day holidays are ordinary days', () => {
  for (let year = 2008; year <= 2026; year++) {
    for (const day of ['01-01', '05-01', '10-01', '10-02', '10-03'])
      assert.equal(dayKind(calendar, `${year}-${day}`).why, 'holiday', `${year}-${day}`)
  }
  for (const day of ['2024-03-08', '2026-06-01', '2025-08-01']) assert.equal(dayKind(calendar, day).why, 'ordinary', day)
})

test('the shipped file is what its script builds: change both when a notice appears', () => {
  assert.deepEqual(JSON.parse(seedText), JSON.parse(JSON.stringify(buildHolidaySeed())))
})

test('every shipped row satisfies the schema of its register', () => {
  const schema: { $defs: { notice: object } } = JSON.parse(registerFile('schema.json'))
  const ajv = new Ajv2020({ strictSchema: false })
  formats.default(ajv)
  const [isEntry, isNotice] = [ajv.compile(schema), ajv.compile(schema.$defs.notice)]
  for (const entry of seed.entries) assert.ok(isEntry(entry), JSON.stringify([entry, isEntry.errors]))
  for (const notice of seed.notices) assert.ok(isNotice(notice), JSON.stringify([notice, isNotice.errors]))
  assert.equal(isEntry({ ...seed.entries[0], belief: 'x' }), false)
})

test('both languages have the same texts, and every field has a label', () => {
  const [zh, en] = [JSON.parse(registerFile('texts.zh.json')), JSON.parse(registerFile('texts.en.json'))]
  assert.deepEqual(Object.keys(zh), Object.keys(en))
  const schema = JSON.parse(registerFile('schema.json'))
  for (const field of Object.keys(schema.properties)) assert.ok(zh[`holidays.entry.${field}.label`], field)
  for (const field of Object.keys(schema.$defs.notice.properties)) assert.ok(zh[`holidays.notice.${field}.label`], field)
})

test('a day says why it is a rest day or not', () => {
  assert.deepEqual(dayKind(calendar, '2026-09-25'), { rest: true, why: 'holiday', name: '中秋节', provisional: false })
  assert.deepEqual(dayKind(calendar, '2026-09-20'), { rest: false, why: 'make-up work', name: '国庆节', provisional: false })
  assert.deepEqual(dayKind(calendar, '2026-09-19'), { rest: true, why: 'weekend', provisional: false })
  assert.deepEqual(dayKind(calendar, '2026-09-21'), { rest: false, why: 'ordinary', provisional: false })
})

test('T13: a year without a notice is provisional, and so are the last days of the December before it', () => {
  assert.equal(missingNotice(calendar, '2026-12-19'), undefined)
  assert.equal(missingNotice(calendar, '2026-12-20'), 2027)
  assert.equal(missingNotice(calendar, '2027-06-01'), 2027)
  assert.equal(missingNotice(calendar, '2025-12-31'), undefined)
  assert.equal(missingNotice(calendar, '2006-12-30'), 2006)
})

test('no notice of 2007 to 2026 touched a December day before the date from which December is open', () => {
  const touched = seed.entries.filter((entry) => entry.date.slice(5, 7) === '12').map((entry) => entry.date.slice(5))
  assert.ok(touched.length > 5)
  assert.ok(touched.every((day) => day >= '12-29' && day > decemberOpensOn))
})

test('the town’s own table goes over the national days and does not announce a year', () => {
  const local = [
    { date: '2026-03-30', off: true, name: '古尔邦节', notice: 'local' },
    { date: '2026-10-07', off: false, name: '本地调休', notice: 'local' },
    { date: '2027-03-30', off: true, name: '本地节日', notice: 'local' },
  ]
  const town = shippedCalendar(local)
  assert.equal(isRestDay(town, '2026-03-30'), true)
  assert.equal(isRestDay(town, '2026-10-07'), false)
  assert.deepEqual(dayKind(town, '2027-03-30'), { rest: true, why: 'holiday', name: '本地节日', provisional: true })
  assert.notEqual(town.version, calendar.version)
})

test('the version depends on the days and years, not on their order or their notes', () => {
  const shuffled = buildCalendar(seed.entries.toReversed(), seed.notices.toReversed())
  assert.equal(shuffled.version, calendar.version)
  assert.notEqual(buildCalendar(seed.entries, [...seed.notices, { year: 2027 }]).version, calendar.version)
  assert.notEqual(buildCalendar(seed.entries.slice(1), seed.notices).version, calendar.version)
})

test('one list that says two things of one day is refused', () => {
  const day = { date: '2027-01-02', name: '元旦', notice: '2027' }
  const build = () =>
    buildCalendar(
      [
        { ...day, off: true },
        { ...day, off: false },
      ],
      [],
    )
  assert.throws(build, (error: unknown) => error instanceof DomainError && error.code === 'calendar.contradiction')
})

test('working days are found forwards, backwards and from rest days', () => {
  assert.equal(addWorkdays(calendar, '2026-09-21', 20), '2026-10-26')
  assert.equal(addWorkdays(calendar, '2026-02-13', 5), '2026-02-27')
  assert.equal(addWorkdays(calendar, '2026-09-30', 1), '2026-10-08')
  assert.equal(addWorkdays(calendar, '2026-10-08', -1), '2026-09-30')
  assert.equal(addWorkdays(calendar, '2026-10-03', 0), '2026-10-03')
  assert.equal(nextWorkday(calendar, '2026-10-01'), '2026-10-08')
  assert.equal(nextWorkday(calendar, '2026-10-10'), '2026-10-10')
})

test('month ends and leap years follow the calendar', () => {
  assert.equal(addMonths('2026-01-31', 1), '2026-02-28')
  assert.equal(addMonths('2028-01-31', 1), '2028-02-29')
  assert.equal(addMonths('2028-02-29', 12), '2029-02-28')
  assert.equal(addMonths('2028-02-29', 48), '2032-02-29')
  assert.equal(addMonths('2026-08-31', 6), '2027-02-28')
  assert.equal(addMonths('2026-11-30', 3), '2027-02-28')
  assert.equal(addMonths('2026-03-31', 1), '2026-04-30')
  assert.equal(addMonths('2026-12-15', 1), '2027-01-15')
  assert.equal(addDays('2028-02-28', 1), '2028-02-29')
  assert.equal(weekdayOf('2026-11-23'), 1)
})

test('a date that does not exist is not a date', () => {
  for (const text of ['2026-02-29', '2026-13-01', '2026-1-1', '20260101', '2026-01-01T00:00', ' 2026-01-01', ''])
    assert.equal(isCalendarDate(text), false, text)
  assert.equal(isCalendarDate('2028-02-29'), true)
})
