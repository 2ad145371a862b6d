import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, test } from 'node:test'
import sharp from 'sharp'
import { DomainError } from '../errors.ts'
import { fontsFrom } from './fonts.ts'
import { createRenderer } from './renderer.ts'
import type { DocumentJob } from './renderer.ts'

const fontFolders = fontsFrom()
const renderer = createRenderer({ fontFolders, workers: 2 })
after(() => renderer.close())

const at = new Date('2026-11-23T02:00:00Z')
const begin = '#import "/layout.typ": *\n'
const hostile = '#import "@preview/x:1.0.0" #read("/etc/passwd") $x^2$ *b* <l> @r \\u{41} `a` // c'
const opinion: DocumentJob = {
  source: `${begin}#show: official\n= 调查核实情况\n#paras(data.fields.findings)\n= 处理意见\n#paras(data.fields.opinion)\n#fields-table((("金额", money("1234.5")), ("大写", money-zh("1234.5")), ("备注", none)))`,
  data: {
    issuer: { name: '清溪镇人民政府', seal: '清溪镇人民政府' },
    number: '清信复字〔2026〕12号',
    title: '关于村道路灯损坏\n信访事项的处理意见书',
    recipient: '李某某',
    date: '2026-11-23',
    fields: { findings: `经查，村道共有路灯46盏，其中11盏不亮。\n${hostile}`, opinion: '由村委会于2026年12月15日前更换。' },
    attachments: ['现场照片', '核查记录'],
    remedy: { body: '清溪县人民政府', period: '30日', how: '申请复查', online: '镇门户“我的事项”' },
    verify: { url: 'https://town.example/t/qingxi/v/7K3M9QDX', short: '7K3M-9QDX' },
    contact: '联系人：信访办',
    copies: ['清溪县信访局'],
    printed: { by: '清溪镇党政办公室', on: '2026-11-23' },
    draft: false,
    language: 'zh',
  },
  at,
}
const simple = (source: string, data: DocumentJob['data'] = null): DocumentJob => ({
  source: `${begin}#set text(font: song, fallback: false)\n${source}`,
  data,
  at,
})
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const refusedWith =
  (code: string, message = /./) =>
  (error: unknown) =>
    error instanceof DomainError && error.code === code && message.test(error.message)

test('an opinion becomes PDF/A-2b that says so in its metadata', async () => {
  const pdf = text(await renderer.render(opinion))
  assert.match(pdf, /^%PDF-1\.7/)
  assert.match(pdf, /<pdfaid:part>2<\/pdfaid:part><pdfaid:conformance>B<\/pdfaid:conformance>/)
  assert.match(text(await renderer.render({ ...opinion, standard: 'a-3b' })), /<pdfaid:part>3<\/pdfaid:part>/)
})

test('the same job gives the same bytes, in another process too, and another time gives others', async () => {
  const first = await renderer.render(opinion)
  const other = createRenderer({ fontFolders })
  try {
    assert.deepEqual(await other.render(opinion), first)
    assert.notDeepEqual(await other.render({ ...opinion, at: new Date('2026-11-24T02:00:00Z') }), first)
  } finally {
    await other.close()
  }
})

test('text of people is printed as typed and never read as a template', async () => {
  // Printed from data it must give exactly the glyphs that the same text gives as a raw string literal.
  const typed = await renderer.renderPages(simple('#paras(data.x)', { x: hostile }))
  const literal = await renderer.renderPages(
    simple(`#par(text("${hostile.replaceAll('\\', '\\u{5c}').replaceAll('"', '\\"').replace('@preview/', '\\u{40}preview/')}"))`),
  )
  assert.deepEqual(typed, literal)
  assert.notDeepEqual(typed, await renderer.renderPages(simple('#paras(data.x)', { x: 'x' })))
})

