// open-ballot@1 and close-ballot@1: a vote of residents that a case asks for and whose sums it then reads.
import { randomUUID } from 'node:crypto'
import { invalid } from '../errors.ts'
import { closeBallot, getBallotOf, newBallotKey } from '../votes/votes.ts'
import { requirePublic } from '../publication/check-public.ts'
import { type Inputs, optionalDate, type Place, text } from './action-inputs.ts'
import { storeData } from './case-data.ts'
import { addRow, recordEvent, type Step, transactionOf } from './step.ts'

const mostOptions = 40

/** Opens a ballot with the step. @throws `ballot.options`, `ballot.dates`, `publication.personal` with the field of the form that cannot be. */
export function openBallot(step: Step, inputs: Inputs, { element, token }: Place): void {
  const options = listOf(inputs['options'])
  const refuse = (field: string, message: string) => {
    throw invalid(`ballot.${field}`, message, [{ pointer: `/${field}`, code: 'ballot', message }])
  }
  if (options.length < 2 || options.length > mostOptions || new Set(options).size !== options.length)
    refuse('options', `请列出2至${mostOptions}个不重复的选项`)
  const opens = optionalDate(inputs, 'opens') ?? step.effectiveOn
  const closes = optionalDate(inputs, 'closes') ?? ''
  if (closes < opens) refuse('closesOn', '结束日期不能早于开始日期')
  const question = text(inputs, 'question')
  requirePublic({ fields: { question, options } })
  const key = newBallotKey(step.ctx)
  const ballot_id = randomUUID()
  addRow(step, 'ballots', {
    ballot_id,
    element,
    question,
    options,
    choose: whole(inputs['choose'], 1, options.length),
    batch: whole(inputs['batch'], 5, 10_000),
    opens_on: opens,
    closes_on: closes,
    wrapped: key.wrapped.toString('base64'),
    wrapping_key: key.wrappingKey,
  })
  storeData(step, element, token, { ballot: ballot_id, options })
  recordEvent(step, { type: 'ballot.opened', element, fields: { ballot: ballot_id, options, until: closes } })
}

/** Counts the ballot that the element `ballot` opened: `voters`, `sums` (numbers), `lines` (texts), and `few` when too few took part to say more. */
export async function closeBallotOf(step: Step, inputs: Inputs, { element, token }: Place): Promise<void> {
  const own = await transactionOf(step)
  const ballot = await getBallotOf(own, step.case.row.case_id, text(inputs, 'ballot'))
  const { voters, votes } = await closeBallot(own, ballot.ballot_id)
  const lines = votes ? ballot.options.map((option, place) => `${option}：${votes[place] ?? 0}票`) : []
  storeData(step, element, token, { voters, few: votes === undefined, sums: votes ?? [], lines })
  recordEvent(step, { type: 'ballot.closed', element, fields: { ballot: ballot.ballot_id, voters, lines } })
}

/** A list of texts, or a text with one option on each line. */
function listOf(value: unknown): string[] {
  const list = typeof value === 'string' ? value.split('\n') : Array.isArray(value) ? value : []
  return list.flatMap((item) => (typeof item === 'string' && item.trim() !== '' ? [item.trim().slice(0, 200)] : []))
}

function whole(value: unknown, least: number, most: number): number {
  const read = Number(value ?? least)
  if (!Number.isInteger(read)) throw invalid('case.action_input', 'The action needs a whole number.')
  return Math.min(Math.max(read, least), most)
}
