// One task: its form on one side, the case on the other.
import { getTaskCase } from '#kernel/cases/find-task.ts'
import { assignTask, completeTask, returnTask } from '#kernel/cases/act.ts'
import { dataOf } from '#kernel/cases/case-data.ts'
import { getCase } from '#kernel/cases/load-case.ts'
import type { CaseContent, LoadedCase, TaskRow } from '#kernel/cases/types.ts'
import { documentsAhead, previewDocuments } from '#kernel/documents/preview.ts'
import { DomainError } from '#kernel/errors.ts'
import { listUploads, storeCaseFile } from '#kernel/files/uploads.ts'
import { getPackage } from '#kernel/procedures/packages.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { type FormBody, type ParsedForm, parseFormBody } from '#ui/form/parse-form-body.ts'
import { backTo, one, readPost, staffOf, work } from './frame.tsx'
import type { FieldsOf } from './grouped-fields.tsx'
import { isRefusal } from './refusals.ts'
import { registerOptions } from './register-options.ts'
import { showGone, showTask, type TaskState } from './task-page.tsx'

/** The task with its case, or the case alone when the task is done. */
type Found = { loaded: LoadedCase; procedure: Package; task: TaskRow | undefined }

async function findTask(visit: Visit, taskId: string): Promise<Found> {
  const { loaded } = await getCase(visit.ctx, await getTaskCase(visit.ctx, taskId), 'case.read')
  const procedure = await getPackage(visit.ctx, loaded.row.package_hash)
  return { loaded, procedure, task: loaded.tasks.find((known) => known.task_id === taskId) }
}

export async function taskPage(visit: Visit, context: HttpContext): Promise<Response> {
  const found = await findTask(visit, context.req.param('id') ?? '')
  if (!found.task) return showGone(visit, context, found.loaded.row.number, {})
  return show(visit, context, { ...found, task: found.task }, {})
}

