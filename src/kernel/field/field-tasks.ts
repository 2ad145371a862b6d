// What a phone takes along: open tasks that the diagram marks with `xl:offline`, with no more of the case than a visit needs.
import type { LoadedCase } from '../cases/types.ts'
import { recordViews } from '../cases/views.ts'
import { loadCase } from '../cases/load-case.ts'
import { speaker } from '../cases/words.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import type { Form, FormData, Language } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import { getPackage } from '../procedures/packages.ts'
import { getTown } from '../towns/towns.ts'
import { type FieldTaskRow, listDoable } from './queries.ts'

/** Most tasks that one phone takes along. */
export const mostFieldTasks = 300

/** `people`: whom to visit. `earlier`: answers of this task that were returned, to begin with. */
export type FieldTask = {
  taskId: string
  number: string
  title: string
  procedure: string
  place: string
  due: CalendarDate | null
  people: { name: string; phone: string; address: string }[]
  earlier: FormData
  package: Package
  form: Form
}

/** The tasks; every look is recorded before any is shown. */
export async function listFieldTasks(ctx: Ctx, language: Language): Promise<FieldTask[]> {
  const town = await getTown(ctx)
  const tasks: FieldTask[] = []
  const looked: LoadedCase[] = []
  for (const { row, procedure, form } of await rowsOffline(ctx)) {
    const loaded = await loadCase(ctx, row.case_id)
    const { row: file, parties, content } = loaded
    looked.push(loaded)
    const say = speaker(procedure, language)
    tasks.push({
      taskId: row.task_id,
      number: file.number,
      title: say(`element.${row.element}`),
      procedure: say('title'),
      place: town.villages.get(file.place_id ?? '')?.name[language] ?? '',
      due: row.due_on,
      people: parties
        .filter((party) => !party.blind)
        .map(({ identity }) => ({ name: identity.name ?? '', phone: identity.phone ?? '', address: identity.address ?? '' })),
      earlier: content[row.element] ?? {},
      package: procedure,
      form,
    })
  }
  await recordViews(ctx, looked, 'field', ['parties'])
  return tasks
}

async function rowsOffline(ctx: Ctx): Promise<{ row: FieldTaskRow; procedure: Package; form: Form }[]> {
  const rows = await listDoable(ctx, mostFieldTasks)
  const packages = new Map<string, Package>()
  for (const { package_hash } of rows) if (!packages.has(package_hash)) packages.set(package_hash, await getPackage(ctx, package_hash))
  return rows.flatMap((row) => {
    const procedure = packages.get(row.package_hash)
    const form = procedure?.forms.get(row.form)
    return procedure && form && procedure.graph.elements[row.element]?.xl.ext['offline'] === 'true' ? [{ row, procedure, form }] : []
  })
}
