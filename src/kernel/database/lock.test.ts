import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { DomainError } from '#kernel/errors.ts'
import { takeLock } from './lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'xiangli-lock-'))
after(() => rmSync(folder, { recursive: true }))
const newPath = () => join(folder, randomUUID())
const lockModule = new URL('./lock.ts', import.meta.url).href

const isLocked = (message: RegExp) => (error: unknown) =>
  error instanceof DomainError && error.code === 'database.locked' && message.test(error.message)

/** A process that takes the lock and then does `rest`. */
const childArguments = (path: string, rest: string) => [
  '--disable-warning=ExperimentalWarning',
  '--input-type=module',
  '-e',
  `import { takeLock } from '${lockModule}'; takeLock(${JSON.stringify(path)}); ${rest}`,
]

test('the second opener is refused and told which process holds the lock', () => {
  const path = newPath()
  const release = takeLock(path)
  assert.throws(() => takeLock(path), isLocked(new RegExp(`process ${process.pid} .*admin socket`)))
  release()
  takeLock(path)()
  assert.equal(existsSync(path), false)
})

test('the lock of a killed process is taken over', () => {
  const path = newPath()
  const child = spawnSync(process.execPath, childArguments(path, `process.kill(process.pid, 'SIGKILL')`))
  assert.equal(child.signal, 'SIGKILL')
  assert.ok(existsSync(path))
  takeLock(path)()
})

test('a process that ends gives its lock back', () => {
  const path = newPath()
  assert.equal(spawnSync(process.execPath, childArguments(path, '')).status, 0)
  assert.equal(existsSync(path), false)
})

const holder = { id: randomUUID(), pid: process.pid, host: hostname(), processStart: 'another-boot/1', since: '2026-01-01T00:00:00Z' }

test('a living process that merely got the number of the dead holder does not keep the lock', { skip: !existsSync('/proc/self/stat') }, () => {
  const path = newPath()
  writeFileSync(path, JSON.stringify(holder))
  takeLock(path)()
})

test('a lock taken on another machine is left alone', () => {
  const path = newPath()
  writeFileSync(path, JSON.stringify({ ...holder, host: 'elsewhere' }))
  assert.throws(() => takeLock(path), isLocked(/elsewhere/))
})

test('a lock that cannot be read is left alone', () => {
  const path = newPath()
  writeFileSync(path, '{')
  assert.throws(() => takeLock(path), isLocked(/cannot be read/))
})

test('of several processes that find a dead holder exactly one gets the lock', async () => {
  const path = newPath()
  writeFileSync(path, JSON.stringify({ ...holder, pid: 2 ** 22 + 1 }))
  const children = Array.from({ length: 4 }, () => spawn(process.execPath, childArguments(path, `console.log('got it'); process.stdin.resume()`)))
  const outcomes = children.map((child) => Promise.race([once(child.stdout, 'data').then(() => 'got it'), once(child, 'exit').then(() => 'refused')]))
  const settled = await Promise.all(outcomes)
  const ended = children.filter((child) => child.exitCode === null).map((child) => once(child, 'exit'))
  for (const child of children) child.stdin.end()
  await Promise.all(ended)
  assert.deepEqual(settled.toSorted(), ['got it', 'refused', 'refused', 'refused'])
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.claim') || name.endsWith('.draft')),
    [],
  )
})
