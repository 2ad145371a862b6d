// Puts the parts together: middleware, routes with their guards, and the one place where errors become answers.
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { as } from '#kernel/context.ts'
import { listTenants } from '#kernel/towns/create-town.ts'
import { DomainError, notFound } from '#kernel/errors.ts'
import type { Installation } from '#kernel/installation/installation.ts'
import { logError } from '#kernel/log.ts'
import { logRoutes } from '#apis/log/log.ts'
import { open311Routes } from '#apis/open311/open311.ts'
import { restRoutes } from '#apis/rest/rest.ts'
import { witnessRoutes } from '#apis/witness/witness.ts'
import { seeOther } from '#http/page.ts'
import { isMetricsToken, metricsText, RequestCounts } from '#http/metrics.ts'
import { readBacklog } from '#kernel/work/backlog.ts'
import { checkAddress, methodsOf } from '#http/methods.ts'
import type { HttpContext, Route } from '#http/route.ts'
import { securityTxt } from '#http/security-txt.ts'
import { statusOf, toProblem } from '#http/status.ts'
import { openVisit, type Visit } from '#http/visit.ts'
import { errorPage } from '#web/portal/error-page.tsx'
import { portalRoutes } from '#web/portal/portal.ts'
import { townsPage } from '#web/portal/towns-page.tsx'
import { withRecentSignIn } from '#web/sign-in/again.tsx'
import { workspaceRoutes } from '#web/workspace/workspace.ts'
import { assetResponse } from '#http/assets.ts'
import { demoOutbox } from './demo/demo-routes.ts'

/** Every route of a town below `/t/:tenant`, by group; the test of routes reads this list. */
export const routeGroups: { prefix: string; kind: 'page' | 'api'; routes: Route[] }[] = [
  { prefix: '', kind: 'page', routes: portalRoutes },
  { prefix: '/workspace', kind: 'page', routes: workspaceRoutes },
  { prefix: '/api/v1', kind: 'api', routes: restRoutes },
  { prefix: '/open311', kind: 'api', routes: open311Routes },
]

const largestBody = 12 * 1024 * 1024

/** The whole application as one Hono app; needs no socket. */
export function createApp(installation: Installation): Hono {
  const app = new Hono()
  const counts = new RequestCounts()
  app.use(async (context, next) => {
    const begun = performance.now()
    await next()
    counts.add(context.req.method, context.res.status, (performance.now() - begun) / 1000)
  })
  app.use(async (context, next) => {
    // Made now, so that Hono adds cookies that were set on the way to whatever Response a handler gives.
    void context.res
    await next()
    context.res.headers.set('x-content-type-options', 'nosniff')
    context.res.headers.set('referrer-policy', 'same-origin')
    context.res.headers.set('cross-origin-opener-policy', 'same-origin')
    // One page asks for more: the form on which a person may give her position.
    if (!context.res.headers.has('permissions-policy')) context.res.headers.set('permissions-policy', 'geolocation=(), camera=(), microphone=()')
    if (installation.config.baseUrl.startsWith('https:')) context.res.headers.set('strict-transport-security', 'max-age=31536000')
  })
  app.use(async (context, next) => {
    checkAddress(new URL(context.req.url))
    await next()
  })
  // Form tokens are masked anew in each page, so compressed pages give nothing away (BREACH).
  app.use(compress({ threshold: 1024 }))
  app.use(
    bodyLimit({
      maxSize: largestBody,
      onError: () => {
        throw new DomainError('too_large', 'request.too_large', 'This is larger than 12 MB: send less at once.')
      },
    }),
  )
  app.get('/', async (context) => start(context, installation))
  app.get('/healthz', (context) => context.text('ok'))
  app.get('/metrics', (context) => metrics(context, installation, counts))
  app.get('/.well-known/security.txt', async (context) => {
    const towns = await listTenants(installation.database.db)
    const text = securityTxt(
      installation.config,
      towns.map((town) => town.tenant_id),
    )
    return context.text(text, 200, { 'content-type': 'text/plain; charset=utf-8' })
  })
  app.get('/assets/:name', (context) => assetResponse(context.req.param('name'), context.req.header('accept-encoding') ?? ''))
  if (installation.config.demo) app.get('/demo/outbox.json', (context) => demoOutbox(context, installation))
  app.route('/t/:tenant/ledger', logRoutes({ db: installation.database.db, clock: installation.clock }))
  app.route('/witness', witnessRoutes(installation.witness))
  for (const group of routeGroups) for (const route of group.routes) mount(app, installation, group, route)
  const knownMethods = methodsOf(app)
  app.notFound((context) => {
    const allowed = knownMethods(new URL(context.req.url).pathname)
    if (allowed.length === 0) return answerError(context, installation, notFound('page.not_found', 'There is no such page.'))
    const allow = { allow: allowed.join(', ') }
    if (context.req.method === 'OPTIONS') return new Response(null, { status: 204, headers: allow })
    const refusal = new DomainError('method', 'request.method', `This address answers ${allow.allow} only.`)
    return answerError(context, installation, refusal, allow)
  })
  app.onError((error, context) => answerError(context, installation, error))
  return app
}