test('pages are pictures without script, link or anything outside themselves', async () => {
  const pages = await renderer.renderPages({ ...opinion, source: `${opinion.source}\n#link("https://town.example")[门户]` })
  assert.ok(pages.length >= 2)
  for (const page of pages) {
    assert.doesNotMatch(page, /<script|<a |<foreignObject|href="(?!#|data:image\/)|\son\w+=/i)
    const { width, height } = await sharp(Buffer.from(page)).metadata()
    assert.ok(Math.abs(height / width - Math.SQRT2) < 0.01) // A4
  }
})

test('a picture given with the job is drawn, and the next job cannot read it', async () => {
  const files = {
    '/files/dot.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="#12ab34"/></svg>'),
  }
  const [page] = await renderer.renderPages({ ...simple('#image("/files/dot.svg")'), files })
  assert.match(page ?? '', /data:image|12ab34/)
  const alone = createRenderer({ fontFolders, workers: 1 })
  try {
    await alone.render({ ...simple('#image("/files/dot.svg", alt: "x")'), files })
    await assert.rejects(alone.render(simple('#read("/files/dot.svg")')), refusedWith('document.template', /file not found/))
  } finally {
    await alone.close()
  }
  await assert.rejects(renderer.render({ ...simple('x'), files: { '/../x': Buffer.from('') } }), refusedWith('document.file_path'))
  await assert.rejects(renderer.render({ ...simple('x'), files: { '/layout.typ': Buffer.from('') } }), refusedWith('document.file_path'))
})

test('a mistake in a template is told with its place and without a path of this machine', async () => {
  await assert.rejects(
    renderer.render({ source: `${begin}\n第一行 #nothing\n`, data: null, at }),
    refusedWith('document.template', /^main\.typ:3:\d+: unknown variable: nothing/),
  )
  for (const source of ['#read("/etc/passwd")', '#read("../../../../etc/passwd")', '#read("/proc/self/environ")', '#image("/etc/hostname")']) {
    const error = await renderer.render(simple(source)).catch((refusal: unknown) => refusal)
    assert.ok(error instanceof DomainError && error.code === 'document.template')
    assert.ok(!error.message.includes(tmpdir()) && !error.message.includes('xiangli-cage'), error.message)
  }
})

test('packages, eval, plugins and the day of today are refused', async () => {
  for (const source of [
    '#import "@preview/cetz:0.3.0": *',
    '#import ("@pre" + "view/cetz:0.3.0")',
    '#import "@local/x:1.0.0"',
    '#eval("1")',
    '#plugin("/x.wasm")',
    '#datetime.today()',
  ]) {
    await assert.rejects(renderer.render(simple(source)), refusedWith('document.template'), source)
  }
})

test('a template that runs for ever is killed and the next job works', async () => {
  const strict = createRenderer({ fontFolders, workers: 1, timeLimitMilliseconds: 3000 })
  try {
    const runaway = strict.render(simple('#for a in range(100000) { for b in range(100000) { let c = calc.pow(2, 3) } }'))
    const next = strict.render(opinion)
    await assert.rejects(runaway, refusedWith('document.time_limit'))
    assert.match(text(await next), /^%PDF/)
    await assert.rejects(strict.render(simple('#while true {}')), refusedWith('document.template', /always true/))
  } finally {
    await strict.close()
  }
})

test('a template that fills the memory is killed and the next job works', async () => {
  const strict = createRenderer({ fontFolders, workers: 1, timeLimitMilliseconds: 20_000, memoryLimitMegabytes: 500 })
  try {
    const bomb = strict.render(simple('#let f() = { let all = ()\n for i in range(9000) { all.push("清" * 100000 + str(i)) }\n all.len() }\n#f()'))
    await assert.rejects(bomb, refusedWith('document.memory_limit'))
    assert.match(text(await strict.render(opinion)), /^%PDF/)
  } finally {
    await strict.close()
  }
})

test('a character no font has stops the document and is named', async () => {
  await assert.rejects(renderer.render(simple('#data.name', { name: '李\u{E123}' })), refusedWith('document.glyph', /\u{E123}/u))
})

test('parallel jobs each get their own document', async () => {
  const jobs = Array.from({ length: 24 }, (_, index) => simple('#data.n', { n: `第${index}号` }))
  const together = await Promise.all(jobs.map((job) => renderer.renderPages(job)))
  assert.equal(new Set(together.map((pages) => pages.join(''))).size, 24)
  const alone = await renderer.renderPages(simple('#data.n', { n: '第7号' }))
  assert.deepEqual(together[7], alone)
})

