// xiangli calendar import FILE: loads a year's holiday notice.
import { readFile } from 'node:fs/promises'
import { DomainError } from '#kernel/errors.ts'
import { parseNoticeFile } from '#kernel/deadlines/notices.ts'
import type { ParsedNotices } from '#kernel/deadlines/notices.ts'

const usage = 'Usage: xiangli calendar import FILE'

/**
 * Checks the file and hands its rows to `apply`, which stores them and recomputes provisional due dates.
 * Prints what was read. Exit codes: 0 done, 1 refused (by the file's content or by `apply`), 2 unusable arguments.
 */
export async function run(args: string[], apply: (parsed: ParsedNotices, text: string) => Promise<void>): Promise<number> {
  const [command, file] = args
  if (command !== 'import' || file === undefined || args.length !== 2) return complain(usage, 2)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return complain(`${file} cannot be read.\n${usage}`, 2)
  try {
    const parsed = parseNoticeFile(text)
    await apply(parsed, text)
    process.stdout.write(`${JSON.stringify(summarize(parsed))}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return complain(`${error.code}: ${error.message}`, 1)
  }
}

function summarize({ entries, notices }: ParsedNotices) {
  const off = entries.filter((entry) => entry.off).length
  return { years: notices.map((notice) => notice.year), restDays: off, makeUpWorkingDays: entries.length - off }
}

function complain(message: string, code: 1 | 2): number {
  process.stderr.write(`${message}\n`)
  return code
}
