// Public cases in words: kind, place and published values as their package and the town's registers call them.
import { textOf } from '../cases/view-forms.ts'
import { plainLabel, speaker } from '../cases/words.ts'
import type { Language } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import type { Town } from '../towns/towns.ts'
import type { PublicCase } from './public-cases.ts'

type Setting = { procedure: Package; town: Town; language: Language }

/** What a category is called; the procedure's title when it has none. */
export function kindText(procedure: Package, category: string | null, language: Language): string {
  const say = speaker(procedure, language)
  const field = procedure.manifest.serviceRequest?.category
  return category === null || field === undefined ? say('title') : say(`filing.${field}.${category}`)
}

/** The first words that the filing publishes, for a procedure without categories: what the matter is called. Undefined when none are public. */
export function subjectText({ fields }: Pick<PublicCase, 'fields'>, { manifest, forms }: Package): string | undefined {
  if (manifest.serviceRequest !== undefined) return undefined
  const schema = forms.get('filing')?.schema.properties
  const names = manifest.publication.fields.flatMap((path) => (path.startsWith('filing.') ? [path.slice('filing.'.length)] : []))
  const name = names.find((known) => schema?.[known]?.['x-tag'] === 'free-text')
  const value = name === undefined ? undefined : fields[`filing.${name}`]
  return typeof value === 'string' ? value : undefined
}

/** Categories of a listed procedure in the order of its form. */
export function categoriesOf(procedure: Package): string[] {
  const field = procedure.manifest.serviceRequest?.category
  return (field === undefined ? [] : (procedure.forms.get('filing')?.schema.properties[field]?.enum ?? [])).map(String)
}

/** “Village, words of the place”; empty when nothing is known. */
export function placeText(one: PublicCase, { procedure, town, language }: Setting): string {
  const field = procedure.manifest.serviceRequest?.place
  const words = field === undefined ? undefined : one.fields[`filing.${field}`]
  const village = one.place_id === null ? undefined : town.villages.get(one.place_id)?.name[language]
  return [village, typeof words === 'string' ? words : undefined]
    .filter((part) => part !== undefined && part !== '')
    .join(language === 'zh' ? '，' : ', ')
}

export type PublicField = { path: string; label: string; text: string; isFiled: boolean }

/** Published values with their labels, in the package's order; category, place and village stand elsewhere on a page. */
export function publicFieldTexts(one: Pick<PublicCase, 'fields'>, setting: Setting): PublicField[] {
  const { procedure, town, language } = setting
  const say = speaker(procedure, language)
  const mapping = procedure.manifest.serviceRequest
  const elsewhere = [mapping?.category, mapping?.place, mapping?.village, mapping?.latitude, mapping?.longitude].map((name) => `filing.${name}`)
  return Object.entries(one.fields).flatMap(([path, value]): PublicField[] => {
    const [element = '', name = ''] = path.split('.')
    const form = element === 'filing' ? 'filing' : (procedure.graph.elements[element]?.xl.form ?? '')
    const field = procedure.forms.get(form)?.schema.properties[name]
    if (!field || elsewhere.includes(path)) return []
    const label = plainLabel(say(`${form}.${name}.label`))
    return [{ path, label, text: textOf(value, field, `${form}.${name}`, { say, town, language }), isFiled: element === 'filing' }]
  })
}
