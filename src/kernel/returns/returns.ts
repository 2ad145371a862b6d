// Monthly and yearly returns: which cases a town counts for whom is a row of the register `returns`; every figure passes the suppressor.
import { mayInTown } from '../access/rule.ts'
import type { Ctx } from '../context.ts'
import { forbidden, invalid, notFound } from '../errors.ts'
import { listProcedures } from '../procedures/packages.ts'
import { type Published, suppress } from '../publication/suppress.ts'
import { recordEntries } from '../registers/registers.ts'
import { getTown, type LocalName, today } from '../towns/towns.ts'
import { countCases, type RowKind, selectReturns, type Span } from './queries.ts'

/** `counts`: filed, closed, open, missed, or `event:<name>`. `capability`: only procedures that provide it. */
export type ReturnTemplate = {
  title: LocalName
  period: 'month' | 'year'
  rows: RowKind
  capability?: string
  columns: (LocalName & { counts: string })[]
}
export type NamedTemplate = ReturnTemplate & { id: string }
/** Figures of one period. `rowNames` in the language of each reader, in the order of `figures.rows`. */
export type FilledReturn = { template: NamedTemplate; period: string; span: Span; figures: Published; rowNames: LocalName[] }

function requireOffice(ctx: Ctx): void {
  if (!mayInTown(ctx.actor, 'returns.read')) throw forbidden('returns.staff', 'Returns are for the staff of the town.')
}

/** @throws `returns.staff`. */
export async function listReturns(ctx: Ctx): Promise<NamedTemplate[]> {
  requireOffice(ctx)
  return (await selectReturns<ReturnTemplate>(ctx)).map(({ id, data }) => ({ ...data, id }))
}

/** Adds a template or a new version of it; `undefined` retires it. @throws `returns.staff`, `returns.id`, `register.invalid`. */
export async function recordReturn(ctx: Ctx, id: string, template: ReturnTemplate | undefined, reason: string): Promise<void> {
  if (!mayInTown(ctx.actor, 'returns.keep')) throw forbidden('returns.staff', 'Only the IT administrator and the supervisor change what is counted.')
  if (!/^[a-z][a-z0-9-]{1,60}$/.test(id))
    throw invalid('returns.id', '编号用小写字母、数字和短横线', [{ pointer: '/id', code: 'pattern', message: '编号用小写字母、数字和短横线' }])
  await recordEntries(ctx, 'returns', [{ id, data: template ?? null }], reason)
}

/** The first and last day of `2026-03` or `2026`. @throws `returns.period`: unreadable, of the other kind, or not begun. */
export function spanOf(ctx: Ctx, kind: ReturnTemplate['period'], period: string): Span {
  const [, year = '', month] = /^(\d{4})(?:-(0[1-9]|1[0-2]))?$/.exec(period) ?? []
  const message = kind === 'month' ? '请填写年月，例如 2026-03，不能晚于本月' : '请填写年份，例如 2026，不能晚于今年'
  const wrong = () => invalid('returns.period', message, [{ pointer: '/period', code: 'period', message }])
  if (year === '' || (kind === 'month') !== (month !== undefined)) throw wrong()
  const last = month === undefined ? 31 : new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  const span = { from: `${year}-${month ?? '01'}-01`, to: `${year}-${month ?? '12'}-${String(last).padStart(2, '0')}` }
  if (span.from > today(ctx)) throw wrong()
  return span
}

/** One return is not there for whoever may not read returns. @throws `returns.not_found`, `returns.period`. */
export async function fillReturn(ctx: Ctx, id: string, period: string): Promise<FilledReturn> {
  const [entry] = mayInTown(ctx.actor, 'returns.read') ? await selectReturns<ReturnTemplate>(ctx, id) : []
  if (!entry) throw notFound('returns.not_found', `There is no return “${id}”.`)
  const template = { ...entry.data, id }
  const span = spanOf(ctx, template.period, period)
  const all = await listProcedures(ctx)
  const { capability } = template
  const procedures =
    capability === undefined ? undefined : all.filter((known) => known.manifest.provides.includes(capability)).map((known) => known.slug)
  const counts = [...new Set(template.columns.map((column) => column.counts))]
  const found = await countCases(ctx, template.rows, counts, procedures, span)
  const rows = [...new Set(found.map((count) => count.row))].toSorted((a, b) => (a < b ? -1 : 1))
  const of = (row: string, what: string) => found.find((count) => count.row === row && count.counts === what)?.count ?? 0
  const figures = suppress(
    rows,
    template.columns.map((column) => column.counts),
    rows.map((row) => template.columns.map((column) => of(row, column.counts))),
  )
  const { organizations } = await getTown(ctx)
  const nameOf = (row: string): LocalName => {
    if (template.rows === 'office') return organizations.get(row)?.name ?? { zh: row || '（未分办）', en: row || '(not assigned)' }
    const [slug = '', outcome] = row.split('.')
    const procedure = all.find((known) => known.slug === slug)
    const say = (language: 'zh' | 'en') => {
      const title = procedure?.texts[language][`${slug}.title`] ?? slug
      if (outcome === undefined) return title
      const end = outcome === 'open' ? { zh: '正在办', en: 'open' }[language] : (procedure?.texts[language][`${slug}.outcome.${outcome}`] ?? outcome)
      return language === 'zh' ? `${title}：${end}` : `${title}: ${end}`
    }
    return { zh: say('zh'), en: say('en') }
  }
  return { template, period, span, figures, rowNames: rows.map(nameOf) }
}
