// Texts of pages: Chinese first, English beside it, and the compiler finds a text that one of them lacks.

export type Language = 'zh' | 'en'

/** The value of `<html lang>`. */
export const languageTags: Record<Language, string> = { zh: 'zh-CN', en: 'en' }

type Placeholder<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholder<Rest> : never
type Values<Text extends string> = [Placeholder<Text>] extends [never] ? [] : [values: Record<Placeholder<Text>, string | number>]

/** One language's texts: `t('greeting', { name: '…' })`. Values are compulsory when the Chinese text has placeholders. */
export type Translate<Zh extends Record<string, string>> = <Key extends keyof Zh & string>(key: Key, ...values: Values<Zh[Key]>) => string

/**
 * Declares the texts of a page or component: `const texts = defineTexts({ zh: {…}, en: {…} })`, then `const t = texts(language)`.
 * `{name}` is replaced by a value. A key in one language only is a type error; a placeholder in one only is thrown when the module loads.
 */
export function defineTexts<const Zh extends Record<string, string>>(texts: { zh: Zh; en: Record<NoInfer<keyof Zh>, string> }) {
  const tables: Record<Language, Record<string, string>> = { zh: texts.zh, en: texts.en }
  for (const key of Object.keys(tables.zh)) requireSamePlaceholders(key, tables)
  return (language: Language): Translate<Zh> =>
    (key, ...values) =>
      fill(tables[language][key] ?? key, values[0] ?? {})
}

/** Replaces `{name}`; a placeholder without a value stays as it is, so that it is seen. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

function requireSamePlaceholders(key: string, tables: Record<Language, Record<string, string>>): void {
  const [zh, en] = [placeholders(tables.zh[key]), placeholders(tables.en[key])]
  if (zh !== en) throw new Error(`Text "${key}" has the placeholders ${zh || 'none'} in zh and ${en || 'none'} in en`)
}

const placeholders = (text = '') =>
  Array.from(new Set(text.match(/\{\w+\}/g)), (found) => found.slice(1, -1))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join(' ')
