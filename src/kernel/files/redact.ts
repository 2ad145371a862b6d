// Redaction: a derived file in which what is hidden is not there. Pages become pixels, rectangles are painted into them, and a new file is
// made of the pixels alone: no text layer, no metadata, no picture below a box. The original stays with the case, under its own rights.
import sharp from 'sharp'
import { sql } from 'kysely'
import { getCase, loadStep } from '../cases/load-case.ts'
import { runStep } from '../cases/run-step.ts'
import { recordEvent, transactionOf } from '../cases/step.ts'
import { recordView } from '../cases/views.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { invalid, notFound } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import { decrypt, encrypt } from '../keys/keyring.ts'
import { detectPersonalData, redactText } from '../publication/detect.ts'
import { pdfPixels } from './pdf-pixels.ts'
import { readUpload, type StoredFile } from './uploads.ts'

/** A place on a page (from 1) in hundredths of its width and height, from the top left corner. */
export type Rectangle = { page: number; x: number; y: number; width: number; height: number }
export type RedactionPage = { width: number; height: number; png: Buffer; points: { width: number; height: number } }

type CaseKey = { number: string } | { caseId: string }
const mostRectangles = 200

/** The pages of a file as pictures, to draw rectangles on. @throws `case.not_found`, `file.not_found`, `file.damaged`, `file.too_many_pages`. */
export async function pagesToRedact(ctx: Ctx, by: CaseKey, fileId: string): Promise<{ file: StoredFile; pages: RedactionPage[] }> {
  await getCase(ctx, by, 'case.redact')
  const { bytes, ...file } = await readUpload(ctx, by, fileId)
  return { file, pages: await picturesOf(bytes, file.mediaType) }
}

async function picturesOf(bytes: Buffer, mediaType: string): Promise<RedactionPage[]> {
  if (mediaType === 'application/pdf') {
    const pages = await pdfPixels(new Uint8Array(bytes))
    return Promise.all(
      pages.map(async ({ width, height, pixels, points }) => ({
        width,
        height,
        points,
        png: await sharp(pixels, { raw: { width, height, channels: 3 } })
          .png()
          .toBuffer(),
      })),
    )
  }
  const { data, info } = await sharp(bytes, { failOn: 'error' })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .png()
    .toBuffer({ resolveWithObject: true })
  return [{ width: info.width, height: info.height, png: data, points: { width: info.width * 0.75, height: info.height * 0.75 } }]
}

/** Rectangles painted into the pixels and the picture encoded anew; only the painted pixels leave this function. */
export async function paint(page: Pick<RedactionPage, 'width' | 'height' | 'png'>, rectangles: readonly Rectangle[]): Promise<Buffer> {
  const boxes = rectangles.map(({ x, y, width, height }) => {
    // Outwards to whole pixels: not a sliver of a letter stays at an edge.
    const left = Math.max(0, Math.floor((x / 100) * page.width))
    const top = Math.max(0, Math.floor((y / 100) * page.height))
    const right = Math.min(page.width, Math.ceil(((x + width) / 100) * page.width))
    const bottom = Math.min(page.height, Math.ceil(((y + height) / 100) * page.height))
    return { left, top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) }
  })
  const flat = await sharp(page.png)
    .removeAlpha()
    .composite(
      boxes.map((box) => ({
        input: { create: { width: box.width, height: box.height, channels: 3 as const, background: '#000000' } },
        left: box.left,
        top: box.top,
      })),
    )
    .raw()
    .toBuffer({ resolveWithObject: true })
  return sharp(flat.data, { raw: { width: flat.info.width, height: flat.info.height, channels: 3 } })
    .png({ palette: false })
    .toBuffer()
}

/** One picture a page at the page's own size; nothing else is in the file. */
const sheet = `#import "/layout.typ": *
#set document(title: "", author: (), keywords: ())
#for (at, one) in data.pages.enumerate() {
  if at > 0 { pagebreak(weak: true) }
  set page(width: one.width * 1pt, height: one.height * 1pt, margin: 0pt, header: none, footer: none)
  image(one.file, width: 100%, height: 100%, fit: "stretch")
}
`

/**
 * Makes the derived file of a case and links it to its original. The name is redacted too: what looks like personal data in it is blacked,
 * and `name` may give another. @throws `case.not_found`, `file.not_found`, `redaction.none`, `redaction.rectangle`, and as pagesToRedact.
 */
