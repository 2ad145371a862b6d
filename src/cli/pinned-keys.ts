// Keys that this account pinned: a file of its own, a log's key with its promise key beside it, by the log's origin.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { DomainError } from '#kernel/errors.ts'
import { parseVkey } from '#kernel/ledger/note.ts'

type Keys = { vkey?: string; promiseVkey?: string }

const roles = ['vkey', 'promiseVkey'] as const
const pinFile = () => join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'xiangli', 'pinned-keys.json')

/** The keys pinned for a log, or undefined. */
export const pinnedKeys = (origin: string): Keys | undefined => {
  const pins = readPins()
  return Object.hasOwn(pins, origin) ? pins[origin] : undefined
}

/** Whether another key than the given one is pinned for the log. */
export function differsFromPin(origin: string, given: Keys): boolean {
  const known = pinnedKeys(origin)
  return roles.some((role) => known?.[role] !== undefined && given[role] !== undefined && known[role] !== given[role])
}

/**
 * Remembers keys and gives the name of their log. A pinned key is never replaced in silence: another one for the same
 * log is what pinning is there to notice. @throws `verify.pinned_other`.
 */
export function pinKeys({ vkey, promiseVkey }: Keys): string {
  const name = parseVkey(vkey ?? promiseVkey ?? '').name.replace(/\/promise$/, '')
  const keys: Keys = { ...(vkey === undefined ? {} : { vkey }), ...(promiseVkey === undefined ? {} : { promiseVkey }) }
  if (differsFromPin(name, keys))
    throw new DomainError(
      'conflict',
      'verify.pinned_other',
      `Another key is pinned for ${name}: if its operator announced the change, remove it from ${pinFile()} first.`,
    )
  mkdirSync(dirname(pinFile()), { recursive: true, mode: 0o700 })
  const pins = { ...readPins(), [name]: { ...pinnedKeys(name), ...keys } }
  writeFileSync(pinFile(), `${JSON.stringify(pins, null, 2)}\n`, { mode: 0o600 })
  return name
}

/** What cannot be read is no pin: the answer is then "key not known", never a wrong yes. */
function readPins(): Record<string, Keys> {
  try {
    const value: unknown = JSON.parse(readFileSync(pinFile(), 'utf8'))
    // Our own file; verifyReceipt parses every key in it again.
    return typeof value === 'object' && value !== null ? (value as Record<string, Keys>) : {}
  } catch {
    return {}
  }
}
