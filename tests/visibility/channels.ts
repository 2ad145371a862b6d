// Every way out of the kernel, asked by one actor about one case; each returns findings: what it showed that the oracle denies, or hid that it allows.
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js'
import { findAtCounter, findByIdNumber } from '#kernel/cases/counter.ts'
import { listEscalations } from '#kernel/cases/escalations.ts'
import { exportCase } from '#kernel/cases/export-case.ts'
import { getTaskCase } from '#kernel/cases/find-task.ts'
import { listIncidents, viewIncidents } from '#kernel/cases/incidents.ts'
import { lateByOffice } from '#kernel/cases/late.ts'
import { readLedgerReceipt } from '#kernel/cases/ledger-receipt.ts'
import { countInbox, listCases, listInbox } from '#kernel/cases/lists.ts'
import { listRecusalRequests } from '#kernel/cases/recuse.ts'
import { viewCase } from '#kernel/cases/view.ts'
import { listViews } from '#kernel/cases/views.ts'
import type { Ctx } from '#kernel/context.ts'
import { bindCaseFile } from '#kernel/documents/case-file.ts'
import { DomainError } from '#kernel/errors.ts'
import { listUploads } from '#kernel/files/uploads.ts'
import { makeCopy } from '#kernel/rights/copy.ts'
import { viewHeld } from '#kernel/rights/held.ts'
import type { Model } from './scenario.ts'
import type { Slot } from './slots.ts'

/** What the oracle says of one actor and one case. */
export type Verdict = {
  who: string
  reads: boolean
  views: boolean
  exports: boolean
  corrects: boolean
  owns: boolean
  slots: Set<Slot>
  opens: Set<Slot>
}

const refused = Symbol('refused')

async function ask<T>(work: () => Promise<T>): Promise<T | typeof refused> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DomainError && (error.kind === 'not_found' || error.kind === 'forbidden')) return refused
    throw error
  }
}

const sealedLook = { purpose: 'sealed:handling', words: '随机测试', fields: ['sealed'], opens: true }

type Channel = {
  /** What may be seen through it. */
  slots: (verdict: Verdict) => Set<Slot>
  isOpen?: (verdict: Verdict) => boolean
  /** Shows everything that may be seen, so that nothing is hidden by mistake either. */
  isWhole?: boolean
  read: (ctx: Ctx, model: Model) => Promise<unknown>
}

const shown = (verdict: Verdict) => verdict.slots

/** By the name of the kernel function; a test checks that no reader of src/kernel/cases is missing here. */
export const caseChannels: Record<string, Channel> = {
  viewCase: { slots: shown, isWhole: true, read: (ctx, { number }) => viewCase(ctx, { number }, 'zh') },
  'viewCase, sealed parts opened': {
    slots: (verdict) => verdict.opens,
    isWhole: true,
    read: (ctx, { number }) => viewCase(ctx, { number }, 'en', sealedLook),
  },
  readLedgerReceipt: { slots: shown, read: (ctx, { number }) => readLedgerReceipt(ctx, { number }) },
  listUploads: { slots: shown, read: (ctx, { number }) => listUploads(ctx, { number }) },
  listViews: { slots: shown, isOpen: (verdict) => verdict.views, read: (ctx, { number }) => listViews(ctx, { number }, 'zh') },
  listRecusalRequests: { slots: shown, read: (ctx, { number }) => listRecusalRequests(ctx, number) },
  viewIncidents: { slots: () => new Set(), isOpen: (verdict) => verdict.corrects, read: (ctx, { number }) => viewIncidents(ctx, { number }, 'zh') },
  viewHeld: { slots: shown, isOpen: (verdict) => verdict.owns, read: (ctx, { number }) => viewHeld(ctx, { number }, 'zh') },
  makeCopy: { slots: shown, isOpen: (verdict) => verdict.owns, read: async (ctx, { number }) => unpacked((await makeCopy(ctx, { number })).zip) },
  getTaskCase: { slots: () => new Set(), read: (ctx, { tasks }) => getTaskCase(ctx, tasks[0]?.taskId ?? '') },
  exportCase: { slots: () => new Set(), isOpen: () => false, read: (ctx, { number }) => exportCase(ctx, number) },
}

