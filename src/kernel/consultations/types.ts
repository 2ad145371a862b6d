// What the tables of consultations hold, in clear.

export type Consultation = {
  consultation_id: string
  case_id: string
  number: string
  title: string
  notes: string
  contact: string
  organization_id: string | null
  shorter_because: string | null
  opens_on: string
  closes_on: string
  opened_at: Date
  closed_at: Date | null
  answered_at: Date | null
  last_number: number
}

export type OpinionStatus = 'shown' | 'held' | 'withheld'
export type OpinionChannel = 'web' | 'counter' | 'letter' | 'phone' | 'meeting'
export const opinionChannels: readonly OpinionChannel[] = ['web', 'counter', 'letter', 'phone', 'meeting']

/** What became of an opinion: taken up, in part, not, or no proposal to take up. */
export const answerResults = ['adopted', 'partly', 'not-adopted', 'noted'] as const
export type AnswerResult = (typeof answerResults)[number]

/**
 * The published rules, the whole list: nothing else is a ground to keep words off the page. What is meant, favoured or opposed never is.
 * `personal`: somebody's personal data; `unlawful`: threats, insults of a person, calls to an offence; `advertising`; `not-this`: about
 * something else (it is handed on, and its author is told where).
 */
export const moderationRules = ['personal', 'unlawful', 'advertising', 'not-this'] as const
export type ModerationRule = (typeof moderationRules)[number]

/** As everybody reads it. `words` is null when it is not shown; then `rule` says why. */
export type PublicOpinion = {
  number: number
  paragraph: number | null
  received_on: string
  words: string | null
  status: OpinionStatus
  rule: string | null
  group_id: string | null
  group_title: string | null
  result: AnswerResult | null
  answer: string | null
}

export type OpinionGroup = {
  group_id: string
  title: string
  result: AnswerResult | null
  answer: string | null
  answered_at: Date | null
  version: number
  opinions: number
}

/** What the author sent, sealed under the case's key. */
export type SealedOpinion = { words: string; name?: string; contact?: string }
