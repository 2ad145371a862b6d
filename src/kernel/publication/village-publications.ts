// What is published of a village's own matters: disclosures, decisions, audits, relief. Only what publish@1 put up, while it is up.
import { sql } from 'kysely'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import type { FormData } from '../forms/forms.ts'
import { listProcedures } from '../procedures/packages.ts'
import { today } from '../towns/towns.ts'

export type VillagePublication = { number: string; procedure: string; element: string; content: FormData; from: CalendarDate; publishedAt: Date }

/** Of one village (the body that handles the case, or the place it is about), newest first; procedures that publish by law. */
export async function listVillagePublications(ctx: Ctx, village: string, limit = 100): Promise<VillagePublication[]> {
  const procedures = (await listProcedures(ctx)).filter(({ manifest }) => manifest.publication.consent === 'law').map(({ slug }) => slug)
  const day = today(ctx)
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<VillagePublication>`select c.number, c.procedure, p.element, p.content, p.from_on::text as from, p.published_at as "publishedAt"
      from case_publications p join cases c on c.tenant_id = p.tenant_id and c.case_id = p.case_id
      where p.tenant_id = ${ctx.tenant} and p.withdrawn_at is null and p.from_on <= ${day} and (p.until_on is null or p.until_on >= ${day})
        and c.procedure = any(${procedures}) and c.sealed_class is null and (c.embargo_until is null or c.embargo_until <= ${ctx.clock.now()})
        and (c.handling_office = ${village} or p.content->>'filing.village' = ${village})
      order by p.from_on desc, p.published_at desc limit ${limit}`.execute(trx),
  )
  return rows
}
