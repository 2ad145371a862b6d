// Recusal (回避): whoever has an interest in a matter is out of it. She says so herself, the head orders it, or a party asks for it.
import { orderingPost } from '../access/acting-post.ts'
import { levelFor, may } from '../access/rule.ts'
import { as, type Ctx, systemActor } from '../context.ts'
import { conflict, forbidden, invalid, notFound } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import { decrypt, encrypt } from '../keys/keyring.ts'
import { listHolders } from '../access/holders.ts'
import { getTown, reportingLine, today, type Town } from '../towns/towns.ts'
import { accessOf } from './access-of.ts'
import { getCase, loadStep } from './load-case.ts'
import { type RecusalRequestRow, selectRecusalRequests } from './recusal-queries.ts'
import { runStep } from './run-step.ts'
import { addAccess, addRow, recordEvent, type Step } from './step.ts'
import { tellRecusalDecided } from './tell-access.ts'

/** An interest of one's own; kin; being the unit or person complained of; anything else that may bend judgement. */
export const recusalKinds = ['interest', 'kin', 'subject', 'other'] as const
export type RecusalKind = (typeof recusalKinds)[number]

/** A party's request as officers and the party read it. */
export type RecusalRequest = {
  requestId: string
  partyId: string
  postId: string
  kind: RecusalKind
  words: string
  askedAt: Date
  decidedAt: Date | null
  isGranted: boolean | null
  answer: string
  /** The actor is the head who decides. */
  mayDecide: boolean
}

/**
 * Declares the actor's own interest: the case is gone for her, and what she had taken goes back to the office.
 * @throws `case.not_found`, `recusal.ground` (422).
 */
export async function declareInterest(ctx: Ctx, by: { number: string } | { caseId: string }, ground: string, kind: string = 'other'): Promise<void> {
  const { loaded } = await getCase(ctx, by, 'recusal.declare')
  const { actor } = ctx
  if (actor.kind !== 'staff') throw forbidden('recusal.staff', 'Only staff recuse themselves.')
  const words = checkWords(ground)
  await runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => recuse(step, [actor.userId], { kind: kindOf(kind), how: 'declared', words }),
  )
}

/**
 * The head orders it: everybody who holds the post today is out of the case. Only who stands above the post on the reporting line and reads the case.
 * @throws `case.not_found`, `recusal.forbidden` (403), `recusal.ground` (422).
 */
export async function orderRecusal(ctx: Ctx, number: string, input: { postId: string; kind: string; ground: string }): Promise<void> {
  const { loaded } = await getCase(ctx, { number }, 'case.read')
  const words = checkWords(input.ground)
  const users = await holdersOf(ctx, input.postId)
  await runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      if (!mayOrder(ctx, step.town, step, input.postId))
        throw forbidden('recusal.forbidden', 'Only a post above this one on the reporting line orders it.')
      recuse(step, users, { kind: kindOf(input.kind), how: 'ordered', words })
    },
  )
}

/** A party asks that the holder of a post be kept off her matter. @throws `case.not_found`, `recusal.post`, `recusal.ground` (422), `case.closed`. */
export async function askRecusal(ctx: Ctx, number: string, input: { postId: string; kind: string; ground: string }): Promise<void> {
  const { loaded } = await getCase(ctx, { number }, 'recusal.ask')
  const words = checkWords(input.ground)
  await runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      if (step.case.row.status === 'closed') throw conflict('case.closed', 'The case has ended.')
      if (!recusablePosts(step.town, step.case.row.readers).some((post) => post.id === input.postId))
        throw invalid('recusal.post', 'Choose a post that works on this case.', [
          { pointer: '/postId', code: 'post', message: '请选择办理这件事的岗位' },
        ])
      const request_id = uuidv7(step.now)
      addAccess(step, 'recusal_requests', {
        request_id,
        party_id: partyOf(ctx, step),
        post_id: input.postId,
        kind: kindOf(input.kind),
        words: encrypt(step.case.key, words, `recusal/${ctx.tenant}/${request_id}`).toString('base64'),
      })
      recordEvent(step, { type: 'recusal.asked', fields: { post: input.postId, reason: words } })
    },
  )
}

/** The head decides with a reason; the party is told. @throws `case.not_found`, `recusal.not_found`, `recusal.forbidden`, `recusal.ground`. */
export async function decideRecusal(ctx: Ctx, number: string, requestId: string, input: { grant: boolean; answer: string }): Promise<void> {
  const { loaded } = await getCase(ctx, { number }, 'case.read')
  const answer = checkWords(input.answer)
  const request = (await selectRecusalRequests(ctx, loaded.row.case_id)).find((known) => known.request_id === requestId)
  if (!request) throw notFound('recusal.not_found', 'There is no such request.')
  const users = await holdersOf(ctx, request.post_id)
  await runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      if (!mayOrder(ctx, step.town, step, request.post_id))
        throw forbidden('recusal.forbidden', 'Only a post above this one on the reporting line decides it.')
      if (request.decided_at !== null) throw conflict('recusal.decided', 'This was decided already.')
      addAccess(step, 'recusal_decisions', {
        request_id: requestId,
        decided_by: ctx.actor.kind === 'staff' ? ctx.actor.userId : '',
        decided_post: orderingPost(ctx.actor, lineOf(step.town, request.post_id)),
        is_granted: input.grant,
        answer: encrypt(step.case.key, answer, `recusal-answer/${ctx.tenant}/${requestId}`).toString('base64'),
      })
      if (input.grant) recuse(step, users, { kind: request.kind, how: 'ordered', words: answer, requestId })
      else recordEvent(step, { type: 'recusal.refused', fields: { post: request.post_id, reason: answer } })
      const party = step.case.parties.find((known) => known.partyId === request.party_id)
      if (party) tellRecusalDecided(step, party)
    },
  )
}

