/** What an action is given: names that must be there and names that may be. `any`: every other name goes along. */
type Inputs = { required: string[]; optional?: string[]; any?: boolean }

/** The fixed catalogue of kernel actions; names are versioned and never change meaning (docs/design/procedure-format.md). */
const catalogue = {
  'issue-document@1': { required: ['document'], optional: ['visible-from'] },
  'embargo@1': { required: [], optional: ['until'] },
  'route-case@1': { required: ['office'] },
  'notify@1': { required: ['to', 'text'] },
  'start-case@1': { required: ['link'], optional: ['data'] },
  'send-to-case@1': { required: ['link', 'message'], optional: ['data'] },
  'publish@1': { required: [], optional: ['fields', 'document', 'until', 'consent'] },
  'end-publication@1': { required: ['of', 'reason'] },
  'set-public-task@1': { required: ['title', 'due'], optional: ['office'] },
  'end-public-task@1': { required: ['task'], optional: ['status'] },
  'request-to-body@1': { required: ['offices'], optional: ['until'] },
  'hand-over@1': { required: ['office'], optional: ['until'] },
  'schedule@1': { required: ['start', 'place'], optional: ['end', 'minutes', 'title', 'office', 'tell', 'text', 'public'] },
  'finding@1': { required: ['kind', 'law'], optional: ['office'] },
  'open-consultation@1': { required: ['title', 'draft'], optional: ['notes', 'until', 'deadline', 'because', 'contact'] },
  'close-consultation@1': { required: [] },
  'finish-consultation@1': { required: [] },
  'external@1': { required: ['system'], optional: ['keep'], any: true },
  'count-meeting@1': {
    required: ['quorum', 'majority', 'notice-days', 'noticed-on', 'held-on', 'entitled', 'present', 'in-favour'],
    optional: ['majority-of', 'household-quorum', 'households', 'households-present', 'proxies', 'proxies-each', 'against', 'abstained'],
  },
  'open-ballot@1': { required: ['question', 'options', 'closes', 'batch'], optional: ['opens', 'choose'] },
  'close-ballot@1': { required: ['ballot'] },
} as const satisfies Record<string, Inputs>

export type ActionName = keyof typeof catalogue

export const actionNames: ReadonlySet<string> = new Set(Object.keys(catalogue))

export const isActionName = (name: string | undefined): name is ActionName => name !== undefined && actionNames.has(name)

/** What is wrong with the inputs that an element gives to an action, as sentences. */
export function checkActionInputs(name: ActionName, given: string[]): string[] {
  const { required, optional = [], any = false }: Inputs = catalogue[name]
  const missing = required.filter((wanted) => !given.includes(wanted)).map((wanted) => `“${name}” needs the input “${wanted}”.`)
  const strange = any ? [] : given.filter((one) => !required.includes(one) && !optional.includes(one))
  return [...missing, ...strange.map((one) => `“${name}” knows no input “${one}”.`)]
}
