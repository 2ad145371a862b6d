// Builds registers/holidays/entries.json from the development dependency chinese-days. Run once a year, then review the difference:
//   node tests/support/holiday-seed.ts > registers/holidays/entries.json
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

type Entry = { date: string; off: boolean; name: string; notice: string; mark: string }
type Notice = { id: string; year: number; title: string; number?: string; issuedOn?: string; amends?: true; sources?: string[]; mark: string }

/** What was read about single notices; a year that is missing here has its usual title only (mark G: title not read). */
const read: Record<string, Partial<Notice>> = {
  2007: { sources: ['http://www.gov.cn/zhengce/content/2008-03/28/content_1761.htm'] },
  2011: { sources: ['http://www.gov.cn/zhengce/content/2010-12/10/content_1423.htm'] },
  2015: { sources: ['http://www.gov.cn/zhengce/content/2014-12/16/content_9302.htm'] },
  2018: { sources: ['http://www.gov.cn/zhengce/content/2017-11/30/content_5243579.htm'] },
  2019: { sources: ['http://www.gov.cn/zhengce/content/2018-12/06/content_5346276.htm'] },
  2020: { sources: ['http://www.gov.cn/zhengce/content/2019-11/21/content_5454164.htm'] },
  2024: { number: '国办发明电〔2023〕7号', issuedOn: '2023-10-25', mark: 'V:W' },
  2025: { number: '国办发明电〔2024〕12号', issuedOn: '2024-11-12', mark: 'V:W' },
  2026: { issuedOn: '2025-11-04', sources: ['https://politics.gmw.cn/2025-11/04/content_38391083.htm'], mark: 'V:W' },
}

/** Later notices that changed a year already announced. */
const amendments: (Notice & { from: string; to: string })[] = [
  {
    id: '2015-2',
    year: 2015,
    title: '国务院关于中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日调休放假的通知',
    amends: true,
    sources: ['http://www.gov.cn/zhengce/content/2015-05/13/content_9742.htm'],
    mark: 'G',
    from: '2015-09-03',
    to: '2015-09-06',
  },
  {
    id: '2019-2',
    year: 2019,
    title: '国务院办公厅关于调整2019年劳动节假期安排的通知',
    amends: true,
    sources: ['http://www.gov.cn/zhengce/content/2019-03/22/content_5375877.htm'],
    mark: 'G',
    from: '2019-04-28',
    to: '2019-05-05',
  },
  {
    id: '2020-2',
    year: 2020,
    title: '国务院办公厅关于延长2020年春节假期的通知',
    amends: true,
    sources: ['http://www.gov.cn/zhengce/content/2020-01/27/content_5472352.htm'],
    mark: 'G',
    from: '2020-01-31',
    to: '2020-02-02',
  },
]

const officialNames: Record<string, string> = { 清明: '清明节', 端午: '端午节', 中秋: '中秋节' }

/** Every rest day and make-up working day of the notices for `first` to `last`, and the notices. */
export function buildHolidaySeed(first = 2007, last = 2026): { notices: Notice[]; entries: Entry[] } {
  const file = createRequire(import.meta.url).resolve('chinese-days/dist/chinese-days.json')
  // The shape of the dependency's own data file: date → "English name,Chinese name,days".
  const data = JSON.parse(readFileSync(file, 'utf8')) as { holidays: Record<string, string>; workdays: Record<string, string> }
  const entries = [...toEntries(data.holidays, true), ...toEntries(data.workdays, false)]
    .filter((entry) => noticeYear(entry) >= first && noticeYear(entry) <= last)
    .toSorted((a, b) => a.date.localeCompare(b.date))
  return { notices: buildNotices(first, last), entries }
}

function toEntries(days: Record<string, string>, off: boolean): Entry[] {
  return Object.entries(days).map(([date, text]) => {
    const name = text.split(',')[1] ?? ''
    return { date, off, name: officialNames[name] ?? name, notice: noticeOf(date), mark: 'V:H' }
  })
}

// A day in December belongs to the next year's notice: only New Year's Day is near.
function noticeOf(date: string): string {
  const amendment = amendments.find((each) => date >= each.from && date <= each.to)
  if (amendment) return amendment.id
  const year = Number(date.slice(0, 4))
  return String(date.slice(5, 7) === '12' ? year + 1 : year)
}

const noticeYear = (entry: Entry) => Number(entry.notice.slice(0, 4))

function buildNotices(first: number, last: number): Notice[] {
  const regular = Array.from({ length: last - first + 1 }, (_, index) => {
    const year = first + index
    return { id: String(year), year, title: `国务院办公厅关于${year}年部分节假日安排的通知`, mark: 'G', ...read[year] }
  })
  const later = amendments.map(({ from: _from, to: _to, ...notice }) => notice)
  return [...regular, ...later].toSorted((a, b) => a.id.localeCompare(b.id))
}

function print({ notices, entries }: ReturnType<typeof buildHolidaySeed>): string {
  const rows = (list: object[]) => list.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
  return `{\n  "notices": [\n${rows(notices)}\n  ],\n  "entries": [\n${rows(entries)}\n  ]\n}\n`
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) process.stdout.write(print(buildHolidaySeed()))
