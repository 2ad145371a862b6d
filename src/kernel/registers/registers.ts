// Lists of things with history. An entry is never changed: a new version of it is added.
import { readFile } from 'node:fs/promises'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { checkEntryCharter } from '../charter/entry.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { forgetTown } from '../towns/towns.ts'
import { lintRegister } from './load-register.ts'
import { requirePublic } from '../publication/check-public.ts'
import { isPublicRegister } from './load-register.ts'
import { insertVersions } from './queries.ts'

export type RegisterEntry = { id: string; data: Record<string, unknown> | null; from?: CalendarDate; to?: CalendarDate }

const library = new URL('../../../registers/', import.meta.url)
const ajv = new Ajv2020({ allErrors: true, strict: false })
// ajv-formats is CommonJS: its default export is the function under both module systems.
addFormats.default(ajv)

/** The schema that the library ships for a register. @throws `register.not_found`. */
export async function readRegisterSchema(register: string): Promise<object> {
  if (!/^[a-z-]{1,60}$/.test(register)) throw new DomainError('not_found', 'register.not_found', 'There is no such register.')
  try {
    return JSON.parse(await readFile(new URL(`${register}/schema.json`, library), 'utf8'))
  } catch (cause) {
    throw new DomainError('not_found', 'register.not_found', `There is no register “${register}”.`, { cause })
  }
}

const validators = new Map<string, ValidateFunction>()

async function validatorOf(register: string): Promise<ValidateFunction> {
  const schema = await readRegisterSchema(register)
  const known = validators.get(register)
  if (known) return known
  // A definition that the charter refuses takes no entry, whoever put it there.
  const refused = await lintRegister(new URL(`${register}/`, library))
  if (refused.some((finding) => finding.severity === 'error'))
    throw invalid(
      'register.refused',
      `The register “${register}” is refused for ${refused.length} reasons; each names its place.`,
      refused.map((finding) => ({ pointer: finding.place, code: finding.rule, message: finding.message })),
    )
  const validate = ajv.compile(schema)
  validators.set(register, validate)
  return validate
}

/**
 * Adds a version of each entry (`data: null` retires it) in one statement; entries equal to what stands are left alone.
 * @throws `register.invalid` naming entry and field; `register.refused` for a register that the data charter does not allow.
 */
export async function recordEntries(ctx: Ctx, register: string, entries: RegisterEntry[], reason: string): Promise<number> {
  const validate = await validatorOf(register)
  const fields = entries.flatMap((entry) => {
    if (entry.data === null) return []
    if (validate(entry.data)) return checkEntryCharter(entry.id, entry.data)
    return (validate.errors ?? []).map((error) => ({
      pointer: `/${entry.id}${error.instancePath}`,
      code: error.keyword,
      message: error.message ?? 'not valid',
    }))
  })
  if (fields.length > 0) throw invalid('register.invalid', `The register “${register}” does not take these entries.`, fields)
  if (await isPublicRegister(register))
    // Columns that are there to hold how a body is reached may hold it.
    for (const { id, data } of entries) if (data !== null) requirePublic({ fields: data, allowed: { phone: ['phone'] } }, 'zh', id)
  const added = await insertVersions(ctx, register, entries, reason)
  forgetTown(ctx)
  return added
}
