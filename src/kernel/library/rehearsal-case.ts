// One case of a rehearsal: the same engine and the same legal clock as a real case, without rows, keys or people.
import { applyEvent, cancelDeadlines, checkExtendable, findRunning, isPaused, put, recompute } from '../cases/case-deadlines.ts'
import type { Step } from '../cases/step.ts'
import type { CalendarDate } from '../clock.ts'
import { dateIn, momentIn } from '../clock.ts'
import { evaluateFeel } from '../engine/conditions.ts'
import { positions } from '../engine/positions.ts'
import { step as engineStep, waitingFor } from '../engine/step.ts'
import type { Command, Effect, EngineState, TimerDefinition, Token } from '../engine/types.ts'
import { conflict, invalid } from '../errors.ts'
import type { FormData } from '../forms/forms.ts'
import type { Town } from '../towns/towns.ts'
import type { CaseFrame, Piece } from './rehearsal-types.ts'

export type LinkOrder = { kind: 'start'; link: string; data: FormData } | { kind: 'send'; link: string; message: string; data: FormData }

export type PlayedCase = {
  role: string
  piece: Piece
  /** What the deadlines read and write; `rows` gathers what a real step would store and is never read. */
  step: Step
  started: boolean
  done: Set<string>
  events: { name: string; on: CalendarDate }[]
  documents: string[]
  timers: { token: string; element: string; deadline: string | null; dueAt: number }[]
  orders: LinkOrder[]
  links: Map<string, PlayedCase>
  stopped?: string
}

export function newPlayedCase(role: string, piece: Piece, town: Town, now: Date): PlayedCase {
  const row = {
    number: '—',
    status: 'open',
    outcome: null,
    channel: 'web',
    filed_on: dateIn(town.zone, now),
    state: { format: 1, status: 'running', next: 0, tokens: [] } satisfies EngineState,
  }
  const step = {
    ctx: { zone: town.zone, actor: { kind: 'system', work: 'rehearsal' } },
    procedure: { slug: piece.slug, manifest: piece.manifest, graph: piece.graph },
    town,
    now,
    effectiveOn: dateIn(town.zone, now),
    isNew: true,
    rows: { events: [] },
    case: { row, content: { filing: {} }, deadlines: [], documents: [] },
  }
  // The clock of the law reads no more of a step than this.
  const played = step as unknown as Step
  return { role, piece, step: played, started: false, done: new Set(), events: [], documents: [], timers: [], orders: [], links: new Map() }
}

/** Lets the engine go on until everything waits. @throws EngineError, DomainError as the real case does. */
export function drive(played: PlayedCase, first: Command): void {
  const { step } = played
  const commands: Command[] = [first]
  for (let command = commands.shift(); command; command = commands.shift()) {
    const state = played.started ? step.case.row.state : undefined
    const result = engineStep(played.piece.graph, state, command, { evaluate: (expression) => ask(played, expression) })
    played.started = true
    step.case.row.state = result.state
    for (const effect of result.effects) {
      const next = take(played, effect)
      if (next) commands.push(next)
    }
  }
}

/** FEEL over what a real case shows its conditions. */
export function ask({ step }: PlayedCase, expression: string): unknown {
  const { row, content } = step.case
  const documents = Object.fromEntries(step.case.documents.map((one) => [one.document, { number: one.number, date: one.issued_on }]))
  const known = { ...content, case: { number: row.number, filedOn: row.filed_on, channel: row.channel }, documents }
  return evaluateFeel(expression.replace(/^=/, ''), known)
}

function take(played: PlayedCase, effect: Effect): Command | undefined {
  const { step } = played
  switch (effect.type) {
    case 'left':
    case 'flow':
    case 'caught':
      played.done.add(effect.element)
      return undefined
    case 'action':
      perform(played, effect.element)
      return { type: 'done', token: effect.token }
    case 'timer.open':
      played.timers.push({ token: effect.token, element: effect.element, ...timerOf(played, effect.timer) })
      return undefined
    case 'timer.close':
      played.timers = played.timers.filter((timer) => timer.token !== effect.token)
      return undefined
    case 'event':
      played.events.push({ name: effect.name, on: step.effectiveOn })
      applyEvent(step, effect.name, step.effectiveOn, (expression) => ask(played, expression))
      return undefined
    case 'incident':
      played.stopped = effect.reason
      return undefined
    case 'ended':
      step.case.row.status = 'closed'
      step.case.row.outcome = effect.element
      played.done.add(effect.element)
      cancelDeadlines(step)
      return undefined
    case 'entered':
    case 'cancelled':
    case 'task.open':
    case 'task.close':
    case 'subscription.open':
    case 'subscription.close':
    case 'thrown':
      return undefined
  }
}

