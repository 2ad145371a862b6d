// Visits on a phone without a signal: the list of sheets, the page that works offline, its worker, and what the phone sends and asks.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { raw } from 'hono/html'
import type { FieldTask } from '#kernel/field/field-tasks.ts'
import { listFieldTasks } from '#kernel/field/field-tasks.ts'
import { type Announced, beginSurvey, finishSurvey, readSurvey, takeChunk } from '#kernel/field/surveys.ts'
import { invalid, DomainError } from '#kernel/errors.ts'
import { isUuid } from '#kernel/ids.ts'
import { pageResponse } from '#http/page.ts'
import type { HttpContext } from '#http/route.ts'
import { statusOf, toProblem } from '#http/status.ts'
import { checkForgery, type Visit } from '#http/visit.ts'
import { assetAddress, assetsFolder } from '#ui/assets.ts'
import { PageContext } from '#ui/context.ts'
import { renderHtml } from '#ui/html.ts'
import { defineTexts, languageTags } from '#ui/texts.ts'
import { staffOf, work, workPage } from './frame.tsx'
import { GroupedFields } from './grouped-fields.tsx'
import { registerOptions } from './register-options.ts'

const texts = defineTexts({
  zh: {
    title: '外出调查',
    lead: '下面是要入户的调查。出门以前在手机上打开“外出页”，设一个口令，带上调查表；没有信号也能填写、拍照，回来自动上传。',
    open: '打开外出页',
    online: '有信号时也可以直接在这里办：',
    none: '眼下没有要入户的调查。',
    noScript: '这个浏览器没有打开 JavaScript，不能离线填写。有信号时可以在“外出调查”里直接办，或者用纸质表。',
    back: '回到外出调查',
  },
  en: {
    title: 'Visits',
    lead: 'These are the visits to make. Before you leave, open the visits page on your phone, choose a passcode and take the sheets along; they work without a signal and are sent later.',
    open: 'Open the visits page',
    online: 'With a signal you may also do them here:',
    none: 'There is no visit to make now.',
    noScript: 'Without JavaScript nothing can be kept offline. With a signal you can work in “Visits”, or use paper.',
    back: 'Back to the visits',
  },
})

export async function fieldPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = texts(visit.language)
  const tasks = await listFieldTasks(visit.ctx, visit.language)
  return workPage(
    visit,
    context,
    { title: t('title'), active: 'field' },
    <>
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body">{tasks.length > 0 ? t('lead') : t('none')}</p>
      <p class="govuk-body">
        <a class="govuk-button" href={work(visit, '/field/out')} data-turbo="false">
          {t('open')}
        </a>
      </p>
      {tasks.length > 0 && <p class="govuk-body">{t('online')}</p>}
      <ul class="govuk-list">
        {tasks.map((task) => (
          <li>
            <a class="govuk-link" href={work(visit, `/tasks/${task.taskId}`)}>
              {`${task.title} ${task.number}`}
            </a>{' '}
            {[task.people.map((person) => person.name).join('、'), task.place, task.due].filter(Boolean).join(' · ')}
          </li>
        ))}
      </ul>
    </>,
  )
}

/** An empty page that a phone keeps: no name, no token, nothing of a case. */
export async function fieldShell(visit: Visit): Promise<Response> {
  const t = texts(visit.language)
  const html = await renderHtml(
    <>
      {raw('<!DOCTYPE html>')}
      <html lang={languageTags[visit.language]} class="govuk-template">
        <head>
          <meta charset="utf-8" />
          <title>{`${t('title')} - ${visit.town.name[visit.language]}`}</title>
          <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
          <meta name="format-detection" content="telephone=no" />
          <link rel="stylesheet" href={assetAddress('app.css')} />
          <script type="module" src={assetAddress('field.js')} />
        </head>
        <body class="govuk-template__body">
          <div class="govuk-width-container">
            <main class="govuk-main-wrapper xl-main xl-main--narrow" id="main">
              <div
                id="field"
                data-base={work(visit, '/field')}
                data-town={visit.ctx.tenant}
                data-language={visit.language}
                data-sign-in={`${visit.base}/sign-in?next=${encodeURIComponent(work(visit, '/field/out'))}`}
              >
                <h1 class="govuk-heading-l">{t('title')}</h1>
              </div>
              <noscript>
                <p class="govuk-body">{t('noScript')}</p>
              </noscript>
              <p class="govuk-body">
                <a class="govuk-link" href={work(visit, '/field')}>
                  {t('back')}
                </a>
              </p>
            </main>
          </div>
        </body>
      </html>
    </>,
  )
  return pageResponse(visit, html)
}

