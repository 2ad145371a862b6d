// What only HTTP knows of: how a request is written. Everything about towns and cases is refused by the kernel.
import type { z } from 'zod'
import type { FieldError } from '#kernel/errors.ts'
import type { HttpContext } from '#http/route.ts'
import type { Problem } from '#http/status.ts'
import { parseJson, toPointer } from './json-text.ts'
import { ProtocolError } from './protocol-error.ts'

/** RFC 9457, as toProblem writes a refusal of the kernel. */
export function problemResponse({ status, code, message, fields }: ProtocolError): Response {
  const problem: Problem = {
    type: `urn:xiangli:error:${code}`,
    title: code,
    status,
    code,
    detail: message,
    ...(fields.length > 0 ? { errors: fields.map((field) => ({ pointer: field.pointer, code: field.code, detail: field.message })) } : {}),
  }
  return new Response(JSON.stringify(problem), { status, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } })
}

/** Bytes of a request body; files travel another way. */
export const largestBody = 1024 * 1024

/** The JSON body. @throws ProtocolError 400, 413, 415, 422. */
export async function readJsonBody(context: HttpContext): Promise<unknown> {
  const type = context.req.header('content-type') ?? ''
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type))
    throw new ProtocolError(415, 'request.content_type', 'Send application/json in UTF-8.')
  if (context.req.header('content-encoding') !== undefined)
    throw new ProtocolError(415, 'request.content_encoding', 'Send the body without Content-Encoding.')
  return parseJson(await readBytes(context.req.raw))
}

async function readBytes(request: Request): Promise<Uint8Array> {
  const tooLarge = () => new ProtocolError(413, 'request.too_large', 'A request has at most 1 MiB.')
  if (Number(request.headers.get('content-length') ?? 0) > largestBody) throw tooLarge()
  const parts: Uint8Array[] = []
  let length = 0
  // A body of unknown length is read only as far as it may go.
  for await (const part of request.body ?? []) {
    length += part.length
    if (length > largestBody) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** The body in the shape of its schema. @throws ProtocolError `request.invalid` (422) with one entry for each field. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new ProtocolError(
    422,
    'request.invalid',
    'The body does not have the shape of this operation: see the fields.',
    parsed.error.issues.flatMap(toFields),
  )
}

/** The query in the shape of its schema; each parameter once. @throws ProtocolError `query.unknown`, `query.repeated`, `query.invalid` (400). */
export function parseQuery<Schema extends z.ZodType>(schema: Schema, query: URLSearchParams): z.infer<Schema> {
  const names = [...query.keys()]
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated !== undefined)
    throw new ProtocolError(400, 'query.repeated', 'A query parameter may be given once.', [parameter(repeated, 'repeated', 'Give it once.')])
  const parsed = schema.safeParse(Object.fromEntries(query))
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.flatMap(toFields)
  const unknown = issues.some((issue) => issue.code === 'unrecognized_keys')
  throw new ProtocolError(
    400,
    unknown ? 'query.unknown' : 'query.invalid',
    'The query does not have the shape of this operation: see the parameters.',
    issues,
  )
}

const parameter = (name: string, code: string, message: string): FieldError => ({ pointer: toPointer([name]), code, message })

function toFields(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ pointer: toPointer([...issue.path, key]), code: issue.code, message: 'There is no such field: leave it out.' }))
  if (issue.code === 'invalid_union') {
    // Of several shapes the one that was most likely meant is explained.
    const [meant] = issue.errors.toSorted((one, other) => one.length - other.length)
    if (meant && meant.length > 0) return meant.flatMap((inner) => toFields({ ...inner, path: [...issue.path, ...inner.path] }))
  }
  return [{ pointer: toPointer(issue.path), code: issue.code, message: issue.message }]
}
