// Orders of an upstream system become cases: checked as a whole before any is filed, and filed once however often the file comes.
import { upstreamHashes } from '../cases/free-words.ts'
import { plainLabel } from '../cases/words.ts'
import { getCase } from '../cases/load-case.ts'
import { checkFiling, type Filing, openCase } from '../cases/open-case.ts'
import { shortTexts } from '../cases/new-case.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { isCalendarDate } from '../deadlines/dates.ts'
import { DomainError } from '../errors.ts'
import type { FormField, Language } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import { getProcedure } from '../procedures/packages.ts'
import { getTown, today, type Town } from '../towns/towns.ts'
import type { Layout } from './layouts.ts'
import { findKnown } from './queries.ts'
import type { RawOrder } from './read-orders.ts'

export type OrderState = 'new' | 'filed' | 'known' | 'wrong'
export type OrderResult = {
  line: number
  /** Number of the upstream system. */
  number: string
  received: string
  limit: CalendarDate | null
  state: OrderState
  /** Our number, once there is a case that the actor may read. */
  caseNumber: string | null
  errors: string[]
}
type Input = { procedure: string; layout: Layout; orders: RawOrder[]; language: Language }
type Read = { result: OrderResult; filing: Filing | undefined }

/** What importing would do, row by row; nothing is written. */
export async function previewOrders(ctx: Ctx, input: Input): Promise<OrderResult[]> {
  return (await readAll(ctx, input)).map(({ result }) => result)
}

/**
 * Files every order that is new and without a fault; the others are returned with what is wrong. Safe to repeat: source and number make it one.
 */
export async function importOrders(ctx: Ctx, input: Input): Promise<OrderResult[]> {
  const results: OrderResult[] = []
  for (const { result, filing } of await readAll(ctx, input)) {
    if (result.state !== 'new' || !filing) {
      results.push(result)
      continue
    }
    try {
      const { number } = await openCase(ctx, filing)
      results.push({ ...result, state: 'filed', caseNumber: number })
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      // Somebody imported the same order at the same moment.
      if (error.code === 'case.upstream_known') results.push({ ...result, state: 'known' })
      else results.push({ ...result, state: 'wrong', errors: faultsOf(error, input.language) })
    }
  }
  return results
}

async function readAll(ctx: Ctx, input: Input): Promise<Read[]> {
  const procedure = await getProcedure(ctx, input.procedure)
  const town = await getTown(ctx)
  const read = input.orders.map((order) => readOrder(ctx, procedure, town, input, order))
  const hashes = read.map(({ filing }) => upstreamHashes(ctx, filing?.entry).upstream_number ?? '')
  const known = await findKnown(
    ctx,
    hashes.filter((hash) => hash !== ''),
  )
  const seen = new Set<string>()
  for (const [index, one] of read.entries()) {
    const hash = hashes[index] ?? ''
    const caseId = known.get(hash)
    if (hash !== '' && seen.has(hash)) wrong(one, input.language === 'zh' ? '这个编号在文件里出现了两次' : 'This number stands in the file twice')
    seen.add(hash)
    if (caseId !== undefined) Object.assign(one.result, { state: 'known', caseNumber: await numberOf(ctx, caseId), errors: [] })
    else if (one.filing && one.result.state === 'new')
      await checkFiling(ctx, one.filing).catch((error: unknown) => {
        if (!(error instanceof DomainError) || error.kind === 'forbidden') throw error
        for (const fault of faultsOf(error, input.language)) wrong(one, fault)
      })
  }
  return read
}

function wrong(one: Read, fault: string): void {
  one.result.state = 'wrong'
  one.result.errors.push(fault)
}

const faultsOf = (error: DomainError, language: Language): string[] =>
  error.fields.length > 0 ? error.fields.map((field) => field.message) : [language === 'zh' ? '这一件收不进来' : error.message]

/** The number of a case, for those who may read it. */
async function numberOf(ctx: Ctx, caseId: string): Promise<string | null> {
  try {
    return (await getCase(ctx, { caseId }, 'case.read')).loaded.row.number
  } catch (error) {
    if (error instanceof DomainError) return null
    throw error
  }
}

