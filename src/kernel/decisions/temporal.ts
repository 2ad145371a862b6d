// Calendar arithmetic for FEEL's dates, times and durations (DMN 10.3.2.3.4–10.3.2.3.8; ISO 8601, proleptic Gregorian calendar).
import { offsetOf } from '#kernel/clock.ts'
import type { ClockTime, FeelDate, FeelDateTime, FeelTime, MonthsDuration, NanosDuration, Zone } from './values.ts'

export const second = 1_000_000_000n
export const day = 86_400n * second
const maximumYear = 999_999_999

/** Days since 1970-01-01 of a calendar date. */
export function daysOf(year: number, month: number, dayOfMonth: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

/** The calendar date of a day number; null when its year is out of range. */
export function dateOfDays(days: number): FeelDate | null {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const part = Math.floor((5 * dayOfYear + 2) / 153)
  const month = part < 10 ? part + 3 : part - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return makeDate(year, month, dayOfYear - Math.floor((153 * part + 2) / 5) + 1)
}

export const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** A date, or null when there is no such day. */
export function makeDate(year: number, month: number, dayOfMonth: number): FeelDate | null {
  if (Math.abs(year) > maximumYear || month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > daysInMonth(year, month)) return null
  return { kind: 'date', year, month, day: dayOfMonth }
}

/** A time of day, or null when a part is out of range. */
export function makeTime(hour: number, minute: number, seconds: number, nano: number, zone: Zone | null): FeelTime | null {
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || seconds < 0 || seconds > 59) return null
  return { kind: 'time', hour, minute, second: seconds, nano, zone }
}

export const joined = (date: { year: number; month: number; day: number }, time: ClockTime): FeelDateTime => ({
  kind: 'date and time',
  year: date.year,
  month: date.month,
  day: date.day,
  hour: time.hour,
  minute: time.minute,
  second: time.second,
  nano: time.nano,
  zone: time.zone,
})

/** A date taken as a date and time is midnight UTC (DMN 10.3.2.9.4). */
export const atMidnightUtc = (date: FeelDate): FeelDateTime => joined(date, { hour: 0, minute: 0, second: 0, nano: 0, zone: { offset: 0 } })

export const nanosOfDay = (time: ClockTime): bigint => BigInt(time.hour * 3600 + time.minute * 60 + time.second) * second + BigInt(time.nano)

/** Nanoseconds since 1970-01-01T00:00:00 on the value's own clock face, whatever its zone. */
export const localNanos = (value: FeelDateTime): bigint => BigInt(daysOf(value.year, value.month, value.day)) * day + nanosOfDay(value)

const zones = new Map<string, boolean>()

/** Whether the IANA database has a zone of this name. */
export function isZone(id: string): boolean {
  const known = zones.get(id)
  if (known !== undefined) return known
  let valid = /^[A-Za-z][A-Za-z0-9_+/-]*$/.test(id)
  try {
    if (valid) Intl.DateTimeFormat('en', { timeZone: id })
  } catch {
    valid = false
  }
  if (zones.size < 2000) zones.set(id, valid)
  return valid
}

/** Seconds east of UTC at a local date and time; null without a zone. For years that calendars on computers do not know, a year like it. */
export function offsetSeconds(value: FeelDateTime): number | null {
  if (value.zone === null) return null
  if ('offset' in value.zone) return value.zone.offset
  const year = value.year < 1 || value.year > 9999 ? 2000 + (((value.year % 400) + 400) % 400) : value.year
  const local = daysOf(year, value.month, value.day) * 86_400_000 + Number(nanosOfDay(value) / 1_000_000n)
  const guess = offsetOf(value.zone.id, new Date(local))
  return Math.round(offsetOf(value.zone.id, new Date(local - guess)) / 1000)
}

/** Nanoseconds since the epoch; null when the value has no zone. */
export function instantOf(value: FeelDateTime): bigint | null {
  const offset = offsetSeconds(value)
  return offset === null ? null : localNanos(value) - BigInt(offset) * second
}

