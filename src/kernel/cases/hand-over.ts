// Hand-over of a person's work: every task that she has taken goes to a colleague, or back to the office where the colleague may not do it.
import { sql } from 'kysely'
import { listHolders } from '../access/holders.ts'
import { staffActor } from '../access/posts.ts'
import { may, mayHandOver } from '../access/rule.ts'
import { as, type Ctx, systemActor } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { forbidden, invalid } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import { getTown, reportingLine, today } from '../towns/towns.ts'
import { accessOf } from './access-of.ts'
import { loadStep } from './load-case.ts'
import { runStep } from './run-step.ts'
import { addRow, recordEvent } from './step.ts'

export type HandOver = { from: string; to: string; note: string; moved: number; laidBack: number; at: Date; by: string }

/**
 * Hands all open work of one account to another: by herself, by a post above one of hers, or by the IT administrator (who learns of no case by it).
 * @throws `hand_over.forbidden` (403), `hand_over.people`, `hand_over.note` (422).
 */
export async function handOverWork(ctx: Ctx, input: { from: string; to: string; note: string }): Promise<{ moved: number; laidBack: number }> {
  const { actor } = ctx
  if (actor.kind !== 'staff' || !mayHandOver(actor, { of: input.from, above: await postsAbove(ctx, input.from) }))
    throw forbidden('hand_over.forbidden', 'Only she, a post above hers, or the IT administrator.')
  const note = input.note.trim()
  if (note.length < 2 || note.length > 300) throw field('note', '请写明移交的理由，例如调岗文号')
  const own = as(ctx, systemActor('hand-over'))
  const receiver = await staffActor(own, { userId: input.to, name: '' })
  if (input.from === input.to || receiver.posts.length === 0) throw field('to', '请选择另一位现在任职的同事')
  const result = { moved: 0, laidBack: 0 }
  for (const { case_id, task_id } of await selectTaken(own, input.from)) {
    await runStep(
      () => loadStep(own, case_id),
      async (step) => {
        const task = step.case.tasks.find((known) => known.task_id === task_id && known.assignee === input.from)
        if (!task) return
        step.ctx = ctx
        const goes = may(receiver, 'task.complete', accessOf(step.case, task))
        task.assignee = goes ? input.to : null
        addRow(step, 'tasks_update', { task_id, assignee: task.assignee, organization_id: task.organization_id })
        recordEvent(step, {
          type: 'task.assigned',
          element: task.element,
          fields: { assignee: task.assignee ?? '', reason: note, handed_over: true },
        })
        if (goes) result.moved++
        else result.laidBack++
      },
    )
  }
  await record(ctx, { ...input, note, ...result })
  return result
}

/** The posts above those that this colleague holds today. */
async function postsAbove(ctx: Ctx, userId: string): Promise<string[]> {
  const town = await getTown(ctx)
  const now = today(ctx)
  const posts = (await listHolders(ctx)).filter((holder) => holder.userId === userId && holder.from <= now)
  return posts.flatMap((holder) => reportingLine(town, holder.postId).map((post) => post.id))
}

async function selectTaken(ctx: Ctx, userId: string): Promise<{ case_id: string; task_id: string }[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ case_id: string; task_id: string }>`select case_id, task_id from tasks
      where tenant_id = ${ctx.tenant} and assignee = ${userId} and status = 'open' order by due_on nulls last, task_id`.execute(trx),
  )
  return rows
}

const record = (ctx: Ctx, done: { from: string; to: string; note: string; moved: number; laidBack: number }) =>
  inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into hand_overs (tenant_id, hand_over_id, from_user, to_user, note, moved, laid_back, made_at, made_by)
      values (${ctx.tenant}, ${uuidv7(ctx.clock.now())}, ${done.from}, ${done.to}, ${done.note}, ${done.moved}, ${done.laidBack}, ${ctx.clock.now()}, ${ctx.actor.kind === 'staff' ? ctx.actor.userId : ctx.actor.kind})`.execute(
      trx,
    ),
  )

/** The newest hand-overs; any member of staff may ask. They name nobody but colleagues and say nothing of any case. */
export async function listHandOvers(ctx: Ctx): Promise<HandOver[]> {
  if (ctx.actor.kind !== 'staff' && ctx.actor.kind !== 'system') return []
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<HandOver>`select from_user as "from", to_user as "to", note, moved, laid_back as "laidBack", made_at as at, made_by as by from hand_overs
      where tenant_id = ${ctx.tenant} order by made_at desc limit 50`.execute(trx),
  )
  return rows
}

const field = (name: string, message: string) => invalid(`hand_over.${name}`, message, [{ pointer: `/${name}`, code: name, message }])
