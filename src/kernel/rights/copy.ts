// The portable copy of a person's data in one case (个人信息保护法 Art 45): one JSON with its schema, one page to read, files and papers.
import { Uint8ArrayReader, Uint8ArrayWriter, TextReader, ZipWriter } from '@zip.js/zip.js'
import type { Ctx } from '../context.ts'
import { pdfOf } from '../documents/read-document.ts'
import { listUploads, readUpload } from '../files/uploads.ts'
import { type CaseKey, type Held, openOwn, viewHeld } from './held.ts'
import { recordCopy } from './requests.ts'

/** JSON Schema of `data.json`, beside it in the archive: another office's program can read it without asking us. */
export const copySchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:xiangli:person-copy:1',
  title: '个人信息副本',
  type: 'object',
  required: ['format', 'number', 'title', 'party', 'fields', 'retention', 'decisions', 'looked', 'files'],
  additionalProperties: false,
  properties: {
    format: { const: 'xiangli-person-copy/v1' },
    number: { type: 'string' },
    title: { type: 'string' },
    status: { enum: ['open', 'closed'] },
    party: {
      type: 'object',
      properties: {
        role: { type: 'string' },
        electronicService: { type: 'boolean' },
        identity: { type: 'object', additionalProperties: { type: 'string' } },
      },
      required: ['role', 'electronicService', 'identity'],
      additionalProperties: false,
    },
    fields: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          form: { type: 'string' },
          name: { type: 'string' },
          label: { type: 'string' },
          value: true,
          purpose: { type: 'string' },
          law: { type: 'string' },
        },
        required: ['form', 'name', 'label', 'value', 'purpose', 'law'],
        additionalProperties: false,
      },
    },
    retention: { type: 'object' },
    decisions: { type: 'array', items: { type: 'object' } },
    looked: { type: 'array', items: { type: 'object' } },
    files: {
      type: 'array',
      items: {
        type: 'object',
        properties: { path: { type: 'string' }, name: { type: 'string' } },
        required: ['path', 'name'],
        additionalProperties: false,
      },
    },
  },
} as const

/** Makes the archive and records that it was given. @throws `case.not_found`. */
export async function makeCopy(ctx: Ctx, by: CaseKey): Promise<{ name: string; zip: Uint8Array }> {
  const held = await viewHeld(ctx, by, 'zh')
  const { loaded, sight } = await openOwn(ctx, by)
  const files: { path: string; name: string; bytes: Uint8Array }[] = []
  for (const file of await listUploads(ctx, by)) {
    const { bytes } = await readUpload(ctx, by, file.fileId)
    files.push({ path: `files/${file.fileId}.${file.name.split('.').at(-1) ?? 'bin'}`, name: file.name, bytes })
  }
  for (const document of loaded.documents.filter((known) => sight.document(known))) {
    const { pdf } = await pdfOf(ctx, loaded, document)
    files.push({ path: `papers/${document.document_id}.pdf`, name: `${document.number}.pdf`, bytes: pdf })
  }
  await recordCopy(ctx, by)
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false })
  await writer.add('data.json', new TextReader(`${JSON.stringify(copyData(held, files), null, 2)}\n`))
  await writer.add('schema.json', new TextReader(`${JSON.stringify(copySchema, null, 2)}\n`))
  await writer.add('read-me.html', new TextReader(readable(held, files)))
  for (const file of files) await writer.add(file.path, new Uint8ArrayReader(new Uint8Array(file.bytes)))
  return { name: `${held.number}.zip`, zip: await writer.close() }
}

function copyData(held: Held, files: { path: string; name: string }[]) {
  return {
    format: 'xiangli-person-copy/v1',
    number: held.number,
    title: held.title,
    status: held.status,
    party: { role: held.party.role, electronicService: held.party.electronicService, identity: held.party.identity },
    fields: held.fields.map(({ form, name, label, value, purpose, law }) => ({ form, name, label, value, purpose, law })),
    retention: held.retention,
    decisions: held.decisions,
    looked: held.looked,
    files: files.map(({ path, name }) => ({ path, name })),
  }
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const row = (cells: string[], tag = 'td') => `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`

/** A page without scripts or links outside: it opens on any computer. */
function readable(held: Held, files: { path: string; name: string }[]): string {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  return `<!doctype html><html lang="zh"><meta charset="utf-8"><title>${escaped(held.number)} 个人信息副本</title>
<style>body{font:16px/1.7 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.4em;text-align:left;vertical-align:top;overflow-wrap:anywhere}</style>
<h1>${escaped(held.title)} ${escaped(held.number)}</h1>
<p>这是您在这件事里的个人信息副本。data.json 供其他系统读取，结构说明在 schema.json。</p>
<h2>保存的内容</h2><table>${row(['内容', '填写的', '用途', '依据'], 'th')}${held.fields.map((field) => row([field.label, text(field.value), field.purpose, field.law])).join('')}</table>
<h2>保存多久</h2><p>${escaped(held.retention.class)}${held.retention.until === null ? '' : `，到 ${escaped(held.retention.until)}`}</p>
<h2>怎样决定的</h2><ul>${held.decisions.map((decision) => `<li>${escaped(`${decision.document} ${decision.number}，${decision.issuedOn}，${decision.post}，${decision.law}`)}</li>`).join('')}</ul>
<h2>谁看过</h2><ul>${held.looked.map((look) => `<li>${escaped(`${look.at.toISOString()} ${look.by} ${look.times}`)}</li>`).join('')}</ul>
<h2>文件</h2><ul>${files.map((file) => `<li><a href="${escaped(file.path)}">${escaped(file.name)}</a></li>`).join('')}</ul></html>
`
}
