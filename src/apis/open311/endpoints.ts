// The two endpoints of a town: production, whose requests are cases, and test, whose requests nobody acts on.
import { randomBytes } from 'node:crypto'
import { findByApiToken } from '#kernel/cases/api-filings.ts'
import { uuidv7 } from '#kernel/ids.ts'
import { addTestRequest, addTestUpdate, listTestRequests, type TestRequest } from '#kernel/publication/test-requests.ts'
import type { Visit } from '#http/visit.ts'
import { Open311Error, type Value } from './answer.ts'
import { checkRequest, fileRequest, type Sent } from './post-request.ts'
import { getRequest, listed, listRequests, pageOf, type Query, spanOf, w3c } from './requests.ts'
import { listServices, serviceName } from './services.ts'
import { addUpdate, checkUpdate, listUpdates } from './updates.ts'

/** What an endpoint does, once format, key and town are known. Every function may throw Open311Error. */
export type Endpoint = {
  list(visit: Visit, query: Query): Promise<Value>
  find(visit: Visit, id: string, query: Query): Promise<Value>
  findToken(visit: Visit, token: string): Promise<Value>
  file(visit: Visit, sent: Sent, keyId: string, idempotencyKey: string | undefined): Promise<Value>
  listUpdates(visit: Visit, query: Query): Promise<Value>
  addUpdate(visit: Visit, fields: Record<string, string>, keyId: string): Promise<Value>
}

export const production: Endpoint = {
  list: listRequests,
  find: getRequest,
  findToken: async (visit, token) => {
    const filing = await findByApiToken(visit.ctx, token)
    if (!filing) throw new Open311Error(404, 'token was not found.')
    return [{ service_request_id: filing.number, token }]
  },
  file: async (visit, sent, keyId, idempotencyKey) => fileRequest(visit, await checkRequest(visit.ctx, sent), sent, keyId, idempotencyKey),
  listUpdates,
  addUpdate,
}

export const test: Endpoint = {
  list: async (visit, query) => {
    const ids = listed(query['service_request_id'])
    const statuses = listed(query['status'])?.map((status) => status.toLowerCase())
    for (const status of statuses ?? []) if (status !== 'open' && status !== 'closed') throw new Open311Error(400, 'status must be open or closed.')
    const span = ids ? {} : { ...spanOf(query, visit.ctx.clock.now()), codes: listed(query['service_code']) }
    const found = await listTestRequests(visit.ctx, { ids, ...span, ...pageOf(query) })
    // A test request stays open: nobody acts on it.
    return describe(visit, statuses && !statuses.includes('open') ? [] : found)
  },
  find: async (visit, id) => describe(visit, [await findOne(visit, id)]),
  findToken: async (visit, token) => {
    const [found] = await listTestRequests(visit.ctx, { token, limit: 1, offset: 0 })
    if (!found) throw new Open311Error(404, 'token was not found.')
    return [{ service_request_id: found.request_id, token }]
  },
  file: async (visit, sent, keyId) => {
    const service = await checkRequest(visit.ctx, sent)
    const { lat, long, address_string, address_id, description } = sent.fields
    const one = {
      request_id: `TEST-${randomBytes(6).toString('hex').toUpperCase()}`,
      key_id: keyId,
      token: randomBytes(16).toString('hex'),
      service_code: service.code,
    }
    const request = {
      lat: lat ? Number(lat) : null,
      long: long ? Number(long) : null,
      address: address_string ?? null,
      address_id: address_id ?? null,
      description: description ?? null,
    }
    await addTestRequest(visit.ctx, { ...one, request })
    return [
      {
        ...(service.batch ? { token: one.token } : { service_request_id: one.request_id }),
        service_notice: '测试端点：不会有人办理。 Test endpoint: nobody acts on it.',
        account_id: null,
      },
    ]
  },
  listUpdates: async (visit, query) => {
    const ids = listed(query['service_request_id'])
    const { from, to } = spanOf(query, visit.ctx.clock.now())
    const found = await listTestRequests(visit.ctx, { ids, limit: 1000, offset: 0 })
    const { limit, offset } = pageOf(query)
    return found
      .flatMap((one) => one.updates.map((update) => ({ ...update, number: one.request_id })))
      .filter(({ at }) => new Date(at) >= from && new Date(at) <= to)
      .sort((a, b) => a.at.localeCompare(b.at))
      .slice(offset, offset + limit)
      .map(({ update_id, number, status, at, description }) => ({
        update_id,
        service_request_id: number,
        status,
        updated_datetime: w3c(new Date(at)),
        description,
        media_url: null,
      }))
  },
  addUpdate: async (visit, fields, keyId) => {
    const { service_request_id, description } = checkUpdate(fields)
    const one = await findOne(visit, service_request_id)
    if (one.key_id !== keyId) throw new Open311Error(403, 'This request was not filed with this api_key.')
    const at = visit.ctx.clock.now()
    const update = { update_id: uuidv7(at), at: at.toISOString(), description, status: 'OPEN' }
    await addTestUpdate(visit.ctx, one.request_id, update)
    return [{ update_id: update.update_id, account_id: null }]
  },
}

async function findOne(visit: Visit, id: string): Promise<TestRequest> {
  const [found] = await listTestRequests(visit.ctx, { ids: [id], limit: 1, offset: 0 })
  if (!found) throw new Open311Error(404, `service_request_id “${id}” was not found.`)
  return found
}

async function describe(visit: Visit, found: TestRequest[]): Promise<Value> {
  const services = await listServices(visit.ctx)
  return found.map(({ request_id, service_code, request, requested_at, updated_at }) => {
    const service = services.find(({ code }) => code === service_code)
    return {
      service_request_id: request_id,
      status: 'open',
      status_notes: null,
      service_name: service ? serviceName(service, visit.language) : service_code,
      service_code,
      description: request['description'] ?? null,
      agency_responsible: null,
      service_notice: null,
      requested_datetime: w3c(requested_at),
      updated_datetime: w3c(updated_at),
      expected_datetime: null,
      address: request['address'] ?? null,
      address_id: request['address_id'] ?? null,
      zipcode: null,
      lat: request['lat'] ?? null,
      long: request['long'] ?? null,
      media_url: null,
    }
  })
}
