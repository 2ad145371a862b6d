// One moment of a played example as HTML: what happened, the clock, the limits, what is recorded. The server and the island write the
// same words, so that playing without a script shows no less.
import type { CaseFrame, Frame } from '#kernel/library/rehearsal-types.ts'
import type { Marks } from '#ui/diagram/marks.ts'
import { escapeText } from '#ui/diagram/svg.ts'
import { fill, type Language } from '#ui/texts.ts'

/** What the drawing and the words need, as plain JSON. `steps`: what each step of the example says. */
export type Stage = {
  language: Language
  texts: Record<string, string>
  /** By slug: names of elements, limits, documents, events. */
  words: Record<string, Record<string, string>>
  steps: { actor: string; words: string }[]
}

const words = {
  zh: {
    clock: '时钟',
    refused: '系统不接受这一步',
    problem: '与示例不符',
    time: '时间到了',
    limits: '期限',
    limit: '期限名称',
    due: '到期日',
    state: '状态',
    running: '在计算',
    met: '按期',
    missed: '超期',
    cancelled: '不再计算',
    stopped: '停止计算',
    events: '已经记录',
    documents: '制发的文书',
    none: '还没有',
    ended: '办结：{end}',
    linked: '关联事项：{role}',
    from: '{start} 起',
  },
  en: {
    clock: 'Clock',
    refused: 'The platform refuses this step',
    problem: 'Not as the example says',
    time: 'Time has passed',
    limits: 'Limits',
    limit: 'Limit',
    due: 'Due',
    state: 'State',
    running: 'running',
    met: 'in time',
    missed: 'missed',
    cancelled: 'no longer counts',
    stopped: 'clock stopped',
    events: 'Recorded',
    documents: 'Documents issued',
    none: 'nothing yet',
    ended: 'Ended: {end}',
    linked: 'Linked matter: {role}',
    from: 'from {start}',
  },
} as const

/** Marks of one case for the drawing. What stands while one of its limits is missed is overdue. */
export function marksOf(frame: CaseFrame): Marks {
  const late = frame.limits.some((limit) => limit.binds === 'office' && limit.status === 'missed') && frame.end === null
  const done = frame.done.map((id) => [id, 'done'] as const)
  const active = frame.active.map((id) => [id, late ? 'overdue' : 'active'] as const)
  return Object.fromEntries([...done, ...active])
}

/** The case that a frame is about: the one in which it happened. */
export const caseOf = (frame: Frame): CaseFrame | undefined => frame.cases.find((one) => one.role === frame.in) ?? frame.cases[0]

/** What happened in this frame, in one line of words. */
export function headline(frame: Frame, stage: Stage): string {
  const t = words[stage.language]
  const slug = caseOf(frame)?.slug ?? ''
  const say = (key: string) => stage.words[slug]?.[key] ?? key
  if (frame.kind === 'time') {
    const what = frame.limit === undefined ? say(frame.element ?? '') : `${say(`deadline.${frame.limit}`)} ${t.missed}`
    return `${t.time}: ${what}`
  }
  const step = stage.steps[frame.step]
  return [step?.actor, step?.words].filter(Boolean).join(': ')
}

/** Everything beside the drawing. Safe to put into the page: every text is escaped. */
export function frameHtml(frame: Frame, stage: Stage): string {
  const t = words[stage.language]
  const parts = [
    `<p class="govuk-body xl-player__clock"><span class="xl-strong">${t.clock}</span> <time datetime="${frame.at}">${escapeText(frame.at.replace('T', ' '))}</time></p>`,
    `<p class="govuk-body-l xl-player__headline">${escapeText(headline(frame, stage))}</p>`,
    frame.code === undefined ? '' : note('govuk-inset-text', `${t.refused} (${frame.code})`),
    frame.problem === undefined ? '' : note('govuk-error-message', `${t.problem}: ${frame.problem}`),
    ...frame.cases.map((one) => caseHtml(one, stage, frame.cases.length > 1)),
  ]
  return parts.join('')
}

const note = (kind: string, text: string) => `<p class="${kind}">${escapeText(text)}</p>`

function caseHtml(one: CaseFrame, stage: Stage, named: boolean): string {
  const t = words[stage.language]
  const say = (key: string) => stage.words[one.slug]?.[key] ?? key
  const title = named && one.role !== 'main' ? `<h3 class="govuk-heading-s">${escapeText(fill(t.linked, { role: say('title') }))}</h3>` : ''
  const rows = one.limits.map((limit) => {
    const state = limit.due === undefined && limit.status === 'running' ? t.stopped : t[limit.status]
    const due = `${limit.due ?? '—'} (${fill(t.from, { start: limit.start })})`
    return `<tr class="govuk-table__row">${[say(`deadline.${limit.deadline}`), due, state].map((text) => `<td class="govuk-table__cell">${escapeText(text)}</td>`).join('')}</tr>`
  })
  const head = [t.limit, t.due, t.state].map((text) => `<th scope="col" class="govuk-table__header">${text}</th>`).join('')
  const table =
    rows.length === 0
      ? ''
      : `<table class="govuk-table xl-table--dense"><caption class="govuk-table__caption govuk-table__caption--s">${t.limits}</caption><thead class="govuk-table__head"><tr class="govuk-table__row">${head}</tr></thead><tbody class="govuk-table__body">${rows.join('')}</tbody></table>`
  const events = one.events.map((event) => `${say(`event.${event.name}`)} ${event.on}`)
  const documents = one.documents.map((document) => say(`document.${document}`))
  const list = (label: string, items: string[]) =>
    `<p class="govuk-body-s"><span class="xl-strong">${label}</span> ${escapeText(items.length > 0 ? items.join(' → ') : t.none)}</p>`
  const end = one.end === null ? '' : note('govuk-inset-text', fill(t.ended, { end: say(`outcome.${one.end}`) }))
  return title + table + list(t.events, events) + (documents.length > 0 ? list(t.documents, documents) : '') + end
}
