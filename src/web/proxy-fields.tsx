// “For somebody else”: the fields of a mandate, on the portal, at the counter and on the page of a case.
import { mandateActs, type MandateInput } from '#kernel/cases/mandates.ts'
import { mandateKinds } from '#kernel/cases/types.ts'
import type { FieldError } from '#kernel/errors.ts'
import type { Language } from '#kernel/forms/forms.ts'
import { Details } from '#ui/components/details.tsx'
import { Checkboxes } from '#ui/components/checkboxes.tsx'
import { Input } from '#ui/components/input.tsx'
import { Select } from '#ui/components/select.tsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { defineTexts } from '#ui/texts.ts'
import { accessWords } from './access-words.ts'

const texts = defineTexts({
  zh: {
    kind: '代办人和本人的关系',
    name: '代办人姓名',
    phone: '代办人电话（可以不填）',
    evidence: '凭什么代办',
    evidenceHint: '例如户口本、委托书、村里的证明。办理时可能要看原件。',
    acts: '代办人可以做什么',
    actsHint: '都可以看办理进度。不勾选的，只能看。',
    forSomebody: '替他人办理',
    forSomebodyText: '上面填的是本人的情况，下面填您自己（代办人）的。系统给您一个代办人的回执码，并告诉本人；本人随时可以终止。',
    isProxy: '我是替别人提交的',
    to: '代办到哪一天（可以不填）',
    toHint: '不填的，到本人终止为止。如 2026-06-30',
  },
  en: {
    kind: 'Who the proxy is to the person',
    name: 'Name of the proxy',
    phone: 'Telephone of the proxy (optional)',
    evidence: 'On what it rests',
    evidenceHint: 'For example the household book, a signed paper, a certificate of the village. You may be asked for it.',
    acts: 'What the proxy may do',
    actsHint: 'Seeing how it stands is always part of it.',
    forSomebody: 'For somebody else',
    forSomebodyText:
      'The answers above are about the person; here you say who you are. You get a code of your own, and the person is told; she can end it at any time.',
    isProxy: 'I file this for somebody else',
    to: 'Last day (optional)',
    toHint: 'Without one, until the person ends it. Like 2026-06-30',
  },
})

type Props = { language: Language; body?: FormBody | undefined; errors: readonly FieldError[]; kind?: string }

/** `_proxy…` fields, so that they meet no field of a form. */
export function ProxyFields({ language, body, errors, kind }: Props) {
  const t = texts(language)
  const words = accessWords(language)
  const value = (name: string) => textOf(body, `_proxy${name}`)
  const error = (pointer: string) => {
    const found = errors.find((known) => known.pointer === `/${pointer}`)
    return found ? { error: found.message } : {}
  }
  return (
    <>
      <Select
        name="_proxyKind"
        label={t('kind')}
        value={value('Kind') || (kind ?? 'relative')}
        items={mandateKinds.map((known) => ({ value: known, text: words(`kind.${known}`) }))}
        {...error('kind')}
      />
      <Input name="_proxyName" label={t('name')} value={value('Name')} autocomplete="off" class="govuk-input--width-20" {...error('name')} />
      <Input name="_proxyPhone" label={t('phone')} value={value('Phone')} autocomplete="off" class="govuk-input--width-20" {...error('phone')} />
      <Input name="_proxyEvidence" label={t('evidence')} hint={t('evidenceHint')} value={value('Evidence')} {...error('evidence')} />
      <Checkboxes
        name="_proxyActs"
        fieldset={{ legend: { content: t('acts') } }}
        hint={t('actsHint')}
        values={body ? listOf(body, '_proxyActs') : ['message']}
        items={mandateActs.map((act) => ({ value: act, label: words(`act.${act}`) }))}
        class="govuk-checkboxes--small"
      />
      <Input name="_proxyTo" label={t('to')} hint={t('toHint')} value={value('To')} type="date" class="govuk-input--width-10" {...error('to')} />
    </>
  )
}

/** The section of a filing: nothing of it counts unless its box is ticked. */
export function ForSomebodyElse({ language, body, errors, kind }: Props) {
  const t = texts(language)
  const ticked = body !== undefined && textOf(body, '_proxy') === 'true'
  return (
    <Details summary={t('forSomebody')} open={ticked || errors.length > 0}>
      <p class="govuk-body">{t('forSomebodyText')}</p>
      <Checkboxes name="_proxy" values={ticked ? ['true'] : []} items={[{ value: 'true', label: t('isProxy') }]} />
      <ProxyFields language={language} body={ticked ? body : undefined} errors={errors} {...(kind ? { kind } : {})} />
    </Details>
  )
}

/** The field of a complaint about a mandate. */
export const proxyHref = (pointer: string): string => `#_proxy${pointer.slice(1, 2).toUpperCase()}${pointer.slice(2)}`

export function readProxy(body: FormBody): MandateInput {
  const value = (name: string) => textOf(body, `_proxy${name}`).trim()
  return {
    kind: value('Kind'),
    name: value('Name'),
    evidence: value('Evidence'),
    acts: listOf(body, '_proxyActs'),
    ...(value('Phone') === '' ? {} : { phone: value('Phone') }),
    ...(value('To') === '' ? {} : { to: value('To') }),
  }
}

function textOf(body: FormBody | undefined, name: string): string {
  const value = body && Object.hasOwn(body, name) ? [body[name]].flat().findLast((item) => typeof item === 'string') : undefined
  return typeof value === 'string' ? value : ''
}

export const listOf = (body: FormBody, name: string): string[] =>
  Object.hasOwn(body, name) ? [body[name]].flat().filter((item): item is string => typeof item === 'string') : []
