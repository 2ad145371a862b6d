// Examines a package in a worker thread with limits of time and memory (architecture rule 10). One after another in each of two threads, which are kept.
import { Worker } from 'node:worker_threads'
import type { Ctx } from '../context.ts'
import { DomainError } from '../errors.ts'
import { manifestSchema } from '../procedures/manifest.ts'
import { packageHash, type PackageFiles } from '../procedures/load-package.ts'
import { getPackageFiles, getProcedure } from '../procedures/packages.ts'
import { getTown } from '../towns/towns.ts'
import type { Depth, Examination, ExamineJob } from './examine-job.ts'

const timeLimitMilliseconds = 20_000
const memoryMegabytes = 512

/**
 * Findings of a package that is not stored yet, to the depth that is asked (`states` unless told).
 * @throws `package.too_complex` when it takes longer than 20 s or more than 512 MB.
 */
export async function examineFiles(ctx: Ctx, files: PackageFiles, depth: Depth = 'states'): Promise<Examination> {
  const { zone, calendar, overrides } = await getTown(ctx)
  const linked = depth === 'examples' ? await linkedFiles(ctx, files) : []
  // The same content says the same: pages ask again and again while a draft is read.
  const key = [files, ...linked]
    .map(packageHash)
    .concat(calendar.version, JSON.stringify([...overrides]), depth)
    .join('/')
  return remembered(key, () =>
    inWorker({
      files,
      linked,
      depth,
      zone,
      calendar: { version: calendar.version, announced: [...calendar.announced], days: [...calendar.days] },
      overrides: [...overrides],
    }),
  )
}

const known = new Map<string, Promise<Examination>>()
const mostKnown = 40

function remembered(key: string, make: () => Promise<Examination>): Promise<Examination> {
  const before = known.get(key)
  if (before) return before
  const made = make()
  if (known.size >= mostKnown) known.clear()
  known.set(key, made)
  made.catch(() => known.delete(key))
  return made
}

/** Files of the published procedures that the package's links reach. */
async function linkedFiles(ctx: Ctx, files: PackageFiles): Promise<PackageFiles[]> {
  const found = new Map<string, PackageFiles>()
  const open = linksOf(files['procedure.json'])
  for (let slug = open.shift(); slug !== undefined; slug = open.shift()) {
    if (found.has(slug)) continue
    const procedure = await getProcedure(ctx, slug).catch((error: unknown) => {
      if (error instanceof DomainError && error.kind === 'not_found') return undefined
      throw error
    })
    if (!procedure) continue
    found.set(slug, await getPackageFiles(ctx, procedure.hash))
    open.push(...Object.values(procedure.manifest.links))
  }
  return [...found.values()]
}

function linksOf(text: string | undefined): string[] {
  try {
    const manifest = manifestSchema.safeParse(JSON.parse(text ?? '{}'))
    return manifest.success ? Object.values(manifest.data.links) : []
  } catch {
    return [] // the examination says what is wrong with it
  }
}

type Thread = { worker: Worker | undefined; last: Promise<unknown> }
/** A glance while somebody types does not wait for the examples of somebody else. */
const quick: Thread = { worker: undefined, last: Promise.resolve() }
const thorough: Thread = { worker: undefined, last: Promise.resolve() }

function inWorker(job: ExamineJob): Promise<Examination> {
  const thread = job.depth === 'glance' ? quick : thorough
  const next = thread.last.then(() => runOne(thread, job))
  thread.last = next.catch(() => undefined)
  return next
}

function runOne(thread: Thread, job: ExamineJob): Promise<Examination> {
  const worker = (thread.worker ??= startWorker(thread))
  return new Promise((resolve, reject) => {
    const giveUp = (error: unknown) => {
      settle()
      if (thread.worker === worker) thread.worker = undefined
      void worker.terminate()
      reject(error)
    }
    const tooComplex = (cause?: unknown) =>
      giveUp(
        new DomainError('invalid', 'package.too_complex', 'The package cannot be examined within its limits: make the diagram smaller.', { cause }),
      )
    const timer = setTimeout(tooComplex, timeLimitMilliseconds)
    const onMessage = (answer: { result: Examination } | { error: string }) => {
      if ('error' in answer) return giveUp(new Error(`examination: ${answer.error}`))
      settle()
      resolve(answer.result)
    }
    function settle() {
      clearTimeout(timer)
      worker.off('message', onMessage)
      worker.off('error', tooComplex)
      worker.unref()
    }
    worker.ref()
    worker.on('message', onMessage)
    worker.on('error', tooComplex)
    worker.postMessage(job)
  })
}

function startWorker(thread: Thread): Worker {
  // No inherited --import: the worker needs no JSX, and a relative path would be read from elsewhere.
  const worker = new Worker(new URL('./examine-worker.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
  })
  // After it was killed for its memory: the next examination starts another.
  worker.on('exit', () => {
    if (thread.worker === worker) thread.worker = undefined
  })
  return worker
}
