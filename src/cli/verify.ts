// xiangli verify RECEIPT [--vkey FILE] [--policy FILE] [--key-changes FILE] [--pin]: checks a receipt without asking the town to be believed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { DomainError } from '#kernel/errors.ts'
import { systemClock } from '#kernel/clock.ts'
import { followKeys, type KeyChange, parseKeyChanges } from '#kernel/ledger/key-changes.ts'
import { encodeVkey, noteTypes, parseVkey, type VerifierKey } from '#kernel/ledger/note.ts'
import { parsePolicy } from '#kernel/ledger/policy.ts'
import { parsePromise, promiseKeyName } from '#kernel/ledger/promise.ts'
import { parseReceipt, type ReceiptTrust, type ReceiptVerdict, verifyReceipt } from '#kernel/ledger/receipt.ts'
import { Unusable } from './command.ts'

export type VerifyWish = { receipt: string; vkey: string | undefined; policy: string | undefined; keyChanges: string | undefined; pin: boolean }
/** All keys of one log that are trusted: more than one when it turned its keys. */
type Keys = { vkey: string[]; promiseVkey: string[] }

const longest = 4 * 1024 * 1024

/**
 * Prints each step. Exit code 0 only when the receipt holds under a key or policy given here or pinned earlier;
 * 1 when it does not, or no such key is known; 2 when an argument or the file cannot be used.
 */
export async function verify(wish: VerifyWish): Promise<number> {
  const value = await readReceipt(wish.receipt)
  const origin = originOf(value) ?? ''
  const pins = readPins()
  const given = wish.vkey === undefined ? none : readKeys(await readText(wish.vkey), origin)
  const policy = wish.policy === undefined ? undefined : await readPolicy(wish.policy)
  if (wish.pin && !hasAny(given) && wish.keyChanges === undefined) throw new Unusable('--pin remembers what --vkey gives: name a file with the keys.')
  const isGiven = hasAny(given) || policy !== undefined
  const outside = isGiven ? given : (pins[origin] ?? none)
  const { keys, policy: followedPolicy } =
    wish.keyChanges === undefined ? { keys: outside, policy } : follow(origin, isGiven ? given : allOf(pins), policy, await readText(wish.keyChanges))
  const trust: ReceiptTrust = {
    ...(keys.vkey.length > 0 ? { vkey: keys.vkey } : {}),
    ...(keys.promiseVkey.length > 0 ? { promiseVkey: keys.promiseVkey } : {}),
    policy: followedPolicy,
    now: systemClock.now(),
  }
  const verdict = verifyReceipt(value, trust)
  print(verdict, isGiven ? 'given' : 'pinned')
  if (verdict.ok && wish.pin) pin(origin, keys, wish.keyChanges === undefined)
  return verdict.ok ? 0 : 1
}

const none: Keys = { vkey: [], promiseVkey: [] }
const hasAny = ({ vkey, promiseVkey }: Keys) => vkey.length + promiseVkey.length > 0
const allOf = (pins: Record<string, Keys>): Keys => ({
  vkey: Object.values(pins).flatMap(({ vkey }) => vkey),
  promiseVkey: Object.values(pins).flatMap(({ promiseVkey }) => promiseVkey),
})

/** The keys of `origin` that follow from trusted ones: proven by the log itself, so the file may come from anywhere. */
function follow(origin: string, trusted: Keys, policy: string | undefined, text: string): { keys: Keys; policy: string | undefined } {
  const logs = policy === undefined ? [] : parsePolicy(policy).logs.map(({ key }) => encodeVkey(key))
  const known = followKeys([...trusted.vkey, ...trusted.promiseVkey, ...logs], readChanges(text))
  const named = (name: string) => known.filter((vkey) => parseVkey(vkey).name === name)
  const added = named(origin).filter((vkey) => !logs.includes(vkey))
  return {
    keys: { vkey: named(origin), promiseVkey: named(promiseKeyName(origin)) },
    policy: policy === undefined ? undefined : `${policy}\n${added.map((vkey) => `log ${vkey}\n`).join('')}`,
  }
}

function readChanges(text: string): KeyChange[] {
  try {
    return parseKeyChanges(text)
  } catch (error) {
    throw new Unusable(error instanceof DomainError ? error.message : 'The key changes cannot be read.')
  }
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
  const found = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/\s+/).at(-1) ?? '')
    .map((vkey) => ({ vkey, ...readKey(vkey) }))
  if (found.length === 0) throw new Unusable('The key file holds no verifier key.')
  const many = found.filter(({ type }) => type === noteTypes.ed25519)
  // Keys of another log do not verify; taken all the same, the answer says whose key was given.
  const pick = (name: string, isKind: (name: string) => boolean) => {
    const exact = many.filter((key) => key.name === name)
    return (exact.length > 0 ? exact : many.filter((key) => isKind(key.name)).slice(0, 1)).map(({ vkey }) => vkey)
  }
  const isPromise = (name: string) => name.endsWith('/promise')
  return { vkey: pick(origin, (name) => !isPromise(name)), promiseVkey: pick(promiseKeyName(origin), isPromise) }
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

const texts = z.union([z.string().transform((text) => [text]), z.array(z.string())]).default([])
const pinsSchema = z.record(z.string(), z.object({ vkey: texts, promiseVkey: texts }))

function readPins(): Record<string, Keys> {
  try {
    return pinsSchema.parse(JSON.parse(readFileSync(pinFile(), 'utf8')))
  } catch {
    return {}
  }
}

/**
 * A pinned key is never replaced in silence: another one for the same log is what pinning is there to notice. Keys that
 * follow from pinned ones are added.
 */
function pin(origin: string, keys: Keys, strict: boolean): void {
  const pins = readPins()
  const name = strict ? readKey(keys.vkey[0] ?? keys.promiseVkey[0] ?? '').name.replace(/\/promise$/, '') : origin
  const known = pins[name] ?? none
  for (const role of ['vkey', 'promiseVkey'] as const) {
    if (strict && known[role].length > 0 && keys[role].some((vkey) => !known[role].includes(vkey)))
      throw new DomainError(
        'conflict',
        'verify.pinned_other',
        `Another key is pinned for ${name}: give the log’s key changes with --key-changes, or, if its operator announced the change otherwise, remove it from ${pinFile()} first.`,
      )
  }
  const both = (role: keyof Keys) => [...new Set([...known[role], ...keys[role]])]
  mkdirSync(dirname(pinFile()), { recursive: true, mode: 0o700 })
  const next = { ...pins, [name]: { vkey: both('vkey'), promiseVkey: both('promiseVkey') } }
  writeFileSync(pinFile(), `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 })
  process.stdout.write(`pinned the keys of ${name}\n`)
}
