// The child process that runs Typst. It knows nothing but the fonts, the shared layout and the job it is given:
// its workspace is an empty folder, its environment names no home and a dead proxy, and the parent may kill it any time.
// It takes one job at a time. Typst leaks some memory with each document, so the parent replaces it now and then.
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import type { NodeError, NodeTypstDocument } from '@myriaddreamin/typst-ts-node-compiler'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { CageAnswer, CageFailure, CageJob, CageStart } from './messages.ts'
import { splitPages } from './pages.ts'

// The parent wrote this argument a moment ago (cage-process.ts).
const start = JSON.parse(process.argv[2] ?? '{}') as CageStart
const shared = ['basics.typ', 'layout.typ'].map((name) => ({ name, source: readFileSync(new URL(`./templates/${name}`, import.meta.url), 'utf8') }))
const bundleSource = readFileSync(new URL('./templates/bundle.typ', import.meta.url), 'utf8')
const mainPath = join(start.workspace, 'main.typ')
const keptResults = 10

offerToTheKernelFirst()
endWithParent()
const compiler = NodeCompiler.create({ workspace: start.workspace, fontArgs: [{ fontPaths: start.fontFolders }] })

process.on('message', (job: CageJob) => answer(run(job)))
answer({ ready: true })

function answer(message: CageAnswer) {
  process.send?.(message)
}

function run(job: CageJob): CageAnswer {
  try {
    return perform(job)
  } catch (error) {
    if (error instanceof Refused) return { failure: error.failure }
    return { failure: exportFailure(error) }
  } finally {
    compiler.resetShadow()
    compiler.evictCache(keptResults)
  }
}

function perform(job: CageJob): CageAnswer {
  switch (job.kind) {
    case 'pdf':
      return { pdf: compiler.pdf(compile(job.source, job.data, job.files), { pdfStandard: job.standard, creationTimestamp: job.at }) }
    case 'pages': {
      const document = compile(job.source, job.data, job.files)
      return { pages: splitPages(compiler.plainSvg(document), document.numOfPages) }
    }
    case 'pdf-pages':
      return { pages: pagesOf(job.pdf, 'PDF') }
    case 'bundle':
      return { pdf: bundle(job) }
  }
}

/** Cover and catalogue, then every page of every PDF: as it is in PDF 1.7, or as outlines with the original attached in PDF/A-3. */
function bundle(job: Extract<CageJob, { kind: 'bundle' }>): Uint8Array {
  const files: Record<string, Uint8Array> = {}
  const documents: { pages: string[]; original: string | null }[] = []
  for (const [index, pdf] of job.pdfs.entries()) {
    const title = job.titles[index] ?? ''
    const original = `/originals/${String(index + 1).padStart(3, '0')}.pdf`
    files[original] = pdf
    if (job.standard === '1.7') {
      documents.push({ pages: Array.from({ length: pageCount(pdf, title) }, (_, page) => `${original}#${page + 1}`), original: null })
      continue
    }
    const pages = pagesOf(pdf, title).map((svg, page) => {
      const path = `/pages/${index}-${page}.svg`
      files[path] = Buffer.from(svg)
      return path
    })
    documents.push({ pages, original })
  }
  files['/documents.json'] = Buffer.from(JSON.stringify(documents))
  return compiler.pdf(compile(bundleSource, job.data, files), { pdfStandard: job.standard, creationTimestamp: job.at })
}

/** Each page of a PDF as SVG outlines. */
function pagesOf(pdf: Uint8Array, title: string): string[] {
  const count = pageCount(pdf, title)
  const document = compile(
    '#set page(width: auto, height: auto, margin: 0pt)\n#for n in range(1, json("/data.json") + 1) [#page(image("/it.pdf", page: n))]',
    String(count),
    {
      '/it.pdf': pdf,
    },
  )
  return splitPages(compiler.plainSvg(document), document.numOfPages)
}

