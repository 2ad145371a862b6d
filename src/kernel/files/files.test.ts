// Uploads are judged by their bytes; the scanner is asked over a real socket.
import assert from 'node:assert/strict'
import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { makeTemporaryFolder } from '#tests/support/temporary.ts'
import { clamdScanner } from './clamd.ts'
import { cleanUpload } from './clean-upload.ts'

const servers: Server[] = []
const sockets: Socket[] = []
const folder = makeTemporaryFolder('clamd')
after(async () => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers) await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

/** Speaks INSTREAM as clamd does: finds `EICAR` in what it is sent, and refuses more than `largest` bytes. */
function daemon(largest = 1_000_000) {
  return (socket: Socket) => {
    let read = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (part: Buffer) => {
      read = Buffer.concat([read, part])
      const command = 'zINSTREAM\0'
      if (read.length < command.length) return
      if (read.toString('latin1', 0, command.length) !== command) return void socket.end('UNKNOWN COMMAND\0')
      const body: Buffer[] = []
      for (let at = command.length; at + 4 <= read.length;) {
        const length = read.readUInt32BE(at)
        if (length === 0) return void socket.end(Buffer.concat(body).includes('EICAR') ? 'stream: Eicar-Test FOUND\0' : 'stream: OK\0')
        if (at + 4 + length > read.length) return
        body.push(read.subarray(at + 4, at + 4 + length))
        if (Buffer.concat(body).length > largest) return void socket.end('INSTREAM size limit exceeded. ERROR\0')
        at += 4 + length
      }
    })
  }
}

async function listen(answer: (socket: Socket) => void, path?: string): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  server.on('connection', (socket) => sockets.push(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => (path === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve)))
  return path === undefined ? `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` : `unix:${path}` // a listening TCP server has one
}

describe('clamd', () => {
  test('a clean file passes and an infected one does not, over TCP and over a socket file', async () => {
    for (const address of [await listen(daemon()), await listen(daemon(), join(folder, 'clamd.sock'))]) {
      const scan = clamdScanner(address)
      await scan(Buffer.alloc(300_000, 'a'))
      await assert.rejects(scan(Buffer.concat([Buffer.alloc(200_000, 'a'), Buffer.from('EICAR')])), { code: 'file.infected', kind: 'invalid' })
    }
  })
  const closed: [string, (socket: Socket) => void][] = [
    ['says that the file is too large', daemon(1000)],
    ['hangs up', (socket) => socket.destroy()],
    ['ends without a word', (socket) => socket.end()],
    ['says nothing', (socket) => void socket.on('error', () => undefined)],
    ['says something else', (socket) => socket.end('stream: OK, but really EICAR\0')],
    ['never stops', (socket) => socket.end('x'.repeat(100_000))],
  ]
  for (const [title, answer] of closed)
    test(`when it ${title}, nothing is kept`, async () => {
      const scan = clamdScanner(await listen(answer), 300)
      await assert.rejects(scan(Buffer.alloc(100_000)), { code: 'file.scan_unavailable', kind: 'unavailable' })
    })
  test('when nobody listens, nothing is kept', () =>
    assert.rejects(clamdScanner(`unix:${join(folder, 'nobody.sock')}`)(Buffer.from('a')), { code: 'file.scan_unavailable' }))
  test('an address that is none is refused at start', () => {
    for (const address of ['127.0.0.1:3310', 'http://127.0.0.1:3310', 'tcp://127.0.0.1', 'unix:relative'])
      assert.throws(() => clamdScanner(address), { code: 'config.clamd' }, address)
  })
  test('an upload is scanned as it was sent, before it is read', async () => {
    const scan = clamdScanner(await listen(daemon()))
    const picture = await sharp({ create: { width: 20, height: 20, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    assert.equal((await cleanUpload({ name: 'a.png', bytes: picture }, scan)).mediaType, 'image/png')
    await assert.rejects(cleanUpload({ name: 'a.png', bytes: Buffer.concat([picture, Buffer.from('EICAR')]) }, scan), { code: 'file.infected' })
  })
})

const pdf = (body: string | Buffer) => Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.from(body), Buffer.from('\ntrailer <</Root 1 0 R>>\n%%EOF')])
const packed = (objects: string) => {
  const data = deflateSync(objects)
  return Buffer.concat([
    Buffer.from(`5 0 obj <</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length ${data.length}>> stream\n`),
    data,
    Buffer.from('\nendstream endobj'),
  ])
}
const script = '7 0 <</S /JavaScript /JS (app.alert(1))>>'

describe('PDF', () => {
  const refused: [string, Buffer, string][] = [
    ['with a script', pdf(`1 0 obj ${script} endobj`), 'file.pdf_active'],
    ['with a script behind an escape', pdf('1 0 obj <</S /J#61va#53cript>> endobj'), 'file.pdf_active'],
    ['that starts a program', pdf('1 0 obj <</S/Launch/F(cmd.exe)>> endobj'), 'file.pdf_active'],
    ['with a file inside', pdf('1 0 obj <</Type/EmbeddedFile>> stream\nMZ\nendstream endobj'), 'file.pdf_active'],
    ['with a form of XFA', pdf('1 0 obj <</XFA 2 0 R>> endobj'), 'file.pdf_active'],
    ['with a script in packed objects', pdf(packed(script)), 'file.pdf_active'],
    ['with packed objects after a comment', pdf(Buffer.concat([Buffer.from('% endstream stream\n'), packed(script)])), 'file.pdf_active'],
    ['with a script inside what only looks like a stream', pdf(`%stream\n1 0 obj ${script} endobj\n%endstream`), 'file.pdf_active'],
    [
      'with objects packed in a rare way',
      pdf('5 0 obj <</Type/ObjStm/Filter[/ASCIIHexDecode/FlateDecode]>> stream\n00>\nendstream'),
      'file.pdf_active',
    ],
    ['with packed objects of a quarter of a gigabyte', pdf(packed(' '.repeat(20 * 1024 * 1024))), 'file.pdf_active'],
    ['that is encrypted', pdf('trailer <</Encrypt 9 0 R>>'), 'file.pdf_locked'],
  ]
  for (const [title, bytes, code] of refused) test(`${title} is refused`, () => assert.rejects(cleanUpload({ name: 'a.pdf', bytes }), { code }))
  test('an ordinary one is kept byte for byte', async () => {
    const bytes = pdf(
      Buffer.concat([packed('7 0 <</Type /Page /Contents 8 0 R>>'), Buffer.from('8 0 obj <<>> stream\nBT /F1 12 Tf (JavaScript) Tj ET\nendstream')]),
    )
    assert.deepEqual((await cleanUpload({ name: 'a.pdf', bytes })).bytes, bytes)
  })
})