/** The files of an archive as text. */
async function unpacked(zip: Uint8Array): Promise<string[]> {
  const reader = new ZipReader(new Uint8ArrayReader(zip), { useWebWorkers: false })
  const texts: string[] = []
  for (const entry of await reader.getEntries()) if (!entry.directory) texts.push(Buffer.from(await entry.getData(new Uint8ArrayWriter())).toString())
  await reader.close()
  return texts
}

/** Actions of a diagram that leave a record of their own, by what it is about; `checkRecords` reads what they wrote. */
export const recordingActions = { findBreach: 'a duty that a body did not keep', countMeetingOf: 'votes and quorum' } as const

/** Findings of every channel about one case. */
export async function checkCase(ctx: Ctx, model: Model, verdict: Verdict): Promise<string[]> {
  const findings: string[] = []
  for (const [name, channel] of Object.entries(caseChannels)) {
    const answer = await ask(() => channel.read(ctx, model))
    const isOpen = channel.isOpen?.(verdict) ?? verdict.reads
    if ((answer !== refused) !== isOpen) findings.push(`${name} ${isOpen ? 'is closed to' : 'answers'} ${verdict.who}`)
    if (answer === refused) continue
    findings.push(...compare(name, textOf(answer), model, verdict.who, channel.slots(verdict), channel.isWhole === true))
  }
  return findings
}

/** Canaries in a text against those that may be there. */
export function compare(name: string, text: string, model: Model, who: string, allowed: Set<Slot>, isWhole = false): string[] {
  return [...model.canaries].flatMap(([slot, canary]) => {
    const isThere = text.includes(canary)
    if (isThere && !allowed.has(slot)) return [`${name} shows ${slot} to ${who}`]
    return isWhole && !isThere && allowed.has(slot) ? [`${name} hides ${slot} from ${who}`] : []
  })
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part instanceof Map ? [...part] : part instanceof Uint8Array ? Buffer.from(part).toString('latin1') : part,
  ) ?? ''

/** Findings of lists, counts and searches over all cases of the scenario. `reads`: the oracle for each case; `does`: the open tasks she may complete. */
export async function checkLists(
  ctx: Ctx,
  models: Model[],
  who: string,
  reads: (model: Model) => boolean,
  does: (model: Model) => string[],
  options: { searches: boolean } = { searches: true },
): Promise<string[]> {
  const findings: string[] = []
  const expected = models
    .filter(reads)
    .map((model) => model.number)
    .sort()
  const all = await listCases(ctx, { procedure: 'guild' }, { size: 100 }, 'zh')
  const listed = all.items.map((item) => item.number).sort()
  if (listed.join() !== expected.join())
    findings.push(`listCases lists ${minus(listed, expected)} too many and ${minus(expected, listed)} too few for ${who}`)
  if (all.total !== expected.length) findings.push(`listCases counts ${all.total} instead of ${expected.length} for ${who}`)
  const tasks = models.flatMap(does).sort()
  const inbox = await listInbox(ctx, { procedure: 'guild' }, { size: 100 }, 'zh')
  const work = inbox.items.map((item) => item.taskId).sort()
  if (work.join() !== tasks.join()) findings.push(`listInbox offers ${minus(work, tasks)} too many and ${minus(tasks, work)} too few to ${who}`)
  const { all: counted } = await countInbox(ctx, { procedure: 'guild' })
  if (counted !== tasks.length || inbox.total !== tasks.length)
    findings.push(`countInbox counts ${counted}, the list ${inbox.total}, instead of ${tasks.length} for ${who}`)
  findings.push(...(await checkIncidents(ctx, models, who, reads)))
  if (options.searches) findings.push(...(await checkCounts(ctx, models, who, reads)))
  for (const model of models) {
    if (!options.searches) continue
    const finds = async (slot: Slot) =>
      (await listCases(ctx, { q: model.canaries.get(slot) ?? 'nothing' }, {}, 'zh')).items.some((item) => item.number === model.number)
    if ((await finds('partyWords')) !== reads(model)) findings.push(`search by words answers wrongly to ${who}`)
    for (const slot of ['hidden', 'sealedWords', 'accusation', 'minorWords', 'caucusWords', 'name', 'informerName', 'accusedName'] as const)
      if (model.canaries.has(slot) && (await finds(slot))) findings.push(`search by ${slot} finds the case for ${who}`)
    findings.push(...compare('listCases', textOf(all.items.filter((item) => item.number === model.number)), model, who, new Set(['publicWords'])))
    findings.push(...compare('listInbox', textOf(inbox), model, who, new Set(['publicWords'])))
  }
  return findings
}

