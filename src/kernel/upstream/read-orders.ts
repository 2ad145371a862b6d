// Files of orders as an upstream system gives them: CSV (UTF-8 or GB 18030), XLSX or JSON. What they say is not judged here.
import { parse } from 'csv-parse/sync'
import { readSheet } from 'read-excel-file/node'
import { DomainError, invalid } from '../errors.ts'

/** A row by the headers of its columns; `line` counts from 1 and includes the line of headers, as a spreadsheet shows it. */
export type RawOrder = { line: number; cells: Record<string, string> }

export const mostOrders = 500

/** @throws `orders.unreadable`, `orders.empty`, `orders.too_many`. */
export async function readOrders(file: { name: string; bytes: Buffer }): Promise<RawOrder[]> {
  const rows = await readRows(file).catch((cause: unknown) => {
    throw new DomainError('invalid', 'orders.unreadable', 'This file cannot be read as CSV, XLSX or JSON.', {
      fields: [field('这个文件读不出来。请用CSV、XLSX或者JSON格式。')],
      cause,
    })
  })
  if (rows.length === 0) throw invalid('orders.empty', 'The file holds no order.', [field('文件里没有工单')])
  if (rows.length > mostOrders)
    throw invalid('orders.too_many', `At most ${mostOrders} orders at once.`, [field(`一次最多${mostOrders}件，请分几次导入`)])
  return rows
}

const field = (message: string) => ({ pointer: '/file', code: 'file', message })

async function readRows({ name, bytes }: { name: string; bytes: Buffer }): Promise<RawOrder[]> {
  // XLSX is a ZIP file.
  if (bytes.subarray(0, 2).toString('latin1') === 'PK') return toOrders(await readSheet(bytes))
  const text = decodeText(bytes)
  if (/\.json$/i.test(name) || /^\s*[[{]/.test(text)) return fromJson(JSON.parse(text))
  return toOrders(parse(text, { bom: true, relax_column_count: true, skip_empty_lines: false, trim: true, delimiter: [',', '\t', ';'] }))
}

/** Spreadsheets in Chinese offices save text as GB 18030 unless told otherwise. */
function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030', { fatal: true }).decode(bytes)
  }
}

function toOrders([head = [], ...rows]: unknown[][]): RawOrder[] {
  const headers = head.map(cellText)
  return rows.flatMap((row, index): RawOrder[] => {
    const cells = Object.fromEntries(headers.flatMap((header, column) => (header === '' ? [] : [[header, cellText(row[column])]])))
    return Object.values(cells).every((value) => value === '') ? [] : [{ line: index + 2, cells }]
  })
}

function fromJson(value: unknown): RawOrder[] {
  const list = Array.isArray(value) ? value : value !== null && typeof value === 'object' && 'orders' in value ? value.orders : undefined
  if (!Array.isArray(list)) throw new Error('no list of orders')
  return list.map((one: unknown, index) => {
    if (one === null || typeof one !== 'object' || Array.isArray(one)) throw new Error('an order is an object')
    return { line: index + 1, cells: Object.fromEntries(Object.entries(one).map(([name, cell]) => [name, cellText(cell)])) }
  })
}

/** A date of a spreadsheet has no zone: its digits are the town's. It is a fraction of days, so a second is the finest that can be meant. */
function cellText(value: unknown): string {
  if (value instanceof Date)
    return new Date(Math.round(value.getTime() / 1000) * 1000).toISOString().slice(0, 19).replace('T', ' ').replace(' 00:00:00', '')
  return typeof value === 'string' ? value.trim() : typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}
