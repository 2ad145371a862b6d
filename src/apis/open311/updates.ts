// servicerequestupdates: what happened on public requests, and further words of the program that filed one.
import { writeMessage } from '#kernel/cases/act.ts'
import { findApiFiling } from '#kernel/cases/api-filings.ts'
import { as } from '#kernel/context.ts'
import { uuidv7 } from '#kernel/ids.ts'
import { addPublicWords, listPublicUpdates } from '#kernel/publication/public-cases.ts'
import { holdsPersonalData } from '#kernel/publication/projection.ts'
import type { Visit } from '#http/visit.ts'
import { Open311Error, type Value } from './answer.ts'
import { listed, pageOf, type Query, slugsOf, spanOf, w3c } from './requests.ts'
import { listServices, textOf } from './services.ts'

/** Oldest first; the last 90 days when no dates are given. */
export async function listUpdates(visit: Visit, query: Query): Promise<Value> {
  const services = await listServices(visit.ctx)
  const updates = await listPublicUpdates(visit.ctx, {
    procedures: slugsOf(services),
    numbers: listed(query['service_request_id']),
    ...spanOf(query, visit.ctx.clock.now()),
    ...pageOf(query),
  })
  return updates.map((update) => {
    const service = services.find(({ procedure }) => procedure.slug === update.procedure)
    const event = service && update.event !== null ? textOf(service, visit.language, `event.${update.event}`) : undefined
    return {
      update_id: update.update_id,
      service_request_id: update.number,
      status: update.status.toUpperCase(),
      updated_datetime: w3c(update.at),
      description: update.words ?? event ?? '',
      media_url: null,
    }
  })
}

const longest = 4000

/** The words go to the officers as the person's message; they are public only without personal data. */
export async function addUpdate(visit: Visit, fields: Record<string, string>, keyId: string): Promise<Value> {
  const { service_request_id: number, description } = checkUpdate(fields)
  const filing = await findApiFiling(visit.ctx, number)
  if (!filing) throw new Open311Error(404, `service_request_id “${number}” was not found.`)
  if (filing.keyId !== keyId || filing.partyId === null) throw new Open311Error(403, 'This request was not filed with this api_key.')
  await writeMessage(as(visit.ctx, { kind: 'receipt', caseId: filing.caseId, partyId: filing.partyId }), { caseId: filing.caseId }, description)
  const at = visit.ctx.clock.now()
  const updateId = uuidv7(at)
  await addPublicWords(visit.ctx, { updateId, caseId: filing.caseId, at, words: holdsPersonalData(description) ? null : description })
  return [{ update_id: updateId, account_id: null }]
}

/** @throws Open311Error 400 with every fault. */
export function checkUpdate(fields: Record<string, string>): { service_request_id: string; description: string } {
  const { service_request_id = '', description = '', status } = fields
  const faults: string[] = []
  if (service_request_id === '') faults.push('service_request_id was not provided.')
  if (description.trim() === '') faults.push('description was not provided.')
  if (description.length > longest) faults.push(`description may have at most ${longest} characters.`)
  if (status && !/^(open|closed)$/i.test(status)) faults.push('status must be open or closed.')
  if (faults.length > 0) throw new Open311Error(400, ...faults)
  return { service_request_id, description: description.trim() }
}
