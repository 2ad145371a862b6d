// Break-glass (紧急调阅): one person asks, a second one of the supervision office decides; one case, a day at most; the parties are told.
// It never opens to whoever is recused, to the unit complained of or its line, and never reaches caucus or an informer (access/rule.ts).
import { houseRules } from '../access/house-rules.ts'
import { levelFor, may } from '../access/rule.ts'
import type { Ctx } from '../context.ts'
import { as, systemActor } from '../context.ts'
import { addWorkdays } from '../deadlines/calendar.ts'
import { conflict, forbidden, invalid, notFound } from '../errors.ts'
import { isUuid, uuidv7 } from '../ids.ts'
import { decrypt, encrypt } from '../keys/keyring.ts'
import { getTown, today } from '../towns/towns.ts'
import { accessOf, postActing } from './access-of.ts'
import { findGlassCase, selectWaitingGlass } from './glass-queries.ts'
import { findCase, loadStep } from './load-case.ts'
import { findCaseId } from './queries.ts'
import { runStep } from './run-step.ts'
import { addAccess, recordEvent } from './step.ts'
import { tellOpened } from './tell-access.ts'

/** Danger to life, an order of law, a complaint about the handling, an audit. */
export const glassPurposes = ['danger', 'law', 'complaint', 'audit'] as const
export type GlassPurpose = (typeof glassPurposes)[number]

export type GlassRequest = {
  glassId: string
  number: string
  purpose: GlassPurpose
  reason: string
  askedAt: Date
  userId: string
  postId: string | null
}

/**
 * Asks that a case be opened. The answer is the same whether there is such a case or not, and whether it could ever be opened to this person:
 * nothing is learned by asking. Callers ask for a recent sign-in first.
 * @throws `glass.staff` (403), `glass.reason` (422).
 */
export async function askGlass(ctx: Ctx, number: string, input: { purpose: string; reason: string }): Promise<void> {
  const { actor } = ctx
  if (actor.kind !== 'staff') throw forbidden('glass.staff', 'Only staff ask for this.')
  const purpose = glassPurposes.find((known) => known === input.purpose)
  const reason = input.reason.trim()
  if (!purpose || reason.length < 10 || reason.length > 500)
    throw invalid('glass.reason', 'Say for what it is needed, in 10 to 500 characters.', [
      { pointer: '/reason', code: 'required', message: '请选择用途，并用10至500个字写明为什么必须现在看' },
    ])
  const own = as(ctx, systemActor('glass'))
  const caseId = await findCaseId(own, number)
  if (!caseId || (await isNever(own, ctx, caseId))) return
  await runStep(
    () => loadStep(own, caseId),
    async (step) => {
      step.ctx = ctx
      const glass_id = uuidv7(step.now)
      addAccess(step, 'glass', {
        glass_id,
        user_id: actor.userId,
        post_id: postActing(actor, step.case),
        purpose,
        reason: encrypt(step.case.key, reason, `glass/${ctx.tenant}/${glass_id}`).toString('base64'),
      })
      recordEvent(step, { type: 'glass.asked', fields: { purpose, reason } })
    },
  )
}

/** May a broken seal never let this person in, or does she read the case anyway? */
async function isNever(own: Ctx, ctx: Ctx, caseId: string): Promise<boolean> {
  const { actor } = ctx
  if (actor.kind !== 'staff') return true
  const found = await findCase(own, { caseId }, 'case.read')
  // Erased.
  if (!found) return true
  const thing = accessOf(found.loaded)
  const opened = { ...actor, opened: [caseId] }
  return levelFor(actor, 'case.read', thing) !== undefined || levelFor(opened, 'case.read', thing) === undefined
}

/** Requests that wait and that this actor may decide, the oldest first: the number, who asks and why, nothing of the case itself. */
export async function listGlassRequests(ctx: Ctx): Promise<GlassRequest[]> {
  const own = as(ctx, systemActor('glass'))
  const found: GlassRequest[] = []
  for (const row of ctx.actor.kind === 'staff' ? await selectWaitingGlass(ctx) : []) {
    const loaded = (await findCase(own, { caseId: row.case_id }, 'case.read'))?.loaded
    if (!loaded || !may(ctx.actor, 'glass.decide', { ...accessOf(loaded), askedBy: row.user_id })) continue
    found.push({
      glassId: row.glass_id,
      number: loaded.row.number,
      purpose: row.purpose,
      reason: decrypt(loaded.key, row.reason, `glass/${ctx.tenant}/${row.glass_id}`).toString(),
      askedAt: row.asked_at,
      userId: row.user_id,
      postId: row.post_id,
    })
  }
  return found
}

/**
 * The second person decides, with a reason. Granted: reading for at most 24 hours from now, and the parties are told at once where they can be reached.
 * @throws `glass.not_found`, `glass.decided` (409), `glass.answer` (422).
 */
export async function decideGlass(ctx: Ctx, glassId: string, input: { grant: boolean; answer: string; hours?: number }): Promise<void> {
  const own = as(ctx, systemActor('glass'))
  const row = isUuid(glassId) ? await findGlassCase(own, glassId) : undefined
  if (!row) throw absent()
  const answer = input.answer.trim()
  const hours = input.hours ?? houseRules.glassHours.value
  if (answer.length < 2 || answer.length > 500) throw field('answer', '请写明同意或者不同意的理由')
  if (!(hours >= 1 && hours <= houseRules.glassHours.value)) throw field('hours', `最长${houseRules.glassHours.value}小时`)
  const { calendar } = await getTown(ctx)
  await runStep(
    () => loadStep(own, row.case_id),
    async (step) => {
      if (!may(ctx.actor, 'glass.decide', { ...accessOf(step.case), askedBy: row.user_id }) || ctx.actor.kind !== 'staff') throw absent()
      if (row.decided_at !== null) throw conflict('glass.decided', 'This was decided already.')
      step.ctx = ctx
      const openUntil = new Date(step.now.getTime() + hours * 3_600_000)
      const isTold = input.grant && tellOpened(step)
      addAccess(step, 'glass_decisions', {
        glass_id: glassId,
        decided_by: ctx.actor.userId,
        decided_post: ctx.actor.posts.find((post) => post.duty === 'supervisor')?.postId ?? null,
        is_granted: input.grant,
        answer: encrypt(step.case.key, answer, `glass-answer/${ctx.tenant}/${glassId}`).toString('base64'),
        open_until: input.grant ? openUntil.toISOString() : null,
        tell_by: input.grant ? addWorkdays(calendar, today(ctx), houseRules.glassTellWorkdays.value) : null,
        is_told: isTold,
      })
      recordEvent(step, {
        type: input.grant ? 'glass.opened' : 'glass.refused',
        fields: { purpose: row.purpose, reason: answer, asked_post: row.post_id ?? '', ...(input.grant ? { until: openUntil.toISOString() } : {}) },
      })
      if (isTold) recordEvent(step, { type: 'glass.told', fields: { how: 'message' } })
    },
  )
}

const absent = () => notFound('glass.not_found', 'There is no such request that you can decide.')
const field = (name: string, message: string) => invalid(`glass.${name}`, message, [{ pointer: `/${name}`, code: name, message }])
