// OpenAPI 3.1 out of the operations: the schemas that check requests and answers are the ones that are printed.
import { z } from 'zod'
import type { AnswerSpec, Operation } from './operation.ts'
import { problem } from './answers.ts'
import { named } from './named.ts'
import { pathParameters } from './requests.ts'

type Json = Record<string, unknown>

/** The description for a town; `base` is `/t/<tenant>`. */
export function openApi(operations: Operation[], base: string): Json {
  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [operation.method]: describe(operation) }
  }
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Xiangli · 乡里',
      version: '1.0.0',
      description:
        'File a matter, follow it, prove it, and do the town’s work by program. Bodies are I-JSON (RFC 7493) of at most 1 MiB; refusals are problem details (RFC 9457) that name each field.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: `${base}/api/v1` }],
    tags: ['procedures', 'cases', 'documents', 'tasks', 'description'].map((name) => ({ name })),
    paths,
    components: {
      schemas: components(),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token that a member of staff or a resident made for a program.' },
        receipt: { type: 'http', scheme: 'Receipt', description: 'The receipt code of the case: `Authorization: Receipt <code>`.' },
      },
    },
  }
}

/** Named schemas; `Filing` and the like describe what comes in, so a default is not required there. */
function components(): Json {
  const { schemas } = z.toJSONSchema(named, { uri: (id) => `#/components/schemas/${id}`, io: 'input' })
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutIdentity(schema)]))
}

const withoutIdentity = (schema: Json): Json => Object.fromEntries(Object.entries(schema).filter(([key]) => !['$schema', '$id', 'id'].includes(key)))

function describe(operation: Operation): Json {
  const { body } = operation
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    security: securityOf(operation),
    parameters: [...parametersOf(operation), ...queryOf(operation), ...headersOf(operation)],
    ...(body
      ? { requestBody: { required: true, content: { 'application/json': { schema: refTo(body.schema), examples: valuesOf(body.examples) } } } }
      : {}),
    responses: { ...answersOf(operation), ...refusalsOf(operation) },
  }
}

function securityOf({ credentials }: Operation): Json[] {
  switch (credentials) {
    case 'nobody':
      return []
    case 'optional':
      return [{}, { token: [] }]
    case 'case':
      return [{ receipt: [] }, { token: [] }]
    case 'staff':
      return [{ token: [] }]
  }
}

function parametersOf({ path }: Operation): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    const parameter = pathParameters[name]
    if (!parameter) throw new Error(`path parameter ${name} is not described`)
    return { name, in: 'path', required: true, description: parameter.description, schema: schemaOf(parameter.schema), example: parameter.example }
  })
}

function queryOf({ query }: Operation): Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input' })
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }))
}

const headersOf = ({ headers = {} }: Operation): Json[] =>
  Object.entries(headers).map(([name, header]) => ({
    name,
    in: 'header',
    required: false,
    description: header.description,
    schema: schemaOf(header.schema),
    example: header.example,
  }))

const answersOf = ({ answers }: Operation): Json => Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, toAnswer(answer)]))

function toAnswer({ description, schema, contentType = 'application/json', example, headers = {} }: AnswerSpec): Json {
  // A file that is not JSON has no schema (OpenAPI 3.1 §4.8.14.3).
  const content = schema ? { schema: refTo(schema), examples: { answer: { value: clean(example) } } } : {}
  return { description, content: { [contentType]: content }, ...(Object.keys(headers).length > 0 ? { headers: toHeaders(headers) } : {}) }
}

const toHeaders = (headers: Record<string, string>): Json =>
  Object.fromEntries(Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]))

const reasons: Record<number, string> = {
  400: 'Not well written: JSON or query.',
  401: 'No credentials, or none that are good here.',
  403: 'The thing is visible to you, the act is not yours.',
  404: 'Absent, or not readable by you: the two are never told apart.',
  409: 'Changed meanwhile, no longer open, or a key used with other data.',
  413: 'Larger than 1 MiB.',
  415: 'Not application/json in UTF-8.',
  422: 'A field is wrong: `errors` names it by JSON pointer.',
  429: 'Asked too often: see Retry-After.',
}

function refusalsOf({ refusals }: Operation): Json {
  const describeRefusal = (status: number, description: string) => ({
    description,
    content: {
      'application/problem+json': { schema: refTo(problem), example: { type: 'urn:xiangli:error:…', title: '…', status, code: '…', detail: '…' } },
    },
    ...(status === 429 ? { headers: toHeaders({ 'Retry-After': 'Seconds.' }) } : {}),
    ...(status === 401 ? { headers: toHeaders({ 'WWW-Authenticate': 'Bearer, Receipt' }) } : {}),
  })
  const listed = refusals.map((status) => [String(status), describeRefusal(status, reasons[status] ?? '')])
  return { ...Object.fromEntries(listed), default: describeRefusal(500, 'Something went wrong on our side; nothing was stored.') }
}

const valuesOf = (examples: Record<string, unknown>): Json =>
  Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value: clean(value) }]))

/** Leaves out what is undefined, as JSON does. */
const clean = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

function refTo(schema: z.ZodType): Json {
  const id = named.get(schema)?.id
  return id === undefined ? schemaOf(schema) : { $ref: `#/components/schemas/${id}` }
}

const schemaOf = (schema: z.ZodType): Json => withoutIdentity(z.toJSONSchema(schema, { io: 'input' }))
