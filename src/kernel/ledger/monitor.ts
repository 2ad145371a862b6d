// Watching a log from outside: all that is needed are its public files, a verifier key from elsewhere, and the memory of the last look.
import { DomainError, invalid } from '../errors.ts'
import { decodeHash, equalBytes, toBase64 } from './bytes.ts'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { announcedKey, followKeys, nextOrigin, parseKeyChanges } from './key-changes.ts'
import { type Leaf, parseLeaf } from './leaf.ts'
import { parseNote, parseVkey, verifyNote } from './note.ts'
import { verifyPromise } from './promise.ts'
import { decodeEntries, tilePath, tileWidth } from './tiles.ts'
import { appendToFrontier, foldRange, leafHash, verifyConsistency } from './tree.ts'

/**
 * What a monitor keeps between two looks; a JSON value. `frontier` (base 64) and `hour` are of the tree of `size` entries.
 * `known` are the keys that may sign now, those that the log announced among them; `past` were dropped: their promises still bind.
 */
export type MonitorState = {
  vkey: string
  promiseVkey?: string | undefined
  known?: string[] | undefined
  past?: string[] | undefined
  size: number
  note: string
  frontier: string[]
  hour: string
}

export type MonitorAlarm = {
  code:
    | 'signature'
    | 'shrunk'
    | 'forked'
    | 'entries_differ'
    | 'entry_malformed'
    | 'backdated'
    | 'promise_unkept'
    | 'promise_wrong'
    | 'epoch_unannounced'
    | 'epoch_differs'
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

type Seen = { frontier: Uint8Array[]; hashes: Set<string>; hour: string; alarms: MonitorAlarm[]; passedOld: boolean; known: string[]; past: string[] }

/**
 * One look: the signature of the checkpoint, every entry since the last look up to the signed root, hours that do not run back,
 * and whether what was promised is there. With promises, all entries are read. Keys and epochs that the log announced are followed.
 */
export async function lookAtLog(wish: MonitorWish): Promise<MonitorResult> {
  const followed = wish.state ? originOf(Buffer.from(wish.state.note)) : parseVkey(wish.vkey).name
  const newest = originOf(await wish.read('checkpoint'))
  if (!isLater(newest, followed)) return lookAtEpoch(wish)
  return lookAtEnded(wish, followed)
}

/** The epoch that was followed has ended: to its end first, then at the next, whose first entry must name it. */
async function lookAtEnded(wish: MonitorWish, followed: string): Promise<MonitorResult> {
  const ended = await lookAtEpoch({ ...wish, read: below(wish.read, followed), promises: promisesOf(wish.promises, followed) })
  const next = nextOrigin(followed)
  if (!ended.state || next === undefined) return ended
  const read = below(wish.read, next)
  const known = ended.state.known ?? []
  if (!known.some((vkey) => parseVkey(vkey).name === next)) {
    ended.alarms.push({ code: 'epoch_unannounced', message: `The log goes on as ${next} under keys that ${followed} did not announce.` })
    return ended
  }
  const state = { ...ended.state, size: 0, note: '', frontier: [], hour: '' }
  const begun = await lookAtEpoch({ ...wish, read, promises: promisesOf(wish.promises, next), state: undefined }, state)
  const alarm = begun.size > 0 ? await checkEpochLeaf(read, parseCheckpoint(parseNote(ended.note).text)) : undefined
  const alarms = [...ended.alarms, ...begun.alarms, ...(alarm ? [alarm] : [])]
  const joined = { ...begun, alarms, kept: ended.kept + begun.kept, pending: ended.pending + begun.pending, state: alarm ? undefined : begun.state }
  if (!joined.state || alarms.length > 0) return joined
  // Epochs may have passed since the last look.
  const later = await lookAtLog({ ...wish, state: joined.state, promises: [] })
  return { ...later, kept: joined.kept + later.kept, pending: joined.pending + later.pending }
}

const below =
  (read: ReadPublic, origin: string): ReadPublic =>
  (path) =>
    read(path === 'key-changes' ? path : `${origin.slice(origin.lastIndexOf('/') + 1)}/${path}`)

function promisesOf(promises: string[], origin: string): string[] {
  return promises.filter((text) => text.includes(`\n${origin}\n`))
}

function originOf(note: Uint8Array): string {
  try {
    return parseCheckpoint(parseNote(note).text).origin
  } catch {
    return ''
  }
}

/** Whether `origin` is of a later epoch of the log `followed`. */
function isLater(origin: string, followed: string): boolean {
  const [head, number] = [followed.slice(0, followed.lastIndexOf('/') + 1), Number(followed.slice(followed.lastIndexOf('/') + 1))]
  return head !== '' && origin.startsWith(head) && Number(origin.slice(head.length)) > number
}

async function checkEpochLeaf(read: ReadPublic, { origin, size, root }: Checkpoint): Promise<MonitorAlarm | undefined> {
  const { size: width } = parseCheckpoint(parseNote(await read('checkpoint')).text)
  const [first] = decodeEntries(await read(tilePath({ level: 'entries', index: 0, width: Math.min(tileWidth, width) })))
  const leaf = first && parseLeaf(first)
  const fits = leaf?.kind === 'epoch' && leaf.fields.previous === origin && leaf.fields.size === String(size) && leaf.fields.root === toBase64(root)
  return fits
    ? undefined
    : { code: 'epoch_differs', message: `The epoch after ${origin} does not begin with its last checkpoint of ${size} entries.` }
}

/** `begun` is the state to go on from in an epoch of which nothing was seen. */
async function lookAtEpoch(wish: MonitorWish, begun?: MonitorState): Promise<MonitorResult> {
  const bytes = await wish.read('checkpoint')
  const note = Buffer.from(bytes).toString()
  const old = wish.state
  const result: MonitorResult = { size: 0, note, alarms: [], state: undefined, kept: 0, pending: 0 }
  const pinned = [wish.vkey, ...(wish.promiseVkey === undefined ? [] : [wish.promiseVkey])]
  const trusted = await extendTrust(wish.read, bytes, old?.known ?? begun?.known ?? pinned)
  const checkpoint = attempt(result.alarms, 'signature', () => readSigned(bytes, trusted))
  if (!checkpoint) return result
  result.size = checkpoint.size
  const before = old && parseCheckpoint(parseNote(old.note).text)
  if (before && checkpoint.size < before.size) {
    result.alarms.push({ code: 'shrunk', message: `The log had ${before.size} entries and now has ${checkpoint.size}.` })
    return result
  }
  const seen = await readEntries(wish, checkpoint, before, { known: trusted, past: old?.past ?? begun?.past ?? [] })
  result.alarms.push(...seen.alarms)
  if (!seen.passedOld || !equalBytes(foldRange(seen.frontier), checkpoint.root)) {
    result.alarms.push(await explain(wish, before, checkpoint))
    return result
  }
  const { vkey, known, past } = { vkey: wish.vkey, ...seen }
  const promiseVkey = wish.promiseVkey ?? known.find((key) => key.startsWith(`${checkpoint.origin}/promise+`))
  checkPromises(wish, [...(wish.promiseVkey === undefined ? [] : [wish.promiseVkey]), ...known, ...past], seen.hashes, result)
  result.state = { vkey, promiseVkey, known, past, size: checkpoint.size, note, frontier: seen.frontier.map(toBase64), hour: seen.hour }
  return result
}

/** A checkpoint that no trusted key signed may be signed by one that follows from them. */
async function extendTrust(read: ReadPublic, note: Uint8Array, trusted: string[]): Promise<string[]> {
  if (attempt([], 'signature', () => readSigned(note, trusted))) return trusted
  try {
    return followKeys(trusted, parseKeyChanges(Buffer.from(await read('key-changes')).toString()))
  } catch {
    return trusted
  }
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

function readSigned(bytes: Uint8Array, vkeys: string[]): Checkpoint {
  const note = parseNote(bytes)
  const checkpoint = parseCheckpoint(note.text)
  const keys = vkeys.map(parseVkey)
  if (!keys.some(({ name }) => name === checkpoint.origin)) throw invalid('ledger.origin_other', 'The checkpoint is of another log than the key.')
  verifyNote(
    note,
    keys.filter(({ name }) => name === checkpoint.origin),
  )
  return checkpoint
}

/** Reads entries from the last look on, or all when promises are asked for; passing the old size, the old root must come out. */
async function readEntries(
  wish: MonitorWish,
  { size, origin }: Checkpoint,
  before: Checkpoint | undefined,
  keys: { known: string[]; past: string[] },
): Promise<Seen> {
  const continued = wish.promises.length === 0 ? wish.state : undefined
  const seen: Seen = {
    frontier: continued ? continued.frontier.map(readHash) : [],
    hashes: new Set(),
    hour: continued?.hour ?? '',
    alarms: [],
    passedOld: true,
    ...keys,
  }
  let at = continued?.size ?? 0
  while (at < size) {
    const index = Math.floor(at / tileWidth)
    const width = Math.min(tileWidth, size - index * tileWidth)
    const leaves = decodeEntries(await wish.read(tilePath({ level: 'entries', index, width })))
    if (leaves.length !== width) throw invalid('ledger.tile_short', 'An entry bundle is too short.')
    for (const leaf of leaves.slice(at - index * tileWidth)) {
      takeEntry(seen, leaf, at, origin)
      at++
      if (at === before?.size) seen.passedOld = equalBytes(foldRange(seen.frontier), before.root)
    }
  }
  return seen
}

function takeEntry(seen: Seen, leaf: Uint8Array, at: number, origin: string): void {
  const hash = leafHash(leaf)
  seen.frontier = appendToFrontier(seen.frontier, at, [hash])
  seen.hashes.add(toBase64(hash))
  const read = attempt(seen.alarms, 'entry_malformed', () => parseLeaf(leaf))
  if (!read) return
  // Commits side by side may be queued a minute out of order: one hour back is no proof of anything.
  if (seen.hour !== '' && instantOf(read.hour) < instantOf(seen.hour) - 3_600_000)
    seen.alarms.push({ code: 'backdated', message: `Entry ${at} says ${read.hour}, an entry before it ${seen.hour}.` })
  if (read.hour > seen.hour) seen.hour = read.hour
  takeKey(seen, leaf, read, origin)
}

/** A key counts from its announcement until it is dropped. */
function takeKey(seen: Seen, bytes: Uint8Array, leaf: Leaf, origin: string): void {
  if (leaf.kind !== 'key') return
  const announced = announcedKey(origin, bytes)
  if (announced !== undefined && !seen.known.includes(announced)) seen.known = [...seen.known, announced]
  const { action, vkey } = leaf.fields
  if (action !== 'drop' || !seen.known.includes(vkey)) return
  seen.known = seen.known.filter((known) => known !== vkey)
  seen.past = [...seen.past, vkey]
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
function checkPromises({ promises, now }: MonitorWish, vkeys: string[], hashes: Set<string>, result: MonitorResult): void {
  for (const text of promises) {
    const promise = attempt(result.alarms, 'promise_wrong', () => {
      const keys = vkeys.map(parseVkey).filter(({ name }) => name.endsWith('/promise'))
      if (keys.length === 0) throw invalid('ledger.key_not_known', 'The promise key is not known: give it with --vkey.')
      return verifyPromise(text, keys)
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
