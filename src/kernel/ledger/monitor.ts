// Watching a log from outside: all that is needed are its public files, a verifier key from elsewhere, and the memory of the last look.
import { DomainError, invalid } from '../errors.ts'
import { decodeHash, equalBytes, toBase64 } from './bytes.ts'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { parseLeaf } from './leaf.ts'
import { parseNote, parseVkey, verifyNote } from './note.ts'
import { verifyPromise } from './promise.ts'
import { decodeEntries, tilePath, tileWidth } from './tiles.ts'
import { appendToFrontier, foldRange, leafHash, verifyConsistency } from './tree.ts'

/** What a monitor keeps between two looks; a JSON value. `frontier` (base 64) and `hour` are of the tree of `size` entries. */
export type MonitorState = { vkey: string; promiseVkey?: string | undefined; size: number; note: string; frontier: string[]; hour: string }

export type MonitorAlarm = {
  code: 'signature' | 'shrunk' | 'forked' | 'entries_differ' | 'entry_malformed' | 'backdated' | 'promise_unkept' | 'promise_wrong'
  message: string
}

/** `note` is the checkpoint seen now: with the one in the old state, the evidence of a fork. `state` moves on only without such an alarm. */
export type MonitorResult = { size: number; note: string; alarms: MonitorAlarm[]; state: MonitorState | undefined; kept: number; pending: number }

/** Gives a public file of the log by its path below the prefix, e.g. `checkpoint`. Throws when it is not to be had. */
export type ReadPublic = (path: string) => Promise<Uint8Array>

export type MonitorWish = {
  read: ReadPublic
  vkey: string
  promiseVkey?: string | undefined
  state?: MonitorState | undefined
  /** Promises as texts (docs/ledger-format.md section 3). */
  promises: string[]
  now: Date
}

type Seen = { frontier: Uint8Array[]; hashes: Set<string>; hour: string; alarms: MonitorAlarm[]; passedOld: boolean }

/**
 * One look: the signature of the checkpoint, every entry since the last look up to the signed root, hours that do not run back,
 * and whether what was promised is there. With promises, all entries are read.
 */
export async function lookAtLog(wish: MonitorWish): Promise<MonitorResult> {
  const bytes = await wish.read('checkpoint')
  const note = Buffer.from(bytes).toString()
  const old = wish.state
  const result: MonitorResult = { size: 0, note, alarms: [], state: undefined, kept: 0, pending: 0 }
  const checkpoint = attempt(result.alarms, 'signature', () => readSigned(bytes, wish.vkey))
  if (!checkpoint) return result
  result.size = checkpoint.size
  const before = old && parseCheckpoint(parseNote(old.note).text)
  if (before && checkpoint.size < before.size) {
    result.alarms.push({ code: 'shrunk', message: `The log had ${before.size} entries and now has ${checkpoint.size}.` })
    return result
  }
  const seen = await readEntries(wish, checkpoint, before)
  result.alarms.push(...seen.alarms)
  if (!seen.passedOld || !equalBytes(foldRange(seen.frontier), checkpoint.root)) {
    result.alarms.push(await explain(wish, before, checkpoint))
    return result
  }
  checkPromises(wish, seen.hashes, result)
  const { vkey, promiseVkey } = wish
  result.state = { vkey, promiseVkey, size: checkpoint.size, note, frontier: seen.frontier.map(toBase64), hour: seen.hour }
  return result
}

function attempt<T>(alarms: MonitorAlarm[], code: MonitorAlarm['code'], work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    alarms.push({ code, message: error.message })
    return undefined
  }
}

function readSigned(bytes: Uint8Array, vkey: string): Checkpoint {
  const note = parseNote(bytes)
  const key = parseVkey(vkey)
  verifyNote(note, [key])
  const checkpoint = parseCheckpoint(note.text)
  if (checkpoint.origin !== key.name) throw invalid('ledger.origin_other', 'The checkpoint is of another log than the key.')
  return checkpoint
}

