// Temporal values as text: the lexical forms of DMN 10.3.2.3.4–8 (XML Schema dates and durations, and `@` before a zone's name).
import { isZone, joined, makeDate, makeTime, months, nanoseconds, second as oneSecond } from './temporal.ts'
import type { ClockTime, FeelDate, FeelDateTime, FeelTime, MonthsDuration, NanosDuration, Zone } from './values.ts'

const datePart = String.raw`(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)`
const timePart = String.raw`(\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+/-]+)?`
const dateForm = new RegExp(`^${datePart}$`)
const timeForm = new RegExp(`^${timePart}$`)
const dateTimeForm = new RegExp(`^${datePart}T${timePart}$`)
const daysForm = /^(-?)P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$/
const monthsForm = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?$/
const longest = 100

/** `2026-02-28`; null when it is no date. */
export function parseDate(text: string): FeelDate | null {
  const [, year, month, day] = dateForm.exec(text) ?? []
  return year === undefined || year === '-0000' ? null : makeDate(Number(year), Number(month), Number(day))
}

/** `10:30:00`, `10:30:00.5Z`, `10:30:00+08:00`, `10:30:00@Asia/Shanghai`; null otherwise. */
export const parseTime = (text: string): FeelTime | null => (text.length > longest ? null : readTime(timeForm.exec(text)?.slice(1)))

function readTime(parts: (string | undefined)[] | undefined): FeelTime | null {
  const [hour, minute, second, fraction = '', zoneText] = parts ?? []
  if (hour === undefined) return null
  const zone = readZone(zoneText)
  if (zone === undefined) return null
  return makeTime(Number(hour), Number(minute), Number(second), Number(fraction.slice(0, 9).padEnd(9, '0')), zone)
}

function readZone(text: string | undefined): Zone | null | undefined {
  if (text === undefined) return null
  if (text === 'Z' || text === 'z') return { offset: 0 }
  if (text.startsWith('@')) return isZone(text.slice(1)) ? { id: text.slice(1) } : undefined
  const [hours = 0, minutes = 0, seconds = 0] = text.slice(1).split(':').map(Number)
  if (minutes > 59 || seconds > 59) return undefined
  return offsetZone((text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds))
}

/** A zone of whole seconds east of UTC; undefined beyond eighteen hours. */
export const offsetZone = (seconds: number): Zone | undefined => (Math.abs(seconds) > 18 * 3600 ? undefined : { offset: seconds === 0 ? 0 : seconds })

/** A date with a time, or a date alone (which is its midnight). */
export function parseDateTime(text: string): FeelDateTime | null {
  if (text.length > longest) return null
  const parts = dateTimeForm.exec(text)
  if (!parts) {
    const date = parseDate(text)
    return date && joined(date, { hour: 0, minute: 0, second: 0, nano: 0, zone: null })
  }
  const date = parseDate(text.slice(0, text.indexOf('T')))
  const time = readTime(parts.slice(4))
  return date && time && joined(date, time)
}

/** `P1Y2M` or `P1DT2H3.5S`; null for anything else, also for a mix of months and days. */
export function parseDuration(text: string): MonthsDuration | NanosDuration | null {
  if (text.length > longest || !/\d[YMDHS]$/.test(text)) return null
  const [, sign, years = '0', monthCount = '0'] = monthsForm.exec(text) ?? []
  if (sign !== undefined) {
    const total = Number(years) * 12 + Number(monthCount)
    return Number.isSafeInteger(total) ? months(sign === '-' ? -total : total) : null
  }
  const [, minus, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = daysForm.exec(text) ?? []
  if (minus === undefined) return null
  const whole = ((BigInt(days) * 24n + BigInt(hours)) * 60n + BigInt(minutes)) * 60n + BigInt(seconds)
  const nanos = whole * oneSecond + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
  return nanoseconds(minus === '-' ? -nanos : nanos)
}

/** What stands after `@` in FEEL: a date, date and time, time or duration; null when it is none. */
export function parseTemporal(text: string): FeelDate | FeelDateTime | FeelTime | MonthsDuration | NanosDuration | null {
  return parseDate(text) ?? (text.includes('T') ? parseDateTime(text) : null) ?? parseTime(text) ?? parseDuration(text)
}

const two = (value: number) => String(value).padStart(2, '0')

export const formatDate = (value: { year: number; month: number; day: number }): string =>
  `${value.year < 0 ? '-' : ''}${String(Math.abs(value.year)).padStart(4, '0')}-${two(value.month)}-${two(value.day)}`

export function formatTime(value: ClockTime): string {
  const fraction = value.nano === 0 ? '' : `.${String(value.nano).padStart(9, '0').replace(/0+$/, '')}`
  return `${two(value.hour)}:${two(value.minute)}:${two(value.second)}${fraction}${formatZone(value.zone)}`
}

function formatZone(zone: Zone | null): string {
  if (zone === null) return ''
  if ('id' in zone) return `@${zone.id}`
  if (zone.offset === 0) return 'Z'
  const size = Math.abs(zone.offset)
  const seconds = size % 60 === 0 ? '' : `:${two(size % 60)}`
  return `${zone.offset < 0 ? '-' : '+'}${two(Math.floor(size / 3600))}:${two(Math.floor(size / 60) % 60)}${seconds}`
}

export const formatDateTime = (value: FeelDateTime): string => `${formatDate(value)}T${formatTime(value)}`

export function formatMonths({ months: count }: MonthsDuration): string {
  const size = Math.abs(count)
  const years = Math.floor(size / 12)
  const rest = size % 12
  if (size === 0) return 'P0M'
  return `${count < 0 ? '-' : ''}P${years > 0 ? `${years}Y` : ''}${rest > 0 ? `${rest}M` : ''}`
}

export function formatNanos({ nanos }: NanosDuration): string {
  if (nanos === 0n) return 'PT0S'
  const size = nanos < 0n ? -nanos : nanos
  const seconds = size / oneSecond
  const fraction = size % oneSecond
  const days = seconds / 86_400n
  const parts = [
    [(seconds / 3600n) % 24n, 'H'],
    [(seconds / 60n) % 60n, 'M'],
  ] as const
  const time = parts.map(([count, unit]) => (count > 0n ? `${count}${unit}` : '')).join('')
  const point = fraction === 0n ? '' : `.${fraction.toString().padStart(9, '0').replace(/0+$/, '')}`
  const rest = seconds % 60n > 0n || point !== '' ? `${seconds % 60n}${point}S` : ''
  return `${nanos < 0n ? '-' : ''}P${days > 0n ? `${days}D` : ''}${time || rest ? `T${time}${rest}` : ''}`
}
