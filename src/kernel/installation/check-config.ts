// What an installation must not be run with. Each refusal is one sentence that says what to do.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DomainError } from '../errors.ts'
import { isLoopback } from '../net/addresses.ts'
import type { Config } from './installation.ts'

/** Every command refuses these in production: the embedded database, plain http, well-known passwords. @throws `config.*`. */
export function checkConfig(config: Config): void {
  if (config.demo) return
  if (!config.databaseUrl)
    throw refuse('config.pglite', 'Production needs PostgreSQL: set DATABASE_URL. The embedded database can lose acknowledged writes in a power cut.')
  checkSecret('DATABASE_URL', config.databaseUrl)
  if (!isHttps(config) && !isLocal(config)) throw refuse('config.plain_http', 'Production needs https: set BASE_URL to the public https address.')
}

/** What starting the platform needs beyond that. `mail` says whether mails can leave. */
export type StartSettings = { config: Config; host: string; mail: 'sent' | 'none' | 'missing'; smtpUrl: string | undefined }

/** @throws `config.*`, `keys.open`: before anything is opened or listened on. */
export function checkStart({ config, host, mail, smtpUrl }: StartSettings): void {
  checkFolders(config)
  if (config.demo) return
  if (isHttps(config) && !config.isProxy)
    throw refuse(
      'config.proxy',
      'BASE_URL is https, but this program speaks plain http: put a TLS proxy in front and set TRUSTED_PROXIES to its address (“nearby” for one in the private network or on this machine).',
    )
  if (!isHttps(config) && !isLoopback(host === 'localhost' ? '127.0.0.1' : host))
    throw refuse('config.open_http', `BASE_URL is local, but HOST ${host} is open to others in plain http: set HOST=127.0.0.1, or an https BASE_URL.`)
  if (smtpUrl !== undefined) checkSecret('SMTP_URL', smtpUrl)
  if (mail === 'missing')
    throw refuse(
      'config.mail',
      'Production needs mail: set SMTP_URL and MAIL_FROM, so that invitations, confirmations and notices leave. If it really sends none, say SMTP_URL=none.',
    )
  if (existsSync(join(config.dataDir, 'demo.json')) || existsSync(join(config.dataDir, 'demo-clock.json')))
    throw refuse(
      'config.demo_folder',
      `${config.dataDir} was used by a demonstration, whose keys and passwords others may know: give production a DATA_DIR of its own.`,
    )
}

/** Passwords that come with examples, images and tutorials. */
const wellKnown = new Set(
  'postgres password passwd pass changeme change-me change_me secret admin root test example default xiangli qingxi demo 123456 12345678 1234567890 qwerty letmein'.split(
    ' ',
  ),
)

function checkSecret(name: string, text: string): void {
  if (!URL.canParse(text)) return
  const { username, password, searchParams } = new URL(text)
  const given = decodeURIComponent(password) || (searchParams.get('password') ?? '')
  if (given === '') return // peer or certificate authentication
  if (wellKnown.has(given.toLowerCase()) || given === decodeURIComponent(username))
    throw refuse(
      'config.default_secret',
      `The password in ${name} is one that everybody knows: make a random one, for example with “openssl rand -hex 24”.`,
    )
}

/** Keys that others on the machine can read are no keys. Also in a demonstration: the mistake is made before it matters. */
function checkFolders(config: Config): void {
  for (const folder of ['keys', 'keys/wrapping', 'ledger']) {
    const path = join(config.dataDir, folder)
    if (existsSync(path)) checkClosed(path)
  }
  for (const folder of ['keys', 'keys/wrapping']) checkFiles(join(config.dataDir, folder))
  for (const town of entries(join(config.dataDir, 'ledger'))) checkFiles(join(config.dataDir, 'ledger', town))
}

function checkFiles(folder: string): void {
  for (const name of entries(folder)) if (name.endsWith('.key')) checkClosed(join(folder, name))
}

const entries = (folder: string): string[] => (existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [])

function checkClosed(path: string): void {
  const isFolder = statSync(path).isDirectory()
  if ((statSync(path).mode & 0o007) === 0) return
  throw refuse(
    'keys.open',
    `Everybody on this machine may read ${path}: close it with “chmod ${isFolder ? '700' : '600'} ${path}” and think of its keys as known.`,
  )
}

const isHttps = (config: Config): boolean => config.baseUrl.startsWith('https:')

function isLocal(config: Config): boolean {
  const name = new URL(config.baseUrl).hostname.replace(/^\[|\]$/g, '')
  return name === 'localhost' || isLoopback(name)
}

const refuse = (code: string, message: string) => new DomainError('unavailable', code, message)
