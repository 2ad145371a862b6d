// Plays a worked example step by step on a virtual clock, with the engine and the clock of the law, in any process or browser.
import { findRunning, isPaused, put } from '../cases/case-deadlines.ts'
import { dateIn, offsetOf } from '../clock.ts'
import { DomainError } from '../errors.ts'
import { EngineError } from '../engine/errors.ts'
import type { FormData } from '../forms/forms.ts'
import type { ExampleStep } from '../procedures/worked-examples.ts'
import { clausesOf } from '../towns/clauses.ts'
import type { Town } from '../towns/towns.ts'
import { completeTask, drive, frameOf, newPlayedCase, type PlayedCase, receiveMessage, receiver, recomputeLimits } from './rehearsal-case.ts'
import type { Frame, PlainCalendar, Script } from './rehearsal-types.ts'

/** Says why a form would refuse this data; undefined when it takes it. The browser leaves that to the server. */
export type FormCheck = (slug: string, form: string, data: FormData) => string | undefined

type Play = { script: Script; town: Town; now: Date; step: number; cases: Map<string, PlayedCase>; check: FormCheck | undefined }

/** Far above any example: only limits that start each other for ever reach it. */
const mostFalls = 500
const mostCases = 20

/**
 * Yields a frame after each step, and one for each limit or timer that falls due on the way. The engine, FEEL and the limits are those
 * that real cases run on; people's rights, signatures and PDFs are not part of a rehearsal.
 */
export function* rehearse(script: Script, check?: FormCheck): Generator<Frame> {
  const now = new Date(script.example.given.at)
  const play: Play = { script, town: townOf(script), now, step: 0, cases: new Map(), check }
  for (const [index, step] of script.example.steps.entries()) {
    play.step = index
    yield* passTime(play, new Date(step.at))
    yield perform(play, step)
  }
}

function* passTime(play: Play, until: Date): Generator<Frame> {
  for (let falls = 0; falls < mostFalls; falls++) {
    const next = nextFall(play)
    if (!next || next.at > until.getTime()) break
    setNow(play, new Date(Math.max(next.at, play.now.getTime())))
    yield fall(play, next)
  }
  if (until > play.now) setNow(play, until)
}

type Fall = { at: number; played: PlayedCase; limit?: string; timer?: { token: string; element: string } }

/** What falls due next: of one instant, a limit of the office is missed before a timer goes on. */
function nextFall(play: Play): Fall | undefined {
  const falls = [...play.cases.values()].flatMap((played): Fall[] => {
    if (played.step.case.row.status === 'closed' || played.stopped !== undefined) return []
    const missed = played.step.case.deadlines
      .filter((row) => row.binds === 'office' && row.status === 'running' && !isPaused(row))
      .map((row) => ({ at: Date.parse(row.due_at), played, limit: row.deadline }))
    const timers = played.timers.flatMap((timer): Fall[] => {
      const running = timer.deadline === null ? undefined : findRunning(played.step, timer.deadline)
      if (running && isPaused(running)) return []
      return [{ at: running ? Date.parse(running.due_at) : timer.dueAt, played, timer }]
    })
    return [...missed, ...timers]
  })
  return falls.toSorted((a, b) => a.at - b.at || Number(a.timer !== undefined) - Number(b.timer !== undefined))[0]
}

function fall(play: Play, { played, limit, timer }: Fall): Frame {
  const { step } = played
  const base = { kind: 'time' as const, in: played.role, ...(limit === undefined ? {} : { limit }), ...(timer ? { element: timer.element } : {}) }
  for (const row of step.case.deadlines) {
    const over = row.status === 'running' && !isPaused(row) && Date.parse(row.due_at) <= play.now.getTime()
    if (over && row.deadline === limit && row.binds === 'office') put(step, { ...row, status: 'missed', missed_at: play.now.toISOString() })
    if (over && timer && row.binds === 'party') put(step, { ...row, status: 'missed' })
  }
  if (!timer) return frame(play, base)
  played.timers = played.timers.filter((one) => one.token !== timer.token)
  return attempt(play, base, () => {
    drive(played, { type: 'timer', token: timer.token })
    settle(play, played)
  })
}

type Base = Pick<Frame, 'kind' | 'in' | 'element' | 'limit' | 'code'>

const frame = (play: Play, base: Base, problem?: string): Frame => ({
  ...base,
  step: play.step,
  at: toLocal(play.now, play.town.zone),
  ...(problem === undefined ? {} : { problem }),
  cases: [...play.cases.values()].map(frameOf),
})

function attempt(play: Play, base: Base, work: () => void): Frame {
  try {
    work()
    return frame(play, base)
  } catch (error) {
    return frame(play, base, reasonOf(error))
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof DomainError || error instanceof EngineError) return `${error.code}: ${error.message}`
  throw error
}

function perform(play: Play, step: ExampleStep): Frame {
  const role = step.case ?? 'main'
  const element = step.task ?? (step.do === 'message' && play.cases.has(role) ? receiver(played(play, role), step.name ?? '')?.at : undefined)
  const base = { kind: 'act' as const, in: role, ...(element === undefined ? {} : { element }) }
  // Rights, forms and signatures refuse more than an engine can know: the example says with which code, and nothing happens.
  if (step.refused !== undefined) return frame(play, { ...base, kind: 'refused', code: step.refused })
  return attempt(play, base, () => act(play, step, role))
}

