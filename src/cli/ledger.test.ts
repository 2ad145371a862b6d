// The ledger's commands as people run them: one process that runs the platform, others beside it.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openCase } from '#kernel/cases/open-case.ts'
import { noteSigner, noteTypes } from '#kernel/ledger/note.ts'
import { promiseKeyName, signPromise } from '#kernel/ledger/promise.ts'
import { foundOnDisk, type Platform, type Ran, runXiangli, startPlatform } from '#tests/support/command-line.ts'
import { sampleFiling } from '#tests/support/filing.ts'
import { makeTemporaryFolder } from '#tests/support/temporary.ts'

const folder = makeTemporaryFolder('cli-ledger')
const dataDir = join(folder, 'data')
const environment = { ...process.env, DATA_DIR: dataDir, DATABASE_URL: '', PORT: '0', XIANGLI_MODE: 'demo', XDG_CONFIG_HOME: join(folder, 'config') }

const xiangli = (...args: string[]) => runXiangli(args, environment)
const linesOf = ({ stdout }: Ran): Record<string, unknown>[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

let server: Platform
let log = ''
let number = ''
let promise = ''

before(async () => {
  ;({ number, promise } = await foundOnDisk(dataDir, (visitor) => openCase(visitor, sampleFiling)))
  server = await startPlatform(environment)
  log = `${server.url}/t/qingxi/ledger`
  while (!(await fetch(`${log}/checkpoint`)).ok);
  writeFileSync(join(folder, 'keys'), await (await fetch(`${log}/vkeys`)).text())
  writeFileSync(join(folder, 'promise'), promise)
})

after(async () => {
  server.child.kill('SIGKILL')
  await server.ended
  rmSync(folder, { recursive: true })
})

test('the audit of the running platform prints a summary and ends with 0 when nothing is wrong', async () => {
  const ran = await xiangli('ledger', 'audit', '--tenant', 'qingxi')
  assert.equal(ran.status, 0, ran.stdout + ran.stderr)
  const [last] = linesOf(ran)
  assert.partialDeepStrictEqual(last, { summary: { alarms: 0, cases: 1, erased: 0 } })
})

test('a monitor without a key from elsewhere refuses, and with one it pins the key and keeps what it saw', async () => {
  const state = join(folder, 'state.json')
  const without = await xiangli('ledger', 'monitor', log, '--state', state)
  assert.deepEqual({ status: without.status, stdout: without.stdout }, { status: 2, stdout: '' })
  const first = await xiangli('ledger', 'monitor', log, '--state', state, '--vkey', join(folder, 'keys'), '--promise', join(folder, 'promise'))
  assert.equal(first.status, 0, first.stdout + first.stderr)
  assert.partialDeepStrictEqual(linesOf(first)[0], { summary: { before: 0, promises: { kept: 1, pending: 0 } } })
  const second = await xiangli('ledger', 'monitor', `${log}/checkpoint`, '--state', state)
  assert.equal(second.status, 0, second.stderr)
  assert.ok(readFileSync(state, 'utf8').includes('qingxi/1'))
})

test('a monitor whose memory knows a larger or another log ends with 1 and keeps the evidence', async () => {
  const state = join(folder, 'state.json')
  const before = readFileSync(state, 'utf8')
  const memory = JSON.parse(before)
  const [origin, size, ...rest] = memory.note.split('\n')
  writeFileSync(state, JSON.stringify({ ...memory, size: memory.size + 5, note: [origin, Number(size) + 5, ...rest].join('\n') }))
  const shrunk = await xiangli('ledger', 'monitor', log, '--state', state)
  assert.equal(shrunk.status, 1)
  assert.equal(linesOf(shrunk)[0]?.['code'], 'shrunk')
  assert.ok(existsSync(`${state}.evidence`))
  const other = Buffer.alloc(32, 1).toString('base64')
  writeFileSync(
    state,
    JSON.stringify({ ...memory, frontier: memory.frontier.map(() => other), note: [origin, size, other, ...rest.slice(1)].join('\n') }),
  )
  const forked = await xiangli('ledger', 'monitor', log, '--state', state)
  assert.equal(forked.status, 1)
  assert.equal(linesOf(forked)[0]?.['code'], 'forked')
  writeFileSync(state, before)
})

test('a promise that another key signed is an alarm, and a promise file that is none is unusable', async () => {
  const args = ['ledger', 'monitor', log, '--vkey', join(folder, 'keys'), '--state', join(folder, 'state.json'), '--promise']
  const thief = noteSigner(promiseKeyName('ledger.example.org/qingxi/1'), noteTypes.ed25519, Buffer.alloc(32, 4))
  writeFileSync(join(folder, 'forged'), signPromise(thief, Buffer.alloc(32, 1), new Date(0)))
  const forged = await xiangli(...args, join(folder, 'forged'))
  assert.equal(forged.status, 1)
  assert.equal(linesOf(forged)[0]?.['code'], 'promise_wrong')
  writeFileSync(join(folder, 'none'), '{}')
  assert.equal((await xiangli(...args, join(folder, 'none'))).status, 2)
})

test('a case that has not ended is not erased', async () => {
  const ran = await xiangli('ledger', 'erase', number, '--tenant', 'qingxi', '--basis', 'pipl-47')
  assert.equal(ran.status, 1)
  assert.match(ran.stderr, /^erase\.open: /)
})
