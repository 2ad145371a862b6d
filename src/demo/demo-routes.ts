// What only a demonstration shows: the messages that would have been sent. app.ts mounts it in demo mode alone.
import type { Context } from 'hono'
import { systemActor } from '#kernel/context.ts'
import { notFound } from '#kernel/errors.ts'
import type { Installation } from '#kernel/installation/installation.ts'
import { listDemoOutbox } from '#kernel/notifications/outbox.ts'
import { listTenants } from '#kernel/towns/create-town.ts'

/** `/demo/outbox.json?tenant=…`, newest first; the first demonstration town without a tenant. @throws `tenant.not_found`. */
export async function demoOutbox(context: Context, installation: Installation): Promise<Response> {
  const towns = (await listTenants(installation.database.db)).filter((town) => town.demo)
  const asked = context.req.query('tenant')
  const town = asked === undefined ? towns[0] : towns.find((known) => known.tenant_id === asked)
  if (!town) throw notFound('tenant.not_found', 'There is no such demonstration town.')
  const ctx = await installation.ctxFor(town.tenant_id, systemActor('demo-outbox'))
  return Response.json(await listDemoOutbox(ctx), { headers: { 'cache-control': 'no-store' } })
}
