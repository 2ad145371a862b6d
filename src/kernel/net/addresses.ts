// Which network addresses are whose: those that no outgoing call may reach, and those of our own proxies.
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import { DomainError } from '../errors.ts'

/** IANA special-purpose registries of IPv4 (RFC 6890 and later): nothing there is a public service. */
const closedIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
/** Of IPv6 only global unicast (2000::/3) is open, and of that not what carries another address inside or is for documents. */
const closedIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '5f00::/16']

const loopback = listOf(['127.0.0.0/8', '::1/128'])
const closed = listOf([...closedIpv4, '127.0.0.0/8', ...closedIpv6])
const globalUnicast = listOf(['2000::/3'])

/** RFC 1918, RFC 4193, loopback and link-local: where a proxy of one's own stands. */
const nearby = ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fe80::/10']

/** An address in the family in which it is reached: `::ffff:10.0.0.1` (RFC 4291 §2.5.5.2) is `10.0.0.1`. Zone ids are cut off. */
export function plainAddress(address: string): string {
  const bare = address.split('%', 1)[0] ?? ''
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1]
  if (dotted) return dotted
  const words = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(bare)
  if (!words) return bare
  const [high, low] = [Number.parseInt(words[1] ?? '', 16), Number.parseInt(words[2] ?? '', 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

export const isLoopback = (address: string): boolean => isIn(loopback, plainAddress(address))

/**
 * True for what the public internet routes to one host. Private, link-local, loopback, multicast, reserved and documentation
 * ranges are not, nor IPv6 forms that carry an IPv4 address (mapped, compatible, NAT64 64:ff9b::/96 and 64:ff9b:1::/48, 6to4, Teredo).
 */
export function isPublic(address: string): boolean {
  const plain = plainAddress(address)
  if (isIPv4(plain)) return !isIn(closed, plain)
  return isIPv6(plain) && isIn(globalUnicast, plain) && !isIn(closed, plain)
}

/** Says of an address whether a proxy of ours stands there. */
export type ProxyTest = (address: string) => boolean

/**
 * Reads TRUSTED_PROXIES: addresses and ranges with commas between (`10.0.0.5, 10.1.0.0/16, fd00::/8`); `nearby` means loopback
 * and private ranges; nothing means no proxy. @throws `config.trusted_proxies`.
 */
export function readTrustedProxies(text: string): ProxyTest {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .flatMap((part) => (part === 'nearby' ? nearby : [part]))
  for (const part of parts) {
    if (!isRange(part))
      throw new DomainError('unavailable', 'config.trusted_proxies', `TRUSTED_PROXIES: “${part}” is neither an address nor a range like 10.0.0.0/8.`)
  }
  const list = listOf(parts)
  return (address) => isIn(list, plainAddress(address))
}

/**
 * Who asks: the socket's address, or, behind our own proxies, the last address of X-Forwarded-For that is none of theirs.
 * What stands further left was written by the caller and is believed by nobody.
 */
export function clientAddress(socket: string | undefined, forwarded: string | undefined, isProxy: ProxyTest): string {
  let address = plainAddress(socket ?? 'unknown')
  const hops = (forwarded ?? '').split(',').map((hop) => hop.trim())
  while (isProxy(address)) {
    const hop = plainAddress(unbracket(hops.pop() ?? ''))
    if (isIP(hop) === 0) break
    address = hop
  }
  return address
}

/** Some proxies write `[2001:db8::1]:443` or `192.0.2.1:443`. */
function unbracket(hop: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop)?.[1] ?? hop
}

function isRange(text: string): boolean {
  const [address = '', prefix, more] = text.split('/')
  const family = isIP(address)
  return family !== 0 && more === undefined && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128)))
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/')
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    list.addSubnet(address, Number(prefix ?? (family === 'ipv4' ? 32 : 128)), family)
  }
  return list
}

const isIn = (list: BlockList, address: string): boolean => isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
