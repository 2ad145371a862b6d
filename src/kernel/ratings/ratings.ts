// How people were served (好差评, HL13): one case one rating, given by the party herself after it is closed, or not at all. It changes nothing
// for her: it is no event of the case, and no list or search knows it by person. A low one with words is called back by somebody else.
import { findCase, getCase } from '../cases/load-case.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { computeDeadline } from '../deadlines/deadlines.ts'
import { type ParameterRow, resolveParameter } from '../deadlines/parameters.ts'
import { conflict, forbidden, invalid } from '../errors.ts'
import { decrypt, encrypt } from '../keys/keyring.ts'
import { type Published, suppress } from '../publication/suppress.ts'
import { getTown, today } from '../towns/towns.ts'
import rows from './parameters.json' with { type: 'json' }
import { closeCallback, countRatings, findRating, hasActed, insertRating, selectCallbacks } from './queries.ts'

/** From very bad to very good. */
export const ratings = [1, 2, 3, 4, 5] as const
/** Up to this a rating is low. */
const low = 2
const longest = 500

export const callOutcomes = ['resolved', 'explained', 'not-reached'] as const

/** `open`: may be rated until `until`; `rated`: by this person, as she gave it; `closed`: too late, or the case is not closed yet. */
export type RatingState = { state: 'open'; until: CalendarDate } | { state: 'rated'; rating: number; words: string } | { state: 'closed' }
export type Callback = {
  number: string
  procedure: string
  rating: number
  words: string
  ratedOn: CalendarDate
  dueOn: CalendarDate
  isOverdue: boolean
}

async function parameter(ctx: Ctx, id: string, on: CalendarDate): Promise<ParameterRow> {
  const { overrides } = await getTown(ctx)
  return resolveParameter(
    rows.filter((row) => row.id === id),
    overrides.get(`ratings/${id}`) ?? [],
    on,
  )
}

async function dueAfter(ctx: Ctx, id: string, on: CalendarDate) {
  const { calendar } = await getTown(ctx)
  const { value, unit } = await parameter(ctx, id, on)
  return computeDeadline({ amount: value, unit: unit === 'workday' ? 'workday' : 'calendar' }, { effectiveOn: on }, calendar, ctx.zone)
}

const dayOf = (ctx: Ctx, at: Date | string): CalendarDate => new Date(at).toLocaleDateString('sv-SE', { timeZone: ctx.zone })
const wordsContext = (ctx: Ctx, caseId: string) => `rating/${ctx.tenant}/${caseId}`

/** What a party may do about the rating of her case. @throws `case.not_found` (also for staff and proxies: it is hers). */
export async function readRating(ctx: Ctx, number: string): Promise<RatingState> {
  const { loaded } = await getCase(ctx, { number }, 'case.rate')
  const { case_id, status, closed_at } = loaded.row
  const given = await findRating(ctx, case_id)
  if (given)
    return { state: 'rated', rating: given.rating, words: given.words ? decrypt(loaded.key, given.words, wordsContext(ctx, case_id)).toString() : '' }
  if (status !== 'closed' || closed_at === null) return { state: 'closed' }
  const { due } = await dueAfter(ctx, 'rating-days', dayOf(ctx, closed_at))
  return today(ctx) <= due ? { state: 'open', until: due } : { state: 'closed' }
}

