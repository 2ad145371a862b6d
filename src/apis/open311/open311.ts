// Open311 GeoReport v2 below /t/<tenant>/open311, with servicerequestupdates, pages and extensions. It translates; the kernel decides.
import { findApiKey } from '#kernel/access/api-keys.ts'
import { takeNamed } from '#kernel/identity/allowances.ts'
import { toAddressGroup } from '#kernel/identity/limits.ts'
import type { HttpContext, Route } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { answerError, answerWith, type Format, Open311Error, type Value } from './answer.ts'
import { describeEndpoints } from './discovery.ts'
import { type Endpoint, production, test } from './endpoints.ts'
import type { Sent } from './post-request.ts'
import type { Query } from './requests.ts'
import { listServices, toDefinition, toService } from './services.ts'

type Asked = { visit: Visit; context: HttpContext; query: Query; id: string }
type Named = { root: string; item?: string; value: Value }

const requests = (value: Value): Named => ({ root: 'service_requests', item: 'request', value })
const updates = (value: Value): Named => ({ root: 'service_request_updates', item: 'request_update', value })

/** Ends in `.xml` or `.json`; without an ending it is XML, which the specification requires. */
const file = (name: string) => `/:file{${name}(?:\\.[a-zA-Z]{1,8})?}`

function routesOf(prefix: string, endpoint: Endpoint): Route[] {
  const get = (path: string, work: (asked: Asked) => Promise<Named>): Route => ({
    method: 'get',
    path: prefix + path,
    guard: 'public',
    handle: handler(work),
  })
  const post = (path: string, work: (asked: Asked, sent: Sent, keyId: string) => Promise<Named>): Route => ({
    method: 'post',
    path: prefix + path,
    guard: 'public',
    handle: handler(async (asked) => {
      const sent = await readSent(asked)
      return work(asked, sent, await checkKey(asked, sent))
    }),
  })
  return [
    get(file('services'), async ({ visit }) => ({
      root: 'services',
      item: 'service',
      value: (await listServices(visit.ctx)).map((service) => toService(service, visit.language)),
    })),
    get('/services/:file', async ({ visit, id }) => {
      const service = (await listServices(visit.ctx)).find(({ code }) => code === id)
      if (!service) throw new Open311Error(404, `service_code “${id}” was not found.`)
      return { root: 'service_definition', value: toDefinition(service, visit.language) }
    }),
    get(file('requests'), async ({ visit, query }) => requests(await endpoint.list(visit, query))),
    get('/requests/:file', async ({ visit, query, id }) => requests(await endpoint.find(visit, id, query))),
    get('/tokens/:file', async ({ visit, id }) => requests(await endpoint.findToken(visit, id))),
    get(file('servicerequestupdates'), async ({ visit, query }) => updates(await endpoint.listUpdates(visit, query))),
    post(file('requests'), async ({ visit, context }, sent, keyId) =>
      requests(await endpoint.file(visit, sent, keyId, context.req.header('idempotency-key'))),
    ),
    post(file('servicerequestupdates'), async ({ visit }, sent, keyId) => updates(await endpoint.addUpdate(visit, sent.fields, keyId))),
  ]
}

export const open311Routes: Route[] = [
  {
    method: 'get',
    path: '/:file{discovery(?:\\.[a-zA-Z]{1,8})?}',
    guard: 'public',
    handle: handler(async ({ visit }) => ({ root: 'discovery', value: await describeEndpoints(visit) })),
  },
  ...routesOf('/v2', production),
  ...routesOf('/test/v2', test),
]

/** Refusals go out in the format that was asked for. */
function handler(work: (asked: Asked) => Promise<Named>): Route['handle'] {
  return async (visit, context) => {
    const name = context.req.param('file') ?? ''
    const dot = name.lastIndexOf('.')
    const ending = dot < 0 ? undefined : name.slice(dot + 1).toLowerCase()
    const format: Format = ending === 'json' ? 'json' : 'xml'
    try {
      if (ending !== undefined && ending !== 'xml' && ending !== 'json') throw new Open311Error(400, 'Formats are xml and json.')
      const query = context.req.query()
      checkJurisdiction(visit, query['jurisdiction_id'])
      await takeNamed(visit.ctx, 'apiRequests', toAddressGroup(visit.address))
      const { root, item, value } = await work({ visit, context, query, id: dot < 0 ? name : name.slice(0, dot) })
      return answerWith(format, root, item, value)
    } catch (error) {
      return answerError(format, error)
    }
  }
}

/** An endpoint serves one town; its short name may be said, another is not found. */
function checkJurisdiction(visit: Visit, given: string | undefined): void {
  const { tenant, services } = visit.ctx
  if (given && given !== tenant && given !== `${tenant}.${new URL(services.baseUrl).hostname}`)
    throw new Open311Error(404, `jurisdiction_id “${given}” was not found.`)
}

async function checkKey({ visit }: Asked, { fields }: Sent): Promise<string> {
  checkJurisdiction(visit, fields['jurisdiction_id'])
  const given = fields['api_key']
  if (!given) throw new Open311Error(403, 'api_key was not provided.')
  const keyId = await findApiKey(visit.ctx, given)
  if (keyId === undefined) throw new Open311Error(403, 'Invalid api_key received.')
  await takeNamed(visit.ctx, 'apiRequests', keyId)
  return keyId
}

/** `attribute[code]`, `attribute[code][]`; files under any name. The query string may carry fields too, as some programs send the key there. */
async function readSent({ context, query }: Asked): Promise<Sent> {
  const type = context.req.header('content-type') ?? ''
  if (type !== '' && !/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type))
    throw new Open311Error(400, 'Send application/x-www-form-urlencoded or multipart/form-data.')
  const sent: Sent = { fields: { ...query }, attributes: {}, files: [] }
  const body = await context.req.formData().catch(() => undefined)
  if (!body) throw new Open311Error(400, 'The body cannot be read as a form.')
  for (const [name, value] of body) {
    const code = /^attribute\[([^\]]{1,80})\](?:\[\d{0,3}\])?$/.exec(name)?.[1]
    if (typeof value !== 'string') {
      if (value.size > 0) sent.files.push(value)
    } else if (code === undefined) sent.fields[name] = value
    else if (value !== '') sent.attributes[code] = [...(Object.hasOwn(sent.attributes, code) ? (sent.attributes[code] ?? []) : []), value]
  }
  return sent
}
