// A refusal that the page answers itself, with what was typed still there.
import { DomainError } from '#kernel/errors.ts'
import { statusOf } from '#http/status.ts'
import type { Visit } from '#http/visit.ts'
import { minutesToWait, problemOf } from '../portal/problems.ts'

export type Failure = { text: string; status: number; code: string; headers: Record<string, string> }

const answered = new Set(['unauthenticated', 'too_many', 'invalid', 'conflict'])

/** Words and status for a refusal; anything else, and a missing recent sign-in, goes on to where it belongs. */
export function failureOf(visit: Visit, error: unknown): Failure {
  const elsewhere = !(error instanceof DomainError) || !answered.has(error.kind) || ['sign_in.recent_needed', 'sign_in.needed'].includes(error.code)
  if (elsewhere) throw error
  const { text } = problemOf(error, visit.language)
  const minutes = minutesToWait(error)
  const wait = minutes === undefined ? '' : visit.language === 'zh' ? `（约 ${minutes} 分钟）` : ` (about ${minutes} minutes)`
  const headers: Record<string, string> = minutes === undefined ? {} : { 'retry-after': String(minutes * 60) }
  return { text: `${text}${wait}`, status: error.kind === 'unauthenticated' ? 422 : statusOf(error), code: error.code, headers }
}

export const failureStatus = (failure: Failure | undefined): number => failure?.status ?? 200
