// Rows of the command table that found a town and set what it asks.
import { type Command, printJson } from './command.ts'
import { readWhole } from './read-whole.ts'

type Data = (name: string, input: object) => Promise<unknown>

const tenant = { value: 'TOWN', about: 'the town’s short name', required: true }

function done(value: unknown): number {
  printJson(value)
  return 0
}

/** `data` runs a data command where the database is. */
export const townRows = (data: Data): Record<string, Command> => ({
  'town create': {
    about: 'found a town; its first IT person is invited, and nobody has a password yet',
    positionals: ['TOWN'],
    options: {
      name: { value: 'NAME', about: 'its name in Chinese', required: true },
      'name-en': { value: 'NAME', about: 'its name in English' },
      zone: { value: 'ZONE', about: 'time zone, Asia/Shanghai if not given' },
      'admin-email': { value: 'ADDRESS', about: 'where the invitation goes', required: true },
      'admin-name': { value: 'NAME', about: 'whom it is for; the post’s title if not given' },
      registers: { value: 'FILE', about: 'organizations, posts and villages as JSON (docs/operations.md)' },
    },
    run: async ({ positionals, options }) => {
      const { name, 'name-en': nameEn, zone = 'Asia/Shanghai', 'admin-email': adminEmail, 'admin-name': adminName = '信息管理员' } = options
      const registers = await readWhole(options['registers'])
      return done(await data('town-create', { tenant: positionals[0], name, nameEn, zone, adminEmail, adminName, registers }))
    },
  },
  'town proof': {
    about: 'ask for proof against machines on anonymous forms: always, or adaptive',
    positionals: ['always|adaptive'],
    options: { tenant },
    run: async ({ positionals, options }) => done(await data('town-proof', { tenant: options['tenant'], proof: positionals[0] })),
  },
})
