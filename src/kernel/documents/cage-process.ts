// One cage seen from the parent: started, given a job, watched for time and memory, ended.
import { execFile, fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DomainError } from '../errors.ts'
import type { CageAnswer, CageJob, CageStart } from './messages.ts'

export type CageLimits = { timeLimitMilliseconds: number; memoryLimitMegabytes: number }

/** `done` counts jobs; `dead` is set once the process has ended or been told to. */
export type Cage = { process: ChildProcess; ready: Promise<void>; folder: string; done: number; dead: boolean }

const startLimitMilliseconds = 30_000
const watchEveryMilliseconds = 50
const deadProxy = 'http://127.0.0.1:9' // the discard port: refused at once

const living = new Set<Cage>()
process.on('exit', () => living.forEach(endCage))

/** Starts a child with an empty folder to work in and an environment that names nothing of this machine. */
export function startCage(fontFolders: string[], families: string[]): Cage {
  const folder = mkdtempSync(join(tmpdir(), 'xiangli-cage-'))
  const workspace = join(folder, 'empty')
  mkdirSync(workspace, { mode: 0o500 })
  // Typst looks for fonts of the system too; pointed at an empty folder it finds only ours, so bytes are the same on every machine.
  const fontConfig = join(folder, 'fonts.conf')
  writeFileSync(fontConfig, `<?xml version="1.0"?><fontconfig><dir>${workspace}</dir></fontconfig>`)
  const start: CageStart = { workspace, fontFolders, families }
  const child = fork(new URL('./cage.ts', import.meta.url), [JSON.stringify(start)], {
    cwd: workspace,
    execArgv: ['--disable-warning=ExperimentalWarning', '--max-old-space-size=128'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: {
      HOME: workspace,
      TMPDIR: workspace,
      XDG_CACHE_HOME: workspace,
      XDG_CONFIG_HOME: workspace,
      XDG_DATA_HOME: workspace,
      FONTCONFIG_FILE: fontConfig,
      HTTP_PROXY: deadProxy,
      HTTPS_PROXY: deadProxy,
      ALL_PROXY: deadProxy,
      TZ: 'UTC',
    },
  })
  const cage: Cage = { process: child, ready: Promise.resolve(), folder, done: 0, dead: false }
  living.add(cage)
  child.once('exit', () => endCage(cage))
  cage.ready = untilReady(cage)
  cage.ready.catch(() => {}) // whoever gives it a job sees the rejection
  return cage
}

/** Kills the process and removes its folder. May be called twice. */
export function endCage(cage: Cage): void {
  cage.dead = true
  cage.process.kill('SIGKILL')
  if (living.delete(cage)) rmSync(cage.folder, { recursive: true, force: true })
}

/** Kills the process and waits until it is gone. */
export async function ended(cage: Cage): Promise<void> {
  const { process: child } = cage
  const gone = child.exitCode === null && child.signalCode === null && child.pid !== undefined ? once(child, 'exit') : undefined
  child.ref()
  endCage(cage)
  await gone
}

/**
 * Runs one job. Rejects with `document.time_limit` or `document.memory_limit` (the cage is killed), `document.template`, `document.glyph`,
 * `document.attachment` (the job is wrong, the cage lives), or `document.renderer_ended` (unavailable; the cage died by itself).
 */
export async function runInCage(cage: Cage, job: CageJob, limits: CageLimits): Promise<CageAnswer> {
  await cage.ready
  cage.done++
  const answer = await exchange(cage, limits, () => cage.process.send(job))
  if (!('failure' in answer)) return answer
  const { code, message, place } = answer.failure
  throw new DomainError('invalid', code, place ? `${place}: ${message}` : message)
}

async function untilReady(cage: Cage): Promise<void> {
  await exchange(cage, { timeLimitMilliseconds: startLimitMilliseconds, memoryLimitMegabytes: Infinity }, () => {})
}

/** Sends, then waits for one message, the end of the process, or a limit. While it waits, and only then, the child keeps this process alive. */
async function exchange(cage: Cage, limits: CageLimits, send: () => void): Promise<CageAnswer> {
  const child = cage.process
  const { promise, resolve, reject } = Promise.withResolvers<CageAnswer>()
  const give = (error: DomainError) => {
    reject(error)
    endCage(cage)
  }
  const died = () => give(new DomainError('unavailable', 'document.renderer_ended', 'The renderer ended unexpectedly. Try again.'))
  const timer = setTimeout(() => give(timeExceeded(limits)), limits.timeLimitMilliseconds)
  const watch = setInterval(
    () => void residentMegabytes(child.pid).then((size) => size > limits.memoryLimitMegabytes && give(memoryExceeded(limits))),
    watchEveryMilliseconds,
  )
  child.ref()
  child.channel?.ref()
  child.once('message', resolve)
  child.once('exit', died)
  child.once('error', died)
  try {
    if (cage.dead) died()
    else send()
    return await promise
  } finally {
    clearTimeout(timer)
    clearInterval(watch)
    child.off('message', resolve)
    child.off('exit', died)
    child.off('error', died)
    child.unref()
    child.channel?.unref()
  }
}

const timeExceeded = (limits: CageLimits) =>
  new DomainError(
    'invalid',
    'document.time_limit',
    `The document took longer than ${limits.timeLimitMilliseconds / 1000} s and was stopped. Its template may run for ever.`,
  )

const memoryExceeded = (limits: CageLimits) =>
  new DomainError('invalid', 'document.memory_limit', `The document needed more than ${limits.memoryLimitMegabytes} MB and was stopped.`)

/** Resident memory of a process; 0 when it cannot be told. */
async function residentMegabytes(pid: number | undefined): Promise<number> {
  if (pid === undefined) return 0
  if (process.platform === 'linux') {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024
  }
  const { promise, resolve } = Promise.withResolvers<number>()
  execFile('ps', ['-o', 'rss=', '-p', String(pid)], (error, stdout) => resolve(error ? 0 : Number(stdout) / 1024))
  return promise
}