/** Where cases stand still is told to officers, and only of cases that they read. */
async function checkIncidents(ctx: Ctx, models: Model[], who: string, reads: (model: Model) => boolean): Promise<string[]> {
  const expected = models.filter((model) => ctx.actor.kind === 'staff' && model.isStuck && reads(model)).map((model) => model.number)
  const open = (await listIncidents(ctx, 'zh')).filter((incident) => models.some((model) => model.number === incident.number))
  const listed = open.map((incident) => incident.number)
  const words = models.flatMap((model) =>
    compare('listIncidents', textOf(open.filter((incident) => incident.number === model.number)), model, who, new Set(['publicWords'])),
  )
  if (listed.toSorted().join() === expected.toSorted().join()) return words
  return [...words, `listIncidents lists ${minus(listed, expected)} too many and ${minus(expected, listed)} too few for ${who}`]
}

async function checkCounts(ctx: Ctx, models: Model[], who: string, reads: (model: Model) => boolean): Promise<string[]> {
  const findings: string[] = []
  // Only cases of the scenario are in this town.
  const open = (await lateByOffice(ctx, 'zh')).reduce((sum, row) => sum + row.open, 0)
  const readable = models.filter(reads).reduce((sum, model) => sum + model.tasks.length, 0)
  if (open !== readable) findings.push(`lateByOffice counts ${open} open tasks instead of ${readable} for ${who}`)
  for (const report of await listEscalations(ctx, 'zh')) {
    const model = models.find((known) => known.number === report.number)
    if (model && !reads(model)) findings.push(`listEscalations names a case to ${who}`)
  }
  for (const model of models) {
    const [name, phone] = [model.canaries.get('name') ?? '', model.canaries.get('phone') ?? '']
    const found = await findAtCounter(ctx, { name, tail: phone.slice(-4) })
    if (found.some(({ number }) => number === model.number) !== (ctx.actor.kind === 'staff' && reads(model)))
      findings.push(`findAtCounter answers wrongly to ${who}`)
    const idNumber = model.canaries.get('idNumber') ?? ''
    const byNumber = await findByIdNumber(ctx, { family: 'guild', idNumber })
    if (byNumber.map(({ number }) => number).join() !== (ctx.actor.kind === 'staff' && reads(model) ? model.number : ''))
      findings.push(`findByIdNumber answers wrongly to ${who}`)
    // The same number in another family of matters has nothing in common with this one.
    if ((await findByIdNumber(ctx, { family: 'petition', idNumber })).length > 0) findings.push(`findByIdNumber crosses families for ${who}`)
    for (const [of, tail] of [
      ['informerName', 'informerPhone'],
      ['accusedName', 'accusedPhone'],
    ] as const) {
      const canary = model.canaries.get(of)
      if (canary && (await findAtCounter(ctx, { name: canary, tail: (model.canaries.get(tail) ?? '').slice(-4) })).length > 0)
        findings.push(`findAtCounter finds ${of} for ${who}`)
    }
  }
  return findings
}

const minus = (some: string[], others: string[]) => some.filter((one) => !others.includes(one)).length

/** The whole file: what goes into the typesetter is what stands in the PDF. */
export async function checkCaseFile(ctx: Ctx, model: Model, verdict: Verdict): Promise<string[]> {
  const printed: string[] = []
  const { renderer } = ctx.services
  const listening: Ctx = {
    ...ctx,
    services: {
      ...ctx.services,
      renderer: {
        ...renderer,
        render: (job) => {
          printed.push(textOf(job.data))
          return renderer.render(job)
        },
        bundle: (job) => renderer.bundle(job),
      },
    },
  }
  const answer = await ask(() => bindCaseFile(listening, { number: model.number }))
  if ((answer !== refused) !== verdict.exports) return [`bindCaseFile ${verdict.exports ? 'is closed to' : 'answers'} ${verdict.who}`]
  return compare('bindCaseFile', printed.join('\n'), model, verdict.who, verdict.slots)
}