/** The document that follows, one page as a picture. */
export async function previewPage(visit: Visit, context: HttpContext): Promise<Response> {
  const { loaded, task } = await findTask(visit, context.req.param('id') ?? '')
  const only = context.req.param('document') ?? ''
  const shown = task ? await previewDocuments(visit.ctx, { caseId: loaded.row.case_id }, { element: task.element, only }) : []
  const page = shown[0]?.pages[Number(context.req.param('page')) - 1]
  if (page === undefined) throw new DomainError('not_found', 'document.not_found', 'There is no such page.')
  return new Response(page, {
    headers: { 'content-type': 'image/svg+xml', 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'" },
  })
}

export async function taskPost(visit: Visit, context: HttpContext): Promise<Response> {
  const taskId = context.req.param('id') ?? ''
  const found = await findTask(visit, taskId)
  const body = await readPost(visit, context)
  const { task } = found
  const version = Number(one(body, '_version')) || undefined
  const { number } = found.loaded.row
  const back = one(body, '_back')
  const parsed = task ? parsedForm(found.procedure, task, body) : undefined
  try {
    switch (one(body, '_act')) {
      case 'claim':
        await assignTask(visit.ctx, taskId, { assignee: staffOf(visit).userId, ...versioned(version) })
        return seeOther(work(visit, `/tasks/${taskId}`))
      case 'claim-here':
        await assignTask(visit.ctx, taskId, { assignee: staffOf(visit).userId, ...versioned(version) })
        return backTo(visit, '', back, { claimed: number })
      case 'return':
        await returnTask(visit.ctx, taskId, { reason: one(body, '_reason'), ...versioned(version) })
        return backTo(visit, '', back, { laidBack: number })
      case 'assign':
        await assignTask(visit.ctx, taskId, { assignee: one(body, '_assignee'), reason: one(body, '_reason'), ...versioned(version) })
        return backTo(visit, '', back, { assigned: number })
      case 'preview':
        if (!task || !parsed) return await showGone(visit, context, number, body)
        return await show(visit, context, { ...found, task }, { values: parsed.raw, preview: await preview(visit, found.loaded, task, parsed.data) })
      default:
        return await complete(visit, { ...found, taskId }, parsed, version)
    }
  } catch (error) {
    if (!isRefusal(error)) throw error
    // What was uploaded is kept by its id, so that nobody has to send it again.
    const again = await findTask(visit, taskId)
    if (!again.task) return showGone(visit, context, number, parsed?.raw ?? body)
    return show(visit, context, { ...again, task: again.task }, { values: parsed?.raw ?? {}, error })
  }
}

const versioned = (version: number | undefined) => (version === undefined ? {} : { version })

async function complete(
  visit: Visit,
  found: Found & { taskId: string },
  parsed: ParsedForm | undefined,
  version: number | undefined,
): Promise<Response> {
  const { loaded, task, taskId } = found
  if (task && parsed) await keepFiles(visit, loaded.row.case_id, parsed)
  const input = { language: visit.language, ...versioned(version), ...(parsed ? { data: parsed.data } : {}) }
  const { number } = await completeTask(visit.ctx, taskId, input)
  return backTo(visit, '', '', { done: number, ...(task ? { step: task.element } : {}) })
}

function parsedForm(procedure: Package, task: TaskRow, body: FormBody): ParsedForm | undefined {
  const form = task.form === null ? undefined : procedure.forms.get(task.form)
  return form && parseFormBody(form.schema as never, body) // both modules read the same JSON Schema
}

/** Stores new files with the case and names them in the form. */
export async function keepFiles(visit: Visit, caseId: string, parsed: ParsedForm): Promise<void> {
  for (const [name, files] of Object.entries(parsed.files)) {
    const kept: string[] = []
    for (const file of files) {
      const stored = await storeCaseFile(visit.ctx, { caseId }, { name: file.name, bytes: Buffer.from(await file.arrayBuffer()) })
      kept.push(stored.fileId)
    }
    const before = parsed.data[name]
    const ids = [...(Array.isArray(before) ? before.map(String) : []), ...kept]
    parsed.data[name] = ids
    parsed.raw[`${name}-kept`] = ids
  }
}

async function preview(visit: Visit, loaded: LoadedCase, task: TaskRow, data: Record<string, unknown>): Promise<NonNullable<TaskState['preview']>> {
  try {
    return await previewDocuments(visit.ctx, { caseId: loaded.row.case_id }, { element: task.element, data })
  } catch (error) {
    // The template needs an answer that is not there yet: the page says so instead of a picture.
    if (error instanceof DomainError && error.code === 'document.template') return []
    throw error
  }
}

async function show(visit: Visit, context: HttpContext, found: Found & { task: TaskRow }, state: TaskState): Promise<Response> {
  const { loaded, procedure, task } = found
  const form = task.form === null ? undefined : procedure.forms.get(task.form)
  const names = form ? await listUploads(visit.ctx, { caseId: loaded.row.case_id }) : []
  const fields: FieldsOf | undefined = form && {
    procedure,
    form,
    language: visit.language,
    values: state.values ?? startValues(visit, found, form.schema.properties),
    options: registerOptions(visit),
    fileNames: Object.fromEntries(names.map((file) => [file.fileId, file.name])),
  }
  const ahead = documentsAhead(procedure, task.element, loaded.content)
  const pages = state.preview === undefined ? await storedPages(visit, found, ahead) : []
  return showTask(visit, context, { ...found, ...(fields ? { fields } : {}), ahead, pages }, state)
}

/** Pages of a document that no longer depends on this task's form: whoever signs sees what will go out. */
async function storedPages(visit: Visit, { loaded, task }: Found, ahead: { id: string; drafts: boolean }[]) {
  if (!task || !ahead.some((document) => !document.drafts)) return []
  const ids = new Set(ahead.filter((document) => !document.drafts).map((document) => document.id))
  try {
    const shown = await previewDocuments(visit.ctx, { caseId: loaded.row.case_id }, { element: task.element })
    return shown.filter((document) => ids.has(document.id)).map(({ id, pages }) => ({ id, count: pages.length }))
  } catch (error) {
    if (error instanceof DomainError) return []
    throw error
  }
}

/** What a rule or an earlier step suggests (`x-suggested`); whoever does the task may choose otherwise. */
function suggestionOf(content: CaseContent, path: string | undefined): unknown {
  const [element = '', field = ''] = (path ?? '').split('.')
  return content[element]?.[field] ?? undefined
}

/** Work that came back shows what was written; else what a rule suggests, what the filing form says under the same name, and today for a day of effect. */
function startValues(
  visit: Visit,
  { loaded, procedure, task }: Found,
  properties: Record<string, { 'x-tag': string; 'x-effective'?: boolean; 'x-suggested'?: string }>,
): Record<string, unknown> {
  const before = task && dataOf({ case: loaded, procedure }, task.element, task.token)
  if (before) return before
  const values: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(properties)) {
    const suggested = suggestionOf(loaded.content, property['x-suggested'])
    if (suggested !== undefined) values[name] = suggested
    else if (property['x-effective']) values[name] = today(visit.ctx)
    else if (['free-text', 'place'].includes(property['x-tag']) && loaded.content.filing[name] !== undefined)
      values[name] = loaded.content.filing[name]
  }
  return values
}
