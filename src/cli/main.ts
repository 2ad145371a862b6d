// The command line. Every command is a row of the table below; --help is made from it.
// Exit codes: 0 done, 1 refused or not verified (the reason is on standard error), 2 unusable arguments or input.
import { parseArgs } from 'node:util'
import { DomainError } from '#kernel/errors.ts'
import { logError } from '#kernel/log.ts'
import { type Command, type Given, printJson, Unusable } from './command.ts'
import { run as importCalendar } from './calendar.ts'
import { run as computeDeadline } from './deadline.ts'
import { decideOptions } from './decide.ts'
import { readWhole } from './read-whole.ts'
import { drawOptions } from './draw.ts'
import { parseDuration } from './duration.ts'
import { environment, data, ledgerCommands, maintenance, tenant } from './ledger-commands.ts'
import { lintCommands } from './lint.ts'
import { returnsCommands } from './returns-commands.ts'
import { procedureCommands } from './procedure-commands.ts'
import { townRows } from './town-rows.ts'
import { upstreamCommands } from './upstream.ts'
import { verify } from './verify.ts'

const commands: Record<string, Command> = {
  start: {
    about: 'run the platform (as npm start does)',
    positionals: [],
    options: {},
    run: async () => (await import('../start.ts')).startFromEnvironment(process.env).then(forever),
  },
  migrate: {
    about: 'bring the database to this version',
    positionals: [],
    options: {},
    run: async () => (await maintenance()).migrateDatabase(await environment()),
  },
  demo: {
    about: 'found the demonstration town in an empty installation',
    positionals: [],
    options: {},
    run: async () => (await maintenance()).foundDemonstration(await environment()),
  },
  verify: {
    about: 'check a receipt with a key from elsewhere: exit 0 it holds, 1 it fails, 2 unusable, 3 key not known',
    positionals: ['RECEIPT-FILE-OR-URL'],
    options: {
      vkey: { value: 'KEY|FILE', about: 'a verifier key, or a file of them, one a line: the log’s and its promise key' },
      policy: { value: 'FILE', about: 'a tlog-policy: logs, witnesses, quorum' },
      'key-changes': { value: 'FILE', about: 'what the log serves as key-changes: leads from a key you have to its present one' },
      pin: { about: 'remember the keys of --vkey when the receipt holds' },
      json: { about: 'everything as JSON' },
      lang: { value: 'zh|en', about: 'language of the words (else LANG)' },
    },
    run: ({ positionals: [receipt = ''], options, flags }) => {
      const { vkey, policy, lang } = options
      return verify({ receipt, vkey, policy, keyChanges: options['key-changes'], pin: flags.has('pin'), json: flags.has('json'), language: lang })
    },
  },
  deadline: {
    about: 'compute a due date and explain each day',
    positionals: [],
    options: {
      from: { value: 'DATE', about: 'the day it starts from, not counted', required: true },
      days: { value: 'N', about: 'how many days', required: true },
      unit: { value: 'workday|calendar', about: 'which days count', required: true },
      language: { value: 'zh|en', about: 'language of the explanation' },
    },
    run: ({ options }) => computeDeadline(Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))),
  },
  'calendar import': {
    about: 'load a year’s holiday notice and recompute provisional dates',
    positionals: ['FILE'],
    options: { tenant },
    run: ({ positionals, options }) =>
      importCalendar(['import', positionals[0] ?? ''], async (_, text) => {
        await data('calendar-import', { tenant: options['tenant'], text })
      }),
  },
  'user create': {
    about: 'make an account; without a password staff are sent an invitation',
    positionals: [],
    options: {
      tenant,
      email: { value: 'ADDRESS', about: 'the e-mail address', required: true },
      name: { value: 'NAME', about: 'the person’s name', required: true },
      kind: { value: 'staff|resident', about: 'staff if not given' },
      post: { value: 'POST', about: 'appoint to this post from today' },
      'password-file': { value: 'FILE', about: 'first line is the password' },
    },
    run: async ({ options }) => {
      const password = await readPassword(options['password-file'])
      const { tenant: town, email, name, kind = 'staff', post } = options
      return print(await data('user-create', { tenant: town, email, name, kind, post, password }))
    },
  },
  ...townRows(data),
  'token create': {
    about: 'make an API token for an account; it is shown once',
    positionals: ['ADDRESS-OR-ID'],
    options: { tenant, name: { value: 'NAME', about: 'what uses it', required: true }, days: { value: 'N', about: 'ends after so many days' } },
    run: async ({ positionals, options }) => {
      const days = options['days'] === undefined ? undefined : Number(options['days'])
      return print(await data('token-create', { tenant: options['tenant'], user: positionals[0], name: options['name'], days }))
    },
  },
  'api-key create': {
    about: 'make a key for a program that files requests (Open311); it is shown once',
    positionals: [],
    options: { tenant, name: { value: 'NAME', about: 'which program uses it', required: true } },
    run: async ({ options }) => print(await data('api-key-create', { tenant: options['tenant'], name: options['name'] })),
  },
  'api-key list': {
    about: 'show all keys without their secrets',
    positionals: [],
    options: { tenant },
    run: async ({ options }) => print(await data('api-key-list', { tenant: options['tenant'] })),
  },
  'api-key revoke': {
    about: 'end a key at once',
    positionals: ['KEY-ID'],
    options: { tenant },
    run: async ({ positionals, options }) => print(await data('api-key-revoke', { tenant: options['tenant'], key: positionals[0] })),
  },
  backup: {
    about: 'write database and files into one file (the keys are kept apart)',
    positionals: ['FILE'],
    options: {},
    run: async ({ positionals }) => (await maintenance()).backup(await environment(), positionals[0] ?? ''),
  },
  restore: {
    about: 'load a backup into an empty database; the platform must not run',
    positionals: ['FILE'],
    options: {},
    run: async ({ positionals }) => (await maintenance()).restore(await environment(), positionals[0] ?? ''),
  },
  'case export': {
    about: 'write everything a case holds as JSON, with its files and receipts',
    positionals: ['NUMBER'],
    options: { tenant, out: { value: 'FILE', about: 'instead of standard output' } },
    run: async ({ positionals, options }) =>
      (await maintenance()).exportToFile(await data('case-export', { tenant: options['tenant'], number: positionals[0] }), options['out']),
  },
  ...returnsCommands({ data, print }),
  ...ledgerCommands,
  'disposal list': {
    about: 'cases whose retention is over, with who approved; proposes what is new',
    positionals: [],
    options: { tenant },
    run: async ({ options }) => print(await data('disposal-list', { tenant: options['tenant'] })),
  },
  'disposal run': {
    about: 'carry out what two persons approved on the workspace page',
    positionals: [],
    options: { tenant },
    run: async ({ options }) => print(await data('disposal-run', { tenant: options['tenant'] })),
  },
  'clock set': {
    about: 'move the demonstration’s clock to an instant',
    positionals: ['INSTANT'],
    options: {},
    run: async ({ positionals }) => print(await data('clock-set', { to: positionals[0] })),
  },
  'clock advance': {
    about: 'move the demonstration’s clock forward, e.g. 3d, 12h, 30m',
    positionals: ['DURATION'],
    options: {},
    run: async ({ positionals }) => print(await data('clock-advance', { milliseconds: parseDuration(positionals[0] ?? '') })),
  },
  draw: {
    about: 'draw the participants of a hearing from a closed list, so that anyone can compute it again',
    positionals: ['LIST'],
    options: drawOptions,
    run: async (given) => (await import('./draw.ts')).runDraw(given),
  },
  decide: {
    about: 'run a decision of a DMN file (1.1 to 1.5), or many of them',
    positionals: ['FILE'],
    options: decideOptions,
    raw: async (args) => (await import('./decide.ts')).run(args),
  },
  run: {
    about: 'run a BPMN file in memory on a virtual clock, or many of them',
    positionals: ['FILE'],
    options: {},
    raw: async (args) => (await import('./run.ts')).run(args),
  },
  ...lintCommands,
  ...procedureCommands({ data, print }),
  ...upstreamCommands(data),
}

