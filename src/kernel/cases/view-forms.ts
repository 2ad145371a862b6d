// The answers in the forms of a case as one actor may see them, in words.
import type { CalendarDate } from '../clock.ts'
import { isCalendarDate } from '../deadlines/dates.ts'
import type { Form, FormData, FormField, Language } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import type { Town } from '../towns/towns.ts'
import { dataEntries, instanceOf, itemOf } from './case-data.ts'
import type { Sight } from './sight.ts'
import type { LoadedCase, TaskRow } from './types.ts'
import { nameOf, plainLabel, type Say, withInstance } from './words.ts'

type FieldView = { name: string; label: string; value: unknown; text: string; field: FormField }

export type FormView = { element: string; title: string; fields: FieldView[] }

type Reader = { loaded: LoadedCase; procedure: Package; sight: Sight; say: Say; town: Town; language: Language }

/** Every form that holds something this reader may see, in the order in which they were filled in; instances one by one. */
export function formsOf(reader: Reader): FormView[] {
  const { loaded, procedure, say } = reader
  return dataEntries(loaded.content).flatMap(({ element, data, instance }): FormView[] => {
    const form = procedure.forms.get(element === 'filing' ? 'filing' : (procedure.graph.elements[element]?.xl.form ?? ''))
    const fields = form ? fieldsOf(element, form, data, reader) : []
    if (fields.length === 0 || !form) return []
    const title = element === 'filing' ? say('filing.title') : say(`element.${element}`).replace(`element.${element}`, say(`${form.id}.title`))
    const which = instance && { n: instance.n + 1, name: itemName(reader, instance.item) }
    return [{ element, title: withInstance(title, which, reader.language), fields }]
  })
}

/** What a task is called; one of several says for whom it is. */
export function taskTitle(reader: Reader, task: TaskRow): string {
  const instance = task.instance === null ? undefined : instanceOf({ case: reader.loaded, procedure: reader.procedure }, task.token)
  const which = instance && { n: instance.n + 1, name: itemName(reader, itemOf({ case: reader.loaded }, instance)) }
  return withInstance(reader.say(`element.${task.element}`), which, reader.language)
}

/** What the item of an instance is called; empty when it is nothing with a name, the role alone for a party that this reader may not see. */
function itemName({ loaded, town, language, say, sight }: Reader, item: unknown): string {
  const id = item !== null && typeof item === 'object' && 'id' in item ? item.id : item
  if (typeof id !== 'string') return ''
  const party = loaded.parties.find((known) => known.partyId === id)
  if (party) return sight.party(party) === 'role' ? say(`party.${party.role}`) : (party.identity.name ?? say(`party.${party.role}`))
  return town.organizations.get(id)?.name[language] ?? town.posts.get(id)?.title[language] ?? town.villages.get(id)?.name[language] ?? ''
}

function fieldsOf(element: string, form: Form, data: FormData, reader: Reader): FieldView[] {
  return Object.entries(form.schema.properties).flatMap(([name, field]): FieldView[] => {
    const value = data[name]
    if (value === undefined || value === '' || !reader.sight.field(element, name, field)) return []
    return [
      { name, label: plainLabel(reader.say(`${form.id}.${name}.label`)), value, text: textOf(value, field, `${form.id}.${name}`, reader), field },
    ]
  })
}

/** A stored value in words: choices, names of registers, yes and no. */
export function textOf(value: unknown, field: FormField, key: string, reader: Pick<Reader, 'say' | 'town' | 'language'>): string {
  const { say, town, language } = reader
  if (typeof value === 'boolean') return language === 'zh' ? (value ? '是' : '否') : value ? 'Yes' : 'No'
  if (Array.isArray(value))
    return value
      .map((item) => (field.items?.enum ? say(`${key}.${String(item)}`) : registered(item, field, town, language)))
      .join(language === 'zh' ? '、' : ', ')
  if (field.enum) return say(`${key}.${String(value)}`)
  if (field.format === 'date' && typeof value === 'string' && isCalendarDate(value)) return dateText(value, language)
  return registered(value, field, town, language)
}

const dateText = (date: CalendarDate, language: Language): string =>
  new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`))

function registered(value: unknown, field: FormField, town: Town, language: Language): string {
  const id = String(value)
  if (field['x-register'] === 'organizations' || field['x-register'] === 'outside-bodies') return nameOf(town, id, language)
  if (field['x-register'] === 'mediators') return town.mediators.get(String(value))?.name[language] ?? String(value)
  if (field['x-register'] === 'agreement-clauses') return town.clauses.get(id)?.name[language] ?? id
  if (field['x-register'] === 'villages') return town.villages.get(id)?.name[language] ?? id
  if (field['x-register'] === 'posts') return town.posts.get(id)?.title[language] ?? id
  return id
}
