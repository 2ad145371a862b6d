// What a person asked about her data before, with its answers.
import type { Held } from '#kernel/rights/held.ts'
import type { Visit } from '#http/visit.ts'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { dataTexts } from './data-texts.ts'
import { formatInstant } from './words.ts'

export function Asked({ visit, held }: { visit: Visit; held: Held }) {
  const { language } = visit
  const t = dataTexts(language)
  const kinds: Record<string, string> = {
    copy: t('kind.copy'),
    contacts: t('kind.contacts'),
    correct: t('kind.correct'),
    erase: t('kind.erase'),
    consent: t('kind.consent'),
  }
  const why = (code: string | undefined, until: string | undefined) =>
    code === 'open'
      ? t('why.open')
      : code === 'archive'
        ? t('why.archive')
        : code === 'undated'
          ? t('why.undated')
          : t('why.retained', { date: until ?? '' })
  if (held.asked.length === 0) return null
  return (
    <>
      <h2 class="govuk-heading-m">{t('asked')}</h2>
      {held.asked.map((request) => (
        <div class="xl-message">
          <p class="govuk-body">
            <strong>{kinds[request.kind]}</strong> {formatInstant(request.askedAt, visit.ctx.zone, language)}{' '}
            <Tag colour={request.status === 'granted' ? 'green' : request.status === 'refused' ? 'red' : 'yellow'}>
              {t(request.status === 'granted' ? 'granted' : request.status === 'refused' ? 'refused' : 'open')}
            </Tag>
          </p>
          {request.status === 'open' && request.dueOn !== null && (
            <p class="govuk-body">{t('answerBy', { date: formatDate(request.dueOn, language) })}</p>
          )}
          {request.kind === 'erase' && request.status === 'refused' && <p class="govuk-body">{why(request.words.reason, request.words.value)}</p>}
          {request.words.answer !== undefined && <p class="govuk-body xl-typed">{request.words.answer}</p>}
        </div>
      ))}
    </>
  )
}
