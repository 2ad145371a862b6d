// Services are the categories of the procedures that take service requests; their questions are fields of the filing form.
import type { Ctx } from '#kernel/context.ts'
import type { Form, FormField, Language } from '#kernel/forms/forms.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import type { Value } from './answer.ts'

/** Names of the filing fields that hold what GeoReport sends (manifest `serviceRequest`). */
export type Mapping = NonNullable<Package['manifest']['serviceRequest']>

export type Service = { code: string; category: string; procedure: Package; form: Form; mapping: Mapping; batch: boolean }

/** All services in the order of the forms. A code is the category; with its procedure before it where two have the same. */
export async function listServices(ctx: Ctx): Promise<Service[]> {
  const services = (await listProcedures(ctx)).flatMap(servicesOf)
  const twice = new Set(services.map(({ code }) => code).filter((code, index, all) => all.indexOf(code) !== index))
  return services.map((service) => (twice.has(service.code) ? { ...service, code: `${service.procedure.slug}-${service.code}` } : service))
}

function servicesOf(procedure: Package): Service[] {
  const { provides, filedBy, serviceRequest: mapping } = procedure.manifest
  const form = procedure.forms.get('filing')
  if (!mapping || !form || !provides.includes('service-request') || !filedBy.includes('anyone')) return []
  const categories = form.schema.properties[mapping.category]?.enum ?? []
  return categories.map(String).map((category) => ({ code: category, category, procedure, form, mapping, batch: mapping.batch.includes(category) }))
}

/** A text of the service's package, without its slug; undefined when the package has none. */
export const textOf = (service: Service, language: Language, key: string): string | undefined =>
  service.procedure.texts[language][`${service.procedure.slug}.${key}`]

export const serviceName = (service: Service, language: Language): string =>
  textOf(service, language, `filing.${service.mapping.category}.${service.category}`) ?? service.category

/** One row of GET Service List. */
export function toService(service: Service, language: Language): Value {
  const about = (part: string) => textOf(service, language, `filing.${service.mapping.category}.${service.category}.${part}`)
  return {
    service_code: service.code,
    service_name: serviceName(service, language),
    description: about('about') ?? textOf(service, language, 'summary') ?? '',
    metadata: questionsOf(service).length > 0,
    type: service.batch ? 'batch' : 'realtime',
    keywords: about('keywords') ?? serviceName(service, language),
    group: about('group') ?? textOf(service, language, 'title') ?? '',
  }
}

/** Fields that the form shows only for this category: its questions. */
export function questionsOf({ form, mapping, category }: Service): [string, FormField][] {
  return Object.entries(form.schema.properties).filter(([, field]) => {
    const show = field['x-show']
    return show?.field === mapping.category && show.is.includes(category)
  })
}

/** GET Service Definition. */
export function toDefinition(service: Service, language: Language): Value {
  const text = (key: string) => textOf(service, language, `filing.${key}`) ?? ''
  return {
    service_code: service.code,
    attributes: questionsOf(service).map(([name, field], index) => ({
      variable: true,
      code: name,
      datatype: datatypeOf(field),
      required: isRequired(service, name),
      datatype_description: text(`${name}.hint`),
      order: index + 1,
      description: text(`${name}.label`),
      ...(optionsOf(field).length > 0 ? { values: optionsOf(field).map((key) => ({ key, name: text(`${name}.${key}`) || key })) } : {}),
    })),
  }
}

export const optionsOf = (field: FormField): string[] => (field.enum ?? field.items?.enum ?? []).map(String)

export type Datatype = 'string' | 'number' | 'datetime' | 'text' | 'singlevaluelist' | 'multivaluelist'

export function datatypeOf(field: FormField): Datatype {
  if (field.items?.enum) return 'multivaluelist'
  if (field.enum || field.type === 'boolean') return 'singlevaluelist'
  if (field.type === 'number' || field.type === 'integer') return 'number'
  if (field.format === 'date' || field.format === 'date-time') return 'datetime'
  return (field.maxLength ?? Infinity) > 200 ? 'text' : 'string'
}

type Condition = { if?: { properties?: Record<string, { const?: unknown; enum?: unknown[] }> }; then?: { required?: string[] } }

/** Required always, or by a condition of the form on this category. */
export function isRequired({ form, mapping, category }: Service, name: string): boolean {
  if (form.schema.required?.includes(name)) return true
  // `allOf` holds the conditions of a form as JSON Schema; other keywords there ask for nothing by themselves.
  const conditions: Condition[] = 'allOf' in form.schema && Array.isArray(form.schema.allOf) ? form.schema.allOf : []
  return conditions.some(({ if: when, then }) => {
    const asked = when?.properties?.[mapping.category]
    return (asked?.const === category || asked?.enum?.includes(category) === true) && then?.required?.includes(name) === true
  })
}
