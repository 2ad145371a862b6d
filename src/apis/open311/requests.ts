// GET Service Requests and GET Service Request: the public standing of cases, and nothing of who sent them.
import { endOfDate } from '#kernel/clock.ts'
import { listPublicCases, type PublicCase, listPublicUpdates } from '#kernel/publication/public-cases.ts'
import { getTown, type Town } from '#kernel/towns/towns.ts'
import type { Visit } from '#http/visit.ts'
import { Open311Error, type Value } from './answer.ts'
import { listServices, questionsOf, type Service, serviceName, textOf } from './services.ts'

const day = 86_400_000
const longestSpan = 90 * day
export const largestPage = 1000

export type Query = Record<string, string>

/** The list that a query asks for, newest first (90 days, 1,000 requests at most). */
export async function listRequests(visit: Visit, query: Query): Promise<Value> {
  const services = await listServices(visit.ctx)
  const found = await listPublicCases(visit.ctx, {
    procedures: slugsOf(services),
    ...filtersOf(services, query, visit.ctx.clock.now()),
    ...pageOf(query),
  })
  return describeAll(visit, services, found, query['extensions'] === 'true')
}

/** One request. @throws Open311Error 404. */
export async function getRequest(visit: Visit, id: string, query: Query): Promise<Value> {
  const services = await listServices(visit.ctx)
  const found = await listPublicCases(visit.ctx, { procedures: slugsOf(services), numbers: [id], limit: 1, offset: 0 })
  if (found.length === 0) throw new Open311Error(404, `service_request_id “${id}” was not found.`)
  return describeAll(visit, services, found, query['extensions'] === 'true')
}

export const slugsOf = (services: Service[]): string[] => [...new Set(services.map(({ procedure }) => procedure.slug))]

/** `page` counts from 1; `page_size` is at most 1,000. Also given without the other. */
export function pageOf(query: Query): { limit: number; offset: number } {
  const size = wholeNumber(query, 'page_size') ?? (query['page'] ? 50 : largestPage)
  const limit = Math.min(size, largestPage)
  return { limit, offset: ((wholeNumber(query, 'page') ?? 1) - 1) * limit }
}

function wholeNumber(query: Query, name: string): number | undefined {
  const text = query[name]
  if (!text) return undefined
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Open311Error(400, `${name} must be a whole number from 1.`)
  return Number(text)
}

export const listed = (text: string | undefined): string[] | undefined => {
  const parts = (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return parts.length > 0 ? parts : undefined
}

function filtersOf(services: Service[], query: Query, now: Date) {
  const numbers = listed(query['service_request_id'])
  if (numbers) return { numbers }
  const codes = listed(query['service_code'])
  const statuses = listed(query['status'])?.map((status) => status.toLowerCase())
  for (const status of statuses ?? []) if (status !== 'open' && status !== 'closed') throw new Open311Error(400, 'status must be open or closed.')
  const categories = codes && services.filter(({ code }) => codes.includes(code)).map(({ category }) => category)
  const updated =
    query['updated_after'] || query['updated_before']
      ? { updatedFrom: momentOf(query, 'updated_after'), updatedTo: momentOf(query, 'updated_before') }
      : {}
  return { categories, statuses, ...updated, ...spanOf(query, now) }
}

/** @throws Open311Error 400 when a date is no w3c date-time, or the span is over 90 days. */
export function spanOf(query: Query, now: Date): { from: Date; to: Date } {
  const [start, end] = [momentOf(query, 'start_date'), momentOf(query, 'end_date')]
  const to = end ?? (start ? new Date(start.getTime() + longestSpan) : new Date(now.getTime() + day))
  const from = start ?? new Date((end ?? now).getTime() - longestSpan)
  if (from > to) throw new Open311Error(400, 'start_date is after end_date.')
  if (to.getTime() - from.getTime() > longestSpan + day) throw new Open311Error(400, 'start_date and end_date may not span more than 90 days.')
  return { from, to }
}

function momentOf(query: Query, name: string): Date | undefined {
  const text = query[name]
  if (!text) return undefined
  // A “+” that was not encoded arrives as a space.
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,6})?)?(Z|[+ -]\d\d:\d\d)$/.exec(text)
  const moment = match ? new Date(text.replace(' ', '+')) : undefined
  if (!moment || Number.isNaN(moment.getTime())) throw new Open311Error(400, `${name} must be a w3c date-time such as 2026-01-01T00:00:00Z.`)
  return moment
}

