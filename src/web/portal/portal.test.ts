// The residents' pages over the real application: filing, resuming, tracking, papers.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import sharp from 'sharp'
import { listCases } from '#kernel/cases/lists.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { findByReceipt } from '#kernel/cases/receipts.ts'
import { integrate } from '#kernel/ledger/integrator.ts'
import { checkTexts } from '#kernel/ledger/check-texts.ts'
import { parseReceipt, verifyReceipt } from '#kernel/ledger/receipt.ts'
import { ensureAssets } from '#ui/build.ts'
import { createApp } from '#app'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import { compactReceipt } from './receipt-sheet.ts'
import { type Answer, expectPage, Visitor } from '#tests/support/visitor.ts'

let town: TestTown
let app: ReturnType<typeof createApp>
const base = '/t/qingxi'
const matter = `${base}/matters/petition`

before(async () => {
  await ensureAssets()
  town = await openTestTown()
  app = createApp(town.installation)
})
after(() => town.close())

const what = { subject: '村道排水沟堵塞', description: '从二月起，两次下雨积水进屋。', claim: '请清理排水沟。', _then: 'next' }
const you = { name: '林小满', phone: '000 0000 0001', electronicService: 'false', _then: 'next' }

/** Answers every page up to the list of answers. */
async function answerAll(
  visitor: Visitor,
  fields: { you?: Record<string, string>; more?: Record<string, string | File | File[]> } = {},
): Promise<Answer> {
  await visitor.follow(await visitor.get(`${matter}/new`))
  await visitor.follow(await visitor.post(`${matter}/new/what`, what))
  await visitor.follow(await visitor.post(`${matter}/new/where`, { village: 'shishang-village', place: '小学往北', _then: 'next' }))
  await visitor.follow(await visitor.post(`${matter}/new/you`, fields.you ?? you))
  return visitor.follow(await visitor.post(`${matter}/new/more`, { alreadyWith: 'none', _then: 'next', ...fields.more }))
}

const send = (visitor: Visitor) => visitor.post(`${matter}/new/check`, { _key: visitor.field('_key') })
const codeIn = (page: string) => /data-copy="([0-9A-Z-]{19})"/.exec(page)?.[1] ?? ''
const numberIn = (page: string) => /XF\d\d-[0-9A-Z]{4}-[0-9A-Z]{3}/.exec(page)?.[0] ?? ''

async function fileNamed(visitor: Visitor) {
  await answerAll(visitor)
  const filed = await visitor.follow(await send(visitor))
  return { code: codeIn(filed.text), number: numberIn(filed.text) }
}

test('a matter is filed page by page; an error in the middle keeps everything and answers 422', async () => {
  const visitor = new Visitor(app)
  const first = await visitor.follow(await visitor.get(`${matter}/new`))
  assert.match(first.text, /一句话说明是什么事/)
  const wrong = await visitor.post(`${matter}/new/what`, { ...what, subject: '', claim: '写得很长的请求 <b>粗</b>' })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /写得很长的请求 &lt;b&gt;粗/)
  assert.match(wrong.text, /请用一句话说明是什么事/)
  assert.match(wrong.text, /<title>有误：/)
  const page = await answerAll(visitor, { you: { name: '林小满', electronicService: 'true', _then: 'next' } })
  assert.equal(page.status, 200)
  assert.match(page.text, /需要修改/, 'consent without a phone number')
  const refused = await send(visitor)
  assert.equal(refused.status, 422)
  await visitor.follow(await visitor.post(`${matter}/new/you`, { ...you, _from: 'check' }))
  assert.match(visitor.last, /林小满/)
  const filed = await visitor.follow(await send(visitor))
  assert.equal(filed.status, 200)
  expectPage(filed, 'zh', '/filed')
  assert.match(codeIn(filed.text), /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/)
  assert.match(filed.text, /2026年3月17日/, 'the acceptance limit: fifteen days from 2 March')
  assert.match(filed.text, /xiangli-promise\/v1/)
  const receipt = await findByReceipt(town.ctx, codeIn(filed.text))
  assert.ok(receipt)
  const { row, content } = await loadCase(town.ctx, receipt.caseId)
  assert.equal(row.number, numberIn(filed.text))
  assert.equal(content.filing['subject'], '村道排水沟堵塞')
  assert.equal(row.place_id, 'shishang-village')
})

