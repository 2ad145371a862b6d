// The command line as people run it: real processes, one of them the running platform.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openCase } from '#kernel/cases/open-case.ts'
import { encodeVkey, noteSigner, noteTypes } from '#kernel/ledger/note.ts'
import { collect, foundOnDisk, type Platform, runXiangli, spawnPlatform, startPlatform } from '#tests/support/command-line.ts'
import { makeTemporaryFolder } from '#tests/support/temporary.ts'

const folder = makeTemporaryFolder('cli')
const dataDir = join(folder, 'data')
const environment = { ...process.env, DATA_DIR: dataDir, DATABASE_URL: '', PORT: '0', XIANGLI_MODE: 'demo', XDG_CONFIG_HOME: join(folder, 'config') }
const xiangli = (args: string[], env: Record<string, string> = {}) => runXiangli(args, { ...environment, ...env })

let server: Platform
let number = ''

before(async () => {
  const data = { subject: '路灯不亮', description: '村口的路灯坏了。', claim: '请修好。', name: '林小满' }
  number = await foundOnDisk(dataDir, async (visitor) => (await openCase(visitor, { procedure: 'petition', data })).number)
  server = await startPlatform(environment)
})

after(async () => {
  server.child.kill('SIGKILL')
  await server.ended
  rmSync(folder, { recursive: true })
})

const receipt = join(folder, 'receipt.json')

test('it listens, and its admin socket is for its own account only', async () => {
  assert.equal(await (await fetch(`${server.url}/healthz`)).text(), 'ok')
  assert.equal(statSync(join(dataDir, 'admin.sock')).mode & 0o777, 0o600)
})

test('a second process on the same folder is refused with one sentence and exit code 1', async () => {
  const second = await collect(spawnPlatform(environment))
  assert.equal(second.status, 1)
  assert.match(second.stderr, /^The data folder is in use .*admin socket, or stop it first\.\n$/)
})

test('accounts, tokens and the clock are reached through the running process', async () => {
  const user = await xiangli(['user', 'create', '--tenant', 'qingxi', '--email', 'new@qingxi.example', '--name', '新人', '--post', 'petition-clerk'])
  assert.equal(user.status, 0, user.stderr)
  assert.match(JSON.parse(user.stdout).link, /token=/)
  const token = await xiangli(['token', 'create', 'new@qingxi.example', '--tenant', 'qingxi', '--name', 'test'])
  assert.equal(token.status, 0, token.stderr)
  assert.match(JSON.parse(token.stdout).token, /^xl_qingxi_/)
  const clock = await xiangli(['clock', 'advance', '3d'])
  assert.equal(clock.status, 0, clock.stderr)
  const { before: was, now } = JSON.parse(clock.stdout)
  assert.ok(Date.parse(now) - Date.parse(was) >= 3 * 86_400_000)
  const refused = await xiangli(['user', 'create', '--tenant', 'qingxi', '--email', 'x@qingxi.example', '--name', '无', '--post', 'no-such-post'])
  assert.deepEqual([refused.status, refused.stdout], [1, ''])
  assert.match(refused.stderr, /^user\.post: /)
})

test('an exported receipt verifies only with a key from elsewhere, or one pinned from there', async () => {
  const out = join(folder, 'case.json')
  const exported = await xiangli(['case', 'export', number, '--tenant', 'qingxi', '--out', out])
  assert.equal(exported.status, 0, exported.stderr)
  const value = JSON.parse(readFileSync(out, 'utf8'))
  assert.equal(value.content.filing.subject, '路灯不亮')
  assert.ok(value.receipts[0].receipt.proof, 'the running process had integrated it')
  writeFileSync(receipt, JSON.stringify(value.receipts[0].receipt))
  const keys = join(folder, 'keys.txt')
  writeFileSync(keys, await (await fetch(`${server.url}/t/qingxi/ledger/vkeys`)).text())

  const verify = (...args: string[]) => xiangli(['verify', ...args], { LANG: 'en_GB.UTF-8', LC_ALL: '', LC_MESSAGES: '' })
  const unknown = await verify(receipt)
  assert.equal(unknown.status, 3)
  assert.match(unknown.stdout, /Key not known: nothing can be said/)
  const given = await verify(receipt, '--vkey', keys, '--pin')
  assert.equal(given.status, 0, given.stdout + given.stderr)
  assert.match(given.stdout, /5\. Is it really in the record\? \[Passed\]/)
  const pinned = await verify(receipt, '--json', '--lang', 'zh')
  assert.equal(pinned.status, 0)
  assert.partialDeepStrictEqual(JSON.parse(pinned.stdout), { answer: 'included', key: 'pinned', steps: [{ step: 'receipt', mark: '通过' }] })
  const changed = join(folder, 'changed.json')
  writeFileSync(changed, readFileSync(receipt, 'utf8').replace('路灯不亮', '路灯很亮'))
  const failed = await verify(changed, '--lang', 'zh')
  assert.equal(failed.status, 1)
  assert.match(failed.stdout, /核验没有通过/)
  // Somebody else's key of the same name: it fails, and the difference from the pinned key is said.
  const origin = value.receipts[0].receipt.promise.split('\n')[1]
  const thief = await verify(receipt, '--vkey', encodeVkey(noteSigner(origin, noteTypes.ed25519, Buffer.alloc(32, 5)).verifier))
  assert.equal(thief.status, 1)
  assert.match(thief.stderr, /another key is pinned/)
  const lowOrder = await verify(
    receipt,
    '--vkey',
    `${origin}+00000000+${Buffer.from([1, 1, ...Array.from({ length: 31 }, () => 0)]).toString('base64')}`,
  )
  assert.equal(lowOrder.status, 2)
  assert.match(lowOrder.stderr, /low order/)
  for (const [name, content] of Object.entries({ text: 'not json', list: '[]', other: '{"format":"xiangli-receipt/v2","leaf":"","promise":""}' })) {
    writeFileSync(join(folder, name), content)
    assert.equal((await verify(join(folder, name))).status, 2, name)
  }
  assert.equal((await verify(join(folder, 'absent.json'))).status, 2)
})

