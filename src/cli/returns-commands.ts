// The commands for monthly and yearly returns.
import { writeFile } from 'node:fs/promises'
import * as z from 'zod'
import type { Command } from './command.ts'

/** `data`: runs a command where the database is. `print`: one JSON value on standard output, exit code 0. */
type Town = { data(name: string, input: object): Promise<unknown>; print(value: unknown): number }

const tenant = { value: 'TOWN', about: 'the town’s short name', required: true }
const written = z.object({ name: z.string(), base64: z.string() })

export const returnsCommands = (town: Town): Record<string, Command> => ({
  'returns list': {
    about: 'what the town counts: its templates of monthly and yearly returns',
    positionals: [],
    options: { tenant },
    run: async ({ options }) => town.print(await town.data('returns-list', { tenant: options['tenant'] })),
  },
  'returns write': {
    about: 'count a return and write it as a workbook (XLSX)',
    positionals: ['ID'],
    options: {
      tenant,
      period: { value: 'PERIOD', about: 'a month, 2026-03, or a year, 2026', required: true },
      lang: { value: 'zh|en', about: 'language of the words (else zh)' },
      out: { value: 'FILE', about: '<id>-<period>.xlsx if not given' },
    },
    run: async ({ positionals, options }) => {
      const input = { tenant: options['tenant'], id: positionals[0], period: options['period'], language: options['lang'] ?? 'zh' }
      const { name, base64 } = written.parse(await town.data('returns-write', input))
      const file = options['out'] ?? name
      await writeFile(file, Buffer.from(base64, 'base64'))
      return town.print({ file })
    },
  },
})
