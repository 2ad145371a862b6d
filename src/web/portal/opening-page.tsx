// Who does what, where, when, and under which number: the register of organizations and posts.
import type { Organization } from '#kernel/towns/towns.ts'
import type { Visit } from '#http/visit.ts'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { defineTexts } from '#ui/texts.ts'
import { portalPage } from './frame.tsx'

const texts = defineTexts({
  zh: {
    title: '电话和办公时间',
    lead: '打电话、到窗口、到村里都可以办，和网上办效果一样。',
    own: '镇政府各单位',
    village: '村、社区',
    superior: '上级机关',
    outside: '其他机关',
    phone: '电话',
    hours: '办公时间',
    address: '地址',
    posts: '岗位',
    reception: '领导接待日和反映渠道',
  },
  en: {
    title: 'Phones and opening hours',
    lead: 'By phone, at the counter or in your village: all count the same as online.',
    own: 'Offices of the town',
    village: 'Villages and communities',
    superior: 'Superior authorities',
    outside: 'Other authorities',
    phone: 'Phone',
    hours: 'Hours',
    address: 'Address',
    posts: 'Posts',
    reception: 'Reception days and ways in',
  },
})

/** `GET /opening` */
export function openingPage(visit: Visit): Promise<Response> {
  const { language, town } = visit
  const t = texts(language)
  const bodies = [...town.organizations.values()]
  return portalPage(
    visit,
    { title: t('title'), path: '/opening', active: 'opening' },
    <>
      <h1 class="govuk-heading-xl">{t('title')}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      <p class="govuk-body">
        <a class="govuk-link" href={`${visit.base}/reception`}>
          {t('reception')}
        </a>
      </p>
      {(['own', 'village', 'superior', 'outside'] as const).map((kind) => {
        const listed = bodies.filter((body) => body.kind === kind)
        if (listed.length === 0) return null
        // The town itself comes before its offices.
        const ordered = listed.toSorted((a, b) => Number(a.parent !== undefined) - Number(b.parent !== undefined))
        return (
          <>
            <h2 class="govuk-heading-l">{t(kind)}</h2>
            {ordered.map((body) => (
              <Office visit={visit} body={body} />
            ))}
          </>
        )
      })}
    </>,
  )
}

function Office({ visit, body }: { visit: Visit; body: Organization }) {
  const { language, town } = visit
  const t = texts(language)
  const posts = [...town.posts.values()].filter((post) => post.organization === body.id).map((post) => post.title[language])
  return (
    <SummaryList
      card={{ title: { content: body.name[language], headingLevel: 3 } }}
      rows={[
        body.phone !== undefined && {
          key: t('phone'),
          value: (
            <a class="govuk-link" href={`tel:${body.phone}`}>
              {body.phone}
            </a>
          ),
        },
        body.hours !== undefined && { key: t('hours'), value: body.hours },
        body.address !== undefined && { key: t('address'), value: body.address },
        posts.length > 0 && { key: t('posts'), value: posts.join(language === 'zh' ? '、' : ', ') },
      ]}
    />
  )
}
