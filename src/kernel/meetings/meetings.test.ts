import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DomainError } from '../errors.ts'
import { countMeeting, type MeetingFacts, type MeetingRule, needed } from './meetings.ts'

const rule: MeetingRule = {
  quorum: { numerator: 2, denominator: 3, atLeast: true },
  majority: { numerator: 1, denominator: 2, atLeast: false },
  majorityOf: 'present',
  noticeDays: 10,
}
const facts: MeetingFacts = {
  noticedOn: '2026-03-01',
  heldOn: '2026-03-11',
  entitled: 31,
  present: 21,
  proxies: 0,
  inFavour: 11,
  against: 9,
  abstained: 1,
}
const refused = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code

test('two thirds of 31 are 21, and more than half of 21 are 11', () => {
  const counted = countMeeting(rule, facts)
  assert.deepEqual(counted, { noticeKept: true, noticeGiven: 10, counted: 21, quorumNeeded: 21, quorate: true, majorityNeeded: 11, passed: true })
})

test('one person, one vote or one day less, and nothing is decided', () => {
  assert.equal(countMeeting(rule, { ...facts, present: 20, inFavour: 20, against: 0, abstained: 0 }).passed, false)
  assert.equal(countMeeting(rule, { ...facts, inFavour: 10, against: 11, abstained: 0 }).passed, false)
  assert.equal(countMeeting(rule, { ...facts, heldOn: '2026-03-10' }).noticeKept, false)
  assert.equal(countMeeting(rule, { ...facts, heldOn: '2026-03-10' }).passed, false)
})

test('half of an even number is not more than half', () => {
  assert.equal(countMeeting(rule, { ...facts, present: 22, inFavour: 11, against: 11, abstained: 0 }).passed, false)
  assert.equal(countMeeting(rule, { ...facts, present: 22, inFavour: 12, against: 10, abstained: 0 }).passed, true)
})

test('a majority of all members does not shrink with those who stay away', () => {
  const members: MeetingRule = { ...rule, majority: { numerator: 2, denominator: 3, atLeast: true }, majorityOf: 'entitled' }
  assert.equal(countMeeting(members, { ...facts, inFavour: 20, against: 1, abstained: 0 }).passed, false)
  assert.equal(countMeeting(members, { ...facts, inFavour: 21, against: 0, abstained: 0 }).passed, true)
})

test('two thirds of the households make a quorum where the law says so', () => {
  const villagers: MeetingRule = {
    ...rule,
    quorum: { numerator: 1, denominator: 2, atLeast: false },
    householdQuorum: { numerator: 2, denominator: 3, atLeast: true },
  }
  const few = { ...facts, entitled: 600, present: 210, inFavour: 150, against: 60, abstained: 0, households: 300 }
  assert.equal(countMeeting(villagers, { ...few, householdsPresent: 199 }).quorate, false)
  assert.equal(countMeeting(villagers, { ...few, householdsPresent: 200 }).passed, true)
})

test('proxies count only where they are allowed, and only so many for one person', () => {
  assert.throws(() => countMeeting(rule, { ...facts, proxies: 1 }), refused('meeting.proxies'))
  const one = { ...rule, proxiesEach: 1 }
  assert.equal(countMeeting(one, { ...facts, present: 11, proxies: 10 }).counted, 21)
  assert.throws(() => countMeeting(one, { ...facts, present: 10, proxies: 11 }), refused('meeting.proxies'))
})

test('figures that no meeting can have are refused with their field', () => {
  assert.throws(() => countMeeting(rule, { ...facts, present: 32 }), refused('meeting.present'))
  assert.throws(() => countMeeting(rule, { ...facts, abstained: 2 }), refused('meeting.inFavour'))
  assert.throws(() => countMeeting(rule, { ...facts, heldOn: '2026-02-28' }), refused('meeting.heldOn'))
  assert.throws(() => countMeeting(rule, { ...facts, entitled: 0 }), refused('meeting.entitled'))
  assert.throws(() => countMeeting(rule, { ...facts, households: 5, householdsPresent: 6 }), refused('meeting.householdsPresent'))
  assert.throws(() => countMeeting({ ...rule, quorum: { numerator: 3, denominator: 2, atLeast: true } }, facts), refused('meeting.share'))
})

test('what is needed is the smallest number that makes the share', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 99 }),
      fc.integer({ min: 1, max: 99 }),
      fc.boolean(),
      (whole, a, b, atLeast) => {
        const [numerator, denominator] = a <= b ? [a, b] : [b, a]
        const found = needed({ numerator, denominator, atLeast }, whole)
        const makes = (people: number) => (atLeast ? people * denominator >= numerator * whole : people * denominator > numerator * whole)
        assert.ok(makes(found) && !makes(found - 1))
      },
    ),
  )
})
