// Redaction: the derived file is asked for what was hidden, by text and by bytes and by pixels.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import sharp from 'sharp'
import { openCase } from '#kernel/cases/open-case.ts'
import { writeMessage } from '#kernel/cases/act.ts'
import { findReceiptActor } from '#kernel/cases/open-by-receipt.ts'
import { as } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { sampleFiling } from '../../../tests/support/filing.ts'
import { petitionSteps } from '../../../tests/support/petition-steps.ts'
import { openTestTown } from '../../../tests/support/town.ts'
import { pagesToRedact, paint, readRedaction, redactFile } from './redact.ts'
import { listUploads, storeCaseFile } from './uploads.ts'

const town = await openTestTown()
after(() => town.close())
const { ctx } = town
const steps = petitionSteps(() => town)
const secret = '11010519491231002X'
const refusal = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code

async function sent(name: string, bytes: Buffer): Promise<{ number: string; fileId: string }> {
  const { number, receiptCode } = await openCase(steps.anonymous(), sampleFiling)
  const actor = await findReceiptActor(steps.anonymous(), number, receiptCode)
  assert.ok(actor)
  const file = await storeCaseFile(as(ctx, actor), { number }, { name, bytes })
  await writeMessage(as(ctx, actor), { number }, '补充一份材料。', [file.fileId])
  return { number, fileId: file.fileId }
}

/** Lowest and highest value of each colour in a part of a picture: sharp gives statistics of whole pictures only. */
async function rangeOf(png: Buffer, part: { left: number; top: number; width: number; height: number }): Promise<number[][]> {
  const cut = await sharp(png).extract(part).png().toBuffer()
  return (await sharp(cut).stats()).channels.map((channel) => [channel.min, channel.max])
}

async function textOf(pdf: Uint8Array): Promise<string> {
  const { PDFiumLibrary } = await import('@hyzyla/pdfium')
  const library = await PDFiumLibrary.init()
  const document = await library.loadDocument(pdf)
  const text = [...document.pages()].map((page) => page.getText()).join('\n')
  document.destroy()
  library.destroy()
  return text
}

test('a PDF becomes pictures with the rectangles painted in: no text, no metadata and no name of the original is left', async () => {
  const source = `#import "/layout.typ": *\n#set page(paper: "a4")\n#set document(title: "${secret}")\n#text(size: 30pt)[${secret}]\n#v(200pt)\n#text(size: 30pt)[OPEN]`
  const pdf = Buffer.from(await ctx.services.renderer.render({ source, data: {}, at: new Date('2026-01-02T00:00:00Z') }))
  assert.ok((await textOf(pdf)).includes(secret))
  const { number, fileId } = await sent(`证明 ${secret}.pdf`, pdf)
  const clerk = await steps.clerk()
  const made = await redactFile(clerk, { number }, { fileId, rectangles: [{ page: 1, x: 0, y: 0, width: 100, height: 25 }] })
  assert.ok(!made.name.includes(secret) && made.name.endsWith('.pdf'))
  const derived = await readRedaction(clerk, { number }, made.fileId)
  assert.equal((await textOf(derived.bytes)).trim(), '')
  assert.ok(!derived.bytes.toString('latin1').includes(secret))
  // Nothing but black where the number stood, and what was not hidden is still to be seen.
  const { pages } = await pagesToRedact(as(ctx, clerk.actor), { number }, fileId)
  const [page] = pages
  assert.ok(page)
  const painted = await paint(page, [{ page: 1, x: 0, y: 0, width: 100, height: 25 }])
  const part = (png: Buffer, top: number, height: number) => rangeOf(png, { left: 0, top, width: page.width, height })
  assert.deepEqual(await part(painted, 0, Math.floor(page.height / 4)), [
    [0, 0],
    [0, 0],
    [0, 0],
  ])
  const rest = Math.ceil(page.height / 4) + 2
  assert.deepEqual(await part(painted, rest, page.height - rest), await part(page.png, rest, page.height - rest))
  assert.ok(!(await listUploads(clerk, { number })).some((file) => file.fileId === made.fileId))
})

test('a picture loses what was below the rectangle, its metadata and the name in its file name', async () => {
  const picture = await sharp({ create: { width: 200, height: 100, channels: 3, background: '#ff0000' } })
    .withExif({ IFD0: { Copyright: secret } })
    .jpeg()
    .toBuffer()
  const { number, fileId } = await sent('王女士 13800000000.jpg', picture)
  const clerk = await steps.clerk()
  const made = await redactFile(clerk, { number }, { fileId, rectangles: [{ page: 1, x: 25, y: 25, width: 50, height: 50 }] })
  assert.ok(!/13800000000|王女士/.test(made.name))
  const { bytes } = await readRedaction(clerk, { number }, made.fileId)
  const meta = await sharp(bytes).metadata()
  assert.deepEqual([meta.exif, meta.xmp, meta.iptc, meta.width, meta.height], [undefined, undefined, undefined, 200, 100])
  const black = [
    [0, 0],
    [0, 0],
    [0, 0],
  ]
  assert.deepEqual(await rangeOf(bytes, { left: 50, top: 25, width: 100, height: 50 }), black)
  assert.notDeepEqual(await rangeOf(bytes, { left: 0, top: 0, width: 40, height: 100 }), black)
})

test('rectangles outside a page, none at all, another’s file and another’s case are refused', async () => {
  const { number, fileId } = await sent(
    '图.png',
    await sharp({ create: { width: 20, height: 20, channels: 3, background: '#00ff00' } })
      .png()
      .toBuffer(),
  )
  const clerk = await steps.clerk()
  const box = { page: 1, x: 0, y: 0, width: 10, height: 10 }
  await assert.rejects(redactFile(clerk, { number }, { fileId, rectangles: [] }), refusal('redaction.none'))
  for (const wrong of [
    { ...box, page: 2 },
    { ...box, width: 0 },
    { ...box, x: -1 },
    { ...box, y: 101 },
    { ...box, height: Number.NaN },
  ])
    await assert.rejects(redactFile(clerk, { number }, { fileId, rectangles: [wrong] }), refusal('redaction.rectangle'))
  await assert.rejects(
    redactFile(clerk, { number }, { fileId: '00000000-0000-7000-8000-000000000000', rectangles: [box] }),
    refusal('file.not_found'),
  )
  await assert.rejects(redactFile(steps.anonymous(), { number }, { fileId, rectangles: [box] }), refusal('case.not_found'))
})

test('a damaged PDF is refused and does not end the process', async () => {
  const { number, fileId } = await sent('坏.pdf', Buffer.from('%PDF-1.7\nnothing here'))
  await assert.rejects(pagesToRedact(await steps.clerk(), { number }, fileId), refusal('file.damaged'))
})
