// Where the data of each public page is: one table, so that no page is forgotten (tests/public-pages.test.ts walks them all).
import type { Visit } from '#http/visit.ts'

/** A link with `rel=alternate` (HTML, RFC 8288): the same content in another form. `type`: its media type. */
export type DataLink = { href: string; type: string; title: string }

const types = {
  json: 'application/json',
  csv: 'text/csv',
  atom: 'application/atom+xml',
  ics: 'text/calendar',
  text: 'text/plain',
  zip: 'application/zip',
}
const titles = { json: 'JSON', csv: 'CSV', atom: 'Atom', ics: 'iCalendar', text: 'C2SP', zip: 'ZIP' }
type Kind = keyof typeof types

/** Pattern of a page's path below the town, and its data; `$1` and `$2` stand for what the pattern caught. */
const table: readonly (readonly [RegExp, ...(readonly [Kind, string])[]])[] = [
  [/^(?:\/matters|\/assistance|\/procedures|\/open\/guide)?$/, ['json', '/api/v1/procedures']],
  [/^\/matters\/([a-z0-9-]+)$/, ['json', '/api/v1/procedures/$1']],
  [/^\/procedures\/([a-z0-9-]+)$/, ['json', '/api/v1/procedures/$1'], ['zip', '/procedures/$1/package.zip']],
  [/^\/(opening|reception|promises)$/, ['json', '/data/$1.json']],
  [/^\/figures$/, ['json', '/data/figures.json']],
  [/^\/figures\/requests$/, ['json', '/data/requests.json']],
  [/^\/figures\/([a-z0-9-]+)$/, ['json', '/figures/$1/data.json']],
  [/^\/integrity$/, ['text', '/ledger/checkpoint'], ['json', '/ledger/status']],
  [/^\/dates$/, ['ics', '/dates.ics'], ['atom', '/dates.atom'], ['json', '/dates.json']],
  [/^\/votes$/, ['json', '/data/votes.json']],
  [/^\/votes\/([0-9a-f-]{36})$/, ['json', '/votes/$1/data.json']],
  [/^\/requests$/, ['json', '/requests.json'], ['atom', '/requests.atom']],
  [/^\/requests\/([A-Za-z0-9-]+)$/, ['json', '/requests/$1.json']],
  [/^\/consultations$/, ['json', '/data/consultations.json'], ['atom', '/consultations.atom'], ['ics', '/consultations.ics']],
  [/^\/consultations\/([A-Za-z0-9-]+)(?:\/opinions)?$/, ['json', '/consultations/$1/opinions.json'], ['csv', '/consultations/$1/opinions.csv']],
  [/^\/open$/, ['json', '/open/items.json'], ['atom', '/open/feed.xml']],
  [/^\/open\/report$/, ['json', '/data/report.json']],
  [/^\/open\/items\/([A-Za-z0-9-]+)$/, ['json', '/open/items/$1/data.json']],
  [/^\/villages$/, ['json', '/data/villages.json']],
  [/^\/villages\/([a-z0-9-]+)$/, ['json', '/villages/$1/data.json']],
  [/^\/registers$/, ['json', '/data/registers.json']],
  [/^\/registers\/([a-z-]+)$/, ['json', '/registers/$1/entries.json'], ['csv', '/registers/$1/entries.csv']],
]

/** The data of the page at `path`. What the page was asked for (a year, words) the data are asked for too. */
export function dataLinksOf(visit: Pick<Visit, 'base'>, path: string, query = ''): DataLink[] {
  for (const [pattern, ...forms] of table) {
    const found = pattern.exec(path)
    if (!found) continue
    return forms.map(([kind, address]) => ({
      href: `${visit.base}${address.replace('$1', () => found[1] ?? '')}${query === '' || kind === 'zip' ? '' : `?${query}`}`,
      type: types[kind],
      title: titles[kind],
    }))
  }
  return []
}
