// The registers that a post keeps: entries of its own body, added and changed with a reason. Versions before stay on record.
import { DomainError } from '#kernel/errors.ts'
import {
  bodiesKeptBy,
  type Cell,
  type Column,
  getKeptRegister,
  keepEntry,
  type KeptEntry,
  type KeptRegister,
  listKeptRegisters,
  readKept,
  versionOf,
} from '#kernel/registers/kept.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Select } from '#ui/components/select.tsx'
import { Table } from '#ui/components/table.tsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { defineTexts } from '#ui/texts.ts'
import { cellText, labelOf } from '../portal/registers-page.tsx'
import { one, readPost, work, workPage } from './frame.tsx'

const texts = defineTexts({
  zh: {
    title: '登记账目',
    lead: '这里登记的，群众马上就能查到、抄录。只能登记本单位的。',
    none: '您的岗位没有要登记的账目。',
    add: '登记一条',
    change: '修改',
    changing: '修改这一条',
    save: '保存并公开',
    remove: '撤下这一条',
    reason: '为什么修改或者撤下',
    errors: '请改一下',
    act: '操作',
    empty: '还没有登记。',
  },
  en: {
    title: 'Keep registers',
    lead: 'What is entered here everybody can read and copy at once. You enter for your own body only.',
    none: 'Your post keeps no register.',
    add: 'Add an entry',
    change: 'Change',
    changing: 'Change this entry',
    save: 'Save and publish',
    remove: 'Take this entry out',
    reason: 'Why it changes or goes',
    errors: 'Please put this right',
    act: 'Act',
    empty: 'Nothing is registered yet.',
  },
})

/** `GET /workspace/registers` */
export async function keptListPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = texts(visit.language)
  const all = await Promise.all((await listKeptRegisters()).map(async (register) => ({ register, bodies: await bodiesKeptBy(visit.ctx, register) })))
  const mine = all.filter(({ bodies }) => bodies.length > 0)
  return workPage(
    visit,
    context,
    { title: t('title'), active: 'registers' },
    <>
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body">{mine.length === 0 ? t('none') : t('lead')}</p>
      <ul class="govuk-list">
        {mine.map(({ register }) => (
          <li>
            <a class="govuk-link" href={work(visit, `/registers/${register.slug}`)}>
              {register.title[visit.language]}
            </a>
          </li>
        ))}
      </ul>
    </>,
  )
}

/** `GET /workspace/registers/:slug?entry=` */
export const keptPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context)

type Refused = { error: DomainError; body: FormBody }

async function show(visit: Visit, context: HttpContext, refused?: Refused): Promise<Response> {
  const t = texts(visit.language)
  const register = await getKeptRegister(context.req.param('slug') ?? '')
  const bodies = await bodiesKeptBy(visit.ctx, register)
  const entries = (await readKept(visit.ctx, register)).filter(({ cells }) => bodies.includes(String(cells[register.keptBy.of])))
  const asked = refused ? one(refused.body, 'entry') : (context.req.query('entry') ?? '')
  const entry = entries.find(({ id }) => id === asked)
  const here = work(visit, `/registers/${register.slug}`)
  const title = register.title[visit.language]
  const fields = refused ? (refused.error.fields.length > 0 ? refused.error.fields : [refused.error]) : []
  return workPage(
    visit,
    context,
    { title, active: 'registers', path: here, ...(refused ? { status: refused.error.kind === 'conflict' ? 409 : 422, hasErrors: true } : {}) },
    <>
      {refused && <ErrorSummary title={t('errors')} errors={fields.map(({ message }) => ({ text: message, href: '#main' }))} />}
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">{bodies.length === 0 ? t('none') : t('lead')}</p>
      <p class="govuk-hint" lang="zh-CN">
        {register.basis}
      </p>
      {entries.length === 0 ? (
        <p class="govuk-body">{t('empty')}</p>
      ) : (
        <Table
          class="xl-table--dense"
          caption={title}
          captionClass="govuk-visually-hidden"
          head={[...register.columns.map((column) => labelOf(visit, register, column)), t('act')]}
          rows={entries.map(({ id, cells }) => [
            ...register.columns.map((column) => cellText(visit, register, column, cells[column.id]) || '—'),
            {
              content: (
                <a class="govuk-link" href={`${here}?entry=${id}#entry`}>
                  {t('change')}
                  <span class="govuk-visually-hidden">{` ${cellText(visit, register, { kind: 'text' }, cells[titleOf(register)])}`}</span>
                </a>
              ),
            },
          ])}
          scrollLabel={title}
        />
      )}
      {bodies.length > 0 && <EntryForm visit={visit} register={register} bodies={bodies} entry={entry} body={refused?.body} />}
    </>,
  )
}

