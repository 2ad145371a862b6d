// Data commands: in the running process over DATA_DIR/admin.sock when there is one, else in an installation opened here.
import { request } from 'node:http'
import { join } from 'node:path'
import * as z from 'zod'
import { DomainError } from '#kernel/errors.ts'
import { checkConfig } from '#kernel/installation/check-config.ts'
import { type Config, openInstallation } from '#kernel/installation/installation.ts'
import { runData } from './data-commands.ts'

/** Runs one data command and returns its JSON result. @throws DomainError as the command does. */
export async function runDataCommand(config: Config, name: string, input: object): Promise<unknown> {
  const answer = await ask(join(config.dataDir, 'admin.sock'), name, input)
  if (answer) return readAnswer(answer)
  if (name.startsWith('clock-'))
    throw new DomainError('unavailable', 'clock.not_running', 'The clock belongs to the running demonstration: start it first (npm start).')
  checkConfig(config)
  const installation = await openInstallation(config)
  try {
    return await runData({ installation, clock: undefined }, name, input)
  } finally {
    await installation.close()
  }
}

type Answer = { status: number; body: string }

/** Undefined when no process listens. */
function ask(socketPath: string, name: string, input: object): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path: `/${name}`, method: 'POST', headers: { 'content-type': 'application/json' } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 500, body: Buffer.concat(chunks).toString() }))
      response.on('error', reject)
    })
    call.on('error', (error) => {
      if ('code' in error && (error.code === 'ENOENT' || error.code === 'ECONNREFUSED')) resolve(undefined)
      else reject(new DomainError('unavailable', 'admin.unreachable', 'The running process did not answer on its admin socket.', { cause: error }))
    })
    call.end(JSON.stringify(input))
  })
}

/** True when a process of this folder is running. */
export const isRunning = async (config: Config): Promise<boolean> => (await ask(join(config.dataDir, 'admin.sock'), '', {})) !== undefined

function readAnswer({ status, body }: Answer): unknown {
  const value: unknown = JSON.parse(body)
  if (status === 200) return value
  const read = refusal.safeParse(value)
  if (!read.success) throw new DomainError('unavailable', 'admin.failed', 'The running process failed: its log says where.')
  const { kind, code, message, fields } = read.data
  throw new DomainError(kind, code, message, { fields })
}

const refusal = z.object({
  kind: z.enum([
    'invalid',
    'unauthenticated',
    'not_found',
    'forbidden',
    'conflict',
    'too_many',
    'too_large',
    'too_long',
    'method',
    'unsupported',
    'unavailable',
  ]),
  code: z.string(),
  message: z.string(),
  fields: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })),
})