function readOrder(ctx: Ctx, procedure: Package, town: Town, { layout, language }: Input, { line, cells }: RawOrder): Read {
  const words = wordsOf(language)
  const columns = columnsOf(procedure, layout, cells)
  const number = columns.get('@number') ?? ''
  const received = dayOf(columns.get('@received') ?? '')
  const limit = dayOf(columns.get('@limit') ?? '')
  const errors: string[] = []
  if (number === '' || number.length > 80) errors.push(words.number)
  if (received === undefined && columns.get('@received')) errors.push(words.received)
  if (limit === undefined && columns.get('@limit')) errors.push(words.limit)
  const { data, strange } = dataOf(procedure, town, columns)
  errors.push(...strange.map((label) => `${words.choice}${label}`))
  const result: OrderResult = {
    line,
    number,
    received: columns.get('@received') ?? '',
    limit: limit ?? null,
    state: errors.length > 0 ? 'wrong' : 'new',
    caseNumber: null,
    errors,
  }
  if (number === '') return { result, filing: undefined }
  const filing: Filing = {
    procedure: procedure.slug,
    data,
    language,
    entry: {
      channel: 'upstream',
      receivedOn: received ?? today(ctx),
      upstreamSource: layout.source,
      upstreamNumber: number,
      // The time of day is kept as it was written.
      ...(columns.get('@received') ? { evidence: `${layout.source} ${columns.get('@received')}` } : {}),
      ...(limit === undefined ? {} : { limitOn: limit }),
    },
  }
  return { result, filing }
}

const wordsOf = (language: Language) =>
  language === 'zh'
    ? { number: '缺少工单编号', received: '派单时间不是日期', limit: '办结时限不是日期', choice: '没有这个选项：' }
    : { number: 'The number is missing', received: 'The time received is no date', limit: 'The limit is no date', choice: 'No such choice: ' }

/** Cells by field: through the layout first, then by the id or the label of a field. */
function columnsOf(procedure: Package, layout: Layout, cells: Record<string, string>): Map<string, string> {
  const columns = new Map<string, string>()
  const fields = Object.keys(procedure.forms.get('filing')?.schema.properties ?? {})
  const labels = (name: string) =>
    [shortTexts(procedure, 'zh'), shortTexts(procedure, 'en')].map((texts) => plainLabel(texts[`filing.${name}.label`] ?? ''))
  for (const [header, cell] of Object.entries(cells)) {
    const named = layout.orders.find((column) => column.header === header)?.field
    const field =
      named ??
      (/^@?(number|received|limit)$/.test(header)
        ? `@${header.replace('@', '')}`
        : fields.find((name) => name === header || labels(name).includes(header)))
    if (field !== undefined && cell !== '') columns.set(field, cell)
  }
  return columns
}

/** Form data from cells: choices and places by their id or their name, lists at “、” or “;”. */
function dataOf(procedure: Package, town: Town, columns: Map<string, string>): { data: Record<string, unknown>; strange: string[] } {
  const data: Record<string, unknown> = {}
  const strange: string[] = []
  for (const [name, field] of Object.entries(procedure.forms.get('filing')?.schema.properties ?? {})) {
    const cell = columns.get(name)
    if (cell === undefined) continue
    const value = valueOf(procedure, town, name, field, cell)
    if (value === undefined) strange.push(cell.slice(0, 40))
    else data[name] = value
  }
  return { data, strange }
}

function valueOf(procedure: Package, town: Town, name: string, field: FormField, cell: string): unknown {
  const choices = field.enum ?? field.items?.enum
  const chosen = (text: string) =>
    choices
      ?.map(String)
      .find(
        (choice) => choice === text || (['zh', 'en'] as const).some((tongue) => shortTexts(procedure, tongue)[`filing.${name}.${choice}`] === text),
      )
  if (field.items?.enum) {
    const found = cell.split(/[、;；]/).map((part) => chosen(part.trim()))
    return found.every((one) => one !== undefined) ? found : undefined
  }
  if (field.enum) return chosen(cell)
  if (field['x-register'] === 'villages')
    return [...town.villages.values()].find((village) => village.id === cell || village.name.zh === cell || village.name.en === cell)?.id
  if (field.type === 'boolean') return /^(是|true|yes|1)$/i.test(cell) ? true : /^(否|false|no|0)$/i.test(cell) ? false : undefined
  if (field.type === 'number' || field.type === 'integer') return Number.isFinite(Number(cell)) ? Number(cell) : undefined
  if (field.format === 'date') return dayOf(cell)
  return field.type === 'array' ? undefined : cell
}

/** The day of a date or an instant as people write them; undefined when it is none. */
function dayOf(text: string): CalendarDate | undefined {
  const match = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.exec(text.trim())
  if (!match) return undefined
  const day = `${match[1]}-${match[2]?.padStart(2, '0')}-${match[3]?.padStart(2, '0')}`
  return isCalendarDate(day) ? day : undefined
}
