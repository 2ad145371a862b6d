// Packages on the command line: lint of a folder and of single diagrams, a new package that is sound, zips, a town's library.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sketch } from '#kernel/engine/fixtures/sketch.ts'
import { readPackageFolder } from '#kernel/procedures/packages.ts'
import { packageHash } from '#kernel/procedures/load-package.ts'
import { makeTemporaryFolder } from '#tests/support/temporary.ts'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import { tryPackage } from '../demo/try-package.ts'
import { runData } from './data-commands.ts'
import { writeExport } from './procedure.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = makeTemporaryFolder('procedure')
let town: TestTown
before(async () => {
  town = await openTestTown()
})
after(async () => {
  rmSync(folder, { recursive: true })
  await town.close()
})

function xiangli(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['bin/xiangli.js', 'procedure', ...args], { cwd: root })
  const ran = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (ran.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (ran.stderr += chunk.toString()))
  return new Promise((resolve) => child.on('close', (status) => resolve({ ...ran, status })))
}
const lines = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

test('a new package is sound, and its example comes out on the whole kernel', async () => {
  const made = join(folder, 'street-lamp')
  assert.equal((await xiangli('new', 'street-lamp', '--out', made)).status, 0)
  assert.deepEqual(await xiangli('lint', made), { status: 0, stdout: '', stderr: '' })
  const tried: unknown[] = []
  await tryPackage(await readPackageFolder(made), (one) => tried.push(one))
  assert.deepEqual(tried, [{ example: 'answered', title: '当天答复', differences: [] }])
  assert.equal((await xiangli('new', 'street-lamp', '--out', made)).status, 2)
  assert.equal((await xiangli('new', 'No Good', '--out', join(folder, 'bad'))).status, 1)
})

test('an example that comes out otherwise says where, by the engine and by the whole kernel', async () => {
  const made = join(folder, 'other')
  await xiangli('new', 'other', '--out', made)
  const path = join(made, 'examples/answered.json')
  writeFileSync(path, readFileSync(path, 'utf8').replace('"end": "Done"', '"end": "Lost"'))
  const linted = await xiangli('lint', made)
  assert.equal(linted.status, 1)
  assert.deepEqual(lines(linted.stdout), [
    { element: 'examples/answered.json#/expect/end', rule: 'example.differs', message: 'expected Lost, was Done' },
  ])
  const tried: { differences: { place: string }[] }[] = []
  await tryPackage(await readPackageFolder(made), (one) => tried.push(one))
  assert.deepEqual(tried[0]?.differences, [{ place: 'expect/end', message: 'expected Lost, was Done' }])
})

test('a single diagram: sound, broken, a join that waits for ever, no diagram at all', async () => {
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const sound = await xiangli('lint', write('sound.bpmn', sketch('start s\nuser a\nend e\ns -> a -> e')))
  assert.deepEqual(sound, { status: 0, stdout: '', stderr: '' })
  const broken = await xiangli('lint', write('broken.bpmn', sketch('start s\nend e\ns -> e [x]')))
  assert.equal(broken.status, 1)
  const [line] = lines(broken.stdout)
  assert.deepEqual(line && Object.keys(line), ['element', 'rule', 'message'])
  assert.match(broken.stdout, /"element":"s_e","rule":"bpmn\.condition-place"/)
  const stuck = await xiangli(
    'lint',
    write('stuck.bpmn', sketch('start s\nxor x\nuser a\nuser b\nand j\nend e\ns -> x\nx -> a [c]\nx -> b default\na -> j\nb -> j\nj -> e')),
  )
  assert.match(stuck.stdout, /"element":"j","rule":"explore\.stuck"/)
  assert.equal((await xiangli('lint', write('text.bpmn', 'hello'))).status, 1)
  const absent = await xiangli('lint', join(folder, 'absent.bpmn'))
  assert.deepEqual([absent.status, absent.stdout], [2, ''])
})

test('a package goes into a zip, from there into a town as a draft or into force, and comes back the same', async () => {
  const made = join(folder, 'lamp')
  await xiangli('new', 'lamp', '--out', made)
  const packed = await xiangli('pack', made, '--out', join(folder, 'lamp.zip'))
  const files = await readPackageFolder(made)
  assert.deepEqual(lines(packed.stdout), [{ file: join(folder, 'lamp.zip'), package: 'lamp', hash: packageHash(files) }])
  const data = { installation: town.installation, clock: undefined }
  town.clock.set(new Date('2027-01-04T09:00:00+08:00'))
  const draft = await runData(data, 'procedure-import', { tenant: town.tenant, files })
  assert.ok(typeof draft === 'object' && draft !== null && 'draft' in draft)
  await assert.rejects(runData(data, 'procedure-export', { tenant: town.tenant, slug: 'lamp' }), { code: 'procedure.not_found' })
  await runData(data, 'procedure-import', { tenant: town.tenant, files, publish: '试点' })
  await writeExport(await runData(data, 'procedure-export', { tenant: town.tenant, slug: 'lamp' }), join(folder, 'back'))
  assert.equal(packageHash(await readPackageFolder(join(folder, 'back'))), packageHash(files))
})
