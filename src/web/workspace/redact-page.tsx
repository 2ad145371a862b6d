// Making a redacted copy of a file: numbers beside each page without JavaScript, boxes drawn on the picture with it.
import { listRedactions, pagesToRedact, readRedaction, type Rectangle, redactFile } from '#kernel/files/redact.ts'
import { getCase } from '#kernel/cases/load-case.ts'
import { DomainError, notFound } from '#kernel/errors.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { Fieldset } from '#ui/components/fieldset.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { numberOf } from './case-page.tsx'
import { fileResponse } from './document-page.tsx'
import { one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { protectionTexts as texts } from './protection-texts.ts'
import { isRefusal, refusalStatus } from './refusals.ts'
import { timeIn } from './words.ts'

const places = 12
const keys = ['page', 'x', 'y', 'width', 'height'] as const

const fileOf = (context: HttpContext) => context.req.param('file') ?? ''

export const redactPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, {})

export async function redactPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  await getCase(visit.ctx, { number: numberOf(context) }, 'case.redact')
  if (one(body, 'act') !== 'make') return show(visit, context, { body })
  try {
    const made = await redactFile(
      visit.ctx,
      { number: numberOf(context) },
      { fileId: fileOf(context), rectangles: rectanglesOf(body), name: one(body, 'name') },
    )
    return await show(visit, context, { body, made: made.fileId })
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, { body, error })
  }
}

/** One page as a picture; the look at the file is recorded. */
export async function redactPicture(visit: Visit, context: HttpContext): Promise<Response> {
  const { pages } = await pagesToRedact(visit.ctx, { number: numberOf(context) }, fileOf(context))
  const page = pages[Number(context.req.param('page')) - 1]
  if (!page) throw notFound('file.not_found')
  return fileResponse(page.png, 'image/png', 'page.png')
}

/** The derived file. */
export async function redactedFile(visit: Visit, context: HttpContext): Promise<Response> {
  const file = await readRedaction(visit.ctx, { number: numberOf(context) }, fileOf(context))
  return fileResponse(file.bytes, file.mediaType, file.name)
}

/** Rows in which something is filled in; what is no number becomes one that is refused. */
function rectanglesOf(body: FormBody): Rectangle[] {
  return Array.from({ length: places }, (_, index) => index).flatMap((index): Rectangle[] => {
    const read = (key: string) => one(body, `${key}-${index}`).trim()
    if (['x', 'y', 'width', 'height'].every((key) => read(key) === '')) return []
    const number = (key: string) => (read(key) === '' ? Number.NaN : Number(read(key)))
    return [{ page: number('page'), x: number('x'), y: number('y'), width: number('width'), height: number('height') }]
  })
}

type State = { body?: FormBody; error?: DomainError; made?: string }

async function show(visit: Visit, context: HttpContext, { body, error, made }: State): Promise<Response> {
  const t = texts(visit.language)
  const number = numberOf(context)
  const { file, pages } = await pagesToRedact(visit.ctx, { number }, fileOf(context))
  const copies = (await listRedactions(visit.ctx, { number })).filter((copy) => copy.originalId === file.fileId)
  const here = work(visit, `/cases/${number}/redact/${file.fileId}`)
  const boxes = body ? rectanglesOf(body).filter((box) => [box.x, box.y, box.width, box.height].every(Number.isFinite)) : []
  const labels = { page: t('page'), x: t('x'), y: t('y'), width: t('width'), height: t('height') }
  return workPage(
    visit,
    context,
    {
      title: `${t('redactTitle')} · ${number}`,
      active: 'cases',
      path: here,
      before: <BackLink href={work(visit, `/cases/${number}`)} />,
      ...(error ? { status: refusalStatus(error), hasErrors: true } : {}),
    },
    <>
      {error && <Refusal error={error} language={visit.language} />}
      {made !== undefined && (
        <NotificationBanner type="success" title={t('made')}>
          <a class="govuk-notification-banner__link" href={work(visit, `/cases/${number}/redacted/${made}`)} data-turbo="false">
            {t('openMade')}
          </a>
        </NotificationBanner>
      )}
      <h1 class="govuk-heading-l">{t('redactTitle')}</h1>
      <p class="govuk-body xl-break">{file.name}</p>
      <p class="govuk-body">{t('redactText')}</p>
      {copies.length > 0 && (
        <ul class="govuk-list govuk-list--bullet">
          {copies.map((copy) => (
            <li>
              <a class="govuk-link" href={work(visit, `/cases/${number}/redacted/${copy.fileId}`)} data-turbo="false">
                {t('copyOf', { at: timeIn(visit.ctx.zone, copy.madeAt), count: copy.rectangles })}
              </a>
            </li>
          ))}
        </ul>
      )}
      {pages.map((page, index) => (
        <figure class="xl-redact" data-redact-page={index + 1}>
          <figcaption class="govuk-body-s">{t('pageOf', { n: index + 1 })}</figcaption>
          <svg viewBox={`0 0 ${page.width} ${page.height}`} width="100%" role="img" aria-label={t('pageOf', { n: index + 1 })}>
            <image href={`${here}/pages/${index + 1}`} width={page.width} height={page.height} />
            {boxes
              .filter((box) => box.page === index + 1)
              .map((box) => (
                <rect x={`${box.x}%`} y={`${box.y}%`} width={`${box.width}%`} height={`${box.height}%`} />
              ))}
          </svg>
        </figure>
      ))}
      <Form action={here} attributes={{ 'data-turbo': 'false', 'data-redact': '' }}>
        <p class="govuk-hint">{t('drag')}</p>
        {Array.from({ length: places }, (_, index) => (
          <Fieldset legend={{ content: t('place', { n: index + 1 }), class: 'govuk-fieldset__legend--s' }} class="xl-redact-place">
            {keys.map((key) => (
              <Input
                name={`${key}-${index}`}
                label={labels[key]}
                value={body ? one(body, `${key}-${index}`) : key === 'page' ? '1' : ''}
                inputmode="decimal"
                class="govuk-input--width-3"
              />
            ))}
          </Fieldset>
        ))}
        <Input name="name" label={t('newName')} hint={t('nameHint')} value={body ? one(body, 'name') : ''} />
        <div class="govuk-button-group">
          <Button name="act" value="preview" class="govuk-button--secondary">
            {t('preview')}
          </Button>
          <Button name="act" value="make" preventDoubleClick>
            {t('make')}
          </Button>
        </div>
      </Form>
    </>,
  )
}
