// What the pages of one draft share: its heading, the way between its parts, findings, and how a part is saved.
import { DomainError } from '#kernel/errors.ts'
import { type DraftRow, getDraft, saveDraft } from '#kernel/library/drafts.ts'
import { examineFiles } from '#kernel/library/examine.ts'
import type { Examination } from '#kernel/library/examine-job.ts'
import { loadPackage, type Package, type PackageFiles } from '#kernel/procedures/load-package.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { assetAddress } from '#ui/assets.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { useCsrf, useLanguage } from '#ui/context.ts'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { type Child, renderHtml } from '#ui/html.ts'
import { one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { Findings } from './library-findings.tsx'
import { draftTexts } from './library-texts.ts'
import { isRefusal, refusalStatus } from './refusals.ts'

export const draftParts = ['overview', 'diagram', 'forms', 'texts', 'manifest', 'rules', 'documents', 'files', 'try'] as const
export type DraftPart = (typeof draftParts)[number]

export const draftHref = (visit: Visit, id: string, part: string = 'overview', query = ''): string =>
  work(visit, `/library/drafts/${id}${part === 'overview' ? '' : `/${part}`}${query}`)

export const loadDraft = (visit: Visit, context: HttpContext): Promise<DraftRow> => getDraft(visit.ctx, context.req.param('id') ?? '')

/** The draft as a package, as far as it can be read: pages show what there is. */
export async function openDraft(draft: DraftRow): Promise<Package | undefined> {
  return (await loadPackage(draft.files, { accepted: true })).procedure
}

type Page = { draft: DraftRow; part: DraftPart; title?: string; error?: DomainError | undefined; styles?: readonly string[] }

/** Answers with a page of one draft. */
export function draftPage(visit: Visit, context: HttpContext, page: Page, children: Child): Promise<Response> {
  const t = draftTexts(visit.language)
  const { draft, part, error } = page
  const saved = context.req.query('saved') === '1'
  // Read once before anybody types: the first findings then come as fast as the next. What is wrong is told when it is asked.
  if (part !== 'overview' && part !== 'try') examineFiles(visit.ctx, draft.files, 'glance').catch(() => undefined)
  return workPage(
    visit,
    context,
    {
      title: `${page.title ?? t(part)} · ${draft.slug}`,
      active: 'library',
      path: draftHref(visit, draft.draft_id, part),
      before: <BackLink href={work(visit, '/library')}>{t('library')}</BackLink>,
      ...(page.styles ? { styles: page.styles } : {}),
      ...(error ? { status: refusalStatus(error), hasErrors: true } : {}),
    },
    <>
      {error && <Refusal error={error} language={visit.language} />}
      {saved && !error && <NotificationBanner text={t('saved')} />}
      <h1 class="govuk-heading-l">{page.title ?? t(part)}</h1>
      <nav aria-label={draft.slug} class="xl-parts">
        <ul class="govuk-list">
          {draftParts.map((name) => (
            <li>
              <a class="govuk-link" href={draftHref(visit, draft.draft_id, name)} aria-current={name === part ? 'page' : undefined}>
                {t(name)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {children}
    </>,
  )
}

/**
 * A form that changes files of the draft. With a script it asks for findings while one types; the button “check” does it without.
 * `editor` names an island that works inside.
 */
export function DraftForm(props: { action: string; draft: DraftRow; children?: Child; editor?: Record<string, string> }) {
  const t = draftTexts(useLanguage())
  const csrf = useCsrf()
  return (
    <form
      action={props.action}
      method="post"
      enctype="multipart/form-data"
      novalidate
      data-island={assetAddress('draft.js')}
      data-turbo="false"
      {...props.editor}
    >
      <input type="hidden" name="_csrf" value={csrf} />
      <input type="hidden" name="_version" value={String(props.draft.version)} />
      {props.children}
      <div class="govuk-button-group">
        <button class="govuk-button" name="_act" value="save">
          {t('save')}
        </button>
        <button class="govuk-button govuk-button--secondary" name="_act" value="check">
          {t('check')}
        </button>
      </div>
      <div data-draft="findings" aria-live="polite" />
    </form>
  )
}

/** What a part makes of its posted form. @throws DomainError that the page shows with what was typed. */
export type Changes = (
  draft: DraftRow,
  body: FormBody,
  context: HttpContext,
) => Promise<Record<string, string | null>> | Record<string, string | null>

/**
 * Saves or checks the posted part. `show` renders the page again, with what was typed still in it. A check from a script is answered with
 * the findings alone.
 */
export async function postPart(
  visit: Visit,
  context: HttpContext,
  part: string,
  changes: Changes,
  show: (draft: DraftRow, error: DomainError | undefined, found?: Examination) => Promise<Response>,
): Promise<Response> {
  const body = await readPost(visit, context)
  const draft = await loadDraft(visit, context)
  const isLive = context.req.header('accept') === 'text/x-findings'
  let changed: PackageFiles = draft.files
  try {
    const made = await changes(draft, body, context)
    changed = merge(draft.files, made)
    if (one(body, '_act') === 'check' || isLive) {
      const found = await examineFiles(visit.ctx, changed, one(body, '_act') === 'glance' ? 'glance' : 'states')
      return isLive ? findingsAnswer(visit, draft, found) : show({ ...draft, files: changed }, undefined, found)
    }
    await saveDraft(visit.ctx, draft.draft_id, Number(one(body, '_version')), made)
    return seeOther(draftHref(visit, draft.draft_id, part, part.includes('?') ? '&saved=1' : '?saved=1'))
  } catch (error) {
    if (!isRefusal(error)) throw error
    if (isLive) {
      const found = {
        findings: error.fields.map(({ pointer, code, message }) => ({ place: pointer, rule: code, message, severity: 'error' as const })),
      }
      return findingsAnswer(visit, draft, found)
    }
    return show({ ...draft, files: changed }, error)
  }
}

function merge(files: PackageFiles, changes: Record<string, string | null>): PackageFiles {
  const kept = Object.entries({ ...files, ...changes }).filter((entry): entry is [string, string] => entry[1] !== null)
  return Object.fromEntries(kept)
}

async function findingsAnswer(visit: Visit, draft: DraftRow, found: Pick<Examination, 'findings' | 'isGlance'>): Promise<Response> {
  const { PageContext } = await import('#ui/context.ts')
  const html = await renderHtml(
    <PageContext.Provider value={{ language: visit.language }}>
      <Findings found={found} at={draftHref(visit, draft.draft_id)} />
    </PageContext.Provider>,
  )
  return new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } })
}

/** The text of a posted file, else of the field beside it. */
export async function fileOr(body: FormBody, file: string, field: string): Promise<string> {
  const sent = [body[file] ?? []].flat().find((item) => typeof item !== 'string' && item.size > 0)
  return sent && typeof sent !== 'string' ? sent.text() : one(body, field).replaceAll('\r\n', '\n')
}

/** JSON of a file as an object; an empty one when it cannot be read: the findings say why. */
export function readObject(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}

export const writeJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** A value of a JSON file as it stands in a field. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '')