/** Requests of a case: officers read all of them, a party her own. @throws `case.not_found`. */
export async function listRecusalRequests(ctx: Ctx, number: string): Promise<RecusalRequest[]> {
  const { loaded } = await getCase(ctx, { number }, 'case.read')
  const town = await getTown(ctx)
  const thing = accessOf(loaded)
  const open = (row: RecusalRequestRow, sealed: Buffer | null, what: string) =>
    sealed === null ? '' : decrypt(loaded.key, sealed, `${what}/${ctx.tenant}/${row.request_id}`).toString()
  const isOffice = ctx.actor.kind === 'staff' || ctx.actor.kind === 'system'
  const own =
    ctx.actor.kind === 'receipt' ? [ctx.actor.partyId] : thing.parties.flatMap((party) => (isAccount(ctx, party.accountId) ? [party.partyId] : []))
  return (await selectRecusalRequests(ctx, loaded.row.case_id))
    .filter((row) => isOffice || own.includes(row.party_id))
    .map((row) => ({
      requestId: row.request_id,
      partyId: row.party_id,
      postId: row.post_id,
      kind: row.kind,
      words: open(row, row.words, 'recusal'),
      askedAt: row.asked_at,
      decidedAt: row.decided_at,
      isGranted: row.is_granted,
      answer: open(row, row.answer, 'recusal-answer'),
      mayDecide: row.decided_at === null && may(ctx.actor, 'recusal.order', { ...thing, above: lineOf(town, row.post_id) }),
    }))
}

/** Posts that work on a case with these readers: those whom a party may object to. */
export const recusablePosts = (town: Town, readers: readonly string[]) =>
  [...town.posts.values()].filter(
    (post) =>
      readers.includes(`duty:${post.duty}@${post.organization}`) ||
      readers.includes(`org:${post.organization}`) ||
      readers.includes(`post:${post.id}`),
  )

/** Posts whose recusal this actor could order in this case. @throws `case.not_found`. */
export async function orderablePosts(ctx: Ctx, number: string) {
  const { loaded } = await getCase(ctx, { number }, 'case.read')
  const town = await getTown(ctx)
  return recusablePosts(town, loaded.row.readers).filter((post) =>
    may(ctx.actor, 'recusal.order', { ...accessOf(loaded), above: lineOf(town, post.id) }),
  )
}

const lineOf = (town: Town, postId: string) => reportingLine(town, postId).map((post) => post.id)

const mayOrder = (ctx: Ctx, town: Town, step: Step, postId: string): boolean =>
  levelFor(ctx.actor, 'recusal.order', { ...accessOf(step.case), above: lineOf(town, postId) }) !== undefined

const isAccount = ({ actor }: Ctx, accountId: string | null) => actor.kind === 'resident' && accountId === actor.accountId

const partyOf = (ctx: Ctx, step: Step): string => {
  const { actor } = ctx
  if (actor.kind === 'receipt') return actor.partyId
  const own = step.case.parties.find((party) => isAccount(ctx, party.accountId))?.partyId
  return own ?? step.case.mandates.find((mandate) => mandate.isInForce && isAccount(ctx, mandate.accountId))?.partyId ?? ''
}

async function holdersOf(ctx: Ctx, postId: string): Promise<string[]> {
  const now = today(ctx)
  const holders = await listHolders(as(ctx, systemActor('recusal')))
  return [...new Set(holders.filter((holder) => holder.postId === postId && holder.from <= now).map((holder) => holder.userId))]
}

type Recusing = { kind: RecusalKind; how: 'declared' | 'ordered'; words: string; requestId?: string }

function recuse(step: Step, users: string[], { kind, how, words, requestId }: Recusing): void {
  for (const userId of users) {
    for (const task of step.case.tasks.filter((open) => open.assignee === userId)) {
      task.assignee = null
      addRow(step, 'tasks_update', { task_id: task.task_id, assignee: null, organization_id: task.organization_id })
    }
    addAccess(step, 'recusals', {
      user_id: userId,
      kind,
      how,
      request_id: requestId ?? null,
      declared_by: step.ctx.actor.kind === 'staff' ? step.ctx.actor.userId : step.ctx.actor.kind,
    })
  }
  // The words stand in the encrypted event only: they may name a person.
  recordEvent(step, { type: 'case.recused', fields: { kind, how, reason: words } })
}

const kindOf = (kind: string): RecusalKind => recusalKinds.find((known) => known === kind) ?? 'other'

function checkWords(ground: string): string {
  const words = ground.trim()
  if (words.length < 2 || words.length > 300 || !words.isWellFormed() || words.includes('\0'))
    throw invalid('recusal.ground', 'Say what the interest is.', [{ pointer: '/ground', code: 'required', message: '请写明回避的事由' }])
  return words
}
