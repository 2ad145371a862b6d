// Where a case cannot go on by itself: officers see why, and try again, go on without it, or put the data right. No limit stops meanwhile.
import { sql } from 'kysely'
import { inReading, readableCases } from '../access/readable.ts'
import type { Ctx } from '../context.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import type { Form, FormData, Language } from '../forms/forms.ts'
import { getPackage } from '../procedures/packages.ts'
import { getTown } from '../towns/towns.ts'
import { dataOf, storeData } from './case-data.ts'
import { settleEscalation } from './case-deadlines.ts'
import { checkFiles, checkStepForm, refuseFields } from './check-data.ts'
import { openContent, type SealedRow } from './lists.ts'
import { getCase, loadStep } from './load-case.ts'
import { attachFiles } from './new-case.ts'
import { performStep } from './perform.ts'
import { elementOf, runEngine } from './run.ts'
import { addRow, recordEvent, type Step } from './step.ts'
import { elementTitle, nameOf, speaker, subjectOf } from './words.ts'

type CaseKey = { number: string } | { caseId: string }

/** `element` in words. */
type OpenIncident = {
  number: string
  procedure: string
  subject: string
  element: string
  reason: string
  office: string
  openedAt: Date
}

/** Open incidents of the cases that this member of staff may read, the oldest first; nobody else is told of any. */
export async function listIncidents(ctx: Ctx, language: Language): Promise<OpenIncident[]> {
  if (ctx.actor.kind !== 'staff' && ctx.actor.kind !== 'system') return []
  const { rows } = await inReading(ctx, (trx) =>
    sql<
      SealedRow & {
        number: string
        package_hash: string
        element: string
        reason: string
        opened_at: Date
        handling_office: string | null
      }
    >`select c.case_id, c.number, c.package_hash, c.content, k.wrapped, k.wrapping_key, i.element, i.reason, i.opened_at, c.handling_office
      from incidents i join cases c on c.tenant_id = i.tenant_id and c.case_id = i.case_id
      left join lateral vault.get_keys(${ctx.tenant}, array[c.case_id]) k on true
      where i.tenant_id = ${ctx.tenant} and i.resolved_at is null and c.status = 'open' and ${readableCases(ctx)}
      order by i.opened_at, i.incident_id limit 200`.execute(trx),
  )
  const town = await getTown(ctx)
  return Promise.all(
    rows.map(async (row) => {
      const procedure = await getPackage(ctx, row.package_hash)
      const say = speaker(procedure, language)
      return {
        number: row.number,
        procedure: say('title'),
        subject: subjectOf(procedure, openContent(ctx, row)?.filing ?? {}),
        element: elementTitle(procedure, say, row.element),
        reason: row.reason,
        office: nameOf(town, row.handling_office, language),
        openedAt: row.opened_at,
      }
    }),
  )
}

/** What can be done about one incident: `forms` are elements whose answers may be put right before it is tried again. */
export type IncidentView = { token: string; element: string; title: string; maySkip: boolean; forms: { element: string; title: string }[] }

/** The incidents of a case. @throws `case.not_found`. */
export async function viewIncidents(ctx: Ctx, by: CaseKey, language: Language): Promise<IncidentView[]> {
  const { loaded } = await getCase(ctx, by, 'case.correct')
  const procedure = await getPackage(ctx, loaded.row.package_hash)
  const say = speaker(procedure, language)
  const title = (element: string) => elementTitle(procedure, say, element)
  return loaded.row.state.tokens
    .filter((token) => token.is === 'incident')
    .map((token) => ({
      token: token.id,
      element: token.at,
      title: title(token.at),
      maySkip: token.why === 'redo' && isAction(procedure.graph.elements[token.at]?.type),
      forms: correctable({ case: loaded, procedure }, token.id).map((element) => ({ element, title: title(element) })),
    }))
}

