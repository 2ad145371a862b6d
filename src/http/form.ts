// How a posted form is read: its kind, its size and how much of everything it may hold, before anything is parsed.
import { DomainError } from '#kernel/errors.ts'
import type { HttpContext } from './route.ts'

export type PostedForm = Record<string, string | File | (string | File)[]>

/** Plain forms hold text only; pictures and PDF come as multipart/form-data. */
export const formLimits = { plainBytes: 1024 * 1024, fields: 600, files: 12, nameLength: 200, textLength: 200_000 } as const

/**
 * The fields of a form as a browser posts it (HTML section 4.10.21); repeated names become a list. Has no prototype, so that
 * `__proto__` is a name like any other. `files`: how many a page takes that takes more than others. @throws `form.content_type`, `form.damaged` (422), `request.too_large` (413).
 */
export async function readForm(context: HttpContext, files: number = formLimits.files): Promise<PostedForm> {
  const type = context.req.header('content-type') ?? ''
  const isMultipart = /^multipart\/form-data\s*;/i.test(type)
  if (!isMultipart && !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type))
    throw new DomainError('unsupported', 'form.content_type', 'Send a form as browsers do.')
  const bytes = Buffer.from(await context.req.arrayBuffer())
  checkSize(bytes, isMultipart ? /boundary="?([^";]+)"?/i.exec(type)?.[1] : undefined, isMultipart, files)
  return collect(await parse(bytes, type), files)
}

function checkSize(bytes: Buffer, boundary: string | undefined, isMultipart: boolean, mostFiles: number): void {
  if (!isMultipart && bytes.length > formLimits.plainBytes) throw tooLarge()
  const separator = isMultipart ? `--${boundary ?? ''}` : '&'
  let count = 0
  for (let at = bytes.indexOf(separator); at >= 0; at = bytes.indexOf(separator, at + separator.length))
    if (++count > formLimits.fields + mostFiles + 1) throw tooLarge()
}

async function parse(bytes: Buffer, type: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
  } catch (cause) {
    throw new DomainError('invalid', 'form.damaged', 'This form did not arrive whole: send it again.', { cause })
  }
}

function collect(data: FormData, mostFiles: number): PostedForm {
  // An object without prototype: the type says nothing of it.
  const form = Object.create(null) as PostedForm
  let [fields, files] = [0, 0]
  for (const [name, value] of data) {
    const isText = typeof value === 'string'
    fields += isText ? 1 : 0
    // A file control left empty posts a nameless file of no bytes.
    files += isText || (value.size === 0 && value.name === '') ? 0 : 1
    if (fields > formLimits.fields || files > mostFiles) throw tooLarge()
    if (isText && value.includes('\0')) throw new DomainError('invalid', 'form.damaged', 'A field holds a character that no text has.')
    if (name.length > formLimits.nameLength || (isText && value.length > formLimits.textLength)) throw tooLarge()
    const before = form[name]
    form[name] = before === undefined ? value : [before, value].flat()
  }
  return form
}

const tooLarge = () => new DomainError('too_large', 'request.too_large', 'This form is larger than any of ours: send less at once.')
