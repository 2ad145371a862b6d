// Saving for later and going on elsewhere: the code is the only way back in.
import { draftDays, findDraft } from '#kernel/cases/drafts.ts'
import { dateIn } from '#kernel/clock.ts'
import { normalizeCode } from '#kernel/ids.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { CopyCode } from '#ui/components/copy-code.tsx'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { keepDraft, readDraft } from './draft-cookie.ts'
import { filingTexts } from './filing-texts.ts'
import { Back, limit, one, portalPage, readPost } from './frame.tsx'
import { openProcedure } from './matter-page.tsx'

/** `GET /matters/:slug/saved`: the code with which to go on. */
export async function savedPage(visit: Visit, context: HttpContext): Promise<Response> {
  const procedure = await openProcedure(visit, context)
  const open = await readDraft(visit, context, procedure.slug)
  const { base, language } = visit
  const t = filingTexts(language)
  if (!open) return seeOther(`${base}/matters/${procedure.slug}/new`)
  const until = formatDate(dateIn(visit.ctx.zone, open.draft.expiresAt), language)
  const link = `${visit.ctx.services.baseUrl}${base}/resume`
  return portalPage(
    visit,
    {
      title: t('savedTitle'),
      path: `/matters/${procedure.slug}/saved`,
      active: 'matters',
      before: <Back href={`${base}/matters/${procedure.slug}/new/check`} />,
    },
    <>
      <h1 class="govuk-heading-l">{t('savedTitle')}</h1>
      <CopyCode code={open.code} label={t('draftCode')} />
      <p class="govuk-body">{t('savedText')}</p>
      <p class="govuk-body">{t('savedUntil', { date: until })}</p>
      <p class="govuk-body">
        {t('resumeAt')}
        <br />
        <a class="govuk-link xl-break" href={`${base}/resume`}>
          {link}
        </a>
      </p>
      <div class="govuk-button-group">
        <Button href={`${base}/matters/${procedure.slug}/new/check`}>{t('goOn')}</Button>
      </div>
      <Form action={`${base}/clear`}>
        <Button class="govuk-button--secondary">{t('clearButton')}</Button>
      </Form>
    </>,
  )
}

/** `GET /resume`; a link may carry the code, but only the button opens the draft. */
export const resumePage = (visit: Visit, context: HttpContext): Promise<Response> => resumeForm(visit, context.req.query('code') ?? '', false)

/** `POST /resume` */
export async function resumePost(visit: Visit, context: HttpContext): Promise<Response> {
  const typed = one(await readPost(visit, context), 'code')
  await limit(visit, 'codesTried')
  const code = (normalizeCode(typed).match(/.{4}/g) ?? []).join('-')
  const draft = code === '' ? undefined : await findDraft(visit.ctx, code)
  if (!draft || draft.filedCase) return resumeForm(visit, typed, true)
  keepDraft(visit, context, draft.procedure, code)
  return seeOther(`${visit.base}/matters/${draft.procedure}/new/check`)
}

function resumeForm(visit: Visit, typed: string, isWrong: boolean): Promise<Response> {
  const t = filingTexts(visit.language)
  const error = isWrong ? t('resumeWrong', { days: draftDays }) : undefined
  return portalPage(
    visit,
    { title: t('resumeTitle'), path: '/resume', active: 'matters', status: isWrong ? 422 : 200, hasErrors: isWrong },
    <>
      {error && <ErrorSummary errors={[{ text: error, href: '#code' }]} />}
      <h1 class="govuk-heading-l">{t('resumeTitle')}</h1>
      <Form action={`${visit.base}/resume`}>
        <Input
          name="code"
          label={t('draftCode')}
          hint={t('resumeHint')}
          value={typed}
          error={error}
          class="govuk-input--width-20"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
        />
        <Button>{t('resume')}</Button>
      </Form>
    </>,
  )
}
