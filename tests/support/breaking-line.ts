// A line that breaks: a TCP proxy in front of the server that cuts connections at random, before, in the middle of, and after an answer.
import { createServer, connect, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Random } from '../faults/random.ts'

/** `breakFromNow`: connections made from now on last for so many bytes at most. */
export type BreakingLine = { origin: string; breakFromNow(most: number): void; mend(): void; breaks(): number; close(): Promise<void> }

/** Sound at first; once it breaks, each connection is cut after a random number of bytes, counted in both directions. */
export async function openBreakingLine(port: number, random: Random): Promise<BreakingLine> {
  let isBroken = false
  let most = 1
  let breaks = 0
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    let left = 1 + random.below(most)
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        open.delete(socket)
        client.destroy()
        upstream.destroy()
      })
      socket.on('data', (bytes) => {
        if (isBroken) left -= bytes.length
        if (left <= 0) {
          breaks++
          client.resetAndDestroy()
          // What was sent may still be carried out over there: the server does not learn that nobody waits.
          if (random.below(2) === 0) upstream.destroy()
          else setTimeout(() => upstream.destroy(), 500).unref()
          return
        }
        ;(socket === client ? upstream : client).write(bytes)
      })
    }
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  // A server that listens on a port has an address with one.
  const { port: own } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${own}`,
    breakFromNow: (bytes) => {
      isBroken = true
      most = bytes
      // Whoever holds a sound connection from before loses it.
      for (const socket of open) socket.destroy()
    },
    mend: () => {
      isBroken = false
    },
    breaks: () => breaks,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