async function describeAll(visit: Visit, services: Service[], found: PublicCase[], extended: boolean): Promise<Value> {
  const town = await getTown(visit.ctx)
  const notes = extended ? await notesOf(visit, services, found) : undefined
  return found.map((one) => {
    const service = services.find(({ procedure, category }) => procedure.slug === one.procedure && category === one.category)
    return service
      ? { ...describe(visit, town, service, one), ...(notes ? extensionOf(visit, service, one, notes) : {}) }
      : { service_request_id: one.number, status: one.status }
  })
}

function describe(visit: Visit, town: Town, service: Service, one: PublicCase): Record<string, Value> {
  const { mapping } = service
  const filed = (name: string | undefined) => (name === undefined ? undefined : one.fields[`filing.${name}`])
  const village = one.place_id === null ? undefined : town.villages.get(one.place_id)?.name[visit.language]
  const place = filed(mapping.place)
  const number = (value: unknown) => (typeof value === 'number' ? value : null)
  return {
    service_request_id: one.number,
    status: one.status,
    status_notes: notesOfStatus(visit, service, one),
    service_name: serviceName(service, visit.language),
    service_code: service.code,
    description: asText(filed(mapping.description)),
    agency_responsible: one.office === null ? null : (town.organizations.get(one.office)?.name[visit.language] ?? null),
    service_notice: textOf(service, visit.language, 'notice') ?? null,
    requested_datetime: w3c(one.filed_at),
    updated_datetime: w3c(one.closed_at ?? one.updated_at),
    expected_datetime: one.due_on === null ? null : w3c(endOfDate(visit.ctx.zone, one.due_on)),
    address: [typeof place === 'string' ? place : undefined, village].filter((part) => part !== undefined).join('，') || null,
    address_id: one.place_id,
    zipcode: null,
    lat: number(filed(mapping.latitude)),
    long: number(filed(mapping.longitude)),
    media_url: null,
  }
}

const asText = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** How it ended, and the answer that was published. */
function notesOfStatus(visit: Visit, service: Service, one: PublicCase): string | null {
  const outcome = one.outcome === null ? undefined : textOf(service, visit.language, `outcome.${one.outcome}`)
  const answers = Object.entries(one.fields).filter(
    ([path, value]) => !path.startsWith('filing.') && typeof value === 'string' && isWords(service, path),
  )
  return [outcome, ...answers.map(([, value]) => String(value))].filter((part) => part !== undefined).join(' ') || null
}

/** Words that an officer wrote for the public: no choice, register or date. */
function isWords(service: Service, path: string): boolean {
  const [element = '', name = ''] = path.split('.')
  const field = service.procedure.forms.get(service.procedure.graph.elements[element]?.xl.form ?? '')?.schema.properties[name]
  return field?.['x-tag'] === 'free-text'
}

function extensionOf(visit: Visit, service: Service, one: PublicCase, notes: Map<string, Value[]>): Record<string, Value> {
  const answered = questionsOf(service).filter(([name]) => one.fields[`filing.${name}`] !== undefined)
  return {
    attributes: answered.map(([name]) => ({
      code: name,
      name: textOf(service, visit.language, `filing.${name}.label`) ?? name,
      value: [one.fields[`filing.${name}`]].flat().map(String).join(', '),
    })),
    extended_attributes: { closed_datetime: one.closed_at === null ? null : w3c(one.closed_at), outcome: one.outcome },
    notes: notes.get(one.number) ?? [],
  }
}

async function notesOf(visit: Visit, services: Service[], found: PublicCase[]): Promise<Map<string, Value[]>> {
  const updates = await listPublicUpdates(visit.ctx, {
    procedures: slugsOf(services),
    numbers: found.map(({ number }) => number),
    from: new Date(0),
    to: new Date(visit.ctx.clock.now().getTime() + day),
    limit: 50_000,
    offset: 0,
  })
  const notes = new Map<string, Value[]>()
  for (const update of updates) {
    const service = services.find(({ procedure }) => procedure.slug === update.procedure)
    const words = update.words ?? (service && update.event !== null ? textOf(service, visit.language, `event.${update.event}`) : undefined) ?? ''
    notes.set(update.number, [
      ...(notes.get(update.number) ?? []),
      { datetime: w3c(update.at), description: words, type: update.event ?? 'reporter' },
    ])
  }
  return notes
}

/** In universal time, to the second. */
export const w3c = (moment: Date): string => `${moment.toISOString().slice(0, 19)}Z`
