// POST Service Request: checks what GeoReport asks for, then files a case as anyone on the portal could.
import { randomBytes } from 'node:crypto'
import { recordApiFiling } from '#kernel/cases/api-filings.ts'
import { newDraft } from '#kernel/cases/drafts.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { storeDraftFile } from '#kernel/files/uploads.ts'
import type { FormData as CaseData, FormField } from '#kernel/forms/forms.ts'
import type { Visit } from '#http/visit.ts'
import { Open311Error, type Value } from './answer.ts'
import { datatypeOf, isRequired, listServices, optionsOf, questionsOf, type Service, textOf } from './services.ts'

/** Fields as text, attributes by code, files as they were sent. */
export type Sent = { fields: Record<string, string>; attributes: Record<string, string[]>; files: File[] }

const longestDescription = 4000

/** The service of a request that holds together. @throws Open311Error with every fault that was found. */
export async function checkRequest(ctx: Ctx, sent: Sent): Promise<Service> {
  const code = sent.fields['service_code']
  if (!code) throw new Open311Error(400, 'service_code was not provided.')
  const service = (await listServices(ctx)).find((known) => known.code === code)
  if (!service) throw new Open311Error(404, `service_code “${code}” was not found.`)
  const faults = [...locationFaults(sent.fields), ...textFaults(sent.fields), ...attributeFaults(service, sent.attributes)]
  if (faults.length > 0) throw new Open311Error(400, ...faults)
  return service
}

function locationFaults({ lat, long, address_string, address_id }: Record<string, string>): string[] {
  if (!lat !== !long) return ['lat and long must both be sent.']
  if (!lat && !address_string && !address_id) return ['A location is required: lat and long, address_string or address_id.']
  const faults: string[] = []
  if (lat && !isDegrees(lat, 90)) faults.push('lat must be a number of degrees from -90 to 90.')
  if (long && !isDegrees(long, 180)) faults.push('long must be a number of degrees from -180 to 180.')
  return faults
}

const isDegrees = (text: string, most: number) => /^[+-]?\d{1,3}(?:\.\d{1,20})?$/.test(text.trim()) && Math.abs(Number(text)) <= most

function textFaults({ description, email, media_url }: Record<string, string>): string[] {
  const faults: string[] = []
  if ((description ?? '').length > longestDescription) faults.push(`description may have at most ${longestDescription} characters.`)
  if (email && !/^[^\s@]{1,64}@[^\s@]{1,120}$/.test(email)) faults.push('email is no e-mail address.')
  if (media_url && !/^https?:\/\/\S{1,1000}$/.test(media_url)) faults.push('media_url must be an http or https address.')
  return faults
}

function attributeFaults(service: Service, attributes: Record<string, string[]>): string[] {
  const questions = new Map(questionsOf(service))
  const unknown = Object.keys(attributes).filter((code) => !questions.has(code))
  const faults = unknown.map((code) => `attribute[${code}] is not in the definition of this service.`)
  for (const [code, field] of questions) {
    const values = attributes[code] ?? []
    if (values.length === 0) {
      if (isRequired(service, code)) faults.push(`attribute[${code}] is required.`)
      continue
    }
    const allowed = optionsOf(field)
    for (const value of values)
      if (allowed.length > 0 && !allowed.includes(value)) faults.push(`attribute[${code}] must be one of ${allowed.join(', ')}.`)
    if (values.length > 1 && datatypeOf(field) !== 'multivaluelist') faults.push(`attribute[${code}] takes one value.`)
    if (datatypeOf(field) === 'number' && !/^-?\d+(\.\d+)?$/.test(values[0] ?? '')) faults.push(`attribute[${code}] must be a number.`)
    if (datatypeOf(field) === 'datetime' && !/^\d{4}-\d\d-\d\d/.test(values[0] ?? '')) faults.push(`attribute[${code}] must be an ISO 8601 date.`)
  }
  return faults
}

