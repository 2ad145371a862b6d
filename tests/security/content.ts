// What a town's content and people's texts could make the machine do: queries, expressions, templates, XML, patterns, files, calls.
import assert from 'node:assert/strict'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { decide, openModel } from '#kernel/decisions/decisions.ts'
import { decision, dmn, input, literal } from '#kernel/decisions/dmn-fixture.ts'
import { compile } from '#kernel/engine/compile.ts'
import { cleanUpload } from '#kernel/files/clean-upload.ts'
import { safeFetch } from '#kernel/net/safe-fetch.ts'
import { checkPattern } from '#kernel/procedures/patterns.ts'
import { inTenant } from '#kernel/database/database.ts'
import { sql } from 'kysely'
import { type Attack, attacks } from './attack.ts'
import { expectNothing, here, password, type World } from './world.ts'

const injections = [
  "' or '1'='1",
  "'; drop table cases; --",
  '1) union select content from drafts --',
  '%" or true --',
  "\\'; select pg_sleep(5); --",
  '${7*7}',
  "' || (select wrapped from vault.case_keys limit 1) || '",
  '\u02bc or 1=1',
  "1; copy cases to '/tmp/x'",
  '$1',
  "''''",
]
const count = async (world: World) =>
  (
    await inTenant(world.town.ctx.db, 'qingxi', (trx) =>
      sql<{ n: number }>`select count(*)::int as n from cases where tenant_id = 'qingxi'`.execute(trx),
    )
  ).rows[0]?.n

const inPlaces: Record<string, (world: World, text: string) => Promise<{ status: number; text: string }>> = {
  'the search of an officer': (world, text) => world.people.stranger.browser.get(`${here}/workspace/cases?q=${encodeURIComponent(text)}`),
  'filters and pages of a list': (world, text) =>
    world.people.stranger.browser.get(
      `${here}/workspace/cases?${new URLSearchParams({ procedure: text, office: text, view: text, page: text, sort: text, place: text })}`,
    ),
  'filters of the inbox': (world, text) =>
    world.people.stranger.browser.get(`${here}/workspace?${new URLSearchParams({ view: text, procedure: text, place: text, page: text })}`),
  'a case number': (world, text) => world.mine.browser.get(`${here}/cases/${encodeURIComponent(text)}`),
  'a task id': (world, text) => world.people.stranger.browser.get(`${here}/workspace/tasks/${encodeURIComponent(text)}`),
  'a job id': (world, text) => world.people.stranger.browser.get(`${here}/workspace/jobs/${encodeURIComponent(text)}/files/1`),
  'a town': (world, text) => answerOf(world, `/t/${encodeURIComponent(text)}/track`),
  'a checking code': (world, text) => answerOf(world, `${here}/verify/${encodeURIComponent(text)}`),
  'the API’s search and cursor': (world, text) =>
    answerOf(world, `${here}/api/v1/tasks?${new URLSearchParams({ q: text, cursor: text })}`, {
      headers: { authorization: `Bearer ${world.people.stranger.token}` },
    }),
  'a bearer token': (world, text) => answerOf(world, `${here}/api/v1/tasks`, { headers: { authorization: `Bearer ${encodeURIComponent(text)}` } }),
  'a receipt code': async (world, text) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/track`)
    return visitor.post(`${here}/track`, { code: text, number: text })
  },
  'the address at sign-in': async (world, text) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/sign-in`)
    return visitor.post(`${here}/sign-in`, { email: `${text}@qingxi.example`, password })
  },
  'the counter look-up': async (world, text) => {
    await world.people.stranger.browser.get(`${here}/workspace/counter`)
    return world.people.stranger.browser.post(`${here}/workspace/counter`, { name: text, tail: text })
  },
  'the consistency of the log': (world, text) => answerOf(world, `${here}/ledger/consistency?${new URLSearchParams({ old: text, new: text })}`),
}

async function answerOf(world: World, path: string, init: RequestInit = {}) {
  const answer = await world.ask(path, init)
  return { status: answer.status, text: await answer.text() }
}

