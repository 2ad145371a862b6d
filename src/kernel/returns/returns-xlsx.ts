// A return as a workbook of Office Open XML, as upper levels ask for it.
import writeExcel from 'write-excel-file/node'
import type { Language } from '../forms/forms.ts'
import { smallestShown } from '../publication/suppress.ts'
import type { FilledReturn } from './returns.ts'

const words = {
  zh: {
    row: { procedure: '事项', office: '单位', outcome: '结果' },
    total: '合计',
    hidden: '不公布',
    note: `少于${smallestShown}件的数字不列出；为了不让人倒推，有的邻近数字也不列出。`,
  },
  en: {
    row: { procedure: 'Matter', office: 'Office', outcome: 'Result' },
    total: 'Total',
    hidden: 'not shown',
    note: `Figures under ${smallestShown} are not given; some others are withheld with them so that they cannot be computed back.`,
  },
}

/** Title, period, head, rows, totals of columns, note. Figures are numbers, so that they can be added up elsewhere. */
export async function toWorkbook({ template, span, figures, rowNames }: FilledReturn, language: Language): Promise<Buffer> {
  const say = words[language]
  const number = (count: number | null | undefined) =>
    count === null || count === undefined ? { value: say.hidden, align: 'right' as const } : { value: count, type: Number, align: 'right' as const }
  const bold = (value: string) => ({ value, fontWeight: 'bold' as const, wrap: true })
  const sheet = [
    [{ value: template.title[language], fontWeight: 'bold' as const, fontSize: 14 }],
    [{ value: `${span.from} — ${span.to}` }],
    [bold(say.row[template.rows]), ...template.columns.map((column) => bold(column[language]))],
    ...rowNames.map((name, row) => [{ value: name[language], wrap: true }, ...(figures.cells[row] ?? []).map(number)]),
    [bold(say.total), ...figures.columnTotals.map(number)],
    [{ value: say.note }],
  ]
  const options = { columns: [{ width: 44 }, ...template.columns.map(() => ({ width: 14 }))], sheet: template.id.slice(0, 31), stickyRowsCount: 3 }
  return writeExcel(sheet, options).toBuffer()
}
