// 以公众身份预览: what everyone would read, and the personal data in it, before anything is published. Nothing is kept.
import { checkPublic, foundWords, type PublicFinding } from '#kernel/publication/check-public.ts'
import { redactText } from '#kernel/publication/detect.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { WarningText } from '#ui/components/warning-text.tsx'
import { one, readPost, work, workPage } from './frame.tsx'
import { protectionTexts as texts } from './protection-texts.ts'

const longest = 20_000

export const publicPreviewPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, undefined)

export async function publicPreviewPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  return show(visit, context, one(body, 'text').replaceAll('\r\n', '\n').slice(0, longest))
}

function show(visit: Visit, context: HttpContext, text: string | undefined): Promise<Response> {
  const t = texts(visit.language)
  const isEmpty = text !== undefined && text.trim() === ''
  return workPage(
    visit,
    context,
    {
      title: t('publicTitle'),
      active: 'data-protection',
      path: work(visit, '/public-preview'),
      ...(isEmpty ? { status: 422, hasErrors: true } : {}),
    },
    <>
      <h1 class="govuk-heading-l">{t('publicTitle')}</h1>
      <p class="govuk-body">{t('publicText')}</p>
      <Form action={work(visit, '/public-preview')} attributes={{ 'data-turbo': 'false' }}>
        <Textarea name="text" label={t('publicInput')} value={text ?? ''} rows={8} {...(isEmpty ? { error: t('paste') } : {})} />
        <Button>{t('check')}</Button>
      </Form>
      {text !== undefined && !isEmpty && <Result visit={visit} text={text} />}
    </>,
  )
}

function Result({ visit, text }: { visit: Visit; text: string }) {
  const t = texts(visit.language)
  const findings = checkPublic({ text })
  const [blocks, warns] = [findings.filter((finding) => finding.severity === 'blocks'), findings.filter((finding) => finding.severity === 'warns')]
  return (
    <>
      {blocks.length > 0 && (
        <WarningText>
          {t('blocks')} {listed(blocks, visit)}
        </WarningText>
      )}
      {warns.length > 0 && (
        <InsetText>
          {t('warns')} {listed(warns, visit)}
        </InsetText>
      )}
      {findings.length === 0 && <InsetText>{t('clean')}</InsetText>}
      <h2 class="govuk-heading-m">{t('asPublic')}</h2>
      <div class="xl-message">
        <p class="govuk-body xl-typed">{marked(text, findings)}</p>
      </div>
      {findings.length > 0 && (
        <>
          <h2 class="govuk-heading-m">{t('redacted')}</h2>
          <div class="xl-message">
            <p class="govuk-body xl-typed">{redactText(text, findings)}</p>
          </div>
        </>
      )}
    </>
  )
}

const listed = (findings: PublicFinding[], { language }: Visit) =>
  findings.map((finding) => `${finding.text}（${foundWords[finding.kind][language]}）`).join(language === 'zh' ? '、' : ', ')

function marked(text: string, findings: PublicFinding[]) {
  let at = 0
  const parts = findings.flatMap((finding) => {
    const before = text.slice(at, finding.start)
    at = finding.end
    return [before, <mark>{finding.text}</mark>]
  })
  return (
    <>
      {parts}
      {text.slice(at)}
    </>
  )
}
