// Packages in the database, by content hash; compiled once per process.
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type CalendarDate, dateIn, systemClock } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { type Exploration, explore } from '../engine/explore.ts'
import { DomainError, notFound } from '../errors.ts'
import type { PackageFinding } from './charter.ts'
import { type LoadedPackage, loadPackage, type Package, type PackageFiles } from './load-package.ts'
import { getTown, today } from '../towns/towns.ts'
import { withNumbers } from './numbers.ts'
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
 * Stores a package and makes it the procedure from its effective date on, with a leaf in the log. Two people publish what a town wrote
 * (library/publish.ts); the shipped library is published by the installation. `publishedBy`: everybody who took part, the publisher last.
 * `isShipped`: it comes with the software, whose tests checked and explored it (tests/every-procedure.test.ts).
 * @throws DomainError `procedure.refused` with one field for each finding.
 */
export async function publishPackage(
  ctx: Ctx,
  files: PackageFiles,
  publishedBy: string[],
  reason: string,
  how: { draftId?: string; isShipped?: boolean } = {},
): Promise<Package> {
  const { procedure, findings } = await loadPackage(files, { accepted: how.isShipped ?? false })
  if (!procedure) throw refusal(findings)
  const faults = [...checkVersion(procedure), ...(how.isShipped ? [] : stuckStates(procedure))]
  if (faults.length > 0) throw refusal(faults)
  await insertPackage(ctx, procedure, files)
  if (await insertPublication(ctx, procedure, publishedBy, reason, how.draftId)) ctx.services.wake(ctx.tenant)
  keptOf(ctx).delete(`${ctx.tenant}/${procedure.slug}`)
  ctx.services.packages.set(procedure.hash, Promise.resolve(procedure))
  return procedure
}

/** The log names a version by a short word (docs/ledger-format.md, *slug*). */
export function checkVersion({ manifest }: Package): PackageFinding[] {
  const fits = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/.test(manifest.version) && !/[0-9]{7}/.test(manifest.version)
  const message = 'A version is written in small letters, digits, dots and dashes, e.g. 1.2.0.'
  return fits ? [] : [{ place: 'procedure.json#/version', rule: 'package.version', message, severity: 'error' }]
}

/** Every reachable state of the diagram must be able to end (engine design, “before a package is accepted”). */
export function stuckStates({ graph }: Pick<Package, 'graph'>, { faults, complete }: Exploration = explore(graph)): PackageFinding[] {
  const found = faults.map((fault) => ({
    place: `diagram.bpmn#${fault.elements.join(',')}`,
    rule: fault.rule,
    message: `${fault.message} (${fault.trace.join(' → ')})`,
    severity: 'error' as const,
  }))
  const unseen = {
    place: 'diagram.bpmn',
    rule: 'explore.limit',
    message: 'The diagram has too many states to be checked: split it into procedures that call each other.',
    severity: 'error' as const,
  }
  return complete ? found : [...found, unseen]
}

function refusal(findings: LoadedPackage['findings']): DomainError {
  const errors = findings.filter((finding) => finding.severity === 'error')
  return new DomainError('invalid', 'procedure.refused', `The package is refused for ${errors.length} reasons; each names its place.`, {
    fields: errors.map((finding) => ({ pointer: finding.place, code: finding.rule, message: finding.message })),
  })
}

/** The pinned package of a case, with the town's legal numbers in its texts. */
export async function getPackage(ctx: Ctx, hash: string): Promise<Package> {
  const [procedure, town] = await Promise.all([compiledPackage(ctx, hash), getTown(ctx)])
  return withNumbers(procedure, town, today(ctx))
}

function compiledPackage(ctx: Ctx, hash: string): Promise<Package> {
  const cached = ctx.services.packages.get(hash)
  if (cached) return cached
  const loading = loadStored(ctx, hash)
  ctx.services.packages.set(hash, loading)
  loading.catch(() => ctx.services.packages.delete(hash))
  return loading
}

/** The files of a stored version, as they were. @throws `procedure.not_found`. */
export async function getPackageFiles(ctx: Ctx, hash: string): Promise<PackageFiles> {
  const files = await findPackageFiles(ctx, hash)
  if (!files) throw notFound('procedure.not_found', 'There is no such procedure version.')
  return files
}

async function loadStored(ctx: Ctx, hash: string): Promise<Package> {
  const { procedure, findings } = await loadPackage(await getPackageFiles(ctx, hash), { accepted: true })
  if (!procedure) throw refusal(findings)
  return procedure
}

/** The procedure in force today. @throws `procedure.not_found`. */
export async function getProcedure(ctx: Ctx, slug: string): Promise<Package> {
  const hash = await publishedHash(ctx, slug)
  if (!hash) throw notFound('procedure.not_found', 'There is no such procedure.')
  return getPackage(ctx, hash)
}

type Kept = { hash: string | undefined; on: CalendarDate; until: number }
const kept = new WeakMap<PackageCache, Map<string, Kept>>()
/** Other processes see a new publication within this time; this process at once. As for a town's registers. */
const trustMilliseconds = 1000

async function publishedHash(ctx: Ctx, slug: string): Promise<string | undefined> {
  const known = keptOf(ctx)
  const on = dateIn(ctx.zone, ctx.clock.now())
  const key = `${ctx.tenant}/${slug}`
  const found = known.get(key)
  if (found?.on === on && systemClock.now().getTime() < found.until) return found.hash
  const until = systemClock.now().getTime() + trustMilliseconds
  const hash = await findPublishedHash(ctx, slug, on)
  // Slugs come from outside: one that does not exist is not kept.
  if (hash !== undefined) known.set(key, { hash, on, until })
  return hash
}

function keptOf(ctx: Ctx): Map<string, Kept> {
  const known = kept.get(ctx.services.packages) ?? new Map<string, Kept>()
  kept.set(ctx.services.packages, known)
  return known
}

/** All procedures in force today, by slug. */
export async function listProcedures(ctx: Ctx): Promise<Package[]> {
  const hashes = await listPublished(ctx, dateIn(ctx.zone, ctx.clock.now()))
  return Promise.all(hashes.map((hash) => getPackage(ctx, hash)))
}
