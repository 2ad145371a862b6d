// Values as text, as the function `string` writes them (DMN 10.3.4.1).
import { format } from './decimal.ts'
import { formatDate, formatDateTime, formatMonths, formatNanos, formatTime } from './temporal-text.ts'
import { type FeelRange, isContext, isList, type Value } from './values.ts'

/** Text of a value; strings inside lists and contexts are quoted. */
export function toText(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(toText).join(', ')}]`
  if (isContext(value))
    return `{${[...value].map(([key, entry]) => `${/^[\p{L}_?][\p{L}\p{N}_ ]*$/u.test(key) ? key : JSON.stringify(key)}: ${toText(entry)}`).join(', ')}}`
  switch (value.kind) {
    case 'number':
      return format(value)
    case 'date':
      return formatDate(value)
    case 'time':
      return formatTime(value)
    case 'date and time':
      return formatDateTime(value)
    case 'years and months duration':
      return formatMonths(value)
    case 'days and time duration':
      return formatNanos(value)
    case 'range':
      return rangeText(value)
    case 'function':
      return `function ${value.name}`
  }
}

function rangeText(range: FeelRange): string {
  if (range.excluded) return `!=${toText(range.start)}`
  const [start, end] = [range.start, range.end].map((one) => (one === null ? '' : toText(one)))
  return `${range.startIncluded ? '[' : '('}${start}..${end}${range.endIncluded ? ']' : ')'}`
}
