import type { FormData, Language } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import type { Town } from '../towns/towns.ts'
import { isOpenField } from './open-field.ts'

/** Characters of a matter's name in lists. */
const longestSubject = 60

export type Say = (key: string) => string

/** Texts of the package without the slug; a missing text shows its key, so that it is noticed. */
export const speaker =
  (procedure: Package, language: Language): Say =>
  (key) =>
    procedure.texts[language][`${procedure.slug}.${key}`] ?? procedure.texts.zh[`${procedure.slug}.${key}`] ?? key

/** A label without its own “optional”: forms add that themselves, and among facts it says nothing. */
export const plainLabel = (label: string): string => label.replace(/\s*[（(](选填|optional)[）)]$/i, '')

/**
 * What the matter is called in lists: the words that its package names as the description of a request, else the first free text of the
 * filing form; in both cases only what everyone who reads the case may see.
 */
export function subjectOf(procedure: Package, filing: FormData): string {
  const fields = procedure.forms.get('filing')?.schema.properties ?? {}
  const described = procedure.manifest.serviceRequest?.description
  const open = Object.entries(fields).filter(([key, field]) => field['x-tag'] === 'free-text' && isOpenField(procedure, 'filing', key, field))
  const [name] = open.find(([key]) => key === described) ?? open[0] ?? []
  const value = name === undefined ? undefined : filing[name]
  return typeof value === 'string' ? Array.from(value).slice(0, longestSubject).join('') : ''
}

/** A title that says which of several it is: by the name of the body or person it is for, or by its number. */
export function withInstance(title: string, instance: { n: number; name: string } | undefined, language: Language): string {
  if (!instance) return title
  const which = instance.name !== '' ? instance.name : language === 'zh' ? `第${instance.n}份` : `no. ${instance.n}`
  return language === 'zh' ? `${title}（${which}）` : `${title} (${which})`
}

/** What an element is called: the package's text, else the name in the drawing. */
export function elementTitle(procedure: Package, say: Say, element: string): string {
  const text = say(`element.${element}`)
  return text === `element.${element}` ? (procedure.graph.elements[element]?.name ?? element) : text
}

export const nameOf = (town: Town, organization: string | null, language: Language): string =>
  organization === null ? '' : (town.organizations.get(organization)?.name[language] ?? organization)
