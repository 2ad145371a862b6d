// The command line as people run it: real processes, one of them the running platform.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { as, type Ctx, systemActor } from '#kernel/context.ts'
import { openInstallation } from '#kernel/installation/installation.ts'
import { fillTown, foundTown } from '../../src/demo/found-town.ts'
import { demoTenant } from '../../src/demo/town.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export type Ran = { status: number | null; stdout: string; stderr: string }
export type Environment = Record<string, string | undefined>
export type Platform = { child: ChildProcess; url: string; ended: Promise<Ran> }

/** What a process leaves behind when it ends. */
export function collect(child: ChildProcess): Promise<Ran> {
  const ran: Ran = { status: null, stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk: Buffer) => (ran.stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (ran.stderr += chunk.toString()))
  return new Promise((resolve) => child.on('close', (status) => resolve({ ...ran, status })))
}

/** Runs `xiangli` with these arguments to its end. */
export const runXiangli = (args: string[], env: Environment): Promise<Ran> =>
  collect(spawn(process.execPath, ['bin/xiangli.js', ...args], { cwd: root, env }))

/** The platform's own process, as `npm start` runs it. */
export const spawnPlatform = (env: Environment): ChildProcess =>
  spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', './src/jsx-hook.js', 'src/server.ts'], { cwd: root, env })

/** Starts the platform and waits for the line that says where it listens. */
export async function startPlatform(env: Environment): Promise<Platform> {
  const child = spawnPlatform(env)
  const ended = collect(child)
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const found = /^listening on (http:\/\/\S+)\n/.exec(text)?.[1]
      if (found) resolve(found)
    })
    ended.then(({ stderr }) => reject(new Error(`it did not start: ${stderr}`)), reject)
  })
  return { child, url, ended }
}

/** A founded town on disk, closed again; `work` is done by an anonymous visitor before that. */
export async function foundOnDisk<T>(dataDir: string, work: (visitor: Ctx) => Promise<T>): Promise<T> {
  const installation = await openInstallation({ dataDir, baseUrl: 'http://127.0.0.1:3000', demo: true })
  try {
    await foundTown(installation.database, installation.clock.now())
    const ctx = await installation.ctxFor(demoTenant, systemActor('test'))
    await fillTown(ctx)
    return await work(as(ctx, { kind: 'anonymous' }))
  } finally {
    await installation.close()
  }
}
