// The shapes of what comes in: they check it, and they are printed in openapi.json.
import { z } from 'zod'
import { date, name, slug } from './named.ts'

const formData = z.record(z.string(), z.unknown())

export const pathParameters: Record<string, { schema: z.ZodString | z.ZodUUID; description: string; example: string; refusal: string }> = {
  slug: { schema: slug, description: 'Name of a procedure.', example: 'street-light', refusal: 'procedure.not_found' },
  number: {
    schema: z.string().regex(/^[A-Z]{2,4}[0-9]{2}-[0-9A-Z]{4}-[0-9A-Z]{3}$/),
    description: 'Number of a case.',
    example: 'LD26-7K3M-9QD',
    refusal: 'case.not_found',
  },
  document: {
    schema: z.uuid(),
    description: 'Id of a document of the case.',
    example: '019cacc1-7b4e-7e3a-9d43-1f0f2f9a6c10',
    refusal: 'document.not_found',
  },
  task: { schema: z.uuid(), description: 'Id of a task.', example: '019cacc1-7b4e-7e3a-9d43-1f0f2f9a6c11', refusal: 'task.not_found' },
}

const language = z.enum(['zh', 'en']).optional().describe('Language of texts; otherwise Accept-Language decides.')
export type CommonQuery = { lang?: 'zh' | 'en' | undefined }
export const commonQuery = z.strictObject({ lang: language })
export const taskQuery = z.strictObject({
  lang: language,
  office: slug.optional().describe('Tasks of this organization.'),
  assignee: z.literal('me').optional().describe('Tasks that I have taken.'),
  overdue: z.enum(['true', 'false']).optional().describe('`true`: only tasks whose legal limit has passed.'),
  procedure: slug.optional(),
  q: z
    .string()
    .regex(/^\P{Cc}{1,100}$/u)
    .optional()
    .describe('A case number, or words of the matter.'),
  limit: z
    .string()
    .regex(/^(100|[1-9][0-9]?)$/)
    .optional()
    .describe('1 to 100 tasks; 25 unless told.'),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,300}$/)
    .optional()
    .describe('`next` of the page before.'),
})

const entry = z.strictObject({
  channel: z.enum(['counter', 'letter', 'phone', 'visit', 'upstream']),
  receivedOn: date.describe('Deadlines run from this day.'),
  evidence: z.string().max(500).optional().describe('Postmark, note of a call, register of visits.'),
})
export const filingBody = name(
  'Filing',
  z.strictObject({
    procedure: slug,
    data: formData.describe('The filing form of the procedure.'),
    electronicService: z.boolean().optional().describe('The person agrees to be served electronically.'),
    entry: entry.optional().describe('Only with the token of a member of staff: how the matter came in.'),
  }),
)
export const messageBody = name(
  'Message',
  z.union([
    z.strictObject({ text: z.string().min(1).max(5000) }),
    z.strictObject({ name: slug.describe('An act of the case: see `acts`.'), data: formData.default({}) }),
  ]),
)
const version = z.int().min(1).describe('`version` of the task as you saw it.')
const userId = z.string().regex(/^[A-Za-z0-9_-]{1,80}$/)
export const claimBody = name('Claim', z.strictObject({ version }))
export const completeBody = name('Completion', z.strictObject({ version, data: formData.default({}).describe('The form of the task.') }))
export const returnBody = name('Return', z.strictObject({ version, reason: z.string().min(1).max(2000) }))
export const assignBody = name('Assignment', z.strictObject({ version, assignee: userId, reason: z.string().min(1).max(2000).optional() }))
