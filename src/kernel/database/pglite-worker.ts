// Runs PGlite in its own thread and lets several wire-protocol connections share its one backend.
// A connection owns the backend from its first message until ReadyForQuery reports that no transaction is open.
import { parentPort, workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { queryMessage, startupAnswer, syncMessage, takeMessages } from './pglite-protocol.ts'

export type WorkerOptions = { folder: string | undefined; dump: Uint8Array<ArrayBuffer> | undefined }
export type WorkerRequest = { kind: 'connect'; port: MessagePort } | { kind: 'dump'; id: number } | { kind: 'close' }
export type WorkerAnswer = { kind: 'ready' } | { kind: 'failed'; message: string } | { kind: 'dumped'; id: number; dump: Uint8Array }

type Connection = { port: MessagePort; received: Uint8Array; batch: Uint8Array[]; batches: Uint8Array[]; started: boolean; leaving: boolean }

if (!parentPort) throw new Error('pglite-worker.ts runs only as a worker thread')
const parent = parentPort
const { folder, dump } = workerData as WorkerOptions // written by pglite-stream.ts only
const connections = new Set<Connection>()
const errands: (() => Promise<void>)[] = []
let owner: Connection | undefined
let pumping = false

const pglite = await start()
if (pglite) parent.on('message', (request: WorkerRequest) => receive(pglite, request))

async function start(): Promise<PGlite | undefined> {
  try {
    const database = await PGlite.create({
      ...(folder === undefined ? {} : { dataDir: folder }),
      ...(dump === undefined ? {} : { loadDataDir: new Blob([dump]) }),
      extensions: { pg_trgm },
    })
    answer({ kind: 'ready' })
    return database
  } catch (error) {
    answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
    return undefined
  }
}

function receive(database: PGlite, request: WorkerRequest): void {
  switch (request.kind) {
    case 'connect':
      return accept(database, request.port)
    case 'dump':
      errands.push(() => sendDump(database, request.id))
      break
    case 'close':
      errands.push(() => stop(database))
      break
  }
  void pump(database)
}

function accept(database: PGlite, port: MessagePort): void {
  const connection: Connection = { port, received: new Uint8Array(0), batch: [], batches: [], started: false, leaving: false }
  connections.add(connection)
  port.on('message', (chunk: Uint8Array) => {
    read(connection, chunk)
    void pump(database)
  })
  port.on('close', () => {
    connection.batches = []
    connection.leaving = true
    void pump(database)
  })
}

/** Collects messages into batches; the backend answers only at the end of one (protocol 54.2.3 and 54.2.2). */
function read(connection: Connection, chunk: Uint8Array): void {
  const { messages, rest } = takeMessages(connection.received, chunk, connection.started)
  connection.received = rest
  for (const message of messages) {
    if (!connection.started) {
      connection.started = true
      post(connection, startupAnswer())
      continue
    }
    const type = String.fromCharCode(message[0] ?? 0)
    if (type === 'X') {
      connection.leaving = true
      return
    }
    connection.batch.push(message)
    if (type === 'Q' || type === 'S' || type === 'H') {
      connection.batches.push(Buffer.concat(connection.batch))
      connection.batch = []
    }
  }
}

/** One job at a time. What PGlite throws here is a broken backend: the worker dies of it and the streams are told. */
async function pump(database: PGlite): Promise<void> {
  if (pumping) return
  pumping = true
  for (let job = nextJob(database); job; job = nextJob(database)) await job()
  pumping = false
}

function nextJob(database: PGlite): (() => Promise<void>) | undefined {
  for (const connection of owner ? [owner] : connections) {
    const batch = connection.batches.shift()
    if (batch) return () => run(database, connection, batch)
    if (connection.leaving) return () => bidFarewell(database, connection)
  }
  return owner ? undefined : errands.shift()
}

async function run(database: PGlite, connection: Connection, batch: Uint8Array): Promise<void> {
  owner = connection
  const output = await database.execProtocolRaw(batch)
  if (isIdle(output)) {
    owner = undefined
    // To the end of the line, so that a busy connection does not starve the others.
    connections.delete(connection)
    connections.add(connection)
  }
  post(connection, output)
}

/** True when the output ends in ReadyForQuery with status I: no transaction is open. */
const isIdle = (output: Uint8Array) => output.at(-6) === 0x5a && output.at(-1) === 0x49

/** Leaves the one backend as a new connection would find it. */
async function bidFarewell(database: PGlite, connection: Connection): Promise<void> {
  await database.execProtocolRaw(syncMessage())
  for (const statement of ['rollback', 'reset role', 'discard all']) await database.execProtocolRaw(queryMessage(statement))
  connections.delete(connection)
  owner = undefined
  connection.port.close()
}

async function sendDump(database: PGlite, id: number): Promise<void> {
  const blob = await database.dumpDataDir('none')
  answer({ kind: 'dumped', id, dump: new Uint8Array(await blob.arrayBuffer()) })
}

async function stop(database: PGlite): Promise<void> {
  await database.close()
  process.exit(0)
}

function post(connection: Connection, bytes: Uint8Array): void {
  if (bytes.length > 0) connection.port.postMessage(bytes)
}

function answer(message: WorkerAnswer): void {
  parent.postMessage(message)
}