test('a backup of the running process is restored elsewhere; without the keys it says what is missing', async () => {
  const file = join(folder, 'town.backup')
  const made = await xiangli(['backup', file])
  assert.equal(made.status, 0, made.stderr)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal((await xiangli(['restore', file])).status, 1, 'not over a running process')
  const restored = await xiangli(['restore', file], { DATA_DIR: join(folder, 'elsewhere') })
  assert.equal(restored.status, 1)
  assert.ok(JSON.parse(restored.stdout).rows > 0)
  assert.match(restored.stderr, /^restore\.keys_missing: /)
})

test('SIGTERM ends it cleanly: nothing waits for the log, the folder is free, and the next command opens it itself', async () => {
  server.child.kill('SIGTERM')
  assert.equal((await server.ended).status, 0)
  assert.ok(!existsSync(join(dataDir, 'lock')))
  assert.ok(!existsSync(join(dataDir, 'admin.sock')))
  const alone = await xiangli(['case', 'export', number, '--tenant', 'qingxi'])
  assert.equal(alone.status, 0, alone.stderr)
  const clock = await xiangli(['clock', 'advance', '1h'])
  assert.equal(clock.status, 1)
  assert.match(clock.stderr, /^clock\.not_running: /)
})

test('production refuses to start on the embedded database, on plain http, and on unusable settings', async () => {
  const production = { XIANGLI_MODE: 'production', DATA_DIR: join(folder, 'production') }
  for (const [env, message] of [
    [production, /^Production needs PostgreSQL/],
    [{ ...production, DATABASE_URL: 'postgres://127.0.0.1:1/x', BASE_URL: 'http://town.example' }, /^Production needs https/],
    [{ PORT: 'many' }, /^PORT must be/],
    [{ XIANGLI_MODE: 'test' }, /^XIANGLI_MODE must be/],
    [{ SMTP_URL: 'smtp://127.0.0.1' }, /^SMTP_URL is set: set MAIL_FROM/],
  ] as const) {
    const { status, stderr } = await xiangli(['start'], env)
    assert.equal(status, 1, stderr)
    assert.match(stderr, message)
    assert.equal(stderr.trimEnd().split('\n').length, 1, 'one sentence')
  }
})

test('every command has help, and unusable arguments exit with 2', async () => {
  const all = await xiangli(['--help'])
  assert.equal(all.status, 0)
  const names = [...all.stdout.matchAll(/^ {2}(\S+(?: [a-z-]+)?) {2,}/gm)].map((found) => found[1] ?? '')
  assert.ok(names.length >= 15, names.join(', '))
  for (const name of ['deadline', 'case export']) {
    const help = await xiangli([...name.split(' '), '--help'])
    assert.equal(help.status, 0)
    assert.match(help.stdout, new RegExp(`^Usage: xiangli ${name}`))
  }
  for (const args of [[], ['nonsense'], ['deadline', '--nonsense'], ['backup'], ['token', 'create', 'x'], ['clock', 'advance', 'soon']]) {
    const { status } = await xiangli(args)
    assert.equal(status, args.length === 0 ? 0 : 2, args.join(' '))
  }
})

test('a procedure package is checked without a database', async () => {
  const good = await xiangli(['procedure', 'lint', 'procedures/petition'])
  assert.deepEqual([good.status, good.stdout], [0, ''], good.stderr)
  const empty = makeTemporaryFolder('lint')
  try {
    const bad = await xiangli(['procedure', 'lint', empty])
    assert.equal(bad.status, 1)
    for (const line of bad.stdout.trimEnd().split('\n')) assert.equal(typeof JSON.parse(line).message, 'string')
  } finally {
    rmSync(empty, { recursive: true })
  }
})
