// Malware scanning by clamd, the daemon of ClamAV, over its INSTREAM command (clamd(8)). Set up, it is never passed over:
// when it does not answer, nothing is kept.
import { connect, type Socket } from 'node:net'
import { DomainError, invalid } from '../errors.ts'
import { logLine } from '../log.ts'

/** Returns when nothing was found. @throws `file.infected` (422), `file.scan_unavailable` (503). */
export type Scanner = (bytes: Buffer) => Promise<void>

const largestChunk = 64 * 1024
/** An answer is one short line; a server that says more is not clamd. */
const longestAnswer = 4096

type Place = { path: string } | { host: string; port: number }

/** `address` is `tcp://host:port` or `unix:/path`. @throws `config.clamd`. */
export function clamdScanner(address: string, timeoutMs = 20_000): Scanner {
  const place = placeOf(address)
  return async (bytes) => {
    const answer = await ask(place, bytes, timeoutMs).catch((cause: unknown) => {
      throw unavailable(cause instanceof Error && 'code' in cause ? String(cause.code) : 'answer')
    })
    // “stream: OK”, “stream: <signature> FOUND”, “<text> ERROR”.
    if (/^stream: OK$/.test(answer)) return
    const signature = /^stream: (.+) FOUND$/.exec(answer)?.[1]
    if (signature === undefined) throw unavailable('answer')
    logLine('warning', 'upload.infected', { signature: signature.replaceAll(/[^\w.:-]/g, '_').slice(0, 100) })
    throw invalid('file.infected', 'The scanner found malware in this file: it was not kept.')
  }
}

function placeOf(address: string): Place {
  if (address.startsWith('unix:/')) return { path: address.slice('unix:'.length).replace(/^\/\/\//, '/') }
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol !== 'tcp:' || url.hostname === '' || url.port === '')
    throw new DomainError('unavailable', 'config.clamd', 'CLAMD must be tcp://host:port or unix:/path.')
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) }
}

function ask(place: Place, bytes: Buffer, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(place)
    const patience = setTimeout(() => socket.destroy(Object.assign(new Error('timeout'), { code: 'timeout' })), timeoutMs)
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('connect', () => send(socket, bytes))
    socket.on('data', (text: string) => {
      answer += text
      if (answer.includes('\0') || answer.length > longestAnswer) socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => {
      clearTimeout(patience)
      resolve(answer.split('\0', 1)[0]?.trim() ?? '')
    })
  })
}

/** `zINSTREAM`, then chunks that begin with their length in network byte order, then a chunk of length zero. */
function send(socket: Socket, bytes: Buffer): void {
  socket.write('zINSTREAM\0')
  for (let at = 0; at < bytes.length; at += largestChunk) {
    const chunk = bytes.subarray(at, at + largestChunk)
    socket.write(lengthOf(chunk.length))
    socket.write(chunk)
  }
  socket.write(lengthOf(0))
}

function lengthOf(count: number): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(count)
  return length
}

function unavailable(reason: string): DomainError {
  logLine('error', 'upload.scan_unavailable', { reason })
  return new DomainError('unavailable', 'file.scan_unavailable', 'Files cannot be checked for malware at the moment, so none is kept.')
}
