// Sections of the case page.
import { recusalKinds } from '#kernel/cases/recuse.ts'
import type { CaseView } from '#kernel/cases/view.ts'
import type { LookedAt } from '#kernel/cases/views.ts'
import type { DomainError } from '#kernel/errors.ts'
import type { Visit } from '#http/visit.ts'
import { accessWords, purposeText, sealedPurposes } from '#web/access-words.ts'
import { Button } from '#ui/components/button.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Select } from '#ui/components/select.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { channelName } from './case-parts.tsx'
import { caseTexts as texts } from './case-texts.ts'
import { work } from './frame.tsx'
import { sharedTexts, timeIn } from './words.ts'

/** For what somebody looks at contacts. */
export const purposes = ['reach', 'serve', 'identify'] as const

export function Standing({ visit, view }: { visit: Visit; view: CaseView }) {
  const t = texts(visit.language)
  const s = sharedTexts(visit.language)
  return (
    <div class="xl-standing">
      <p class="govuk-body">
        <Tag colour={view.status === 'open' ? 'teal' : 'grey'}>{t(view.status)}</Tag> {view.missed && <Tag colour="red">{s('missed')}</Tag>}{' '}
        {view.status === 'closed' ? view.outcomeText : view.standing.join(' ')}
      </p>
      <p class="govuk-body-s">
        {t('received', { date: view.filedOn, channel: channelName(visit, view.channel) })}
        {view.office && ` · ${t('office', { office: view.office })}`}
        {view.place && ` · ${view.place}`}
      </p>
      {view.incidents.map((incident) => (
        <p class="govuk-body-s">
          <Tag colour="red">{t('incident')}</Tag> {incident.title}：{incident.reason}{' '}
          <a class="govuk-link" href={work(visit, `/cases/${view.number}/incidents`)}>
            {t('settle')}
          </a>
        </p>
      ))}
    </div>
  )
}

