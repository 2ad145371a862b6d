// All SQL of surveys in the field.
import { sql } from 'kysely'
import { doableTasks, inReading } from '../access/readable.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import type { Announced, FieldReceipt } from './surveys.ts'

export type FieldTaskRow = {
  task_id: string
  version: number
  element: string
  form: string
  case_id: string
  package_hash: string
  due_on: CalendarDate | null
}
export type SurveyRow = { survey_id: string; case_id: string; task_id: string; user_id: string; files: Announced[]; receipt: FieldReceipt | null }
export type ChunkRow = { sha256: string; first_byte: number; bytes: number; chunk_id: string }

/** Open tasks with a form that the actor may do and nobody else has taken, most urgent first. */
export async function listDoable(ctx: Ctx, most: number): Promise<FieldTaskRow[]> {
  const me = ctx.actor.kind === 'staff' ? ctx.actor.userId : ''
  const { rows } = await inReading(ctx, (trx) =>
    sql<FieldTaskRow>`select t.task_id, t.version, t.element, t.form, t.case_id, t.due_on, c.package_hash
      from tasks t join cases c on c.tenant_id = t.tenant_id and c.case_id = t.case_id
      where t.tenant_id = ${ctx.tenant} and t.status = 'open' and t.form is not null and ${doableTasks(ctx)}
        and (t.assignee is null or t.assignee = ${me})
      order by t.due_on nulls last, t.opened_at, t.task_id limit ${most}`.execute(trx),
  )
  return rows
}

/** Makes the row unless it is there; gives what is there. */
export async function beginRow(ctx: Ctx, row: Omit<SurveyRow, 'receipt'>): Promise<SurveyRow | undefined> {
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into field_surveys (tenant_id, survey_id, case_id, task_id, user_id, files, begun_at)
      values (${ctx.tenant}, ${row.survey_id}, ${row.case_id}, ${row.task_id}, ${row.user_id}, ${JSON.stringify(row.files)}::jsonb, ${ctx.clock.now()})
      on conflict do nothing`.execute(trx),
  )
  return findSurvey(ctx, row.survey_id)
}

export async function findSurvey(ctx: Ctx, surveyId: string): Promise<SurveyRow | undefined> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<SurveyRow>`select survey_id, case_id, task_id, user_id, files, receipt from field_surveys
      where tenant_id = ${ctx.tenant} and survey_id = ${surveyId}`.execute(trx),
  )
  return rows[0]
}

/** In order of their place in the file. */
export async function listChunks(ctx: Ctx, surveyId: string): Promise<ChunkRow[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<ChunkRow>`select sha256, first_byte, bytes, chunk_id from field_chunks
      where tenant_id = ${ctx.tenant} and survey_id = ${surveyId} order by sha256, first_byte`.execute(trx),
  )
  return rows
}

/** False when this place of the file is there already. */
export async function addChunk(ctx: Ctx, surveyId: string, chunk: ChunkRow): Promise<boolean> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into field_chunks (tenant_id, survey_id, sha256, first_byte, bytes, chunk_id)
      values (${ctx.tenant}, ${surveyId}, ${chunk.sha256}, ${chunk.first_byte}, ${chunk.bytes}, ${chunk.chunk_id})
      on conflict do nothing returning 1`.execute(trx),
  )
  return rows.length > 0
}

/** Takes the pieces of a survey (of one file, with `sha256`) away, and gives what they were. */
export async function removeChunks(ctx: Ctx, surveyId: string, sha256: string | null): Promise<ChunkRow[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<ChunkRow>`delete from field_chunks where tenant_id = ${ctx.tenant} and survey_id = ${surveyId}
      and (${sha256}::text is null or sha256 = ${sha256}) returning sha256, first_byte, bytes, chunk_id`.execute(trx),
  )
  return rows
}

/** Inside the transaction that completes the task. */
export async function finishRow(ctx: Ctx, surveyId: string, receipt: FieldReceipt): Promise<void> {
  await sql`update field_surveys set finished_at = ${receipt.at}, receipt = ${JSON.stringify(receipt)}::jsonb
    where tenant_id = ${ctx.tenant} and survey_id = ${surveyId}`.execute(ctx.db)
}

/** Surveys whose pieces are not needed any more: finished, or begun before `before` and never ended. */
export async function listStale(ctx: Ctx, before: Date): Promise<string[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ survey_id: string }>`select s.survey_id from field_surveys s where s.tenant_id = ${ctx.tenant}
      and (s.finished_at is not null or s.begun_at < ${before})
      and exists (select 1 from field_chunks c where c.tenant_id = s.tenant_id and c.survey_id = s.survey_id) limit 20`.execute(trx),
  )
  return rows.map((row) => row.survey_id)
}
