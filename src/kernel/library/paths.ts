// Which files a package may hold, and how much. Whatever comes from outside, as a zip, a folder or a form, passes here first.
import { z } from 'zod'
import { invalid } from '../errors.ts'
import type { PackageFiles } from '../procedures/load-package.ts'

export const mostFiles = 300
export const longestFile = 1024 * 1024
export const longestPackage = 4 * 1024 * 1024

const fixed = new Set(['procedure.json', 'diagram.bpmn', 'texts.zh.json', 'texts.en.json'])
const folders = [/^forms\/[a-z][a-z0-9-]{0,60}\.json$/, /^rules\/[a-z][a-z0-9-]{0,60}\.dmn$/, /^documents\/[a-z][a-z0-9-]{0,60}\.typ$/]
const examples = /^examples\/[a-z0-9][a-z0-9-]{0,80}\.json$/

/** Is this the path of a file of a package? Nothing else is ever stored, so no path can lead anywhere. */
export const isPackagePath = (path: string): boolean => fixed.has(path) || examples.test(path) || folders.some((folder) => folder.test(path))

/** @throws `package.path`, `package.too_many`, `package.too_large`, `package.text` naming each file. */
export function checkFiles(files: PackageFiles): void {
  const entries = Object.entries(files)
  const strange = entries.filter(([path]) => !isPackagePath(path))
  if (strange.length > 0)
    throw invalid(
      'package.path',
      'A package holds procedure.json, diagram.bpmn, texts, forms, rules, documents and examples, and nothing else.',
      strange
        .slice(0, 20)
        .map(([path]) => ({ pointer: path.slice(0, 200), code: 'package.path', message: 'This file does not belong to a package.' })),
    )
  if (entries.length > mostFiles) throw invalid('package.too_many', `A package has at most ${mostFiles} files.`)
  const sizes = entries.map(([path, text]) => ({ path, size: Buffer.byteLength(text) }))
  const long = sizes.find(({ size }) => size > longestFile)
  if (long || sizes.reduce((sum, { size }) => sum + size, 0) > longestPackage)
    throw invalid('package.too_large', `A file has at most 1 MB, a package 4 MB${long ? `: ${long.path}` : ''}.`)
  const broken = entries.find(([, text]) => text.includes('\0') || !text.isWellFormed())
  if (broken) throw invalid('package.text', `${broken[0]} is not text.`)
}

const head = z.looseObject({ slug: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/), effective: z.looseObject({ from: z.iso.date() }) })

/** Whose procedure this is and from when, also of a package that is not sound yet; undefined when it does not say. */
export function headOf(files: PackageFiles): { slug: string; from: string } | undefined {
  try {
    const read = head.safeParse(JSON.parse(files['procedure.json'] ?? ''))
    return read.success ? { slug: read.data.slug, from: read.data.effective.from } : undefined
  } catch {
    return undefined
  }
}

export const isSlug = (text: string): boolean => /^[a-z][a-z0-9-]{0,60}$/.test(text)