export function Tasks({ visit, view, names }: { visit: Visit; view: CaseView; names: Map<string, string> }) {
  const t = texts(visit.language)
  if (view.tasks.length === 0) return null
  return (
    <>
      <h2 class="govuk-heading-m">{t('tasks')}</h2>
      <ul class="govuk-list xl-papers">
        {view.tasks.map((task) => (
          <li>
            <a class="govuk-link xl-strong" href={work(visit, `/tasks/${task.taskId}`)}>
              {task.title}
            </a>
            <span class="xl-fine">
              {task.office || t('noOffice')} · {task.assignee === null ? sharedTexts(visit.language)('nobody') : (names.get(task.assignee) ?? '')}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

export function Messages({ visit, view, text, hasError }: { visit: Visit; view: CaseView; text: string; hasError: boolean }) {
  const t = texts(visit.language)
  return (
    <section id="messages">
      <h2 class="govuk-heading-m">{t('messages')}</h2>
      {view.messages.length === 0 && <p class="govuk-body-s">{t('noMessages')}</p>}
      {view.messages.map((message) => (
        <div class={`xl-message xl-message--${message.from}`}>
          <p class="xl-fine">
            {t(message.from === 'party' ? 'fromParty' : 'fromOffice')} · {timeIn(visit.ctx.zone, message.at)}
          </p>
          <p class="govuk-body xl-typed">{message.text}</p>
        </div>
      ))}
      <Form action={work(visit, `/cases/${view.number}/messages`)}>
        <Textarea name="text" label={t('answer')} hint={t('answerHint')} rows={3} value={text} {...(hasError ? { error: t('answerNeeded') } : {})} />
        <Button class="govuk-button--secondary" preventDoubleClick>
          {t('send')}
        </Button>
      </Form>
    </section>
  )
}

export function Contacts({ visit, number }: { visit: Visit; number: string }) {
  const t = texts(visit.language)
  return (
    <Details summary={t('showContacts')} class="xl-details">
      <Form action={work(visit, `/cases/${number}/contacts`)} attributes={{ 'data-turbo': 'false' }}>
        <Select name="purpose" label={t('purpose')} hint={t('purposeHint')} items={purposes.map((value) => ({ value, text: t(value) }))} />
        <Button class="govuk-button--secondary">{t('showThem')}</Button>
      </Form>
    </Details>
  )
}

export function OpenSealed({ visit, number, error }: { visit: Visit; number: string; error: DomainError | undefined }) {
  const t = texts(visit.language)
  const words = accessWords(visit.language)
  const wrong = error?.code === 'look.words' ? error.fields[0]?.message : undefined
  return (
    <Details summary={t('openSealed')} open={wrong !== undefined} class="xl-details">
      <Form action={work(visit, `/cases/${number}/sealed`)} attributes={{ 'data-turbo': 'false' }}>
        <Select
          name="purpose"
          id="sealed-purpose"
          label={t('purpose')}
          hint={t('purposeHint')}
          items={sealedPurposes.map((value) => ({ value, text: words(`look.sealed:${value}`) }))}
        />
        <Input name="words" label={t('whySealed')} {...(wrong ? { error: wrong } : {})} />
        <Button class="govuk-button--secondary">{t('showThem')}</Button>
      </Form>
    </Details>
  )
}

export function Acts({ visit, view, mayFix }: { visit: Visit; view: CaseView; mayFix: boolean }) {
  const t = texts(visit.language)
  const address = (path: string) => work(visit, `/cases/${view.number}/${path}`)
  return (
    <>
      <h2 class="govuk-heading-m">{t('acts')}</h2>
      <ul class="govuk-list">
        {view.acts.map((act) => (
          <li>
            <a class="govuk-link" href={address(`acts/${act.name}`)}>
              {act.isLate ? t('lateAct', { act: act.label }) : act.label}
            </a>
          </li>
        ))}
        {mayFix && (
          <li>
            <a class="govuk-link" href={address('dates')}>
              {t('fixDate')}
            </a>
          </li>
        )}
        <li>
          <a class="govuk-link" href={address('access')}>
            {t('access')}
          </a>
        </li>
        <li>
          <a class="govuk-link" href={address('file.pdf')} data-turbo="false">
            {t('wholeFile')}
          </a>
        </li>
      </ul>
    </>
  )
}

export function Links({ visit, view }: { visit: Visit; view: CaseView }) {
  const t = texts(visit.language)
  const links = view.links.filter((link) => link.number !== '')
  if (links.length === 0) return null
  return (
    <>
      <h2 class="govuk-heading-m">{t('links')}</h2>
      <ul class="govuk-list">
        {links.map((link) => (
          <li>
            {link.role === 'origin' ? t('origin') : t('follows')}{' '}
            <a class="govuk-link" href={work(visit, `/cases/${link.number}`)}>
              {link.number}
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}

export function Looks({ visit, looks }: { visit: Visit; looks: LookedAt[] }) {
  const t = texts(visit.language)
  return (
    <Details summary={t('looks')} class="xl-details">
      <Table
        class="xl-table--dense"
        scrollLabel={t('looks')}
        head={[t('lookedBy'), t('purpose'), t('times'), t('lastLook')]}
        rows={looks.map((look) => [
          look.by || '—',
          [purposeText(look.purpose, visit.language), look.words].filter((part) => part !== '').join('：'),
          String(look.times),
          { content: timeIn(visit.ctx.zone, look.at), class: 'xl-nowrap' },
        ])}
      />
    </Details>
  )
}

export function Recusal({ visit, number, ground }: { visit: Visit; number: string; ground: string | undefined }) {
  const t = texts(visit.language)
  return (
    <Details summary={t('recuse')} open={ground !== undefined} class="xl-details">
      <p class="govuk-body-s">{t('recuseText')}</p>
      <Form action={work(visit, `/cases/${number}/recusal`)}>
        <Select
          name="kind"
          id="recusal-kind"
          label={t('recuseKind')}
          items={recusalKinds.map((kind) => ({ value: kind, text: accessWords(visit.language)(`recusal.${kind}`) }))}
        />
        <Input name="ground" label={t('ground')} value={ground ?? ''} {...(ground === undefined ? {} : { error: t('groundNeeded') })} />
        <Button class="govuk-button--warning">{t('recuseDo')}</Button>
      </Form>
    </Details>
  )
}

/** Facts of a case as a small list; used above forms that act on it. */
export function CaseLine({ visit, view }: { visit: Visit; view: CaseView }) {
  const t = texts(visit.language)
  return (
    <SummaryList
      class="xl-rows"
      rows={[
        { key: t('number'), value: view.number },
        { key: t('matter'), value: view.subject || view.procedure.title },
        { key: t('people'), value: view.parties.map((party) => party.name || t('anonymous')).join('、') },
      ]}
    />
  )
}
