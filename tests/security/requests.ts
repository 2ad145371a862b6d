// Headers that lie, and requests that are too large or malformed, some of them as no client library would send them.
import assert from 'node:assert/strict'
import { type Attack, attacks } from './attack.ts'
import { answerOf, expectNothing, here, password, signIn, type World } from './world.ts'

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

const headers = attacks('headers', {
  'a line break in the way back': async (world) => {
    const answer = await signIn(world.visitor(), here, world.people.resident.email, { next: `${here}/account\r\nset-cookie: evil=1` })
    assert.equal(
      answer.headers.getSetCookie().some((cookie) => cookie.startsWith('evil')),
      false,
    )
  },
  'a line break in a path': async (world) => {
    const answer = await world.raw(`GET ${here}/workspace%0d%0aset-cookie:%20evil=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    assert.doesNotMatch(answer, /^set-cookie: ?evil/im)
  },
  'a line break in a language': async (world) => {
    const answer = await world.ask(`${here}?lang=zh%0d%0aset-cookie:evil=1`)
    assert.equal(
      answer.headers.getSetCookie().some((cookie) => cookie.includes('evil')),
      false,
    )
  },
  'a line break in the name of a file that is downloaded': async (world) => {
    const { browser, number } = world.mine
    await browser.get(`${here}/cases/${number}/supplement`)
    const file = new File(
      [Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')],
      'a"\r\nset-cookie: evil=1\r\n.png',
    )
    await browser.post(`${here}/cases/${number}/supplement`, { text: '甲', files: file })
    for (const [, id] of (await browser.get(`${here}/cases/${number}`)).text.matchAll(/\/files\/([0-9a-f-]{36})/g)) {
      const answer = await browser.get(`${here}/cases/${number}/files/${id}`)
      assert.equal(answer.headers.getSetCookie().length, 0)
      assert.doesNotMatch(answer.headers.get('content-disposition') ?? '', /[\r\n"].*"/)
    }
  },
  'another host in the link of a reset mail': async (world) => {
    const visitor = world.visitor({
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
      'x-original-host': 'evil.example',
    })
    world.town.clock.advance(1000)
    await visitor.get(`${here}/account/reset`)
    await visitor.post(`${here}/account/reset`, { email: world.people.resident.email })
    assert.match(await lastLink(world), /^http:\/\/127\.0\.0\.1:3000\/t\/qingxi\/account\/password\?token=/)
  },
  'another host in absolute form': async (world) => {
    const answer = await world.raw(`GET http://evil.example${here}/workspace HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`)
    assert.match(answer, /^HTTP\/1\.1 303/)
    assert.match(answer, /location: \/t\/qingxi\/sign-in/i)
  },
  'a forwarded address does not give new guesses': async () => {
    const { toAddressGroup } = await import('#kernel/identity/limits.ts')
    const { clientAddress, readTrustedProxies } = await import('#kernel/net/addresses.ts')
    for (const header of ['1.2.3.4', '1.2.3.4, 5.6.7.8', 'unknown', '127.0.0.1'])
      assert.equal(toAddressGroup(clientAddress('8.8.8.8', header, readTrustedProxies('nearby'))), '8.8.8.8')
  },
  'x-original-url and x-rewrite-url': async (world) => {
    const answer = await world.ask(`${here}/track`, {
      headers: { 'x-original-url': `${here}/workspace/settings`, 'x-rewrite-url': `${here}/workspace/settings` },
    })
    assert.match(await answer.text(), /name="code"/)
  },
  'personal pages in a cache': async (world) => {
    for (const path of [
      `/cases/${world.victim.number}`,
      `/cases/${world.victim.number}/receipt`,
      `/cases/${world.victim.number}/files/${world.victim.file}`,
    ]) {
      const answer = await world.victim.browser.get(`${here}${path}`)
      assert.ok([200, 202].includes(answer.status), path)
      assert.equal(answer.headers.get('cache-control'), 'no-store', path)
    }
    for (const path of ['/workspace', '/workspace/account'])
      assert.equal((await world.people.clerk.browser.get(`${here}${path}`)).headers.get('cache-control'), 'no-store')
  },
  'a page without policy, or with one that allows inline script': async (world) => {
    for (const path of ['', '/track', '/sign-in', '/nowhere', '/matters/petition', '/security']) {
      const policy = (await world.ask(`${here}${path}`)).headers.get('content-security-policy') ?? ''
      assert.match(policy, /default-src 'none'.*script-src 'self';/)
      assert.doesNotMatch(policy, /unsafe|\*|http:/)
    }
  },
  'a nonce that is used twice': async (world) => {
    const nonces = await Promise.all(
      [1, 2, 3].map(async () => /nonce-([^']+)'/.exec((await world.ask(here)).headers.get('content-security-policy') ?? '')?.[1]),
    )
    assert.equal(new Set(nonces).size, 3)
  },
  'guessing another kind of content': async (world) => {
    for (const path of [here, '/assets/manifest.json', `${here}/api/v1/procedures`, '/.well-known/security.txt'])
      assert.equal((await world.ask(path)).headers.get('x-content-type-options'), 'nosniff', path)
  },
  'a name and a line break in the log of the program': async (world) => {
    const lines = await capture(async () => {
      await world.raw(
        `GET ${here}/cases/a%0a%7b%22level%22:%22forged%22%7d%0a HTTP/1.1\r\nHost: x\r\nUser-Agent: {"level":"forged"}\r\nX-Name: secretname\r\nConnection: close\r\n\r\n`,
      )
      const visitor = world.visitor({ 'user-agent': 'evil secretname' })
      await visitor.get(`${here}/sign-in`)
      await visitor.post(`${here}/sign-in`, { email: 'secretname@evil.example\n{"level":"forged"}', password })
      await world.ask(`${here}/api/v1/cases`, { method: 'POST', headers: json, body: '{"procedure":"petition","data":{"subject":"secretname"' })
    })
    assert.doesNotMatch(lines, /forged|secretname/)
  },
  'a mail with headers of the attacker': async (world) => {
    for (const email of [
      'a@evil.example\r\nBcc: all@evil.example',
      'a@evil.example%0d%0aBcc:x@y.example',
      '"a\r\nBcc: b"@evil.example',
      'a@evil.example, b@evil.example',
      'a@evil.example;b@evil.example',
      '<a@evil.example>',
    ]) {
      const visitor = world.visitor()
      await visitor.get(`${here}/sign-up`)
      assert.equal((await visitor.post(`${here}/sign-up`, { name: '甲', email, password })).status, 422, email)
    }
  },
})

export async function lastLink(world: World): Promise<string> {
  const { listDemoOutbox } = await import('#kernel/notifications/outbox.ts')
  const [newest] = await listDemoOutbox(world.town.ctx, 1)
  return /https?:\S+/.exec(newest?.text ?? '')?.[0] ?? ''
}

/** What the program wrote on standard error meanwhile. */
async function capture(work: () => Promise<void>): Promise<string> {
  const write = process.stderr.write.bind(process.stderr)
  let text = ''
  process.stderr.write = (part: string | Uint8Array) => {
    text += part.toString()
    return true
  }
  try {
    await work()
  } finally {
    process.stderr.write = write
  }
  return text
}

const status = (text: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)
const limits = attacks('limits', {
  'an address of 100,000 letters': async (world) => assert.ok([414, 431].includes((await world.ask(`${here}/track?${'a'.repeat(15_000)}`)).status)),
  'headers of 64 KB': async (world) =>
    assert.equal(status(await world.raw(`GET ${here} HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(65_536)}\r\n\r\n`)), 431),
  'two thousand parameters': async (world) => assert.equal((await world.ask(`${here}?${'a=1&'.repeat(1500)}`)).status, 422),
  'a form of ten thousand fields': async (world) =>
    assert.equal((await world.ask(`${here}/track`, { method: 'POST', headers: form, body: 'a=1&'.repeat(10_000) })).status, 413),
  'a plain form of two megabytes': async (world) =>
    assert.equal((await world.ask(`${here}/track`, { method: 'POST', headers: form, body: `a=${'x'.repeat(2_000_000)}` })).status, 413),
  'a form of a thousand parts': async (world) => {
    const body = new FormData()
    for (let part = 0; part < 1000; part++) body.append(`f${part}`, 'x')
    assert.equal((await world.ask(`${here}/track`, { method: 'POST', body })).status, 413)
  },
  'forty files at once': async (world) => {
    const body = new FormData()
    for (let part = 0; part < 40; part++) body.append('files', new File(['x'], 'a.png'))
    assert.equal((await world.ask(`${here}/track`, { method: 'POST', body })).status, 413)
  },
  'a body of 13 MB': async (world) => {
    const body = new FormData()
    body.append('files', new File([Buffer.alloc(13 * 1024 * 1024)], 'a.png'))
    assert.equal((await world.ask(`${here}/track`, { method: 'POST', body })).status, 413)
  },
  'a form that ends in the middle': async (world) => {
    const answer = await world.ask(`${here}/track`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb',
    })
    assert.equal(answer.status, 422)
  },
  'a form without a boundary': async (world) =>
    assert.ok(
      [415, 422].includes(
        (await world.ask(`${here}/track`, { method: 'POST', headers: { 'content-type': 'multipart/form-data' }, body: 'x' })).status,
      ),
    ),
  'two lengths (request smuggling)': async (world) =>
    assert.equal(status(await world.raw('POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello')), 400),
  'length and chunks together (request smuggling)': async (world) =>
    assert.equal(
      status(await world.raw('POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')),
      400,
    ),
  'a header with a bare line feed (request smuggling)': async (world) =>
    assert.equal(status(await world.raw('GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\nTransfer-Encoding: chunked\r\n\r\n')), 400),
  'no host': async (world) => assert.equal(status(await world.raw('GET /healthz HTTP/1.1\r\n\r\n')), 400),
  'a host of nonsense': async (world) =>
    assert.ok([200, 400].includes(status(await world.raw('GET /healthz HTTP/1.1\r\nHost: a b<c>\r\nConnection: close\r\n\r\n')))),
  TRACE: async (world) =>
    assert.ok([400, 405, 501].includes(status(await world.raw(`TRACE ${here} HTTP/1.1\r\nHost: x\r\nX-Secret: y\r\nConnection: close\r\n\r\n`)))),
  'a method that does not exist': async (world) => assert.equal(status(await world.raw(`HACK ${here} HTTP/1.1\r\nHost: x\r\n\r\n`)), 400),
  'every other method of a page': async (world) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await world.ask(`${here}/terms`, { method })
      assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD, OPTIONS'], method)
    }
  },
  'a broken percent encoding': async (world) => {
    for (const path of ['%', '%zz', '%e0%a4%a', '%c0%af', '%ff']) expectNothing(await answerOf(world, `${here}/matters/${path}`), [400, 404])
  },
  'an upgrade to another protocol': async (world) =>
    assert.doesNotMatch(
      await world.raw(
        `GET ${here} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      ),
      /^HTTP\/1\.1 101/,
    ),
  'a compressed body that explodes': async (world) => {
    const { gzipSync } = await import('node:zlib')
    const answer = await world.ask(`${here}/api/v1/cases`, {
      method: 'POST',
      headers: { ...json, 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(50_000_000, 32)),
    })
    assert.equal(answer.status, 415)
  },
  'JSON that is 100,000 deep': async (world) =>
    assert.equal((await world.ask(`${here}/api/v1/cases`, { method: 'POST', headers: json, body: '['.repeat(100_000) })).status, 400),
})

export const requestAttacks: Attack[] = [...headers, ...limits]
