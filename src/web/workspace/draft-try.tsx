// Document templates with the sample beside them, and the examples tried.
import { DomainError, invalid } from '#kernel/errors.ts'
import type { DraftRow } from '#kernel/library/drafts.ts'
import { examineFiles } from '#kernel/library/examine.ts'
import type { Examination } from '#kernel/library/examine-job.ts'
import { samplePages } from '#kernel/library/sample-document.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { one } from './frame.tsx'
import { Findings } from './library-findings.tsx'
import { DraftForm, draftHref, draftPage, loadDraft, openDraft, postPart } from './library-frame.tsx'
import { draftTexts } from './library-texts.ts'

const fresh = '#import "/layout.typ": *\n#show: official\n\n#let fields = data.fields\n\n在这里写正文。\n'

export const templatesPage = async (visit: Visit, context: HttpContext): Promise<Response> =>
  showTemplates(visit, context, await loadDraft(visit, context))

export function templatesPost(visit: Visit, context: HttpContext): Promise<Response> {
  const name = context.req.query('name') ?? ''
  return postPart(
    visit,
    context,
    name === '' ? 'documents' : `documents?name=${name}`,
    (_, body) => {
      if (one(body, '_act') !== 'add') return { [`documents/${name}.typ`]: one(body, 'text').replaceAll('\r\n', '\n') }
      const made = one(body, 'name').trim()
      if (!/^[a-z][a-z0-9-]{0,60}$/.test(made))
        throw invalid('form.invalid', '', [{ pointer: '/name', code: 'name', message: '用小写字母、数字和连字符' }])
      return { [`documents/${made}.typ`]: fresh }
    },
    (draft, error, found) => showTemplates(visit, context, draft, error, found),
  )
}

async function showTemplates(visit: Visit, context: HttpContext, draft: DraftRow, error?: DomainError, found?: Examination): Promise<Response> {
  const t = draftTexts(visit.language)
  const names = Object.keys(draft.files).flatMap((path) => /^documents\/(.+)\.typ$/.exec(path)?.[1] ?? [])
  const name = context.req.query('name') ?? ''
  const text = draft.files[`documents/${name}.typ`]
  const sheets = text === undefined ? undefined : await sheetsOf(visit, draft, name)
  return draftPage(
    visit,
    context,
    { draft, part: 'documents', error },
    <>
      <ul class="govuk-list">
        {names.map((each) => (
          <li>
            <a
              class="govuk-link"
              href={draftHref(visit, draft.draft_id, 'documents', `?name=${each}`)}
              aria-current={each === name ? 'page' : undefined}
            >
              {each}
            </a>
          </li>
        ))}
      </ul>
      {text !== undefined && (
        <>
          <DraftForm action={draftHref(visit, draft.draft_id, 'documents', `?name=${name}`)} draft={draft}>
            <Textarea name="text" id="text" label={`${t('source')}: ${name}`} rows={22} value={text} spellcheck={false} class="xl-source" />
            {found && <Findings found={found} at={draftHref(visit, draft.draft_id)} />}
          </DraftForm>
          <p class="govuk-hint">{t('sheetHint')}</p>
          {sheets?.problem !== undefined && <p class="govuk-error-message">{sheets.problem}</p>}
          {/* The picture comes from the caged renderer; as an image it can neither run nor load anything. */}
          {sheets?.pages.map((page, index) => (
            <img class="xl-sheet" src={`data:image/svg+xml;base64,${Buffer.from(page).toString('base64')}`} alt={t('sheet', { page: index + 1 })} />
          ))}
        </>
      )}
      <Form action={draftHref(visit, draft.draft_id, 'documents')}>
        <input type="hidden" name="_version" value={String(draft.version)} />
        <Input name="name" id="name" label={t('documentName')} class="govuk-input--width-20" />
        <Button class="govuk-button--secondary" name="_act" value="add">
          {t('newDocument')}
        </Button>
      </Form>
    </>,
  )
}

/** The sample as it would be set now, or why it cannot be. */
async function sheetsOf(visit: Visit, draft: DraftRow, template: string): Promise<{ pages: string[]; problem?: string }> {
  const procedure = await openDraft(draft)
  const rule = procedure?.manifest.documents.find((known) => known.template === template)
  if (!procedure || !rule) return { pages: [] }
  try {
    return { pages: await samplePages(visit.ctx, procedure, rule.id) }
  } catch (error) {
    if (error instanceof DomainError) return { pages: [], problem: error.message }
    throw error
  }
}

/** `GET …/try`: every example on the engine and the clock of the law, compared with what it expects. */
export async function tryPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = draftTexts(visit.language)
  const draft = await loadDraft(visit, context)
  const found = await examineFiles(visit.ctx, draft.files, 'examples')
  return draftPage(
    visit,
    context,
    { draft, part: 'try' },
    <>
      <p class="govuk-body-s">{t('tryHint')}</p>
      <Findings found={found} at={draftHref(visit, draft.draft_id)} />
      {found.states !== undefined && <p class="govuk-body">{t('states', { count: found.states })}</p>}
      <Table
        class="xl-table--dense xl-table--stack"
        head={[t('example'), t('result'), t('findings')]}
        rows={found.examples.map((example) => [
          example.title,
          {
            content: (
              <Tag colour={example.differences.length === 0 ? 'green' : 'red'}>{t(example.differences.length === 0 ? 'passed' : 'failed')}</Tag>
            ),
          },
          example.differences.map((one) => `${one.place}: ${one.message}`).join('; '),
        ])}
      />
    </>,
  )
}
