// What a rehearsal needs, taken from packages and the town; and whether what it showed is what the example expects.
import { buildCalendar, type Calendar, type CalendarEntry } from '../deadlines/calendar.ts'
import { parseNoticeFile } from '../deadlines/notices.ts'
import type { Package } from '../procedures/load-package.ts'
import type { CaseExpectation, Example } from '../procedures/worked-examples.ts'
import type { Town } from '../towns/towns.ts'
import { type FormCheck, rehearse } from './rehearse.ts'
import type { CaseFrame, Frame, Piece, PlainCalendar, Script } from './rehearsal-types.ts'

/** `find` gives the procedures that links name; one that is not there is left out. */
export function toScript(procedure: Package, example: Example, town: Town, find: (slug: string) => Package | undefined): Script {
  const pieces: Record<string, Piece> = {}
  const open = [procedure]
  for (let next = open.shift(); next; next = open.shift()) {
    if (pieces[next.slug]) continue
    pieces[next.slug] = toPiece(next)
    open.push(...Object.values(next.manifest.links).flatMap((slug) => find(slug) ?? []))
  }
  const slugs = Object.keys(pieces)
  return {
    slug: procedure.slug,
    pieces,
    example: { given: example.given, steps: example.steps },
    zone: town.zone,
    calendar: plain(town.calendar),
    calendars: calendarsOf(example, town.calendar),
    overrides: [...town.overrides].filter(([key]) => slugs.includes(key.split('/')[0] ?? '')),
  }
}

function toPiece({ slug, hash, graph, manifest, forms }: Package): Piece {
  const effective = [...forms.values()].flatMap((form) => {
    const name = Object.entries(form.schema.properties).find(([, field]) => field['x-effective'])?.[0]
    return name === undefined ? [] : [[form.id, name] as const]
  })
  return { slug, hash, graph, manifest, effective: Object.fromEntries(effective) }
}

/** Only the days that a rehearsal can meet: those of the loaded notices. */
const plain = ({ version, announced, days }: Calendar): PlainCalendar => ({ version, announced: [...announced], days: [...days] })

function calendarsOf(example: Example, start: Calendar): Record<number, PlainCalendar> {
  const made: Record<number, PlainCalendar> = {}
  let now = start
  for (const [index, step] of example.steps.entries()) {
    if (step.do !== 'import-holidays') continue
    const notice = parseNoticeFile(JSON.stringify(step.data ?? {}))
    const before: CalendarEntry[] = [...now.days].map(([date, day]) => ({ date, ...day }))
    const dates = new Set(notice.entries.map((entry) => entry.date))
    const years = [...now.announced].map((year) => ({ year }))
    now = buildCalendar([...before.filter((entry) => !dates.has(entry.date)), ...notice.entries], [...years, ...notice.notices])
    made[index] = plain(now)
  }
  return made
}

/** What the forms of these packages say to the data of an example. */
export const formCheck =
  (find: (slug: string) => Package | undefined): FormCheck =>
  (slug, id, data) => {
    const form = find(slug)?.forms.get(id)
    if (!form || form.validate(data)) return undefined
    const [error] = form.validate.errors ?? []
    return `${id}${error?.instancePath ?? ''} ${error?.message ?? ''}`
  }

/** `place` is `steps/3` or `expect/deadlines`; empty when the example comes out as it says. */
export type Difference = { place: string; message: string }

/** Plays an example to its end and compares. */
export function tryExample(script: Script, expect: Example['expect'], check?: FormCheck): { frames: Frame[]; differences: Difference[] } {
  const frames = [...rehearse(script, check)]
  const differences = frames.flatMap((frame) => (frame.problem === undefined ? [] : [{ place: `steps/${frame.step}`, message: frame.problem }]))
  const last = frames.at(-1)?.cases ?? []
  const main = last.find((one) => one.role === 'main')
  if (main) differences.push(...compareCase(main, expect, 'expect'))
  for (const [role, wanted] of Object.entries(expect.linked ?? {})) {
    const linked = last.find((one) => one.role === role)
    if (linked) differences.push(...compareCase(linked, wanted, `expect/linked/${role}`))
    else differences.push({ place: `expect/linked/${role}`, message: `No case “${role}” was opened.` })
  }
  return { frames, differences }
}

/** What is compared of a case, rehearsed or real. */
export type CaseOutcome = Pick<CaseFrame, 'active' | 'documents' | 'end'> & {
  events: { name: string }[]
  limits: Pick<CaseFrame['limits'][number], 'deadline' | 'due' | 'status' | 'provisional'>[]
}

/** Where a case came out otherwise than an example says. */
export function compareCase(is: CaseOutcome, wanted: CaseExpectation, place: string): Difference[] {
  const found: Difference[] = []
  const tell = (at: string, message: string) => found.push({ place: `${place}/${at}`, message })
  if (wanted.end !== undefined && wanted.end !== is.end) tell('end', `expected ${wanted.end ?? 'none'}, was ${is.end ?? 'none'}`)
  if (wanted.open && is.end === null) {
    const missing = wanted.open.filter((element) => !is.active.includes(element))
    if (missing.length > 0) tell('open', `not open: ${missing.join(', ')}; open: ${is.active.join(', ')}`)
  }
  const missing = firstMissing(
    is.events.map((event) => event.name),
    (wanted.events ?? []).filter((name) => !/^[a-z]+\.[a-z_.]+$/.test(name)),
  )
  if (missing !== undefined) tell('events', `“${missing}” did not happen in this order: ${is.events.map((event) => event.name).join(', ')}`)
  if (wanted.documents && wanted.documents.join() !== is.documents.join())
    tell('documents', `expected ${wanted.documents.join(', ')}, issued ${is.documents.join(', ')}`)
  for (const limit of wanted.deadlines ?? []) {
    const row = is.limits.findLast((known) => known.deadline === limit.id)
    if (!row) {
      tell('deadlines', `${limit.id} never ran`)
      continue
    }
    const met = row.status === 'met' ? true : row.status === 'missed' ? false : null
    if (limit.due !== undefined && row.due !== limit.due) tell('deadlines', `${limit.id}: expected ${limit.due}, due ${row.due ?? '—'}`)
    if (met !== limit.met) tell('deadlines', `${limit.id}: expected met ${String(limit.met)}, is ${row.status}`)
    if (limit.provisional !== undefined && row.provisional !== limit.provisional)
      tell('deadlines', `${limit.id}: provisional ${String(row.provisional)}`)
  }
  return found
}

function firstMissing(actual: string[], wanted: string[]): string | undefined {
  let from = 0
  for (const name of wanted) {
    const found = actual.indexOf(name, from)
    if (found < 0) return name
    from = found + 1
  }
  return undefined
}
