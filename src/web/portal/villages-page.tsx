// Village affairs (村务公开): for each village what is published, and the registers that its own posts keep.
import { notFound } from '#kernel/errors.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import { publicFieldTexts } from '#kernel/publication/public-words.ts'
import { listVillagePublications, type VillagePublication } from '#kernel/publication/village-publications.ts'
import { listKeptRegisters } from '#kernel/registers/kept.ts'
import type { Organization } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { defineTexts } from '#ui/texts.ts'
import { sayer } from '../library/parts.tsx'
import { Back, portalPage } from './frame.tsx'
import { jsonAnswer } from './open-data.ts'

const texts = defineTexts({
  zh: {
    title: '村务公开',
    lead: '各村（社区）公开了什么，集体的账目，都可以在这里查。',
    registers: '集体账目',
    published: '已经公开的',
    none: '还没有公开的内容。应当公开而没有公开的，可以向镇里反映，镇里必须调查。',
    on: '{date}公开 · 编号{number}',
    report: '反映不及时、不真实',
  },
  en: {
    title: 'Village affairs',
    lead: 'What each village has published, and the registers of its collective.',
    registers: 'Registers of the collective',
    published: 'Published',
    none: 'Nothing is published yet. If something should have been, tell the town: it has to investigate.',
    on: 'Published {date} · no. {number}',
    report: 'Report what is late or false',
  },
})

const villagesOf = ({ town }: Visit): Organization[] => [...town.organizations.values()].filter(({ kind }) => kind === 'village')

/** `GET /villages` */
export function villagesPage(visit: Visit): Promise<Response> {
  const t = texts(visit.language)
  return portalPage(
    visit,
    { title: t('title'), path: '/villages' },
    <>
      <h1 class="govuk-heading-xl">{t('title')}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      <ul class="govuk-list govuk-list--spaced">
        {villagesOf(visit).map(({ id, name }) => (
          <li>
            <a class="govuk-link" href={`${visit.base}/villages/${id}`}>
              {name[visit.language]}
            </a>
          </li>
        ))}
      </ul>
    </>,
  )
}

/** For `/data/villages.json`. */
export const villagesData = (visit: Visit) => ({
  villages: villagesOf(visit).map(({ id, name }) => ({ id, name, url: `${visit.ctx.services.baseUrl}${visit.base}/villages/${id}` })),
})

function findVillage(visit: Visit, context: HttpContext): Organization {
  const found = villagesOf(visit).find(({ id }) => id === context.req.param('village'))
  if (!found) throw notFound('village.not_found', 'There is no such village.')
  return found
}

type Shown = VillagePublication & { title: string; fields: { path: string; label: string; text: string }[] }

async function publicationsOf(visit: Visit, village: string): Promise<Shown[]> {
  const { town, language } = visit
  const procedures = await listProcedures(visit.ctx)
  return (await listVillagePublications(visit.ctx, village)).flatMap((one): Shown[] => {
    const procedure = procedures.find(({ slug }) => slug === one.procedure)
    if (!procedure) return []
    const fields = publicFieldTexts({ fields: one.content }, { procedure, town, language })
    return [{ ...one, title: sayer({ visit, procedure })('title'), fields }]
  })
}

/** `GET /villages/:village` */
export async function villagePage(visit: Visit, context: HttpContext): Promise<Response> {
  const { base, language } = visit
  const t = texts(language)
  const village = findVillage(visit, context)
  const published = await publicationsOf(visit, village.id)
  const registers = (await listKeptRegisters()).filter(({ about }) => about === 'village')
  const reports = (await listProcedures(visit.ctx)).filter(({ manifest }) => manifest.provides.includes('village-report'))
  return portalPage(
    visit,
    {
      title: `${village.name[language]} · ${t('title')}`,
      path: `/villages/${village.id}`,
      before: <Back href={`${base}/villages`}>{t('title')}</Back>,
    },
    <>
      <h1 class="govuk-heading-xl">
        <span class="govuk-caption-xl">{t('title')}</span>
        {village.name[language]}
      </h1>
      <h2 class="govuk-heading-m">{t('registers')}</h2>
      <ul class="govuk-list">
        {registers.map((register) => (
          <li>
            <a class="govuk-link" href={`${base}/registers/${register.slug}?of=${village.id}`}>
              {register.title[language]}
            </a>
          </li>
        ))}
      </ul>
      <h2 class="govuk-heading-m">{t('published')}</h2>
      {published.length === 0 && <p class="govuk-body">{t('none')}</p>}
      {published.map((one) => (
        <section id={one.number} aria-label={`${one.title} ${one.number}`}>
          <h3 class="govuk-heading-s govuk-!-margin-bottom-1">{one.title}</h3>
          <p class="govuk-hint">{t('on', { date: formatDate(one.from, language), number: one.number })}</p>
          <SummaryList rows={one.fields.map(({ label, text }) => ({ key: { content: label }, value: { content: text } }))} />
        </section>
      ))}
      {reports.map(({ slug }) => (
        <p class="govuk-body">
          <a class="govuk-link" href={`${base}/matters/${slug}`}>
            {t('report')}
          </a>
        </p>
      ))}
    </>,
  )
}

/** `GET /villages/:village/data.json` */
export async function villageJson(visit: Visit, context: HttpContext): Promise<Response> {
  const village = findVillage(visit, context)
  return jsonAnswer({
    id: village.id,
    name: village.name,
    published: (await publicationsOf(visit, village.id)).map(({ number, procedure, title, from, fields }) => ({
      number,
      procedure,
      title,
      from,
      fields,
    })),
  })
}
