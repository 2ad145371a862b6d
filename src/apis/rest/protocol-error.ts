import type { FieldError } from '#kernel/errors.ts'

/** A request that is not well written: wrong syntax (400), too large (413), wrong type of content (415), wrong shape (422). */
export class ProtocolError extends Error {
  readonly status: 400 | 413 | 415 | 422
  readonly code: string
  readonly fields: FieldError[]
  constructor(status: 400 | 413 | 415 | 422, code: string, message: string, fields: FieldError[] = []) {
    super(message)
    this.name = 'ProtocolError'
    this.status = status
    this.code = code
    this.fields = fields
  }
}
