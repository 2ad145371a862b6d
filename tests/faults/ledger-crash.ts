// Four writers and two integrators on one log, killed at random, with a server that crashes: then everything is looked through.
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { systemClock } from '#kernel/clock.ts'
import { openInstallation } from '#kernel/installation/installation.ts'
import { equalBytes, toBase64 } from '#kernel/ledger/bytes.ts'
import { parseCheckpoint } from '#kernel/ledger/checkpoint.ts'
import { integrate } from '#kernel/ledger/integrator.ts'
import { parseNote, parseVkey, verifyNote } from '#kernel/ledger/note.ts'
import { verifyPromise } from '#kernel/ledger/promise.ts'
import { appendToFrontier, foldRange, leafHash } from '#kernel/ledger/tree.ts'
import { type Random } from './random.ts'
import { tenant } from './workload.ts'

/** `crashDatabase` stops the server as a crash does and starts it again; the hands work on for `rest` milliseconds after the last strike. */
export type CrashPlan = { url: string; dataDir: string; kills: number; crashes: number; crashDatabase: () => Promise<void>; rest?: number }
export type CrashResult = {
  findings: string[]
  acknowledged: number
  leaves: number
  checkpoints: number
  kills: number
  crashes: number
  leads: number
  /** Looks through the log again. */
  look: () => Promise<string[]>
}

const hand = fileURLToPath(new URL('ledger-hand.ts', import.meta.url))
const hook = fileURLToPath(new URL('../../src/jsx-hook.js', import.meta.url))

type Hands = { roles: string[]; children: ChildProcess[]; acknowledged: Map<string, string>; leads: number; gaveUp: string[]; stopping: boolean }

export async function runLedgerCrash(plan: CrashPlan, random: Random): Promise<CrashResult> {
  const hands: Hands = {
    roles: ['write', 'write', 'write', 'write', 'integrate', 'integrate'],
    children: [],
    acknowledged: new Map(),
    leads: 0,
    gaveUp: [],
    stopping: false,
  }
  for (const at of hands.roles.keys()) start(plan, hands, at)
  const seen = new Map<string, string>()
  const strikes = [...Array.from({ length: plan.kills }, () => 'kill'), ...Array.from({ length: plan.crashes }, () => 'crash')]
  let [kills, crashes] = [0, 0]
  while (hands.acknowledged.size < 50) await sleep(100)
  for (let left = strikes.length; left > 0; left--) {
    await work(hands, 15)
    await sleep(random.below(300))
    const [strike] = strikes.splice(random.below(strikes.length), 1)
    if (strike === 'crash') {
      await plan.crashDatabase()
      crashes++
    } else if (hands.children[random.below(hands.roles.length)]?.kill('SIGKILL')) kills++
    await collectReleased(plan, seen)
  }
  await sleep(plan.rest ?? 3000)
  hands.stopping = true
  await Promise.all(hands.children.filter((child) => child.exitCode === null && child.signalCode === null).map(stopped))
  const findings = [...hands.gaveUp, ...(await look(plan, hands, seen))]
  if (kills < plan.kills) findings.push(`only ${kills} kills fell into the work`)
  const { leaves } = lastLook
  return {
    findings,
    acknowledged: hands.acknowledged.size,
    leaves,
    checkpoints: seen.size,
    kills,
    crashes,
    leads: hands.leads,
    look: () => look(plan, hands, seen),
  }
}

/** Until so much more was acknowledged: a strike falls into work, however slow the machine is. */
async function work({ acknowledged }: Hands, more: number): Promise<void> {
  const enough = acknowledged.size + more
  for (let waits = 0; acknowledged.size < enough && waits < 200; waits++) await sleep(50)
}

const lastLook = { leaves: 0 }

function stopped(child: ChildProcess): Promise<unknown> {
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGKILL')
  return ended
}

/** Starts a hand, and another in its place whenever it was killed. */
function start(plan: CrashPlan, hands: Hands, at: number): void {
  const child = spawn(process.execPath, ['--import', hook, hand, hands.roles[at] ?? '', plan.url, plan.dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  hands.children[at] = child
  let [rest, complaints] = ['', '']
  child.stderr.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-1000)))
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      // The hand's own lines, and only whole ones: a cut one was never an acknowledgement.
      const said = JSON.parse(line) as { source: string; promise: string } | { leads: true }
      if ('leads' in said) hands.leads++
      else hands.acknowledged.set(said.source, said.promise)
    }
  })
  child.once('close', () => {
    if (child.signalCode !== 'SIGKILL') hands.gaveUp.push(`a hand gave up (${child.exitCode}): ${complaints}`)
    if (!hands.stopping) start(plan, hands, at)
  })
}

