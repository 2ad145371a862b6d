import { sql, type RawBuilder } from 'kysely'
import type { Ctx } from '../context.ts'
import { keysOf } from './rule.ts'

/** The access rule as a condition on `cases c`: the same answer for lists, counts and search as levelFor gives for the page. */
export function readableCases(ctx: Ctx): RawBuilder<boolean> {
  const { actor } = ctx
  switch (actor.kind) {
    case 'staff':
      return sql<boolean>`(c.readers && ${keysOf(actor)}::text[] and c.sealed_class is null
        and not exists (select 1 from recusals r where r.tenant_id = c.tenant_id and r.case_id = c.case_id and r.user_id = ${actor.userId}))`
    case 'resident':
      return sql<boolean>`exists (select 1 from parties p where p.tenant_id = c.tenant_id and p.case_id = c.case_id and p.account_id = ${actor.accountId})`
    case 'receipt':
      return sql<boolean>`c.case_id = ${actor.caseId}`
    case 'system':
      return sql<boolean>`true`
    case 'anonymous':
      return sql<boolean>`false`
  }
}
