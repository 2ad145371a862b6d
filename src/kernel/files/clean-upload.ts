// What people send: known by its bytes, never by its name. Pictures are drawn anew, so that place and camera do not travel with them.
import sharp from 'sharp'
import { DomainError, invalid } from '../errors.ts'
import type { Scanner } from './clamd.ts'
import { refuseActivePdf } from './active-pdf.ts'

export const uploadLimits = { bytes: 10 * 1024 * 1024, files: 6 } as const

export type Upload = { name: string; bytes: Buffer }
export type CleanFile = { name: string; mediaType: 'image/jpeg' | 'image/png' | 'application/pdf'; bytes: Buffer }

/** The longest side of a picture after drawing anew, in pixels; more shows nothing more on paper of A4. */
const longestSide = 3000
const mostPixels = 60_000_000

/**
 * A file that may be kept. @throws `file.too_large`, `file.kind` (neither picture nor PDF), `file.damaged`, `file.pdf_active`,
 * `file.pdf_locked`, and as the scanner; messages are for the log, pages say it in their own language.
 */
export async function cleanUpload(upload: Upload, scan?: Scanner): Promise<CleanFile> {
  if (upload.bytes.length > uploadLimits.bytes) throw new DomainError('too_large', 'file.too_large', 'A file may have 10 MB.')
  const kind = sniff(upload.bytes)
  if (kind === undefined) throw invalid('file.kind', 'Only pictures (JPEG, PNG, WebP, GIF) and PDF are kept.')
  // What was sent is scanned, not what is drawn from it: a finding must not depend on our own reader.
  await scan?.(upload.bytes)
  if (kind === 'pdf') refuseActivePdf(upload.bytes)
  if (kind === 'pdf') return { name: nameFor(upload.name, 'pdf'), mediaType: 'application/pdf', bytes: upload.bytes }
  const isPng = kind === 'png'
  return {
    name: nameFor(upload.name, isPng ? 'png' : 'jpg'),
    mediaType: isPng ? 'image/png' : 'image/jpeg',
    bytes: await oneByOne(() => drawAnew(upload.bytes, isPng)),
  }
}

let drawing: Promise<unknown> = Promise.resolve()

/** A small file may hold a picture of a quarter of a gigabyte: only one is open at a time. */
function oneByOne<T>(work: () => Promise<T>): Promise<T> {
  const result = drawing.then(work)
  drawing = result.catch(() => undefined)
  return result
}

/** sharp leaves all metadata out unless told otherwise; the turn that a camera notes is carried out first. */
async function drawAnew(bytes: Buffer, isPng: boolean): Promise<Buffer> {
  try {
    const picture = sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error' })
      .autoOrient()
      .resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true })
    return await (isPng ? picture.png() : picture.flatten({ background: '#ffffff' }).jpeg({ quality: 84 })).toBuffer()
  } catch (cause) {
    throw new DomainError('invalid', 'file.damaged', 'This picture cannot be opened.', { cause })
  }
}

const signatures: { kind: 'jpeg' | 'png' | 'gif' | 'webp' | 'pdf'; matches(bytes: Buffer): boolean }[] = [
  { kind: 'jpeg', matches: (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) },
  { kind: 'png', matches: (bytes) => bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) },
  { kind: 'gif', matches: (bytes) => /^GIF8[79]a/.test(bytes.toString('latin1', 0, 6)) },
  { kind: 'webp', matches: (bytes) => /^RIFF[^]{4}WEBP/.test(bytes.toString('latin1', 0, 12)) },
  { kind: 'pdf', matches: (bytes) => bytes.toString('latin1', 0, 5) === '%PDF-' },
]

const sniff = (bytes: Buffer) => signatures.find((signature) => signature.matches(bytes))?.kind

/** The person's own name for it, without path and control characters, with the ending of what it now is. */
function nameFor(typed: string, ending: string): string {
  const base = typed.toWellFormed().normalize('NFC').split(/[\\/]/).at(-1) ?? ''
  const plain = base
    .replaceAll(/[\p{Cc}\p{Cf}"<>|:*?]/gu, '')
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .trim()
  return `${Array.from(plain).slice(0, 60).join('') || 'file'}.${ending}`
}
