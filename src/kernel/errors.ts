// One error for everything a caller can do something about. HTTP and exit codes are given once, at the edge.

/** What kind of refusal this is; the edges map it to a status (RFC 9110) or an exit code. */
export type ErrorKind =
  | 'invalid' // the input is wrong: say which field and how to put it right (422)
  | 'unauthenticated' // nobody is signed in (401)
  | 'not_found' // absent, or not readable by this actor: the two are never told apart (404)
  | 'forbidden' // the thing is visible, the act is not allowed (403)
  | 'conflict' // stale version, or a key reused with another body (409)
  | 'too_many' // rate limit (429)
  | 'too_large' // body or file over its limit (413)
  | 'too_long' // address over its limit (414)
  | 'method' // the address is there, the method is not (405)
  | 'unsupported' // another kind of content (415)
  | 'unavailable' // try again later (503)

/** One field's complaint: `pointer` is a JSON pointer into the submitted data. */
export type FieldError = { pointer: string; code: string; message: string }

/**
 * A refusal with a stable code (`case.not_found`) and a sentence for people.
 * `message` may be shown to anyone; put internal context into `cause`.
 */
export class DomainError extends Error {
  readonly kind: ErrorKind
  readonly code: string
  readonly fields: FieldError[]
  constructor(kind: ErrorKind, code: string, message: string, options: { cause?: unknown; fields?: FieldError[] } = {}) {
    super(message, { cause: options.cause })
    this.name = 'DomainError'
    this.kind = kind
    this.code = code
    this.fields = options.fields ?? []
  }
}

export const notFound = (code: string, message = 'There is nothing here that you can open.') => new DomainError('not_found', code, message)
export const invalid = (code: string, message: string, fields: FieldError[] = []) => new DomainError('invalid', code, message, { fields })
export const conflict = (code: string, message: string) => new DomainError('conflict', code, message)
export const forbidden = (code: string, message: string) => new DomainError('forbidden', code, message)
