// /.well-known/security.txt (RFC 9116): whom to tell of a weakness.
import { systemClock } from '#kernel/clock.ts'
import type { Config } from '#kernel/installation/installation.ts'

/** Less than a year, as section 2.5.5 recommends, and from midnight on, so that the file is the same all day. */
const days = 180

/**
 * Lines of the file. `tenants` are the towns of the installation. Web addresses must be https (2.5.2, 2.5.3), so an installation
 * without it names neither Canonical nor Policy.
 */
export function securityTxt(config: Config, tenants: readonly string[]): string {
  const base = config.baseUrl.replace(/\/$/, '')
  const isHttps = base.startsWith('https:')
  const midnight = Math.floor(systemClock.now().getTime() / 86_400_000) * 86_400_000
  const pages = isHttps ? tenants.map((tenant) => `${base}/t/${tenant}/security`) : []
  const contacts = config.securityContact !== undefined ? [config.securityContact] : pages.length > 0 ? pages : [`mailto:security@${mailHost(base)}`]
  return [
    ...contacts.map((contact) => `Contact: ${contact}`),
    `Expires: ${new Date(midnight + days * 86_400_000).toISOString().replace('.000', '')}`,
    'Preferred-Languages: zh, en',
    ...(isHttps ? [`Canonical: ${base}/.well-known/security.txt`] : []),
    ...pages.map((page) => `Policy: ${page}`),
    '',
  ].join('\n')
}

/** A demonstration on an address of this machine has no mail: RFC 2606 keeps `.example` free for that. */
function mailHost(base: string): string {
  const { hostname } = new URL(base)
  return /[a-z]/i.test(hostname) && hostname.includes('.') ? hostname : 'demonstration.example'
}
