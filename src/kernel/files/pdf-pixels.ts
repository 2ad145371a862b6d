// Pages of a PDF as pixels, by pdfium in a thread of its own that can be ended: a file from outside may be made to hang or to fill memory.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { DomainError } from '../errors.ts'

/** RGB, three bytes a pixel. `points` is the page's size in 1/72 inch. */
export type PixelPage = { width: number; height: number; pixels: Uint8Array; points: { width: number; height: number } }

export const pdfLimits = { pages: 40, pixelsWide: 1654, milliseconds: 60_000, megabytes: 512 } as const

type Answer = { pages: PixelPage[] } | { failure: 'pages' | 'damaged' }

/** @throws `file.damaged`, `file.too_many_pages`, `file.too_slow`. */
export function pdfPixels(pdf: Uint8Array): Promise<PixelPage[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { pdf }, resourceLimits: { maxOldGenerationSizeMb: pdfLimits.megabytes } })
    const timer = setTimeout(() => {
      void worker.terminate()
      reject(new DomainError('invalid', 'file.too_slow', 'This PDF takes too long to draw.'))
    }, pdfLimits.milliseconds)
    const end = (settle: () => void) => {
      clearTimeout(timer)
      void worker.terminate()
      settle()
    }
    worker.once('message', (answer: Answer) =>
      end(() => {
        if ('pages' in answer) resolve(answer.pages)
        else if (answer.failure === 'pages')
          reject(new DomainError('invalid', 'file.too_many_pages', `At most ${pdfLimits.pages} pages are redacted at once.`))
        else reject(new DomainError('invalid', 'file.damaged', 'This PDF cannot be opened.'))
      }),
    )
    worker.once('error', (cause) => end(() => reject(new DomainError('invalid', 'file.damaged', 'This PDF cannot be opened.', { cause }))))
  })
}

async function draw(pdf: Uint8Array): Promise<Answer> {
  const { PDFiumLibrary } = await import('@hyzyla/pdfium')
  const library = await PDFiumLibrary.init()
  try {
    const document = await library.loadDocument(pdf)
    if (document.getPageCount() > pdfLimits.pages) return { failure: 'pages' }
    const pages: PixelPage[] = []
    for (const page of document.pages()) {
      const { originalWidth, originalHeight } = page.getOriginalSize()
      const scale = Math.min(pdfLimits.pixelsWide / Math.max(originalWidth, originalHeight / 1.5, 1), 4)
      const drawn = await page.render({ scale, render: 'bitmap', renderFormFields: true })
      // pdfium gives BGRA or RGBA of white paper; only three colours are kept.
      const pixels = new Uint8Array(drawn.width * drawn.height * 3)
      for (let from = 0, to = 0; from < drawn.data.length; from += 4, to += 3) pixels.set(drawn.data.subarray(from, from + 3), to)
      pages.push({ width: drawn.width, height: drawn.height, pixels, points: { width: originalWidth, height: originalHeight } })
    }
    document.destroy()
    return { pages }
  } catch {
    return { failure: 'damaged' }
  } finally {
    library.destroy()
  }
}

if (!isMainThread && workerData !== null && typeof workerData === 'object' && 'pdf' in workerData && workerData.pdf instanceof Uint8Array)
  parentPort?.postMessage(await draw(workerData.pdf))
