// How to tell us of a weakness, and what we promise to people who do. security.txt (RFC 9116) leads here.
import type { Visit } from '#http/visit.ts'
import { defineTexts } from '#ui/texts.ts'
import { Back, portalPage } from './frame.tsx'

const texts = defineTexts({
  zh: {
    title: '报告安全问题',
    lead: '发现本平台有漏洞，或者看到了不该看到的别人的信息，请告诉我们。',
    how: '怎么报告',
    how1: '打电话或者到窗口说明，电话和时间见“{opening}”；也可以按 security.txt 里的联系方式来信。',
    how2: '说清楚在哪一页、做了什么、看到了什么。不要把别人的信息发给我们以外的任何人。',
    promise: '我们的承诺',
    promise1: '善意报告的，我们不追究，也不要求说明身份。',
    promise2: '我们会告诉您收到了、怎么处理、什么时候改好。请给我们90天再公开。',
    please: '请不要',
    please1: '不要改动、删除或者下载别人的信息，不要让平台停下来，不要试别人的回执码和密码。演示镇可以随便试。',
    emergency: '遇到诈骗或者有人正在受害，请直接报警：110。',
    opening: '办公时间',
  },
  en: {
    title: 'Report a security problem',
    lead: 'If you find a weakness of this platform, or see what belongs to somebody else, please tell us.',
    how: 'How to report',
    how1: 'Call us or come to the counter; phones and hours are under “{opening}”. Or write to the contact that security.txt names.',
    how2: 'Say on which page it is, what you did, and what you saw. Send other people’s data to nobody but us.',
    promise: 'What we promise',
    promise1: 'We take no action against people who report in good faith, and you need not say who you are.',
    promise2: 'We tell you that we have it, what we do, and when it is mended. Please give us 90 days before you publish.',
    please: 'Please do not',
    please1:
      'change, delete or download what belongs to others, stop the platform, or try other people’s receipt codes and passwords. The demonstration town is there to be tried.',
    emergency: 'If it is fraud, or somebody is being harmed now, call the police: 110.',
    opening: 'Opening hours',
  },
})

/** `GET /security` */
export function securityPage(visit: Visit): Promise<Response> {
  const t = texts(visit.language)
  return portalPage(
    visit,
    { title: t('title'), path: '/security', before: <Back href={visit.base} /> },
    <>
      <h1 class="govuk-heading-xl">{t('title')}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      <h2 class="govuk-heading-m">{t('how')}</h2>
      <ul class="govuk-list govuk-list--bullet">
        <li>{t('how1', { opening: t('opening') })}</li>
        <li>{t('how2')}</li>
      </ul>
      <p class="govuk-body">
        <a class="govuk-link" href={`${visit.base}/opening`}>
          {t('opening')}
        </a>
      </p>
      <h2 class="govuk-heading-m">{t('promise')}</h2>
      <ul class="govuk-list govuk-list--bullet">
        <li>{t('promise1')}</li>
        <li>{t('promise2')}</li>
      </ul>
      <h2 class="govuk-heading-m">{t('please')}</h2>
      <p class="govuk-body">{t('please1')}</p>
      <p class="govuk-body">{t('emergency')}</p>
    </>,
  )
}