test('sending twice files one case, and both answers show the same code', async () => {
  const visitor = new Visitor(app)
  await answerAll(visitor)
  const key = visitor.field('_key')
  const before = (await listCases(town.ctx, {}, {}, 'zh')).total
  const [one, two] = await Promise.all([visitor.post(`${matter}/new/check`, { _key: key }), visitor.post(`${matter}/new/check`, { _key: key })])
  assert.deepEqual([one.status, two.status], [303, 303])
  const codes = new Set<string>()
  const filed = await visitor.get(`${base}/filed`)
  codes.add(codeIn(filed.text))
  const late = await visitor.post(`${matter}/new/check`, { _key: key })
  assert.equal(late.status, 303)
  codes.add(codeIn((await visitor.get(`${base}/filed`)).text))
  assert.equal(codes.size, 1)
  assert.equal((await listCases(town.ctx, {}, {}, 'zh')).total, before + 1)
})

test('a draft goes on in another browser with its code, files included', async () => {
  const first = new Visitor(app)
  await answerAll(first, { more: { alreadyWith: 'none', attachments: [await photo()] } })
  await first.get(`${matter}/saved`)
  const code = codeIn(first.last)
  assert.match(code, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/)
  const second = new Visitor(app)
  await second.get(`${base}/resume`)
  assert.equal((await second.post(`${base}/resume`, { code: '0000-0000-0000-0000' })).status, 422)
  const resumed = await second.follow(await second.post(`${base}/resume`, { code: code.toLowerCase().replaceAll('-', ' ') }))
  assert.match(resumed.text, /村道排水沟堵塞/)
  assert.match(resumed.text, /院墙\.jpg/)
  const filed = await second.follow(await send(second))
  assert.equal(filed.status, 200)
  assert.equal((await first.post(`${base}/resume`, { code })).status, 422, 'a filed draft is closed')
})

test('a photo is drawn anew without its place, kept under the case key, and opens again on the case page', async () => {
  const visitor = new Visitor(app)
  const withPlace = await photo()
  assert.ok((await sharp(Buffer.from(await withPlace.arrayBuffer())).metadata()).exif)
  await answerAll(visitor, { more: { alreadyWith: 'none', attachments: [withPlace] } })
  const filed = await visitor.follow(await send(visitor))
  const number = numberIn(filed.text)
  const page = await visitor.get(`${base}/cases/${number}`)
  const address = new RegExp(`${base}/cases/${number}/files/[0-9a-f-]{36}`).exec(page.text)?.[0] ?? ''
  const kept = await visitor.get(address)
  assert.equal(kept.headers.get('content-type'), 'image/jpeg')
  const metadata = await sharp(kept.bytes).metadata()
  assert.equal(metadata.exif, undefined)
  assert.equal(metadata.width, 40)
  assert.equal((await new Visitor(app).get(address)).status, 404, 'not for strangers')
})

test('a file that is neither picture nor PDF is refused with what to do, and the rest stays', async () => {
  const visitor = new Visitor(app)
  await answerAll(visitor)
  const refused = await visitor.post(`${matter}/new/more`, {
    alreadyWith: 'none',
    attachments: [new File(['<script>alert(1)</script>'], 'x.jpg', { type: 'image/jpeg' }), await photo()],
  })
  assert.equal(refused.status, 422)
  assert.match(refused.text, /x\.jpg：只能上传照片/)
  assert.match(refused.text, /保留 院墙\.jpg/)
  await visitor.follow(await visitor.post(`${matter}/new/more`, { alreadyWith: 'none', _then: 'next' }))
  assert.doesNotMatch(visitor.last, /院墙\.jpg/, 'an unticked file is gone')
})