/** What anybody could have fetched: size and root of each checkpoint, with its note. */
async function collectReleased({ url, dataDir }: CrashPlan, seen: Map<string, string>): Promise<void> {
  const { openDatabase } = await import('#kernel/database/database.ts')
  const database = await openDatabase({ dataDir, databaseUrl: url, poolSize: 1 }).catch(() => undefined)
  if (!database) return
  try {
    await database.owner(async (client) => {
      const { rows } = await client.query<{ size: number; root: Buffer; note: string }>('select size, root, note from ledger_checkpoints')
      for (const { note } of rows) {
        const { size, root } = parseCheckpoint(parseNote(note).text)
        seen.set(`${size} ${toBase64(root)}`, note)
      }
    })
  } catch {
    // It crashes again: looked at after the next strike.
  } finally {
    await database.close()
  }
}

/** Everything that is wrong, one sentence each. */
async function look(plan: CrashPlan, hands: Hands, seen: Map<string, string>): Promise<string[]> {
  const installation = await openInstallation({ dataDir: plan.dataDir, databaseUrl: plan.url, baseUrl: 'http://127.0.0.1:3000', demo: false })
  try {
    const signer = await installation.logOf(tenant)
    while (await integrate(installation.database.db, tenant, signer, systemClock));
    await collectReleased(plan, seen)
    const { leaves, waiting, conflicts } = await installation.database.owner(async (client) => ({
      leaves: (
        await client.query<{ source: string; leaf: Buffer; leaf_index: number }>(
          'select source, leaf, leaf_index from ledger_leaves order by leaf_index',
        )
      ).rows,
      waiting: (await client.query('select from ledger_queue')).rowCount,
      conflicts: (await client.query('select from ledger_conflicts')).rowCount,
    }))
    lastLook.leaves = leaves.length
    const findings: string[] = []
    if (waiting !== 0 || conflicts !== 0) findings.push(`${waiting} rows wait and ${conflicts} conflict`)
    if (leaves.some(({ leaf_index }, at) => leaf_index !== at)) findings.push('the indexes of the leaves have a gap')
    const bySource = new Map(leaves.map(({ source, leaf }) => [source, leaf]))
    if (bySource.size !== leaves.length) findings.push('a source is in the log twice')
    const key = parseVkey(signer.vkeys.promise)
    for (const [source, promise] of hands.acknowledged) {
      const leaf = bySource.get(source)
      if (!leaf) findings.push(`${source} was acknowledged and is not in the log`)
      else if (!equalBytes(verifyPromise(promise, key).leafHash, leafHash(leaf))) findings.push(`${source} is in the log as another leaf`)
    }
    return [
      ...findings,
      ...inconsistent(
        leaves.map(({ leaf }) => leaf),
        seen,
        signer.vkeys.log,
      ),
    ]
  } finally {
    await installation.close()
  }
}

/** Each released checkpoint is the root of the first leaves of the final log: then no two contradict each other. */
function inconsistent(leaves: Uint8Array[], seen: Map<string, string>, vkey: string): string[] {
  const bySize = Map.groupBy([...seen.values()], (note) => parseCheckpoint(parseNote(note).text).size)
  const findings: string[] = []
  let frontier: Uint8Array[] = []
  for (const [at, leaf] of leaves.entries()) {
    frontier = appendToFrontier(frontier, at, [leafHash(leaf)])
    for (const note of bySize.get(at + 1) ?? []) {
      const parsed = parseNote(note)
      verifyNote(parsed, [parseVkey(vkey)])
      if (!equalBytes(parseCheckpoint(parsed.text).root, foldRange(frontier)))
        findings.push(`the checkpoint of ${at + 1} entries contradicts the log`)
    }
    bySize.delete(at + 1)
  }
  return [
    ...findings,
    ...[...bySize.keys()].filter((size) => size > 0).map((size) => `a checkpoint of ${size} entries was released, the log has ${leaves.length}`),
  ]
}
