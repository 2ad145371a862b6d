// `upstream import`: the file is read here, the orders are taken in by the process that holds the database.
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Command, printJson, Unusable } from './command.ts'

type DataCommand = (name: string, input: object) => Promise<unknown>

export const upstreamCommands = (data: DataCommand): Record<string, Command> => ({
  'upstream import': {
    about: 'take in orders of an upstream system from CSV, XLSX or JSON; each is filed once',
    positionals: ['FILE'],
    options: {
      tenant: { value: 'TOWN', about: 'the town’s short name', required: true },
      procedure: { value: 'SLUG', about: 'as which matter', required: true },
      layout: { value: 'ID', about: 'entry of reply-layouts; plain if not given' },
      check: { about: 'only say what would happen' },
    },
    run: async ({ positionals: [file = ''], options, flags }) => {
      const bytes = await readFile(file).catch(() => undefined)
      if (!bytes) throw new Unusable(`${file} cannot be read.`)
      const { tenant, procedure, layout = 'plain' } = options
      const content = bytes.toString('base64')
      printJson(await data('upstream-import', { tenant, procedure, layout, file: basename(file), content, dryRun: flags.has('check') }))
      return 0
    },
  },
})
