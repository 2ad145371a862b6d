import type { Finding, Graph } from './types.ts'

/** What compile carries about: the graph under construction and the findings. */
export type Compiling = { graph: Graph; findings: Finding[] }

export function report(compiling: Compiling, element: string, rule: string, message: string, severity: Finding['severity'] = 'error'): void {
  compiling.findings.push({ element, rule, message, severity })
}
