// Packages in the database, by content hash; compiled once per process.
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { dateIn } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { DomainError, notFound } from '../errors.ts'
import { type LoadedPackage, loadPackage, type Package, type PackageFiles } from './load-package.ts'
import { findPackageFiles, findPublishedHash, insertPackage, insertPublication, listPublished } from './queries.ts'

/** Compiled packages of this process by hash: the same content is compiled once, whatever town uses it. */
export type PackageCache = Map<string, Promise<Package>>

export const newPackageCache = (): PackageCache => new Map()

/** Reads a folder of the library into path → text. */
export async function readPackageFolder(folder: string): Promise<PackageFiles> {
  const files: PackageFiles = {}
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files[relative(folder, path).replaceAll('\\', '/')] = await readFile(path, 'utf8')
  }
  return files
}

/**
 * Stores a package and makes it the procedure from its effective date on. Publishing by two people comes with the library editor;
 * the shipped library is published by the installation.
 * @throws DomainError `procedure.refused` with one field for each finding.
 */
export async function publishPackage(ctx: Ctx, files: PackageFiles, publishedBy: string[], reason: string): Promise<Package> {
  const { procedure, findings } = await loadPackage(files)
  if (!procedure) throw refusal(findings)
  await insertPackage(ctx, procedure, files)
  await insertPublication(ctx, procedure, publishedBy, reason)
  ctx.services.packages.set(procedure.hash, Promise.resolve(procedure))
  return procedure
}

function refusal(findings: LoadedPackage['findings']): DomainError {
  const errors = findings.filter((finding) => finding.severity === 'error')
  return new DomainError('invalid', 'procedure.refused', `The package is refused for ${errors.length} reasons; each names its place.`, {
    fields: errors.map((finding) => ({ pointer: finding.place, code: finding.rule, message: finding.message })),
  })
}

/** The pinned package of a case. */
export function getPackage(ctx: Ctx, hash: string): Promise<Package> {
  const cached = ctx.services.packages.get(hash)
  if (cached) return cached
  const loading = loadStored(ctx, hash)
  ctx.services.packages.set(hash, loading)
  loading.catch(() => ctx.services.packages.delete(hash))
  return loading
}

async function loadStored(ctx: Ctx, hash: string): Promise<Package> {
  const files = await findPackageFiles(ctx, hash)
  if (!files) throw notFound('procedure.not_found', 'There is no such procedure version.')
  const { procedure, findings } = await loadPackage(files)
  if (!procedure) throw refusal(findings)
  return procedure
}

/** The procedure in force today. @throws `procedure.not_found`. */
export async function getProcedure(ctx: Ctx, slug: string): Promise<Package> {
  const hash = await findPublishedHash(ctx, slug, dateIn(ctx.zone, ctx.clock.now()))
  if (!hash) throw notFound('procedure.not_found', 'There is no such procedure.')
  return getPackage(ctx, hash)
}

/** All procedures in force today, by slug. */
export async function listProcedures(ctx: Ctx): Promise<Package[]> {
  const hashes = await listPublished(ctx, dateIn(ctx.zone, ctx.clock.now()))
  return Promise.all(hashes.map((hash) => getPackage(ctx, hash)))
}
