// At the counter: a person without number or code is found by name and the end of phone or ID; a lost code is issued anew.
import { findAtCounter, findByIdNumber, type Found as Match } from '#kernel/cases/counter.ts'
import { listCases } from '#kernel/cases/lists.ts'
import { familyOf } from '#kernel/cases/search.ts'
import { reissueReceipt } from '#kernel/cases/receipts.ts'
import type { DomainError } from '#kernel/errors.ts'
import { invalid } from '#kernel/errors.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Select } from '#ui/components/select.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import { defineTexts } from '#ui/texts.ts'
import { one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'
import { keepSlip } from './slip.ts'

const texts = defineTexts({
  zh: {
    title: '窗口查询',
    text: '来人忘了编号或回执码时用。请先核对身份证件。查到的每一件都会留下查询记录。',
    name: '姓名（全名）',
    tail: '电话或身份证号后四位',
    find: '查询',
    byNumber: '按身份证号查',
    byNumberText: '只在同一类事项里查，不会跨事项汇总一个人的办件。',
    family: '哪一类事项',
    idNumber: '身份证号码（18 位）',
    idNumberWrong: '请按证件填写 18 位身份证号码',
    noneByNumber: '这一类事项里没有查到。',
    found: '查到 {count} 件',
    none: '没有查到。请核对姓名和后四位；匿名的、没有留电话的查不到。',
    nameNeeded: '请填写全名',
    tailNeeded: '请填写后四位',
    reissue: '补发回执码',
    reissueText: '旧的回执码随即失效。匿名办件不能补发。',
    evidence: '核对了什么',
    evidenceHint: '例如：本人出示身份证',
    evidenceNeeded: '请写明怎样核对了身份',
    do: '补发',
    slip: '补发的回执码',
    number: '编号',
    new: '旧的回执码已经失效。',
  },
  en: {
    title: 'Find at counter',
    text: 'For people who forgot number or code. Check their identity first. Every case found keeps a record of this search.',
    name: 'Full name',
    tail: 'Last four of telephone or ID number',
    find: 'Find',
    byNumber: 'Find by ID number',
    byNumberText: 'Only inside one kind of matter: a person’s matters are never put together.',
    family: 'Kind of matter',
    idNumber: 'ID number (18 characters)',
    idNumberWrong: 'Enter the 18 characters of the ID card',
    noneByNumber: 'Nothing found in this kind of matter.',
    found: '{count} found',
    none: 'Nothing found. Check the name and the four characters; anonymous matters and those without telephone cannot be found.',
    nameNeeded: 'Enter the full name',
    tailNeeded: 'Enter the last four characters',
    reissue: 'Issue a new receipt code',
    reissueText: 'The old code ends at once. Not for anonymous matters.',
    evidence: 'What you checked',
    evidenceHint: 'For example: identity card shown in person',
    evidenceNeeded: 'Say how the identity was checked',
    do: 'Issue anew',
    slip: 'New receipt code',
    number: 'Number',
    new: 'The old code has ended.',
  },
})

type Seen = Match & { subject: string }
type State = {
  family?: string
  byNumber?: boolean
  name?: string
  tail?: string
  found?: Seen[]
  error?: DomainError
  number?: string
}

export const counterPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, {})

/** A name does not belong into an address: the search is a post. */
export async function counterPost(visit: Visit, context: HttpContext): Promise<Response> {
  const t = texts(visit.language)
  const body = await readPost(visit, context)
  const name = one(body, 'name').trim()
  const tail = one(body, 'tail').trim()
  if (one(body, 'by') === 'id') return findNumber(visit, context, { family: one(body, 'family'), idNumber: one(body, 'idNumber').trim() })
  const missing = [...(name === '' ? [['/name', t('nameNeeded')]] : []), ...(tail.length === 4 ? [] : [['/tail', t('tailNeeded')]])]
  if (missing.length > 0) {
    const error = invalid(
      'form.invalid',
      '',
      missing.map(([pointer = '', message = '']) => ({ pointer, code: 'required', message })),
    )
    return show(visit, context, { name, tail, error })
  }
  const found = await Promise.all((await findAtCounter(visit.ctx, { name, tail })).map((one) => describe(visit, one)))
  return show(visit, context, { name, tail, found })
}

async function findNumber(visit: Visit, context: HttpContext, asked: { family: string; idNumber: string }): Promise<Response> {
  try {
    const found = await Promise.all((await findByIdNumber(visit.ctx, asked)).map((one) => describe(visit, one)))
    return await show(visit, context, { byNumber: true, family: asked.family, found })
  } catch (error) {
    if (!isRefusal(error)) throw error
    const message = texts(visit.language)('idNumberWrong')
    return show(visit, context, {
      byNumber: true,
      family: asked.family,
      error: invalid(error.code, message, [{ pointer: '/idNumber', code: error.code, message }]),
    })
  }
}

