// The description is made from what runs; here it is read as a stranger's program reads it.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { openTestApi, type TestApi } from './fixture.ts'
import { openApi } from './openapi.ts'
import { operations, restRoutes } from './rest.ts'
import { procedureDetail, procedureList } from './answers.ts'

type Media = { schema?: object; example?: unknown; examples?: Record<string, { value: unknown }> }
type Described = {
  operationId: string
  security: object[]
  parameters: { name: string; in: string; schema: object; example?: unknown }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, { description: string; content?: Record<string, Media> }>
}
type Description = {
  openapi: string
  paths: Record<string, Record<string, Described>>
  components: { schemas: Record<string, object> }
  servers: { url: string }[]
}

let api: TestApi
let description: Description
before(async () => {
  api = await openTestApi()
  // Its structure is what the tests below check.
  description = (await api.ask('GET', '/openapi.json')).body as Description
})
after(() => api.town.close())

const described = () =>
  Object.entries(description.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))

/** Checks instances against schemas of the description, with its `$ref`s. */
function checker() {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'https://description.example/', ...description })
  return (schema: object, value: unknown) => {
    const validate = ajv.compile(
      JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"https://description.example/#/components/')) as object,
    )
    return validate(value) ? [] : (validate.errors ?? [])
  }
}

test('it is OpenAPI 3.1 with an operation for every route and nothing else', () => {
  assert.match(description.openapi, /^3\.1\.\d$/)
  assert.equal(description.servers[0]?.url, api.base)
  const routes = restRoutes.map((route) => `${route.method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`)
  assert.deepEqual(
    described()
      .map(({ method, path }) => `${method} ${path}`)
      .sort(),
    routes.toSorted(),
  )
  const ids = described().map(({ operation }) => operation.operationId)
  assert.equal(new Set(ids).size, ids.length)
})

test('every path parameter is described, every answer has words, and refusals are problem details', () => {
  for (const { path, operation } of described()) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    assert.deepEqual(
      operation.parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name),
      inPath,
    )
    for (const [status, answer] of Object.entries(operation.responses)) {
      assert.ok(answer.description.length > 5, `${operation.operationId} ${status}`)
      if (status === 'default' || Number(status) >= 400) assert.deepEqual(Object.keys(answer.content ?? {}), ['application/problem+json'])
    }
    if (operation.security.length > 0 && !operation.security.some((way) => Object.keys(way).length === 0)) assert.ok(operation.responses['401'])
  }
})

test('every reference leads somewhere', () => {
  for (const [, name = ''] of JSON.stringify(description).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g))
    assert.ok(description.components.schemas[name], name)
})

test('every example of a request, an answer and a parameter is valid under its schema', () => {
  const check = checker()
  let checked = 0
  for (const { operation } of described()) {
    const media = [
      ...Object.values(operation.requestBody?.content ?? {}),
      ...Object.values(operation.responses).flatMap((answer) => Object.values(answer.content ?? {})),
    ]
    for (const { schema, example, examples = {} } of media) {
      for (const value of [...Object.values(examples).map((one) => one.value), ...(example === undefined ? [] : [example])]) {
        assert.ok(schema, operation.operationId)
        assert.deepEqual(check(schema, value), [], `${operation.operationId}: ${JSON.stringify(value).slice(0, 200)}`)
        checked++
      }
    }
    for (const parameter of operation.parameters)
      if (parameter.example !== undefined) assert.deepEqual(check(parameter.schema, parameter.example), [], parameter.name)
  }
  assert.ok(checked > operations.length)
})

test('a wrong instance does not pass the printed schemas', () => {
  const check = checker()
  const filing = { $ref: '#/components/schemas/Filing' }
  assert.deepEqual(check(filing, { procedure: 'petition', data: {} }), [])
  assert.notEqual(check(filing, { procedure: 'petition', data: {}, admin: true }).length, 0)
  assert.notEqual(check(filing, { procedure: '../petition', data: {} }).length, 0)
})

test('every route of the real interface answers as its schema says, from the list to each procedure', async () => {
  const check = checker()
  const list = procedureList.parse((await api.ask('GET', '/procedures')).body)
  assert.deepEqual(list.procedures.map(({ slug }) => slug).sort(), readdirSync(new URL('../../../procedures/', import.meta.url)).sort())
  for (const { slug } of list.procedures) {
    const answer = await api.ask('GET', `/procedures/${slug}`)
    assert.deepEqual(check({ $ref: '#/components/schemas/Procedure' }, answer.body), [])
    const procedure = procedureDetail.parse(answer.body)
    for (const form of [procedure.filing, ...procedure.forms]) {
      const ajv = new Ajv2020({ strict: false })
      addFormats.default(ajv)
      const validate = ajv.compile(form.schema)
      const instances: unknown = form.schema['examples']
      assert.ok(Array.isArray(instances) && instances.length > 0, `${slug}.${form.id} has an example`)
      for (const instance of instances) assert.ok(validate(instance), JSON.stringify(validate.errors))
      assert.ok(Object.keys(form.texts.zh).length > 0 && Object.keys(form.texts.en).length > 0)
    }
    assert.ok(procedure.parameters.every((parameter) => parameter.mark.length > 0))
  }
})

test('the example that a procedure publishes can be filed as it is', async () => {
  const { filing } = procedureDetail.parse((await api.ask('GET', '/procedures/petition')).body)
  const instances: unknown = filing.schema['examples']
  assert.ok(Array.isArray(instances))
  for (const data of instances) assert.equal((await api.ask('POST', '/cases', { body: { procedure: 'petition', data } })).status, 201)
})

test('the description does not depend on who asks', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(openApi(operations, `/t/${api.town.tenant}`))), description)
})
