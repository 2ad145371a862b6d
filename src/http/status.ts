import { DomainError, type ErrorKind } from '#kernel/errors.ts'

/** The one place where a refusal becomes an HTTP status (RFC 9110). */
const statuses = {
  invalid: 422,
  unauthenticated: 401,
  not_found: 404,
  forbidden: 403,
  conflict: 409,
  too_many: 429,
  too_large: 413,
  too_long: 414,
  method: 405,
  unsupported: 415,
  unavailable: 503,
} as const satisfies Record<ErrorKind, number>

export type ErrorStatus = (typeof statuses)[ErrorKind] | 500 | 400

export const statusOf = (error: unknown): ErrorStatus => (error instanceof DomainError ? statuses[error.kind] : 500)

/** RFC 9457 problem details. Nothing internal is in it. */
export type Problem = {
  type: string
  title: string
  status: number
  code: string
  detail: string
  errors?: { pointer: string; code: string; detail: string }[]
}

export function toProblem(error: unknown): Problem {
  const status = statusOf(error)
  if (!(error instanceof DomainError))
    return {
      type: 'about:blank',
      title: 'Internal error',
      status,
      code: 'internal',
      detail: 'Something went wrong on our side. Nothing was stored; try again, and tell the town if it stays.',
    }
  const errors = error.fields.map((field) => ({ pointer: field.pointer, code: field.code, detail: field.message }))
  return {
    type: `urn:xiangli:error:${error.code}`,
    title: error.code,
    status,
    code: error.code,
    detail: error.message,
    ...(errors.length > 0 ? { errors } : {}),
  }
}
