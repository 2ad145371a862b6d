import { type RawBuilder, sql } from 'kysely'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import type { PackageFiles } from '../procedures/load-package.ts'

export type DraftRow = {
  draft_id: string
  slug: string
  base_hash: string | null
  files: PackageFiles
  status: 'open' | 'submitted' | 'published' | 'discarded'
  authors: string[]
  note: string | null
  submitted_by: string | null
  created_at: Date
  updated_at: Date
  version: number
}

const draftColumns = sql.raw('draft_id, slug, base_hash, files, status, authors, note, submitted_by, created_at, updated_at, version')

export const insertDraft = (ctx: Ctx, draft: Pick<DraftRow, 'draft_id' | 'slug' | 'base_hash' | 'files' | 'authors'>) =>
  rowsOf<DraftRow>(
    ctx,
    sql`insert into procedure_drafts (tenant_id, draft_id, slug, base_hash, files, authors, created_at, updated_at)
      values (${ctx.tenant}, ${draft.draft_id}, ${draft.slug}, ${draft.base_hash}, ${JSON.stringify(draft.files)}, ${draft.authors}, ${ctx.clock.now()}, ${ctx.clock.now()})
      returning ${draftColumns}`,
  )

export async function findDraft(ctx: Ctx, id: string): Promise<DraftRow | undefined> {
  return (await rowsOf<DraftRow>(ctx, sql`select ${draftColumns} from procedure_drafts where tenant_id = ${ctx.tenant} and draft_id = ${id}`))[0]
}

export type DraftItem = Omit<DraftRow, 'files'>

/** Drafts that somebody works on or should review, newest first. */
export const listOpenDrafts = (ctx: Ctx): Promise<DraftItem[]> =>
  rowsOf<DraftItem>(
    ctx,
    sql`select draft_id, slug, base_hash, status, authors, note, submitted_by, created_at, updated_at, version from procedure_drafts
      where tenant_id = ${ctx.tenant} and status in ('open', 'submitted') order by updated_at desc limit 200`,
  )

type DraftChange = Pick<DraftRow, 'files' | 'status' | 'authors' | 'note' | 'submitted_by'>

/** Writes a draft if it is still at this version; undefined when somebody was faster. */
export async function updateDraft(ctx: Ctx, id: string, version: number, to: DraftChange): Promise<DraftRow | undefined> {
  const [row] = await rowsOf<DraftRow>(
    ctx,
    sql`update procedure_drafts set files = ${JSON.stringify(to.files)}, status = ${to.status}, authors = ${to.authors}, note = ${to.note},
        submitted_by = ${to.submitted_by}, updated_at = ${ctx.clock.now()}, version = version + 1
      where tenant_id = ${ctx.tenant} and draft_id = ${id} and version = ${version} returning ${draftColumns}`,
  )
  return row
}

export type PublicationRow = {
  publication_id: string
  package_hash: string
  version: string
  effective_from: CalendarDate
  effective_to: CalendarDate | null
  authors: string[]
  published_by: string
  reason: string
  published_at: Date
  /** Cases that run on this version. */
  running: number
  /** Is it in force on the day asked for? */
  in_force: boolean
}

/** Every publication of a procedure, newest first. A version that was published again for the same day took the earlier one's place. */
export const listPublications = (ctx: Ctx, slug: string, on: CalendarDate): Promise<PublicationRow[]> =>
  rowsOf<PublicationRow>(
    ctx,
    sql`select p.publication_id, p.package_hash, p.version, p.effective_from, p.effective_to, p.authors, p.published_by, p.reason, p.published_at,
        (select count(*) from cases c where c.tenant_id = p.tenant_id and c.package_hash = p.package_hash and c.status = 'open')::int as running,
        coalesce(p.package_hash = (select f.package_hash from published_procedures f where f.tenant_id = p.tenant_id and f.slug = p.slug
          and f.effective_from <= ${on} and (f.effective_to is null or f.effective_to >= ${on}) order by f.effective_from desc limit 1), false) as in_force
      from procedure_publications p where p.tenant_id = ${ctx.tenant} and p.slug = ${slug} order by p.published_at desc, p.publication_id desc`,
  )

/** The hash of a version that was published, by the first letters of it. */
export async function findPublishedVersion(ctx: Ctx, slug: string, start: string): Promise<string | undefined> {
  const rows = await rowsOf<{ package_hash: string }>(
    ctx,
    sql`select distinct package_hash from procedure_publications where tenant_id = ${ctx.tenant} and slug = ${slug} and starts_with(package_hash, ${start})`,
  )
  return rows.length === 1 ? rows[0]?.package_hash : undefined
}

export type StandingRow = { element: string; running: number; overdue: number }

/** How many running cases stand at each element, and how many of them are late: of those that `condition` (on `cases c`) lets through. */
export const countStanding = (ctx: Ctx, slug: string, on: CalendarDate, condition: RawBuilder<boolean>): Promise<StandingRow[]> =>
  rowsOf<StandingRow>(
    ctx,
    sql`select element, count(*)::int as running, count(*) filter (where late)::int as overdue from (
        select distinct c.case_id, t->>'at' as element, coalesce(c.next_due_on < ${on}, false) as late
        from cases c cross join lateral jsonb_array_elements(c.state->'tokens') t
        where c.tenant_id = ${ctx.tenant} and c.procedure = ${slug} and c.status = 'open' and ${condition}
          and t->>'is' in ('task', 'action', 'event', 'gate', 'join', 'incident')) s
      group by element order by element`,
    true,
  )

/** `sealed`: also rows of sealed cases; only for counts that pass the suppressor or the access rule, and for the program's own work. */
export async function rowsOf<T>(ctx: Ctx, query: RawBuilder<unknown>, sealed = false): Promise<T[]> {
  return inTenant(ctx.db, ctx.tenant, async (trx) => {
    if (sealed) await sql`select set_config('app.sealed', '*', true)`.execute(trx)
    const { rows } = await query.execute(trx)
    // The statement beside the call names the row's shape.
    return rows as T[]
  })
}

/** Names of the package's events in a case, in order; and `<kind>:<subject>` of each report up the line. For comparing with an example. */
export async function listCaseFacts(ctx: Ctx, caseId: string): Promise<{ events: string[]; escalated: string[] }> {
  const [row] = await rowsOf<{ events: string[]; escalated: string[] }>(
    ctx,
    sql`select array(select name from events where tenant_id = ${ctx.tenant} and case_id = ${caseId} and name is not null order by seq) as events,
      array(select kind || ':' || subject from escalations where tenant_id = ${ctx.tenant} and case_id = ${caseId} order by opened_at) as escalated`,
  )
  return row ?? { events: [], escalated: [] }
}
