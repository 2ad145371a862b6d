// What a person sees when something cannot be done: plain words in both languages, a way on, nothing technical.
import { randomBytes } from 'node:crypto'
import { pageResponse } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { InsetText } from '#ui/components/inset-text.tsx'
import { renderHtml } from '#ui/html.ts'
import { Page } from '#ui/layout.tsx'
import { defineTexts, languageTags } from '#ui/texts.ts'
import { Back, portalPage } from './frame.tsx'
import { minutesToWait, problemOf } from './problems.ts'

const texts = defineTexts({
  zh: {
    wait: '请过 {minutes} 分钟再试。',
    back: '返回上一页',
    home: '回首页',
    track: '用编号和回执码查询',
    help: '还是不行？请打电话或者到窗口，我们当面帮您办。',
    opening: '电话和办公时间',
    platform: '乡里',
  },
  en: {
    wait: 'Try again in {minutes} minutes.',
    back: 'Back to the page before',
    home: 'Home',
    track: 'Track with number and code',
    help: 'Still stuck? Call us or come to the counter, and we do it together.',
    opening: 'Phones and opening hours',
    platform: 'Xiangli',
  },
})

/** The page of an error. `visit` is absent when the town is not known. */
export async function errorPage(visit: Visit | undefined, error: unknown, status: number, headers: Record<string, string> = {}): Promise<Response> {
  const language = visit?.language ?? 'zh'
  const other = language === 'zh' ? 'en' : 'zh'
  const t = texts(language)
  const problem = problemOf(error, language)
  const inOther = problemOf(error, other)
  const minutes = minutesToWait(error)
  const content = (
    <>
      <h1 class="govuk-heading-l">{problem.title}</h1>
      <p class="govuk-body-l">{problem.text}</p>
      {minutes !== undefined && <p class="govuk-body">{t('wait', { minutes })}</p>}
      {visit && (
        <ul class="govuk-list govuk-list--bullet">
          <li>
            <a class="govuk-link" href={visit.base}>
              {t('home')}
            </a>
          </li>
          <li>
            <a class="govuk-link" href={`${visit.base}/track`}>
              {t('track')}
            </a>
          </li>
          <li>
            <a class="govuk-link" href={`${visit.base}/opening`}>
              {t('opening')}
            </a>
          </li>
        </ul>
      )}
      <p class="govuk-body">{t('help')}</p>
      <InsetText>
        <div lang={languageTags[other]}>
          <strong>{inOther.title}</strong>
          <br />
          {inOther.text}
          {minutes !== undefined && <> {texts(other)('wait', { minutes })}</>}
        </div>
      </InsetText>
    </>
  )
  // A browser without JavaScript goes back with its own button; the link leads to the start.
  const before = visit && <Back href={visit.base}>{t('home')}</Back>
  if (visit) return portalPage(visit, { title: problem.title, path: '', before, status, headers }, content)
  const nonce = randomBytes(16).toString('base64')
  const html = await renderHtml(
    <Page title={problem.title} language="zh" tenantName={t('platform')} path="/" nonce={nonce} homeHref="/" nav={[]}>
      {content}
    </Page>,
  )
  return pageResponse({ nonce }, html, { status, headers })
}