/** Files the case and answers its number, or a token for a batch service. */
export async function fileRequest(visit: Visit, service: Service, sent: Sent, keyId: string, idempotencyKey: string | undefined): Promise<Value> {
  const ctx = as(visit.ctx, { kind: 'anonymous' })
  const data = toFiling(service, sent, new Set(visit.town.villages.keys()))
  const draft = sent.files.length > 0 ? await storeFiles(ctx, service, sent.files) : undefined
  const { photos } = service.mapping
  const filed = await openCase(ctx, {
    procedure: service.procedure.slug,
    data: draft && photos ? { ...data, [photos]: draft.files } : data,
    language: visit.language,
    ...(draft ? { draftId: draft.draftId, draftKey: draft.key } : {}),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey: `${keyId}:${idempotencyKey}` }),
  })
  const token = randomBytes(16).toString('hex')
  await recordApiFiling(visit.ctx, { caseId: filed.caseId, keyId, token })
  return [
    {
      ...(service.batch ? { token } : { service_request_id: filed.number }),
      service_notice: textOf(service, visit.language, 'notice') ?? null,
      account_id: null,
    },
  ]
}

/** GeoReport names what it sends; the package's mapping says where it belongs. Device and account ids are not kept. */
export function toFiling(service: Service, sent: Sent, villages: ReadonlySet<string>): CaseData {
  const { mapping, category } = service
  const { fields } = sent
  const party = service.procedure.manifest.parties[0]?.fields
  const known = service.form.schema.properties
  const data: CaseData = {
    [mapping.category]: category,
    [mapping.description]: fields['description']?.trim() || textOf(service, 'zh', `filing.${mapping.category}.${category}`) || category,
  }
  const put = (name: string | undefined, value: unknown) => {
    if (name !== undefined && value !== undefined && value !== '' && known[name]) data[name] = value
  }
  put(mapping.latitude, fields['lat'] ? Number(fields['lat']) : undefined)
  put(mapping.longitude, fields['long'] ? Number(fields['long']) : undefined)
  put(mapping.place, cut(fields['address_string'], mapping.place === undefined ? undefined : known[mapping.place]))
  if (fields['address_id'] && villages.has(fields['address_id'])) put(mapping.village, fields['address_id'])
  put(mapping.consent, true)
  put(party?.name, cut(nameOf(fields), party?.name === undefined ? undefined : known[party.name]))
  put(party?.phone, cut(fields['phone'], party?.phone === undefined ? undefined : known[party.phone]))
  put(party?.email, fields['email'])
  for (const [code, field] of questionsOf(service)) put(code, answerOf(field, sent.attributes[code] ?? []))
  return data
}

const cut = (text: string | undefined, field: FormField | undefined) =>
  text === undefined ? undefined : text.trim().slice(0, field?.maxLength ?? 200)

/** Chinese names are written together, the family name first. */
function nameOf({ first_name = '', last_name = '' }: Record<string, string>): string {
  const han = /\p{Script=Han}/u.test(first_name + last_name)
  return han ? `${last_name}${first_name}` : `${first_name} ${last_name}`.trim()
}

function answerOf(field: FormField, values: string[]): unknown {
  const [first] = values
  if (first === undefined) return undefined
  switch (datatypeOf(field)) {
    case 'multivaluelist':
      return values
    case 'number':
      return Number(first)
    case 'datetime':
      return field.format === 'date' ? first.slice(0, 10) : first
    case 'singlevaluelist':
      return field.type === 'boolean' ? first === 'true' : first
    default:
      return first
  }
}

async function storeFiles(ctx: Ctx, service: Service, files: File[]) {
  const { draft } = await newDraft(ctx, service.procedure.slug)
  const ids: string[] = []
  for (const file of files) ids.push((await storeDraftFile(ctx, draft, { name: file.name, bytes: Buffer.from(await file.arrayBuffer()) })).fileId)
  return { draftId: draft.draftId, key: draft.key, files: ids }
}