/** The service worker. It stands below /field, so it can answer for nothing else; a new build makes a new worker. */
export function fieldWorker(visit: Visit): Response {
  const shell = [work(visit, '/field/out'), assetAddress('app.css'), assetAddress('field.js')]
  const code = readFileSync(join(assetsFolder, assetAddress('field-worker.js').replace('/assets/', '')), 'utf8')
  const body = `const shell=${JSON.stringify(shell)};{${code.replace(/export\s*\{[^}]*\};?\s*$/, '')}}`
  return new Response(body, {
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': "default-src 'none'; connect-src 'self'",
    },
  })
}

/** The key under which this person's phone seals what it keeps; from the keys outside the database, for her alone. */
export const fieldSession = (visit: Visit): Response => {
  const { userId } = staffOf(visit)
  const key = visit.ctx.services.keyring.secret(`field:${visit.ctx.tenant}:${userId}`).toString('base64')
  return json({ user: userId, csrf: visit.csrf, key })
}

export async function fieldSheets(visit: Visit): Promise<Response> {
  const tasks = await listFieldTasks(visit.ctx, visit.language)
  return json({ sheets: await Promise.all(tasks.map((task) => toSheet(visit, task))) })
}

async function toSheet(visit: Visit, task: FieldTask) {
  const { package: procedure, form, earlier: _, ...sheet } = task
  const fields = { procedure, form, language: visit.language, values: {}, options: registerOptions(visit) }
  const html = await renderHtml(
    <PageContext.Provider value={{ language: visit.language }}>
      <GroupedFields {...fields} />
    </PageContext.Provider>,
  )
  const label = (name: string) => procedure.texts[visit.language][`${procedure.slug}.${form.id}.${name}.label`] ?? name
  const labels = Object.fromEntries(Object.keys(form.schema.properties).map((name) => [name, label(name)]))
  return { ...sheet, html, labels, schema: { properties: form.schema.properties, required: form.schema.required ?? [] } }
}

export const surveyPost = answering(async (visit, context) => {
  const { task, files } = await readJson(context)
  if (typeof task !== 'string' || !isUuid(task) || !Array.isArray(files)) throw invalid('survey.files', 'Name the task and the files.')
  return beginSurvey(visit.ctx, survey(context), task, files.map(toAnnounced))
})

export const surveyGet = answering((visit, context) => readSurvey(visit.ctx, survey(context)))

export const chunkPut = answering(async (visit, context) => {
  const bytes = Buffer.from(await context.req.arrayBuffer().catch(lineBroke))
  return takeChunk(visit.ctx, survey(context), context.req.param('file') ?? '', Number(context.req.query('first')), bytes)
})

export const finishPost = answering(async (visit, context) => {
  const { data } = await readJson(context)
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw invalid('survey.data', 'Send the answers.')
  return finishSurvey(visit.ctx, survey(context), { ...data }, visit.language)
})

/** A line that breaks in the middle of a piece is nothing of ours. */
const lineBroke = (): never => {
  throw invalid('request.broken', 'The piece did not come in whole.')
}

const survey = (context: HttpContext) => context.req.param('survey') ?? ''

function toAnnounced(value: unknown): Announced {
  const { sha256, bytes }: { sha256?: unknown; bytes?: unknown } = typeof value === 'object' && value !== null ? value : {}
  return { sha256: String(sha256), bytes: Number(bytes) }
}

async function readJson(context: HttpContext): Promise<Record<string, unknown>> {
  const body: unknown = await context.req.json().catch(() => undefined)
  if (typeof body !== 'object' || body === null) throw invalid('request.json', 'Send JSON.')
  return { ...body }
}

/** Programs on the phone read JSON, also when they are refused. */
function answering(work: (visit: Visit, context: HttpContext) => Promise<object>) {
  return async (visit: Visit, context: HttpContext): Promise<Response> => {
    try {
      if (context.req.method !== 'GET') checkForgery(visit, context, context.req.header('x-csrf-token'))
      return json(await work(visit, context))
    } catch (error) {
      if (error instanceof DomainError) return json(toProblem(error), statusOf(error))
      throw error
    }
  }
}

const json = (body: object, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } })
