import type { Language } from './forms.ts'

/** Texts of one package in one language, without the slug: `<form>.<field>.label|hint|error`. */
export type FormTexts = Record<string, string>

type Words = Record<Language, (params: Record<string, unknown>) => string>

const words: Record<string, Words> = {
  required: { zh: () => '请填写这一项', en: () => 'Fill in this field' },
  additionalProperties: { zh: () => '没有这一项，请删去', en: () => 'There is no such field: leave it out' },
  unevaluatedProperties: { zh: () => '没有这一项，请删去', en: () => 'There is no such field: leave it out' },
  minLength: { zh: (p) => `请至少写 ${String(p['limit'])} 个字`, en: (p) => `Write at least ${String(p['limit'])} characters` },
  maxLength: { zh: (p) => `最多 ${String(p['limit'])} 个字，请缩短`, en: (p) => `At most ${String(p['limit'])} characters: shorten it` },
  minItems: { zh: (p) => `请至少选 ${String(p['limit'])} 项`, en: (p) => `Choose at least ${String(p['limit'])}` },
  maxItems: { zh: (p) => `最多 ${String(p['limit'])} 项`, en: (p) => `At most ${String(p['limit'])}` },
  minimum: { zh: (p) => `不能小于 ${String(p['limit'])}`, en: (p) => `It must be ${String(p['limit'])} or more` },
  maximum: { zh: (p) => `不能大于 ${String(p['limit'])}`, en: (p) => `It must be ${String(p['limit'])} or less` },
  enum: { zh: () => '请从所列选项中选择', en: () => 'Choose one of the options listed' },
  const: { zh: () => '请从所列选项中选择', en: () => 'Choose one of the options listed' },
  pattern: { zh: () => '格式不对，请检查', en: () => 'The format is wrong: check it' },
  type: { zh: () => '填写的内容类型不对', en: () => 'The value has the wrong type' },
  text: { zh: () => '内容含有无法保存的字符，请删去后重填', en: () => 'The text holds a character that cannot be stored: remove it' },
  date: { zh: () => '请填写真实的日期，例如 2026-03-05', en: () => 'Enter a real date, like 2026-03-05' },
  email: { zh: () => '请填写正确的电子邮箱', en: () => 'Enter a real e-mail address' },
  format: { zh: () => '格式不对，请检查', en: () => 'The format is wrong: check it' },
}

/** The sentence for one broken rule of JSON Schema. */
export function messageFor(keyword: string, params: Record<string, unknown>, language: Language, format?: string): string {
  const key = keyword === 'format' && (format === 'date' || format === 'email') ? format : keyword
  const found = words[key] ?? words['format']
  return found ? found[language](params) : keyword
}
