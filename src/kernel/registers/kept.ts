// Registers that bodies keep themselves and everybody reads: each entry belongs to one body, and only its own post writes it.
// 村民委员会组织法 Art 30; 农村集体经济组织法 Art 45, 46; 自然灾害救助条例 Art 26. What is read may be copied: the same rows are a page, a table and data.
import { readdir, readFile } from 'node:fs/promises'
import { z } from 'zod'
import { mayKeepRegister } from '../access/rule.ts'
import type { Ctx } from '../context.ts'
import { conflict, forbidden, invalid, notFound } from '../errors.ts'
import type { Language } from '../forms/forms.ts'
import { uuidv7 } from '../ids.ts'
import { getTown, type LocalName } from '../towns/towns.ts'
import { listEntries } from './list-entries.ts'
import { recordEntries } from './registers.ts'

const definitionShape = z.object({
  slug: z.string(),
  title: z.object({ zh: z.string(), en: z.string() }),
  public: z.literal(true),
  /** Whose duty it is, and the column with the body that an entry belongs to. */
  keptBy: z.object({ duty: z.string(), of: z.string() }),
  about: z.enum(['village', 'town']),
  /** `false`: it has its page, and does not stand among the accounts that everybody looks for. */
  listed: z.boolean().default(true),
})
const schemaShape = z.object({
  description: z.string().default(''),
  properties: z.record(
    z.string(),
    z.object({
      type: z.enum(['string', 'number']),
      enum: z.array(z.string()).optional(),
      format: z.string().optional(),
      maxLength: z.number().optional(),
      /** The slug of a matter: shown as a link to it. */
      'x-matter': z.boolean().optional(),
    }),
  ),
  required: z.array(z.string()).default([]),
})
const textsShape = z.record(z.string(), z.string())

export type Cell = string | number
/** `kind`: how it is shown and asked for. */
export type Column = { id: string; kind: 'organization' | 'matter' | 'date' | 'choice' | 'number' | 'text'; choices: string[]; isRequired: boolean }
export type KeptRegister = {
  slug: string
  title: LocalName
  basis: string
  about: 'village' | 'town'
  listed: boolean
  keptBy: { duty: string; of: string }
  columns: Column[]
  texts: Record<Language, Record<string, string>>
}
export type KeptEntry = { id: string; cells: Record<string, Cell> }

const library = new URL('../../../registers/', import.meta.url)
let loaded: Promise<KeptRegister[]> | undefined

/** The registers of the library that bodies keep. They are files of the program: read once. */
export const listKeptRegisters = (): Promise<KeptRegister[]> => (loaded ??= readAll())

async function readAll(): Promise<KeptRegister[]> {
  const folders = (await readdir(library, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return (await Promise.all(folders.toSorted().map(readOne))).filter((one) => one !== undefined)
}

async function readOne(slug: string): Promise<KeptRegister | undefined> {
  const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(new URL(`${slug}/${name}`, library), 'utf8'))
  const definition = definitionShape.safeParse(await read('register.json'))
  if (!definition.success) return undefined
  const { description, properties, required } = schemaShape.parse(await read('schema.json'))
  const { keptBy, title, about, listed } = definition.data
  const columns = Object.entries(properties).map(([id, property]): Column => ({
    id,
    kind: kindOf(id === keptBy.of, property),
    choices: property.enum ?? [],
    isRequired: required.includes(id),
  }))
  const texts = { zh: textsShape.parse(await read('texts.zh.json')), en: textsShape.parse(await read('texts.en.json')) }
  return { slug, title, basis: description, about, listed, keptBy, columns, texts }
}

type Property = z.infer<typeof schemaShape>['properties'][string]

function kindOf(isBody: boolean, property: Property): Column['kind'] {
  if (isBody) return 'organization'
  if (property['x-matter'] === true) return 'matter'
  if (property.enum) return 'choice'
  if (property.format === 'date') return 'date'
  return property.type === 'number' ? 'number' : 'text'
}

/** @throws `register.not_found`. */
export async function getKeptRegister(slug: string): Promise<KeptRegister> {
  const found = (await listKeptRegisters()).find((one) => one.slug === slug)
  if (!found) throw notFound('register.not_found', 'There is no such register.')
  return found
}

/** What stands in it, of one body or of all, the newest entry first. Anyone may read it. */
export async function readKept(ctx: Ctx, register: KeptRegister, of?: string): Promise<KeptEntry[]> {
  const entries = await listEntries<Record<string, Cell>>(ctx, register.slug)
  return entries
    .filter((entry) => of === undefined || entry[register.keptBy.of] === of)
    .map(({ id, ...cells }) => ({ id, cells }))
    .toReversed()
}

/** The bodies whose entries this actor writes; empty for everybody else, the town's own officers included where the register is a village's. */
export async function bodiesKeptBy(ctx: Ctx, register: KeptRegister): Promise<string[]> {
  const town = await getTown(ctx)
  return [...town.organizations.keys()].filter((organization) => mayKeepRegister(ctx.actor, { duty: register.keptBy.duty, organization }))
}

/**
 * Adds an entry, or a new version of one; the version before stays on record and in the log. `cells: null` takes it out, with the reason.
 * @throws `register.not_yours` (403), `register.entry_not_found`, `register.changed`, `register.invalid` with fields, `register.reason`.
 */
export async function keepEntry(
  ctx: Ctx,
  slug: string,
  change: { id?: string; cells: Record<string, Cell> | null; reason: string; before?: string },
): Promise<string> {
  const register = await getKeptRegister(slug)
  const { of, duty } = register.keptBy
  const old = change.id === undefined ? undefined : (await readKept(ctx, register)).find(({ id }) => id === change.id)
  if (change.id !== undefined && !old) throw notFound('register.entry_not_found', 'There is no such entry.')
  const bodies = [old?.cells[of], change.cells?.[of]].filter((body) => body !== undefined)
  const isOwn = bodies.length > 0 && bodies.every((body) => mayKeepRegister(ctx.actor, { duty, organization: String(body) }))
  if (!isOwn) throw forbidden('register.not_yours', 'Only the post of the body itself writes this register.')
  if (old && change.before !== undefined && change.before !== versionOf(old))
    throw conflict('register.changed', 'Somebody has changed this entry meanwhile.')
  const reason = change.reason.trim()
  if (old && reason.length < 2)
    throw invalid('register.reason', 'Say why it changes.', [{ pointer: '/reason', code: 'required', message: '请写明为什么修改' }])
  const id = change.id ?? uuidv7(ctx.clock.now())
  await recordEntries(ctx, slug, [{ id, data: change.cells }], reason === '' ? '登记' : reason.slice(0, 300))
  return id
}

/** What a form carries along, so that two who edit at once do not overwrite each other. */
export const versionOf = ({ cells }: KeptEntry): string => JSON.stringify(Object.entries(cells).toSorted(([a], [b]) => (a < b ? -1 : 1)))
