// PGlite takes no lock on its folder, and two processes on it lose rows silently. This lock is ours.
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { systemClock } from '#kernel/clock.ts'
import { DomainError } from '#kernel/errors.ts'

/** `processStart` tells a living holder from another process that was given its number later; null where /proc is missing. */
type Holder = { id: string; pid: number; host: string; processStart: string | null; since: string }

/**
 * Takes the lock file at `path` and returns what gives it back; it is also given back when the process exits.
 * The lock of a dead process is taken over. Throws `unavailable` `database.locked` when a living process holds it,
 * or when that cannot be known.
 */
export function takeLock(path: string): () => void {
  const own: Holder = {
    id: randomUUID(),
    pid: process.pid,
    host: hostname(),
    processStart: processStart(process.pid),
    since: systemClock.now().toISOString(),
  }
  const draft = `${path}.${own.id}.draft`
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 })
  try {
    // A second round is needed only when the holder let go between our attempt and our look.
    for (let round = 0; round < 5; round++) {
      if (tryLink(draft, path) || takeOver(draft, path)) return keepUntilExit(path, own.id)
    }
    throw locked(path, 'another process is taking it at this moment; try again')
  } finally {
    rmSync(draft, { force: true })
  }
}

/** A link appears whole or not at all, so nobody ever reads half a lock. */
function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  }
}

/**
 * Replaces a dead holder. Only one process can hold the claim on that holder, and it looks again after claiming:
 * without both, a slow process could replace the lock of the one that took over before it.
 */
function takeOver(draft: string, path: string): boolean {
  const holder = readHolder(path)
  if (!holder) return false
  refuseUnlessDead(path, holder)
  const claim = `${path}.${holder.id}.claim`
  if (!tryLink(draft, claim)) throw locked(path, `another process is taking it over; if none is running, delete ${claim}`)
  try {
    if (readHolder(path)?.id !== holder.id) return false
    renameSync(draft, path)
    return true
  } finally {
    unlinkSync(claim)
  }
}

function readHolder(path: string): Holder | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
  const holder = parseHolder(text)
  if (!holder) throw locked(path, 'the lock file cannot be read; delete it if no process uses this folder')
  return holder
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    if (!('id' in value && 'pid' in value && 'host' in value && 'processStart' in value && 'since' in value)) return undefined
    const { id, pid, host, processStart: start, since } = value
    if (typeof id !== 'string' || !/^[0-9a-f-]{36}$/.test(id) || typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'string')
      return undefined
    return { id, pid, host, processStart: typeof start === 'string' ? start : null, since }
  } catch {
    return undefined
  }
}

function refuseUnlessDead(path: string, holder: Holder): void {
  if (holder.host !== hostname()) {
    throw locked(path, `it was taken on the machine or container ${holder.host}, where we cannot look; delete the file if nothing runs there`)
  }
  if (isAlive(holder)) {
    throw locked(path, `process ${holder.pid} has held it since ${holder.since}; use that process through its admin socket, or stop it first`)
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if (!isErrno(error, 'EPERM')) return false
  }
  const start = processStart(holder.pid)
  return start === null || holder.processStart === null || start === holder.processStart
}

/** Boot and start tick of a process (field 22 of /proc/<pid>/stat, proc(5)), or null where the system does not tell. */
function processStart(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is a name in brackets that may itself hold spaces and brackets.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return ticks === undefined ? null : `${boot}/${ticks}`
  } catch {
    return null
  }
}

function keepUntilExit(path: string, id: string): () => void {
  const release = () => {
    process.removeListener('exit', release)
    // Only our own: a lock we lost must not be taken from its new holder.
    if (ownedBy(path, id)) rmSync(path, { force: true })
  }
  process.once('exit', release)
  return release
}

function ownedBy(path: string, id: string): boolean {
  try {
    return parseHolder(readFileSync(path, 'utf8'))?.id === id
  } catch {
    return false
  }
}

const locked = (path: string, why: string) => new DomainError('unavailable', 'database.locked', `The data folder is in use (${path}): ${why}.`)

const isErrno = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code
