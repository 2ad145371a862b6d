// Opens the installation, founds the demonstration, listens, works, and stops cleanly.
import { mkdirSync } from 'node:fs'
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { createApp } from '#app'
import { listenAdmin } from '#cli/admin-server.ts'
import { checkedStart, type Environment, type Settings } from '#cli/settings.ts'
import { ensureAssets } from '#ui/build.ts'
import { systemClock } from '#kernel/clock.ts'
import { DomainError } from '#kernel/errors.ts'
import { type Installation, openInstallation } from '#kernel/installation/installation.ts'
import { logError, logLine } from '#kernel/log.ts'
import { startWork } from '#kernel/work/work.ts'
import { refuseDemoTowns, readyDemonstration } from './demo/demo.ts'
import { openDemoClock } from './demo/demo-clock.ts'

export { readSettings } from '#cli/settings.ts'
export type Running = { url: string; installation: Installation; stop(): Promise<void> }

/** Everything up to "listening". The caller stops what it got. */
export async function startServer({ config, host, port, outlets }: Settings): Promise<Running> {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const demoClock = config.demo ? openDemoClock(config.dataDir) : undefined
  const installation = await openInstallation(config, demoClock ?? systemClock)
  try {
    await ensureAssets()
    if (demoClock) await readyDemonstration(installation, demoClock)
    else await refuseDemoTowns(installation)
    const { server, url } = await listen(installation, host, port)
    const admin = await listenAdmin(installation, demoClock).catch((error: unknown) => {
      // Several processes may serve one PostgreSQL: the first of a folder has its socket.
      if (!config.databaseUrl || !(error instanceof DomainError) || error.code !== 'admin.running') throw error
      logLine('info', 'admin.shared')
      return undefined
    })
    const work = startWork(installation, outlets)
    const stop = async () => {
      await admin?.close()
      await closeServer(server)
      await work.stop()
      await installation.close()
    }
    return { url, installation, stop }
  } catch (error) {
    await installation.close()
    throw error
  }
}

/** Slow senders are cut off: headers within 15 s, a request within two minutes. */
function listen(installation: Installation, host: string, port: number): Promise<{ server: Server; url: string }> {
  const app = createApp(installation)
  return new Promise((resolve, reject) => {
    const serverOptions = {
      headersTimeout: 15_000,
      requestTimeout: 120_000,
      keepAliveTimeout: 20_000,
      maxHeaderSize: 16_384,
      connectionsCheckingInterval: 5_000,
    }
    const server = serve({ fetch: app.fetch, hostname: host, port, serverOptions }, (info) => {
      server.off('error', refused)
      resolve({ server, url: `http://${info.family === 'IPv6' ? `[${info.address}]` : info.address}:${info.port}` })
    }) as Server // no createServer is given, so it is the plain one
    const refused = (cause: Error) =>
      reject(
        refuse(
          'server.listen',
          `${host}:${port} cannot be listened on (${'code' in cause ? String(cause.code) : cause.message}): choose another PORT.`,
          cause,
        ),
      )
    server.once('error', refused)
    server.maxRequestsPerSocket = 1000
  })
}

/** Lets requests in hand finish, for ten seconds at most. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => server.closeAllConnections(), 10_000)
    server.close(() => {
      clearTimeout(limit)
      resolve()
    })
    server.closeIdleConnections()
  })
}

/** Starts, prints the address, and stops at SIGINT or SIGTERM. A refusal is one sentence and exit code 1. */
export async function startFromEnvironment(env: Environment): Promise<void> {
  let running: Running
  try {
    running = await startServer(checkedStart(env))
  } catch (error) {
    if (!(error instanceof DomainError)) logError('start', error)
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  }
  process.stdout.write(`listening on ${running.url}\n`)
  let stopping = false
  const stop = () => {
    if (stopping) process.exit(1)
    stopping = true
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logError('stop', error)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

const refuse = (code: string, message: string, cause?: unknown) => new DomainError('unavailable', code, message, { cause })
