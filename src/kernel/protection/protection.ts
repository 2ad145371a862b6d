// The town's own duties towards personal data: impact assessments (个人信息保护法 Art 55, 56; DP7) and incidents with their clocks
// (Art 57, 国家网络安全事件报告管理办法 Art 4; DP8, DP9). Both are registers; the numbers are parameter rows.
import { sql } from 'kysely'
import { mayInTown } from '../access/rule.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { computeDeadline } from '../deadlines/deadlines.ts'
import { type ParameterRow, resolveParameter } from '../deadlines/parameters.ts'
import { conflict, forbidden, invalid, notFound } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import { recordEntries } from '../registers/registers.ts'
import { getTown, today } from '../towns/towns.ts'
import rows from './parameters.json' with { type: 'json' }

export type Assessment = {
  title: string
  reason: 'sensitive' | 'automated' | 'entrusting' | 'providing' | 'publishing' | 'cross-border' | 'major-effect'
  purpose: string
  impact: string
  measures: string
  conclusion: 'may-begin' | 'with-measures' | 'may-not-begin'
  assessedOn: CalendarDate
}
export type Incident = {
  title: string
  /** Instant at which it was found; the hours run from it. */
  foundAt: string
  level: 'general' | 'larger' | 'major' | 'extreme'
  /** Is critical information infrastructure hit? */
  critical: boolean
  kinds: string
  cause: string
  harm: string
  measures: string
}
/** What was told, and when; `notToldReason`: harm was effectively avoided, so persons may be left out (Art 57). */
type Told = { toldAuthorityAt?: string; toldThoseConcernedAt?: string; notToldReason?: string }
export type IncidentView = Incident & Told & { id: string; clock: Clock | undefined; personsOpen: boolean }
export type Clock = { dueAt: Date; hours: number; law: string; mark: string; state: 'running' | 'met' | 'missed' }

function requireKeeper(ctx: Ctx): void {
  if (!mayInTown(ctx.actor, 'protection.keep'))
    throw forbidden('protection.staff', 'Only the IT administrator and the supervisor keep these registers.')
}

async function parameter(ctx: Ctx, id: string, on: CalendarDate): Promise<ParameterRow> {
  const { overrides } = await getTown(ctx)
  return resolveParameter(
    rows.filter((row) => row.id === id),
    overrides.get(`protection/${id}`) ?? [],
    on,
  )
}

/** Keeps an assessment; it stays at least the years of the law. @throws `protection.staff`, `register.invalid`. */
export async function recordAssessment(ctx: Ctx, id: string, assessment: Assessment): Promise<void> {
  requireKeeper(ctx)
  if (!/^[a-z][a-z0-9-]{1,60}$/.test(id))
    throw invalid('protection.id', '编号用小写字母、数字和短横线', [{ pointer: '/id', code: 'pattern', message: '编号用小写字母、数字和短横线' }])
  if (!/^\d{4}-\d{2}-\d{2}$/.test(assessment.assessedOn) || assessment.assessedOn > today(ctx))
    throw invalid('protection.date', '请填写今天或者以前的日期', [{ pointer: '/assessedOn', code: 'date', message: '请填写今天或者以前的日期' }])
  const { calendar } = await getTown(ctx)
  const { value } = await parameter(ctx, 'assessment-kept-years', assessment.assessedOn)
  const { due } = computeDeadline({ amount: value, unit: 'year', rollsOver: false }, { effectiveOn: assessment.assessedOn }, calendar, ctx.zone)
  await recordEntries(ctx, 'impact-assessments', [{ id, data: { ...assessment, keptUntil: due } }], 'assessment')
}

/** @throws `protection.staff`. */
export async function listAssessments(ctx: Ctx): Promise<(Assessment & { id: string; keptUntil: CalendarDate })[]> {
  requireKeeper(ctx)
  return entriesOf<Assessment & { keptUntil: CalendarDate }>(ctx, 'impact-assessments')
}

