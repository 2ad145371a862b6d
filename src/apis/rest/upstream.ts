// Orders of an upstream system over the interface: the same check and the same import as the page.
import { z } from 'zod'
import { getLayout } from '#kernel/upstream/layouts.ts'
import { importOrders, previewOrders } from '#kernel/upstream/orders.ts'
import { mostOrders } from '#kernel/upstream/read-orders.ts'
import { defineOperation } from './operation.ts'
import { commonQuery } from './requests.ts'

const cell = z.union([z.string().max(5000), z.number(), z.boolean()])
const ordersBody = z
  .strictObject({
    procedure: z.string().max(60).meta({ description: 'Slug of a procedure that takes service requests.' }),
    layout: z
      .string()
      .max(60)
      .default('plain')
      .meta({ description: 'Entry of the register reply-layouts; `plain` needs none. It names the source.' }),
    dryRun: z.boolean().default(false).meta({ description: 'Only check.' }),
    orders: z
      .array(z.record(z.string().max(60), cell))
      .min(1)
      .max(mostOrders)
      .meta({
        description:
          'Each with `number`, `received` and `limit` (or the headers of the layout), and fields of the filing form by id or label; choices and villages by id or name.',
      }),
  })
  .meta({ id: 'UpstreamOrders' })

const ordersAnswer = z
  .strictObject({
    results: z.array(
      z.strictObject({
        line: z.int(),
        number: z.string(),
        received: z.string(),
        limit: z.string().nullable(),
        state: z.enum(['new', 'filed', 'known', 'wrong']),
        caseNumber: z.string().nullable(),
        errors: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'UpstreamOrderResults' })

const example = {
  procedure: 'service-request',
  orders: [
    {
      number: 'XR2026-000123',
      received: '2026-03-02 09:12',
      limit: '2026-03-06',
      category: 'garbage',
      description: '村口的垃圾三天没有清运。',
      village: 'shishang-village',
    },
  ],
}

export const ordersOperation = defineOperation({
  id: 'importUpstreamOrders',
  tag: 'cases',
  method: 'post',
  path: '/upstream-orders',
  summary: 'Take in orders of an upstream system',
  description:
    'Each order is filed once, however often it is sent: source and number make it one. Orders with a fault are returned with what is wrong; the others are filed.',
  credentials: 'staff',
  query: commonQuery,
  body: { schema: ordersBody, examples: { order: example } },
  answers: {
    200: {
      description: 'A row for each order, in the same order.',
      schema: ordersAnswer,
      example: {
        results: [
          {
            line: 1,
            number: 'XR2026-000123',
            received: '2026-03-02 09:12',
            limit: '2026-03-06',
            state: 'filed',
            caseNumber: 'FW26-7K3M-9QD',
            errors: [],
          },
        ],
      },
    },
  },
  refusals: [400, 401, 403, 404, 413, 415, 422],
  handle: async ({ ctx, body, language }) => {
    const layout = await getLayout(ctx, body.layout)
    const orders = body.orders.map((cells, index) => ({
      line: index + 1,
      cells: Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, String(value)])),
    }))
    const input = { procedure: body.procedure, layout, orders, language }
    return { status: 200, body: { results: body.dryRun ? await previewOrders(ctx, input) : await importOrders(ctx, input) } }
  },
})
