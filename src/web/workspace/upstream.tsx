// Orders of an upstream system: a file is read and shown row by row before anything is filed; replies go back in the layout that system wants.
import { checkFiler } from '#kernel/cases/open-case.ts'
import { isCalendarDate } from '#kernel/deadlines/dates.ts'
import { addDays } from '#kernel/deadlines/dates.ts'
import { type DomainError, invalid } from '#kernel/errors.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import { getLayout, type Layout, listLayouts } from '#kernel/upstream/layouts.ts'
import { importOrders, type OrderResult, previewOrders } from '#kernel/upstream/orders.ts'
import { type RawOrder, readOrders } from '#kernel/upstream/read-orders.ts'
import { exportReplies } from '#kernel/upstream/replies.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { FileUpload } from '#ui/components/file-upload.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Select } from '#ui/components/select.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag, type TagColour } from '#ui/components/tag.tsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'
import { upstreamTexts } from './upstream-texts.ts'

type State = { results?: OrderResult[]; orders?: RawOrder[]; chosen?: { procedure: string; layout: string }; isDone?: boolean; error?: DomainError }

const largest = 5 * 1024 * 1024

/** `GET /workspace/upstream` */
export const upstreamPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, {})

/** `POST /workspace/upstream`: `_act` is preview (with a file) or import (with the rows that were shown). */
export async function upstreamPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const chosen = { procedure: one(body, 'procedure'), layout: one(body, 'layout') }
  try {
    const layout = await getLayout(visit.ctx, chosen.layout)
    const isImport = one(body, '_act') === 'import'
    const orders = isImport ? sentOrders(one(body, 'orders')) : await readOrders(await fileOf(body))
    const input = { procedure: chosen.procedure, layout, orders, language: visit.language }
    const results = isImport ? await importOrders(visit.ctx, input) : await previewOrders(visit.ctx, input)
    return await show(visit, context, { results, orders, chosen, isDone: isImport })
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, { error, chosen })
  }
}

/** `GET /workspace/upstream/replies?layout=&from=&to=` */
export async function repliesFile(visit: Visit, context: HttpContext): Promise<Response> {
  const to = context.req.query('to') ?? ''
  const from = context.req.query('from') ?? ''
  try {
    if (!isCalendarDate(from) || !isCalendarDate(to) || from > to)
      throw invalid('replies.span', 'Give two dates.', [{ pointer: '/from', code: 'date', message: '请填写起止日期，例如 2026-03-01' }])
    const layout = await getLayout(visit.ctx, context.req.query('layout') ?? '')
    const { bytes, mediaType, name } = await exportReplies(visit.ctx, layout, { from, to }, visit.language)
    const headers = { 'content-type': mediaType, 'content-disposition': `attachment; filename="${name}"`, 'cache-control': 'no-store' }
    return new Response(new Uint8Array(bytes), { headers })
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, { error })
  }
}

async function fileOf(body: FormBody): Promise<{ name: string; bytes: Buffer }> {
  const file = [body['file'] ?? []].flat().find((item) => typeof item !== 'string')
  if (!file || typeof file === 'string' || file.size === 0 || file.size > largest)
    throw invalid('orders.file', 'Choose a file of at most 5 MB.', [{ pointer: '/file', code: 'file', message: '请选择工单文件，不超过5MB' }])
  return { name: file.name, bytes: Buffer.from(await file.arrayBuffer()) }
}

/** The rows that the page itself put into the form. */
function sentOrders(text: string): RawOrder[] {
  const value: unknown = JSON.parse(text === '' ? '[]' : text)
  if (!Array.isArray(value)) return []
  return value.flatMap((row: unknown): RawOrder[] => {
    if (row === null || typeof row !== 'object' || !('line' in row) || !('cells' in row)) return []
    const { line, cells } = row
    if (typeof line !== 'number' || cells === null || typeof cells !== 'object') return []
    return [{ line, cells: Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, String(cell)])) }]
  })
}

/** Procedures whose cases may come as orders: those that take service requests and that this member of staff may enter. */
async function listTaken(visit: Visit): Promise<Package[]> {
  const all = (await listProcedures(visit.ctx)).filter((procedure) => procedure.manifest.serviceRequest !== undefined)
  return all.filter((procedure) => mayEnter(visit, procedure))
}

function mayEnter(visit: Visit, procedure: Package): boolean {
  try {
    checkFiler(visit.ctx, procedure, { channel: 'upstream', receivedOn: today(visit.ctx) })
    return true
  } catch (error) {
    if (isRefusal(error)) return false
    throw error
  }
}

