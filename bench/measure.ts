// Timing, and what a figure must say about itself: command, seed, commit, machine.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, loadavg, platform, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

/** `perSecond` counts acts that ended; times are of one act as its caller saw it. */
export type Measured = { perSecond: number; p50: number; p99: number; acts: number; seconds: number }

/** `callers` callers at once, each beginning its next act when the last one ended, for `seconds` or until `act` gives false. */
export async function measure(callers: number, seconds: number, act: () => Promise<unknown>): Promise<Measured> {
  const times: number[] = []
  const start = performance.now()
  const end = start + seconds * 1000
  const call = async () => {
    while (performance.now() < end) {
      const begun = performance.now()
      if ((await act()) === false) return
      times.push(performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  const taken = (performance.now() - start) / 1000
  return { perSecond: times.length / taken, p50: quantile(times, 0.5), p99: quantile(times, 0.99), acts: times.length, seconds: taken }
}

/** The same for something that does not wait: batches of `batch` acts, times in milliseconds of one act. */
export async function measureFast(seconds: number, batch: number, act: () => unknown): Promise<Measured> {
  const whole = await measure(1, seconds, async () => {
    for (let index = 0; index < batch; index++) await act()
  })
  return { ...whole, perSecond: whole.perSecond * batch, p50: whole.p50 / batch, p99: whole.p99 / batch, acts: whole.acts * batch }
}

export function quantile(times: number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** What the figures were taken on. Nothing in it names the machine. */
export const machine = () => ({
  processors: cpus().length,
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGigabytes: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${arch()}`,
  /** Processes that wanted to run during the last minute, ours among them: more than there are processors means that others took part. */
  load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  node: process.version,
})

/** The commit of the working tree; `+changes` when files differ from it. */
export function commit(): string {
  const git = (...order: string[]) => spawnSync('git', order, { cwd: root, encoding: 'utf8' }).stdout.trim()
  return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--', 'src', 'procedures', 'registers') === '' ? '' : '+changes'}`
}

export type Evidence = { command: string; seed?: number; tried?: number; failed?: number; findings?: string[]; figures: unknown }

/** Writes docs/evidence/<name>.json. `figures` of areas that were not run this time are kept when `merge` is set. */
export function writeEvidence(name: string, evidence: Evidence, merge = false): void {
  const path = `${root}docs/evidence/${name}.json`
  const figures = merge && isRecord(evidence.figures) ? { ...readFigures(path), ...evidence.figures } : evidence.figures
  writeFileSync(path, `${JSON.stringify({ ...evidence, commit: commit(), machine: machine(), figures }, undefined, 2)}\n`)
}

function readFigures(path: string): Record<string, unknown> {
  try {
    const known: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isRecord(known) && isRecord(known['figures']) ? known['figures'] : {}
  } catch {
    return {}
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
