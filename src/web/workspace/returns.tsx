// Monthly and yearly returns: choose one and a period, read it, take it as a workbook. Who may, changes what is counted.
import { mayInTown } from '#kernel/access/rule.ts'
import { DomainError } from '#kernel/errors.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import { smallestShown } from '#kernel/publication/suppress.ts'
import { fillReturn, listReturns, type NamedTemplate, recordReturn } from '#kernel/returns/returns.ts'
import { toWorkbook } from '#kernel/returns/returns-xlsx.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Select } from '#ui/components/select.tsx'
import { Table } from '#ui/components/table.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { one, readPost, work, workPage } from './frame.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'
import { Refusal } from './grouped-fields.tsx'
import { returnsTexts as texts } from './returns-texts.ts'

/** `GET /returns` */
export const returnsPage = (visit: Visit, context: HttpContext): Promise<Response> => showList(visit, context, {})

type State = { error?: DomainError; values?: Record<string, string> }

/** `POST /returns`: a template is added, changed or retired. */
export async function returnsPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const text = (name: string) => one(body, name).trim()
  const names = ['id', 'zh', 'en', 'period', 'rows', 'capability', 'columns', 'reason']
  const values = Object.fromEntries(names.map((name) => [name, text(name)]))
  try {
    if (text('act') === 'retire') await recordReturn(visit.ctx, text('id'), undefined, text('reason') || '停用')
    else
      await recordReturn(
        visit.ctx,
        text('id'),
        {
          title: { zh: text('zh'), en: text('en') },
          period: text('period') === 'year' ? 'year' : 'month',
          rows: text('rows') === 'office' ? 'office' : text('rows') === 'outcome' ? 'outcome' : 'procedure',
          ...(text('capability') === '' ? {} : { capability: text('capability') }),
          columns: text('columns')
            .split(/\r?\n/)
            .filter((line) => line.trim() !== '')
            .map((line) => {
              const [zh = '', en = '', counts = ''] = line.split(/[|｜]/).map((part) => part.trim())
              return { zh, en, counts }
            }),
        },
        text('reason') || '新增或者修改',
      )
    return seeOther(work(visit, '/returns'))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return showList(visit, context, { error, values })
  }
}

async function showList(visit: Visit, context: HttpContext, { error, values = {} }: State): Promise<Response> {
  const t = texts(visit.language)
  const templates = await listReturns(visit.ctx)
  const now = today(visit.ctx)
  return workPage(
    visit,
    context,
    { title: t('title'), active: 'returns', path: work(visit, '/returns'), ...(error ? { status: refusalStatus(error), hasErrors: true } : {}) },
    <>
      {error && <Refusal error={error} language={visit.language} />}
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body">{t('lead', { smallest: smallestShown })}</p>
      {templates.length === 0 && <p class="xl-empty">{t('none')}</p>}
      {templates.map((template) => (
        <section class="xl-message">
          <h2 class="govuk-heading-s">{template.title[visit.language]}</h2>
          <p class="govuk-body-s">{template.columns.map((column) => column[visit.language]).join(visit.language === 'zh' ? '、' : ', ')}</p>
          <form action={work(visit, `/returns/${template.id}`)} method="get">
            <Input
              name="period"
              id={`period-${template.id}`}
              label={t(template.period)}
              value={template.period === 'month' ? now.slice(0, 7) : now.slice(0, 4)}
              class="govuk-input--width-10"
            />
            <Button class="govuk-button--secondary govuk-!-margin-bottom-0">{t('open')}</Button>
          </form>
        </section>
      ))}
      {mayInTown(visit.ctx.actor, 'returns.keep') && (
        <Keep visit={visit} templates={templates} capabilities={await capabilitiesOf(visit)} values={values} isOpen={Boolean(error)} />
      )}
    </>,
  )
}

const capabilitiesOf = async (visit: Visit): Promise<string[]> =>
  [...new Set((await listProcedures(visit.ctx)).flatMap((procedure) => procedure.manifest.provides))].toSorted((a, b) => (a < b ? -1 : 1))

type KeepProps = { visit: Visit; templates: NamedTemplate[]; capabilities: string[]; values: Record<string, string>; isOpen: boolean }

