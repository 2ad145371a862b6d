import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dateIn, endOfDate, offsetOf, shiftedClock, startOfDate, virtualClock, momentIn } from './clock.ts'

test('the date of an instant is the town’s, not UTC’s', () => {
  assert.equal(dateIn('Asia/Shanghai', new Date('2026-03-01T15:59:59.999Z')), '2026-03-01')
  assert.equal(dateIn('Asia/Shanghai', new Date('2026-03-01T16:00:00Z')), '2026-03-02')
  assert.equal(dateIn('UTC', new Date('2026-03-01T16:00:00Z')), '2026-03-01')
})

test('a day begins where the one before it ends, at 24:00 of the town', () => {
  assert.equal(startOfDate('Asia/Shanghai', '2026-03-02').toISOString(), '2026-03-01T16:00:00.000Z')
  assert.equal(endOfDate('Asia/Shanghai', '2026-02-28').toISOString(), startOfDate('Asia/Shanghai', '2026-03-01').toISOString())
  assert.equal(endOfDate('Asia/Shanghai', '2028-02-28').toISOString(), startOfDate('Asia/Shanghai', '2028-02-29').toISOString())
  assert.equal(endOfDate('Asia/Shanghai', '2026-12-31').toISOString(), '2026-12-31T16:00:00.000Z')
})

test('every instant of a day lies between its begin and its end', () => {
  for (const zone of ['Asia/Shanghai', 'Asia/Urumqi', 'UTC'])
    for (const date of ['2026-01-01', '2026-06-30', '2024-02-29']) {
      assert.equal(dateIn(zone, startOfDate(zone, date)), date)
      assert.equal(dateIn(zone, new Date(endOfDate(zone, date).getTime() - 1)), date)
    }
})

test('the offset of a zone is in milliseconds, also between two seconds', () => {
  assert.equal(offsetOf('Asia/Shanghai', new Date('2026-03-01T00:00:00.567Z')), 8 * 3_600_000)
})

test('a virtual clock moves only when told, and never gives its own time away', () => {
  const clock = virtualClock(new Date('2026-03-01T00:00:00Z'))
  const first = clock.now()
  first.setFullYear(1999)
  assert.equal(clock.now().toISOString(), '2026-03-01T00:00:00.000Z')
  clock.advance(1500)
  assert.equal(clock.now().toISOString(), '2026-03-01T00:00:01.500Z')
  clock.set(new Date('2026-02-01T00:00:00Z'))
  assert.equal(clock.now().toISOString(), '2026-02-01T00:00:00.000Z')
})

test('a shifted clock reads the given time now and runs with its base', () => {
  const base = virtualClock(new Date('2026-03-01T00:00:00Z'))
  const shifted = shiftedClock(new Date('2030-01-01T00:00:00Z'), base)
  base.advance(5000)
  assert.equal(shifted.now().toISOString(), '2030-01-01T00:00:05.000Z')
})

test('a date stands for its beginning in the town, a time without an offset for that time there', () => {
  const at = (text: string) => momentIn('Asia/Shanghai', text)?.toISOString()
  assert.equal(at('2026-03-21'), '2026-03-20T16:00:00.000Z')
  assert.equal(at('2026-03-21T08:30:00'), '2026-03-21T00:30:00.000Z')
  assert.equal(at('2026-03-21T08:30:00+08:00'), '2026-03-21T00:30:00.000Z')
  assert.equal(at('2026-13-41'), undefined)
  assert.equal(at('soon'), undefined)
})
