// The draft of this browser: its code lies in a cookie that only the pages of that service get.
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { draftDays, type Draft, findDraft } from '#kernel/cases/drafts.ts'
import type { HttpContext } from '#http/route.ts'
import { cookieRules, type Visit } from '#http/visit.ts'

const name = 'xl_draft'
const pathOf = (visit: Visit, procedure: string) => `${visit.base}/matters/${procedure}`

export type OpenDraft = { code: string; draft: Draft }

/** The live draft of this browser for a procedure; undefined when there is none, or it was for another. */
export async function readDraft(visit: Visit, context: HttpContext, procedure: string): Promise<OpenDraft | undefined> {
  const code = getCookie(context, name)
  const draft = code === undefined ? undefined : await findDraft(visit.ctx, code)
  return code !== undefined && draft?.procedure === procedure ? { code, draft } : undefined
}

export const keepDraft = (visit: Visit, context: HttpContext, procedure: string, code: string): void =>
  setCookie(context, name, code, { ...cookieRules(pathOf(visit, procedure), visit.ctx), maxAge: draftDays * 86_400 })

export const dropDraft = (visit: Visit, context: HttpContext, procedure: string): void => {
  deleteCookie(context, name, cookieRules(pathOf(visit, procedure), visit.ctx))
}