test('draft, corrected and withdrawn documents and slips are set in both languages', async () => {
  const data = opinion.data
  assert.ok(data && typeof data === 'object' && !Array.isArray(data))
  const marks = [
    { kind: 'withdrawn', on: '2026-12-01', by: '清信撤字〔2026〕1号' },
    { kind: 'corrected', on: '2026-12-01', reason: '日期有误' },
    null,
  ]
  for (const language of ['zh', 'en']) {
    for (const mark of marks) {
      assert.match(
        text(
          await renderer.render({ ...opinion, data: { ...data, language, mark, draft: mark === null, number: null, date: null, signer: '王某' } }),
        ),
        /^%PDF/,
      )
    }
    const slip = {
      issuer: { name: '清溪镇人民政府' },
      title: '收件回执',
      code: '7K3M-9QDX-1T5R-WA2C',
      date: '2026-11-23',
      rows: [['材料', '']],
      next: ['等待'],
      language,
    }
    assert.equal((await renderer.renderPages({ source: `${begin}#show: slip\n`, data: slip, at })).length, 1)
    assert.match(
      text(
        await renderer.render({
          source: `${begin}#show: official\n`,
          data: { issuer: { name: '清溪镇人民政府' }, title: '最少的内容', language },
          at,
        }),
      ),
      /^%PDF/,
    )
  }
})

test('dates and amounts read as Chinese offices write them', async () => {
  const checks = [
    ['date-zh("2026-01-05")', '2026年1月5日'],
    ['money("1234567.5")', '1,234,567.50元'],
    ['money(-0.1)', '-0.10元'],
    ['money-zh("1234.5")', '壹仟贰佰叁拾肆元伍角整'],
    ['money-zh("10000000")', '壹仟万元整'],
    ['money-zh("100200030")', '壹亿零贰拾万零叁拾元整'],
    ['money-zh("1005.06")', '壹仟零伍元零陆分'],
    ['money-zh("0.3")', '叁角整'],
    ['money-zh("0")', '零元整'],
    ['money-zh("10001")', '壹万零壹元整'],
  ]
  const source = checks.map(([code, expected]) => `#assert.eq(${code}, "${expected}")`).join('\n')
  await renderer.render(simple(`${source}\n好`))
})

test('a case file binds its papers in order, searchable or as PDF/A-3 with the originals attached', async () => {
  const pdf = await renderer.render(opinion)
  const job = {
    cover: { issuer: { name: '清溪镇人民政府' }, title: '信访事项案卷', number: 'QX-2026-12' },
    documents: [
      { title: '处理意见书', pdf },
      { title: '送达回证', pdf },
    ],
    at,
  }
  const own = (await renderer.pagesOf(pdf)).length
  const plain = await renderer.bundle(job)
  assert.equal((await renderer.pagesOf(plain)).length, 2 + 2 * own)
  const archived = await renderer.bundle({ ...job, standard: 'a-3b' })
  assert.match(text(archived), /<pdfaid:part>3<\/pdfaid:part>/)
  assert.equal(text(archived).match(/\/EmbeddedFile\b/g)?.length, 2)
  await assert.rejects(
    renderer.bundle({ ...job, documents: [{ title: '坏的附件', pdf: Buffer.from('no PDF') }] }),
    refusedWith('document.attachment', /坏的附件/),
  )
})

test('a closed renderer refuses, ends its children and leaves no folder', async () => {
  const before = new Set(readdirSync(tmpdir()).filter((name) => name.startsWith('xiangli-cage-')))
  const short = createRenderer({ fontFolders, workers: 1 })
  const outcomes = Promise.allSettled([short.render(opinion), short.render(opinion)])
  const mine = readdirSync(tmpdir()).filter((name) => name.startsWith('xiangli-cage-') && !before.has(name))
  await short.close()
  for (const outcome of await outcomes) assert.ok(outcome.status === 'rejected' && refusedWith('document.renderer_closed')(outcome.reason))
  await assert.rejects(short.render(opinion), refusedWith('document.renderer_closed'))
  assert.ok(mine.length > 0 && mine.every((name) => !existsSync(`${tmpdir()}/${name}`)))
})
