// The top of a case page: where it stands, and the dates that bind, each with its arithmetic.
import type { DeadlineView } from '#kernel/cases/deadline-view.ts'
import type { CaseView } from '#kernel/cases/view.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import type { Visit } from '#http/visit.ts'
import { DeadlineCard, formatDate } from '#ui/components/deadline-card.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { caseTexts } from './case-texts.ts'
import { markText } from './words.ts'

export type Seen = { visit: Visit; view: CaseView; here: string }

export function Standing({ visit, view, procedure }: Seen & { procedure: Package }) {
  const t = caseTexts(visit.language)
  const sentences = view.status === 'closed' ? [view.outcomeText || t('closed')] : openSentences(view, procedure, visit.language)
  return (
    <>
      <InsetText>
        <h2 class="govuk-heading-s govuk-!-margin-bottom-1">{t('where')}</h2>
        {sentences.map((sentence) => (
          <p class="govuk-body-l govuk-!-margin-bottom-1">{sentence}</p>
        ))}
      </InsetText>
      <SummaryList
        rows={[
          (view.office !== '' || isRouted(procedure)) && { key: t('office'), value: view.office || t('noOffice') },
          { key: t('filedOn'), value: formatDate(view.filedOn, visit.language) },
          view.place !== '' && { key: t('place'), value: view.place },
          { key: t('channel'), value: channelText(view.channel, visit.language) },
        ]}
      />
    </>
  )
}

/** Does the procedure give its cases to an office at all? */
const isRouted = ({ graph }: Package): boolean =>
  Object.values(graph.elements).some(({ xl }) => xl.action === 'route-case@1' || xl.action === 'hand-over@1')

/** What waits for this person stands first; then who is at work; when nobody is, what the case waits for. */
function openSentences(view: CaseView, procedure: Package, language: Visit['language']): string[] {
  const yours = restingPlaces(view, procedure, language, (element) => awaitsHer(view, procedure, element))
  const sentences = [...new Set([...yours, ...view.standing])]
  return sentences.length > 0 ? sentences : restingPlaces(view, procedure, language, () => true).slice(0, 1)
}

/** Plain words of the places where the case rests, those where it stands before those where it waits for the rest of itself. */
const restingPlaces = (view: CaseView, procedure: Package, language: Visit['language'], isMeant: (element: string) => boolean): string[] =>
  (['active', 'overdue', 'available'] as const).flatMap((mark) =>
    Object.entries(view.marks).flatMap(([element, known]) => {
      const text = procedure.texts[language][`${procedure.slug}.status.${element}`]
      return known === mark && text !== undefined && isMeant(element) ? [text] : []
    }),
  )

/** One of the acts that she may send now is what this place waits for: itself, or one of the ways out of an event gateway. */
function awaitsHer(view: CaseView, { graph }: Package, id: string): boolean {
  const element = graph.elements[id]
  if (element?.type !== 'eventBasedGateway' && element?.type !== 'intermediateCatchEvent' && element?.type !== 'receiveTask') return false
  const ways = element.type === 'eventBasedGateway' ? element.out.map((flow) => graph.flows[flow]?.to) : [id]
  return view.acts.some((act) => ways.includes(act.element))
}

function channelText(channel: string, language: Visit['language']): string {
  const t = caseTexts(language)
  switch (channel) {
    case 'web':
    case 'counter':
    case 'letter':
    case 'phone':
    case 'visit':
    case 'upstream':
    case 'case':
      return t(`channel.${channel}`)
    default:
      return channel
  }
}

export function Deadlines({ visit, view }: Seen) {
  const t = caseTexts(visit.language)
  // The one that ends next stands first; what is done comes after.
  const shown = view.deadlines
    .filter((deadline) => deadline.status !== 'cancelled')
    .toSorted((a, b) => order(a) - order(b) || a.due.localeCompare(b.due))
  return (
    <>
      <h2 class="govuk-heading-m">{t('deadlines')}</h2>
      {shown.length === 0 && <p class="govuk-body">{t('noDeadlines')}</p>}
      {shown.map((deadline) => (
        <Deadline deadline={deadline} language={visit.language} />
      ))}
    </>
  )
}

const order = (deadline: DeadlineView): number => (deadline.metOn === null && deadline.status !== 'met' ? 0 : 1)

function Deadline({ deadline, language }: { deadline: DeadlineView; language: Visit['language'] }) {
  const t = caseTexts(language)
  const late = deadline.missed
  const why = (
    <>
      <p>{deadline.explanation.summary}</p>
      <ul class="govuk-list govuk-list--bullet">
        {deadline.explanation.lines.map((line) => (
          <li>{line}</li>
        ))}
      </ul>
      {markText(deadline.mark, language) && <p>{markText(deadline.mark, language)}</p>}
    </>
  )
  return (
    <>
      <DeadlineCard
        title={deadline.title}
        due={deadline.due}
        daysLeft={deadline.daysLeft}
        state={deadline.status === 'met' ? 'met' : deadline.status === 'missed' && deadline.binds === 'party' ? 'over' : 'running'}
        // The kernel has decided what counts as soon; the card only shows it.
        soonWithin={deadline.light === 'amber' ? Math.max(0, deadline.daysLeft) : -1}
        isProvisional={deadline.provisional}
        why={why}
      />
      {deadline.binds === 'party' && deadline.status === 'running' && <p class="govuk-body">{t('yours')}</p>}
      {deadline.metOn !== null && <p class="govuk-body">{t(late ? 'lateMet' : 'metOn', { date: formatDate(deadline.metOn, language) })}</p>}
      {late && deadline.metOn === null && deadline.binds === 'office' && <p class="govuk-body">{t('missedText')}</p>}
    </>
  )
}