function mount(app: Hono, installation: Installation, group: { prefix: string; kind: 'page' | 'api' }, route: Route) {
  app.on(route.method.toUpperCase(), `/t/:tenant${group.prefix}${route.path}`, async (context) => {
    asHttp(context).set('installation', installation)
    const visit = await openVisit(asHttp(context), installation, context.req.param('tenant') ?? '')
    const refusal = guard(visit, route)
    if (refusal) {
      if (group.kind === 'page' && refusal.kind === 'unauthenticated' && route.method === 'get')
        return seeOther(`${visit.base}/sign-in?next=${encodeURIComponent(new URL(context.req.url).pathname)}`)
      throw refusal
    }
    const handle = () => route.handle(route.guard === 'resident' ? asResident(visit) : visit, asHttp(context))
    return group.kind === 'page' ? withRecentSignIn(visit, asHttp(context), handle) : handle()
  })
}

/** For whoever holds the token; without one in the settings there is no such page. */
async function metrics(context: Context, { config, database, clock }: Installation, counts: RequestCounts): Promise<Response> {
  const { metricsToken } = config
  if (metricsToken === undefined) throw notFound('page.not_found', 'There is no such page.')
  const headers = { 'cache-control': 'no-store' }
  if (!isMetricsToken(context.req.header('authorization'), metricsToken))
    return context.text('Send the token of the installation.\n', 401, { ...headers, 'www-authenticate': 'Bearer realm="metrics"' })
  const text = metricsText(counts, await readBacklog(database.db, clock))
  return new Response(text, { headers: { ...headers, 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } })
}

/** Who may come in at all; what may be done to which case is the access rule's. */
function guard(visit: Visit, route: Route): DomainError | undefined {
  const { actor } = visit.ctx
  switch (route.guard) {
    case 'public':
    case 'party':
    case 'token':
      return undefined
    case 'resident':
      return visit.session?.kind === 'resident' ? undefined : new DomainError('unauthenticated', 'sign_in.needed', 'Sign in first.')
    case 'account':
      return visit.session ? undefined : new DomainError('unauthenticated', 'sign_in.needed', 'Sign in first.')
    case 'staff':
      if (actor.kind !== 'staff') return new DomainError('unauthenticated', 'sign_in.needed', 'Sign in first.')
      if (visit.session && visit.identity.staffNeedsSecondFactor(visit.session) && !route.path.startsWith('/account'))
        return new DomainError('forbidden', 'sign_in.second_factor', 'Set up a second factor before working.')
      return undefined
  }
}

/** Pages of an account are the account's, also while a receipt of another matter is open in the same browser. */
const asResident = (visit: Visit): Visit =>
  visit.session === undefined ? visit : { ...visit, ctx: as(visit.ctx, { kind: 'resident', accountId: visit.session.userId }) }

async function start(context: Context, installation: Installation): Promise<Response> {
  const towns = await listTenants(installation.database.db)
  const [only] = towns
  return only && towns.length === 1 ? context.redirect(`/t/${only.tenant_id}`) : townsPage(towns)
}

async function answerError(context: Context, installation: Installation, error: Error, more: Record<string, string> = {}): Promise<Response> {
  const status = statusOf(error)
  if (status === 500) logError('request', error, { method: context.req.method, route: context.req.routePath })
  const path = new URL(context.req.url).pathname
  const wait =
    error instanceof DomainError && error.cause instanceof Object && 'retryAfterSeconds' in error.cause
      ? { 'retry-after': String(error.cause.retryAfterSeconds) }
      : undefined
  if (/^\/t\/[^/]+\/(api|ledger|open311)\//.test(path)) {
    const headers = {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(status === 401 ? { 'www-authenticate': 'Bearer, Receipt' } : {}),
      ...wait,
      ...more,
    }
    return new Response(JSON.stringify(toProblem(error)), { status, headers })
  }
  const tenant = /^\/t\/([a-z][a-z0-9-]{1,40})(\/|$)/.exec(path)?.[1]
  const visit = tenant === undefined ? undefined : await openVisit(asHttp(context), installation, tenant).catch(() => undefined)
  return errorPage(visit, error, status, { ...wait, ...more })
}

// The app is one; Hono types a context by the route it came from.
const asHttp = (context: Context): HttpContext => context as unknown as HttpContext
