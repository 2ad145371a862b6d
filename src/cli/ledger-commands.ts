// xiangli ledger … and xiangli witness …: a town's log, and this installation as a witness of its neighbours' logs.
import { readFile } from 'node:fs/promises'
import { type Command, printJson, Unusable } from './command.ts'

// Most commands need little of the program: what opens a database is loaded only by those that use one.
export const environment = async () => (await import('./settings.ts')).readSettings(process.env).config
export const maintenance = () => import('./maintenance.ts')
export const data = async (name: string, input: object) => (await import('./admin-client.ts')).runDataCommand(await environment(), name, input)
export const tenant = { value: 'TOWN', about: 'the town’s short name', required: true }

const print = (value: unknown): number => {
  printJson(value)
  return 0
}

async function readText(file: string): Promise<string> {
  const text = await readFile(file, 'latin1').catch(() => undefined)
  if (text === undefined) throw new Unusable(`${file} cannot be read.`)
  return Buffer.from(text, 'latin1').toString('utf8')
}

export const ledgerCommands: Record<string, Command> = {
  'ledger new-epoch': {
    about: 'give up a log that cannot be continued and begin the next under new keys',
    positionals: [],
    options: { tenant, yes: { about: 'really: the break stays visible in the log for ever' } },
    run: async ({ options, flags }) => (await maintenance()).newEpochs(await environment(), options['tenant'] ?? '', flags.has('yes')),
  },
  'ledger audit': {
    about: 'check every case and the whole log; exit 1 on an alarm',
    positionals: [],
    options: { tenant },
    run: async ({ options }) => (await import('./ledger-audit.ts')).auditLedger(await environment(), options['tenant'] ?? ''),
  },
  'ledger erase': {
    about: 'erase a case that has ended; its place in the log stays',
    positionals: ['NUMBER'],
    options: { tenant, basis: { value: 'LAW', about: 'the legal basis, public for ever, e.g. retention-ended, pipl-47', required: true } },
    run: async ({ positionals, options }) =>
      (await import('./ledger-audit.ts')).eraseLedgerCase(await environment(), {
        tenant: options['tenant'] ?? '',
        number: positionals[0] ?? '',
        basis: options['basis'] ?? '',
      }),
  },
  'ledger monitor': {
    about: 'look at any town’s log from outside; exit 1 on an alarm',
    positionals: ['URL'],
    options: {
      vkey: { value: 'FILE', about: 'keys from elsewhere, one a line; pinned at the first look' },
      state: { value: 'FILE', about: 'what was seen last; of its own for each URL if not given' },
      promise: { value: 'FILES', about: 'promises or receipts that must be kept, with commas between' },
    },
    run: async ({ positionals, options }) =>
      (await import('./ledger-monitor.ts')).monitorLedger({
        url: positionals[0] ?? '',
        state: options['state'],
        vkey: options['vkey'],
        promise: options['promise'],
      }),
  },
  'ledger freeze': {
    about: 'end this epoch in order and begin the next under new keys; the platform must not run',
    positionals: [],
    options: { tenant, yes: { about: 'really: the old log is read-only for ever' } },
    run: async ({ options, flags }) => (await maintenance()).freeze(await environment(), options['tenant'] ?? '', flags.has('yes')),
  },
  'ledger rotate-key': {
    about: 'announce new keys in the log and sign with both; later, with --drop, end the old ones',
    positionals: [],
    options: { tenant, drop: { about: 'drop the old keys: everybody has the new ones' } },
    run: async ({ options, flags }) => print(await data('ledger-rotate', { tenant: options['tenant'], drop: flags.has('drop') })),
  },
  'ledger policy set': {
    about: 'name the witnesses of a log and their quorum (a tlog-policy), and ask them once',
    positionals: ['FILE'],
    options: { tenant },
    run: async ({ positionals, options }) =>
      print(await data('ledger-policy-set', { tenant: options['tenant'], text: await readText(positionals[0] ?? '') })),
  },
  'ledger policy show': {
    about: 'print the tlog-policy by which others can check this town’s log',
    positionals: [],
    options: { tenant },
    run: async ({ options }) => {
      process.stdout.write(String(await data('ledger-policy-show', { tenant: options['tenant'] })))
      return 0
    },
  },
  'witness add-log': {
    about: 'witness a neighbour’s log, or accept a further key of it',
    positionals: ['VKEY'],
    options: { origin: { value: 'ORIGIN', about: 'when the log is not named as its key' } },
    run: async ({ positionals, options }) => print(await data('witness-add', { vkey: positionals[0], origin: options['origin'] })),
  },
  'witness remove-log': {
    about: 'stop witnessing a log, or drop one of its keys',
    positionals: ['ORIGIN-OR-VKEY'],
    options: {},
    run: async ({ positionals }) => print(await data('witness-remove', { log: positionals[0] })),
  },
  'witness list': {
    about: 'print this witness’s key, the logs it knows and what contradicted them',
    positionals: [],
    options: {},
    run: async () => print(await data('witness-list', {})),
  },
}
