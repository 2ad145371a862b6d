// Clauses that agreements are made of: those that the product ships, and over them the town's own (register agreement-clauses).
import shipped from '../../../registers/agreement-clauses/entries.json' with { type: 'json' }
import type { LocalName } from './towns.ts'

/** `text` is the wording with `{field}` where the agreement's own data go: fields of the form that chooses it. */
export type Clause = { id: string; name: LocalName; text: LocalName }
type Row = { clause: string; title: string; titleEn: string; text: string; textEn: string; offered?: string }

/** The clauses in use by id. A row of the town replaces the one of the same id, or takes it away (`offered: "no"`). */
export function clausesOf(own: Row[]): ReadonlyMap<string, Clause> {
  const rows = new Map<string, Row>([...shipped, ...own].map((row) => [row.clause, row]))
  return new Map(
    [...rows.values()].flatMap(({ clause: id, title, titleEn, text, textEn, offered }) =>
      offered === 'no' ? [] : [[id, { id, name: { zh: title, en: titleEn }, text: { zh: text, en: textEn } }]],
    ),
  )
}

/** Names of the fields that a clause leaves open. */
export const openFields = ({ text }: Clause): string[] => [...text.zh.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
