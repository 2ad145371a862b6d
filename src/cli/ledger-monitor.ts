// xiangli ledger monitor URL: follows a town's log from outside. It needs nothing of an installation.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import * as z from 'zod'
import { systemClock } from '#kernel/clock.ts'
import { DomainError } from '#kernel/errors.ts'
import { lookAtLog, type MonitorResult, type MonitorState } from '#kernel/ledger/monitor.ts'
import { noteTypes, parseVkey } from '#kernel/ledger/note.ts'
import { safeFetch } from '#kernel/net/safe-fetch.ts'
import { Unusable } from './command.ts'

export type MonitorArguments = { url: string; state: string | undefined; vkey: string | undefined; promise: string | undefined }

const longest = 64 * 1024 * 1024
const stateSchema = z.object({
  vkey: z.string(),
  promiseVkey: z.string().optional(),
  known: z.array(z.string()).optional(),
  past: z.array(z.string()).optional(),
  size: z.number(),
  note: z.string(),
  frontier: z.array(z.string()),
  hour: z.string(),
})

/**
 * One look at the log, meant to be run every few minutes. Exit code 0 when all is well, 1 on an alarm, 2 when it could not look
 * (no key, no answer). On an alarm the state stays as it was, and the checkpoint seen is kept beside it.
 */
export async function monitorLedger(given: MonitorArguments): Promise<number> {
  const prefix = given.url.replace(/\/(?:checkpoint)?$/, '')
  const file = given.state === undefined ? stateFileOf(prefix) : resolve(given.state)
  const state = await readState(file)
  const keys = given.vkey === undefined ? state : readKeys(await readText(given.vkey))
  if (!keys) throw new Unusable('Key not known: give --vkey with the log’s key from elsewhere; it is pinned in the state file.')
  if (state && state.vkey !== keys.vkey && !state.known?.includes(keys.vkey))
    throw new Unusable(`Another key is pinned in ${file}: if its operator announced the change, use another --state.`)
  const promiseVkey = keys.promiseVkey ?? state?.promiseVkey
  const promises = given.promise === undefined ? [] : await Promise.all(given.promise.split(',').map(readPromise))
  const result = await look({
    read: (path) => readPublic(`${prefix}/${path}`),
    // The key pinned first stays the one that the state is known by.
    vkey: state?.vkey ?? keys.vkey,
    promiseVkey,
    state,
    promises,
    now: systemClock.now(),
  })
  if (result.state && result.alarms.every(({ code }) => code.startsWith('promise_')))
    await replace(file, `${JSON.stringify(result.state, null, 2)}\n`)
  else await replace(`${file}.evidence`, result.note)
  const { alarms, size, kept, pending } = result
  for (const alarm of alarms) process.stdout.write(`${JSON.stringify(alarm)}\n`)
  process.stdout.write(`${JSON.stringify({ summary: { size, before: state?.size ?? 0, alarms: alarms.length, promises: { kept, pending } } })}\n`)
  return alarms.length > 0 ? 1 : 0
}

/** What the log answers may be anything: a refusal while reading it means that it could not be looked at. */
async function look(wish: Parameters<typeof lookAtLog>[0]): Promise<MonitorResult> {
  try {
    return await lookAtLog(wish)
  } catch (error) {
    if (error instanceof DomainError) throw new Unusable(`${error.code}: ${error.message}`)
    throw error
  }
}

function stateFileOf(prefix: string): string {
  const name = createHash('sha256').update(prefix).digest('hex').slice(0, 16)
  return join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'xiangli', `monitor-${name}.json`)
}

async function readState(file: string): Promise<MonitorState | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return stateSchema.parse(JSON.parse(text))
  } catch {
    throw new Unusable(`${file} is no state of this monitor: put it right or name another with --state.`)
  }
}

async function readText(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) throw new Unusable(`${path} cannot be read.`)
  return text
}

/** One key a line, alone or as `/vkeys` writes it; the first of each role, witnesses left out. */
function readKeys(text: string): { vkey: string; promiseVkey?: string | undefined } {
  const words = text.split('\n').map((line) => line.trim().split(/\s+/).at(-1) ?? '')
  const keys = words.filter((word) => word !== '' && !word.startsWith('#')).filter((word) => isLogKey(word))
  const vkey = keys.find((key) => !parseVkey(key).name.endsWith('/promise'))
  if (vkey === undefined) throw new Unusable('The key file holds no key of a log.')
  return { vkey, promiseVkey: keys.find((key) => parseVkey(key).name === `${parseVkey(vkey).name}/promise`) }
}

function isLogKey(word: string): boolean {
  try {
    return parseVkey(word).type === noteTypes.ed25519
  } catch {
    return false
  }
}

/** A promise by itself, or the one inside a receipt. */
async function readPromise(path: string): Promise<string> {
  const text = await readText(path)
  if (!text.trimStart().startsWith('{')) return text
  try {
    return z.object({ promise: z.string() }).parse(JSON.parse(text)).promise
  } catch {
    throw new Unusable(`${path} is neither a promise nor a receipt.`)
  }
}

async function readPublic(url: string): Promise<Uint8Array> {
  try {
    // Whoever runs the monitor named the host; where it redirects to is checked.
    const named = { trustedHosts: [new URL(url).host], allowLoopback: true }
    const { status, body } = await safeFetch(url, { ...named, timeoutMs: 30_000, maxBytes: longest, headers: { 'cache-control': 'no-store' } })
    if (status !== 200) throw new Unusable(`${url} answered ${status}.`)
    return new Uint8Array(body)
  } catch (error) {
    if (error instanceof Unusable) throw error
    throw new Unusable(`${url} cannot be reached.`)
  }
}

/** Written beside and renamed: a cut leaves the old one. */
async function replace(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(`${file}.draft`, text, { mode: 0o600 })
  await rename(`${file}.draft`, file)
}
