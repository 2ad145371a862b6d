// Lists of what can be started here: by topic, as cards with a line each, and with their limits.
import { basisOf } from '#kernel/cases/case-deadlines.ts'
import { groupServices } from '#kernel/procedures/listing.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { today } from '#kernel/towns/towns.ts'
import type { Visit } from '#http/visit.ts'
import { Details } from '#ui/components/details.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { headingTag } from '#ui/html.ts'
import { assistanceTexts } from './assistance-texts.ts'
import { startTexts } from './start-texts.ts'
import { amountText, citation, markText } from './words.ts'

/** Whoever does not know which assistance is hers begins here. */
export function OneWindow({ visit, open }: { visit: Visit; open: Package[] }) {
  const t = assistanceTexts(visit.language)
  if (!open.some(({ manifest }) => manifest.provides.includes('social-assistance'))) return null
  return (
    <InsetText>
      <a class="govuk-link govuk-!-font-weight-bold" href={`${visit.base}/assistance`}>
        {t('title')}
      </a>
      <br />
      {t('lead')}
    </InsetText>
  )
}

/** The start page names what can be done, by what people look for; what each is stands one page further, or here when they are few. */
export function Topics({ visit, open }: { visit: Visit; open: Package[] }) {
  const { base, language } = visit
  const t = startTexts(language)
  const groups = groupServices(open)
  if (groups.length < 2 || open.length < 6) return <Cards visit={visit} open={open} level={3} />
  return (
    <>
      <div class="xl-topics">
        {groups.map(({ group, services }) => (
          <section class="xl-topic" aria-labelledby={`group-${group}`}>
            <h3 class="govuk-heading-s govuk-!-margin-bottom-1" id={`group-${group}`}>
              {t(`in-${group}`)}
            </h3>
            <ul class="govuk-list">
              {services.map(({ slug, texts: own }) => (
                <li>
                  <a class="govuk-link" href={`${base}/matters/${slug}`}>
                    {own[language][`${slug}.title`] ?? slug}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <p class="govuk-body">
        <a class="govuk-link" href={`${base}/matters`}>
          {t('allMatters')}
        </a>
      </p>
    </>
  )
}

/** One list for each thing that people look for; a town with a handful of services has one list. */
export function Cards({ visit, open, level }: { visit: Visit; open: Package[]; level: 2 | 3 }) {
  const t = startTexts(visit.language)
  if (open.length === 0) return <p class="xl-empty">{t('none')}</p>
  const groups = groupServices(open)
  if (groups.length === 1 || open.length < 6) return <CardList visit={visit} services={open} level={level} />
  const Heading = headingTag(level)
  return (
    <>
      {groups.map(({ group, services }) => (
        <section aria-labelledby={`group-${group}`}>
          <Heading class="govuk-heading-m govuk-!-margin-bottom-2" id={`group-${group}`}>
            {t(`in-${group}`)}
          </Heading>
          <CardList visit={visit} services={services} level={level === 2 ? 3 : 4} />
        </section>
      ))}
    </>
  )
}

function CardList({ visit, services, level }: { visit: Visit; services: Package[]; level: 2 | 3 | 4 }) {
  const { base, language } = visit
  return (
    <ul class={services.length > 2 ? 'xl-cards' : 'xl-cards xl-cards--few'}>
      {services.map((procedure) => (
        <Card
          href={`${base}/matters/${procedure.slug}`}
          title={procedure.texts[language][`${procedure.slug}.title`] ?? procedure.slug}
          text={procedure.texts[language][`${procedure.slug}.summary`] ?? ''}
          level={level}
        />
      ))}
    </ul>
  )
}

export function Card(props: { href: string; title: string; text: string; level?: 2 | 3 | 4 }) {
  const Heading = headingTag(props.level ?? 3)
  return (
    <li class="xl-card">
      <Heading class="xl-card__title">
        <a class="govuk-link" href={props.href}>
          {props.title}
        </a>
      </Heading>
      <p class="xl-card__text">{props.text}</p>
    </li>
  )
}

/** Limits of the open procedures in force today, with their articles. */
export function Times({ visit, open }: { visit: Visit; open: Package[] }) {
  const { language, town } = visit
  const t = startTexts(language)
  const on = today(visit.ctx)
  return (
    <>
      {open.map((procedure) => {
        const say = (key: string) => procedure.texts[language][`${procedure.slug}.${key}`] ?? key
        const rows = procedure.manifest.deadlines.map((rule) => {
          const basis = basisOf(procedure.manifest, town, rule, on)
          const law = `${citation({ name: basis.law ?? '', article: basis.article ?? '' }, language)}${markText(basis.mark, language)}`
          return {
            key: `${rule.binds === 'party' ? t('yourRight') : ''}${say(`deadline.${rule.id}`)}`,
            value: (
              <>
                <strong>{t('atMost', { amount: amountText(basis.amount, basis.unit, language) })}</strong>
                <br />
                <span class="govuk-hint">{law}</span>
              </>
            ),
          }
        })
        if (rows.length === 0) return null
        return (
          <Details summary={`${say('title')}${t('limits', { count: rows.length })}`} class="xl-details">
            <SummaryList rows={rows} />
          </Details>
        )
      })}
    </>
  )
}