test('a wrong code opens nothing, the right one opens the case with its dates and their arithmetic', async () => {
  const { code, number } = await fileNamed(new Visitor(app))
  const visitor = new Visitor(app)
  await visitor.get(`${base}/track`)
  const wrong = await visitor.post(`${base}/track`, { code: '7K3M-9QDX-1T5R-WA2C' })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /没有找到对应的事项/)
  assert.equal((await visitor.post(`${base}/track`, { code, number: 'XF26-0000-000' })).status, 422)
  const page = await visitor.follow(await visitor.post(`${base}/track`, { code, number }))
  assert.equal(page.status, 200)
  assert.match(page.text, /正在登记/)
  assert.match(page.text, /第二十二条、第二十三条/)
  assert.match(page.text, /这个日期是怎么算的/)
  assert.match(page.text, /<svg[^>]*viewBox/)
  assert.equal((await new Visitor(app).get(`${base}/cases/${number}`)).status, 404)
})

test('a message with a file is stored; an empty one is refused', async () => {
  const visitor = new Visitor(app)
  const { number } = await fileNamed(visitor)
  await visitor.get(`${base}/cases/${number}/supplement`)
  const empty = await visitor.post(`${base}/cases/${number}/supplement`, { text: ' ' })
  assert.equal(empty.status, 422)
  const sent = await visitor.post(`${base}/cases/${number}/supplement`, { text: '昨天又积水了', files: [await photo()] })
  assert.equal(sent.status, 303)
  const page = await visitor.follow(sent)
  assert.match(page.text, /昨天又积水了/)
  assert.match(page.text, /院墙\.jpg/)
})

test('withdrawing asks once more, and then ends the case', async () => {
  const visitor = new Visitor(app)
  const { number } = await fileNamed(visitor)
  await visitor.get(`${base}/cases/${number}/acts/withdraw`)
  assert.equal((await visitor.post(`${base}/cases/${number}/acts/withdraw`, {})).status, 422)
  const asked = await visitor.post(`${base}/cases/${number}/acts/withdraw`, { confirmed: 'true', reasons: '已经解决' })
  assert.equal(asked.status, 200)
  assert.match(asked.text, /请再确认一次/)
  const done = await visitor.follow(
    await visitor.post(`${base}/cases/${number}/acts/withdraw`, { confirmed: 'true', reasons: '已经解决', _confirmed: 'true' }),
  )
  assert.match(done.text, /信访人撤回，已停止办理/)
  const again = await visitor.get(`${base}/cases/${number}/acts/withdraw`)
  assert.equal(again.status, 409)
  assert.match(again.text, /现在不能这样做/)
})

test('the slip is a PDF and a picture, the promise a signed note, and the receipt proves the filing', async () => {
  const visitor = new Visitor(app)
  const { number } = await fileNamed(visitor)
  const pdf = await visitor.get(`${base}/filed/slip.pdf`)
  assert.equal(pdf.bytes.subarray(0, 5).toString(), '%PDF-')
  assert.match((await visitor.get(`${base}/filed/slip.svg`)).text, /^<svg/)
  assert.match((await visitor.get(`${base}/filed/promise.txt`)).text, /^xiangli-promise\/v1\n/)
  assert.equal((await visitor.get(`${base}/cases/${number}/receipt`)).status, 202)
  const receipt: unknown = JSON.parse((await visitor.get(`${base}/cases/${number}/receipt?now`)).text)
  const { vkeys } = await town.installation.logOf(town.tenant)
  const promised = verifyReceipt(receipt, { promiseVkey: vkeys.promise, now: town.clock.now() })
  assert.deepEqual([promised.ok, promised.level], [true, 'promised'], JSON.stringify(promised.steps))
  assert.equal(promised.opened?.values['data.subject'], '村道排水沟堵塞')
  await integrateAll(town)
  const included = await visitor.get(`${base}/cases/${number}/receipt`)
  assert.equal(included.status, 200)
  const proven = verifyReceipt(JSON.parse(included.text), { vkey: vkeys.log, promiseVkey: vkeys.promise })
  assert.deepEqual([proven.ok, proven.level], [true, 'included'], JSON.stringify(proven.steps))
  assert.equal((await new Visitor(app).get(`${base}/filed/slip.pdf`)).status, 404)
})