/** Typst gives the number of a PDF's pages only in its complaint about a page that is not there. */
function pageCount(pdf: Uint8Array, title: string): number {
  try {
    compile('#image("/it.pdf", page: 1000000)', 'null', { '/it.pdf': pdf })
  } catch (error) {
    const count = error instanceof Refused ? /only has (\d+) page/.exec(error.failure.message)?.[1] : undefined
    if (count) return Number(count)
    const reason = error instanceof Refused ? error.failure.message : ''
    throw new Refused({ code: 'document.attachment', message: `“${title}” is not a PDF that can be bound in: ${reason}` })
  }
  throw new Refused({ code: 'document.attachment', message: `“${title}” has too many pages.` })
}

/** Compiles with exactly these files in sight. */
function compile(source: string, data: string, files: Record<string, Uint8Array>): NodeTypstDocument {
  compiler.resetShadow()
  for (const [path, content] of Object.entries(files)) compiler.mapShadow(join(start.workspace, path), Buffer.from(content))
  compiler.mapShadow(join(start.workspace, 'data.json'), Buffer.from(data))
  compiler.mapShadow(join(start.workspace, 'fonts.json'), Buffer.from(JSON.stringify(start.families)))
  for (const part of shared) compiler.addSource(join(start.workspace, part.name), part.source)
  compiler.addSource(mainPath, source)
  const outcome = compiler.compile({ mainFilePath: mainPath })
  const document = outcome.result
  if (document && !outcome.hasError()) return document
  const error = outcome.takeError()
  throw new Refused(error ? compileFailure(error) : { code: 'document.template', message: 'The template gave no document.' })
}

type Diagnostic = { message: string; path: string; severity: number; range: { start: { line: number; character: number } } | null }

function compileFailure(error: NodeError): CageFailure {
  // fetchDiagnostics is typed any[]; this is the shape it had in every trial.
  const list = compiler.fetchDiagnostics(error) as Diagnostic[]
  const first = list.find((one) => one.severity === 1) ?? list[0]
  if (!first) return { code: 'document.template', message: 'Typst refused the template.' }
  const name = withoutPath(first.path).replace(/^\//, '')
  const place = first.range ? `${name}:${first.range.start.line + 1}:${first.range.start.character + 1}` : name
  return { code: 'document.template', message: withoutPath(first.message), place }
}

/** Errors of the PDF export come as Rust debug text inside `message` or `code`. */
function exportFailure(error: unknown): CageFailure {
  const text = error instanceof Error ? `${error.message}` : String(error)
  const message = (/message: "((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text).replaceAll(/\\(["\\])/g, '$1')
  const glyph = /the text `"?(.+?)"?` could not be displayed/
    .exec(message)?.[1]
    ?.replaceAll(/\\u\{([0-9a-f]+)\}/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
  if (glyph) return { code: 'document.glyph', message: `No font has a glyph for “${glyph}”.` }
  return { code: 'document.template', message: withoutPath(message) }
}

const withoutPath = (text: string) => text.replaceAll(`${start.workspace}/`, '/').replaceAll(start.workspace, '/')

class Refused extends Error {
  readonly failure: CageFailure
  constructor(failure: CageFailure) {
    super(failure.message)
    this.failure = failure
  }
}

/** If memory runs out all the same, Linux ends the cage before the server. */
function offerToTheKernelFirst() {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000')
  } catch {
    // not Linux
  }
}

/** A template that runs for ever must not outlive a parent that was killed: a thread looks, since the main one is busy in Typst. */
function endWithParent() {
  const watch = `
    const { rmSync } = require('node:fs')
    const { workerData } = require('node:worker_threads')
    const parent = process.ppid
    setInterval(() => {
      if (process.ppid === parent) return
      rmSync(workerData, { recursive: true, force: true })
      process.kill(process.pid, 'SIGKILL')
    }, 1000)`
  new Worker(watch, { eval: true, workerData: dirname(start.workspace) }).unref()
}
