// Documents are set by Typst in caged child processes. This file is the queue in front of them: it owns which cage is busy, which is retired.
import { DomainError, invalid } from '../errors.ts'
import { endCage, ended, runInCage, startCage } from './cage-process.ts'
import type { Cage, CageLimits } from './cage-process.ts'
import { familiesIn } from './fonts.ts'
import type { CageAnswer, CageJob, JsonValue, Standard } from './messages.ts'
import { qrSvg } from './qr.ts'

export type { JsonValue } from './messages.ts'

/**
 * One document. `source` is Typst that begins with `#import "/layout.typ": *` (conventions: docs/design/documents.md);
 * `files` maps paths such as `/files/map.png` to bytes; `at` is the time written into the PDF.
 */
export type DocumentJob = { source: string; files?: Record<string, Uint8Array>; data: JsonValue; at: Date; standard?: Standard }

/** One bound paper: `pdf` is any PDF that is not locked; `date` is `YYYY-MM-DD`. */
export type BoundDocument = { title: string; number?: string | null; date?: string | null; pdf: Uint8Array }

/**
 * The whole file of a case. `cover`: docs/design/documents.md. `1.7` (default) keeps each page's text searchable and small;
 * `a-3b` is for the archive: pages become outlines, since PDF/A may not embed PDFs in Typst 0.14, and the originals are attached unchanged.
 */
export type BundleJob = { cover: { [key: string]: JsonValue }; documents: BoundDocument[]; at: Date; standard?: '1.7' | 'a-3b' }

export type Renderer = {
  /** PDF/A bytes (2b unless told). The same job gives the same bytes. */
  render(job: DocumentJob): Promise<Uint8Array>
  /** Each page as an SVG without script or link, for `<img>`: the browser inside WeChat cannot download. */
  renderPages(job: DocumentJob): Promise<string[]>
  /** Each page of a PDF that exists already (an issued document, a scan) as SVG. */
  pagesOf(pdf: Uint8Array): Promise<string[]>
  /** One PDF: cover, catalogue with page numbers, then the documents in order (一案一卷). */
  bundle(job: BundleJob): Promise<Uint8Array>
  /** Ends all children; jobs that wait are refused. */
  close(): Promise<void>
}

export type RendererOptions = { fontFolders: string[]; workers?: number; timeLimitMilliseconds?: number; memoryLimitMegabytes?: number }

type Waiting = { job: CageJob; limits: CageLimits; resolve: (answer: CageAnswer) => void; reject: (error: unknown) => void }

const recycleAfter = 400 // Typst leaks some 0.3 MB a document: 208 MB resident after 400 (measured)
const reserved = new Set(['/main.typ', '/layout.typ', '/basics.typ', '/data.json', '/fonts.json', '/documents.json'])

/**
 * A renderer with up to `workers` (2) children, started when first needed.
 * All methods reject with DomainError: see `runInCage`; a closed renderer answers `document.renderer_closed`.
 */
