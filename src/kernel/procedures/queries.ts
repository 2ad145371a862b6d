import { sql } from 'kysely'
import { inTenant } from '../database/database.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { uuidv7 } from '../ids.ts'
import { appendPackage } from '../ledger/append.ts'
import type { Package, PackageFiles } from './load-package.ts'

export const insertPackage = (ctx: Ctx, procedure: Package, files: PackageFiles) =>
  inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into packages (tenant_id, package_hash, slug, version, manifest, files, stored_at)
        values (${ctx.tenant}, ${procedure.hash}, ${procedure.slug}, ${procedure.manifest.version}, ${JSON.stringify(procedure.manifest)}, ${JSON.stringify(files)}, ${ctx.clock.now()})
        on conflict do nothing`.execute(trx),
  )

/**
 * Puts a version into force from its date on, with its row of history and its leaf in the log (kind `package`), or nothing of it.
 * `publishedBy`: everybody who took part, the publisher last. Says false when exactly this was in force already.
 */
export const insertPublication = (ctx: Ctx, procedure: Package, publishedBy: string[], reason: string, draftId?: string): Promise<boolean> =>
  inTenant(ctx.db, ctx.tenant, async (trx) => {
    const { from, to = null } = procedure.manifest.effective
    const { rows } =
      await sql`insert into published_procedures (tenant_id, slug, effective_from, effective_to, package_hash, published_at, published_by, reason)
        values (${ctx.tenant}, ${procedure.slug}, ${from}, ${to}, ${procedure.hash}, ${ctx.clock.now()}, ${publishedBy}, ${reason})
        on conflict (tenant_id, slug, effective_from) do update set package_hash = excluded.package_hash, effective_to = excluded.effective_to,
          published_at = excluded.published_at, published_by = excluded.published_by, reason = excluded.reason
        where published_procedures.package_hash <> excluded.package_hash returning slug`.execute(trx)
    if (rows.length === 0) return false
    const id = uuidv7(ctx.clock.now())
    await sql`insert into procedure_publications (tenant_id, publication_id, slug, package_hash, version, effective_from, effective_to, authors, published_by, reason, draft_id, published_at)
        values (${ctx.tenant}, ${id}, ${procedure.slug}, ${procedure.hash}, ${procedure.manifest.version}, ${from}, ${to}, ${publishedBy.slice(0, -1)}, ${publishedBy.at(-1) ?? ''},
          ${reason}, ${draftId ?? null}, ${ctx.clock.now()})`.execute(trx)
    // The digest is the package's hash: whoever has the folder can compute it.
    await appendPackage(ctx, trx, {
      slug: procedure.slug,
      version: procedure.manifest.version,
      digest: Buffer.from(procedure.hash, 'hex'),
      source: id,
    })
    return true
  })

export async function findPackageFiles(ctx: Ctx, hash: string): Promise<PackageFiles | undefined> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ files: PackageFiles }>`select files from packages where tenant_id = ${ctx.tenant} and package_hash = ${hash}`.execute(trx),
  )
  return rows[0]?.files
}

export async function findPublishedHash(ctx: Ctx, slug: string, on: CalendarDate): Promise<string | undefined> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ package_hash: string }>`select package_hash from published_procedures
      where tenant_id = ${ctx.tenant} and slug = ${slug} and effective_from <= ${on} and (effective_to is null or effective_to >= ${on})
      order by effective_from desc limit 1`.execute(trx),
  )
  return rows[0]?.package_hash
}

export async function listPublished(ctx: Ctx, on: CalendarDate): Promise<string[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ package_hash: string }>`select distinct on (slug) package_hash, slug from published_procedures
      where tenant_id = ${ctx.tenant} and effective_from <= ${on} and (effective_to is null or effective_to >= ${on})
      order by slug, effective_from desc`.execute(trx),
  )
  return rows.map((row) => row.package_hash)
}
