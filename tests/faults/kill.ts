// Runs the writer, kills it at random moments, and starts it again until its plan is done.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from './random.ts'
import type { Acknowledged, Workload } from './workload.ts'

/** `crashDatabase` stops the server as a crash does and starts it again; it is called `crashes` times while the writer works. */
export type KillPlan = { url: string; dataDir: string; workload: Workload; kills: number; crashes?: number; crashDatabase?: () => Promise<void> }

export type KillResult = { acknowledged: Acknowledged[]; kills: number; crashes: number; starts: number; lostAnswers: number }

/** `after` acknowledgements and `delay` milliseconds since the strike before it, or since the start. */
type Strike = { how: 'kill' | 'crash'; after: number; delay: number }

const writer = fileURLToPath(new URL('writer.ts', import.meta.url))
const hook = fileURLToPath(new URL('../../src/jsx-hook.js', import.meta.url))

/** @throws Error with what the writer wrote on standard error, when it ends by itself before its plan is done. */
export async function runAndKill(plan: KillPlan, random: Random): Promise<KillResult> {
  const result: KillResult = { acknowledged: [], kills: 0, crashes: 0, starts: 0, lostAnswers: 0 }
  const acts = plan.workload.filings + plan.workload.completions
  const share = Math.max(1, Math.floor(acts / (plan.kills + (plan.crashes ?? 0) + 1)))
  for (let finished = false; !finished;) {
    result.starts++
    const crash = result.crashes < (plan.crashes ?? 0) && result.kills >= Math.floor((plan.kills * (result.crashes + 1)) / ((plan.crashes ?? 0) + 1))
    // After so many acts, and then some: the moment falls anywhere within an act. A writer that lived through a crash is killed later.
    const at = () => ({ after: 1 + random.below(share * 2 - 1), delay: random.below(20) })
    const strikes: Strike[] = crash ? [{ how: 'crash', ...at() }] : []
    if (result.kills < plan.kills) strikes.push({ how: 'kill', ...at() })
    finished = await runOnce(plan, result, strikes)
  }
  result.lostAnswers = result.acknowledged.filter((line) => line.act === 'completed' && line.again).length
  return result
}

/** Starts the writer once; true when it said that its plan is done. */
async function runOnce(plan: KillPlan, result: KillResult, strikes: Strike[]): Promise<boolean> {
  const child = spawn(process.execPath, ['--import', hook, writer, plan.url, plan.dataDir, JSON.stringify(plan.workload)], { stdio: 'pipe' })
  let complaints = ''
  child.stderr.on('data', (text: Buffer) => (complaints = (complaints + text.toString()).slice(-4000)))
  child.stdin.end(JSON.stringify(result.acknowledged))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let left = strikes[0]?.after
  let finished = false
  let moment: Promise<void> | undefined
  for await (const line of completeLines(child.stdout)) {
    // The writer's own lines, and only whole ones.
    const said = JSON.parse(line) as Acknowledged | { ready: true } | { finished: true }
    if ('finished' in said) finished = true
    if (!('act' in said)) continue
    result.acknowledged.push(said)
    const [next] = strikes
    if (left === undefined || next === undefined || --left > 0) continue
    strikes.shift()
    left = strikes[0]?.after
    await moment
    moment = strike(plan, result, child, next)
  }
  await ended
  await moment
  if (!finished && child.signalCode !== 'SIGKILL') throw new Error(`the writer gave up (${child.exitCode}): ${complaints}`)
  return finished
}

async function strike(plan: KillPlan, result: KillResult, child: ReturnType<typeof spawn>, { how, delay }: Strike): Promise<void> {
  await sleep(delay)
  if (how === 'crash' && plan.crashDatabase) {
    result.crashes++
    await plan.crashDatabase()
  } else if (child.kill('SIGKILL')) result.kills++
}

/** Lines that ended: one that a kill cut short was never an acknowledgement. */
async function* completeLines(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of stream) {
    rest += String(chunk)
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
