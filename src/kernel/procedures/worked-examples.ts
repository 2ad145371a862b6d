// The shape of the worked examples, examples/*.json (docs/design/procedure-format.md).
import { z } from 'zod'
import { date, element, id } from './manifest.ts'

const instant = z.iso.datetime({ offset: true, precision: -1 }).or(z.iso.datetime({ offset: true }))

const exampleStep = z.strictObject({
  at: instant,
  /** `resident:<name>`, `post:<duty>` or `post:<duty>@<organization>`; absent for the clock. */
  actor: z.string().optional(),
  do: z.enum([
    'file',
    'complete',
    'claim',
    'return',
    'message',
    'supplement',
    'pause',
    'resume',
    'correct',
    'advance',
    'import-holidays',
    'comment',
    'answer',
  ]),
  /** Element id for complete, claim, return. */
  task: z.string().optional(),
  /** Which of several instances of the element, from 1; without it the first that is open and that this actor may do. */
  instance: z.int().min(1).optional(),
  /** Message name for message: `withdraw`, `extend`, `appeal` … */
  name: z.string().optional(),
  /** In which case: `main` (default) or the role of a linked case. */
  case: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  reason: z.string().optional(),
  /** The step must be refused with this error code. */
  refused: z.string().optional(),
})

const caseExpectation = z.strictObject({
  end: element.nullable().optional(),
  /** Event names in order; a subset in this order suffices. */
  events: z.array(z.string()).optional(),
  deadlines: z.array(z.strictObject({ id, due: date.optional(), met: z.boolean().nullable(), provisional: z.boolean().optional() })).optional(),
  documents: z.array(id).optional(),
  /** Events of which the parties were told. */
  told: z.array(id).optional(),
  open: z.array(element).optional(),
  escalated: z.array(z.string()).optional(),
})

export const exampleSchema = z.strictObject({
  title: z.string(),
  given: z.strictObject({ at: instant, town: z.record(z.string(), z.unknown()).optional() }),
  steps: z.array(exampleStep).min(1),
  expect: caseExpectation.extend({ linked: z.record(z.string(), caseExpectation).optional() }),
})

export type Example = z.infer<typeof exampleSchema>
export type ExampleStep = z.infer<typeof exampleStep>
export type CaseExpectation = z.infer<typeof caseExpectation>