/** What an action changes that a later condition, limit or linked case can see. */
function perform(played: PlayedCase, id: string): void {
  const { xl } = played.piece.graph.elements[id] ?? {}
  const inputs = Object.fromEntries(
    (xl?.inputs ?? []).map(({ name, value, expression }) => {
      const feel = expression ?? (value?.startsWith('=') ? value : undefined)
      return [name, feel === undefined ? value : ask(played, feel)]
    }),
  )
  const text = (name: string) => (typeof inputs[name] === 'string' ? inputs[name] : '')
  const given = inputs['data']
  const data: FormData = typeof given === 'object' && given !== null ? { ...given } : {}
  if (xl?.action?.startsWith('issue-document@')) issue(played, text('document'))
  if (xl?.action?.startsWith('start-case@')) played.orders.push({ kind: 'start', link: text('link'), data })
  if (xl?.action?.startsWith('send-to-case@')) played.orders.push({ kind: 'send', link: text('link'), message: text('message'), data })
}

function issue({ step, documents }: PlayedCase, document: string): void {
  documents.push(document)
  const issued = { document, number: `${document} 1`, issued_on: step.effectiveOn }
  // Conditions read only number and date of a document.
  step.case.documents.push(issued as Step['case']['documents'][number])
}

function timerOf(played: PlayedCase, timer: TimerDefinition): { deadline: string | null; dueAt: number } {
  if (timer.kind === 'deadline') {
    const running = findRunning(played.step, timer.deadline)
    if (!running) throw invalid('deadline.not_running', `The diagram waits for deadline “${timer.deadline}”, which is not running.`)
    return { deadline: timer.deadline, dueAt: Date.parse(running.due_at) }
  }
  const value = String(ask(played, timer.expression))
  const dueAt =
    timer.kind === 'date' ? (momentIn(played.step.ctx.zone, value)?.getTime() ?? Number.NaN) : played.step.now.getTime() + durationMilliseconds(value)
  if (Number.isNaN(dueAt)) throw invalid('timer.unreadable', `The timer “${timer.expression}” gives no time.`)
  return { deadline: null, dueAt }
}

function durationMilliseconds(text: string): number {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text)
  if (!match) return Number.NaN
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0))
  return ((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000
}

/** The task's form is stored under its element, and the task is done. @throws `task.not_open`. */
export function completeTask(played: PlayedCase, element: string, data: FormData): void {
  const token = played.step.case.row.state.tokens.find((known) => known.at === element && known.is === 'task')
  if (!token || played.step.case.row.status === 'closed') throw conflict('task.not_open', `No open task “${element}”.`)
  played.step.case.content[element] = data
  drive(played, { type: 'complete', token: token.id })
}

/** @throws `case.closed`, `message.not_awaited`, `deadline.extensions_used` … as the real case does. */
export function receiveMessage(played: PlayedCase, name: string, data: FormData): void {
  const { step, piece } = played
  if (step.case.row.status === 'closed') throw conflict('case.closed', 'The case has ended.')
  const token = receiver(played, name)
  const element = token && piece.graph.elements[token.at]
  if (!token || !element) throw conflict('message.not_awaited', 'The case does not wait for this now.')
  const extended = element.xl.ext['extends']
  if (extended) checkExtendable(step, extended, step.effectiveOn)
  const lapsed = piece.manifest.deadlines.some((rule) => {
    const running = rule.binds === 'party' && rule.ends.includes(element.xl.event ?? '') ? findRunning(step, rule.id) : undefined
    return running !== undefined && !isPaused(running) && step.effectiveOn > running.due_on
  })
  if (lapsed) throw conflict('message.not_awaited', 'The period for this has ended.')
  step.case.content[element.id] = data
  drive(played, { type: 'message', name, token: token.id })
}

export const receiver = ({ step, piece }: PlayedCase, name: string): Token | undefined => waitingFor(piece.graph, step.case.row.state.tokens, name)[0]

/** A newly loaded notice: limits that ran on the calendar before it are computed anew. */
export function recomputeLimits({ step }: PlayedCase): void {
  for (const row of step.case.deadlines.filter((one) => one.status === 'running' && one.calendar_version !== step.town.calendar.version))
    put(step, recompute(row, step.town, step.ctx.zone, step.now))
}

export function frameOf(played: PlayedCase): CaseFrame {
  const { step, piece } = played
  const open = step.case.row.status === 'open'
  const marks = open ? positions(piece.graph, step.case.row.state, []) : []
  return {
    role: played.role,
    slug: piece.slug,
    active: marks.map((mark) => mark.element),
    done: [...played.done],
    events: [...played.events],
    limits: step.case.deadlines.map((row) => ({
      deadline: row.deadline,
      instance: row.instance,
      status: row.status,
      provisional: row.provisional,
      binds: row.binds,
      start: row.start_on,
      ...(isPaused(row) ? {} : { due: row.due_on }),
    })),
    documents: [...played.documents],
    end: step.case.row.outcome,
    ...(played.stopped === undefined ? {} : { stopped: played.stopped }),
  }
}
