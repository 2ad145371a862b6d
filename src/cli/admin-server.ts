// DATA_DIR/admin.sock: how the command line reaches the process that holds the database. Whoever may open the socket
// (mode 0600: the account that runs the process) may do everything the command line can.
import { chmodSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { VirtualClock } from '#kernel/clock.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Installation } from '#kernel/installation/installation.ts'
import { logError } from '#kernel/log.ts'
import { runData } from './data-commands.ts'

const socketPath = (dataDir: string) => join(dataDir, 'admin.sock')

const longestInput = 64 * 1024 * 1024

/** Listens until closed. A socket that a dead process left is replaced. @throws DomainError `admin.running`, `admin.socket`. */
export async function listenAdmin(installation: Installation, clock: VirtualClock | undefined): Promise<{ close(): Promise<void> }> {
  const path = socketPath(installation.config.dataDir)
  if (await isAnswered(path))
    throw new DomainError(
      'unavailable',
      'admin.running',
      `Another process already serves this folder (${path}): stop it first, or give this one its own DATA_DIR.`,
    )
  rmSync(path, { force: true })
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > longestInput) request.destroy()
      else chunks.push(chunk)
    })
    request.on('end', () => {
      void answer(installation, clock, request.url ?? '', Buffer.concat(chunks).toString()).then(({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(body),
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

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path, () => {
      probe.destroy()
      resolve(true)
    })
    probe.on('error', () => resolve(false))
  })
}

/** A result, or a refusal as it is: who may ask here may know it all. */
async function answer(
  installation: Installation,
  clock: VirtualClock | undefined,
  url: string,
  body: string,
): Promise<{ status: number; body: string }> {
  try {
    const result = await runData({ installation, clock }, url.slice(1), JSON.parse(body || '{}'))
    return { status: 200, body: JSON.stringify(result ?? null) }
  } catch (error) {
    return refusal(error)
  }
}

function refusal(error: unknown): { status: number; body: string } {
  if (!(error instanceof DomainError)) {
    logError('admin', error)
    return { status: 500, body: '{}' }
  }
  const { kind, code, message, fields } = error
  return { status: 400, body: JSON.stringify({ kind, code, message, fields }) }
}
