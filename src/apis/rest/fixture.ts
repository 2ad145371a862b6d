// A founded town behind the routes of this interface, with staff who hold tokens; mounted as src/app.ts mounts them.
import { Hono } from 'hono'
import { appoint } from '#kernel/access/posts.ts'
import { DomainError, notFound } from '#kernel/errors.ts'
import { createToken } from '#kernel/identity/tokens.ts'
import { logError } from '#kernel/log.ts'
import type { Installation } from '#kernel/installation/installation.ts'
import type { HttpContext } from '#http/route.ts'
import { statusOf, toProblem } from '#http/status.ts'
import { openVisit } from '#http/visit.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { restRoutes } from './rest.ts'

export type Asked = { status: number; headers: Headers; body: unknown; text: string }
export type TestApi = {
  town: TestTown
  base: string
  /** `with`: value of the Authorization header. A string body is sent as it is. */
  ask(method: string, path: string, options?: { with?: string; body?: unknown; headers?: Record<string, string> }): Promise<Asked>
  /** The Authorization header of the holder of a post; the account and the appointment are made on first use. */
  holder(postId: string): Promise<string>
  userOf(postId: string): string
}

export async function openTestApi(options: { demo?: boolean } = {}): Promise<TestApi> {
  const town = await openTestTown('2026-03-02T09:00:00+08:00', options)
  const app = mount(town.installation)
  const base = `/t/${town.tenant}/api/v1`
  const tokens = new Map<string, { userId: string; header: string }>()
  const api: TestApi = {
    town,
    base,
    async ask(method, path, { with: authorization, body, headers } = {}) {
      const answer = await app.request(path.startsWith('/t/') ? path : `${base}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(authorization === undefined ? {} : { authorization }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' ? body : body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) }),
      })
      const text = await answer.text()
      return {
        status: answer.status,
        headers: answer.headers,
        text,
        body: answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined,
      }
    },
    async holder(postId) {
      const known = tokens.get(postId)
      if (known) return known.header
      const { ctx, installation, tenant } = town
      const { userId } = await installation
        .identityOf(tenant)
        .createUser({ email: `${postId}@qingxi.example`, password: 'correct horse battery 2026', name: postId, kind: 'staff' })
      await appoint(ctx, { postId, userId, from: '2026-01-01' })
      const { token } = await createToken(ctx.db, tenant, { userId, name: 'test' }, ctx.clock.now())
      tokens.set(postId, { userId, header: `Bearer ${token}` })
      return `Bearer ${token}`
    },
    userOf: (postId) => tokens.get(postId)?.userId ?? '',
  }
  return api
}

function mount(installation: Installation): Hono {
  const app = new Hono()
  for (const route of restRoutes) {
    app.on(route.method.toUpperCase(), `/t/:tenant/api/v1${route.path}`, async (context) => {
      // Hono types a context by the route it came from.
      const http = context as unknown as HttpContext
      return route.handle(await openVisit(http, installation, context.req.param('tenant') ?? ''), http)
    })
  }
  app.notFound(() => answerError(notFound('page.not_found', 'There is no such page.')))
  app.onError((error) => answerError(error))
  return app
}

function answerError(error: Error): Response {
  const status = statusOf(error)
  if (status === 500) logError('request', error)
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  if (status === 401) headers.set('www-authenticate', 'Bearer, Receipt')
  if (error instanceof DomainError && error.cause instanceof Object && 'retryAfterSeconds' in error.cause)
    headers.set('retry-after', String(error.cause.retryAfterSeconds))
  return new Response(JSON.stringify(toProblem(error)), { status, headers })
}
