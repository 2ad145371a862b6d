// Built-in functions that make and take apart dates, times and durations (DMN 10.3.4.1, 10.3.4.7) and the two that ask for the time.
import { integer, toInteger, type Decimal, truncated } from './decimal.ts'
import { type Arguments, define } from './define.ts'
import { type Environment, fail } from './environment.ts'
import { atMidnightUtc, dayOfYear, isZone, joined, makeDate, makeTime, months, monthsBetween, second, weekday, weekOfYear } from './temporal.ts'
import { offsetZone, parseDate, parseDateTime, parseDuration, parseTime } from './temporal-text.ts'
import { type FeelDate, type FeelDateTime, type FeelTime, isNumber, isTemporal, type Value, type Zone } from './values.ts'

const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

const calendar = (name: string, apply: (date: FeelDate | FeelDateTime) => Value) =>
  define(name, ['date: date', 'date: date and time'], ([date]) => (date !== undefined && isTemporal(date) ? apply(date) : null))

const isTime = (value: Value | undefined): value is FeelTime =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'time'

export const temporalFunctions = [
  define('date', ['from: string', 'from: date', 'from: date and time', 'year: number, month: number, day: number'], makeFeelDate),
  define(
    'time',
    ['from: string', 'from: time', 'from: date and time', 'hour: number, minute: number, second: number, offset?: days and time duration?'],
    makeFeelTime,
  ),
  define(
    'date and time',
    ['from: string', 'from: date and time', 'date: date, time: time', 'date: date and time, time: time', 'date: date and time, timezone: string'],
    makeDateTime,
  ),
  define('duration', 'from: string', ([from], env) =>
    typeof from === 'string' ? (parseDuration(from) ?? fail(env, `“${from}” is no duration.`)) : null,
  ),
  define(
    'years and months duration',
    ['from: date, to: date', 'from: date and time, to: date and time', 'from: date, to: date and time', 'from: date and time, to: date'],
    ([from, to]) => (from !== undefined && to !== undefined && isTemporal(from) && isTemporal(to) ? months(monthsBetween(from, to)) : null),
  ),
  calendar('day of year', (date) => integer(dayOfYear(date))),
  calendar('day of week', (date) => days[weekday(date) - 1] ?? null),
  calendar('month of year', (date) => monthNames[date.month - 1] ?? null),
  calendar('week of year', (date) => integer(weekOfYear(date))),
  define('now', '', (_, env) => env.now ?? fail(env, 'The time is not given here.')),
  define('today', '', (_, env) => (env.now ? makeDate(env.now.year, env.now.month, env.now.day) : fail(env, 'The date is not given here.'))),
]

function makeFeelDate([first, month, day]: Arguments, env: Environment): Value {
  if (typeof first === 'string') return parseDate(first) ?? fail(env, `“${first}” is no date.`)
  if (first !== undefined && isTemporal(first)) return makeDate(first.year, first.month, first.day)
  const [y, m, d] = [first, month, day].map((part) => (isNumber(part) ? toInteger(part) : undefined))
  return (y !== undefined && m !== undefined && d !== undefined && makeDate(y, m, d)) || fail(env, 'There is no such day.')
}

function makeFeelTime([first, minute, seconds, offset]: Arguments, env: Environment): Value {
  if (typeof first === 'string') return parseTime(first) ?? fail(env, `“${first}” is no time.`)
  if (isTime(first)) return first
  if (first !== undefined && isTemporal(first)) {
    const moment = first.kind === 'date' ? atMidnightUtc(first) : first
    return makeTime(moment.hour, moment.minute, moment.second, moment.nano, moment.zone)
  }
  const [h, m] = [first, minute].map((part) => (isNumber(part) ? toInteger(part) : undefined))
  const zone = readOffset(offset)
  if (h === undefined || m === undefined || !isNumber(seconds) || zone === undefined) return fail(env, 'There is no such time.')
  const [whole, nano] = splitSeconds(seconds)
  return makeTime(h, m, whole, nano, zone) ?? fail(env, 'There is no such time.')
}

function readOffset(offset: Value | undefined): Zone | null | undefined {
  if (offset === undefined || offset === null) return null
  if (typeof offset !== 'object' || !('kind' in offset) || offset.kind !== 'days and time duration') return undefined
  return offset.nanos % second === 0n ? offsetZone(Number(offset.nanos / second)) : undefined
}

function splitSeconds(value: Decimal): [number, number] {
  const whole = truncated(value)
  const nano = truncated({ ...value, e: value.e + 9 }) - whole * second
  return value.c < 0n || whole > 60n ? [-1, 0] : [Number(whole), Number(nano)]
}

function makeDateTime([first, other]: Arguments, env: Environment): Value {
  if (typeof first === 'string') return parseDateTime(first) ?? fail(env, `“${first}” is no date and time.`)
  if (first === undefined || !isTemporal(first)) return null
  if (isTime(other)) return joined(first, other)
  if (typeof other !== 'string') return first.kind === 'date' ? atMidnightUtc(first) : first
  return first.kind === 'date and time' && isZone(other) ? { ...first, zone: { id: other } } : fail(env, `“${other}” is no time zone.`)
}
