// count-meeting@1: the numbers come from parameter rows by way of the diagram, the facts from the minutes.
import type { JsonValue } from '../ledger/canonical-json.ts'
import { invalid } from '../errors.ts'
import { countMeeting, type Share } from '../meetings/meetings.ts'
import { type Inputs, optionalDate, optionalText, type Place } from './action-inputs.ts'
import { storeData } from './case-data.ts'
import { recordEvent, type Step } from './step.ts'

/**
 * Counts a meeting; the element's data become `noticeKept`, `noticeGiven`, `counted`, `quorumNeeded`, `quorate`, `majorityNeeded`, `passed`.
 * Shares are written `2/3` (at least) or `>1/2` (more than). @throws `meeting.*` with the field of the minutes that cannot be true.
 */
export function countMeetingOf(step: Step, inputs: Inputs, { element, token }: Place): void {
  const household = optionalText(inputs, 'household-quorum')
  const each = optionalNumber(inputs, 'proxies-each')
  const households = optionalNumber(inputs, 'households')
  const householdsPresent = optionalNumber(inputs, 'households-present')
  const result = countMeeting(
    {
      quorum: share(optionalText(inputs, 'quorum') ?? ''),
      ...(household === undefined ? {} : { householdQuorum: share(household) }),
      majority: share(optionalText(inputs, 'majority') ?? ''),
      majorityOf: inputs['majority-of'] === 'entitled' ? 'entitled' : 'present',
      noticeDays: number(inputs, 'notice-days'),
      ...(each === undefined ? {} : { proxiesEach: each }),
    },
    {
      noticedOn: optionalDate(inputs, 'noticed-on') ?? step.effectiveOn,
      heldOn: optionalDate(inputs, 'held-on') ?? step.effectiveOn,
      entitled: number(inputs, 'entitled'),
      present: number(inputs, 'present'),
      proxies: optionalNumber(inputs, 'proxies') ?? 0,
      ...(households === undefined ? {} : { households }),
      ...(householdsPresent === undefined ? {} : { householdsPresent }),
      inFavour: number(inputs, 'in-favour'),
      against: optionalNumber(inputs, 'against') ?? 0,
      abstained: optionalNumber(inputs, 'abstained') ?? 0,
    },
  )
  storeData(step, element, token, { ...result })
  const counted: Record<string, JsonValue> = result
  recordEvent(step, { type: 'meeting.counted', element, fields: { result: counted } })
}

/** `2/3`, `>1/2`. @throws `meeting.share`. */
function share(written: string): Share {
  const [, more, numerator, denominator] = /^(>?)\s*(\d{1,3})\/(\d{1,3})$/.exec(written.trim()) ?? []
  if (numerator === undefined || denominator === undefined) throw invalid('meeting.share', `“${written}” is not a share such as 2/3 or >1/2.`)
  return { numerator: Number(numerator), denominator: Number(denominator), atLeast: more === '' }
}

function number(inputs: Inputs, name: string): number {
  const value = optionalNumber(inputs, name)
  if (value === undefined) throw invalid('case.action_input', `The action needs “${name}”.`)
  return value
}

function optionalNumber(inputs: Inputs, name: string): number | undefined {
  const value = inputs[name]
  if (value === undefined || value === null || value === '') return undefined
  const read = Number(value)
  if (!Number.isInteger(read) || read < 0) throw invalid('case.action_input', `The action needs “${name}” as a whole number.`)
  return read
}
