// Outgoing calls and the addresses of callers. The other side is a real server on this machine; names come from the machine's own resolver.
import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { clientAddress, isPublic, readTrustedProxies } from './addresses.ts'
import { safeFetch } from './safe-fetch.ts'

const closed = [
  '127.0.0.1',
  '127.255.0.1',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '192.0.0.8',
  '198.18.0.1',
  '224.0.0.1',
  '239.255.255.250',
  '255.255.255.255',
  '240.0.0.1',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:10.0.0.1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::a00:1',
  '64:ff9b:1::a00:1',
  '2002:7f00:1::1',
  '2001::1',
  'fe80::1',
  'fe80::1%eth0',
  'fc00::1',
  'fd12::1',
  'ff02::1',
  '100::1',
  '2001:db8::1',
  '5f00::1',
]
const open = ['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1', '2400:3200::1', '::ffff:8.8.8.8']

describe('what is public', () => {
  for (const address of closed) test(`${address} is not`, () => assert.equal(isPublic(address), false))
  for (const address of open) test(`${address} is`, () => assert.equal(isPublic(address), true))
})

let server: Server
let base = ''
let port = 0
const answer: RequestListener = (request, response) => {
  const url = new URL(request.url ?? '/', 'http://x')
  if (url.pathname === '/redirect')
    response.writeHead(Number(url.searchParams.get('code') ?? 302), { location: url.searchParams.get('to') ?? '/' }).end()
  else if (url.pathname === '/large') response.end(Buffer.alloc(200_000))
  else if (url.pathname === '/slow') response.write('a')
  else if (url.pathname === '/loop') response.writeHead(302, { location: '/loop' }).end()
  else {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => response.end(JSON.stringify({ method: request.method, headers: request.headers, body: Buffer.concat(parts).toString() })))
  }
}
before(async () => {
  server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port // a listening TCP server has one
  base = `http://127.0.0.1:${port}`
})
after(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test('a call to loopback is made only where it is allowed', async () => {
  await assert.rejects(safeFetch(`${base}/`), { code: 'address' })
  assert.equal((await safeFetch(`${base}/`, { allowLoopback: true })).status, 200)
  assert.equal((await safeFetch(`${base}/`, { trustedHosts: [`127.0.0.1:${port}`] })).status, 200)
})

const refused: [string, string, string][] = [
  ['a file', 'file:///etc/passwd', 'scheme'],
  ['gopher', 'gopher://127.0.0.1/', 'scheme'],
  ['javascript', 'javascript:alert(1)', 'scheme'],
  ['no URL', 'http://', 'url'],
  ['credentials in the URL', 'https://user:secret@1.1.1.1/', 'credentials'],
  ['plain http to a public host', 'http://1.1.1.1/', 'scheme'],
  ['the metadata service', 'http://169.254.169.254/latest/meta-data/', 'address'],
  ['a private host', 'https://10.0.0.1/', 'address'],
  ['a decimal loopback', 'https://2130706433/', 'address'],
  ['an octal loopback', 'https://0177.0.0.1/', 'address'],
  ['a hexadecimal loopback', 'https://0x7f000001/', 'address'],
  ['a short loopback', 'https://127.1/', 'address'],
  ['full-width digits', 'https://１２７.０.０.１/', 'address'],
  ['mapped IPv6', 'https://[::ffff:127.0.0.1]/', 'address'],
  ['NAT64', 'https://[64:ff9b::7f00:1]/', 'address'],
  ['plain http to a name that may not exist', 'http://nowhere.invalid/', 'scheme'],
  ['localhost by name', 'https://localhost/', 'address'],
  ['the port of a database', 'https://1.1.1.1:5432/', 'port'],
  ['the port of SMTP', 'https://1.1.1.1:25/', 'port'],
]
for (const [title, url, code] of refused) test(`${title} is not called`, () => assert.rejects(safeFetch(url, { timeoutMs: 5000 }), { code }))

test('a redirect is checked like the first address', async () => {
  const options = { trustedHosts: [`127.0.0.1:${port}`], timeoutMs: 5000 }
  for (const to of ['http://127.0.0.2:9/', 'http://169.254.169.254/', 'file:///etc/passwd', 'http://[::1]:22/', `http://localhost:${port}/`])
    await assert.rejects(safeFetch(`${base}/redirect?to=${encodeURIComponent(to)}`, options), { name: 'SafeFetchError' }, to)
  assert.equal((await safeFetch(`${base}/redirect?to=/`, options)).url, `${base}/`)
  await assert.rejects(safeFetch(`${base}/loop`, options), { code: 'redirect' })
  await assert.rejects(safeFetch(`${base}/redirect?to=/`, { ...options, maxRedirects: 0 }), { code: 'redirect' })
})

test('a redirect keeps method and body as the standard says, and credentials only within an origin', async () => {
  const options = { allowLoopback: true, method: 'POST' as const, body: 'x', headers: { authorization: 'Bearer secret', 'x-mine': '1' } }
  const seen = async (path: string) => JSON.parse((await safeFetch(`${base}${path}`, options)).body.toString())
  assert.equal((await seen('/redirect?code=302&to=/')).method, 'GET')
  const kept = await seen('/redirect?code=307&to=/')
  assert.deepEqual([kept.method, kept.body, kept.headers.authorization], ['POST', 'x', 'Bearer secret'])
  const elsewhere = await seen(`/redirect?code=307&to=${encodeURIComponent(`http://localhost:${port}/`)}`)
  assert.deepEqual([elsewhere.headers.authorization, elsewhere.headers['x-mine']], [undefined, '1'])
})

test('an endless, large or silent answer is cut off', async () => {
  await assert.rejects(safeFetch(`${base}/large`, { allowLoopback: true, maxBytes: 100_000 }), { code: 'too_large' })
  await assert.rejects(safeFetch(`${base}/slow`, { allowLoopback: true, timeoutMs: 200 }), { code: 'timeout' })
})

test('an error tells nothing of the address', async () => {
  await assert.rejects(safeFetch('https://10.9.8.7/secret'), (error: Error) => !/10\.9|secret/.test(error.message))
})

describe('who asks', () => {
  const none = readTrustedProxies('')
  const near = readTrustedProxies('nearby')
  const named = readTrustedProxies('192.0.2.7, 198.51.100.0/24')
  const rows: [string, string | undefined, string | undefined, typeof none, string][] = [
    ['without proxies the header is not believed', '198.51.100.9', '1.2.3.4', none, '198.51.100.9'],
    ['a caller that is no proxy is not believed', '8.8.8.8', '1.2.3.4', near, '8.8.8.8'],
    ['behind a proxy it is its last word', '127.0.0.1', '6.6.6.6, 1.2.3.4', near, '1.2.3.4'],
    ['two proxies in a row', '192.0.2.7', '6.6.6.6, 1.2.3.4, 198.51.100.3', named, '1.2.3.4'],
    ['a proxy as a mapped address', '::ffff:127.0.0.1', '1.2.3.4', near, '1.2.3.4'],
    ['with a port', '127.0.0.1', '1.2.3.4:5678', near, '1.2.3.4'],
    ['IPv6 in brackets', '127.0.0.1', '[2606:4700::1]:443', near, '2606:4700::1'],
    ['what is no address is not taken over', '127.0.0.1', '6.6.6.6, <script>', near, '127.0.0.1'],
    ['no header', '127.0.0.1', undefined, near, '127.0.0.1'],
    ['no socket', undefined, '1.2.3.4', near, 'unknown'],
  ]
  for (const [title, socket, header, isProxy, expected] of rows) test(title, () => assert.equal(clientAddress(socket, header, isProxy), expected))
  test('a wrong setting is refused with a sentence', () => {
    for (const text of ['1', 'true', '10.0.0.0/33', 'fd00::/129', 'proxy.example', '10.0.0.0/8/8', '*'])
      assert.throws(() => readTrustedProxies(text), { code: 'config.trusted_proxies' }, text)
  })
})
