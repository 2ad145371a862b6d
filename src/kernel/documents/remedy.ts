// What a document prints at its foot, and a page says beside it: how somebody who does not agree goes on.
import type { Language } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import type { DocumentRule } from '../procedures/manifest.ts'

/** `parameters`: legal numbers in force; `url`: the town's address. Empty when the document names no remedy. */
export function remedyWords(
  { slug, texts }: Pick<Package, 'slug' | 'texts'>,
  rule: DocumentRule,
  language: Language,
  filled: { parameters: Record<string, number>; url: string },
): string {
  if (!rule.remedy) return ''
  const words = texts[language][`${slug}.remedy.${rule.id}`] ?? texts[language][rule.remedy.text] ?? ''
  const days = rule.remedy.parameter === undefined ? undefined : filled.parameters[rule.remedy.parameter]
  return words.replaceAll('{days}', String(days ?? '')).replaceAll('{url}', filled.url)
}
