// The shapes of what goes out: what they do not name is not sent, and they are printed in openapi.json.
import { z } from 'zod'
import { date, name, slug } from './named.ts'

const instant = z.iso.datetime({ offset: true })
const both = name('Words', z.object({ zh: z.string(), en: z.string() }))

const summary = z.object({ slug, title: both, summary: both, filedBy: z.array(z.enum(['anyone', 'staff', 'case'])), provides: z.array(z.string()) })
export const procedureList = name('Procedures', z.object({ procedures: z.array(summary) }))
const localNumber = z.object({ value: z.number(), from: date, to: date.optional(), mark: z.string(), source: z.string().optional() })
const form = z.object({
  id: z.string(),
  schema: z.record(z.string(), z.unknown()).describe('JSON Schema 2020-12 with at least one valid instance in `examples`.'),
  texts: z
    .object({ zh: z.record(z.string(), z.string()), en: z.record(z.string(), z.string()) })
    .describe('Labels, hints and choices by `<form>.<field>.label` and so on.'),
})
export const procedureDetail = name(
  'Procedure',
  summary.extend({
    version: z.string(),
    hash: z.string().describe('SHA-256 of the package.'),
    law: z.array(z.object({ id: z.string(), name: z.string(), article: z.string(), mark: z.string() })),
    parameters: z.array(
      z.object({
        id: z.string(),
        value: z.number(),
        unit: z.string(),
        law: z.string(),
        from: date,
        to: date.optional(),
        mark: z.string().describe('How the number was verified.'),
        note: z.string().optional(),
        local: z.array(localNumber).describe('The town’s own numbers.'),
      }),
    ),
    deadlines: z.array(
      z.object({
        id: z.string(),
        title: both,
        starts: z.string(),
        ends: z.array(z.string()),
        parameter: z.string(),
        unit: z.string(),
        binds: z.enum(['office', 'party']),
        law: z.string(),
      }),
    ),
    filing: form,
    forms: z.array(form).describe('Forms of tasks and messages.'),
  }),
)

export const acknowledgement = name(
  'Acknowledgement',
  z.object({
    number: z.string(),
    receipt: z.object({
      url: z.url().describe('The receipt file of the ledger; ask with the code.'),
      code: z.string().describe('Opens this case. Shown only now.'),
    }),
    promise: z.string().describe('Signed note: the entry will be in the town’s log within a minute.'),
    deadlines: z.array(
      z.object({
        id: z.string(),
        rule: z.string(),
        article: z.string(),
        start: date,
        due: date,
        provisional: z.boolean().describe('The holidays of a year are not published yet.'),
      }),
    ),
  }),
)

const task = name(
  'Task',
  z.object({
    id: z.uuid(),
    element: z.string(),
    title: z.string(),
    form: z.string().nullable(),
    office: z.string(),
    assignee: z.string().nullable(),
    due: date.nullable(),
    version: z.int(),
    mayComplete: z.boolean(),
    mayClaim: z.boolean(),
    mayAssign: z.boolean(),
  }),
)
const status = z.enum(['open', 'closed'])
const outcome = z.object({ id: z.string(), text: z.string() }).nullable()
export const caseState = name(
  'CaseState',
  z.object({
    number: z.string(),
    status,
    outcome,
    standing: z.array(z.string()).describe('Plain sentences: where it stands.'),
    acts: z.array(z.object({ name: z.string(), label: z.string(), form: z.string().nullable() })).describe('Messages that you may send now.'),
  }),
)
export const taskState = name(
  'TaskState',
  caseState.extend({ task: task.nullable().describe('The task, if it is still open.'), tasks: z.array(task).describe('Open tasks of the case.') }),
)

const documentEntry = z.object({
  id: z.uuid(),
  document: z.string(),
  title: z.string(),
  number: z.string(),
  status: z.string(),
  issuedOn: date,
  servedOn: date.optional(),
  method: z.string().optional(),
  reason: z.string().nullable(),
  url: z.string().describe('Path of the PDF.'),
})
export const documentList = name('Documents', z.object({ documents: z.array(documentEntry) }))
export const caseDetail = name(
  'Case',
  caseState.extend({
    procedure: z.object({ slug, title: z.string(), hash: z.string() }),
    subject: z.string(),
    channel: z.string(),
    filedAt: instant,
    filedOn: date,
    office: z.string(),
    place: z.string(),
    missed: z.boolean().describe('The office has missed a legal limit.'),
    parties: z.array(
      z.object({
        role: z.string(),
        roleName: z.string(),
        name: z.string(),
        phone: z.string(),
        email: z.string(),
        address: z.string(),
        electronicService: z.boolean(),
      }),
    ),
    forms: z.array(
      z.object({
        element: z.string(),
        title: z.string(),
        fields: z.array(z.object({ name: z.string(), label: z.string(), value: z.unknown(), text: z.string() })),
      }),
    ),
    deadlines: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        binds: z.enum(['office', 'party']),
        law: z.string(),
        article: z.string(),
        mark: z.string(),
        override: z.object({ value: z.number(), source: z.string(), mark: z.string() }).optional(),
        amount: z.number(),
        unit: z.string(),
        start: date,
        due: date,
        status: z.enum(['running', 'met', 'missed', 'cancelled']),
        metOn: date.nullable(),
        missed: z.boolean(),
        provisional: z.boolean(),
        extended: z.boolean(),
        daysLeft: z.int(),
        explanation: z.object({ summary: z.string(), lines: z.array(z.string()) }),
      }),
    ),
    documents: z.array(documentEntry),
    timeline: z.array(
      z.object({ seq: z.int(), type: z.string(), text: z.string(), by: z.string(), recordedAt: instant, effectiveOn: date, reason: z.string() }),
    ),
    messages: z.array(z.object({ from: z.enum(['party', 'office']), text: z.string(), at: instant, files: z.array(z.string()) })),
    tasks: z.array(task).describe('Open tasks; for staff.'),
    links: z.array(z.object({ role: z.string(), number: z.string() })),
  }),
)
export const taskList = name(
  'Tasks',
  z.object({
    tasks: z.array(
      z.object({
        id: z.uuid(),
        version: z.int(),
        element: z.string(),
        title: z.string(),
        form: z.string().nullable(),
        number: z.string(),
        procedure: z.string(),
        subject: z.string(),
        filedOn: date,
        due: date.nullable(),
        overdue: z.boolean(),
        provisional: z.boolean(),
        missed: z.boolean(),
        assignee: z.string().nullable(),
        office: z.string(),
        place: z.string(),
        openedAt: instant,
      }),
    ),
    total: z.int().describe('Tasks under these filters.'),
    next: z.string().nullable().describe('Cursor of the next page.'),
  }),
)

const salted = z.object({
  salt: z.string(),
  fields: z.array(
    z.union([
      z.strictObject({ name: z.string(), salt: z.string(), value: z.unknown() }),
      z.strictObject({ name: z.string(), commitment: z.string() }),
    ]),
  ),
})
export const ledgerReceipt = name(
  'LedgerReceipt',
  z.object({
    format: z.literal('xiangli-receipt/v1'),
    leaf: z.string(),
    promise: z.string(),
    proof: z.string().optional(),
    payload: salted.optional(),
  }),
)
export const problem = name(
  'Problem',
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    errors: z
      .array(
        z.object({
          pointer: z.string().describe('JSON pointer into the body, or the name of a query parameter.'),
          code: z.string(),
          detail: z.string(),
        }),
      )
      .optional(),
  }),
)