const titleOf = ({ columns }: KeptRegister): string => columns.find(({ kind }) => kind === 'text')?.id ?? ''

type FormProps = { visit: Visit; register: KeptRegister; bodies: string[]; entry: KeptEntry | undefined; body: FormBody | undefined }

function EntryForm({ visit, register, bodies, entry, body }: FormProps) {
  const t = texts(visit.language)
  const valueOf = (id: string) => (body ? one(body, id) : String(entry?.cells[id] ?? ''))
  return (
    <Form action={work(visit, `/registers/${register.slug}`)}>
      <h2 class="govuk-heading-m" id="entry">
        {entry ? t('changing') : t('add')}
      </h2>
      {entry && <input type="hidden" name="entry" value={entry.id} />}
      {entry && <input type="hidden" name="before" value={body ? one(body, 'before') : versionOf(entry)} />}
      {register.columns.map((column) => (
        <EntryField visit={visit} register={register} column={column} bodies={bodies} value={valueOf(column.id)} />
      ))}
      {entry && <Input name="reason" label={t('reason')} value={body ? one(body, 'reason') : ''} />}
      <Button name="act" value="save" preventDoubleClick>
        {t('save')}
      </Button>{' '}
      {entry && (
        <Button name="act" value="remove" class="govuk-button--secondary">
          {t('remove')}
        </Button>
      )}
    </Form>
  )
}

type FieldProps = { visit: Visit; register: KeptRegister; column: Column; bodies: string[]; value: string }

function EntryField({ visit, register, column, bodies, value }: FieldProps) {
  const label = labelOf(visit, register, column)
  const { id, kind, choices } = column
  if (kind === 'organization' || kind === 'choice') {
    const options = kind === 'choice' ? choices : bodies
    return (
      <Select
        name={id}
        label={label}
        value={value}
        items={[
          ...(column.isRequired ? [] : [{ value: '', text: '—' }]),
          ...options.map((option) => ({ value: option, text: cellText(visit, register, column, option) })),
        ]}
      />
    )
  }
  return (
    <Input name={id} label={label} value={value} type={kind === 'date' ? 'date' : 'text'} {...(kind === 'number' ? { inputmode: 'decimal' } : {})} />
  )
}

/** `POST /workspace/registers/:slug`: `act` save or remove. */
export async function keptPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const register = await getKeptRegister(context.req.param('slug') ?? '')
  const entry = one(body, 'entry')
  const cells = one(body, 'act') === 'remove' ? null : toCells(register, body)
  try {
    await keepEntry(visit.ctx, register.slug, {
      ...(entry === '' ? {} : { id: entry, before: one(body, 'before') }),
      cells,
      reason: one(body, 'reason'),
    })
  } catch (error) {
    if (error instanceof DomainError && (error.kind === 'invalid' || error.kind === 'conflict')) return show(visit, context, { error, body })
    throw error
  }
  return seeOther(work(visit, `/registers/${register.slug}`))
}

/** Fields left empty are absent; a number that is none stays a text, which the register's schema refuses by name. */
function toCells(register: KeptRegister, body: FormBody): Record<string, Cell> {
  return Object.fromEntries(
    register.columns.flatMap(({ id, kind }): [string, Cell][] => {
      const value = one(body, id).trim()
      if (value === '') return []
      const number = Number(value.replaceAll(/[,，]/g, ''))
      return [[id, kind === 'number' && Number.isFinite(number) ? number : value]]
    }),
  )
}
