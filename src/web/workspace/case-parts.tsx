// Pieces of a case that both the task page and the case page show.
import type { DeadlineView } from '#kernel/cases/deadline-view.ts'
import type { CaseView } from '#kernel/cases/view.ts'
import type { FormView } from '#kernel/cases/view-forms.ts'
import { dateIn } from '#kernel/clock.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import type { Visit } from '#http/visit.ts'
import { Criteria, outcomeWords } from '#web/criteria.tsx'
import { DeadlineCard } from '#ui/components/deadline-card.tsx'
import { Details } from '#ui/components/details.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { Tag, type TagColour } from '#ui/components/tag.tsx'
import { Timeline } from '#ui/components/timeline.tsx'
import { defineTexts } from '#ui/texts.ts'
import { work } from './frame.tsx'
import { sharedTexts, soonDays, timeIn } from './words.ts'

const texts = defineTexts({
  zh: {
    law: '依据：{law}{article}',
    mark: '本条数字的核实情况：{mark}',
    printed: '上级派单写明的时限：{date}。',
    override: '本地规定为 {value}，来源：{source}',
    late: '曾经超期',
    metOn: '{date} 完成',
    cancelled: '不再计算',
    issuedOn: '{date} 制发',
    servedOn: '{date} 送达（{method}）',
    notServed: '尚未送达',
    files: '{count} 个文件',
    anonymous: '未留姓名',
    consents: '同意电子送达',
    noConsent: '未同意电子送达',
    effective: '生效日期 {date}',
    reason: '理由：{reason}',
    history: '办理过程',
    file: '文件 {number}',
    redact: '遮盖',
  },
  en: {
    law: 'By {law} {article}',
    mark: 'How this number was checked: {mark}',
    printed: 'Limit printed on the upstream order: {date}.',
    override: 'Local rule: {value}, source: {source}',
    late: 'was late',
    metOn: 'done on {date}',
    cancelled: 'no longer counted',
    issuedOn: 'issued {date}',
    servedOn: 'served {date} ({method})',
    notServed: 'not served yet',
    files: '{count} files',
    anonymous: 'no name given',
    consents: 'agrees to electronic service',
    noConsent: 'has not agreed to electronic service',
    effective: 'took effect on {date}',
    reason: 'Reason: {reason}',
    history: 'History',
    file: 'File {number}',
    redact: 'Redact',
  },
})

type Props = { visit: Visit; view: CaseView }

/** One form as label and value; files as links that open them. */
export function FormRows({ visit, view, form, isShown }: Props & { form: FormView; isShown: boolean }) {
  return (
    <SummaryList
      class="xl-rows"
      rows={form.fields.map((field) => ({
        key: field.label,
        value: isFiles(field.value) ? (
          <FileLinks visit={visit} number={view.number} ids={field.value} />
        ) : (
          <span class="xl-typed">{isShown ? field.text : withoutContacts(field.field['x-tag'], field.text)}</span>
        ),
      }))}
    />
  )
}

/** Ways to reach or identify a person: shown only by a recorded look. */
const contactTags = new Set(['phone', 'email', 'address', 'id-number'])
const withoutContacts = (tag: string, text: string) => (!contactTags.has(tag) ? text : tag === 'phone' ? masked(text) : '****')

const isFiles = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string' && /^[0-9a-f-]{36}$/.test(item))

function FileLinks(props: { visit: Visit; number: string; ids: string[] }) {
  const t = texts(props.visit.language)
  return (
    <ul class="govuk-list xl-files">
      {props.ids.map((id, index) => (
        <li>
          <a class="govuk-link" href={work(props.visit, `/cases/${props.number}/files/${id}`)} data-turbo="false">
            {t('file', { number: index + 1 })}
          </a>
          <a class="govuk-link xl-fine" href={work(props.visit, `/cases/${props.number}/redact/${id}`)}>
            {t('redact')} <span class="govuk-visually-hidden">{t('file', { number: index + 1 })}</span>
          </a>
        </li>
      ))}
    </ul>
  )
}

/** A limit with its arithmetic behind it. */
export function Deadline({ visit, deadline, level }: { visit: Visit; deadline: DeadlineView; level: 2 | 3 | 4 }) {
  const t = texts(visit.language)
  const isOver = deadline.status === 'missed' && deadline.binds === 'party'
  const state = deadline.status === 'met' ? 'met' : deadline.status === 'cancelled' ? 'paused' : isOver ? 'over' : 'running'
  return (
    <DeadlineCard
      title={deadline.title}
      due={deadline.due}
      daysLeft={deadline.daysLeft}
      state={state}
      soonWithin={soonDays}
      isProvisional={deadline.provisional}
      headingLevel={level}
      why={
        <>
          <p class="govuk-body-s">{deadline.explanation.summary}</p>
          <ul class="govuk-list govuk-list--bullet xl-fine-list">
            {deadline.explanation.lines.map((line) => (
              <li>{line}</li>
            ))}
          </ul>
          {deadline.law && <p class="govuk-body-s">{t('law', { law: deadline.law, article: deadline.article })}</p>}
          {deadline.printed && <p class="govuk-body-s">{t('printed', { date: deadline.printed })}</p>}
          {deadline.override && <p class="govuk-body-s">{t('override', deadline.override)}</p>}
          {deadline.mark !== 'V:L' && deadline.mark !== 'V:C' && <p class="govuk-body-s">{t('mark', { mark: deadline.mark })}</p>}
        </>
      }
    />
  )
}

