// Serves the component gallery under the strict policy of the real pages.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BpmnModdle } from 'bpmn-moddle'
import { assetsFolder } from '#ui/assets.ts'
import { ensureAssets } from '#ui/build.ts'
import { Gallery } from '#ui/gallery.tsx'
import { renderHtml } from '#ui/html.ts'
import { sampleDiagram } from '#ui/gallery-sample.ts'
import { WorkspaceGallery } from '#ui/gallery-workspace.tsx'

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-gallery'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
const types: Record<string, string> = { css: 'text/css; charset=utf-8', js: 'text/javascript', svg: 'image/svg+xml' }

/** Pages `/` and `/work`; `?lang=en`, `?edition=large`. Close it when done. */
export async function openGallery(): Promise<{ origin: string; close: () => Promise<void> }> {
  await ensureAssets()
  const { rootElement } = await new BpmnModdle().fromXML(sampleDiagram)
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname.startsWith('/assets/')) {
      const name = url.pathname.slice('/assets/'.length)
      response.writeHead(200, { 'content-type': types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream', 'content-encoding': 'br' })
      response.end(readFileSync(join(assetsFolder, `${name}.br`)))
      return
    }
    const props = {
      language: url.searchParams.get('lang') === 'en' ? ('en' as const) : ('zh' as const),
      large: url.searchParams.get('edition') === 'large',
      definitions: rootElement,
      nonce: 'gallery',
    }
    const page = url.pathname === '/work' ? <WorkspaceGallery {...props} /> : <Gallery {...props} />
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy })
    renderHtml(page).then(
      (html) => response.end(html),
      (error: unknown) => response.end(String(error)),
    )
  })
  return { origin: `http://127.0.0.1:${await listen(server)}`, close: () => close(server) }
}

const listen = (server: Server) =>
  new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    }),
  )

const close = (server: Server) =>
  new Promise<void>((resolve) => {
    server.closeAllConnections()
    server.close(() => resolve())
  })
