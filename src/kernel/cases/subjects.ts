// An accusation: who is complained of is named, and from that moment she, her unit and her line have no access (access/excluded.ts).
import type { Ctx } from '../context.ts'
import { forbidden, invalid } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import { encrypt } from '../keys/keyring.ts'
import { may } from '../access/rule.ts'
import { accessOf } from './access-of.ts'
import { getCase, loadStep } from './load-case.ts'
import { hidePublic } from '../publication/hide.ts'
import { runStep } from './run-step.ts'
import { addAccess, addRow, recordEvent, type Step, transactionOf } from './step.ts'

export type SubjectInput = { organizationId?: string; postId?: string; name?: string }

/** Names who is complained of, within a step. @throws `subject.unknown` (422). */
export function addSubject(step: Step, input: SubjectInput): void {
  const { ctx, town } = step
  const organizationId = input.organizationId || null
  const postId = input.postId || null
  const known = (organizationId === null || town.organizations.has(organizationId)) && (postId === null || town.posts.has(postId))
  if (!known || (organizationId === null && postId === null))
    throw invalid('subject.unknown', 'Name a body or a post of the registers.', [
      { pointer: '/organizationId', code: 'subject', message: '请选择被反映的单位或者岗位' },
    ])
  const subjectId = uuidv7(step.now)
  const name = (input.name ?? '').trim().slice(0, 60)
  step.case.subjects.push({ subjectId, organizationId, postId, name })
  addAccess(step, 'subjects', {
    subject_id: subjectId,
    organization_id: organizationId,
    post_id: postId,
    name: name === '' ? null : encrypt(step.case.key, name, `subject/${ctx.tenant}/${subjectId}`).toString('base64'),
    named_by: ctx.actor.kind === 'staff' ? ctx.actor.userId : ctx.actor.kind,
  })
  // The name stands in no event: events are read by officers of other bodies.
  recordEvent(step, { type: 'case.subject', fields: { organization: organizationId ?? '', post: postId ?? '' } })
}

/**
 * Names the unit or the post complained of, and seals the case when asked. Whoever does this may lose access by it.
 * @throws `case.not_found`, `subject.unknown` (422), `seal.class` (422).
 */
export async function nameSubject(ctx: Ctx, number: string, input: SubjectInput & { seal?: boolean }): Promise<void> {
  const { loaded } = await getCase(ctx, { number }, 'case.seal')
  await runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      if (!may(ctx.actor, 'case.seal', accessOf(step.case))) throw forbidden('case.seal', 'This is not yours to do.')
      addSubject(step, input)
      if (input.seal) await sealCase(step)
      layBack(step)
    },
  )
}

/** Closes the whole case to all but posts that clear accusations, in the bodies it is given to. @throws `seal.nobody` (422) when there is none. */
async function sealCase(step: Step): Promise<void> {
  const cleared = [...step.town.posts.values()].filter((post) => post.clears?.includes('accusation'))
  if (cleared.length === 0) throw invalid('seal.nobody', 'No post of the town opens accusations: say so in the register of posts first.')
  step.case.row.sealed_class = 'accusation'
  // What stood in public goes in the same transaction.
  await hidePublic(await transactionOf(step), step.case.row.case_id)
  // The bodies with such a post are handed the case, else it would be nobody's.
  for (const body of new Set(cleared.map((post) => post.organization))) {
    if (step.case.grants.some((grant) => grant.organization_id === body)) continue
    step.case.grants.push({ organization_id: body, until_on: null })
    addRow(step, 'grants', { organization_id: body, until_on: null, reason: 'accusation' })
  }
  recordEvent(step, { type: 'case.sealed', fields: { class: 'accusation' } })
}

/** Work that somebody holds who may be out now is laid back: whoever still may take it takes it. */
function layBack(step: Step): void {
  for (const task of step.case.tasks.filter((open) => open.assignee !== null)) {
    task.assignee = null
    addRow(step, 'tasks_update', { task_id: task.task_id, assignee: null, organization_id: task.organization_id })
  }
}
