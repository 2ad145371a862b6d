// Dates, laws and texts of packages as pages for residents write them.
import type { FormSchema as KernelSchema, Language } from '#kernel/forms/forms.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import type { FormSchema } from '#ui/form/form-schema.ts'
import type { Town } from '#kernel/towns/towns.ts'
import { needsMark } from '#kernel/deadlines/parameters.ts'
import { defineTexts } from '#ui/texts.ts'

/** An instant in the town's zone: 2026年3月2日 09:05. */
export function formatInstant(at: Date, zone: string, language: Language): string {
  const format = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: zone })
  return format.format(at)
}

const units = defineTexts({
  zh: {
    calendar: '{n}日（自然日）',
    workday: '{n}个工作日',
    month: '{n}个月',
    year: '{n}年',
    hour: '{n}小时',
    count: '{n}',
    percent: '{n}%',
    money: '{n}元',
  },
  en: {
    calendar: '{n} calendar days',
    workday: '{n} working days',
    month: '{n} months',
    year: '{n} years',
    hour: '{n} hours',
    count: '{n}',
    percent: '{n}%',
    money: '¥{n}',
  },
})

/** A legal number with its unit. */
export function amountText(amount: number, unit: string, language: Language): string {
  const t = units(language)
  switch (unit) {
    case 'calendar':
    case 'workday':
    case 'month':
    case 'year':
    case 'hour':
    case 'percent':
    case 'money':
      // One day, not “1 days”; Chinese has no plural.
      return language === 'en' && amount === 1 ? t(unit, { n: amount }).replace(/s$/, '') : t(unit, { n: amount })
    default:
      return t('count', { n: amount })
  }
}

/** 《信访工作条例》第三十四条 */
export const citation = (law: { name: string; article: string }, language: Language): string =>
  language === 'zh' ? `《${law.name}》${law.article}` : `${law.name} (${law.article})`

/** How sure a legal number is, shown unless the article itself was read; empty when it was. */
export function markText(mark: string, language: Language): string {
  if (!needsMark({ mark })) return ''
  return language === 'zh' ? `（依据待核实：${mark}）` : ` (source still to be verified: ${mark})`
}

/** A form of a procedure as `FormFields` wants it. */
export function formSource(procedure: Package, formId: string, language: Language) {
  const form = procedure.forms.get(formId)
  if (!form) throw new Error(`procedure ${procedure.slug} has no form ${formId}`)
  return { form, schema: askedOfResidents(form.schema), texts: procedure.texts[language], textPrefix: `${procedure.slug}.${formId}` }
}

/** The form without the questions that only staff answer. */
function askedOfResidents(schema: KernelSchema): FormSchema {
  // The same JSON: the pages read a part of what the kernel has compiled.
  const whole = schema as FormSchema
  const isAsked = (name: string) => schema.properties[name]?.['x-filled-by'] !== 'staff'
  if (Object.keys(schema.properties).every(isAsked)) return whole
  return {
    ...whole,
    properties: Object.fromEntries(Object.entries(whole.properties ?? {}).filter(([name]) => isAsked(name))),
    ...(schema['x-pages'] ? { 'x-pages': schema['x-pages'].map((page) => ({ ...page, fields: page.fields.filter(isAsked) })) } : {}),
  }
}

/** Choices that come from the town's registers. */
export const registerOptions = (town: Town, language: Language) => ({
  villages: [...town.villages.values()].map((village) => ({ value: village.id, text: village.name[language] })),
  mediators: [...town.mediators.values()].map((mediator) => ({ value: mediator.id, text: mediator.name[language] })),
  organizations: [...town.organizations.values()].map((body) => ({ value: body.id, text: body.name[language] })),
})

/** The data without answers to questions that were not asked (`x-show`). */
export function askedOnly(
  schema: { properties: Record<string, { 'x-show'?: { field: string; is: (string | boolean)[] } }> },
  data: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).filter(([name]) => {
      const show = schema.properties[name]?.['x-show']
      const answer = show && data[show.field]
      return show === undefined || ((typeof answer === 'string' || typeof answer === 'boolean') && show.is.includes(answer))
    }),
  )
}
