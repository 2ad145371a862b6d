// The interface for programs, below /t/<tenant>/api/v1. It translates; the kernel decides.
import type { Route } from '#http/route.ts'
import { documentOperation, documentsOperation, messageOperation, receiptOperation, viewOperation } from './cases.ts'
import { filingOperation } from './filing.ts'
import { openApi } from './openapi.ts'
import { defineOperation, type Operation } from './operation.ts'
import { detailOperation, listOperation } from './procedures.ts'
import { commonQuery } from './requests.ts'
import { assignOperation, claimOperation, completeOperation, returnOperation, tasksOperation } from './tasks.ts'
import { ordersOperation } from './upstream.ts'

const openApiOperation = defineOperation({
  id: 'getOpenApi',
  tag: 'description',
  method: 'get',
  path: '/openapi.json',
  summary: 'This description',
  credentials: 'nobody',
  query: commonQuery,
  answers: { 200: { description: 'OpenAPI 3.1.', contentType: 'application/json' } },
  refusals: [400],
  handle: async ({ visit }) =>
    new Response(JSON.stringify(openApi(operations, visit.base)), {
      headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
    }),
})

export const operations: Operation[] = [
  listOperation,
  detailOperation,
  filingOperation,
  viewOperation,
  messageOperation,
  documentsOperation,
  documentOperation,
  receiptOperation,
  tasksOperation,
  claimOperation,
  completeOperation,
  returnOperation,
  assignOperation,
  ordersOperation,
  openApiOperation,
]

export const restRoutes: Route[] = operations.map((operation) => operation.route)
