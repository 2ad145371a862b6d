// ISO 8601 durations and repeating intervals, for timers on a virtual clock.

/** Years, months, days (weeks included) and milliseconds of a duration. */
export type Duration = { years: number; months: number; days: number; milliseconds: number }

/** How often a timer comes: `times` undefined for ever. */
export type Cycle = { times?: number; start?: Date; every: Duration }

const durationPattern =
  /^([+-])?P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** `P1Y2M3DT4H5M6.5S`, `P2W`; undefined when it is none. */
export function parseDuration(text: string): Duration | undefined {
  const match = durationPattern.exec(text.trim())
  if (!match || /^[+-]?P$|T$/.test(text.trim())) return undefined
  const sign = match[1] === '-' ? -1 : 1
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(2).map((part) => sign * Number(part ?? 0))
  return { years, months, days: weeks * 7 + days, milliseconds: ((hours * 60 + minutes) * 60 + seconds) * 1000 }
}

/** `R3/PT1H`, `R/2026-01-01T00:00Z/P1D`, `R2/PT1H/2026-…`, or a duration alone (for ever); undefined when it is none. */
export function parseCycle(text: string): Cycle | undefined {
  const parts = text.trim().split('/')
  const repeats = /^R(\d*)$/.exec(parts[0] ?? '')
  const rest = repeats ? parts.slice(1) : parts
  const every = rest.map(parseDuration).find((duration) => duration !== undefined)
  if (!every || (every.years === 0 && every.months === 0 && every.days === 0 && every.milliseconds <= 0)) return undefined
  const [first] = rest
  const start = first === undefined || parseDuration(first) ? undefined : new Date(first)
  if (start && Number.isNaN(start.getTime())) return undefined
  const times = repeats?.[1] === undefined || repeats[1] === '' ? undefined : Number(repeats[1])
  return { every, ...(times !== undefined && { times }), ...(start && { start }) }
}

/** The instant `duration` after `at` (UTC calendar; 31 January and one month is the last of February). */
export function addDuration(at: Date, { years, months, days, milliseconds }: Duration): Date {
  const sum = new Date(at.getTime())
  const day = sum.getUTCDate()
  sum.setUTCDate(1)
  sum.setUTCMonth(sum.getUTCMonth() + Math.trunc(months) + Math.trunc(years) * 12)
  const last = new Date(Date.UTC(sum.getUTCFullYear(), sum.getUTCMonth() + 1, 0)).getUTCDate()
  sum.setUTCDate(Math.min(day, last))
  return new Date(sum.getTime() + days * 86_400_000 + milliseconds)
}