/** Nanoseconds since midnight UTC; null when the time has no zone. A named zone counts with its offset on 1 January 2000. */
export function timeInstant(value: FeelTime): bigint | null {
  const offset = offsetSeconds(joined({ year: 2000, month: 1, day: 1 }, value))
  return offset === null ? null : nanosOfDay(value) - BigInt(offset) * second
}

/** The date and time at a number of nanoseconds on its own clock face. */
export function fromLocalNanos(nanos: bigint, zone: Zone | null): FeelDateTime | null {
  const days = floorDivide(nanos, day)
  const date = days > -(10n ** 13n) && days < 10n ** 13n ? dateOfDays(Number(days)) : null
  return date && joined(date, timeOfNanos(nanos - days * day, zone))
}

export function timeOfNanos(nanos: bigint, zone: Zone | null): FeelTime {
  const inDay = ((nanos % day) + day) % day
  const seconds = Number(inDay / second)
  return {
    kind: 'time',
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    nano: Number(inDay % second),
    zone,
  }
}

export const floorDivide = (a: bigint, b: bigint): bigint => (a % b !== 0n && a < 0n !== b < 0n ? a / b - 1n : a / b)

/** The same day some months later, or the last day of that month. */
export function addMonths<T extends FeelDate | FeelDateTime>(value: T, months: number): T | null {
  const total = value.year * 12 + value.month - 1 + months
  const year = Math.floor(total / 12)
  const month = total - year * 12 + 1
  if (!Number.isSafeInteger(total) || Math.abs(year) > maximumYear) return null
  return { ...value, year, month, day: Math.min(value.day, daysInMonth(year, month)) }
}

/** A date and time moved along the time line. In a named zone the clock face follows the zone's rules. */
export function addNanos(value: FeelDateTime, nanos: bigint): FeelDateTime | null {
  if (value.zone === null || 'offset' in value.zone) return fromLocalNanos(localNanos(value) + nanos, value.zone)
  const instant = (instantOf(value) ?? 0n) + nanos
  const utc = fromLocalNanos(instant, value.zone)
  if (!utc || utc.year < 1 || utc.year > 9999) return utc
  const offset = Math.round(offsetOf(value.zone.id, new Date(Number(instant / 1_000_000n))) / 1000)
  return fromLocalNanos(instant + BigInt(offset) * second, value.zone)
}

export const months = (count: number): MonthsDuration => ({ kind: 'years and months duration', months: count === 0 ? 0 : count })
export const nanoseconds = (nanos: bigint): NanosDuration => ({ kind: 'days and time duration', nanos })

/** Whole months from one date to another, towards zero (DMN 10.3.4.1 years and months duration). */
export function monthsBetween(from: FeelDate | FeelDateTime, to: FeelDate | FeelDateTime): number {
  const count = (to.year - from.year) * 12 + to.month - from.month
  const rest = restOf(to) - restOf(from)
  if (count > 0 && rest < 0n) return count - 1
  if (count < 0 && rest > 0n) return count + 1
  return count
}

const restOf = (value: FeelDate | FeelDateTime): bigint => BigInt(value.day) * day + (value.kind === 'date' ? 0n : nanosOfDay(value))

/** Monday 1 … Sunday 7. */
export const weekday = (value: { year: number; month: number; day: number }): number =>
  ((((daysOf(value.year, value.month, value.day) + 3) % 7) + 7) % 7) + 1

export const dayOfYear = (value: { year: number; month: number; day: number }): number =>
  daysOf(value.year, value.month, value.day) - daysOf(value.year, 1, 1) + 1

/** ISO 8601 week number. */
export function weekOfYear(value: { year: number; month: number; day: number }): number {
  const thursday = daysOf(value.year, value.month, value.day) - weekday(value) + 4
  const date = dateOfDays(thursday)
  return date ? Math.floor((thursday - daysOf(date.year, 1, 1)) / 7) + 1 : 1
}