const sqlAttacks: Attack[] = Object.entries(inPlaces).map(([place, send]) => ({
  kind: 'sql' as const,
  name: `eleven injections into ${place}`,
  run: async (world) => {
    const before = await count(world)
    for (const text of injections) {
      const begun = performance.now()
      expectNothing(await send(world, text), [200, 303, 400, 401, 403, 404, 422, 429])
      assert.ok(performance.now() - begun < 4500, 'nothing slept in the database')
    }
    assert.equal(await count(world), before)
  },
}))

const feelText = [
  '1 + 1',
  'true or true',
  '") or true or ("',
  'for i in 1..1000000 return i',
  'function() external {java: {class: "java.lang.Runtime"}}',
  '}{',
  '"',
  '\\u0022 + 1',
  'get value({a: 1}, "a")',
]
const model = (body: string) => openModel(dmn(body))
const feel: Attack[] = [
  ...feelText.map((text) => ({
    kind: 'feel' as const,
    name: `the text ${JSON.stringify(text)} stays a text`,
    run: () => {
      const asked = model(
        input('typed', 'string') + decision('same', literal('typed = "yes"'), ['typed']) + decision('back', literal('typed'), ['typed']),
      )
      assert.equal(decide(asked, 'same', { typed: text }).value, false)
      assert.equal(decide(asked, 'back', { typed: text }).value, text)
    },
  })),
  ...Object.entries({
    'a loop over a thousand million': 'count(for i in 1..1000000000 return i)',
    'loops in loops': 'count(for a in 1..9999, b in 1..9999, c in 1..9999 return a)',
    'a text that doubles itself': 'string length(for i in 1..200 return if i = 1 then "aa" else partial[-1] + partial[-1])',
    'a function that calls itself': '{f: function(n) f(n + 1), r: f(1)}.r',
    'every and some without end': 'some x in 1..999999999 satisfies x < 0',
    'ten thousand brackets': `${'('.repeat(10_000)}1${')'.repeat(10_000)}`,
    'a pattern that explodes': 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")',
    'a replacement that explodes': 'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a|a)*$", "b")',
    'a number of a million digits': '10 ** 1000000',
    'a list joined with itself': 'count(concatenate(1..99999999, 1..99999999))',
  }).map(([name, body]) => ({
    kind: 'feel' as const,
    name,
    run: () => {
      const begun = performance.now()
      try {
        const { value } = decide(model(decision('d', literal(body))), 'd', {})
        assert.ok(value === null || JSON.stringify(value).length < 10_000)
      } catch (error) {
        assert.match(String(error instanceof Error && 'code' in error ? error.code : error), /^decision\.(budget|unreadable|cycle)$/)
      }
      assert.ok(performance.now() - begun < 10_000, 'the budget ends it')
    },
  })),
  ...attacks('feel', {
    'a decision that requires itself': () =>
      assert.throws(() => decide(model(decision('a', literal('a'), ['!a'])), 'a', {}), { code: 'decision.cycle' }),
    'three decisions in a ring': () =>
      assert.throws(
        () => decide(model(decision('a', literal('b'), ['!b']) + decision('b', literal('c'), ['!c']) + decision('c', literal('a'), ['!a'])), 'a', {}),
        { code: 'decision.cycle' },
      ),
    'names of objects of the machine': () => {
      for (const name of ['constructor', '__proto__', 'toString', 'process', 'globalThis', 'require'])
        assert.equal(decide(model(decision('d', literal(name))), 'd', {}).value, null, name)
    },
  }),
]

