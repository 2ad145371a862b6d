// DATA_DIR/admin.sock: how the command line reaches the process that holds the database. Whoever may open the socket
// (mode 0600: the account that runs the process) may do everything the command line can.
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { VirtualClock } from '#kernel/clock.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Installation } from '#kernel/installation/installation.ts'
import { logError } from '#kernel/log.ts'
import { statusOf, toProblem } from '#http/status.ts'
import { runData } from './data-commands.ts'

export const socketPath = (dataDir: string) => join(dataDir, 'admin.sock')

const longestInput = 64 * 1024 * 1024

/** Listens until closed. A socket that a dead process left is replaced: whoever calls this holds the lock of the folder. */
export async function listenAdmin(installation: Installation, clock: VirtualClock | undefined): Promise<{ close(): Promise<void> }> {
  const path = socketPath(installation.config.dataDir)
  if (existsSync(path)) rmSync(path)
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > longestInput) request.destroy()
      else chunks.push(chunk)
    })
    request.on('end', () => {
      answer(installation, clock, request.url ?? '', Buffer.concat(chunks).toString()).then(
        ({ status, body }) => response.writeHead(status, { 'content-type': 'application/json' }).end(body),
        (error: unknown) => {
          logError('admin', error)
          response.writeHead(500).end(JSON.stringify(toProblem(error)))
        },
      )
    })
  })
  const before = process.umask(0o177)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(new DomainError('unavailable', 'admin.socket', `${path} cannot be made.`, { cause })))
      server.listen(path, resolve)
    })
  } finally {
    process.umask(before)
  }
  chmodSync(path, 0o600)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

async function answer(installation: Installation, clock: VirtualClock | undefined, url: string, body: string): Promise<{ status: number; body: string }> {
  try {
    const result = await runData({ installation, clock }, url.slice(1), JSON.parse(body || '{}'))
    return { status: 200, body: JSON.stringify(result ?? null) }
  } catch (error) {
    if (!(error instanceof DomainError)) logError('admin', error)
    return { status: statusOf(error), body: JSON.stringify(toProblem(error)) }
  }
}
