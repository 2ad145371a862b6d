// Thirty-odd invented petitions of an invented town, and how far each has come.
import told from './stories.json' with { type: 'json' }

/** How far a petition has come. */
const stages = [
  'filed',
  'nobody',
  'registered',
  'accepting',
  'late-acceptance',
  'refusal-unsigned',
  'refused',
  'withdrawn-early',
  'withdrawn',
  'investigating',
  'drafting',
  'checking',
  'returned',
  'signing',
  'serving',
  'extension-asked',
  'extended',
  'overdue',
  'window',
  'decided',
  'decided-unfounded',
  'late-decided',
  'under-review',
  'review-upheld',
  'review-changed',
  'review-refused',
] as const
export type Stage = (typeof stages)[number]

export type Story = {
  stage: Stage
  /** Calendar days before the demonstration's now on which it came in. */
  days: number
  office: string
  subject: string
  description: string
  claim: string
  name?: string
  phone?: string
  village?: string
  place?: string
  summary?: string
  findings?: string
  facts?: string
  decision?: string
  channel?: 'phone' | 'letter' | 'visit' | 'counter'
  category?: 'suggestion' | 'accusation'
  outcome?: 'explained' | 'unfounded'
  urgent?: string
  comment?: string
  withdrawal?: string
  message?: string
  refusal?: { outlet: string; rightBody: string; reasons: string }
  extension?: { days: number; grant: boolean | null; reasons: string; why: string }
  appeal?: { reasons: string; claim: string }
  /** Filed by the demonstration's resident under the account. */
  account?: boolean
}

const isStage = (text: string): text is Stage => stages.some((stage) => stage === text)

// The file is ours; what TypeScript infers of JSON is wider than what stories.test.ts checks.
export const stories = told.filter((story) => isStage(story.stage)) as Story[]