/** Keeps an incident; the clock of the report runs from the instant at which it was found. @throws `protection.staff`, `protection.future`, `register.invalid`. */
export async function recordIncident(ctx: Ctx, incident: Incident): Promise<string> {
  requireKeeper(ctx)
  const at = new Date(incident.foundAt)
  if (Number.isNaN(at.getTime()) || at > ctx.clock.now()) {
    const message = '请填写发现的时间，不能晚于现在'
    throw invalid('protection.future', message, [{ pointer: '/foundAt', code: 'future', message }])
  }
  const id = `incident-${uuidv7(ctx.clock.now())}`
  await recordEntries(ctx, 'data-incidents', [{ id, data: { ...incident, foundAt: at.toISOString() } }], 'incident')
  return id
}

/**
 * Notes that authority or persons were told, now; or why persons are not told. What was noted stays as it was.
 * @throws `protection.staff`, `protection.not_found`, `protection.told` (409), `protection.reason`.
 */
export async function noteTold(ctx: Ctx, id: string, what: 'authority' | 'persons' | { notToldReason: string }): Promise<void> {
  requireKeeper(ctx)
  const found = (await entriesOf<Incident & Told>(ctx, 'data-incidents')).find((entry) => entry.id === id)
  if (!found) throw notFound('protection.not_found')
  const { id: _id, ...data } = found
  const now = ctx.clock.now().toISOString()
  const key = what === 'authority' ? 'toldAuthorityAt' : what === 'persons' ? 'toldThoseConcernedAt' : 'notToldReason'
  if (data[key] !== undefined) throw conflict('protection.told', '已经记录过了。')
  const value = typeof what === 'string' ? now : what.notToldReason.trim()
  if (value.length < 2) throw invalid('protection.reason', '请写明理由', [{ pointer: '/notToldReason', code: 'required', message: '请写明理由' }])
  await recordEntries(ctx, 'data-incidents', [{ id, data: { ...data, [key]: value } }], key)
}

/** Incidents with their clocks, the newest first. @throws `protection.staff`. */
export async function listIncidents(ctx: Ctx): Promise<IncidentView[]> {
  requireKeeper(ctx)
  const found = await entriesOf<Incident & Told>(ctx, 'data-incidents')
  const views = await Promise.all(
    found.map(async (entry) => ({
      ...entry,
      clock: await clockOf(ctx, entry),
      personsOpen: entry.toldThoseConcernedAt === undefined && entry.notToldReason === undefined,
    })),
  )
  return views.sort((a, b) => b.foundAt.localeCompare(a.foundAt))
}

/** Only incidents of 较大 or above are reported to the cyberspace administration within hours (DP9); the others have no number in the law. */
async function clockOf(ctx: Ctx, incident: Incident & Told): Promise<Clock | undefined> {
  if (incident.level === 'general') return undefined
  const found = new Date(incident.foundAt)
  const row = await parameter(ctx, incident.critical ? 'incident-report-hours-critical' : 'incident-report-hours', today(ctx))
  const { calendar } = await getTown(ctx)
  const { dueAt } = computeDeadline({ amount: row.value, unit: 'hour' }, { at: found }, calendar, ctx.zone)
  const at = incident.toldAuthorityAt === undefined ? undefined : new Date(incident.toldAuthorityAt)
  const state = at === undefined ? (ctx.clock.now() > dueAt ? 'missed' : 'running') : at > dueAt ? 'missed' : 'met'
  return { dueAt, hours: row.value, law: `《${row.law}》${row.article ?? ''}`, mark: row.mark, state }
}

/** The entries as they stand. They were checked against the register's schema when they were written. */
async function entriesOf<T>(ctx: Ctx, register: string): Promise<(T & { id: string })[]> {
  const { rows: found } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{
      entry_id: string
      data: T
    }>`select entry_id, data from register_current where tenant_id = ${ctx.tenant} and register = ${register} order by entry_id`.execute(trx),
  )
  return found.map((row) => ({ ...row.data, id: row.entry_id }))
}
