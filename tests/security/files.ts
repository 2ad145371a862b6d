// Patterns that explode, files that do more than they should, and calls to where nobody may call.
import assert from 'node:assert/strict'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { cleanUpload } from '#kernel/files/clean-upload.ts'
import { safeFetch } from '#kernel/net/safe-fetch.ts'
import { checkPattern } from '#kernel/procedures/patterns.ts'
import { type Attack, attacks } from './attack.ts'
import { here, type World } from './world.ts'

const regex: Attack[] = [
  ...[
    '(a+)+$',
    '(a|a)*$',
    '(a|aa)+$',
    '(.*)*x',
    '([a-z]+)*y',
    '(\\w+\\s?)+$',
    '^(a?){50}a{50}$',
    '(?=(a+))*b',
    '(a)\\1+',
    'a*a*a*a*b',
    '(?:a+){2,}',
    '((ab)*)*',
    '(\\d{1,}){1,}x',
    '.*.*.*.*=',
    'x'.repeat(300),
  ].map((pattern) => ({
    kind: 'regex' as const,
    name: `the pattern ${pattern.slice(0, 30)} in a form`,
    run: () => assert.notEqual(checkPattern(pattern), undefined),
  })),
  ...attacks('regex', {
    'long inputs to our own patterns': async (world) => {
      const long = [
        'a'.repeat(50_000),
        ' '.repeat(50_000),
        'a@'.repeat(20_000),
        '1'.repeat(50_000),
        '<'.repeat(50_000),
        '/*'.repeat(20_000),
        '\r\n'.repeat(20_000),
      ]
      for (const text of long) {
        const visitor = world.visitor()
        await visitor.get(`${here}/sign-up`)
        const begun = performance.now()
        await visitor.post(`${here}/sign-up`, { name: text, email: `${text}@x.example`, password: text })
        await visitor.get(`${here}/track`)
        await visitor.post(`${here}/track`, { code: text, number: text })
        assert.ok(performance.now() - begun < 8000, `${text.slice(0, 5)}…`)
      }
    },
  }),
]

const crc = (bytes: Buffer) => {
  let value = 0xffffffff
  for (const byte of bytes) {
    value ^= byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  }
  return (value ^ 0xffffffff) >>> 0
}
function chunk(type: string, data: Buffer): Buffer {
  const [length, check, body] = [Buffer.alloc(4), Buffer.alloc(4), Buffer.concat([Buffer.from(type), data])]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc(body))
  return Buffer.concat([length, body, check])
}
/** A PNG that says it is so large, with as many rows of nothing as fit into a small file. */
function hugePng(side: number): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side, 0)
  head.writeUInt32BE(side, 4)
  head.set([8, 0, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.alloc(2_000_000))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const png = () => sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } }).png()
