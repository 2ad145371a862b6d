// For the tests of this folder: a town with an identity, a clock that stands still, and the mails it sent.
import { createHmac } from 'node:crypto'
import type { Database } from '#kernel/database/database.ts'
import { systemClock, virtualClock } from '../clock.ts'
import { createIdentity, type IdentityCode, type IdentityDeps, type IdentityMail } from './identity.ts'

export const secret = 'only-for-tests-only-for-tests-only-for-tests'
export const password = 'vier lange woorden samen'

/** Makes the town if it is not there. The clock starts now, because better-auth's own links and codes live in real time. */
export async function openTown(database: Database, tenant: string, options: Partial<IdentityDeps> = {}) {
  await database.owner((client) =>
    client.query(`insert into tenants (tenant_id, name, created_at) values ($1, '{"zh": "测试镇"}', now()) on conflict do nothing`, [tenant]),
  )
  const clock = virtualClock(systemClock.now())
  const mails: IdentityMail[] = []
  const codes: IdentityCode[] = []
  const deps: IdentityDeps = {
    database,
    tenant,
    baseUrl: 'http://localhost:8080',
    secret,
    clock,
    sendMail: (mail) => {
      mails.push(mail)
      return Promise.resolve()
    },
    sendCode: (code) => {
      codes.push(code)
      return Promise.resolve()
    },
    allowLocalProviders: true,
    ...options,
  }
  return { identity: createIdentity(deps), clock, mails, codes, deps }
}

/** What a browser sends after it was given these `Set-Cookie` lines; `before` is what it held. */
export function browserHeaders(cookies: string[], before = new Headers()): Headers {
  const jar = new Map(
    (before.get('cookie') ?? '')
      .split('; ')
      .filter(Boolean)
      .map((pair) => splitPair(pair)),
  )
  for (const cookie of cookies) {
    const [name, value] = splitPair(cookie.split(';', 1)[0] ?? '')
    if (/max-age=0/i.test(cookie)) jar.delete(name)
    else jar.set(name, value)
  }
  return new Headers({ cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '), 'user-agent': 'Mozilla/5.0 (Linux; Android 14) Test' })
}

/** Value of `token` in the newest mail of a kind. */
export function mailedToken(mails: IdentityMail[], template: IdentityMail['template']): string {
  const mail = mails.findLast((each) => each.template === template)
  return (mail && new URL(mail.link).searchParams.get('token')) ?? ''
}

/** The code an authenticator app shows for a base 32 secret (RFC 6238 with SHA-1, 30 seconds, 6 digits), `steps` periods from now. */
export function totpCode(base32: string, steps = 0): string {
  const bits = Array.from(base32.replaceAll('=', ''), (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(systemClock.now().getTime() / 30_000) + steps))
  const mac = createHmac('sha1', key).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 0x0f
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const splitPair = (pair: string): [string, string] => {
  const at = pair.indexOf('=')
  return [pair.slice(0, at), pair.slice(at + 1)]
}