export async function redactFile(ctx: Ctx, by: CaseKey, input: { fileId: string; rectangles: Rectangle[]; name?: string }): Promise<StoredFile> {
  checkRectangles(input.rectangles)
  const { loaded } = await getCase(ctx, by, 'case.redact')
  const { file, pages } = await pagesToRedact(ctx, by, input.fileId)
  if (input.rectangles.some((rectangle) => rectangle.page > pages.length)) throw wrong('没有这一页')
  const painted = await Promise.all(
    pages.map((page, index) =>
      paint(
        page,
        input.rectangles.filter((rectangle) => rectangle.page === index + 1),
      ),
    ),
  )
  const isPdf = file.mediaType === 'application/pdf'
  const [first] = painted
  if (!first) throw invalid('file.damaged', 'This file has no page.')
  const bytes = isPdf ? await pdfOfPictures(ctx, pages, painted) : first
  const ending = isPdf ? 'pdf' : 'png'
  const typed = (input.name?.trim() || file.name).replace(/\.[A-Za-z0-9]{1,5}$/, '')
  const name = `${Array.from(redactText(typed, detectPersonalData(typed)))
    .slice(0, 60)
    .join('')}（遮盖件）.${ending}`
  const fileId = uuidv7(ctx.clock.now())
  await runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      step.written.push(fileId)
      await ctx.services.files.put(ctx.tenant, fileId, encrypt(step.case.key, bytes, `file/${ctx.tenant}/${fileId}`))
      const { db } = await transactionOf(step)
      const sealed = encrypt(step.case.key, name, `file-name/${ctx.tenant}/${fileId}`)
      await sql`insert into files (tenant_id, file_id, case_id, media_type, bytes, name, stored_at)
        values (${ctx.tenant}, ${fileId}, ${loaded.row.case_id}, ${isPdf ? 'application/pdf' : 'image/png'}, ${bytes.length}, ${sealed}, ${step.now})`.execute(
        db,
      )
      const madeBy = ctx.actor.kind === 'staff' ? ctx.actor.userId : ctx.actor.kind
      await sql`insert into redactions (tenant_id, file_id, original_id, case_id, rectangles, made_at, made_by)
        values (${ctx.tenant}, ${fileId}, ${input.fileId}, ${loaded.row.case_id}, ${input.rectangles.length}, ${step.now}, ${madeBy})`.execute(db)
      recordEvent(step, { type: 'file.redacted', fields: { file: fileId, original: input.fileId, rectangles: input.rectangles.length } })
    },
  )
  return { fileId, name, mediaType: isPdf ? 'application/pdf' : 'image/png' }
}

async function pdfOfPictures(ctx: Ctx, pages: RedactionPage[], painted: Buffer[]): Promise<Buffer> {
  const files = Object.fromEntries(painted.map((png, index) => [`/files/page-${index + 1}.png`, new Uint8Array(png)]))
  const data = { pages: pages.map(({ points }, index) => ({ file: `/files/page-${index + 1}.png`, width: points.width, height: points.height })) }
  // The time in the file is that of its making, nothing of the original's.
  return Buffer.from(await ctx.services.renderer.render({ source: sheet, files, data, at: ctx.clock.now() }))
}

function checkRectangles(rectangles: readonly Rectangle[]): void {
  if (rectangles.length === 0)
    throw invalid('redaction.none', '请至少画一处要遮盖的地方', [{ pointer: '/rectangles', code: 'required', message: '请至少画一处要遮盖的地方' }])
  if (rectangles.length > mostRectangles) throw wrong(`一次最多遮盖 ${mostRectangles} 处`)
  for (const { page, x, y, width, height } of rectangles) {
    const fits = [x, y, width, height].every((value) => Number.isFinite(value) && value >= 0 && value <= 100) && width > 0 && height > 0
    if (!fits || !Number.isInteger(page) || page < 1) throw wrong('位置用页面宽和高的百分数填写，从 0 到 100')
  }
}

const wrong = (message: string) => invalid('redaction.rectangle', message, [{ pointer: '/rectangles', code: 'rectangle', message }])

/** A derived file. @throws `case.not_found`, `file.not_found`. */
export async function readRedaction(ctx: Ctx, by: CaseKey, fileId: string): Promise<StoredFile & { bytes: Buffer }> {
  const { loaded } = await getCase(ctx, by, 'case.redact')
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ file_id: string; media_type: string; name: Buffer }>`select f.file_id, f.media_type, f.name from redactions r
      join files f on f.tenant_id = r.tenant_id and f.file_id = r.file_id and f.purged_at is null
      where r.tenant_id = ${ctx.tenant} and r.case_id = ${loaded.row.case_id} and r.file_id::text = ${fileId}`.execute(trx),
  )
  const [row] = rows
  if (!row) throw notFound('file.not_found')
  await recordView(ctx, loaded, 'handling', ['files'])
  return {
    fileId,
    mediaType: row.media_type,
    name: decrypt(loaded.key, row.name, `file-name/${ctx.tenant}/${fileId}`).toString(),
    bytes: decrypt(loaded.key, await ctx.services.files.get(ctx.tenant, fileId), `file/${ctx.tenant}/${fileId}`),
  }
}

/** Derived files of a case by their originals. @throws `case.not_found`. */
export async function listRedactions(ctx: Ctx, by: CaseKey): Promise<{ fileId: string; originalId: string; rectangles: number; madeAt: Date }[]> {
  const { loaded } = await getCase(ctx, by, 'case.redact')
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ file_id: string; original_id: string; rectangles: number; made_at: Date }>`select file_id, original_id, rectangles, made_at from redactions
      where tenant_id = ${ctx.tenant} and case_id = ${loaded.row.case_id} order by made_at`.execute(trx),
  )
  return rows.map((row) => ({ fileId: row.file_id, originalId: row.original_id, rectangles: row.rectangles, madeAt: row.made_at }))
}
