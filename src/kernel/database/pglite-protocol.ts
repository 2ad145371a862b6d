// The few pieces of the PostgreSQL wire protocol 3.0 that the bridge speaks itself (PostgreSQL manual, chapter 54.7).

const startupLengthBytes = 4
const typedHeaderBytes = 5

/** Cuts `received` + `chunk` into whole messages. Before start-up the one message has no type byte. */
export function takeMessages(received: Uint8Array, chunk: Uint8Array, started: boolean): { messages: Uint8Array[]; rest: Uint8Array } {
  const bytes = received.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.concat([received, chunk])
  const messages: Uint8Array[] = []
  let offset = 0
  let typed = started
  for (;;) {
    const header = typed ? typedHeaderBytes : startupLengthBytes
    if (bytes.length - offset < header) break
    const length = bytes.readUInt32BE(offset + header - startupLengthBytes) + header - startupLengthBytes
    if (bytes.length - offset < length) break
    messages.push(bytes.subarray(offset, offset + length))
    offset += length
    typed = true
  }
  return { messages, rest: bytes.subarray(offset) }
}

/** AuthenticationOk, the parameters that `pg` reads, and ReadyForQuery (idle). */
export function startupAnswer(): Uint8Array {
  return Buffer.concat([
    message('R', Buffer.from([0, 0, 0, 0])),
    parameter('client_encoding', 'UTF8'),
    parameter('DateStyle', 'ISO, MDY'),
    parameter('integer_datetimes', 'on'),
    parameter('standard_conforming_strings', 'on'),
    message('Z', Buffer.from('I')),
  ])
}

/** A simple Query message. */
export const queryMessage = (statement: string): Uint8Array => message('Q', Buffer.from(`${statement}\0`))

/** Sync: ends a batch of the extended protocol. */
export const syncMessage = (): Uint8Array => message('S', Buffer.alloc(0))

const parameter = (name: string, value: string) => message('S', Buffer.from(`${name}\0${value}\0`))

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(typedHeaderBytes)
  head.write(type, 'latin1')
  head.writeUInt32BE(body.length + startupLengthBytes, 1)
  return Buffer.concat([head, body])
}
