import type { Collaboration, Finding, Graph, Profile } from './types.ts'

/** What compile carries about: the graph under construction and the findings. */
export type Compiling = { graph: Graph; executable: boolean; profile: Profile; collaboration: Collaboration; findings: Finding[] }

export function report(compiling: Compiling, element: string, rule: string, message: string, severity: Finding['severity'] = 'error'): void {
  compiling.findings.push({ element, rule, message, severity })
}

/** Says that a package may not use this; `run` may. */
export function refuse(compiling: Compiling, element: string, message: string): void {
  if (compiling.profile === 'package') report(compiling, element, 'profile.unsupported', message)
}

/** A slip that leaves no doubt what is meant: an error in a package, a warning in a diagram of others. */
export function reportSlip(compiling: Compiling, element: string, rule: string, message: string): void {
  report(compiling, element, rule, message, compiling.profile === 'package' ? 'error' : 'warning')
}

/** What the standard asks only of a process that is marked executable: an error there and in a package, else a warning. */
export function reportIncomplete(compiling: Compiling, element: string, rule: string, message: string): void {
  report(compiling, element, rule, message, compiling.profile === 'package' || compiling.executable ? 'error' : 'warning')
}
