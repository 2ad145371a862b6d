// Replies to the upstream system: a row for each of its orders, in the columns that it wants.
import { stringify } from 'csv-stringify/sync'
import writeSheet from 'write-excel-file/node'
import { mayInTown } from '../access/rule.ts'
import { upstreamHashes } from '../cases/free-words.ts'
import { viewCase, type CaseView } from '../cases/view.ts'
import { getCase } from '../cases/load-case.ts'
import type { LoadedCase } from '../cases/types.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { DomainError, forbidden } from '../errors.ts'
import { safeCell } from '../exports/safe-cell.ts'
import type { Language } from '../forms/forms.ts'
import type { Layout } from './layouts.ts'
import { selectFromSource } from './queries.ts'

export type ReplyFile = { name: string; mediaType: string; bytes: Buffer; rows: number }

/**
 * Orders of the layout's source that were received or closed from `from` to `to`, as far as the actor may read their cases.
 * @throws `replies.forbidden`, unless a member of the town's own staff asks.
 */
export async function exportReplies(
  ctx: Ctx,
  layout: Layout,
  span: { from: CalendarDate; to: CalendarDate },
  language: Language = 'zh',
): Promise<ReplyFile> {
  if (!mayInTown(ctx.actor, 'replies.export')) throw forbidden('replies.forbidden', 'Only the town’s own staff report to the upstream system.')
  const source = upstreamHashes(ctx, { channel: 'upstream', receivedOn: span.from, upstreamSource: layout.source }).upstream_source ?? ''
  const rows: string[][] = []
  for (const { case_id } of await selectFromSource(ctx, source, span.from, span.to)) {
    const row = await readRow(ctx, case_id, layout, language)
    if (row) rows.push(row)
  }
  return toFile(layout, rows, span)
}

async function readRow(ctx: Ctx, caseId: string, layout: Layout, language: Language): Promise<string[] | undefined> {
  try {
    const { loaded } = await getCase(ctx, { caseId }, 'case.export')
    const view = await viewCase(ctx, { caseId }, language)
    return layout.replies.columns.map(({ value }) => valueOf(value, loaded, view))
  } catch (error) {
    // What the actor may not read is not reported by her.
    if (error instanceof DomainError && (error.kind === 'not_found' || error.kind === 'forbidden')) return undefined
    throw error
  }
}

/** `@…` is of the case; `<Element>.<field>` is what the view shows of a form, in words. */
function valueOf(value: string, { row, content, deadlines }: LoadedCase, view: CaseView): string {
  const upstream = content['_upstream'] ?? {}
  const text = (name: string) => (typeof upstream[name] === 'string' ? upstream[name] : '')
  switch (value) {
    case '@number':
      return text('number')
    case '@received':
      return text('receivedOn')
    case '@limit':
      return text('limitOn')
    case '@case':
      return row.number
    case '@office':
      return view.office
    case '@status':
      return view.status === 'closed' ? view.outcomeText : view.standing.join(' ')
    case '@outcome':
      return view.outcomeText
    case '@answered':
      return view.documents.at(-1)?.issuedOn ?? ''
    case '@late':
      return deadlines.some((deadline) => deadline.binds === 'office' && deadline.missed_at !== null) ? '是' : '否'
    default: {
      const [element, field] = value.split('.')
      const found = view.forms.find((form) => form.element === element)?.fields.find((known) => known.name === field)
      // A file for another system keeps its dates as dates.
      return (found?.field.format === 'date' && typeof found.value === 'string' ? found.value : found?.text) ?? ''
    }
  }
}

async function toFile({ replies }: Layout, rows: string[][], { from, to }: { from: string; to: string }): Promise<ReplyFile> {
  const headers = replies.columns.map(({ header }) => header)
  const name = `replies-${from}-${to}.${replies.format}`
  switch (replies.format) {
    case 'csv':
      // With a byte order mark spreadsheets read it as UTF-8.
      return {
        name,
        mediaType: 'text/csv; charset=utf-8',
        bytes: Buffer.from(`\ufeff${stringify([headers, ...rows].map((row) => row.map(safeCell)))}`),
        rows: rows.length,
      }
    case 'json': {
      const objects = rows.map((row) => Object.fromEntries(headers.map((header, index) => [header, row[index] ?? ''])))
      return { name, mediaType: 'application/json', bytes: Buffer.from(JSON.stringify({ replies: objects }, null, 2)), rows: rows.length }
    }
    case 'xlsx': {
      const cells = [headers, ...rows].map((row) => row.map((value) => ({ value, type: String })))
      return {
        name,
        mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        bytes: await writeSheet(cells).toBuffer(),
        rows: rows.length,
      }
    }
  }
}
