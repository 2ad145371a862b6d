// Built files with hashed names: served compressed, cached for ever.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assetsFolder } from '#ui/assets.ts'

const types: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  map: 'application/json',
  json: 'application/json',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
}

export async function assetResponse(name: string, accepts: string): Promise<Response> {
  if (!/^[\w.-]{1,120}$/.test(name) || name.startsWith('.')) return new Response('not found', { status: 404 })
  const type = types[name.split('.').at(-1) ?? '']
  if (!type) return new Response('not found', { status: 404 })
  const encodings = [
    ['br', '.br'],
    ['gzip', '.gz'],
  ] as const
  for (const [encoding, ending] of encodings) {
    const bytes = accepts.includes(encoding) ? await readFile(join(assetsFolder, `${name}${ending}`)).catch(() => undefined) : undefined
    if (bytes) return answer(bytes, { 'content-type': type, 'content-encoding': encoding })
  }
  const bytes = await readFile(join(assetsFolder, name)).catch(() => undefined)
  return bytes ? answer(bytes, { 'content-type': type }) : new Response('not found', { status: 404 })
}

const answer = (bytes: Buffer, headers: Record<string, string>) =>
  new Response(new Uint8Array(bytes), { headers: { ...headers, 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' } })
