// Which version a page is about: the one in force, or a published one named by the first letters of its hash.
import { notFound } from '#kernel/errors.ts'
import { type PublicationRow, listPublications } from '#kernel/library/queries.ts'
import { isSlug } from '#kernel/library/paths.ts'
import { getPackage, getProcedure } from '#kernel/procedures/packages.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { today } from '#kernel/towns/towns.ts'
import type { Visit } from '#http/visit.ts'

export type Found = { procedure: Package; publications: PublicationRow[]; inForce: boolean }

/** How a version is named in addresses. */
export const shortHash = (hash: string): string => hash.slice(0, 12)

/** @throws `procedure.not_found`. */
export async function findVersion(visit: Visit, slug: string, version: string | undefined): Promise<Found> {
  if (!isSlug(slug)) throw notFound('procedure.not_found')
  const publications = await listPublications(visit.ctx, slug, today(visit.ctx))
  if (version === undefined || version === '') {
    const procedure = await getProcedure(visit.ctx, slug)
    return { procedure, publications, inForce: true }
  }
  const found = /^[0-9a-f]{8,64}$/.test(version) ? publications.find((row) => row.package_hash.startsWith(version)) : undefined
  if (!found) throw notFound('procedure.not_found', 'There is no such version.')
  return { procedure: await getPackage(visit.ctx, found.package_hash), publications, inForce: found.in_force }
}
