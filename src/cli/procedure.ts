// xiangli procedure test | pack | new: packages without an installation; import and export go to a town (data-commands.ts).
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { dateIn, systemClock } from '#kernel/clock.ts'
import { checkFiles } from '#kernel/library/paths.ts'
import { newPackage } from '#kernel/library/template.ts'
import { readZip, writeZip } from '#kernel/library/zip.ts'
import { packageHash, type PackageFiles } from '#kernel/procedures/load-package.ts'
import { readPackageFolder } from '#kernel/procedures/packages.ts'
import { Unusable } from './command.ts'

/** Plays every example on the whole kernel and prints one JSON line each. Exit code 1 if any came out otherwise, or there is none. */
export async function testProcedure(path: string): Promise<number> {
  const files = await readPackage(path)
  const { tryPackage } = await import('../demo/try-package.ts')
  let [good, bad] = [0, 0]
  await tryPackage(files, ({ example, title, differences }) => {
    if (differences.length === 0) good++
    else bad++
    process.stdout.write(`${JSON.stringify({ example, title, passed: differences.length === 0, differences })}\n`)
  })
  process.stderr.write(`${good} passed, ${bad} failed\n`)
  return bad > 0 || good === 0 ? 1 : 0
}

/** Writes one zip, the same bytes for the same content, and prints its name and the package's hash. */
export async function packProcedure(folder: string, out: string | undefined): Promise<number> {
  const files = await readPackage(folder)
  const slug = slugOf(files)
  const target = out ?? `${slug}.zip`
  await writeFile(target, await writeZip(files, slug))
  process.stdout.write(`${JSON.stringify({ file: target, package: slug, hash: packageHash(files) })}\n`)
  return 0
}

/** Makes a folder with the smallest sound package. An existing folder is left alone. */
export async function newProcedure(slug: string, folder: string | undefined): Promise<number> {
  const target = folder ?? slug
  const files = newPackage(slug, dateIn('Asia/Shanghai', systemClock.now()))
  await writePackage(target, files)
  process.stdout.write(`${target}: edit it, then xiangli procedure lint ${target} and xiangli procedure test ${target}\n`)
  return 0
}

/** A folder or a zip as files. @throws Unusable when it is neither. */
export async function readPackage(path: string): Promise<PackageFiles> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new Unusable(`${path} cannot be read.`)
  const files = found.isDirectory() ? await readPackageFolder(path) : await readZip(await readFile(path))
  checkFiles(files)
  return files
}

/** Writes a package into a folder that is not there yet, or is empty. @throws Unusable. */
export async function writePackage(folder: string, files: PackageFiles): Promise<void> {
  const there = await readdir(folder).catch(() => [])
  if (there.length > 0) throw new Unusable(`${folder} is there already and not empty.`)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

const head = z.looseObject({ slug: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/) })

function slugOf(files: PackageFiles): string {
  try {
    return head.parse(JSON.parse(files['procedure.json'] ?? '')).slug
  } catch {
    throw new Unusable('There is no procedure.json with a slug.')
  }
}

const exported = z.object({ slug: z.string(), version: z.string(), hash: z.string(), files: z.record(z.string(), z.string()) })

/** Writes what a town gave to a folder. */
export async function writeExport(answer: unknown, folder: string | undefined): Promise<number> {
  const { slug, version, hash, files } = exported.parse(answer)
  checkFiles(files)
  const target = folder ?? slug
  await writePackage(target, files)
  process.stdout.write(`${JSON.stringify({ folder: target, package: slug, version, hash })}\n`)
  return 0
}