test('the receipt page says how far the record is; its sheet is a PDF, its QR and its proof can be checked', async () => {
  const visitor = new Visitor(app)
  const { number } = await fileNamed(visitor)
  const here = `${base}/cases/${number}`
  const early = await visitor.get(`${here}/slip`)
  expectPage(early, 'zh', `/cases/${number}/slip`)
  assert.match(early.text, /村道排水沟堵塞/, 'in her own words')
  assert.match(early.text, /2026年3月17日前/, 'the deadline')
  assert.match(early.text, /正在记，一般不到一分钟/)
  assert.equal((await visitor.get(`${here}/receipt.tlog-proof`)).status, 404)
  await integrateAll(town)
  const recorded = await visitor.get(`${here}/slip`)
  assert.match(recorded.text, /已经是账本里的第 \d+ 条/)
  assert.match(recorded.text, /还没有见证人联署/)
  const proof = await visitor.get(`${here}/receipt.tlog-proof`)
  assert.match(proof.text, /^c2sp\.org\/tlog-proof@v1\nindex \d+\n/)
  assert.equal((await visitor.get(`${here}/slip.pdf`)).bytes.subarray(0, 5).toString(), '%PDF-')
  assert.match((await visitor.get(`${here}/slip.svg`)).text, /^<svg/)
  assert.equal((await visitor.get(`${here}/slip.svg?page=99`)).status, 404)
  const receipt = parseReceipt(JSON.parse((await visitor.get(`${here}/receipt`)).text))
  const { vkeys } = await town.installation.logOf(town.tenant)
  const scanned = checkTexts({ receipt: compactReceipt(receipt), keys: vkeys.promise, source: 'outside', now: town.clock.now() })
  assert.deepEqual([scanned.ok, scanned.level], [true, 'promised'], JSON.stringify(scanned.steps))
  for (const path of ['slip', 'slip.pdf', 'slip.svg', 'receipt.tlog-proof'])
    assert.equal((await new Visitor(app).get(`${here}/${path}`)).status, 404, `${path} is for the party only`)
})

test('a post without the token of its page is refused in plain words', async () => {
  const visitor = new Visitor(app)
  await visitor.get(`${base}/track`)
  for (const path of [
    `${base}/track`,
    `${matter}/new/what`,
    `${matter}/new/check`,
    `${base}/sign-in`,
    `${base}/sign-up`,
    `${base}/resume`,
    `${base}/clear`,
    `${base}/verify`,
  ]) {
    const answer = await visitor.post(path, { _csrf: 'x' })
    assert.equal(answer.status, 403, path)
    assert.match(answer.text, /页面放得太久了/, path)
  }
})

test('clearing the computer takes every cookie out and closes the case here', async () => {
  const visitor = new Visitor(app)
  const { number } = await fileNamed(visitor)
  await visitor.get(`${base}/cases/${number}`)
  const cleared = await visitor.post(`${base}/clear`)
  assert.equal(cleared.headers.get('clear-site-data'), '"cache", "cookies", "storage"')
  assert.equal(visitor.cookie('xl_receipt'), undefined)
  assert.equal(visitor.cookie('xl_filed'), undefined)
  assert.match((await visitor.follow(cleared)).text, /已经清除/)
  assert.equal((await visitor.get(`${base}/cases/${number}`)).status, 404)
  assert.equal((await visitor.get(`${base}/filed`)).status, 404)
})

/** What the background work does all the time. */
async function integrateAll({ installation, tenant }: TestTown): Promise<void> {
  const signer = await installation.logOf(tenant)
  while (await integrate(installation.database.db, tenant, signer, installation.clock, { batch: 1000 }));
}

/** A small photo that carries a place, as a phone writes it. */
async function photo(): Promise<File> {
  const bytes = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#447755' } })
    .jpeg()
    .withExif({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '30/1 0/1 0/1' } })
    .toBuffer()
  return new File([new Uint8Array(bytes)], '院墙.jpg', { type: 'image/jpeg' })
}
