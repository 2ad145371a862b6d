// An operation is data: its path, who may ask, its shapes, its answers. Routes and openapi.json are both made from it.
import type { z } from 'zod'
import type { Ctx } from '#kernel/context.ts'
import { DomainError, type FieldError, notFound } from '#kernel/errors.ts'
import type { Language } from '#kernel/forms/forms.ts'
import type { HttpContext, Route } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { authenticate, type Credentials } from './credentials.ts'
import { parseBody, parseQuery, problemResponse, readJsonBody } from './protocol.ts'
import { ProtocolError } from './protocol-error.ts'
import { type CommonQuery, pathParameters } from './requests.ts'

/** One answer that the operation gives when it goes well; absent `schema` is a file of `contentType`. */
export type AnswerSpec = { description: string; schema?: z.ZodType; contentType?: string; example?: unknown; headers?: Record<string, string> }

export type Call<Query, Body> = {
  visit: Visit
  ctx: Ctx
  context: HttpContext
  language: Language
  query: Query
  body: Body
  path: (name: string) => string
}

export type Answer = { status: number; body: unknown; headers?: Record<string, string> }

type Spec<Query extends z.ZodType<CommonQuery>, Body extends z.ZodType> = {
  id: string
  tag: string
  method: 'get' | 'post'
  /** As Hono writes it, below `/api/v1`; parameters are those of pathParameters. */
  path: string
  summary: string
  description?: string
  credentials: Credentials
  query: Query
  body?: { schema: Body; examples: Record<string, unknown> }
  headers?: Record<string, { description: string; schema: z.ZodType; example: string }>
  answers: Record<number, AnswerSpec>
  /** Statuses of refusals beyond those that follow from the rest. */
  refusals: number[]
  handle: (call: Call<z.infer<Query>, z.infer<Body>>) => Promise<Answer | Response>
}

/** A described operation, ready to be mounted. */
export type Operation = Omit<Spec<z.ZodType<CommonQuery>, z.ZodType>, 'handle'> & { route: Route }

export function defineOperation<Query extends z.ZodType<CommonQuery>, Body extends z.ZodType>(spec: Spec<Query, Body>): Operation {
  const { handle: _, ...described } = spec
  return {
    ...described,
    route: {
      method: spec.method,
      path: spec.path,
      guard: spec.credentials === 'case' || spec.credentials === 'staff' ? 'token' : 'public',
      handle: async (visit, context) => {
        // Pages set cookies when a visit opens; a program gets none, and an answer that others may keep carries none.
        context.header('set-cookie', undefined)
        try {
          return await run(spec, visit, context)
        } catch (error) {
          if (error instanceof ProtocolError) return problemResponse(error)
          throw error
        }
      },
    },
  }
}

async function run<Query extends z.ZodType<CommonQuery>, Body extends z.ZodType>(
  spec: Spec<Query, Body>,
  visit: Visit,
  context: HttpContext,
): Promise<Response> {
  const path = (name: string) => context.req.param(name) ?? ''
  const ctx = await authenticate(visit, context.req.header('authorization'), spec.credentials, context.req.param('number'))
  checkPath(spec.path, path)
  const query = parseQuery(spec.query, new URL(context.req.url).searchParams)
  // Without a body schema there is no body to read: the type is `unknown` then.
  const body = spec.body ? parseBody(spec.body.schema, await readJsonBody(context)) : (undefined as z.infer<Body>)
  const answer = await spec.handle({ visit, ctx, context, query, body, path, language: query.lang ?? visit.language })
  return answer instanceof Response ? answer : toResponse(spec.answers[answer.status], answer)
}

/** What cannot be the name of anything is not found, and reaches no query. */
function checkPath(template: string, path: (name: string) => string) {
  for (const [, name = ''] of template.matchAll(/:(\w+)/g)) {
    const parameter = pathParameters[name]
    if (parameter && !parameter.schema.safeParse(path(name)).success) throw notFound(parameter.refusal)
  }
}

/** What the schema does not name is not sent, whatever the kernel gave. */
function toResponse(spec: AnswerSpec | undefined, { status, body, headers }: Answer): Response {
  if (!spec?.schema) throw new Error(`no answer ${status} is described`)
  return new Response(JSON.stringify(spec.schema.parse(body)), {
    status,
    headers: { 'content-type': spec.contentType ?? 'application/json', 'cache-control': 'no-store', ...headers },
  })
}

/** Complaints about a form point into the form; here the form stands under `/data` (and the entry under `/entry`). */
export async function underData<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DomainError) || error.fields.length === 0) throw error
    const prefix = error.code === 'case.received_later' ? '/entry' : '/data'
    const fields = error.fields.map((field): FieldError => ({ ...field, pointer: `${prefix}${field.pointer === '/' ? '' : field.pointer}` }))
    throw new DomainError(error.kind, error.code, error.message, { cause: error, fields })
  }
}
