// The slip that a person takes home from the counter. The code is shown once: until then it lies encrypted in this browser's cookie.
import { getCookie, setCookie } from 'hono/cookie'
import type { Ctx } from '#kernel/context.ts'
import { decryptJson, encryptJson } from '#kernel/keys/keyring.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import { cookieRules, type Visit } from '#http/visit.ts'
import { work } from './frame.tsx'

/** `next`: what happens now, in order. `others`: codes of other parties, each for herself. */
export type Slip = {
  number: string
  code: string
  title: string
  rows: [string, string][]
  next: string[]
  until: number
  others?: [string, string][]
}

const cookie = 'xl_slip'
const minutes = 15

const secretOf = (ctx: Ctx) => ctx.services.keyring.secret(`slip-cookie:${ctx.tenant}`)

export function keepSlip(visit: Visit, context: HttpContext, slip: Omit<Slip, 'until'>): void {
  const until = visit.ctx.clock.now().getTime() + minutes * 60_000
  const sealed = encryptJson(secretOf(visit.ctx), { ...slip, until }, 'slip-cookie').toString('base64url')
  setCookie(context, cookie, sealed, { ...cookieRules(work(visit), visit.ctx), maxAge: minutes * 60 })
}

/** Undefined when there is none, or its time is over. */
export function readSlip(visit: Visit, context: HttpContext): Slip | undefined {
  const value = getCookie(context, cookie)
  if (!value) return undefined
  try {
    const slip = decryptJson<Slip>(secretOf(visit.ctx), Buffer.from(value, 'base64url'), 'slip-cookie')
    return slip.until > visit.ctx.clock.now().getTime() ? slip : undefined
  } catch {
    // A cookie of another key or a broken one is no slip.
    return undefined
  }
}

/** The slip as A5 PDF (docs/design/documents.md). */
export function renderSlip(visit: Visit, slip: Slip): Promise<Uint8Array> {
  const { ctx, town } = visit
  const own = [...town.organizations.values()].find((body) => body.kind === 'own' && body.parent === undefined)
  return ctx.services.renderer.render({
    source: '#import "/layout.typ": *\n#show: slip\n',
    at: ctx.clock.now(),
    data: {
      issuer: { name: own?.name.zh ?? town.name.zh },
      title: slip.title,
      number: slip.number,
      date: today(ctx),
      code: slip.code,
      rows: slip.rows,
      next: slip.next,
      contact: own?.phone ? `${own.name.zh}　${own.phone}` : null,
      verify: { url: `${ctx.services.baseUrl}/t/${ctx.tenant}/track`, short: '' },
      language: 'zh',
    },
  })
}
