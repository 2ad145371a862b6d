// The only file that reads the clock. Everything else is told the time.

/** Milliseconds since the epoch, read when asked. A virtual clock stands until it is set or advanced. */
export type Clock = { now(): Date }

/** Calendar date `YYYY-MM-DD` in a town's zone. */
export type CalendarDate = string

export const systemClock: Clock = { now: () => new Date() }

export type VirtualClock = Clock & { set(to: Date): void; advance(milliseconds: number): void }

/** A clock that only moves when told to: scenarios, drills, the demonstration and tests. */
export function virtualClock(start: Date): VirtualClock {
  let at = start.getTime()
  return {
    now: () => new Date(at),
    set: (to) => {
      at = to.getTime()
    },
    advance: (milliseconds) => {
      at += milliseconds
    },
  }
}

/** A clock that runs at the usual speed, shifted so that it reads `at` now. */
export function shiftedClock(at: Date, base: Clock = systemClock): Clock {
  const shift = at.getTime() - base.now().getTime()
  return { now: () => new Date(base.now().getTime() + shift) }
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** The calendar date of an instant in a zone. */
export function dateIn(zone: string, instant: Date): CalendarDate {
  let formatter = formatters.get(zone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formatters.set(zone, formatter)
  }
  return formatter.format(instant)
}

const wallFormatters = new Map<string, Intl.DateTimeFormat>()

/** Milliseconds that `zone` is ahead of UTC at `instant`. */
export function offsetOf(zone: string, instant: Date): number {
  let formatter = wallFormatters.get(zone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    wallFormatters.set(zone, formatter)
  }
  const parts = formatter.formatToParts(instant)
  const get = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  const wall = Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'))
  return wall - Math.floor(instant.getTime() / 1000) * 1000
}

/** The instant at which a calendar date begins in a zone. */
export function startOfDate(zone: string, date: CalendarDate): Date {
  const utc = new Date(`${date}T00:00:00Z`)
  return new Date(utc.getTime() - offsetOf(zone, utc))
}

/** The instant at which a calendar date ends (24:00, 民法典 Art 203) in a zone. */
export function endOfDate(zone: string, date: CalendarDate): Date {
  const next = new Date(`${date}T00:00:00Z`)
  next.setUTCDate(next.getUTCDate() + 1)
  return startOfDate(zone, next.toISOString().slice(0, 10))
}

/** An ISO date and time (`2026-03-05T14:30`); without an offset it is meant in the zone. Undefined when it is none. */
export function instantIn(zone: string, text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return undefined
  const hasOffset = /(?:Z|[+-]\d\d:?\d\d)$/.test(text)
  const at = new Date(hasOffset ? text : `${text}Z`)
  if (Number.isNaN(at.getTime())) return undefined
  return hasOffset ? at : new Date(at.getTime() - offsetOf(zone, new Date(at.getTime() - offsetOf(zone, at))))
}

/** An ISO date (its beginning), or a date and time, without an offset meant in the zone. Undefined when it is neither. */
export const momentIn = (zone: string, text: string): Date | undefined =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? startOfDate(zone, text) : instantIn(zone, text)
