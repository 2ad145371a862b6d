// What was just filed, for half an hour in this browser only: encrypted, so that reloading the confirmation works and the server keeps no code.
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Acknowledgement } from '#kernel/cases/open-case.ts'
import { findByReceipt } from '#kernel/cases/receipts.ts'
import { decryptJson, encryptJson } from '#kernel/keys/keyring.ts'
import type { HttpContext } from '#http/route.ts'
import { cookieRules, setReceiptCookie, type Visit } from '#http/visit.ts'

const name = 'xl_filed'
const minutes = 30

export type Filed = Acknowledgement & { procedure: string; named: boolean }

const secretOf = (visit: Visit) => visit.ctx.services.keyring.secret(`filed-cookie:${visit.ctx.tenant}`)

/** Keeps the confirmation and opens the case in this browser. */
export async function keepFiled(visit: Visit, context: HttpContext, filed: Filed): Promise<void> {
  const until = visit.ctx.clock.now().getTime() + minutes * 60_000
  const sealed = encryptJson(secretOf(visit), { ...filed, until }, 'filed-cookie').toString('base64url')
  setCookie(context, name, sealed, { ...cookieRules(`${visit.base}/filed`, visit.ctx), maxAge: minutes * 60 })
  const receipt = await findByReceipt(visit.ctx, filed.receiptCode)
  if (receipt) setReceiptCookie(context, visit, receipt)
}

export function readFiled(visit: Visit, context: HttpContext): Filed | undefined {
  const value = getCookie(context, name)
  if (value === undefined) return undefined
  try {
    const { until, ...filed } = decryptJson<Filed & { until: number }>(secretOf(visit), Buffer.from(value, 'base64url'), 'filed-cookie')
    return until > visit.ctx.clock.now().getTime() ? filed : undefined
  } catch {
    return undefined
  }
}

export const dropFiled = (visit: Visit, context: HttpContext): void => {
  deleteCookie(context, name, cookieRules(`${visit.base}/filed`, visit.ctx))
}