const forever = () => new Promise<number>(() => {})

function print(value: unknown): number {
  printJson(value)
  return 0
}

const readPassword = async (file: string | undefined): Promise<string | undefined> => (await readWhole(file))?.split('\n')[0]

async function main(args: string[]): Promise<number> {
  const known = [3, 2].map((words) => args.slice(0, words).join(' ')).find((words) => Object.hasOwn(commands, words))
  const name = known ?? args[0] ?? ''
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    const asked = args.length === 0 || ['--help', '-h', 'help'].includes(args[0] ?? '')
    const group = Object.keys(commands).filter((known) => known.startsWith(`${args[0]} `))
    ;(asked ? process.stdout : process.stderr).write(group.length > 0 ? overview(group) : overview(Object.keys(commands)))
    return asked || (group.length > 0 && args.includes('--help')) ? 0 : 2
  }
  const rest = args.slice(name.split(' ').length)
  if ((rest.includes('--help') || rest.includes('-h')) && name !== 'run') {
    process.stdout.write(help(name, command))
    return 0
  }
  return 'raw' in command ? command.raw(rest) : command.run(readArguments(name, command, rest))
}

function readArguments(name: string, command: Command, args: string[]): Given {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([key, option]) => [key, { type: option.value === undefined ? ('boolean' as const) : ('string' as const) }]),
  )
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    if (positionals.length !== command.positionals.length) throw new Error(`${command.positionals.join(' ') || 'No argument'} is what it takes.`)
    const missing = Object.entries(command.options).find(([key, option]) => option.required && values[key] === undefined)
    if (missing) throw new Error(`--${missing[0]} is needed.`)
    const texts = Object.entries(values).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []))
    return { positionals, options: Object.fromEntries(texts), flags: new Set(Object.keys(values).filter((key) => values[key] === true)) }
  } catch (error) {
    throw new Unusable(`${error instanceof Error ? error.message : String(error)}\n${help(name, command)}`)
  }
}

const usageOf = (name: string, command: Command) =>
  ['xiangli', name, ...command.positionals, ...(Object.keys(command.options).length > 0 ? ['[options]'] : [])].join(' ')

function help(name: string, command: Command): string {
  const lines = Object.entries(command.options).map(
    ([key, option]) =>
      `  --${key}${option.value === undefined ? '' : ` ${option.value}`}`.padEnd(28) + `${option.about}${option.required ? ' (needed)' : ''}`,
  )
  return `Usage: ${usageOf(name, command)}\n${command.about}\n${lines.length > 0 ? `${lines.join('\n')}\n` : ''}`
}

const overview = (names: string[]) =>
  `Usage: xiangli COMMAND [--help]\n${names.map((name) => `  ${name.padEnd(20)}${commands[name]?.about ?? ''}`).join('\n')}\n` +
  'DATA_DIR (./data), DATABASE_URL, BASE_URL and XIANGLI_MODE (demo|production) say which installation.\n'

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = error instanceof Unusable ? 2 : 1
  if (error instanceof DomainError) {
    const fields = error.fields.map((field) => `\n  ${field.pointer}: ${field.message}`)
    process.stderr.write(`${error.code}: ${error.message}${fields.join('')}\n`)
  } else if (error instanceof Unusable) process.stderr.write(`${error.message.trimEnd()}\n`)
  else {
    logError('command', error)
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  }
}
