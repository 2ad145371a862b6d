// What the environment says of this installation.
import { resolve } from 'node:path'
import { DomainError } from '#kernel/errors.ts'
import { checkConfig, type Config } from '#kernel/installation/installation.ts'
import { type Outlets, outletsFrom } from '#kernel/notifications/outlets.ts'

export type Environment = Record<string, string | undefined>
export type Settings = { config: Config; host: string; port: number; outlets: Outlets }

/** PORT, HOST, DATA_DIR, DATABASE_URL, BASE_URL, XIANGLI_MODE and those of outletsFrom. @throws `config.*`. */
export function readSettings(env: Environment): Settings {
  const host = env['HOST'] || '127.0.0.1'
  const port = Number(env['PORT'] || 3000)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw refuse('config.port', 'PORT must be a whole number from 0 to 65535.')
  const mode = env['XIANGLI_MODE'] || 'demo'
  if (mode !== 'demo' && mode !== 'production') throw refuse('config.mode', 'XIANGLI_MODE must be demo or production.')
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const baseUrl = env['BASE_URL'] || `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`
  if (!URL.canParse(baseUrl) || !/^https?:/.test(baseUrl)) throw refuse('config.base_url', 'BASE_URL must be an http or https address.')
  const config = { dataDir: resolve(env['DATA_DIR'] || './data'), databaseUrl: env['DATABASE_URL'] || undefined, baseUrl, demo: mode === 'demo' }
  checkConfig(config)
  return { config, host, port, outlets: outletsFrom(env) }
}

const refuse = (code: string, message: string) => new DomainError('unavailable', code, message)