/** Kinds of matters by what their procedures provide; each is named by its first procedure. */
async function familiesOf(visit: Visit): Promise<{ value: string; text: string }[]> {
  const groups = Map.groupBy(await listProcedures(visit.ctx), (procedure) => familyOf(procedure.manifest))
  return [...groups].map(([value, procedures]) => ({
    value,
    text: procedures
      .map((procedure) => procedure.texts[visit.language][`${procedure.slug}.title`] ?? procedure.slug)
      .join(visit.language === 'zh' ? '、' : ', '),
  }))
}

async function describe(visit: Visit, match: Match): Promise<Seen> {
  const { items } = await listCases(visit.ctx, { q: match.number }, { size: 1 }, visit.language)
  return { ...match, subject: items[0]?.subject ?? '' }
}

export async function reissuePost(visit: Visit, context: HttpContext): Promise<Response> {
  const t = texts(visit.language)
  const body = await readPost(visit, context)
  const number = one(body, 'number')
  const partyId = one(body, 'partyId') || undefined
  try {
    const evidence = one(body, 'evidence').trim()
    if (evidence === '') throw invalid('form.invalid', '', [{ pointer: '/evidence', code: 'required', message: t('evidenceNeeded') }])
    const code = await reissueReceipt(visit.ctx, number, evidence.slice(0, 300), partyId)
    keepSlip(visit, context, { number, code, title: texts('zh')('slip'), rows: [[texts('zh')('number'), number]], next: [texts('zh')('new')] })
    const response = seeOther(work(visit, '/intake/filed'))
    for (const cookie of context.res.headers.getSetCookie()) response.headers.append('set-cookie', cookie)
    return response
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, { error, number, found: [await describe(visit, { number, partyId: partyId ?? '' })] })
  }
}

async function show(visit: Visit, context: HttpContext, state: State): Promise<Response> {
  const t = texts(visit.language)
  const families = await familiesOf(visit)
  const errors = errorsByField(state.error?.fields ?? [])
  return workPage(
    visit,
    context,
    {
      title: t('title'),
      active: 'counter',
      path: work(visit, '/counter'),
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <>
      {state.error && <Refusal error={state.error} language={visit.language} />}
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body">{t('text')}</p>
      <Form action={work(visit, '/counter')} attributes={{ 'data-turbo': 'false', class: 'xl-column' }}>
        <div class="xl-pair">
          <Input name="name" label={t('name')} value={state.name ?? ''} autocomplete="off" {...(errors['name'] ? { error: errors['name'] } : {})} />
          <Input
            name="tail"
            label={t('tail')}
            value={state.tail ?? ''}
            autocomplete="off"
            class="govuk-input--width-10"
            {...(errors['tail'] ? { error: errors['tail'] } : {})}
          />
        </div>
        <Button>{t('find')}</Button>
      </Form>
      <Details summary={t('byNumber')} open={state.byNumber ?? false}>
        <p class="govuk-body-s">{t('byNumberText')}</p>
        <Form action={work(visit, '/counter')} attributes={{ 'data-turbo': 'false', class: 'xl-column' }}>
          <input type="hidden" name="by" value="id" />
          <Select name="family" label={t('family')} items={families.map((item) => ({ ...item, selected: item.value === state.family }))} />
          <Input
            name="idNumber"
            label={t('idNumber')}
            autocomplete="off"
            class="govuk-input--width-20"
            {...(errors['idNumber'] ? { error: errors['idNumber'] } : {})}
          />
          <Button>{t('find')}</Button>
        </Form>
      </Details>
      {state.found && <Found visit={visit} state={state} found={state.found} />}
    </>,
  )
}

function Found({ visit, state, found }: { visit: Visit; state: State; found: Seen[] }) {
  const t = texts(visit.language)
  const error = errorsByField(state.error?.fields ?? [])['evidence']
  if (found.length === 0) return <div class="xl-empty">{state.byNumber ? t('noneByNumber') : t('none')}</div>
  return (
    <section class="xl-column">
      <h2 class="govuk-heading-m">{t('found', { count: found.length })}</h2>
      {found.map(({ number, partyId, subject }) => (
        <div class="xl-message">
          <p class="govuk-body">
            <a class="govuk-link xl-strong" href={work(visit, `/cases/${number}`)}>
              {number}
            </a>{' '}
            {subject}
          </p>
          <Details summary={t('reissue')} open={state.number === number}>
            <p class="govuk-body-s">{t('reissueText')}</p>
            <Form action={work(visit, '/counter/reissue')} attributes={{ 'data-turbo': 'false' }}>
              <input type="hidden" name="number" value={number} />
              <input type="hidden" name="partyId" value={partyId} />
              <Input name="evidence" id={`evidence-${partyId}`} label={t('evidence')} hint={t('evidenceHint')} {...(error ? { error } : {})} />
              <Button class="govuk-button--secondary" preventDoubleClick>
                {t('do')}
              </Button>
            </Form>
          </Details>
        </div>
      ))}
    </section>
  )
}
