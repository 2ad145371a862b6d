// The main thread's end of the bridge to PGlite: streams that `pg` takes for sockets.
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { MessageChannel, Worker } from 'node:worker_threads'
import { DomainError } from '#kernel/errors.ts'
import type { MessagePort } from 'node:worker_threads'
import type { WorkerAnswer, WorkerOptions, WorkerRequest } from './pglite-worker.ts'

/** `worker` is owned here; whoever kills it destroys every stream, so that waiting queries reject. */
export type Bridge = { worker: Worker; stream: () => Duplex; dump: () => Promise<Uint8Array>; close: () => Promise<void> }

/**
 * Starts PGlite in a worker thread on `folder` (in memory without one), first loading `dump`, a tarball made by
 * `Bridge.dump`, into a folder that must be empty. Throws `unavailable` `database.unreadable` when PGlite will not start.
 */
export async function startPglite(options: { folder?: string | undefined; dump?: Uint8Array | undefined }): Promise<Bridge> {
  const workerData: WorkerOptions = { folder: options.folder, dump: options.dump && new Uint8Array(options.dump) }
  // No inherited --import: the worker needs no JSX, and a relative path would be read from elsewhere.
  const execArgv = ['--disable-warning=ExperimentalWarning']
  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), { workerData, execArgv })
  const streams = new Set<Duplex>()
  const dumps = new Map<number, { resolve: (dump: Uint8Array) => void; reject: (error: Error) => void }>()
  let cause: unknown
  let dead = false

  worker.on('error', (error) => {
    cause = error
  })
  worker.on('exit', () => {
    dead = true
    for (const stream of streams) stream.destroy(stopped(cause))
    for (const { reject } of dumps.values()) reject(stopped(cause))
  })
  await untilReady(worker)
  worker.on('message', (answer: WorkerAnswer) => {
    if (answer.kind !== 'dumped') return
    dumps.get(answer.id)?.resolve(answer.dump)
    dumps.delete(answer.id)
  })

  return {
    worker,
    stream: () => openStream(worker, streams, () => (dead ? stopped(cause) : undefined)),
    dump: () =>
      new Promise((resolve, reject) => {
        if (dead) return reject(stopped(cause))
        const id = nextDump++
        dumps.set(id, { resolve, reject })
        request(worker, { kind: 'dump', id })
      }),
    close: async () => {
      if (dead) return
      const exit = once(worker, 'exit')
      request(worker, { kind: 'close' })
      await exit
    },
  }
}

let nextDump = 1

function untilReady(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('message', (answer: WorkerAnswer) => {
      if (answer.kind === 'ready') resolve()
      else reject(unreadable(answer.kind === 'failed' ? answer.message : answer.kind))
    })
    worker.once('error', (error) => reject(unreadable(String(error))))
    worker.once('exit', () => reject(unreadable('its thread ended')))
  })
}

/** One connection. `pg` calls connect, setNoDelay, setKeepAlive, ref and unref as it would on a socket. */
function openStream(worker: Worker, streams: Set<Duplex>, failure: () => Error | undefined): Duplex {
  const { port1, port2 } = new MessageChannel()
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      // A copy of its own: cloning a view would carry the whole pooled buffer along.
      const bytes = new Uint8Array(chunk)
      port1.postMessage(bytes, [bytes.buffer])
      done()
    },
    final(done) {
      port1.close()
      done()
    },
    destroy(error, done) {
      port1.close()
      streams.delete(stream)
      done(error)
    },
  })
  port1.on('message', (bytes: Uint8Array) => stream.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)))
  port1.on('close', () => stream.push(null))
  const connect = () => {
    const error = failure()
    if (error) return stream.destroy(error)
    streams.add(stream)
    request(worker, { kind: 'connect', port: port2 }, [port2])
    return process.nextTick(() => stream.emit('connect'))
  }
  const ref = () => port1.ref()
  const unref = () => port1.unref()
  return Object.assign(stream, { connect, ref, unref, setNoDelay: () => stream, setKeepAlive: () => stream })
}

function request(worker: Worker, message: WorkerRequest, transfer: MessagePort[] = []): void {
  worker.postMessage(message, transfer)
}

const stopped = (cause: unknown) =>
  new DomainError('unavailable', 'database.stopped', 'The embedded database has stopped. Start the process again; committed work is kept.', { cause })

const unreadable = (message: string) =>
  new DomainError('unavailable', 'database.unreadable', `The embedded database could not be opened: ${message}.`, { cause: message })
