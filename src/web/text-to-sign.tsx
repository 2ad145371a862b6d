// The whole text that is about to be signed, above the form that signs it: for the party on her page, and for staff at the counter.
import type { Language } from '#kernel/forms/forms.ts'
import { defineTexts } from '#ui/texts.ts'

const texts = defineTexts({
  zh: { title: '请先看完全文', lead: '下面就是要签的内容，签完以后才编号、盖章。有一个字不对，都可以先不签。', page: '要签署的文书，第{page}页' },
  en: {
    title: 'Read it all first',
    lead: 'This is what is signed; number and seal come last. If one word is wrong, do not sign.',
    page: 'The document to sign, page {page}',
  },
})

export function TextToSign({ pages, language }: { pages: string[]; language: Language }) {
  const t = texts(language)
  if (pages.length === 0) return null
  return (
    <>
      <h2 class="govuk-heading-m">{t('title')}</h2>
      <p class="govuk-body">{t('lead')}</p>
      {pages.map((page, index) => (
        <img
          class="xl-to-sign"
          src={`data:image/svg+xml;base64,${Buffer.from(page).toString('base64')}`}
          alt={t('page', { page: String(index + 1) })}
        />
      ))}
    </>
  )
}
