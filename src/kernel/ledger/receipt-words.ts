// What each step of checking a receipt means, in plain words: the same for the page, the command and the counter.
import type { ReceiptAnswer, ReceiptStep, ReceiptVerdict } from './receipt.ts'
import { answerOf, receiptSteps } from './receipt.ts'
import { receiptTexts } from './receipt-texts.ts'

export type WordsLanguage = 'zh' | 'en'

/**
 * A step for people. `mark` is a word, not only a sign. `advice` says what to do when the step did not pass;
 * `reason` is the technician's sentence, always in English.
 */
export type StepWords = {
  step: ReceiptStep['step']
  outcome: ReceiptStep['outcome'] | 'skipped'
  title: string
  means: string
  mark: string
  found: string
  advice?: string | undefined
  reason?: string | undefined
}

/** All six steps in order, those that were not made among them. `zone` is an IANA zone for the times of a promise. */
export function wordsOfSteps(verdict: ReceiptVerdict, language: WordsLanguage, zone = 'Asia/Shanghai'): StepWords[] {
  return receiptSteps.map((name) => {
    const texts = receiptTexts[language]
    const own = texts.steps[name]
    const made = verdict.steps.find(({ step }) => step === name)
    if (!made) return { step: name, outcome: 'skipped', title: own.title, means: own.means, mark: texts.marks.skipped, found: own.skipped }
    return {
      step: name,
      outcome: made.outcome,
      title: own.title,
      means: own.means,
      mark: texts.marks[made.outcome],
      found: foundOf(made, language, zone),
      ...(made.outcome === 'passed' ? {} : { advice: adviceOf(made, language), reason: made.reason }),
    }
  })
}

function foundOf(made: ReceiptStep, language: WordsLanguage, zone: string): string {
  const texts = receiptTexts[language]
  const own = texts.steps[made.step]
  if (made.outcome === 'impossible') return texts.impossible
  const special = texts.codes[made.code]
  if (special !== undefined) return special
  if (made.outcome !== 'passed') return own.failed
  return fill(made.facts['pending'] === 1 ? texts.pending : own.passed, made.facts, language, zone)
}

function adviceOf(made: ReceiptStep, language: WordsLanguage): string {
  const texts = receiptTexts[language]
  if (made.outcome === 'impossible') return texts.adviceImpossible
  if (made.outcome === 'unknown') return texts.adviceKey
  return texts.steps[made.step].advice
}

/** The answer in one sentence, and what it means. */
export function wordsOfAnswer(verdict: ReceiptVerdict, language: WordsLanguage): { answer: ReceiptAnswer; title: string; text: string } {
  const answer = answerOf(verdict)
  const { title, text } = receiptTexts[language].answers[answer]
  // docs/ledger-format.md section 5: the origin of a demonstration begins with `demo.`.
  const isDemo = verdict.steps.some(({ facts }) => String(facts['origin'] ?? '').startsWith('demo.'))
  return { answer, title, text: isDemo ? `${text} ${receiptTexts[language].demo}` : text }
}

/** Instants become times of the town, hours its hours. */
function fill(text: string, facts: ReceiptStep['facts'], language: WordsLanguage, zone: string): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => timeIn(String(facts[name] ?? ''), language, zone))
}

function timeIn(text: string, language: WordsLanguage, zone: string): string {
  const isHour = /^\d{4}-\d\d-\d\dT\d\dZ$/.test(text)
  if (!isHour && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(text)) return text
  const at = new Date(isHour ? text.replace('Z', ':00:00Z') : text)
  const style = { timeZone: zone, year: 'numeric', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', isHour ? style : { ...style, second: '2-digit' }).format(at)
}