function Keep({ visit, templates, capabilities, values, isOpen }: KeepProps) {
  const t = texts(visit.language)
  return (
    <>
      <Details summary={t('add')} open={isOpen}>
        <Form action={work(visit, '/returns')}>
          <Input name="id" label={t('id')} hint={t('idHint')} value={values['id'] ?? ''} class="govuk-input--width-20" />
          <Input name="zh" label={t('nameZh')} value={values['zh'] ?? ''} />
          <Input name="en" label={t('nameEn')} value={values['en'] ?? ''} />
          <Select
            name="period"
            id="new-period"
            label={t('how')}
            value={values['period'] ?? 'month'}
            items={[
              { value: 'month', text: t('monthly') },
              { value: 'year', text: t('yearly') },
            ]}
          />
          <Select
            name="rows"
            label={t('rows')}
            value={values['rows'] ?? 'procedure'}
            items={(['procedure', 'office', 'outcome'] as const).map((value) => ({ value, text: t(`rows.${value}`) }))}
          />
          <Select
            name="capability"
            label={t('capability')}
            value={values['capability'] ?? ''}
            items={[{ value: '', text: t('everything') }, ...capabilities.map((value) => ({ value, text: value }))]}
          />
          <Textarea name="columns" label={t('columns')} hint={t('columnsHint')} rows={5} value={values['columns'] ?? ''} />
          <Input name="reason" label={t('reason')} value={values['reason'] ?? ''} />
          <Button name="act" value="keep">
            {t('save')}
          </Button>
        </Form>
      </Details>
      {templates.length > 0 && (
        <Details summary={t('retire')}>
          <Form action={work(visit, '/returns')}>
            <Select
              name="id"
              id="retire-id"
              label={t('which')}
              items={templates.map(({ id, title }) => ({ value: id, text: title[visit.language] }))}
            />
            <Input name="reason" id="retire-reason" label={t('reason')} />
            <Button name="act" value="retire" class="govuk-button--secondary">
              {t('retire')}
            </Button>
          </Form>
        </Details>
      )}
    </>
  )
}

/** `GET /returns/:id?period=`: the figures on a page. */
export async function returnPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = texts(visit.language)
  const id = context.req.param('id') ?? ''
  const period = context.req.query('period') ?? ''
  const filled = await fillReturn(visit.ctx, id, period).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === 'returns.period') return error
    throw error
  })
  if (filled instanceof DomainError) return showList(visit, context, { error: filled })
  const { template, span, figures, rowNames } = filled
  const show = (count: number | null | undefined) => ({
    content: count === null || count === undefined ? t('hidden') : String(count),
    format: 'numeric',
  })
  const title = template.title[visit.language]
  return workPage(
    visit,
    context,
    { title, active: 'returns', before: <BackLink href={work(visit, '/returns')}>{t('back')}</BackLink> },
    <>
      <h1 class="govuk-heading-l">{title}</h1>
      <p class="govuk-body">
        {span.from} — {span.to}
      </p>
      {rowNames.length === 0 ? (
        <p class="xl-empty">{t('nothing')}</p>
      ) : (
        <Table
          class="xl-table--dense"
          head={[t(`row.${template.rows}`), ...template.columns.map((column) => ({ content: column[visit.language], format: 'numeric' }))]}
          rows={[
            ...rowNames.map((name, row) => [name[visit.language], ...(figures.cells[row] ?? []).map(show)]),
            [t('total'), ...figures.columnTotals.map(show)],
          ]}
          firstCellIsHeader
          scrollLabel={title}
        />
      )}
      <p class="govuk-hint">{t('note', { smallest: smallestShown })}</p>
      <p class="govuk-body">
        <a class="govuk-link" href={work(visit, `/returns/${id}/file.xlsx?period=${encodeURIComponent(period)}`)} data-turbo="false">
          {t('workbook')}
        </a>
      </p>
    </>,
  )
}

/** `GET /returns/:id/file.xlsx?period=` */
export async function returnFile(visit: Visit, context: HttpContext): Promise<Response> {
  const filled = await fillReturn(visit.ctx, context.req.param('id') ?? '', context.req.query('period') ?? '')
  const bytes = await toWorkbook(filled, visit.language)
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'content-disposition': `attachment; filename="${filled.template.id}-${filled.period}.xlsx"`,
      'cache-control': 'no-store',
    },
  })
}
