// A case's receipt on A4, in large print: what was filed, what was promised, how far the record is, how to check it.
import { formatDate } from '#ui/components/deadline-card.tsx'
import { fill } from '#ui/texts.ts'
import type { CaseView } from '#kernel/cases/view.ts'
import { dateIn } from '#kernel/clock.ts'
import { qrSvg } from '#kernel/documents/qr.ts'
import type { JsonValue } from '#kernel/documents/renderer.ts'
import { parseCheckpoint } from '#kernel/ledger/checkpoint.ts'
import { leafCommitment, parseLeaf } from '#kernel/ledger/leaf.ts'
import { toBase64 } from '#kernel/ledger/bytes.ts'
import { parseNote } from '#kernel/ledger/note.ts'
import { parsePromise } from '#kernel/ledger/promise.ts'
import { parseProof } from '#kernel/ledger/proof.ts'
import type { Receipt } from '#kernel/ledger/receipt.ts'
import type { Visit } from '#http/visit.ts'
import { receiptTexts } from './receipt-texts.ts'
import { trackUrl } from './slip.ts'
import { citation, formatInstant, markText } from './words.ts'

/**
 * How far a filing is on its way into the record: promised, in the signed tree, cosigned. `witnesses` counts the
 * signatures beside the log's own; who they are is for the checker to decide, not for us.
 */
export type ReceiptState = {
  origin: string
  time: Date
  includeBy: Date
  /** What the leaf commits to, base 64: the fingerprint. */
  fingerprint: string
  place: { index: number; size: number } | undefined
  witnesses: number
}

export function receiptState({ leaf, promise, proof }: Receipt): ReceiptState {
  const { origin, time, includeBy } = parsePromise(promise)
  const fingerprint = toBase64(leafCommitment(parseLeaf(leaf)) ?? new Uint8Array())
  if (proof === undefined) return { origin, time, includeBy, fingerprint, place: undefined, witnesses: 0 }
  const { index, checkpoint } = parseProof(proof)
  const note = parseNote(checkpoint)
  const witnesses = new Set(note.signatures.filter(({ name }) => name !== origin).map(({ name }) => name)).size
  return { origin, time, includeBy, fingerprint, place: { index, size: parseCheckpoint(note.text).size }, witnesses }
}

/** What fits into a QR code: leaf and promise. Still a receipt of docs/ledger-format.md section 4, without payload and proof. */
export const compactReceipt = ({ format, leaf, promise }: Receipt): string => JSON.stringify({ format, leaf, promise })

/** The three states as rows: name, and a sentence. */
export function stateRows(visit: Visit, state: ReceiptState): { done: boolean; name: string; text: string }[] {
  const t = receiptTexts(visit.language)
  const at = (instant: Date) => formatInstant(instant, visit.ctx.zone, visit.language)
  return [
    { done: true, name: t('promised'), text: t('promisedText', { at: at(state.time), by: at(state.includeBy) }) },
    state.place
      ? { done: true, name: t('recorded'), text: t('recordedText', { index: state.place.index + 1, size: state.place.size }) }
      : { done: false, name: t('recorded'), text: t('recordedNot') },
    state.witnesses > 0
      ? { done: true, name: t('cosigned'), text: t('cosignedText', { count: state.witnesses }) }
      : { done: false, name: t('cosigned'), text: t('cosignedNot') },
  ]
}

/** What was filed, in the words of the person: label and text, as this reader may see it. */
export const filedRows = (view: CaseView): [string, string][] =>
  view.forms.filter(({ element }) => element === 'filing').flatMap(({ fields }) => fields.map(({ label, text }): [string, string] => [label, text]))

/** Deadlines that bind the office and still run, or were kept. */
export function dueLines(visit: Visit, view: CaseView): string[] {
  const t = receiptTexts(visit.language)
  return view.deadlines
    .filter(({ binds }) => binds === 'office')
    .map(({ due, title, law, article, mark }) =>
      t('due', {
        date: formatDate(due, visit.language),
        what: title,
        law: citation({ name: law, article }, visit.language),
        mark: markText(mark, visit.language),
      }),
    )
}

const source = `#import "/layout.typ": *
#show: base.with(data, size: 14pt)
#set page(paper: "a4", margin: (x: 20mm, top: 18mm, bottom: 16mm))
#set par(leading: 0.6em, spacing: 0.9em, justify: false)
#set block(spacing: 0.9em)
#let section(title) = block(above: 1.2em, below: 0.6em, sticky: true, text(font: hei, size: 15pt, weight: "bold", str(title)))
#align(center, { text(font: hei, size: 13pt, fill: red, str(data.issuer.name)); parbreak(); text(size: 24pt, font: title-face, weight: "bold", str(data.title)) })
#line(length: 100%, stroke: 1pt + red)
#grid(columns: (1fr, auto), gutter: 6mm, fields-table(data.rows, size: 14pt), qr(data, 34mm))
#section(data.filedTitle)
#fields-table(data.filed, size: 14pt)
#if data.due.len() > 0 { section(data.dueTitle); list(..data.due.map(line => text(str(line)))) }
#section(data.stateTitle)
#fields-table(data.states, size: 14pt)
#block(breakable: false, {
  section(data.keepTitle)
  grid(columns: (1fr, 62mm), gutter: 6mm, { enum(..data.how.map(line => text(str(line)))); par(text(size: 9pt, font: hei, str(data.fingerprint))) },
    image(bytes(data.compact), format: "svg", width: 62mm, height: 62mm, alt: str(data.keepTitle)))
})
#if data.contact != none { par(text(str(data.contact))) }
`

/** What the renderer needs for the receipt of a case. */
export function receiptJob(visit: Visit, view: CaseView, receipt: Receipt): { source: string; data: JsonValue; at: Date } {
  const { language, ctx, town } = visit
  const t = receiptTexts(language)
  const state = receiptState(receipt)
  const own = [...town.organizations.values()].find((body) => body.kind === 'own' && body.parent === undefined)
  const url = trackUrl(visit, view.number)
  const data: JsonValue = {
    issuer: { name: own?.name[language] ?? town.name[language] },
    title: t('title'),
    number: view.number,
    date: dateIn(ctx.zone, state.time),
    rows: [
      [t('number'), view.number],
      [t('matter'), view.procedure.title],
      [t('received'), formatInstant(state.time, ctx.zone, language)],
    ],
    verify: { url, short: view.number },
    filedTitle: t('filedTitle'),
    filed: filedRows(view),
    dueTitle: t('dueTitle'),
    due: dueLines(visit, view),
    stateTitle: t('stateTitle'),
    states: stateRows(visit, state).map(({ done, name, text }) => [`${done ? '✓' : '…'} ${name}`, text]),
    keepTitle: t('keepTitle'),
    how: [t('how1'), t('how2', { url: `${ctx.services.baseUrl}${visit.base}/verify` }), t('how3')],
    fingerprint: fill('{label} {value}', { label: t('fingerprint'), value: state.fingerprint }),
    compact: qrSvg(compactReceipt(receipt)),
    contact: own?.phone ? `${own.name[language]}　${own.phone}` : null,
    language,
  }
  return { source, data, at: state.time }
}
