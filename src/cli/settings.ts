// What the environment says of this installation.
import { resolve } from 'node:path'
import { DomainError } from '#kernel/errors.ts'
import { checkConfig, checkStart } from '#kernel/installation/check-config.ts'
import type { Config } from '#kernel/installation/installation.ts'
import { readTrustedProxies } from '#kernel/net/addresses.ts'
import { type Outlets, outletsFrom } from '#kernel/notifications/outlets.ts'

export type Environment = Record<string, string | undefined>
export type Settings = { config: Config; host: string; port: number; outlets: Outlets }

/** PORT, HOST, DATA_DIR, DATABASE_URL, BASE_URL, XIANGLI_MODE, TRUSTED_PROXIES, CLAMD, SECURITY_CONTACT, METRICS_TOKEN and those of outletsFrom. @throws `config.*`. */
export function readSettings(env: Environment): Settings {
  const host = env['HOST'] || '127.0.0.1'
  const port = Number(env['PORT'] || 3000)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw refuse('config.port', 'PORT must be a whole number from 0 to 65535.')
  const mode = env['XIANGLI_MODE'] || 'demo'
  if (mode !== 'demo' && mode !== 'production') throw refuse('config.mode', 'XIANGLI_MODE must be demo or production.')
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const baseUrl = env['BASE_URL'] || `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`
  if (!URL.canParse(baseUrl) || !/^https?:/.test(baseUrl)) throw refuse('config.base_url', 'BASE_URL must be an http or https address.')
  const config: Config = {
    dataDir: resolve(env['DATA_DIR'] || './data'),
    databaseUrl: env['DATABASE_URL'] || undefined,
    baseUrl: checkedBaseUrl(baseUrl),
    demo: mode === 'demo',
    ...proxiesFrom(env),
    clamd: env['CLAMD'] || undefined,
    securityContact: checkedContact(env['SECURITY_CONTACT']),
    metricsToken: checkedToken(env['METRICS_TOKEN']),
  }
  checkConfig(config)
  return { config, host, port, outlets: outletsFrom(env) }
}

/** What a start needs beyond readSettings. @throws `config.*`, `keys.open`. */
export function checkedStart(env: Environment): Settings {
  const settings = readSettings(env)
  const smtpUrl = env['SMTP_URL'] || undefined
  checkStart({
    config: settings.config,
    host: settings.host,
    mail: smtpUrl === 'none' ? 'none' : settings.outlets.mail ? 'sent' : 'missing',
    smtpUrl,
  })
  return settings
}

/** TRUST_PROXY=1 is the older way to say “nearby”. */
function proxiesFrom(env: Environment): Pick<Config, 'isProxy'> {
  const text = env['TRUSTED_PROXIES'] || (env['TRUST_PROXY'] === '1' ? 'nearby' : '')
  return text === '' ? {} : { isProxy: readTrustedProxies(text) }
}

function checkedBaseUrl(text: string): string {
  const { pathname, search, hash, username } = new URL(text)
  if (pathname !== '/' || search !== '' || hash !== '' || username !== '')
    throw refuse('config.base_url', 'BASE_URL is scheme and host only, such as https://town.example: leave out path, query and names.')
  return text
}

/** RFC 9116 section 2.5.3: a URI; a web page must be https. */
function checkedContact(text: string | undefined): string | undefined {
  if (!text) return undefined
  if (!/^(mailto:[^\s@]+@[^\s@]+|tel:\+[\d-]+|https:\/\/\S+)$/.test(text))
    throw refuse('config.security_contact', 'SECURITY_CONTACT must be like mailto:security@town.example, https://town.example/report or tel:+86-…')
  return text
}

/** RFC 6750 section 2.1: what may stand after “Bearer”. */
function checkedToken(text: string | undefined): string | undefined {
  if (!text) return undefined
  if (!/^[A-Za-z0-9._~+/-]{24,}=*$/.test(text))
    throw refuse(
      'config.metrics_token',
      'METRICS_TOKEN must be a random text of 24 letters and digits or more, for example of “openssl rand -hex 24”.',
    )
  return text
}

const refuse = (code: string, message: string) => new DomainError('unavailable', code, message)
