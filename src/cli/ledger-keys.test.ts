// Keys, witnesses and epochs as people handle them on the command line, without a running platform.
import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import * as z from 'zod'
import { readLedgerReceipt } from '#kernel/cases/ledger-receipt.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { systemActor } from '#kernel/context.ts'
import { openInstallation } from '#kernel/installation/installation.ts'
import { listKeyChanges } from '#kernel/ledger/announce.ts'
import { integrate } from '#kernel/ledger/integrator.ts'
import { encodeVkey, noteSigner, noteTypes } from '#kernel/ledger/note.ts'
import { foundOnDisk, runXiangli } from '#tests/support/command-line.ts'
import { sampleFiling } from '#tests/support/filing.ts'
import { makeTemporaryFolder } from '#tests/support/temporary.ts'
import { runData } from './data-commands.ts'

const folder = makeTemporaryFolder('cli-keys')
const config = { dataDir: join(folder, 'data'), baseUrl: 'http://127.0.0.1:3000', demo: true }
const environment = {
  ...process.env,
  DATA_DIR: config.dataDir,
  DATABASE_URL: '',
  PORT: '3000',
  XIANGLI_MODE: 'demo',
  XDG_CONFIG_HOME: join(folder, 'config'),
}
const file = (name: string, text?: string) => {
  if (text !== undefined) writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const xiangli = (...args: string[]) => runXiangli(args, environment)

/** The receipt of the case as its holder downloads it now, and the log's key changes. */
async function download(): Promise<void> {
  const installation = await openInstallation(config)
  const ctx = await installation.ctxFor('qingxi', systemActor('test'))
  const signer = await installation.logOf('qingxi')
  while (await integrate(ctx.db, 'qingxi', signer, ctx.clock));
  file('receipt.json', JSON.stringify(await readLedgerReceipt(ctx, { number })))
  file('changes.json', JSON.stringify(await listKeyChanges(ctx.db, 'qingxi')))
  if (!keys) file('keys', (keys = `${signer.vkeys.log}\n${signer.vkeys.promise}\n`))
  await installation.close()
}
let number = ''
let keys = ''

before(async () => {
  ;({ number } = await foundOnDisk(config.dataDir, (visitor) => openCase(visitor, sampleFiling)))
  await download()
})
after(() => rmSync(folder, { recursive: true }))

test('keys are turned and the epoch is ended; who pinned the first keys still verifies, by what the log itself announced', async () => {
  const pinned = await xiangli('verify', file('receipt.json'), '--vkey', file('keys'), '--pin')
  assert.equal(pinned.status, 0, pinned.stdout + pinned.stderr)
  for (const args of [[], ['--drop']]) {
    const turned = await xiangli('ledger', 'rotate-key', '--tenant', 'qingxi', ...args)
    assert.equal(turned.status, 0, turned.stderr)
  }
  await download()
  const unknown = await xiangli('verify', file('receipt.json'))
  assert.equal(unknown.status, 1, unknown.stdout)
  const followed = await xiangli('verify', file('receipt.json'), '--key-changes', file('changes.json'))
  assert.equal(followed.status, 0, followed.stdout)
  const thief = noteSigner('demo.ledger.127.0.0.1/qingxi/1', noteTypes.ed25519, Buffer.alloc(32, 5))
  const forged = await xiangli(
    'verify',
    file('receipt.json'),
    '--vkey',
    file('thief', encodeVkey(thief.verifier)),
    '--key-changes',
    file('changes.json'),
  )
  assert.equal(forged.status, 1)
  const frozen = await xiangli('ledger', 'freeze', '--tenant', 'qingxi', '--yes')
  assert.equal(frozen.status, 0, frozen.stderr)
  assert.match(JSON.parse(frozen.stdout).origin, /\/qingxi\/2$/)
})

test('a policy names the neighbours, and a wrong one is refused with its line', async () => {
  const witness = encodeVkey(noteSigner('witness.linshui.example', noteTypes.cosignature, Buffer.alloc(32, 1)).verifier)
  const policy = file('policy', `witness linshui ${witness}\nquorum linshui\n`)
  const set = await xiangli('ledger', 'policy', 'set', policy, '--tenant', 'qingxi')
  assert.deepEqual(JSON.parse(set.stdout), { witnesses: 1, asked: 0, quorum: 'linshui', cosigned: 0 })
  assert.equal(readFileSync(join(config.dataDir, 'ledger', 'qingxi', 'policy'), 'utf8'), readFileSync(policy, 'utf8'))
  const installation = await openInstallation(config)
  const run = (name: string, input: object) => runData({ installation, clock: undefined }, name, input)
  const shown = String(await run('ledger-policy-show', { tenant: 'qingxi' }))
  assert.match(shown, /^log demo\.ledger\.127\.0\.0\.1\/qingxi\/2\+.*\n(log .*\n)?witness linshui/)
  await assert.rejects(run('ledger-policy-set', { tenant: 'qingxi', text: 'quorum nobody\n' }), { code: 'ledger.policy_line', message: /^Line 1 / })
  await assert.rejects(run('ledger-rotate', { tenant: 'qingxi', drop: true }), { code: 'ledger.rotation_none' })
  await installation.close()
})

test('a neighbour’s log is added to this witness, listed and removed', async () => {
  const origin = 'ledger.linshui.example/linshui/1'
  const log = encodeVkey(noteSigner(origin, noteTypes.ed25519, Buffer.alloc(32, 2)).verifier)
  assert.deepEqual(JSON.parse((await xiangli('witness', 'add-log', log)).stdout), { origin })
  const installation = await openInstallation(config)
  const run = (name: string, input: object) => runData({ installation, clock: undefined }, name, input)
  const list = z.object({ vkey: z.string(), logs: z.array(z.looseObject({ origin: z.string() })) })
  const before = list.parse(await run('witness-list', {}))
  assert.partialDeepStrictEqual(before.logs, [{ origin, size: null }])
  assert.match(before.vkey, /^demo\.witness\.127\.0\.0\.1\+/)
  await run('witness-remove', { log: origin })
  assert.deepEqual(list.parse(await run('witness-list', {})).logs, [])
  await installation.close()
})
