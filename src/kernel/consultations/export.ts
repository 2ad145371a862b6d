// All opinions of a consultation as a table: what anyone may read, so officers and residents get the same file.
import { stringify } from 'csv-stringify/sync'
import writeExcel from 'write-excel-file/node'
import type { Ctx } from '../context.ts'
import { safeCell } from '../exports/safe-cell.ts'
import { inTenant } from '../database/database.ts'
import type { Language } from '../forms/forms.ts'
import { selectOpinions } from './opinion-queries.ts'
import { getConsultation, viewConsultation } from './read.ts'
import type { PublicOpinion } from './types.ts'

const mostRows = 200_000

const heads: Record<Language, string[]> = {
  zh: ['序号', '草案段落', '收到日期', '意见', '公开情况', '归入', '采纳情况', '答复'],
  en: ['No.', 'Paragraph', 'Received', 'Opinion', 'Standing', 'Group', 'Result', 'Answer'],
}
const words: Record<Language, Record<string, string>> = {
  zh: { shown: '已公开', held: '等待核看', withheld: '未公开', adopted: '采纳', partly: '部分采纳', 'not-adopted': '未采纳', noted: '已说明' },
  en: {},
}

async function readAll(ctx: Ctx, number: string): Promise<PublicOpinion[]> {
  const { consultation_id } = await getConsultation(ctx, number)
  return inTenant(ctx.db, ctx.tenant, (trx) => selectOpinions(trx, ctx.tenant, consultation_id, {}, { limit: mostRows, offset: 0 }))
}

const cellsOf = (opinion: PublicOpinion, language: Language): (string | number)[] => [
  opinion.number,
  opinion.paragraph ?? '',
  opinion.received_on,
  opinion.words ?? '',
  words[language][opinion.status] ?? opinion.status,
  opinion.group_title ?? '',
  words[language][opinion.result ?? ''] ?? opinion.result ?? '',
  opinion.answer ?? '',
]

/** RFC 4180, UTF-8 with a byte order mark, as spreadsheets in China expect it. */
export async function exportCsv(ctx: Ctx, number: string, language: Language): Promise<string> {
  const rows = await readAll(ctx, number)
  return stringify([heads[language], ...rows.map((row) => cellsOf(row, language).map(safeCell))], { bom: true, record_delimiter: 'windows' })
}

export async function exportXlsx(ctx: Ctx, number: string, language: Language): Promise<Buffer> {
  const rows = await readAll(ctx, number)
  const head = heads[language].map((value) => ({ value, fontWeight: 'bold' as const }))
  const data = rows.map((row) =>
    cellsOf(row, language).map((value) => (typeof value === 'number' ? { type: Number, value } : { type: String, value })),
  )
  return writeExcel([head, ...data], { columns: [6, 10, 12, 60, 10, 30, 10, 60].map((width) => ({ width })) }).toBuffer()
}

/** Draft, opinions and answers as data: the machine-readable form of the public pages. */
export async function exportJson(ctx: Ctx, number: string): Promise<Record<string, unknown>> {
  const view = await viewConsultation(ctx, number)
  const rows = await readAll(ctx, number)
  return {
    number: view.number,
    title: view.title,
    notes: view.notes,
    opensOn: view.opens_on,
    closesOn: view.closes_on,
    isOpen: view.isOpen,
    ...(view.shorter_because === null ? {} : { shorterBecause: view.shorter_because }),
    paragraphs: view.paragraphs.map((one) => ({ ...one, opinions: view.counts.get(one.number) ?? 0 })),
    opinions: rows.map((row) => ({
      number: row.number,
      paragraph: row.paragraph,
      receivedOn: row.received_on,
      status: row.status,
      rule: row.rule,
      words: row.words,
      group: row.group_title,
      result: row.result,
      answer: row.answer,
    })),
  }
}
