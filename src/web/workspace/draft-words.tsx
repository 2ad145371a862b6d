// Texts of a draft in both languages side by side, and its law, numbers and dates.
import type { DomainError } from '#kernel/errors.ts'
import type { DraftRow } from '#kernel/library/drafts.ts'
import type { Examination } from '#kernel/library/examine-job.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Input } from '#ui/components/input.tsx'
import { pageItems, Pagination } from '#ui/components/pagination.tsx'
import { SearchBox } from '#ui/components/search-box.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { one } from './frame.tsx'
import { Findings } from './library-findings.tsx'
import { DraftForm, draftHref, draftPage, loadDraft, postPart, readObject, textOf, writeJson } from './library-frame.tsx'
import { draftTexts } from './library-texts.ts'

/** Two fields each: a form takes 600, and nobody reads more at once. */
const perPage = 40

export const textsPage = async (visit: Visit, context: HttpContext): Promise<Response> => showTexts(visit, context, await loadDraft(visit, context))

export const textsPost = (visit: Visit, context: HttpContext): Promise<Response> =>
  postPart(visit, context, `texts${placeIn(context)}`, changeTexts, (draft, error, found) => showTexts(visit, context, draft, error, found))

/** Which texts are shown, as a query: kept through saving. */
function placeIn(context: HttpContext, page?: number): string {
  const query = new URLSearchParams()
  const q = (context.req.query('q') ?? '').trim()
  if (q !== '') query.set('q', q)
  const at = page ?? pageOf(context)
  if (at > 1) query.set('page', String(at))
  return query.size === 0 ? '' : `?${query.toString()}`
}

const pageOf = (context: HttpContext): number => Math.min(1000, Math.max(1, Math.floor(Number(context.req.query('page') ?? 1)) || 1))

/** Only the texts that the page showed; an emptied one is taken out, a key of its own is added. */
function changeTexts(draft: DraftRow, body: FormBody): Record<string, string> {
  const files: Record<string, string> = {}
  for (const language of ['zh', 'en'] as const) {
    const path = `texts.${language}.json`
    const texts = readObject(draft.files[path])
    for (const name of Object.keys(body)) {
      if (name.startsWith(`${language}:`)) put(texts, name.slice(3), one(body, name))
    }
    const key = one(body, 'key').trim()
    if (key !== '') put(texts, key, one(body, `new-${language}`))
    files[path] = writeJson(texts)
  }
  return files
}

function put(texts: Record<string, unknown>, key: string, text: string): void {
  const plain = text.replaceAll('\r\n', '\n')
  if (plain.trim() === '') delete texts[key]
  else texts[key] = plain
}

function showTexts(visit: Visit, context: HttpContext, draft: DraftRow, error?: DomainError, found?: Examination): Promise<Response> {
  const t = draftTexts(visit.language)
  const q = (context.req.query('q') ?? '').trim()
  const [zh, en] = [readObject(draft.files['texts.zh.json']), readObject(draft.files['texts.en.json'])]
  const wordOf = (texts: Record<string, unknown>, key: string) => (typeof texts[key] === 'string' ? texts[key] : '')
  const keys = [...new Set([...Object.keys(zh), ...Object.keys(en)])].filter(
    (key) => q === '' || [key, wordOf(zh, key), wordOf(en, key)].some((text) => text.includes(q)),
  )
  const start = `${draft.slug}.`
  const href = draftHref(visit, draft.draft_id, 'texts')
  const last = Math.max(1, Math.ceil(keys.length / perPage))
  const page = Math.min(pageOf(context), last)
  const at = (number: number) => `${href}${placeIn(context, number)}`
  return draftPage(
    visit,
    context,
    { draft, part: 'texts', error },
    <>
      <SearchBox action={href} label={t('filter')} value={q} />
      <p class="govuk-body-s">{keys.length === 0 ? t('noTexts') : t('textsShown', { count: keys.length, page, last })}</p>
      <DraftForm action={at(page)} draft={draft}>
        {keys.slice((page - 1) * perPage, page * perPage).map((key) => (
          <fieldset class="govuk-fieldset">
            <legend class="xl-mono">{key.startsWith(start) ? key.slice(start.length) : key}</legend>
            <div class="xl-pair">
              <Textarea name={`zh:${key}`} id={`zh-${key}`} label={t('zh')} rows={rowsOf(wordOf(zh, key))} value={wordOf(zh, key)} />
              <Textarea
                name={`en:${key}`}
                id={`en-${key}`}
                label={t('en')}
                rows={rowsOf(wordOf(en, key))}
                value={wordOf(en, key)}
                spellcheck={false}
              />
            </div>
          </fieldset>
        ))}
        <details class="govuk-details">
          <summary class="govuk-details__summary">
            <span class="govuk-details__summary-text">{t('newText')}</span>
          </summary>
          <Input name="key" id="key" label={t('key')} class="govuk-input--width-20" />
          <div class="xl-pair">
            <Textarea name="new-zh" id="new-zh" label={t('zh')} rows={2} />
            <Textarea name="new-en" id="new-en" label={t('en')} rows={2} />
          </div>
        </details>
        {found && <Findings found={found} at={draftHref(visit, draft.draft_id)} />}
      </DraftForm>
      {last > 1 && (
        <Pagination
          landmarkLabel={t('texts')}
          {...(page > 1 ? { previous: { href: at(page - 1) } } : {})}
          {...(page < last ? { next: { href: at(page + 1) } } : {})}
          items={pageItems(page, last, at)}
        />
      )}
    </>,
  )
}

