import { useLanguage } from '../context.ts'
import { headingTag } from '../html.ts'
import type { Child } from '../html.ts'
import { uiTexts } from '../ui-texts.ts'
import { Details } from './details.tsx'
import { StatusLight } from './status-light.tsx'
import type { Light } from './status-light.tsx'

export type DeadlineCardProps = {
  /** What is promised, e.g. 作出受理决定 */
  title: Child
  /** `YYYY-MM-DD` in the town's zone */
  due: string
  /** Calendar days from today to the due date; negative once it has passed. */
  daysLeft: number
  /** `over`: a period that ran out without anybody being late: a right that lapsed, a notice that hung long enough. */
  state: 'running' | 'paused' | 'met' | 'over'
  /** From how many days on it counts as "soon"; the caller's parameter, never a legal number here. */
  soonWithin: number
  /** The kernel's explanation: rule, article, start, skipped days. */
  why: Child
  isProvisional?: boolean
  headingLevel?: 2 | 3 | 4
}

/** One promise: what, until when, how long is left, and why that date. */
export function DeadlineCard(props: DeadlineCardProps) {
  const language = useLanguage()
  const t = uiTexts(language)
  const light = lightOf(props)
  const Heading = headingTag(props.headingLevel ?? 3)
  return (
    <section class={`xl-deadline xl-deadline--${light}`}>
      <div class="xl-deadline__top">
        <Heading class="xl-deadline__label">{props.title}</Heading>
        <StatusLight light={light}>{props.state === 'running' ? undefined : t(props.state)}</StatusLight>
      </div>
      {props.state === 'running' && <p class="xl-deadline__left">{leftText(props.daysLeft, language)}</p>}
      <p class="xl-deadline__due">
        {t('due')} <time datetime={props.due}>{formatDate(props.due, language)}</time>
      </p>
      {props.isProvisional && <p class="govuk-hint">{t('provisional')}</p>}
      <Details summary={t('whyDate')}>{props.why}</Details>
    </section>
  )
}

function lightOf(props: DeadlineCardProps): Light {
  if (props.state === 'met') return 'green'
  if (props.state === 'paused' || props.state === 'over') return 'grey'
  if (props.daysLeft < 0) return 'red'
  return props.daysLeft <= props.soonWithin ? 'amber' : 'green'
}

function leftText(days: number, language: 'zh' | 'en'): string {
  const t = uiTexts(language)
  if (days === 0) return t('dueToday')
  const text = days < 0 ? t('overdueBy', { days: -days }) : t('daysLeft', { days })
  return Math.abs(days) === 1 ? text.replace('1 days', '1 day') : text
}

/** A month `YYYY-MM` in words: 2026年3月, March 2026. */
export function formatMonth(month: string, language: 'zh' | 'en'): string {
  const formatter = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { year: 'numeric', month: 'long', timeZone: 'UTC' })
  return formatter.format(new Date(`${month}-01T00:00:00Z`))
}

/** A calendar date in words: 2026年3月17日, 17 March 2026. */
export function formatDate(date: string, language: 'zh' | 'en'): string {
  const formatter = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'long', timeZone: 'UTC' })
  return formatter.format(new Date(`${date}T00:00:00Z`))
}
