// The library of procedures: what the town does, and how. Residents may read all of it.
import { groupServices, isForResidents } from '#kernel/procedures/listing.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Breadcrumbs } from '#ui/components/breadcrumbs.tsx'
import { SearchBox } from '#ui/components/search-box.tsx'
import { libraryTexts } from '../library/texts.ts'
import { sayer } from '../library/parts.tsx'
import { portalPage } from './frame.tsx'

/** `GET /procedures?q=` */
export async function proceduresPage(visit: Visit, context: HttpContext): Promise<Response> {
  const { base, language } = visit
  const t = libraryTexts(language)
  const q = (context.req.query('q') ?? '').trim().slice(0, 100)
  const all = await listProcedures(visit.ctx)
  const found = q === '' ? all : all.filter((procedure) => matches(procedure, q))
  return portalPage(
    visit,
    {
      title: t('library'),
      path: '/procedures',
      query: q === '' ? '' : `q=${encodeURIComponent(q)}`,
      before: <Breadcrumbs items={[{ text: t('home'), href: base }, { text: t('library') }]} collapseOnMobile />,
    },
    <>
      <h1 class="govuk-heading-xl">{t('library')}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      <SearchBox action={`${base}/procedures`} label={t('search')} value={q} />
      <p class="govuk-hint">{found.length > 0 ? t('found', { count: found.length }) : t('nothing')}</p>
      <Kind visit={visit} title={t('forResidents')} procedures={found.filter(isForResidents)} />
      <Kind visit={visit} title={t('byOffices')} hint={t('byOfficesHint')} procedures={found.filter((procedure) => !isForResidents(procedure))} />
    </>,
  )
}

type KindOf = { visit: Visit; title: string; hint?: string; procedures: Package[] }

/** What residents may start, and apart from it what only an office starts: nobody looks for a form that is not there. */
function Kind({ visit, title, hint, procedures }: KindOf) {
  if (procedures.length === 0) return null
  return (
    <>
      <h2 class="govuk-heading-l govuk-!-margin-bottom-2">{title}</h2>
      {hint !== undefined && <p class="govuk-hint">{hint}</p>}
      <ul class="govuk-list xl-library">
        {groupServices(procedures)
          .flatMap(({ services }) => services)
          .map((procedure) => {
            const say = sayer({ visit, procedure })
            return (
              <li>
                <h3 class="govuk-heading-m govuk-!-margin-bottom-1">
                  <a class="govuk-link" href={`${visit.base}/procedures/${procedure.slug}`}>
                    {say('title')}
                  </a>
                </h3>
                <p class="govuk-body">{say('summary')}</p>
              </li>
            )
          })}
      </ul>
    </>
  )
}

/** Every word is somewhere in the texts, steps or laws of the procedure, in either language. */
function matches(procedure: Package, q: string): boolean {
  const { texts, manifest, slug } = procedure
  const words = [slug, ...Object.values(texts.zh), ...Object.values(texts.en), ...manifest.law.flatMap((row) => [row.name, row.article])]
  const all = words.join('\n').toLowerCase()
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}
