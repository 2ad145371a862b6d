// What the command line does to a town's library of procedures, in the process that holds the database.
import { systemActor } from '#kernel/context.ts'
import { notFound } from '#kernel/errors.ts'
import type { Installation } from '#kernel/installation/installation.ts'
import { checkFiles } from '#kernel/library/paths.ts'
import { draftFromFiles } from '#kernel/library/drafts.ts'
import { findPublishedVersion } from '#kernel/library/queries.ts'
import type { PackageFiles } from '#kernel/procedures/load-package.ts'
import { getPackage, getPackageFiles, getProcedure, publishPackage } from '#kernel/procedures/packages.ts'

/** Puts a package into a town's library as a draft; with `publish` it comes into force at once, as an installation's own does. */
export async function importProcedure(installation: Installation, input: { tenant: string; files: PackageFiles; publish?: string | undefined }) {
  const ctx = await installation.ctxFor(input.tenant, systemActor('command-line'))
  checkFiles(input.files)
  if (input.publish !== undefined) {
    const procedure = await publishPackage(ctx, input.files, ['command-line'], input.publish)
    return { procedure: procedure.slug, hash: procedure.hash, effective: procedure.manifest.effective }
  }
  const draft = await draftFromFiles(ctx, input.files)
  return { procedure: draft.slug, draft: draft.draft_id }
}

/** The files of the version in force, or of another by the first letters of its hash. @throws `procedure.not_found`. */
export async function exportProcedure(installation: Installation, input: { tenant: string; slug: string; version?: string | undefined }) {
  const ctx = await installation.ctxFor(input.tenant, systemActor('command-line'))
  const hash = input.version === undefined ? (await getProcedure(ctx, input.slug)).hash : await findPublishedVersion(ctx, input.slug, input.version)
  if (!hash) throw notFound('procedure.not_found', 'There is no such version.')
  const { manifest } = await getPackage(ctx, hash)
  return { slug: input.slug, version: manifest.version, hash, files: await getPackageFiles(ctx, hash) }
}
