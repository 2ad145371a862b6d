// The result of a check, on the page and as a text to keep.
import type { ReceiptVerdict } from '#kernel/ledger/receipt.ts'
import { type StepWords, wordsOfAnswer, wordsOfSteps } from '#kernel/ledger/receipt-words.ts'
import { element } from './elements.ts'
import { words } from './texts.ts'

type Language = 'zh' | 'en'

/** The whole result; its heading takes the focus. `data-answer` and `data-outcome` hold the words of kernel/ledger/receipt.ts. */
export function resultView(verdict: ReceiptVerdict, language: Language): HTMLElement {
  const { answer, title, text } = wordsOfAnswer(verdict, language)
  const t = words[language]
  const steps = wordsOfSteps(verdict, language)
  return element(
    'section',
    { class: `result ${tone(answer)}`, 'data-answer': answer, 'data-level': verdict.level, 'aria-labelledby': 'result-title' },
    element('div', { class: 'banner' }, element('h2', { id: 'result-title', tabindex: '-1' }, title), element('p', {}, text)),
    element('h3', {}, t.stepsTitle),
    element('ol', { class: 'steps' }, ...steps.map((step) => stepView(step, language))),
    contentView(verdict, language),
  )
}

const tone = (answer: string) =>
  answer === 'included' || answer === 'promised' ? 'good' : answer === 'failed' || answer === 'no-receipt' ? 'bad' : 'open'

const signs: Record<StepWords['outcome'], string> = { passed: '✓', failed: '✗', unknown: '?', impossible: '–', skipped: '·' }

function stepView(step: StepWords, language: Language): HTMLElement {
  const t = words[language]
  return element(
    'li',
    { class: step.outcome, 'data-step': step.step, 'data-outcome': step.outcome },
    element(
      'h4',
      {},
      step.title,
      ' ',
      element('span', { class: 'mark' }, element('span', { 'aria-hidden': 'true' }, `${signs[step.outcome]} `), step.mark),
    ),
    element('p', { class: 'hint' }, step.means),
    element('p', { class: 'found' }, step.found),
    step.advice !== undefined && element('p', { class: 'advice' }, element('strong', {}, t.todo), step.advice),
    step.reason !== undefined && element('details', {}, element('summary', {}, t.technical), element('p', { lang: 'en' }, step.reason)),
  )
}

function contentView(verdict: ReceiptVerdict, language: Language): HTMLElement | undefined {
  const fields = Object.entries(verdict.opened?.values ?? {})
  if (fields.length === 0) return undefined
  const t = words[language]
  return element(
    'div',
    {},
    element('h3', {}, t.contentTitle),
    element('p', {}, verdict.steps.some(({ step, ok }) => step === 'payload' && ok) ? t.contentText : t.contentWrong),
    element('dl', { class: 'content' }, ...fields.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, plain(value))])),
  )
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** The result as lines of text, with what was checked, so that it can be handed on as evidence. */
export function resultText(verdict: ReceiptVerdict, language: Language, checkedAt: Date, receipt: string, keys: string): string {
  const { title, text } = wordsOfAnswer(verdict, language)
  const steps = wordsOfSteps(verdict, language).flatMap((step, at) => [
    `${at + 1}. ${step.title} [${step.mark}]`,
    `   ${step.found}`,
    ...(step.advice === undefined ? [] : [`   ${words[language].todo}${step.advice}`, `   ${step.reason ?? ''}`]),
  ])
  return [title, text, checkedAt.toISOString(), '', ...steps, '', '---', receipt.trim(), '---', keys.trim(), ''].join('\n')
}