const isAction = (type: string | undefined) => ['serviceTask', 'sendTask', 'scriptTask', 'businessRuleTask'].includes(type ?? '')

/** Elements that officers filled in: what a party said is not the office's to change. */
function correctable(source: Pick<Step, 'case' | 'procedure'>, token: string): string[] {
  return Object.values(source.procedure.graph.elements).flatMap(({ id, type, xl }) =>
    type === 'userTask' && xl.form !== undefined && dataOf(source, id, token) !== undefined ? [id] : [],
  )
}

/** The form of an element with its answers, as they may be put right for the incident at `token`. @throws `incident.not_found`, `incident.data`. */
export async function openCorrection(ctx: Ctx, by: CaseKey, at: { token: string; element: string }): Promise<{ form: Form; data: FormData }> {
  const { loaded } = await getCase(ctx, by, 'case.correct')
  const source = { case: loaded, procedure: await getPackage(ctx, loaded.row.package_hash) }
  return formOf(source, at)
}

function formOf(source: Pick<Step, 'case' | 'procedure'>, { token, element }: { token: string; element: string }): { form: Form; data: FormData } {
  checkIncident(source, token)
  const form = source.procedure.forms.get(source.procedure.graph.elements[element]?.xl.form ?? '')
  const data = dataOf(source, element, token)
  if (!form || !data || !correctable(source, token).includes(element)) throw invalid('incident.data', 'These answers cannot be put right here.')
  return { form, data }
}

function checkIncident({ case: { row } }: Pick<Step, 'case'>, token: string) {
  if (!row.state.tokens.some((known) => known.id === token && known.is === 'incident'))
    throw notFound('incident.not_found', 'This is settled already.')
}

/**
 * Settles an incident: `retry` does it again, `skip` goes on as if it had succeeded, `correct` puts the answers of an element right first.
 * Each is recorded with its reason. What fails again is a new incident.
 * @throws `case.not_found`, `incident.not_found`, `incident.reason`, `incident.skip` (409), `form.invalid`.
 */
export async function settleIncident(
  ctx: Ctx,
  by: CaseKey,
  token: string,
  how: { do: 'retry' | 'skip'; reason: string } | { do: 'correct'; reason: string; element: string; data: FormData; language: Language },
): Promise<void> {
  const { loaded } = await getCase(ctx, by, 'case.correct')
  const reason = how.reason.trim()
  if (reason === '' || reason.length > 500)
    throw invalid('incident.reason', 'Say why, in at most 500 characters.', [
      { pointer: '/reason', code: 'required', message: '请写明理由，不超过500字' },
    ])
  await performStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      checkIncident(step, token)
      const at = step.case.row.state.tokens.find((known) => known.id === token)
      const element = at?.at ?? ''
      if (how.do === 'skip' && (at?.why !== 'redo' || !isAction(elementOf(step, element).type)))
        throw conflict('incident.skip', 'Without this the case cannot go on: try again, or put the data right.')
      if (how.do === 'correct') await correct(step, { token, element: how.element }, how.data, how.language)
      recordEvent(step, { type: 'incident.settled', element, fields: { how: how.do, reason } })
      const by = ctx.actor.kind === 'staff' ? ctx.actor.userId : ctx.actor.kind
      addRow(step, 'incidents_resolve', { token, resolved_by: by, resolution: how.do })
      settleEscalation(step, 'incident', element)
      await runEngine(step, { type: how.do === 'skip' ? 'skip' : 'retry', token })
    },
  )
}

async function correct(step: Step, at: { token: string; element: string }, data: FormData, language: Language): Promise<void> {
  const { form } = formOf(step, at)
  const fields = checkStepForm(step, form, data, language)
  refuseFields(fields, language)
  await checkFiles(step, form.id, data, language)
  attachFiles(step, form.id, data)
  storeData(step, at.element, at.token, data)
  recordEvent(step, { type: 'data.corrected', element: at.element, data })
}