const rowsOf = (text: string) => Math.min(6, 1 + Math.floor(text.length / 40))

export const manifestPage = async (visit: Visit, context: HttpContext): Promise<Response> =>
  showManifest(visit, context, await loadDraft(visit, context))

export const manifestPost = (visit: Visit, context: HttpContext): Promise<Response> =>
  postPart(visit, context, 'manifest', changeManifest, (draft, error, found) => showManifest(visit, context, draft, error, found))

type Row = Record<string, unknown>
const rowsIn = (value: unknown): Row[] => (Array.isArray(value) ? value.filter((row): row is Row => row !== null && typeof row === 'object') : [])

/** The rest of the file as written, then version and date, then the two tables over it. An emptied id takes its row out. */
function changeManifest(draft: DraftRow, body: FormBody): Record<string, string> {
  const written = one(body, 'rest')
  const manifest = readObject(written === '' ? draft.files['procedure.json'] : written)
  // What cannot be read is kept as it was typed: the findings say where it is wrong.
  if (written !== '' && Object.keys(manifest).length === 0) return { 'procedure.json': written }
  const before = readObject(draft.files['procedure.json'])
  manifest['version'] = one(body, 'version').trim()
  manifest['effective'] = { ...readObject(JSON.stringify(manifest['effective'] ?? {})), from: one(body, 'from').trim() }
  manifest['law'] = readRows(body, 'law', rowsIn(before['law']), ['id', 'name', 'article', 'mark'])
  manifest['parameters'] = readRows(body, 'parameters', rowsIn(before['parameters']), ['id', 'value', 'unit', 'law', 'from', 'mark'])
  return { 'procedure.json': writeJson(manifest) }
}

function readRows(body: FormBody, part: string, before: Row[], columns: string[]): Row[] {
  return [...before, {}].flatMap((row, index) => {
    const typed = columns.map((column) => [column, one(body, `${part}-${index}-${column}`).trim()] as const)
    if (typed[0]?.[1] === '') return []
    return [{ ...row, ...Object.fromEntries(typed.map(([column, text]) => [column, column === 'value' ? toNumber(text) : text])) }]
  })
}

/** A number; or the text as it was typed, which the findings then name. */
const toNumber = (text: string): unknown => (text !== '' && Number.isFinite(Number(text)) ? Number(text) : text)

function showManifest(visit: Visit, context: HttpContext, draft: DraftRow, error?: DomainError, found?: Examination): Promise<Response> {
  const t = draftTexts(visit.language)
  const { law, parameters, version, effective, ...rest } = readObject(draft.files['procedure.json'])
  const from = readObject(JSON.stringify(effective ?? {}))['from']
  const known = Object.keys(rest).length > 0
  return draftPage(
    visit,
    context,
    { draft, part: 'manifest', error },
    <DraftForm action={draftHref(visit, draft.draft_id, 'manifest')} draft={draft}>
      <Input name="version" id="version" label={t('versionNumber')} value={textOf(version)} class="govuk-input--width-10" />
      <Input name="from" id="from" label={t('effectiveFrom')} hint={t('effectiveHint')} value={textOf(from)} class="govuk-input--width-10" />
      <h2 class="govuk-heading-m">{t('numbers')}</h2>
      <p class="govuk-hint">{t('markHint')}</p>
      <Rows
        part="parameters"
        rows={rowsIn(parameters)}
        columns={{ id: t('id'), value: t('value'), unit: t('unit'), law: t('laws'), from: t('from'), mark: t('mark') }}
      />
      <h2 class="govuk-heading-m">{t('laws')}</h2>
      <Rows part="law" rows={rowsIn(law)} columns={{ id: t('id'), name: t('lawName'), article: t('article'), mark: t('mark') }} />
      <Textarea
        name="rest"
        id="rest"
        label={t('rest')}
        hint={t('restHint')}
        rows={24}
        value={known ? writeJson({ ...rest, effective }) : (draft.files['procedure.json'] ?? '')}
        spellcheck={false}
        class="xl-source"
      />
      {found && <Findings found={found} at={draftHref(visit, draft.draft_id)} />}
    </DraftForm>,
  )
}

/** A table to type in, with one empty row at the end. */
function Rows({ part, rows, columns }: { part: string; rows: Row[]; columns: Record<string, string> }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section class="xl-scroll" aria-label={part} tabindex={0}>
      <table class="govuk-table xl-table--dense">
        <thead class="govuk-table__head">
          <tr class="govuk-table__row">
            {Object.values(columns).map((title) => (
              <th scope="col" class="govuk-table__header">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody class="govuk-table__body">
          {[...rows, {} as Row].map((row, index) => (
            <tr class="govuk-table__row">
              {Object.entries(columns).map(([column, title]) => (
                <td class="govuk-table__cell">
                  <input class="govuk-input" name={`${part}-${index}-${column}`} aria-label={`${title} ${index + 1}`} value={textOf(row[column])} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
