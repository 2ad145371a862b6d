// Steps of worked examples on a case's consultation: somebody comments, an officer answers all that have no answer.
import { answerGroup, groupOpinions, listGroups } from '#kernel/consultations/answer.ts'
import { openDesk } from '#kernel/consultations/desk.ts'
import { fileOpinion } from '#kernel/consultations/file-opinion.ts'
import { consultationOfCase } from '#kernel/consultations/open.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { conflict } from '#kernel/errors.ts'
import type { FormData } from '#kernel/forms/forms.ts'

const word = (data: FormData, name: string): string => {
  const value = data[name]
  return typeof value === 'string' ? value : ''
}

async function numberOf(ctx: Ctx, caseId: string): Promise<string> {
  const found = await consultationOfCase(ctx, caseId)
  if (!found) throw conflict('consultation.none', 'This case has put no draft up.')
  return found.number
}

/** `data`: `words`, and if wanted `paragraph`, `name`, `contact`. Anyone may, so whoever acts comes without a session. */
export async function playComment(ctx: Ctx, caseId: string, data: FormData): Promise<void> {
  const { paragraph } = data
  await fileOpinion(as(ctx, { kind: 'anonymous' }), await numberOf(ctx, caseId), {
    words: word(data, 'words'),
    name: word(data, 'name'),
    contact: word(data, 'contact'),
    ...(typeof paragraph === 'number' ? { paragraph } : {}),
  })
}

/** `data`: `title`, `result`, `answer`: one group for every opinion that has no answer yet. */
export async function playAnswer(ctx: Ctx, caseId: string, data: FormData): Promise<void> {
  const desk = await openDesk(ctx, await numberOf(ctx, caseId))
  await groupOpinions(ctx, desk, { title: word(data, 'title') }, { filter: { standing: 'unanswered' } })
  const group = (await listGroups(ctx, desk)).find((one) => one.title === word(data, 'title') && one.answered_at === null)
  if (!group) throw conflict('group.empty', 'No opinion waits for an answer.')
  await answerGroup(ctx, desk, group.group_id, { result: word(data, 'result'), answer: word(data, 'answer'), version: group.version })
}