/** Reads entries from the last look on, or all when promises are asked for; passing the old size, the old root must come out. */
async function readEntries(wish: MonitorWish, { size }: Checkpoint, before: Checkpoint | undefined): Promise<Seen> {
  const continued = wish.promises.length === 0 ? wish.state : undefined
  const seen: Seen = {
    frontier: continued ? continued.frontier.map(readHash) : [],
    hashes: new Set(),
    hour: continued?.hour ?? '',
    alarms: [],
    passedOld: true,
  }
  let at = continued?.size ?? 0
  while (at < size) {
    const index = Math.floor(at / tileWidth)
    const width = Math.min(tileWidth, size - index * tileWidth)
    const leaves = decodeEntries(await wish.read(tilePath({ level: 'entries', index, width })))
    if (leaves.length !== width) throw invalid('ledger.tile_short', 'An entry bundle is too short.')
    for (const leaf of leaves.slice(at - index * tileWidth)) {
      takeEntry(seen, leaf, at)
      at++
      if (at === before?.size) seen.passedOld = equalBytes(foldRange(seen.frontier), before.root)
    }
  }
  return seen
}

function takeEntry(seen: Seen, leaf: Uint8Array, at: number): void {
  const hash = leafHash(leaf)
  seen.frontier = appendToFrontier(seen.frontier, at, [hash])
  seen.hashes.add(toBase64(hash))
  const read = attempt(seen.alarms, 'entry_malformed', () => parseLeaf(leaf))
  if (!read) return
  // Commits side by side may be queued a minute out of order: one hour back is no proof of anything.
  if (seen.hour !== '' && instantOf(read.hour) < instantOf(seen.hour) - 3_600_000)
    seen.alarms.push({ code: 'backdated', message: `Entry ${at} says ${read.hour}, an entry before it ${seen.hour}.` })
  if (read.hour > seen.hour) seen.hour = read.hour
}

const instantOf = (hour: string) => new Date(hour.replace('Z', ':00:00Z')).getTime()

function readHash(text: string): Uint8Array {
  const hash = decodeHash(text)
  if (!hash) throw invalid('ledger.state_damaged', 'The state file of this monitor is damaged.')
  return hash
}

/** Entries and root do not fit: does the signed tree contradict the one kept, or are only other entries shown? */
async function explain({ read }: MonitorWish, before: Checkpoint | undefined, now: Checkpoint): Promise<MonitorAlarm> {
  const differs: MonitorAlarm = { code: 'entries_differ', message: 'The entries that the log shows do not give the root that it signed.' }
  if (!before || before.size === 0) return differs
  const text =
    now.size === before.size ? '' : await read(`consistency?old=${before.size}&new=${now.size}`).then((bytes) => Buffer.from(bytes).toString())
  const proof = text.split('\n').slice(0, -1).map(decodeHash)
  const hashes = proof.filter((hash) => hash !== undefined)
  if (hashes.length === proof.length && verifyConsistency(before.size, now.size, before.root, now.root, hashes)) return differs
  return { code: 'forked', message: `Two signed trees contradict each other: of ${before.size} and of ${now.size} entries. Keep both checkpoints.` }
}

/** A promise that is past its time must be in the log; one that is not yet due is only counted. */
function checkPromises({ promises, promiseVkey, now }: MonitorWish, hashes: Set<string>, result: MonitorResult): void {
  for (const text of promises) {
    const promise = attempt(result.alarms, 'promise_wrong', () => {
      if (promiseVkey === undefined) throw invalid('ledger.key_not_known', 'The promise key is not known: give it with --vkey.')
      return verifyPromise(text, parseVkey(promiseVkey))
    })
    if (!promise) continue
    if (hashes.has(toBase64(promise.leafHash))) result.kept++
    else if (now <= promise.includeBy) result.pending++
    else
      result.alarms.push({
        code: 'promise_unkept',
        message: `A leaf was promised for ${promise.includeBy.toISOString()} and is not in the log: ${toBase64(promise.leafHash)}.`,
      })
  }
}
