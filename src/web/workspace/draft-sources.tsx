// Parts of a draft that are files of their own kind: the diagram, rule tables, and worked examples. Each can be replaced by a file, so that
// nothing needs a script; with one, diagram and tables are drawn in their editors.
import type { DomainError } from '#kernel/errors.ts'
import { invalid } from '#kernel/errors.ts'
import type { DraftRow } from '#kernel/library/drafts.ts'
import type { Examination } from '#kernel/library/examine-job.ts'
import { actionNames } from '#kernel/procedures/action-names.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { assetAddress } from '#ui/assets.ts'
import { FileUpload } from '#ui/components/file-upload.tsx'
import { Form } from '#ui/components/form.tsx'
import { Button } from '#ui/components/button.tsx'
import { Input } from '#ui/components/input.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { DiagramFigure } from '#ui/diagram/diagram-figure.tsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { tableStyleSources } from '../editors/table-styles.ts'
import { DecisionTables } from '../library/decision-table.tsx'
import { one } from './frame.tsx'
import { Findings } from './library-findings.tsx'
import { DraftForm, draftHref, draftPage, fileOr, loadDraft, openDraft, postPart } from './library-frame.tsx'
import { draftTexts } from './library-texts.ts'

/** `GET …/diagram` */
export const diagramPage = async (visit: Visit, context: HttpContext): Promise<Response> =>
  showDiagram(visit, context, await loadDraft(visit, context))

export const diagramPost = (visit: Visit, context: HttpContext): Promise<Response> =>
  postPart(
    visit,
    context,
    'diagram',
    async (_, body) => ({ 'diagram.bpmn': await fileOr(body, 'file', 'xml') }),
    (draft, error, found) => showDiagram(visit, context, draft, error, found),
  )

async function showDiagram(visit: Visit, context: HttpContext, draft: DraftRow, error?: DomainError, found?: Examination): Promise<Response> {
  const t = draftTexts(visit.language)
  const procedure = await openDraft(draft)
  return draftPage(
    visit,
    context,
    { draft, part: 'diagram', error },
    <>
      <p class="govuk-body-s">{t('diagramHint')}</p>
      <DraftForm action={draftHref(visit, draft.draft_id, 'diagram')} draft={draft}>
        <div
          data-island={assetAddress('diagram-editor.js')}
          data-modeler={assetAddress('bpmn-modeler.js')}
          data-style={assetAddress('bpmn-editor.css')}
          data-words={JSON.stringify(panelWords(visit))}
          data-choices={JSON.stringify(procedure ? choicesOf(procedure) : {})}
        >
          <div class="xl-editor" data-editor="place" hidden>
            <div>
              <div class="govuk-button-group xl-editor__zoom">
                {zooms.map((zoom) => (
                  <button type="button" class="govuk-button govuk-button--secondary" data-module="govuk-button" data-zoom={zoom}>
                    {t(`zoom-${zoom}`)}
                  </button>
                ))}
              </div>
              <div class="xl-editor__canvas" data-editor="canvas" />
            </div>
            <div class="xl-editor__panel" data-editor="panel" />
          </div>
          {procedure && (
            <div data-editor="still">
              <DiagramFigure definitions={procedure.definitions} marks={{}} isPlain />
            </div>
          )}
          <FileUpload name="file" id="file" label={t('upload')} accept=".bpmn,.xml" />
          <details class="govuk-details">
            <summary class="govuk-details__summary">
              <span class="govuk-details__summary-text">{t('xml')}</span>
            </summary>
            <Textarea
              name="xml"
              id="xml"
              label={t('xml')}
              hint={t('xmlHint')}
              rows={14}
              value={draft.files['diagram.bpmn'] ?? ''}
              spellcheck={false}
              class="xl-source"
            />
          </details>
        </div>
        {found && <Findings found={found} at={draftHref(visit, draft.draft_id)} />}
      </DraftForm>
    </>,
  )
}

const zooms = ['all', 'in', 'out'] as const
const attributes = ['form', 'law', 'event', 'action', 'serves', 'by', 'extends', 'deadline'] as const

function panelWords(visit: Visit): Record<string, string> {
  const t = draftTexts(visit.language)
  return {
    title: t('properties'),
    pick: t('pick'),
    none: t('p_none'),
    name: t('p_name'),
    inputs: t('p_inputs'),
    ...Object.fromEntries(attributes.map((name) => [name, t(`p_${name}`)])),
  }
}

/** What each attribute may name in this package. */
function choicesOf({ manifest, forms }: Package): Record<string, string[]> {
  return {
    form: [...forms.keys()],
    law: manifest.law.map((row) => row.id),
    action: [...actionNames],
    serves: manifest.documents.map((row) => row.id),
    by: [...manifest.parties.map((row) => row.role), ...manifest.lanes.map((row) => row.id)],
    extends: manifest.deadlines.map((row) => row.id),
    deadline: manifest.deadlines.map((row) => row.id),
  }
}

/** Tables, and examples: files of one folder, chosen by name. */
type Kind = { part: 'rules' | 'files'; folder: string; ending: string; pattern: RegExp; fresh: (name: string) => string }

const kinds = {
  rules: { part: 'rules', folder: 'rules/', ending: '.dmn', pattern: /^[a-z][a-z0-9-]{0,60}$/, fresh: freshTable },
  files: { part: 'files', folder: 'examples/', ending: '.json', pattern: /^[a-z0-9][a-z0-9-]{0,80}$/, fresh: freshExample },
} satisfies Record<string, Kind>

