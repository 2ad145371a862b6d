// The commands for packages and for the library of a town.
import type { Command } from './command.ts'

/** `data`: runs a command where the database is. `print`: one JSON value on standard output, exit code 0. */
type Town = { data(name: string, input: object): Promise<unknown>; print(value: unknown): number }

const procedures = () => import('./procedure.ts')
const tenant = { value: 'TOWN', about: 'the town’s short name', required: true }

export const procedureCommands = (town: Town): Record<string, Command> => ({
  'procedure lint': {
    about: 'check a package, or one diagram; each finding is a JSON line {element, rule, message}',
    positionals: ['FOLDER|FILE.bpmn'],
    options: {},
    run: async ({ positionals }) => (await import('./lint.ts')).lintProcedure(positionals[0] ?? ''),
  },
  'procedure test': {
    about: 'play the examples of a package on the whole kernel, in memory',
    positionals: ['FOLDER|FILE.zip'],
    options: {},
    run: async ({ positionals }) => (await procedures()).testProcedure(positionals[0] ?? ''),
  },
  'procedure pack': {
    about: 'write a package as one zip, the same bytes for the same content',
    positionals: ['FOLDER'],
    options: { out: { value: 'FILE', about: '<slug>.zip if not given' } },
    run: async ({ positionals, options }) => (await procedures()).packProcedure(positionals[0] ?? '', options['out']),
  },
  'procedure new': {
    about: 'make a folder with the smallest sound package',
    positionals: ['SLUG'],
    options: { out: { value: 'FOLDER', about: 'its name if not given' } },
    run: async ({ positionals, options }) => (await procedures()).newProcedure(positionals[0] ?? '', options['out']),
  },
  'procedure table': {
    about: 'write the table of law rows, packages, elements and examples (docs/procedures.md)',
    positionals: [],
    options: { out: { value: 'FILE', about: 'standard output if not given' } },
    run: async ({ options }) => {
      const { readLibrary, readRows, writeTable } = await import('./procedure-table.ts')
      const page = writeTable(await readRows(), await readLibrary())
      if (options['out'] === undefined) process.stdout.write(page)
      else await (await import('node:fs/promises')).writeFile(options['out'], page)
      return 0
    },
  },
  'procedure import': {
    about: 'put a package into a town’s library as a draft, or into force',
    positionals: ['FOLDER|FILE.zip'],
    options: { tenant, publish: { value: 'REASON', about: 'put it into force from its date on, as the installation' } },
    run: async ({ positionals, options }) => {
      const files = await (await procedures()).readPackage(positionals[0] ?? '')
      return town.print(await town.data('procedure-import', { tenant: options['tenant'], files, publish: options['publish'] }))
    },
  },
  'procedure export': {
    about: 'write a town’s version of a procedure as a folder',
    positionals: ['SLUG'],
    options: {
      tenant,
      version: { value: 'HASH', about: 'first letters of its hash; the version in force if not given' },
      out: { value: 'FOLDER', about: 'its name if not given' },
    },
    run: async ({ positionals, options }) => {
      const answer = await town.data('procedure-export', { tenant: options['tenant'], slug: positionals[0], version: options['version'] })
      return (await procedures()).writeExport(answer, options['out'])
    },
  },
})
