// xiangli deadline --from 2026-09-21 --days 20 --unit workday [--language zh|en]
// Needs no database: it counts with the calendar that ships in registers/holidays.
import { parseArgs } from 'node:util'
import { DomainError } from '#kernel/errors.ts'
import { isCalendarDate } from '#kernel/deadlines/dates.ts'
import { computeDeadline } from '#kernel/deadlines/deadlines.ts'
import { explainDeadline } from '#kernel/deadlines/explain.ts'
import { shippedCalendar } from '#kernel/deadlines/seed.ts'

const usage = 'Usage: xiangli deadline --from YYYY-MM-DD --days N --unit workday|calendar [--language zh|en]'

type Wish = { from: string; days: number; unit: 'workday' | 'calendar'; language: 'zh' | 'en' }

/** Prints the due date and every day's reason as JSON. Exit codes: 0 done, 1 refused, 2 unusable arguments. */
export async function run(args: string[]): Promise<number> {
  const wish = readArguments(args)
  if (typeof wish === 'string') {
    process.stderr.write(`${wish}\n${usage}\n`)
    return 2
  }
  try {
    process.stdout.write(`${JSON.stringify(answer(wish), null, 2)}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    process.stderr.write(`${error.code}: ${error.message}\n`)
    return 1
  }
}

function answer({ from, days, unit, language }: Wish) {
  const rule = { amount: days, unit }
  const due = computeDeadline(rule, { effectiveOn: from }, shippedCalendar(), 'Asia/Shanghai')
  const explanation = due.days.map(({ date, counted, why, name }) => ({ date, counted, why, ...(name === undefined ? {} : { name }) }))
  return { from, days, unit, due: due.due, provisional: due.provisional, explanation, summary: explainDeadline(due, rule, language).summary }
}

function readArguments(args: string[]): Wish | string {
  const options = {
    from: { type: 'string' },
    days: { type: 'string' },
    unit: { type: 'string' },
    language: { type: 'string', default: 'zh' },
  } as const
  try {
    const { from, days, unit, language } = parseArgs({ args, options, allowPositionals: false }).values
    if (from === undefined || !isCalendarDate(from)) return '--from must be a date like 2026-09-21.'
    if (days === undefined || !/^\d{1,9}$/.test(days)) return '--days must be a whole number.'
    if (unit !== 'workday' && unit !== 'calendar') return '--unit must be workday or calendar.'
    if (language !== 'zh' && language !== 'en') return '--language must be zh or en.'
    return { from, days: Number(days), unit, language }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
