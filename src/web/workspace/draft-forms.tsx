// The form editor: the fields of a JSON Schema as a list to add to, move and change, with how it looks beside it. Needs no script.
import type { DomainError } from '#kernel/errors.ts'
import { invalid } from '#kernel/errors.ts'
import type { DraftRow } from '#kernel/library/drafts.ts'
import type { Examination } from '#kernel/library/examine-job.ts'
import { fieldDeclarationSchema } from '#kernel/procedures/manifest.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Select } from '#ui/components/select.tsx'
import { Table } from '#ui/components/table.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { FormPreviews } from '../library/parts.tsx'
import { one } from './frame.tsx'
import { Findings } from './library-findings.tsx'
import { DraftForm, draftHref, draftPage, loadDraft, openDraft, postPart, readObject, textOf, writeJson } from './library-frame.tsx'
import { draftTexts } from './library-texts.ts'
import { addField, changeField, fieldOf, freshForm, moveField, removeField, type Schema, toSchema } from './form-changes.ts'

const tags = fieldDeclarationSchema.shape['x-tag'].options
const visibilities = ['public', 'parties', 'officers', 'sealed'] as const

export const formsPage = async (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, await loadDraft(visit, context))

export function formsPost(visit: Visit, context: HttpContext): Promise<Response> {
  const form = context.req.query('form') ?? ''
  const back = form === '' ? 'forms' : `forms?form=${form}`
  return postPart(
    visit,
    context,
    back,
    (draft, body) => change(draft, form, body),
    (draft, error, found) => show(visit, context, draft, error, found),
  )
}

function change(draft: DraftRow, form: string, body: FormBody): Record<string, string> {
  const act = one(body, '_act')
  const name = one(body, 'name').trim()
  if (act === 'new') {
    if (!/^[a-z][a-z0-9-]{0,60}$/.test(name))
      throw invalid('form.invalid', '', [{ pointer: '/name', code: 'name', message: '用小写字母、数字和连字符' }])
    return { [`forms/${name}.json`]: writeJson(freshForm(draft.slug, name)) }
  }
  const path = `forms/${form}.json`
  const schema = toSchema(readObject(draft.files[path]))
  const field = one(body, 'field')
  if (act === 'up' || act === 'down') return { [path]: writeJson(moveField(schema, field, act === 'up' ? -1 : 1)) }
  if (act === 'remove') return { [path]: writeJson(removeField(schema, field)) }
  if (act === 'add') {
    if (!/^[a-z][a-zA-Z0-9]{0,49}$/.test(name) || schema.properties[name])
      throw invalid('form.invalid', '', [{ pointer: '/name', code: 'name', message: '小写字母开头，只用字母和数字，不能重复' }])
    const law = readObject(draft.files['procedure.json'])['law']
    const [first]: unknown[] = Array.isArray(law) ? law : []
    const basis = first !== null && typeof first === 'object' && 'id' in first ? String(first.id) : ''
    return { [path]: writeJson(addField(schema, name, basis)), ...withTexts(draft, form, name, { 'zh.label': name, 'en.label': name }) }
  }
  const typed = {
    tag: one(body, 'tag'),
    purpose: one(body, 'purpose').trim(),
    basis: one(body, 'basis').trim(),
    visibility: one(body, 'visibility'),
    required: one(body, 'required') === 'true',
    longest: one(body, 'longest').trim(),
    choices: one(body, 'choices')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  }
  const words = Object.fromEntries(['zh.label', 'en.label', 'zh.hint', 'en.hint'].map((key) => [key, one(body, key).trim()]))
  return { [path]: writeJson(changeField(schema, field, typed)), ...withTexts(draft, form, field, words) }
}

/** Labels and hints stand with the other texts; an emptied hint is taken out. `words`: `zh.label` and the like. */
function withTexts(draft: DraftRow, form: string, field: string, words: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    (['zh', 'en'] as const).map((language) => {
      const texts = readObject(draft.files[`texts.${language}.json`])
      for (const [key, text] of Object.entries(words)) {
        const [spoken, part = ''] = key.split('.')
        if (spoken !== language) continue
        const id = `${draft.slug}.${form}.${field}.${part}`
        if (text === '') delete texts[id]
        else texts[id] = text
      }
      return [`texts.${language}.json`, writeJson(texts)]
    }),
  )
}

async function show(visit: Visit, context: HttpContext, draft: DraftRow, error?: DomainError, found?: Examination): Promise<Response> {
  const t = draftTexts(visit.language)
  const form = context.req.query('form') ?? ''
  const names = Object.keys(draft.files).flatMap((path) => /^forms\/(.+)\.json$/.exec(path)?.[1] ?? [])
  const text = draft.files[`forms/${form}.json`]
  const schema = text === undefined ? undefined : toSchema(readObject(text))
  const procedure = await openDraft(draft)
  const shown = procedure?.forms.get(form)
  return draftPage(
    visit,
    context,
    { draft, part: 'forms', error },
    <>
      <ul class="govuk-list">
        {names.map((each) => (
          <li>
            <a class="govuk-link" href={draftHref(visit, draft.draft_id, 'forms', `?form=${each}`)} aria-current={each === form ? 'page' : undefined}>
              {each}
            </a>
          </li>
        ))}
      </ul>
      {schema && <Fields visit={visit} draft={draft} form={form} schema={schema} field={context.req.query('field') ?? ''} found={found} />}
      {procedure && shown && (
        <>
          <h2 class="govuk-heading-m">{t('preview')}</h2>
          <FormPreviews visit={visit} procedure={{ ...procedure, forms: new Map([[form, shown]]) }} />
        </>
      )}
      {found && !schema && <Findings found={found} at={draftHref(visit, draft.draft_id)} />}
      <Form action={draftHref(visit, draft.draft_id, 'forms')}>
        <input type="hidden" name="_version" value={String(draft.version)} />
        <Input name="name" id="form-name" label={t('formName')} class="govuk-input--width-20" />
        <Button class="govuk-button--secondary" name="_act" value="new">
          {t('newForm')}
        </Button>
      </Form>
    </>,
  )
}

