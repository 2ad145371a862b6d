// A package as one zip file. Reading trusts nothing: neither names, nor the sizes that the file claims, nor how often it unfolds.
import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipReader, ZipWriter } from '@zip.js/zip.js'
import { DomainError, invalid } from '../errors.ts'
import type { PackageFiles } from '../procedures/load-package.ts'
import { checkFiles, isPackagePath, longestFile, longestPackage, mostFiles } from './paths.ts'

/** A zip larger than this is not opened. */
const longestZip = 8 * 1024 * 1024
const calm = { useWebWorkers: false } as const

/**
 * Reads a zip of the folder format; the files may stand at the top or all in one folder.
 * @throws `package.zip` (no zip, encrypted, a name twice), `package.path`, `package.too_many`, `package.too_large`, `package.text`.
 */
export async function readZip(bytes: Uint8Array): Promise<PackageFiles> {
  if (bytes.length > longestZip) throw invalid('package.too_large', 'A zip has at most 8 MB.')
  const reader = new ZipReader(new Uint8ArrayReader(bytes), { ...calm, checkSignature: true })
  try {
    const files: PackageFiles = {}
    let left = longestPackage
    let count = 0
    for await (const entry of reader.getEntriesGenerator()) {
      if (++count > 2 * mostFiles) throw invalid('package.too_many', `A package has at most ${mostFiles} files.`)
      if (entry.directory) continue
      if (entry.encrypted) throw invalid('package.zip', 'The zip is encrypted: send it without a password.')
      if (Object.hasOwn(files, entry.filename)) throw invalid('package.zip', `${entry.filename} is in the zip twice.`)
      if (entry.uncompressedSize > Math.min(left, longestFile)) throw tooLarge(entry.filename)
      // What a file claims is one thing: it is also cut off where it goes beyond.
      const limit = new Limit(Math.min(left, longestFile), entry.filename)
      await entry.getData(limit.writable, calm)
      files[entry.filename] = decode(limit.bytes(), entry.filename)
      left -= limit.size
    }
    const made = withoutFolder(files)
    checkFiles(made)
    return made
  } catch (error) {
    if (error instanceof DomainError) throw error
    if (error instanceof Error && error.cause instanceof DomainError) throw error.cause
    throw new DomainError('invalid', 'package.zip', 'This is no zip file that can be read.', { cause: error })
  } finally {
    await reader.close().catch(() => undefined)
  }
}

const tooLarge = (name: string) => invalid('package.too_large', `${name.slice(0, 200)}: a file has at most 1 MB, a package 4 MB.`)

/** Gathers bytes up to a limit. */
class Limit {
  readonly #chunks: Uint8Array[] = []
  readonly writable: WritableStream<Uint8Array>
  size = 0
  constructor(most: number, name: string) {
    this.writable = new WritableStream({
      write: (chunk) => {
        this.size += chunk.length
        if (this.size > most) throw tooLarge(name)
        this.#chunks.push(chunk)
      },
    })
  }
  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks)
  }
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalid('package.text', `${name.slice(0, 200)} is not UTF-8 text.`)
  }
}

/** `petition/diagram.bpmn` → `diagram.bpmn` when everything lies in that folder. What systems add beside it (`__MACOSX`) is left out. */
function withoutFolder(files: PackageFiles): PackageFiles {
  const own = Object.entries(files).filter(([path]) => !/^__MACOSX\/|(^|\/)\.DS_Store$/.test(path))
  const [folder = ''] = /^[^/]+\//.exec(own.find(([path]) => path.endsWith('procedure.json'))?.[0] ?? '') ?? []
  const inside = folder !== '' && !isPackagePath(`${folder}x`) && own.every(([path]) => path.startsWith(folder))
  return Object.fromEntries(inside ? own.map(([path, text]) => [path.slice(folder.length), text]) : own)
}

/** The package as a zip: names in order, one fixed date, not compressed; the same content gives the same bytes everywhere. */
export async function writeZip(files: PackageFiles, folder: string): Promise<Uint8Array> {
  // Zip dates are on the clock of wherever it is written: this one reads 1980-01-01 in every zone.
  const lastModDate = new Date(1980, 0, 1)
  const writer = new ZipWriter(new Uint8ArrayWriter(), { ...calm, level: 0, extendedTimestamp: false, dataDescriptor: false, lastModDate })
  for (const path of Object.keys(files).sort()) await writer.add(`${folder}/${path}`, new TextReader(files[path] ?? ''))
  return writer.close()
}