export function createRenderer(options: RendererOptions): Renderer {
  const workers = options.workers ?? 2
  const limits = { timeLimitMilliseconds: options.timeLimitMilliseconds ?? 10_000, memoryLimitMegabytes: options.memoryLimitMegabytes ?? 768 }
  const families = familiesIn(options.fontFolders)
  const idle: Cage[] = []
  const busy = new Set<Cage>()
  const queue: Waiting[] = []
  let closed = false

  function enqueue(job: CageJob, factor = 1): Promise<CageAnswer> {
    if (closed) return Promise.reject(closedError())
    const { promise, resolve, reject } = Promise.withResolvers<CageAnswer>()
    queue.push({ job, limits: { ...limits, timeLimitMilliseconds: limits.timeLimitMilliseconds * factor }, resolve, reject })
    pump()
    return promise
  }

  function pump(): void {
    while (queue.length > 0 && busy.size < workers) {
      const cage = takeIdle() ?? startCage(options.fontFolders, families)
      const next = queue.shift()
      if (next) void serve(cage, next)
    }
  }

  function takeIdle(): Cage | undefined {
    let cage = idle.pop()
    while (cage?.dead) cage = idle.pop()
    return cage
  }

  async function serve(cage: Cage, { job, limits, resolve, reject }: Waiting): Promise<void> {
    busy.add(cage)
    await runInCage(cage, job, limits).then(resolve, (error) => reject(closed ? closedError() : error))
    busy.delete(cage)
    if (closed || cage.done >= recycleAfter) endCage(cage)
    else if (!cage.dead) idle.push(cage)
    pump()
  }

  return {
    render: async (job) => pdfOf(await enqueue({ kind: 'pdf', standard: job.standard ?? 'a-2b', ...rendering(job) })),
    renderPages: async (job) => pagesIn(await enqueue({ kind: 'pages', ...rendering(job) })),
    pagesOf: async (pdf) => pagesIn(await enqueue({ kind: 'pdf-pages', pdf })),
    bundle: async (job) => pdfOf(await enqueue(bundling(job), 6)),
    close: async () => {
      closed = true
      for (const waiting of queue.splice(0)) waiting.reject(closedError())
      await Promise.all([...idle, ...busy].map(ended))
    },
  }
}

const closedError = () => new DomainError('unavailable', 'document.renderer_closed', 'The renderer is closed.')

function pdfOf(answer: CageAnswer): Uint8Array {
  if ('pdf' in answer) return answer.pdf
  throw new Error('the cage answered with something else')
}

function pagesIn(answer: CageAnswer): string[] {
  if ('pages' in answer) return answer.pages
  throw new Error('the cage answered with something else')
}

const toSeconds = (at: Date) => Math.floor(at.getTime() / 1000)

function rendering(job: DocumentJob) {
  refuseReach(job.source)
  const files = job.files ?? {}
  for (const path of Object.keys(files)) {
    if (!/^(\/[\p{L}\p{N}_-][\p{L}\p{N}_.-]*)+$/u.test(path) || reserved.has(path))
      throw invalid('document.file_path', `“${path}” cannot be the path of a file in a document.`)
  }
  return { source: job.source, files, data: JSON.stringify(withQr(job.data)), at: toSeconds(job.at) }
}

/** Typst cannot draw a QR code: `data.verify.qr` becomes the picture of `data.verify.url`. */
function withQr(data: JsonValue): JsonValue {
  if (!isObject(data) || !isObject(data['verify'])) return data
  const url = data['verify']['url']
  return typeof url === 'string' && url !== '' ? { ...data, verify: { ...data['verify'], qr: qrSvg(url) } } : data
}

const isObject = (value: JsonValue | undefined): value is { [key: string]: JsonValue | undefined } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Words a template has no use for. The cage holds anyway; these say it early and in words, and keep `today` from making bytes depend on the day.
 */
const refusedWords: { pattern: RegExp; why: string }[] = [
  { pattern: /["'`]@[\w-]+\//, why: 'packages cannot be imported' },
  { pattern: /\beval\b/, why: '“eval” is not allowed: text of people must never be read as a template' },
  { pattern: /\bplugin\s*\(/, why: '“plugin” is not allowed' },
  { pattern: /\btoday\b/, why: '“today” is not allowed: use data.date' },
]

function refuseReach(source: string): void {
  for (const [index, line] of source.split('\n').entries()) {
    const refused = refusedWords.find(({ pattern }) => pattern.test(line))
    if (refused) throw invalid('document.template', `main.typ:${index + 1}: ${refused.why}.`)
  }
}

function bundling(job: BundleJob): CageJob {
  const listed = job.documents.map(({ title, number, date }) => ({ title, number: number ?? null, date: date ?? null }))
  return {
    kind: 'bundle',
    data: JSON.stringify({ ...job.cover, documents: listed }),
    pdfs: job.documents.map((document) => document.pdf),
    titles: job.documents.map((document) => document.title),
    at: toSeconds(job.at),
    standard: job.standard ?? '1.7',
  }
}
