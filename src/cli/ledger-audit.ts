// xiangli ledger audit and ledger erase: office commands on a town's log.
import * as z from 'zod'
import type { Config } from '#kernel/installation/installation.ts'
import { runDataCommand } from './admin-client.ts'
import { printJson } from './command.ts'

const report = z.looseObject({ alarms: z.number(), findings: z.array(z.unknown()) })

/** Prints each finding as one JSON line, then the summary as one. Exit code 1 when there is an alarm. */
export async function auditLedger(config: Config, tenant: string): Promise<number> {
  const { findings, ...summary } = report.parse(await runDataCommand(config, 'ledger-audit', { tenant }))
  for (const finding of findings) process.stdout.write(`${JSON.stringify(finding)}\n`)
  process.stdout.write(`${JSON.stringify({ summary })}\n`)
  return summary.alarms > 0 ? 1 : 0
}

export async function eraseLedgerCase(config: Config, input: { tenant: string; number: string; basis: string }): Promise<number> {
  printJson(await runDataCommand(config, 'ledger-erase', input))
  process.stderr.write('Backups made before now can be opened until their wrapping key is destroyed: keep none longer than 35 days.\n')
  return 0
}
