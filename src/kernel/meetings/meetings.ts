// Was a meeting lawful, and did the motion pass? Every number is given by the procedure's parameter rows; fractions are counted exactly.
import type { CalendarDate } from '../clock.ts'
import { daysBetween } from '../deadlines/dates.ts'
import { invalid } from '../errors.ts'

/** `of`: what the share is a share of. `atLeast`: the share itself is enough (2/3); without it, more than it is needed (over half). */
export type Share = { numerator: number; denominator: number; atLeast: boolean }

/** The rule for one kind of meeting; each number comes from a row of law. */
export type MeetingRule = {
  /** Who must be there, of all who are entitled. */
  quorum: Share
  /** Another way to a quorum (households); one of the two is enough. */
  householdQuorum?: Share
  majority: Share
  majorityOf: 'present' | 'entitled'
  /** Calendar days of notice before the meeting; the day of the notice is not counted. */
  noticeDays: number
  /** For how many absent people one person may speak; absent: no proxies. */
  proxiesEach?: number
}

/** What was found at the meeting. */
export type MeetingFacts = {
  noticedOn: CalendarDate
  heldOn: CalendarDate
  entitled: number
  present: number
  /** Absent people for whom somebody present speaks, in writing. */
  proxies: number
  households?: number
  householdsPresent?: number
  inFavour: number
  against: number
  abstained: number
}

export type MeetingResult = {
  noticeKept: boolean
  noticeGiven: number
  /** Present and represented. */
  counted: number
  quorumNeeded: number
  quorate: boolean
  majorityNeeded: number
  passed: boolean
}

/**
 * Counts a meeting. A motion passes only at a meeting that was called in time and is quorate.
 * @throws `meeting.*` (422 with the field) when the figures cannot be true of any meeting.
 */
export function countMeeting(rule: MeetingRule, facts: MeetingFacts): MeetingResult {
  checkFacts(rule, facts)
  const counted = facts.present + facts.proxies
  const noticeGiven = daysBetween(facts.noticedOn, facts.heldOn)
  const noticeKept = noticeGiven >= rule.noticeDays
  const byHousehold =
    rule.householdQuorum !== undefined &&
    facts.households !== undefined &&
    facts.households > 0 &&
    (facts.householdsPresent ?? 0) >= needed(rule.householdQuorum, facts.households)
  const quorumNeeded = needed(rule.quorum, facts.entitled)
  const quorate = counted >= quorumNeeded || byHousehold
  const majorityNeeded = needed(rule.majority, rule.majorityOf === 'entitled' ? facts.entitled : counted)
  return {
    noticeKept,
    noticeGiven,
    counted,
    quorumNeeded,
    quorate,
    majorityNeeded,
    passed: noticeKept && quorate && facts.inFavour >= majorityNeeded,
  }
}

/** The smallest whole number of people that makes the share of `whole`. */
export function needed({ numerator, denominator, atLeast }: Share, whole: number): number {
  if (!Number.isInteger(numerator) || !Number.isInteger(denominator) || numerator < 0 || denominator < 1 || numerator > denominator)
    throw invalid('meeting.share', 'A share is a fraction of whole numbers between 0 and 1.')
  const product = numerator * whole
  return atLeast ? Math.ceil(product / denominator) : Math.floor(product / denominator) + 1
}

function checkFacts(rule: MeetingRule, facts: MeetingFacts): void {
  const { entitled, present, proxies, households, householdsPresent, inFavour, against, abstained } = facts
  const refuse = (field: string, message: string) => {
    throw invalid(`meeting.${field}`, message, [{ pointer: `/${field}`, code: 'meeting', message }])
  }
  if (facts.heldOn < facts.noticedOn) refuse('heldOn', '开会日期不能早于通知日期')
  if (entitled < 1) refuse('entitled', '应到人数至少为1')
  if (present + proxies > entitled) refuse('present', '实到和委托人数之和不能多于应到人数')
  if (proxies > present * (rule.proxiesEach ?? 0))
    refuse('proxies', rule.proxiesEach === undefined ? '这种会议不能委托' : `每人最多代表${rule.proxiesEach}人`)
  if ((householdsPresent ?? 0) > (households ?? 0)) refuse('householdsPresent', '到会户数不能多于总户数')
  if (inFavour + against + abstained > present + proxies) refuse('inFavour', '同意、反对、弃权之和不能多于到会人数')
}
