// Zips of packages: the same bytes each time, and nothing that a hostile one could do.
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js'
import type { DomainError } from '../errors.ts'
import { packageHash } from '../procedures/load-package.ts'
import { readPackageFolder } from '../procedures/packages.ts'
import { readZip, writeZip } from './zip.ts'

const files = await readPackageFolder(fileURLToPath(new URL('../../../procedures/petition/', import.meta.url)))
const refusedWith = (code: string) => (error: DomainError) => error.code === code

async function zipOf(entries: [string, string | Uint8Array][], password?: string): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false, ...(password ? { password } : {}) })
  for (const [name, data] of entries) await writer.add(name, typeof data === 'string' ? new TextReader(data) : new Uint8ArrayReader(data))
  return writer.close()
}

test('a package goes into a zip and comes back the same, and the zip is the same each time', async () => {
  const [one, two] = [await writeZip(files, 'petition'), await writeZip({ ...files }, 'petition')]
  assert.deepEqual(one, two)
  assert.equal(packageHash(await readZip(one)), packageHash(files))
})

test('names that leave the folder, or that are no part of a package, are refused', async () => {
  for (const name of ['../procedure.json', '/etc/passwd', 'forms/../../x.json', 'forms/x.js', 'C:\\x.json', 'forms/a/b.json'])
    await assert.rejects(
      readZip(
        await zipOf([
          ['procedure.json', '{}'],
          [name, 'x'],
        ]),
      ),
      (error: DomainError) => ['package.path', 'package.zip'].includes(error.code),
      name,
    )
})

test('what unfolds beyond the limit is cut off', async () => {
  const bomb = await zipOf([['diagram.bpmn', new Uint8Array(50 * 1024 * 1024)]])
  assert.ok(bomb.length < 200_000)
  await assert.rejects(readZip(bomb), refusedWith('package.too_large'))
  const many = await zipOf([0, 1, 2, 3, 4].map((n) => [`documents/d${n}.typ`, new Uint8Array(1024 * 1024).fill(32)]))
  await assert.rejects(readZip(many), refusedWith('package.too_large'))
})

test('a zip that lies about its size is cut off too', async () => {
  const bomb = Buffer.from(await zipOf([['diagram.bpmn', new Uint8Array(5 * 1024 * 1024)]]))
  // The central directory says 10 bytes.
  const directory = bomb.indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
  bomb.writeUInt32LE(10, directory + 24)
  await assert.rejects(readZip(bomb), (error: DomainError) => ['package.too_large', 'package.zip'].includes(error.code))
})

test('no zip, a locked one, one that is not text', async () => {
  await assert.rejects(readZip(Buffer.from('hello')), refusedWith('package.zip'))
  await assert.rejects(readZip(await zipOf([['procedure.json', '{}']], 'secret')), refusedWith('package.zip'))
  await assert.rejects(readZip(await zipOf([['procedure.json', new Uint8Array([0xff, 0xfe, 0])]])), refusedWith('package.text'))
})
