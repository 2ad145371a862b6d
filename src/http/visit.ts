// One request to a town: who asks, in which language, with which form token. Nothing here decides a right.
import { randomBytes } from 'node:crypto'
import { getCookie, setCookie } from 'hono/cookie'
import { staffActor } from '#kernel/access/posts.ts'
import { type Actor, as, type Ctx, systemActor } from '#kernel/context.ts'
import type { Language } from '#kernel/forms/forms.ts'
import { checkCsrf, issueCsrf, newAnonymousId } from '#kernel/identity/csrf.ts'
import type { Identity, Session } from '#kernel/identity/identity.ts'
import type { Installation } from '#kernel/installation/installation.ts'
import { decryptJson, encryptJson } from '#kernel/keys/keyring.ts'
import { clientAddress } from '#kernel/net/addresses.ts'
import { getTown, type Town } from '#kernel/towns/towns.ts'
import type { HttpContext } from './route.ts'

export type Visit = {
  ctx: Ctx
  town: Town
  /** `/t/<tenant>` */
  base: string
  language: Language
  edition: 'standard' | 'large'
  nonce: string
  csrf: string
  /** What ties forms and challenges to this browser: the session, or the cookie of a visitor. */
  binding: string
  session: Session | undefined
  identity: Identity
  /** The address of the caller, for rate limits only; never stored or logged as it is. */
  address: string
}

const receiptHours = 2

/** Everything a handler needs; sets the language and edition cookies when the query asks for another. */
export async function openVisit(context: HttpContext, installation: Installation, tenant: string): Promise<Visit> {
  const base = `/t/${tenant}`
  const system = await installation.ctxFor(tenant, systemActor('visit'))
  const identity = installation.identityOf(tenant)
  const session = await identity.readSession(context.req.raw.headers)
  const actor = await actorOf(context, system, session)
  const binding = session?.sessionId ?? anonymousId(context, base, system)
  return {
    ctx: as(system, actor),
    town: await getTown(system),
    base,
    language: choose(context, cookieRules(base, system), 'lang', ['zh', 'en'] as const, preferredLanguage(context)),
    edition: choose(context, cookieRules(base, system), 'edition', ['standard', 'large'] as const, 'standard'),
    nonce: randomBytes(16).toString('base64'),
    csrf: issueCsrf(csrfSecret(system), binding),
    binding,
    session,
    identity,
    address: addressOf(context, installation.config),
  }
}

/** Refuses a forged post (SECURITY.md). `token` is the hidden field `_csrf`. */
export function checkForgery(visit: Visit, context: HttpContext, token: string | undefined): void {
  const binding = visit.session?.sessionId ?? getCookie(context, 'xl_anon')
  checkCsrf({
    secret: csrfSecret(visit.ctx),
    binding,
    method: context.req.method,
    headers: context.req.raw.headers,
    token,
    origins: [new URL(visit.ctx.services.baseUrl).origin, new URL(context.req.url).origin],
  })
}

const csrfSecret = (ctx: Ctx) => ctx.services.keyring.secret(`csrf:${ctx.tenant}`).toString('hex')

async function actorOf(context: HttpContext, system: Ctx, session: Session | undefined): Promise<Actor> {
  if (session?.kind === 'staff') return staffActor(system, session)
  const receipt = readReceiptCookie(context, system)
  if (receipt) return { kind: 'receipt', ...receipt }
  if (session?.kind === 'resident') return { kind: 'resident', accountId: session.userId }
  return { kind: 'anonymous' }
}

type HeldReceipt = { caseId: string; partyId: string; mandateId?: string }
type ReceiptCookie = HeldReceipt & { until: number }

/** Opens a case on this browser for two hours; the cookie is encrypted and the code itself is not in it. */
export function setReceiptCookie(context: HttpContext, visit: Visit, receipt: HeldReceipt): void {
  const value: ReceiptCookie = { ...receipt, until: visit.ctx.clock.now().getTime() + receiptHours * 3_600_000 }
  const sealed = encryptJson(visit.ctx.services.keyring.secret(`receipt-cookie:${visit.ctx.tenant}`), value, 'receipt-cookie')
  setCookie(context, 'xl_receipt', sealed.toString('base64url'), { ...cookieRules(visit.base, visit.ctx), maxAge: receiptHours * 3600 })
}

function readReceiptCookie(context: HttpContext, ctx: Ctx): HeldReceipt | undefined {
  const value = getCookie(context, 'xl_receipt')
  if (!value) return undefined
  try {
    const { until, ...receipt } = decryptJson<ReceiptCookie>(
      ctx.services.keyring.secret(`receipt-cookie:${ctx.tenant}`),
      Buffer.from(value, 'base64url'),
      'receipt-cookie',
    )
    return until > ctx.clock.now().getTime() ? receipt : undefined
  } catch {
    return undefined
  }
}

/** What every cookie of ours carries. */
export const cookieRules = (path: string, ctx: Ctx) => ({
  path,
  httpOnly: true,
  sameSite: 'Lax' as const,
  secure: ctx.services.baseUrl.startsWith('https:'),
})

function anonymousId(context: HttpContext, base: string, ctx: Ctx): string {
  const known = getCookie(context, 'xl_anon')
  if (known) return known
  const made = newAnonymousId()
  setCookie(context, 'xl_anon', made, cookieRules(base, ctx))
  return made
}

function choose<const Value extends string>(
  context: HttpContext,
  rules: ReturnType<typeof cookieRules>,
  name: string,
  values: readonly Value[],
  otherwise: Value,
): Value {
  const find = (text: string | undefined) => values.find((value) => value === text)
  const asked = find(context.req.query(name))
  if (asked) setCookie(context, `xl_${name}`, asked, { ...rules, maxAge: 31_536_000 })
  return asked ?? find(getCookie(context, `xl_${name}`)) ?? otherwise
}

function preferredLanguage(context: HttpContext): Language {
  const first = (context.req.header('accept-language') ?? 'zh').split(',')[0]?.trim().toLowerCase() ?? 'zh'
  return first.startsWith('en') ? 'en' : 'zh'
}

/** The socket's address, or what a proxy of ours says of it. */
function addressOf(context: HttpContext, { isProxy }: Installation['config']): string {
  const env: { incoming?: { socket?: { remoteAddress?: string } } } = context.env ?? {}
  return clientAddress(env.incoming?.socket?.remoteAddress, context.req.header('x-forwarded-for'), isProxy ?? (() => false))
}
