// Writing a comment, and coming back with its code.
import { appealOpinion, readOwnOpinion } from '#kernel/consultations/author.ts'
import { fileOpinion, lookAtWords } from '#kernel/consultations/file-opinion.ts'
import { viewConsultation } from '#kernel/consultations/read.ts'
import { DomainError } from '#kernel/errors.ts'
import { foundWords } from '#kernel/publication/check-public.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { randomUUID } from 'node:crypto'
import { Button } from '#ui/components/button.tsx'
import { CopyCode } from '#ui/components/copy-code.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Panel } from '#ui/components/panel.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { consultationTexts, ruleWords } from './consultation-texts.ts'
import { Back, limit, one, portalPage, readPost } from './frame.tsx'
import { problemOf } from './problems.ts'

/** Codes stand on the answer to a post alone, never in an address. */
const whole = { 'data-turbo': 'false' }

type Typed = { words: string; name: string; contact: string; paragraph: string; key: string }
type Faults = { words?: string; name?: string; contact?: string; general?: string; kinds?: string }

/** `GET /consultations/:number/comment?paragraph=` */
export const commentPage = (visit: Visit, context: HttpContext): Promise<Response> =>
  commentForm(visit, context, { words: '', name: '', contact: '', paragraph: context.req.query('paragraph') ?? '', key: randomUUID() }, {})

/** `POST /consultations/:number/comment` */
export async function commentPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const typed = {
    words: one(body, 'words'),
    name: one(body, 'name'),
    contact: one(body, 'contact'),
    paragraph: one(body, 'paragraph'),
    key: one(body, 'key'),
  }
  const found = lookAtWords(typed.words)
  if (found.length > 0 && one(body, 'keep') !== 'yes') {
    const kinds = [...new Set(found.map(({ kind }) => foundWords[kind][visit.language]))].join('、')
    return commentForm(visit, context, typed, { kinds })
  }
  await limit(visit, 'anonymousFilings')
  const paragraph = Number(typed.paragraph)
  try {
    const filed = await fileOpinion(visit.ctx, context.req.param('number') ?? '', {
      ...typed,
      paragraph: typed.paragraph === '' ? undefined : Number.isInteger(paragraph) ? paragraph : -1,
    })
    return await filedPage(visit, context, filed)
  } catch (error) {
    if (!(error instanceof DomainError) || (error.kind !== 'invalid' && error.kind !== 'conflict')) throw error
    const of = (name: string) => error.fields.find((field) => field.pointer === `/${name}`)?.message
    const [words, name, contact] = [of('words'), of('name'), of('contact')]
    const general = words || name || contact ? undefined : (of('paragraph') ?? problemOf(error, visit.language).text)
    return commentForm(visit, context, typed, {
      ...(words ? { words } : {}),
      ...(name ? { name } : {}),
      ...(contact ? { contact } : {}),
      ...(general ? { general } : {}),
    })
  }
}

async function commentForm(visit: Visit, context: HttpContext, typed: Typed, faults: Faults): Promise<Response> {
  const t = consultationTexts(visit.language)
  const view = await viewConsultation(visit.ctx, context.req.param('number') ?? '')
  const here = `/consultations/${view.number}`
  const paragraph = view.paragraphs.find((known) => String(known.number) === typed.paragraph)
  const isFaulty = Object.keys(faults).length > 0
  const personal = faults.kinds === undefined ? undefined : t('personal', { kinds: faults.kinds })
  const errors = [
    ...(faults.words ? [{ text: faults.words, href: '#words' }] : []),
    ...(personal ? [{ text: personal, href: '#words' }] : []),
    ...(faults.name ? [{ text: faults.name, href: '#name' }] : []),
    ...(faults.contact ? [{ text: faults.contact, href: '#contact' }] : []),
    ...(faults.general ? [{ text: faults.general, href: '#words' }] : []),
  ]
  return portalPage(
    visit,
    {
      title: t('formTitle'),
      path: `${here}/comment`,
      before: <Back href={`${visit.base}${here}`} />,
      status: isFaulty ? 422 : 200,
      hasErrors: isFaulty,
    },
    <>
      {isFaulty && <ErrorSummary errors={errors} />}
      <h1 class="govuk-heading-xl">
        <span class="govuk-caption-xl">{view.title}</span>
        {t('formTitle')}
      </h1>
      <div class="govuk-inset-text">{paragraph ? `${t('paragraph', { number: paragraph.number })}：${paragraph.text}` : t('whole')}</div>
      {/* The answer to this post shows the code and is no redirect: it is loaded as a page. */}
      <Form action={`${visit.base}${here}/comment`} attributes={whole}>
        <input type="hidden" name="paragraph" value={typed.paragraph} />
        <input type="hidden" name="key" value={typed.key} />
        <Textarea name="words" label={t('words')} hint={t('wordsHint')} value={typed.words} rows={8} error={faults.words ?? personal} />
        <Input name="name" label={t('name')} hint={t('nameHint')} value={typed.name} error={faults.name} autocomplete="name" />
        <Input name="contact" label={t('reach')} hint={t('reachHint')} value={typed.contact} error={faults.contact} autocomplete="off" />
        <Button preventDoubleClick>{t('send')}</Button>{' '}
        {personal && (
          <Button class="govuk-button--secondary" name="keep" value="yes" preventDoubleClick>
            {t('keep')}
          </Button>
        )}
      </Form>
    </>,
  )
}