/** @throws `case.not_found`, `rating.closed`, `rating.done` (409), `rating.value`, `rating.words` (422). */
export async function rateCase(ctx: Ctx, number: string, given: { rating: number; words: string }): Promise<void> {
  const { loaded } = await getCase(ctx, { number }, 'case.rate')
  const words = given.words.trim()
  if (!ratings.some((rating) => rating === given.rating))
    throw invalid('rating.value', 'Choose one of the five.', [{ pointer: '/rating', code: 'required', message: '请选择一项' }])
  if (words.length > longest)
    throw invalid('rating.words', 'This is too long.', [{ pointer: '/words', code: 'maxLength', message: `最多${longest}个字` }])
  const state = await readRating(ctx, number)
  if (state.state === 'rated') throw conflict('rating.done', 'This case has its rating: one case, one rating.')
  if (state.state === 'closed') throw conflict('rating.closed', 'This case cannot be rated now.')
  const { case_id: caseId, procedure, handling_office: office } = loaded.row
  const ratedOn = today(ctx)
  const due = given.rating <= low && words !== '' ? await dueAfter(ctx, 'callback-days', ratedOn) : undefined
  const written = await insertRating(ctx, {
    caseId,
    procedure,
    office,
    rating: given.rating,
    words: words === '' ? null : encrypt(loaded.key, words, wordsContext(ctx, caseId)),
    ratedOn,
    callbackDue: due?.due ?? null,
    provisional: due?.provisional ?? false,
  })
  if (!written) throw conflict('rating.done', 'This case has its rating: one case, one rating.')
}

/** Call-backs for this officer: of cases that she may read and has not worked on herself. @throws `rating.staff`. */
export async function listCallbacks(ctx: Ctx): Promise<Callback[]> {
  const { actor } = ctx
  if (actor.kind !== 'staff') throw forbidden('rating.staff', 'Call-backs are for staff.')
  const found: Callback[] = []
  for (const row of await selectCallbacks(ctx, actor.userId, 100)) {
    const opened = await findCase(ctx, { caseId: row.case_id }, 'case.read')
    if (!opened || row.callback_due === null || row.words === null) continue
    const { number, procedure } = opened.loaded.row
    found.push({
      number,
      procedure,
      rating: row.rating,
      words: decrypt(opened.loaded.key, row.words, wordsContext(ctx, row.case_id)).toString(),
      ratedOn: row.rated_on,
      dueOn: row.callback_due,
      isOverdue: row.callback_due < today(ctx),
    })
  }
  return found
}

/** @throws `case.not_found`, `rating.four_eyes` (403) for whoever worked on the case, `rating.note` (422), `rating.called` (409). */
export async function recordCallback(ctx: Ctx, number: string, call: { outcome: string; note: string }): Promise<void> {
  const { actor } = ctx
  if (actor.kind !== 'staff') throw forbidden('rating.staff', 'Call-backs are for staff.')
  const { loaded } = await getCase(ctx, { number }, 'case.read')
  if (await hasActed(ctx, loaded.row.case_id, actor.userId))
    throw forbidden('rating.four_eyes', 'Whoever worked on the case does not call back about it.')
  const outcome = callOutcomes.find((known) => known === call.outcome)
  const note = call.note.trim()
  const fields = [
    ...(outcome ? [] : [{ pointer: '/outcome', code: 'required', message: '请选择回访结果' }]),
    ...(note.length >= 2 && note.length <= longest ? [] : [{ pointer: '/note', code: 'length', message: `请写2到${longest}个字` }]),
  ]
  if (!outcome || fields.length > 0) throw invalid('rating.note', 'Say what came of the call.', fields)
  const sealed = encrypt(loaded.key, note, `callback/${ctx.tenant}/${loaded.row.case_id}`)
  if (!(await closeCallback(ctx, loaded.row.case_id, actor.userId, outcome, sealed)))
    throw conflict('rating.called', 'Nobody has to call about this any more.')
}

/** Ratings of a year by procedure, through the suppressor. */
export async function ratingFigures(ctx: Ctx, year: number): Promise<Published> {
  const counts = await countRatings(ctx, `${year}-01-01`, `${year}-12-31`)
  const procedures = [...new Set(counts.map((row) => row.procedure))]
  const of = (procedure: string, rating: number) => counts.find((row) => row.procedure === procedure && row.rating === rating)?.count ?? 0
  return suppress(
    procedures,
    ratings.map(String),
    procedures.map((procedure) => ratings.map((rating) => of(procedure, rating))),
  )
}
