// What an installation refuses to be run with, setting by setting: one sentence each, and none for what is safe.
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { makeTemporaryFolder } from '#tests/support/temporary.ts'
import { checkedStart, readSettings } from './settings.ts'
import { openKeyring } from '#kernel/keys/keyring.ts'

const folder = makeTemporaryFolder('check-config')
after(() => rmSync(folder, { recursive: true, force: true }))

const safe = {
  XIANGLI_MODE: 'production',
  DATA_DIR: join(folder, 'safe'),
  DATABASE_URL: 'postgres://xiangli:9f1c2c6f0a5b4c0e@db.internal/town',
  BASE_URL: 'https://town.example',
  TRUSTED_PROXIES: 'nearby',
  SMTP_URL: 'smtps://mailer:7d0f4c1b9a@mail.example:465',
  MAIL_FROM: 'town@town.example',
  SECURITY_CONTACT: 'mailto:security@town.example',
}

test('a safe production is accepted', () => {
  const { config } = checkedStart(safe)
  assert.equal(config.isProxy?.('10.0.0.1'), true)
  assert.equal(config.isProxy?.('8.8.8.8'), false)
  checkedStart({ ...safe, SMTP_URL: 'none', MAIL_FROM: '' })
  checkedStart({ ...safe, DATABASE_URL: 'postgres:///town?host=/var/run/postgresql' })
  checkedStart({ ...safe, BASE_URL: 'http://localhost:3000', TRUSTED_PROXIES: '' })
})

const rows: [string, Record<string, string>, string][] = [
  ['no database server', { DATABASE_URL: '' }, 'config.pglite'],
  ['plain http to the public', { BASE_URL: 'http://town.example' }, 'config.plain_http'],
  ['https without a proxy in front', { TRUSTED_PROXIES: '' }, 'config.proxy'],
  ['plain http open to others', { BASE_URL: 'http://localhost:3000', HOST: '0.0.0.0' }, 'config.open_http'],
  ['no mail', { SMTP_URL: '', MAIL_FROM: '' }, 'config.mail'],
  ['mail from nobody', { MAIL_FROM: '' }, 'config.mail_from'],
  ['a database password of an example', { DATABASE_URL: 'postgres://xiangli:ChangeMe@db/town' }, 'config.default_secret'],
  ['a database password that is the user’s name', { DATABASE_URL: 'postgres://miller:miller@db/town' }, 'config.default_secret'],
  ['a database password in the query', { DATABASE_URL: 'postgres:///town?host=db&user=u&password=postgres' }, 'config.default_secret'],
  ['a mail password of an example', { SMTP_URL: 'smtps://a:123456@mail.example' }, 'config.default_secret'],
  ['a proxy that is no address', { TRUSTED_PROXIES: 'proxy' }, 'config.trusted_proxies'],
  ['an address with a path', { BASE_URL: 'https://town.example/app' }, 'config.base_url'],
  ['an address of another kind', { BASE_URL: 'ftp://town.example' }, 'config.base_url'],
  ['a short token for the metrics', { METRICS_TOKEN: 'metrics' }, 'config.metrics_token'],
  ['a contact that is none', { SECURITY_CONTACT: 'call me' }, 'config.security_contact'],
  ['a contact with a line break', { SECURITY_CONTACT: 'mailto:a@b.example\nContact: mailto:evil@c.example' }, 'config.security_contact'],
]
for (const [title, env, code] of rows)
  test(`production refuses ${title}`, () => {
    assert.throws(
      () => checkedStart({ ...safe, ...env }),
      (error: { code?: string; message: string }) => {
        assert.equal(error.code, code)
        assert.ok(!error.message.includes('\n') && error.message.length > 30, error.message)
        return true
      },
    )
  })

test('commands beside the start do not ask for mail or a proxy', () => {
  readSettings({ ...safe, SMTP_URL: '', MAIL_FROM: '', TRUSTED_PROXIES: '' })
})

test('keys that others may read stop the start, also of a demonstration', () => {
  const dataDir = join(folder, 'open')
  openKeyring(join(dataDir, 'keys'))
  mkdirSync(join(dataDir, 'ledger', 'shiqiao'), { recursive: true, mode: 0o700 })
  const key = join(dataDir, 'ledger', 'shiqiao', 'log.1.key')
  writeFileSync(key, 'x', { mode: 0o600 })
  const demo = { DATA_DIR: dataDir }
  checkedStart(demo)
  for (const path of [join(dataDir, 'keys', 'root.key'), key, join(dataDir, 'keys')]) {
    const isFolder = path.endsWith('keys')
    chmodSync(path, isFolder ? 0o755 : 0o604)
    assert.throws(() => checkedStart(demo), { code: 'keys.open', message: new RegExp(`chmod ${isFolder ? '700' : '600'} ${path}`) })
    chmodSync(path, isFolder ? 0o700 : 0o600)
  }
  checkedStart(demo)
})

test('a folder of a demonstration is none for production', () => {
  const dataDir = join(folder, 'demo')
  mkdirSync(dataDir)
  writeFileSync(join(dataDir, 'demo-clock.json'), '{}')
  assert.throws(() => checkedStart({ ...safe, DATA_DIR: dataDir }), { code: 'config.demo_folder' })
})
