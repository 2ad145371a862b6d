// xiangli verify RECEIPT [--vkey FILE] [--policy FILE] [--pin]: checks a receipt without asking the town to be believed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { DomainError } from '#kernel/errors.ts'
import { systemClock } from '#kernel/clock.ts'
import { noteTypes, parseVkey, type VerifierKey } from '#kernel/ledger/note.ts'
import { parsePolicy } from '#kernel/ledger/policy.ts'
import { parsePromise, promiseKeyName } from '#kernel/ledger/promise.ts'
import { parseReceipt, type ReceiptTrust, type ReceiptVerdict, verifyReceipt } from '#kernel/ledger/receipt.ts'
import { Unusable } from './command.ts'

export type VerifyWish = { receipt: string; vkey: string | undefined; policy: string | undefined; pin: boolean }
type Keys = { vkey?: string; promiseVkey?: string }

const longest = 4 * 1024 * 1024

/**
 * Prints each step. Exit code 0 only when the receipt holds under a key or policy given here or pinned earlier;
 * 1 when it does not, or no such key is known; 2 when an argument or the file cannot be used.
 */
export async function verify(wish: VerifyWish): Promise<number> {
  const value = await readReceipt(wish.receipt)
  const origin = originOf(value) ?? ''
  const given = wish.vkey === undefined ? {} : readKeys(await readText(wish.vkey), origin)
  const policy = wish.policy === undefined ? undefined : await readPolicy(wish.policy)
  if (wish.pin && !given.vkey && !given.promiseVkey) throw new Unusable('--pin remembers what --vkey gives: name a file with the keys.')
  const fromOutside = given.vkey !== undefined || given.promiseVkey !== undefined || policy !== undefined
  const pinned = fromOutside ? undefined : readPins()[origin]
  const trust: ReceiptTrust = { ...(pinned ?? given), policy, now: systemClock.now() }
  const verdict = verifyReceipt(value, trust)
  print(verdict, pinned ? 'pinned' : 'given')
  if (verdict.ok && wish.pin) pin(given)
  return verdict.ok ? 0 : 1
}

function print(verdict: ReceiptVerdict, source: string): void {
  for (const { step, ok, reason } of verdict.steps) process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${step}: ${reason}\n`)
  for (const [name, field] of Object.entries(verdict.opened?.values ?? {})) process.stdout.write(`     ${name} = ${JSON.stringify(field)}\n`)
  process.stdout.write(verdict.ok ? `verified: ${verdict.level} (key ${source})\n` : 'not verified\n')
}

async function readReceipt(place: string): Promise<unknown> {
  const text = /^https?:\/\//.test(place) ? await fetchText(place) : await readText(place)
  try {
    return JSON.parse(text)
  } catch {
    throw new Unusable(`${place} is not a receipt: it is not JSON.`)
  }
}

async function fetchText(url: string): Promise<string> {
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(20_000) })
    if (!response.ok) throw new Unusable(`${url} answered ${response.status}.`)
    const bytes = await response.arrayBuffer()
    if (bytes.byteLength > longest) throw new Unusable(`${url} is too long for a receipt.`)
    return Buffer.from(bytes).toString()
  } catch (error) {
    if (error instanceof Unusable) throw error
    throw new Unusable(`${url} cannot be reached.`)
  }
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch(() => undefined)
  if (!bytes || bytes.length > longest) throw new Unusable(`${path} cannot be read.`)
  return bytes.toString()
}

async function readPolicy(path: string): Promise<string> {
  const text = await readText(path)
  try {
    parsePolicy(text)
    return text
  } catch (error) {
    throw new Unusable(`${path}: ${error instanceof DomainError ? error.message : 'not a policy'}`)
  }
}

/**
 * One verifier key a line, alone or as a log's `/vkeys` writes it (`<epoch> <role> <vkey>`). Of several logs those of
 * `origin` are taken; keys of witnesses are passed over.
 */
function readKeys(text: string, origin: string): Keys {
  const keys: Keys = {}
  const found = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/\s+/).at(-1) ?? '')
    .map((vkey) => ({ vkey, ...readKey(vkey) }))
  if (found.length === 0) throw new Unusable('The key file holds no verifier key.')
  const many = found.filter(({ type }) => type === noteTypes.ed25519)
  const log = many.find(({ name }) => name === origin) ?? many.find(({ name }) => !name.endsWith('/promise'))
  const promise = many.find(({ name }) => name === promiseKeyName(origin)) ?? many.find(({ name }) => name.endsWith('/promise'))
  if (log) keys.vkey = log.vkey
  if (promise) keys.promiseVkey = promise.vkey
  return keys
}

function readKey(line: string): VerifierKey {
  try {
    return parseVkey(line)
  } catch (error) {
    throw new Unusable(error instanceof DomainError ? error.message : 'The key file cannot be read.')
  }
}

/** Which log a receipt says it is of: only to look up what was pinned for that name. */
function originOf(value: unknown): string | undefined {
  try {
    return parsePromise(parseReceipt(value).promise).origin
  } catch {
    return undefined
  }
}

const pinFile = () => join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'xiangli', 'pinned-keys.json')

function readPins(): Record<string, Keys> {
  try {
    const value: unknown = JSON.parse(readFileSync(pinFile(), 'utf8'))
    // Our own file; verifyReceipt parses every key in it again.
    return typeof value === 'object' && value !== null ? (value as Record<string, Keys>) : {}
  } catch {
    return {}
  }
}

/** A pinned key is never replaced in silence: another one for the same log is what pinning is there to notice. */
function pin(keys: Keys): void {
  const pins = readPins()
  const name = readKey(keys.vkey ?? keys.promiseVkey ?? '').name.replace(/\/promise$/, '')
  const known = pins[name]
  for (const role of ['vkey', 'promiseVkey'] as const) {
    if (known?.[role] && keys[role] && known[role] !== keys[role])
      throw new DomainError(
        'conflict',
        'verify.pinned_other',
        `Another key is pinned for ${name}: if its operator announced the change, remove it from ${pinFile()} first.`,
      )
  }
  mkdirSync(dirname(pinFile()), { recursive: true, mode: 0o700 })
  writeFileSync(pinFile(), `${JSON.stringify({ ...pins, [name]: { ...known, ...keys } }, null, 2)}\n`, { mode: 0o600 })
  process.stdout.write(`pinned the keys of ${name}\n`)
}
