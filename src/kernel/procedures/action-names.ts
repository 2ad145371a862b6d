/** The fixed catalogue of kernel actions; names are versioned and never change meaning (docs/design/procedure-format.md). */
const names = ['issue-document@1', 'route-case@1', 'notify@1', 'start-case@1', 'send-to-case@1', 'embargo@1'] as const

export type ActionName = (typeof names)[number]

export const actionNames: ReadonlySet<string> = new Set(names)

export const isActionName = (name: string | undefined): name is ActionName => name !== undefined && actionNames.has(name)
