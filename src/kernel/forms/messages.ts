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
  'id-number:length': {
    zh: () => '身份证号码是 18 位，最后一位可能是字母 X，请对照证件再看一遍',
    en: () => 'An ID number has 18 characters, the last may be X: compare it with the card',
  },
  'id-number:old': {
    zh: () => '这是 15 位的旧号码，已经停用；请填写现在证件上的 18 位号码',
    en: () => 'This is an old number of 15 digits, no longer in use: enter the 18 characters on the card',
  },
  'id-number:format': {
    zh: () => '身份证号码的前几位不对，请对照证件再看一遍',
    en: () => 'The first digits of the ID number are wrong: compare it with the card',
  },
  'id-number:date': {
    zh: () => '身份证号码里的出生日期（第 7 到 14 位）不存在，请对照证件再看一遍',
    en: () => 'The birth date inside the ID number (characters 7 to 14) does not exist: compare it with the card',
  },
  'id-number:checksum': {
    zh: () => '身份证号码有一位写错了，请对照证件再看一遍',
    en: () => 'One character of the ID number is wrong: compare it with the card',
  },
  'credit-code:length': {
    zh: () => '统一社会信用代码是 18 位，请对照营业执照再看一遍',
    en: () => 'A credit code has 18 characters: compare it with the licence',
  },
  'credit-code:format': {
    zh: () => '统一社会信用代码里没有字母 I、O、S、V、Z，第 3 到 8 位是数字，请再看一遍',
    en: () => 'A credit code has no I, O, S, V or Z, and characters 3 to 8 are digits: check it',
  },
  'credit-code:checksum': {
    zh: () => '统一社会信用代码有一位写错了，请对照营业执照再看一遍',
    en: () => 'One character of the credit code is wrong: compare it with the licence',
  },
  'phone:format': {
    zh: () => '请填写能打通的电话：11 位手机号码，或者带区号的座机，例如 0999-5550123',
    en: () => 'Enter a phone number that works: a mobile of 11 digits, or a fixed line with its area code',
  },
  format: { zh: () => '格式不对，请检查', en: () => 'The format is wrong: check it' },
}

/** The sentence for one broken rule of JSON Schema. */
export function messageFor(keyword: string, params: Record<string, unknown>, language: Language, format?: string): string {
  const key = keyword === 'format' && (format === 'date' || format === 'email') ? format : keyword
  const found = words[key] ?? words['format']
  return found ? found[language](params) : keyword
}
