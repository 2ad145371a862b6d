// The program's own log: one JSON object a line on standard error. Nothing personal is in it, so no message of an
// error is: a database repeats what somebody typed. Its code and the places in our files say where to look.
import { systemClock } from './clock.ts'
import { sqlState } from './database/database.ts'
import { DomainError } from './errors.ts'

type Fields = Record<string, string | number | boolean | undefined>

/** Writes one line; `event` is a stable name such as `work.failed`. */
export function logLine(level: 'info' | 'warning' | 'error', event: string, fields: Fields = {}): void {
  process.stderr.write(`${JSON.stringify({ at: systemClock.now().toISOString(), level, event, ...fields })}\n`)
}

/** What may be told of an error: its code or SQLSTATE, its kind, and the lines of our code it came through. */
function describeError(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: typeof error }
  const code = error instanceof DomainError ? error.code : sqlState(error)
  return { error: error.name, ...(code === undefined ? {} : { code }), where: placesOf(error.stack ?? '') }
}

const placesOf = (stack: string) =>
  [...stack.matchAll(/\/(src\/[\w./-]+:\d+):\d+/g)]
    .map((found) => found[1])
    .slice(0, 5)
    .join(' < ')

/** An unexpected error: `event` says what was being done. */
export const logError = (event: string, error: unknown, fields: Fields = {}): void =>
  logLine('error', `${event}.failed`, { ...fields, ...describeError(error) })