type FieldsProps = { visit: Visit; draft: DraftRow; form: string; schema: Schema; field: string; found: Examination | undefined }

function Fields({ visit, draft, form, schema, field, found }: FieldsProps) {
  const t = draftTexts(visit.language)
  const action = draftHref(visit, draft.draft_id, 'forms', `?form=${form}`)
  const label = (name: string) => readObject(draft.files[`texts.${visit.language}.json`])[`${draft.slug}.${form}.${name}.label`]
  return (
    <>
      <h2 class="govuk-heading-m">
        {t('fields')}: {form}
      </h2>
      <Table
        class="xl-table--dense xl-table--stack"
        head={[t('field'), t('tag'), t('required'), t('edit')]}
        rows={Object.keys(schema.properties).map((name) => [
          {
            content: (
              <>
                <a class="govuk-link" href={`${action}&field=${name}#edit`}>
                  {textOf(label(name)) || name}
                </a>{' '}
                <span class="xl-fine xl-mono">{name}</span>
              </>
            ),
          },
          textOf(fieldOf(schema, name)['x-tag']),
          schema.required.includes(name) ? '✓' : '',
          { content: <FieldActs action={action} version={draft.version} name={name} visit={visit} /> },
        ])}
      />
      <Form action={action}>
        <input type="hidden" name="_version" value={String(draft.version)} />
        <Input name="name" id="field-name" label={t('fieldName')} hint={t('fieldNameHint')} class="govuk-input--width-20" />
        <Button class="govuk-button--secondary" name="_act" value="add">
          {t('addField')}
        </Button>
      </Form>
      {schema.properties[field] && <EditField visit={visit} draft={draft} form={form} schema={schema} field={field} found={found} />}
    </>
  )
}

function FieldActs({ action, version, name, visit }: { action: string; version: number; name: string; visit: Visit }) {
  const t = draftTexts(visit.language)
  return (
    <Form action={action}>
      <input type="hidden" name="_version" value={String(version)} />
      <input type="hidden" name="field" value={name} />
      {(['up', 'down', 'remove'] as const).map((act) => (
        <button class="xl-plain-button" name="_act" value={act}>
          {t(act)}
          <span class="govuk-visually-hidden"> {name}</span>
        </button>
      ))}
    </Form>
  )
}

function EditField({ visit, draft, form, schema, field, found }: FieldsProps) {
  const t = draftTexts(visit.language)
  const is = fieldOf(schema, field)
  const text = (language: 'zh' | 'en', part: string) => {
    const value = readObject(draft.files[`texts.${language}.json`])[`${draft.slug}.${form}.${field}.${part}`]
    return typeof value === 'string' ? value : ''
  }
  const items = (values: readonly string[], chosen: unknown, say: (value: string) => string) =>
    values.map((value) => ({ value, text: say(value), selected: value === chosen }))
  const choices = Array.isArray(is['enum']) ? is['enum'].map(String).join('\n') : ''
  return (
    <div id="edit">
      <h2 class="govuk-heading-m">
        {t('edit')}: {field}
      </h2>
      <DraftForm action={draftHref(visit, draft.draft_id, 'forms', `?form=${form}&field=${field}`)} draft={draft}>
        <input type="hidden" name="field" value={field} />
        <div class="xl-pair">
          <Input name="zh.label" id="zh-label" label={t('labelZh')} value={text('zh', 'label')} />
          <Input name="en.label" id="en-label" label={t('labelEn')} value={text('en', 'label')} />
          <Input name="zh.hint" id="zh-hint" label={t('hintZh')} value={text('zh', 'hint')} />
          <Input name="en.hint" id="en-hint" label={t('hintEn')} value={text('en', 'hint')} />
        </div>
        <Select name="tag" id="tag" label={t('tag')} items={items(tags, is['x-tag'], (value) => value)} />
        <Input name="purpose" id="purpose" label={t('purpose')} value={textOf(is['x-purpose'])} />
        <Input name="basis" id="basis" label={t('basis')} value={textOf(is['x-basis'])} class="govuk-input--width-20" />
        <Select
          name="visibility"
          id="visibility"
          label={t('visibility')}
          items={visibilities.map((value) => ({ value, text: t(value), selected: value === is['x-visibility'] }))}
        />
        <Select
          name="required"
          id="required"
          label={t('required')}
          items={[
            { value: 'true', text: '✓', selected: schema.required.includes(field) },
            { value: 'false', text: '—', selected: !schema.required.includes(field) },
          ]}
        />
        <Input name="longest" id="longest" label={t('longest')} value={textOf(is['maxLength'])} class="govuk-input--width-5" inputmode="numeric" />
        <Textarea name="choices" id="choices" label={t('choices')} rows={4} value={choices} />
        {found && <Findings found={found} at={draftHref(visit, draft.draft_id)} />}
      </DraftForm>
    </div>
  )
}