/** Limits that have ended, one line each. */
export function PastDeadlines({ visit, view }: Props) {
  const t = texts(visit.language)
  const past = view.deadlines.filter((deadline) => !isOpen(deadline))
  if (past.length === 0) return null
  return (
    <ul class="govuk-list xl-fine-list">
      {past.map((deadline) => (
        <li>
          {deadline.title}：{deadline.due}
          {'　'}
          {deadline.metOn ? t('metOn', { date: deadline.metOn }) : t('cancelled')} {deadline.missed && <Tag colour="red">{t('late')}</Tag>}
        </li>
      ))}
    </ul>
  )
}

export const isOpen = (deadline: DeadlineView): boolean =>
  deadline.status === 'running' || (deadline.status === 'missed' && deadline.metOn === null && deadline.binds === 'office')

const colours: Record<string, TagColour> = { issued: 'yellow', served: 'green', corrected: 'grey', withdrawn: 'red', void: 'grey' }

export function Documents({ visit, view }: Props) {
  const t = texts(visit.language)
  const s = sharedTexts(visit.language)
  return (
    <ul class="govuk-list xl-papers">
      {view.documents.map((document) => (
        <li>
          <a class="govuk-link xl-strong" href={work(visit, `/cases/${view.number}/documents/${document.id}`)}>
            {document.title}
          </a>{' '}
          <Tag colour={colours[document.status] ?? 'grey'}>{s(isStatus(document.status) ? document.status : 'issued')}</Tag>
          <span class="xl-fine">
            {document.number} · {t('issuedOn', { date: document.issuedOn })} ·{' '}
            {document.servedOn ? t('servedOn', { date: document.servedOn, method: methodName(visit, document.method) }) : t('notServed')}
          </span>
        </li>
      ))}
    </ul>
  )
}

const isStatus = (status: string): status is 'issued' | 'served' | 'corrected' | 'withdrawn' | 'void' => status in colours

const methodKeys = ['handed', 'post', 'electronic', 'notice', 'left', 'not-owed'] as const

export function methodName(visit: Visit, method: string | undefined): string {
  const key = methodKeys.find((known) => known === method)
  return key ? sharedTexts(visit.language)(key) : ''
}

const channels = ['web', 'counter', 'letter', 'phone', 'visit', 'upstream', 'case'] as const

export function channelName(visit: Visit, channel: string): string {
  const key = channels.find((known) => known === channel)
  return key ? sharedTexts(visit.language)(key) : channel
}

/** People with their telephone numbers hidden but for the last four digits, unless the look at them was recorded. */
export function People({ visit, view, isShown }: Props & { isShown: boolean }) {
  const t = texts(visit.language)
  return (
    <SummaryList
      class="xl-rows"
      rows={view.parties.map((party) => ({
        key: party.roleName,
        value: (
          <>
            {party.name || t('anonymous')}
            {party.phone && <span class="xl-fine">{isShown ? party.phone : masked(party.phone)}</span>}
            {isShown && party.email && <span class="xl-fine">{party.email}</span>}
            {isShown && party.address && <span class="xl-fine">{party.address}</span>}
            <span class="xl-fine">{t(party.electronicService ? 'consents' : 'noConsent')}</span>
          </>
        ),
      }))}
    />
  )
}

/** `*******0001`. */
export function masked(phone: string): string {
  const digits = phone.replaceAll(/[^0-9]/g, '')
  return digits.length <= 4 ? '****' : `${'*'.repeat(digits.length - 4)}${digits.slice(-4)}`
}

/** Both times where they differ: when it took effect, and when it was written down. */
export function History({ visit, view }: Props) {
  const t = texts(visit.language)
  const { zone } = visit.ctx
  return (
    <Timeline
      label={t('history')}
      headingLevel={3}
      items={view.timeline.map((entry) => ({
        title: entry.text,
        at: timeIn(zone, entry.recordedAt),
        datetime: entry.recordedAt.toISOString(),
        by: entry.by,
        ...(entry.reason !== '' || entry.effectiveOn !== dateIn(zone, entry.recordedAt)
          ? {
              body: (
                <p class="govuk-body-s">
                  {entry.effectiveOn !== dateIn(zone, entry.recordedAt) && <>{t('effective', { date: entry.effectiveOn })} </>}
                  {entry.reason !== '' && t('reason', { reason: entry.reason })}
                </p>
              ),
            }
          : {}),
      }))}
    />
  )
}

type FormsProps = Props & { procedure: Package; open?: number; without?: string; isShown?: boolean }

/** What the rules said, then the forms of the case, each behind its title; the first `open` ones are open. */
export function Forms({ visit, view, procedure, open = 1, without, isShown = false }: FormsProps) {
  return (
    <>
      {view.decisions.map((decision) => (
        <Details summary={decision.title} open class="xl-details">
          <p class="govuk-body-s">{outcomeWords(procedure, decision.outcome, visit.language)}</p>
          <Criteria procedure={procedure} result={decision} language={visit.language} />
        </Details>
      ))}
      {view.forms
        .filter((form) => form.element !== without)
        .map((form, index) => (
          <Details summary={form.title} open={index < open} class="xl-details">
            <FormRows visit={visit} view={view} form={form} isShown={isShown} />
          </Details>
        ))}
    </>
  )
}
