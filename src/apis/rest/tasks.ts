// Work of the offices over the interface: the queue and what is done with a task.
import { assignTask, completeTask, returnTask } from '#kernel/cases/act.ts'
import { getTaskCase } from '#kernel/cases/find-task.ts'
import { type InboxItem, listInbox } from '#kernel/cases/lists.ts'
import { viewCase } from '#kernel/cases/view.ts'
import type { Ctx } from '#kernel/context.ts'
import type { Language } from '#kernel/forms/forms.ts'
import { toState, toTasks } from './cases.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { exampleTaskItem, exampleTaskState } from './examples.ts'
import { type Answer, defineOperation, underData } from './operation.ts'
import { taskList, taskState } from './answers.ts'
import { assignBody, claimBody, commonQuery, completeBody, returnBody, taskQuery } from './requests.ts'

export const tasksOperation = defineOperation({
  id: 'listTasks',
  tag: 'tasks',
  method: 'get',
  path: '/tasks',
  summary: 'Open tasks that your posts may do, the legal limit that ends first on top',
  credentials: 'staff',
  query: taskQuery,
  answers: {
    200: {
      description: 'A page of tasks. Tasks that are done meanwhile do not shift the next page.',
      schema: taskList,
      example: { tasks: [exampleTaskItem], total: 1, next: null },
    },
  },
  refusals: [400, 401, 403, 429],
  handle: async ({ ctx, query, language }) => {
    const { office, procedure, q, cursor } = query
    const view = [...(query.assignee === 'me' ? (['mine'] as const) : []), ...(query.overdue === 'true' ? (['overdue'] as const) : [])]
    const filter = {
      view,
      ...(office === undefined ? {} : { office }),
      ...(procedure === undefined ? {} : { procedure }),
      ...(q === undefined ? {} : { q }),
    }
    const size = Number(query.limit ?? 25)
    const { items, total } = await listInbox(ctx, filter, { size, ...(cursor === undefined ? {} : { after: readCursor(cursor) }) }, language)
    // An empty last page has no row to carry the total.
    const all = items.length === 0 && cursor !== undefined ? (await listInbox(ctx, filter, { size: 1 }, language)).total : total
    const last = items.length === size ? items.at(-1) : undefined
    return { status: 200, body: { tasks: items.map(toItem), total: all, next: last ? writeCursor(last) : null } }
  },
})

const toItem = ({ taskId, ...item }: InboxItem) => ({ ...item, id: taskId, openedAt: item.openedAt.toISOString() })

const state = { 200: { description: 'Done. The task and its case as they stand now.', schema: taskState, example: exampleTaskState } }
const common = {
  tag: 'tasks',
  method: 'post',
  credentials: 'staff',
  query: commonQuery,
  answers: state,
  refusals: [400, 401, 403, 404, 409, 413, 415, 422, 429],
} as const

export const claimOperation = defineOperation({
  ...common,
  refusals: [...common.refusals],
  id: 'claimTask',
  path: '/tasks/:task/claim',
  summary: 'Take a task',
  body: { schema: claimBody, examples: { claim: { version: 1 } } },
  handle: ({ ctx, path, body, language }) =>
    act(ctx, path('task'), language, (taskId) =>
      assignTask(ctx, taskId, { assignee: ctx.actor.kind === 'staff' ? ctx.actor.userId : null, version: body.version }),
    ),
})

export const completeOperation = defineOperation({
  ...common,
  refusals: [...common.refusals],
  id: 'completeTask',
  path: '/tasks/:task/complete',
  summary: 'Complete a task with its form',
  description: 'The form is `forms` of the procedure with the `form` of the task as id.',
  body: {
    schema: completeBody,
    examples: { register: { version: 1, data: { urgent: false, summary: '村口路灯不亮。' } } },
  },
  handle: ({ ctx, path, body, language }) =>
    act(ctx, path('task'), language, (taskId) => underData(() => completeTask(ctx, taskId, { data: body.data, version: body.version, language }))),
})

export const returnOperation = defineOperation({
  ...common,
  refusals: [...common.refusals],
  id: 'returnTask',
  path: '/tasks/:task/return',
  summary: 'Lay a task back with a reason',
  body: { schema: returnBody, examples: { return: { version: 2, reason: '明天起休假。' } } },
  handle: ({ ctx, path, body, language }) => act(ctx, path('task'), language, (taskId) => returnTask(ctx, taskId, body)),
})

export const assignOperation = defineOperation({
  ...common,
  refusals: [...common.refusals],
  id: 'assignTask',
  path: '/tasks/:task/assign',
  summary: 'Give a task to a colleague who may do it',
  body: { schema: assignBody, examples: { assign: { version: 1, assignee: 'Zb3xM1q0', reason: '熟悉现场情况。' } } },
  handle: ({ ctx, path, body, language }) =>
    act(ctx, path('task'), language, async (taskId) => {
      const { assignee, version, reason } = body
      await assignTask(ctx, taskId, { assignee, version, ...(reason === undefined ? {} : { reason }) })
    }),
})

/** Does the act and answers with the state after it. */
async function act(ctx: Ctx, taskId: string, language: Language, work: (taskId: string) => Promise<unknown>): Promise<Answer> {
  const by = await getTaskCase(ctx, taskId)
  await work(taskId)
  const view = await viewCase(ctx, by, language, 'api')
  const tasks = toTasks(view)
  return { status: 200, body: { ...toState(view), tasks, task: tasks.find((task) => task.id === taskId) ?? null } }
}