const typstText = [
  '#read("/etc/passwd")',
  '#eval("1 + 1")',
  '#import "@preview/x:1.0.0": *',
  '#panic("x")',
  '#sys.inputs',
  '#{while true {}}',
  '$ x^2 $',
  '\\u{41} \\',
  ']#read("x")[',
  '"#read("x")"',
  '#include "/layout.typ"',
  '`#raw`',
  '@ref <label>',
  '/* comment',
  '#plugin("x.wasm")',
  '= 标题\n- 表',
]
const begin = '#import "/layout.typ": *\n#set text(font: song, fallback: false)\n'
const typst: Attack[] = [
  ...typstText.map((text) => ({
    kind: 'typst' as const,
    name: `the text ${JSON.stringify(text)} is printed as typed`,
    run: async (world: World) => {
      const { renderer } = world.installation.services
      const at = new Date('2026-03-02T00:00:00Z')
      const typed = await renderer.renderPages({ source: `${begin}#paras(data.x)`, data: { x: text }, at })
      // Letter by letter, so that the template holds nothing that the cage would refuse in a template.
      const letters = Array.from(text, (letter) => JSON.stringify(letter))
      const literally = await renderer.renderPages({ source: `${begin}#paras((${letters.join(', ')},).join())`, data: { x: '' }, at })
      assert.deepEqual(typed, literally)
    },
  })),
  ...Object.entries({
    'a template that reads a file of the machine': '#read("/etc/passwd")',
    'a template that reads outside its folder': '#read("../../../etc/passwd")',
    'a template that takes a package from the network': '#import "@preview/cetz:0.2.0": *',
    'a template that evaluates text': '#eval("1")',
    'a template with a plugin': '#plugin("x.wasm")',
    'a template that never ends': '#{ let i = 0\n while true { i += 1 } }',
    'a template that fills the memory': '#{ let s = "aaaaaaaa"\n for i in range(60) { s = s + s } }',
    'a template that calls itself': '#let f(x) = f(x + 1)\n#f(1)',
  }).map(([name, source]) => ({
    kind: 'typst' as const,
    name,
    run: async (world: World) => {
      const { renderer } = world.installation.services
      await assert.rejects(
        renderer.render({ source: begin + source, data: null, at: new Date('2026-03-02T00:00:00Z') }),
        (error: Error) => !/root:|\/home|\/tmp/.test(error.message),
      )
      assert.ok(
        (await renderer.render({ source: `${begin}ok`, data: null, at: new Date('2026-03-02T00:00:00Z') })).length > 0,
        'the next document is set',
      )
    },
  })),
]

const entity = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
const laughs = `<!DOCTYPE x [<!ENTITY a "ha">${Array.from({ length: 30 }, (_, index) => `<!ENTITY ${String.fromCharCode(98 + index)} "&${String.fromCharCode(97 + index)};&${String.fromCharCode(97 + index)};">`).join('')}]>`
const bpmn = (head: string, name: string) =>
  `<?xml version="1.0"?>${head}<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x"><bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="s" name="${name}"/></bpmn:process></bpmn:definitions>`
const xml = attacks('xml', {
  'a diagram with an external entity': async () => assert.doesNotMatch(JSON.stringify(await compile(bpmn(entity, '&e;'))), /root:/),
  'a diagram with a parameter entity of another server': async () =>
    assert.doesNotMatch(JSON.stringify(await compile(bpmn('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]>', 'a'))), /root:/),
  'a diagram with a billion laughs': async () => assert.doesNotMatch(JSON.stringify(await compile(bpmn(laughs, '&z;'))), /hahaha/),
  'a diagram nested 50,000 deep': async () =>
    assert.ok(
      (await compile(bpmn('', 'a').replace('<bpmn:startEvent', `${'<bpmn:subProcess>'.repeat(50_000)}<bpmn:startEvent`))).findings.length > 0,
    ),
  'a diagram that is no XML': async () => {
    for (const text of ['', '<', 'PK\u0003\u0004', '\0', '<a>'.repeat(100_000)])
      assert.ok((await compile(text)).findings.some((finding) => finding.severity === 'error'))
  },
  'a decision table with an external entity': () => {
    const text = dmn(decision('d', literal('"&e;"'))).replace(/^(<\?xml[^>]*\?>)?/, `$1${entity}`)
    try {
      assert.doesNotMatch(JSON.stringify(decide(openModel(text), 'd', {}).value), /root:/)
    } catch (error) {
      assert.ok(error instanceof Error && 'code' in error && error.code === 'decision.unreadable')
    }
  },
  'a decision table nested 50,000 deep': () => assert.throws(() => openModel(dmn('<context>'.repeat(50_000))), { code: 'decision.unreadable' }),
})

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

export const contentAttacks: Attack[] = [...sqlAttacks, ...feel, ...typst, ...xml, ...regex, ...uploads, ...outgoing]
