// Is this paper genuine? Whoever holds it asks with the code in its QR; what it says is shown only to who may read the case.
import { sql } from 'kysely'
import type { CalendarDate } from '../clock.ts'
import type { DocumentStatus } from '../cases/types.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { codeHash } from '../ids.ts'
import type { Language } from '../forms/forms.ts'
import { getPackage } from '../procedures/packages.ts'
import { getTown } from '../towns/towns.ts'

export type VerifiedDocument = {
  number: string
  /** Kind of document, e.g. 信访事项处理意见书; nothing of what it says. */
  title: string
  issuer: string
  issuedOn: CalendarDate
  status: DocumentStatus
  /** Number of the document that takes its place, when there is one. */
  replacedBy: string | null
}

type Row = {
  document: string
  number: string
  issuer: string
  issued_on: CalendarDate
  status: DocumentStatus
  package_hash: string
  replaced_by: string | null
}

/** The document of a checking code; undefined when no document of this town has it. The caller limits the rate. */
export async function verifyDocument(ctx: Ctx, code: string, language: Language): Promise<VerifiedDocument | undefined> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, async (trx) => {
    // Number, date and issuer stand on the paper that the person holds, of a sealed case too.
    await sql`select set_config('app.sealed', '*', true)`.execute(trx)
    return sql<Row>`select d.document, d.number, d.issuer, d.issued_on, d.status, c.package_hash,
        (select max(s.number) from documents s where s.tenant_id = d.tenant_id and s.supersedes = d.document_id) as replaced_by
      from documents d join cases c on c.tenant_id = d.tenant_id and c.case_id = d.case_id
      where d.tenant_id = ${ctx.tenant} and d.verify_hash = ${codeHash(code)}`.execute(trx)
  })
  const row = rows[0]
  if (!row) return undefined
  const procedure = await getPackage(ctx, row.package_hash)
  const town = await getTown(ctx)
  return {
    number: row.number,
    title: procedure.texts[language][`${procedure.slug}.document.${row.document}`] ?? row.document,
    issuer: town.organizations.get(row.issuer)?.name[language] ?? row.issuer,
    issuedOn: row.issued_on,
    status: row.status,
    replacedBy: row.replaced_by,
  }
}