const refusedFiles: Record<string, [string, () => Buffer | Promise<Buffer>]> = {
  'SVG with script': ['a.svg', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
  'SVG with the name of a picture': ['a.png', () => Buffer.from('<svg onload="alert(1)"/>')],
  'a page with the name of a picture': ['a.jpg', () => Buffer.from('<!doctype html><script>alert(1)</script>')],
  'a program': ['a.png', () => Buffer.from('MZ\x90\0')],
  'a ZIP bomb': ['a.pdf', () => Buffer.concat([Buffer.from('PK\x03\x04'), deflateSync(Buffer.alloc(20_000_000))])],
  'a picture of 50,000 by 50,000': ['a.png', () => hugePng(50_000)],
  'a picture of 2,147,483,647 by 2,147,483,647': ['a.png', () => hugePng(2_147_483_647)],
  'half a picture': ['a.png', async () => (await png().toBuffer()).subarray(0, 40)],
  'a GIF that is script': ['a.gif', () => Buffer.from('GIF89a/*\0\0\0*/=1;alert(1)')],
  nothing: ['a.png', () => Buffer.alloc(0)],
  'eleven megabytes': ['a.png', () => Buffer.alloc(11 * 1024 * 1024)],
  'a PDF with script': ['a.pdf', () => Buffer.from('%PDF-1.7\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj\n%%EOF')],
  'a PDF that starts a program': ['a.pdf', () => Buffer.from('%PDF-1.7\n1 0 obj<</S/Launch/F(cmd.exe)>>endobj\n%%EOF')],
  'a page before a PDF': ['a.pdf', () => Buffer.from('<script>alert(1)</script>%PDF-1.7\n%%EOF')],
  'an office file with macros': ['a.docx', () => Buffer.from('PK\x03\x04word/vbaProject.bin')],
  'XML with an entity': ['a.xml', () => Buffer.from('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>')],
}
const uploads: Attack[] = [
  ...Object.entries(refusedFiles).map(([name, [file, bytes]]) => ({
    kind: 'uploads' as const,
    name: `${name} is not kept`,
    run: async (world: World) => {
      const { browser, number } = world.mine
      await browser.get(`${here}/cases/${number}/supplement`)
      const sent = await bytes()
      const answer = await browser.post(`${here}/cases/${number}/supplement`, { text: '甲', files: new File([new Uint8Array(sent)], file) })
      // A file of no bytes that has a name is still a file.
      assert.equal(answer.status, 422, answer.text.slice(0, 300))
    },
  })),
  ...attacks('uploads', {
    'place and camera do not travel with a picture': async () => {
      const sent = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
        .withExif({ IFD0: { Make: 'SECRETCAM' }, IFD3: { GPSLatitude: '31/1 0/1 0/1' } })
        .jpeg()
        .toBuffer()
      assert.ok(sent.includes('SECRETCAM'))
      const { bytes } = await cleanUpload({ name: 'a.jpg', bytes: sent })
      assert.ok(!bytes.includes('SECRETCAM') && !bytes.includes('Exif'))
    },
    'script behind the end of a picture is gone': async () => {
      const { bytes } = await cleanUpload({ name: 'a.png', bytes: Buffer.concat([await png().toBuffer(), Buffer.from('<script>alert(1)</script>')]) })
      assert.ok(!bytes.includes('script'))
    },
    'script in the text of a picture is gone': async () => {
      const whole = await png().toBuffer()
      const { bytes } = await cleanUpload({
        name: 'a.png',
        bytes: Buffer.concat([whole.subarray(0, 33), chunk('tEXt', Buffer.from('Comment\0<script>alert(1)</script>')), whole.subarray(33)]),
      })
      assert.ok(!bytes.includes('script'))
    },
    'names with paths, directions and marks': async () => {
      for (const name of [
        '../../etc/passwd',
        '..\\..\\x',
        'a\0b.png',
        'a\u202egnp.exe',
        '<img src=x onerror=alert(1)>.png',
        'CON',
        '.',
        '',
        'a'.repeat(5000),
        '"; rm -rf /;"',
      ]) {
        const clean = await cleanUpload({ name, bytes: await png().toBuffer() })
        // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
        assert.doesNotMatch(clean.name, /[\\/\0-\x1f<>":|*?\u202e]/)
        assert.ok(clean.name.endsWith('.png') && clean.name.length <= 70)
      }
    },
    'a kept file can run nothing where it is shown': async (world) => {
      const answer = await world.mine.browser.get(`${here}/cases/${world.mine.number}/files/${world.mine.file}`)
      assert.equal(answer.status, 200)
      assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/)
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
      assert.match(answer.headers.get('content-type') ?? '', /^image\/png/)
    },
    'names of files as markup': async (world) => {
      const { browser, number } = world.mine
      await browser.get(`${here}/cases/${number}/supplement`)
      await browser.post(`${here}/cases/${number}/supplement`, {
        text: '甲',
        files: new File([new Uint8Array(await png().toBuffer())], '<img src=x onerror=alert(1)>.png'),
      })
      assert.doesNotMatch((await browser.get(`${here}/cases/${number}`)).text, /<img src=x/)
    },
  }),
]

const outgoing: Attack[] = [
  'http://169.254.169.254/latest/meta-data/',
  'https://127.0.0.1/',
  'https://localhost/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://10.0.0.1/',
  'https://192.168.0.1/',
  'https://172.16.0.1/',
  'https://100.64.0.1/',
  'https://0.0.0.0/',
  'https://224.0.0.1/',
  'https://[fe80::1]/',
  'https://[fd00::1]/',
  'https://[2002:7f00:1::]/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:6379/_x',
  'ftp://127.0.0.1/',
  'https://a:b@1.1.1.1/',
  'http://1.1.1.1/',
  'https://1.1.1.1:22/',
].map((url) => ({ kind: 'outgoing' as const, name: url, run: () => assert.rejects(safeFetch(url, { timeoutMs: 5000 }), { name: 'SafeFetchError' }) }))

export const fileAttacks: Attack[] = [...regex, ...uploads, ...outgoing]