export const filesPage =
  (kind: keyof typeof kinds) =>
  async (visit: Visit, context: HttpContext): Promise<Response> =>
    showFiles(visit, context, kinds[kind], await loadDraft(visit, context), context.req.query('name') ?? '')

export const filesPost =
  (kind: keyof typeof kinds) =>
  (visit: Visit, context: HttpContext): Promise<Response> => {
    const { part, folder, ending, pattern, fresh } = kinds[kind]
    const name = context.req.query('name') ?? ''
    const changes = async (_: DraftRow, body: FormBody) => {
      if (one(body, '_act') === 'add') {
        const made = one(body, 'name').trim()
        if (!pattern.test(made)) throw invalid('form.invalid', '', [{ pointer: '/name', code: 'name', message: '用小写字母、数字和连字符' }])
        return { [`${folder}${made}${ending}`]: fresh(made) }
      }
      if (one(body, '_act') === 'remove') return { [`${folder}${name}${ending}`]: null }
      return { [`${folder}${name}${ending}`]: await fileOr(body, 'file', 'text') }
    }
    return postPart(visit, context, name === '' ? part : `${part}?name=${name}`, changes, (draft, error, found) =>
      showFiles(visit, context, kinds[kind], draft, name, error, found),
    )
  }

async function showFiles(
  visit: Visit,
  context: HttpContext,
  kind: Kind,
  draft: DraftRow,
  name: string,
  error?: DomainError,
  found?: Examination,
): Promise<Response> {
  const t = draftTexts(visit.language)
  const names = Object.keys(draft.files)
    .filter((path) => path.startsWith(kind.folder) && path.endsWith(kind.ending))
    .map((path) => path.slice(kind.folder.length, -kind.ending.length))
  const text = draft.files[`${kind.folder}${name}${kind.ending}`]
  const isTable = kind.part === 'rules'
  return draftPage(
    visit,
    context,
    { draft, part: kind.part, error, ...(isTable ? { styles: tableStyleSources } : {}) },
    <>
      <ul class="govuk-list">
        {names.map((each) => (
          <li>
            <a
              class="govuk-link"
              href={draftHref(visit, draft.draft_id, kind.part, `?name=${each}`)}
              aria-current={each === name ? 'page' : undefined}
            >
              {each}
            </a>
          </li>
        ))}
      </ul>
      {text !== undefined && (
        <DraftForm action={draftHref(visit, draft.draft_id, kind.part, `?name=${name}`)} draft={draft}>
          <h2 class="govuk-heading-m">{name}</h2>
          {isTable && (
            <div
              data-island={assetAddress('table-editor.js')}
              data-modeler={assetAddress('dmn-modeler.js')}
              data-style={assetAddress('dmn-editor.css')}
            >
              <div class="xl-editor__canvas" data-editor="canvas" hidden />
              <div data-editor="still">
                <DecisionTables xml={text} id={name} />
              </div>
            </div>
          )}
          <FileUpload name="file" id="file" label={t('upload')} accept={isTable ? '.dmn,.xml' : '.json'} />
          <Textarea
            name="text"
            id="text"
            label={t(isTable ? 'table' : 'content')}
            rows={isTable ? 8 : 24}
            value={text}
            spellcheck={false}
            class="xl-source"
          />
          {found && <Findings found={found} at={draftHref(visit, draft.draft_id)} />}
        </DraftForm>
      )}
      {text !== undefined && (
        <Form action={draftHref(visit, draft.draft_id, kind.part, `?name=${name}`)}>
          <input type="hidden" name="_version" value={String(draft.version)} />
          <Button class="govuk-button--warning" name="_act" value="remove">
            {t('remove')} {name}
          </Button>
        </Form>
      )}
      <Form action={draftHref(visit, draft.draft_id, kind.part)}>
        <input type="hidden" name="_version" value={String(draft.version)} />
        <Input name="name" id="name" label={t(isTable ? 'tableName' : 'fileName')} class="govuk-input--width-20" />
        <Button class="govuk-button--secondary" name="_act" value="add">
          {t(isTable ? 'newTable' : 'newFile')}
        </Button>
      </Form>
    </>,
  )
}

function freshTable(name: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" id="${name}" name="${name}" namespace="urn:xiangli:rules:${name}">
  <decision id="decision" name="${name}">
    <variable id="variable" name="${name}" typeRef="string" />
    <decisionTable id="table" hitPolicy="UNIQUE">
      <input id="input"><inputExpression id="expression" typeRef="string"><text>filing.subject</text></inputExpression></input>
      <output id="output" typeRef="string" />
    </decisionTable>
  </decision>
  <dmndi:DMNDI><dmndi:DMNDiagram><dmndi:DMNShape dmnElementRef="decision"><dc:Bounds height="80" width="180" x="160" y="100" /></dmndi:DMNShape></dmndi:DMNDiagram></dmndi:DMNDI>
</definitions>
`
}

function freshExample(name: string): string {
  const at = '2026-03-02T09:00:00+08:00'
  return `${JSON.stringify({ title: name, given: { at }, steps: [{ at, actor: 'resident:lin', do: 'file', data: {} }], expect: { open: [] } }, null, 2)}\n`
}