async function show(visit: Visit, context: HttpContext, state: State): Promise<Response> {
  const t = upstreamTexts(visit.language)
  const layouts = await listLayouts(visit.ctx)
  return workPage(
    visit,
    context,
    {
      title: t('title'),
      active: 'upstream',
      path: work(visit, '/upstream'),
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <>
      {state.error && <Refusal error={state.error} language={visit.language} />}
      {state.isDone && <NotificationBanner type="success" text={t('done', { n: count(state, 'filed'), known: count(state, 'known') })} />}
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body">{t('lead')}</p>
      {state.results && <Results visit={visit} state={state} />}
      <h2 class="govuk-heading-m">{t('import')}</h2>
      <ImportForm visit={visit} layouts={layouts} procedures={await listTaken(visit)} state={state} />
      <h2 class="govuk-heading-m">{t('replies')}</h2>
      <RepliesForm visit={visit} layouts={layouts} />
    </>,
  )
}

const count = ({ results = [] }: State, state: OrderResult['state']) => results.filter((row) => row.state === state).length

function ImportForm({ visit, layouts, procedures, state }: { visit: Visit; layouts: Layout[]; procedures: Package[]; state: State }) {
  const t = upstreamTexts(visit.language)
  return (
    <Form action={work(visit, '/upstream')} hasFiles>
      <Select
        name="procedure"
        id="procedure"
        label={t('procedure')}
        {...(state.chosen ? { value: state.chosen.procedure } : {})}
        items={procedures.map(({ slug, texts }) => ({ value: slug, text: texts[visit.language][`${slug}.title`] ?? slug }))}
      />
      <LayoutChoice visit={visit} layouts={layouts} {...(state.chosen ? { value: state.chosen.layout } : {})} id="layout" />
      <FileUpload name="file" id="file" label={t('file')} hint={t('fileHint')} />
      <Button name="_act" value="preview">
        {t('preview')}
      </Button>
    </Form>
  )
}

function LayoutChoice({ visit, layouts, value, id }: { visit: Visit; layouts: Layout[]; value?: string; id: string }) {
  const t = upstreamTexts(visit.language)
  return (
    <Select
      name="layout"
      id={id}
      label={t('layout')}
      {...(value === undefined ? {} : { value })}
      items={layouts.map((layout) => ({ value: layout.id, text: `${layout.title}（${layout.source}）` }))}
    />
  )
}

function RepliesForm({ visit, layouts }: { visit: Visit; layouts: Layout[] }) {
  const t = upstreamTexts(visit.language)
  const now = today(visit.ctx)
  return (
    <Form action={work(visit, '/upstream/replies')} method="get" attributes={{ 'data-turbo': 'false' }}>
      <LayoutChoice visit={visit} layouts={layouts} id="reply-layout" />
      <Input name="from" id="from" label={t('from')} value={addDays(now, -30)} class="govuk-input--width-10" />
      <Input name="to" id="to" label={t('to')} value={now} class="govuk-input--width-10" />
      <Button class="govuk-button--secondary">{t('download')}</Button>
    </Form>
  )
}

const colours: Record<OrderResult['state'], TagColour> = { new: 'blue', filed: 'green', known: 'grey', wrong: 'red' }

function Results({ visit, state }: { visit: Visit; state: State }) {
  const t = upstreamTexts(visit.language)
  const { results = [], orders = [], chosen } = state
  const fresh = count(state, 'new')
  return (
    <>
      <h2 class="govuk-heading-m">{t('rows', { n: results.length, fresh, known: count(state, 'known'), wrong: count(state, 'wrong') })}</h2>
      <Table
        class="xl-table--dense"
        scrollLabel={t('title')}
        head={[t('line'), t('number'), t('received'), t('limit'), t('state'), t('note')]}
        rows={results.map((row) => [
          { content: String(row.line) },
          { content: row.number },
          { content: row.received },
          { content: row.limit ?? '' },
          { content: <Tag colour={colours[row.state]}>{t(`state.${row.state}`)}</Tag> },
          {
            content: row.caseNumber ? (
              <a class="govuk-link" href={work(visit, `/cases/${row.caseNumber}`)}>
                {row.caseNumber}
              </a>
            ) : (
              row.errors.join(visit.language === 'zh' ? '；' : '; ')
            ),
          },
        ])}
      />
      {!state.isDone && fresh > 0 && (
        <Form action={work(visit, '/upstream')}>
          <input type="hidden" name="procedure" value={chosen?.procedure ?? ''} />
          <input type="hidden" name="layout" value={chosen?.layout ?? ''} />
          <input type="hidden" name="orders" value={JSON.stringify(orders)} />
          <Button name="_act" value="import" preventDoubleClick>
            {t('confirm', { n: fresh })}
          </Button>
        </Form>
      )}
    </>
  )
}
