// The word list asked of one text.
import { spellings } from './spellings.ts'
import { harmless, recordLaw, recordWords, wordRules, type WordRule } from './words.ts'

export type Asked = {
  /** A sentence for people, which may well say what must not be written. */
  prose?: boolean
  /** Names of the laws on which the field rests. */
  laws?: string[]
  /** Its other texts say that it is about goods: their origin is no person's. */
  ofGoods?: boolean
}

/** Rules that a text breaks. */
export function findWords(text: string, asked: Asked = {}): WordRule[] {
  // A service for people who were punished may be described; no field marks a person with it.
  const isRecordLawful = asked.prose === true || (asked.laws ?? []).some((law) => recordLaw.test(law))
  const key = `${String(asked.prose)}${String(isRecordLawful)}${String(asked.ofGoods)}${text}`
  const known = answered.get(key)
  if (known) return known
  const rules = isRecordLawful ? wordRules : [...wordRules, recordWords]
  const spelled = spellings(asked.prose ? withoutRefusals(text) : text).map((spelling) => spelling.replaceAll(harmless, ' '))
  const found = rules.filter(({ rule, words }) => !(rule === 'charter.origin' && asked.ofGoods) && spelled.some((spelling) => words.test(spelling)))
  if (answered.size >= mostAnswered) answered.clear()
  answered.set(key, found)
  return found
}

/** Packages repeat themselves: labels and names are asked once. */
const answered = new Map<string, WordRule[]>()
const mostAnswered = 20_000

/** Does a text say that a thing, not a person, comes from somewhere? */
export const speaksOfGoods = (texts: string[]): boolean =>
  texts.some((text) => /产地|货物|食品|商品|产品|批次|种苗|原料|木材|肉品|goods|product|food|batch|seed|material/i.test(text))

/** A sentence that says what is not asked is no question: “请不要填写宗教信仰”. Only up to the end of its clause. */
function withoutRefusals(text: string): string {
  return text
    .replaceAll(
      /(?:请勿|请不要|不要|不得|不应|不会|不再|无需|无须|不需要?|不必|不用|不收集?|不问|不存|不建|不设|不作|不记录?|从不|禁止|严禁|不因|不以|不按)(?![^。；;！!？?\n]{0,6}(?:遗漏|漏|错过|忘|放松|忽视|脱管|失控))[^。；;！!？?\n]{0,60}/g,
      '',
    )
    .replaceAll(
      /\bno (?=face|facial|biometric|surveil|tracking|record|list|score|label)[^.;!?\n]{0,60}|\b(?:do not|don[’']t|does not|never|must not|may not|should not|not (?:ask|keep|collect|record|need)|no need|regardless of|without|whatever (?:their|her|his))\b[^.;!?\n]{0,160}/gi,
      '',
    )
}

/** The sentence of a refusal. */
export const refusalOf = (text: string, { about, remedy }: WordRule): string =>
  `“${Array.from(text).slice(0, 60).join('')}” is ${about}: this platform never keeps it (CHARTER.md). ${remedy}`
