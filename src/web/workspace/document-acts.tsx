// What the post that signs a document may do with it: correct, withdraw, void, record its service.
import { may } from '#kernel/access/rule.ts'
import { accessOf } from '#kernel/cases/access-of.ts'
import type { IssuedDocument, LoadedCase } from '#kernel/cases/types.ts'
import { speaker } from '#kernel/cases/words.ts'
import { mayCorrect } from '#kernel/documents/correct.ts'
import type { DomainError } from '#kernel/errors.ts'
import type { Form as KernelForm } from '#kernel/forms/forms.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { today } from '#kernel/towns/towns.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { DateInput } from '#ui/components/date-input.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Select } from '#ui/components/select.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import { type FormBody, parseFormBody } from '#ui/form/parse-form-body.ts'
import { dateValues } from './case-acts.tsx'
import { caseTexts as texts } from './case-texts.ts'
import { one } from './frame.tsx'
import { type FieldsOf, GroupedFields } from './grouped-fields.tsx'
import { registerOptions } from './register-options.ts'
import { sharedTexts } from './words.ts'

export type Found = { loaded: LoadedCase; procedure: Package; document: IssuedDocument }
export type State = { body?: FormBody; error?: DomainError }

/** The form that wrote the document: the task whose reasons it states, else the last form that was filled in before it. */
function drafted({ loaded, procedure, document }: Found): { element: string; form: KernelForm } | undefined {
  const reasons = procedure.manifest.adverse.find((row) => row.document === document.document)?.reasons.split('.')[0]
  const source = procedure.templates.get(procedure.manifest.documents.find((rule) => rule.id === document.document)?.template ?? '') ?? ''
  const named = Object.keys(loaded.content).filter(
    (element) => procedure.graph.elements[element]?.type === 'userTask' && new RegExp(`\\b${element}\\b`).test(source),
  )
  const element = reasons !== undefined && loaded.content[reasons] ? reasons : named.at(-1)
  const form = procedure.forms.get(procedure.graph.elements[element ?? '']?.xl.form ?? '')
  return element !== undefined && form ? { element, form } : undefined
}

export function correctedForm(found: Found, body: FormBody): { element?: string; data?: Record<string, unknown> } {
  const draft = drafted(found)
  if (!draft) return {}
  return { element: draft.element, data: parseFormBody(draft.form.schema as never, body, 'f-').data } // both modules read the same JSON Schema
}

type ActsProps = { visit: Visit; found: Found; state: State; address: string; isNewest: boolean }

export function DocumentActs(props: ActsProps) {
  const { visit, found } = props
  const { loaded, procedure, document } = found
  const t = texts(visit.language)
  const inForce = document.status === 'issued' || document.status === 'served'
  const fix = mayCorrect(visit.ctx, loaded, procedure, visit.town, document)
  const served = procedure.graph.elements[procedure.manifest.documents.find((rule) => rule.id === document.document)?.service ?? '']
  const byTask = loaded.tasks.some((task) => task.element === served?.id)
  const mayServe =
    document.status === 'issued' && document.supersedes !== null && !byTask && may(visit.ctx.actor, 'document.correct', accessOf(loaded))
  return (
    <>
      {mayServe && <Serve {...props} />}
      {fix && props.isNewest && <Correct {...props} />}
      {fix && inForce && <Change {...props} act="withdraw" title={t('withdraw')} text={t('withdrawText')} button={t('withdrawDo')} />}
      {fix && document.status === 'issued' && <Change {...props} act="void" title={t('void')} text={t('voidText')} button={t('voidDo')} />}
    </>
  )
}

const acted = (state: State, act: string) => (state.body && one(state.body, '_act') === act ? state.body : undefined)

function Change(props: ActsProps & { act: 'withdraw' | 'void'; title: string; text: string; button: string }) {
  const t = texts(props.visit.language)
  const body = acted(props.state, props.act)
  const error = body ? errorsByField(props.state.error?.fields ?? [])['reason'] : undefined
  return (
    <Details summary={props.title} open={body !== undefined}>
      <p class="govuk-body-s">{props.text}</p>
      <Form action={props.address}>
        <Textarea
          name="reason"
          id={`${props.act}-reason`}
          label={t('why')}
          rows={3}
          value={body ? one(body, 'reason') : ''}
          {...(error ? { error } : {})}
        />
        <Button name="_act" value={props.act} class="govuk-button--warning" preventDoubleClick>
          {props.button}
        </Button>
      </Form>
    </Details>
  )
}

function Correct(props: ActsProps) {
  const { visit, found, state } = props
  const t = texts(visit.language)
  const body = acted(state, 'correct')
  const errors = body ? errorsByField(state.error?.fields ?? []) : {}
  const draft = drafted(found)
  const say = speaker(found.procedure, visit.language)
  const fields: FieldsOf | undefined = draft && {
    procedure: found.procedure,
    form: draft.form,
    language: visit.language,
    values: body ? parseFormBody(draft.form.schema as never, body, 'f-').raw : (found.loaded.content[draft.element] ?? {}), // as above
    options: registerOptions(visit),
    prefix: 'f-',
    errors,
  }
  return (
    <Details summary={t('correct')} open={body !== undefined}>
      <p class="govuk-body-s">{t('correctText')}</p>
      <Form action={props.address} attributes={{ 'data-turbo': 'false' }}>
        <Textarea
          name="reason"
          id="correct-reason"
          label={t('why')}
          rows={3}
          value={body ? one(body, 'reason') : ''}
          {...(errors['reason'] ? { error: errors['reason'] } : {})}
        />
        {draft && fields && (
          <>
            <h3 class="govuk-heading-s">{t('correctForm', { form: say(`element.${draft.element}`) })}</h3>
            <GroupedFields {...fields} />
          </>
        )}
        <Button name="_act" value="correct" preventDoubleClick>
          {t('correctDo')}
        </Button>
      </Form>
    </Details>
  )
}

const methods = ['handed', 'post', 'electronic', 'notice'] as const

function Serve(props: ActsProps) {
  const { visit, state } = props
  const t = texts(visit.language)
  const s = sharedTexts(visit.language)
  const body = acted(state, 'serve')
  const errors = body ? errorsByField(state.error?.fields ?? []) : {}
  return (
    <Details summary={t('serveIt')} open>
      <p class="govuk-body-s">{t('serveText')}</p>
      <Form action={props.address}>
        <Select
          name="method"
          label={t('method')}
          items={methods.map((value) => ({ value, text: s(value) }))}
          value={body ? one(body, 'method') : 'handed'}
          {...(errors['method'] ? { error: errors['method'] } : {})}
        />
        <DateInput
          id="servedOn"
          namePrefix="servedOn"
          fieldset={{ legend: { content: t('servedOn'), class: 'govuk-fieldset__legend--s' } }}
          values={dateValues(body, 'servedOn', today(visit.ctx))}
          {...(errors['servedOn'] ? { error: errors['servedOn'] } : {})}
        />
        <Input name="proof" label={t('proof')} value={body ? one(body, 'proof') : ''} />
        <Button name="_act" value="serve" preventDoubleClick>
          {t('serveDo')}
        </Button>
      </Form>
    </Details>
  )
}
