// The forms of a case as one actor may see them.
import type { Form, FormData, FormField, Language } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import type { Town } from '../towns/towns.ts'
import type { Sight } from './sight.ts'
import type { LoadedCase } from './types.ts'
import { nameOf, type Say } from './words.ts'

export type FieldView = { name: string; label: string; value: unknown; text: string; field: FormField }
export type FormView = { element: string; title: string; fields: FieldView[] }
export function formsOf(loaded: LoadedCase, procedure: Package, sight: Sight, say: Say, town: Town, language: Language): FormView[] {
  return Object.entries(loaded.content).flatMap(([element, data]): FormView[] => {
    if (element.startsWith('_')) return []
    const form = procedure.forms.get(element === 'filing' ? 'filing' : (procedure.graph.elements[element]?.xl.form ?? ''))
    const fields = form ? fieldsOf(element, form, data, sight, say, town, language) : []
    return fields.length === 0 || !form
      ? []
      : [
          {
            element,
            title: element === 'filing' ? say('filing.title') : say(`element.${element}`).replace(`element.${element}`, say(`${form.id}.title`)),
            fields,
          },
        ]
  })
}

function fieldsOf(element: string, form: Form, data: FormData, sight: Sight, say: Say, town: Town, language: Language): FieldView[] {
  return Object.entries(form.schema.properties).flatMap(([name, field]): FieldView[] => {
    const value = data[name]
    if (value === undefined || value === '' || !sight.field(element, name, field)) return []
    return [{ name, label: say(`${form.id}.${name}.label`), value, text: textOf(value, field, `${form.id}.${name}`, say, town, language), field }]
  })
}

function textOf(value: unknown, field: FormField, key: string, say: Say, town: Town, language: Language): string {
  if (typeof value === 'boolean') return language === 'zh' ? (value ? '是' : '否') : value ? 'Yes' : 'No'
  if (Array.isArray(value))
    return value.map((item) => (field.items?.enum ? say(`${key}.${String(item)}`) : String(item))).join(language === 'zh' ? '、' : ', ')
  if (field.enum) return say(`${key}.${String(value)}`)
  if (field['x-register'] === 'organizations') return nameOf(town, String(value), language)
  if (field['x-register'] === 'villages') return town.villages.get(String(value))?.name[language] ?? String(value)
  return String(value)
}