function act(play: Play, step: ExampleStep, role: string): void {
  const { _entry: entry, ...data } = step.data ?? {}
  switch (step.do) {
    case 'file':
      return file(play, role, data, receivedOn(entry))
    case 'complete': {
      const one = played(play, role)
      prepare(play, one, one.piece.graph.elements[step.task ?? '']?.xl.form, data)
      completeTask(one, step.task ?? '', data)
      return settle(play, one)
    }
    case 'message': {
      const one = played(play, role)
      prepare(play, one, one.piece.graph.elements[receiver(one, step.name ?? '')?.at ?? '']?.xl.form, data)
      receiveMessage(one, step.name ?? '', data)
      return settle(play, one)
    }
    case 'import-holidays': {
      const calendar = play.script.calendars[play.step]
      if (calendar) play.town = { ...play.town, calendar: toCalendar(calendar) }
      for (const one of play.cases.values()) {
        one.step.town = play.town
        recomputeLimits(one)
      }
      return undefined
    }
    case 'claim':
    case 'return':
    case 'supplement':
    case 'pause':
    case 'resume':
    case 'correct':
    case 'advance':
      return undefined
  }
}

function file(play: Play, role: string, data: FormData, received: string | undefined): void {
  const piece = play.script.pieces[play.script.slug]
  if (!piece) throw new DomainError('invalid', 'rehearsal.piece', 'The procedure is not here.')
  const one = newPlayedCase(role, piece, play.town, play.now)
  play.cases.set(role, one)
  one.step.effectiveOn = received ?? one.step.effectiveOn
  one.step.case.row.filed_on = one.step.effectiveOn
  one.step.case.content.filing = data
  complain(play, one, 'filing', data)
  drive(one, { type: 'start' })
  one.step.isNew = false
  settle(play, one)
}

/** The day on which the act took effect is the one that its form says. */
function prepare(play: Play, one: PlayedCase, form: string | undefined, data: FormData): void {
  if (form !== undefined) complain(play, one, form, data)
  const said = data[one.piece.effective[form ?? ''] ?? '']
  one.step.effectiveOn = typeof said === 'string' ? said : dateIn(play.town.zone, play.now)
}

function complain(play: Play, one: PlayedCase, form: string, data: FormData): void {
  const wrong = play.check?.(one.piece.slug, form, data)
  if (wrong !== undefined) throw new DomainError('invalid', 'form.invalid', wrong)
}

/** What the actions asked of linked cases, in the order in which they asked. */
function settle(play: Play, one: PlayedCase): void {
  for (let order = one.orders.shift(); order; order = one.orders.shift()) {
    if (order.kind === 'start') startLinked(play, one, order.link, order.data)
    else sendLinked(play, one, order.link, order.message, order.data)
  }
}

function startLinked(play: Play, one: PlayedCase, link: string, data: FormData): void {
  const piece = play.script.pieces[one.piece.manifest.links[link] ?? '']
  if (!piece) throw new DomainError('invalid', 'case.link_unknown', `The procedure of the link “${link}” is not here.`)
  if (play.cases.size >= mostCases) throw new DomainError('invalid', 'case.links_endless', 'The procedure opens linked cases without end.')
  const other = newPlayedCase(link, piece, play.town, play.now)
  play.cases.set(play.cases.has(link) ? `${link} ${play.cases.size}` : link, other)
  other.step.effectiveOn = one.step.effectiveOn
  other.step.case.row.filed_on = one.step.effectiveOn
  other.step.case.row.channel = 'case'
  other.step.case.content.filing = data
  other.links.set('origin', one)
  one.links.set(link, other)
  drive(other, { type: 'start' })
  other.step.isNew = false
  settle(play, other)
}

/** A message that no longer waits is left as it is, as in a real case. */
function sendLinked(play: Play, one: PlayedCase, link: string, message: string, data: FormData): void {
  const other = one.links.get(link)
  if (!other || other.step.case.row.status === 'closed' || !receiver(other, message)) return
  other.step.effectiveOn = one.step.effectiveOn
  receiveMessage(other, message, data)
  settle(play, other)
}

function played(play: Play, role: string): PlayedCase {
  const found = play.cases.get(role)
  if (!found) throw new DomainError('invalid', 'rehearsal.case', `There is no case “${role}” yet.`)
  return found
}

function setNow(play: Play, now: Date): void {
  play.now = now
  for (const one of play.cases.values()) {
    one.step.now = now
    one.step.effectiveOn = dateIn(play.town.zone, now)
  }
}

const receivedOn = (entry: unknown): string | undefined =>
  typeof entry === 'object' && entry !== null && 'receivedOn' in entry && typeof entry.receivedOn === 'string' ? entry.receivedOn : undefined

const toCalendar = ({ version, announced, days }: PlainCalendar) => ({ version, announced: new Set(announced), days: new Map(days) })

function townOf({ zone, calendar, overrides }: Script): Town {
  const none = new Map()
  return {
    tenant: 'rehearsal',
    name: { zh: '', en: '' },
    zone,
    demo: true,
    settings: {},
    calendar: toCalendar(calendar),
    organizations: none,
    posts: none,
    villages: none,
    mediators: none,
    clauses: clausesOf([]),
    overrides: new Map(overrides),
  }
}

/** `2026-03-02T09:00` on the town's clocks. */
function toLocal(at: Date, zone: string): string {
  return new Date(at.getTime() + offsetOf(zone, at)).toISOString().slice(0, 16)
}