async function filedPage(visit: Visit, context: HttpContext, filed: { number: number; code: string; isShown: boolean }): Promise<Response> {
  const t = consultationTexts(visit.language)
  const here = `/consultations/${context.req.param('number') ?? ''}`
  return portalPage(
    visit,
    { title: t('filed', { number: filed.number }), path: here, headers: { 'cache-control': 'no-store' } },
    <>
      <Panel title={t('filed', { number: filed.number })}>{t(filed.isShown ? 'filedShown' : 'filedHeld')}</Panel>
      {filed.code !== '' && (
        <>
          <h2 class="govuk-heading-m">{t('code')}</h2>
          <CopyCode code={filed.code} label={t('code')} />
          <p class="govuk-body">{t('codeHint')}</p>
        </>
      )}
      <p class="govuk-body">
        <a class="govuk-link" href={`${visit.base}${here}/opinions`}>
          {t('answers')}
        </a>
      </p>
    </>,
  )
}

/** `GET /consultations/mine` */
export const ownPage = (visit: Visit): Promise<Response> => ownForm(visit, '')

/** `POST /consultations/mine`: the code opens the opinion on this page only; with words it is an appeal. */
export async function ownPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const [code, appeal] = [one(body, 'code'), one(body, 'appeal')]
  await limit(visit, 'codesTried')
  try {
    if (appeal.trim() !== '') await appealOpinion(visit.ctx, code, appeal)
    return await ownOpinion(visit, code)
  } catch (error) {
    if (!(error instanceof DomainError) || !['not_found', 'invalid', 'conflict'].includes(error.kind)) throw error
    return ownForm(visit, code, error.fields[0]?.message ?? problemOf(error, visit.language).text)
  }
}

function ownForm(visit: Visit, code: string, error?: string): Promise<Response> {
  const t = consultationTexts(visit.language)
  return portalPage(
    visit,
    {
      title: t('mine'),
      path: '/consultations/mine',
      before: <Back href={`${visit.base}/consultations`} />,
      status: error ? 422 : 200,
      hasErrors: error !== undefined,
    },
    <>
      {error && <ErrorSummary errors={[{ text: error, href: '#code' }]} />}
      <h1 class="govuk-heading-xl">{t('mine')}</h1>
      <Form action={`${visit.base}/consultations/mine`} attributes={whole}>
        <Input name="code" label={t('code')} value={code} error={error} class="govuk-input--width-20" autocomplete="off" spellcheck={false} />
        <Button>{t('look')}</Button>
      </Form>
    </>,
  )
}

async function ownOpinion(visit: Visit, code: string): Promise<Response> {
  const t = consultationTexts(visit.language)
  const { consultation, opinion } = await readOwnOpinion(visit.ctx, code)
  return portalPage(
    visit,
    { title: t('mine'), path: '/consultations/mine', headers: { 'cache-control': 'no-store' } },
    <>
      <h1 class="govuk-heading-xl">
        <span class="govuk-caption-xl">{consultation.title}</span>
        {t('filed', { number: opinion.number })}
      </h1>
      <h2 class="govuk-heading-m">{t('received')}</h2>
      <p class="govuk-body">{opinion.sent}</p>
      <h2 class="govuk-heading-m">{t('answer')}</h2>
      <p class="govuk-body">{opinion.result === null ? t('noAnswer') : `（${t(opinion.result)}）${opinion.answer ?? ''}`}</p>
      {opinion.status !== 'shown' && (
        <>
          <p class="govuk-body">{opinion.status === 'held' ? t('held') : t('withheld', { rule: ruleWords(visit.language, opinion.rule) })}</p>
          {opinion.reason !== null && (
            <p class="govuk-body">
              {t('reason')}：{opinion.reason}
            </p>
          )}
        </>
      )}
      {opinion.appeal_result !== null && (
        <p class="govuk-body">
          {t(opinion.appeal_result === 'kept' ? 'appealKept' : 'appealShown')} {opinion.appeal_reason}
        </p>
      )}
      {opinion.appealed_at !== null && opinion.appeal_result === null && <p class="govuk-body">{t('appealed')}</p>}
      {opinion.status !== 'shown' && opinion.appealed_at === null && (
        <Form action={`${visit.base}/consultations/mine`} attributes={whole}>
          <input type="hidden" name="code" value={code} />
          <Textarea name="appeal" label={t('appeal')} hint={t('appealHint')} rows={4} />
          <Button class="govuk-button--secondary">{t('appeal')}</Button>
        </Form>
      )}
    </>,
  )
}
