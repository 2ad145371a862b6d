// Lists of things with history. An entry is never changed: a new version of it is added.
import { readFile } from 'node:fs/promises'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { forgetTown } from '../towns/towns.ts'
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
  const validate = ajv.compile(schema)
  validators.set(register, validate)
  return validate
}

/**
 * Adds a version of each entry (`data: null` retires it) in one statement; entries equal to what stands are left alone.
 * @throws `register.invalid` naming entry and field.
 */
export async function recordEntries(ctx: Ctx, register: string, entries: RegisterEntry[], reason: string): Promise<number> {
  const validate = await validatorOf(register)
  const fields = entries.flatMap((entry) => {
    if (entry.data === null || validate(entry.data)) return []
    return (validate.errors ?? []).map((error) => ({
      pointer: `/${entry.id}${error.instancePath}`,
      code: error.keyword,
      message: error.message ?? 'not valid',
    }))
  })
  if (fields.length > 0) throw invalid('register.invalid', `The register “${register}” does not take these entries.`, fields)
  const added = await insertVersions(ctx, register, entries, reason)
  forgetTown(ctx)
  return added
}
