// A register's folder: register.json, schema.json, texts. Read and asked by the data charter before it takes an entry.
import { readFile } from 'node:fs/promises'
import type { Finding } from '../charter/finding.ts'
import { checkRegisterCharter } from '../charter/register.ts'

/** What the platform says of a register's definition; `folder` ends in `/`. Errors refuse it. */
export async function lintRegister(folder: URL): Promise<Finding[]> {
  const findings: Finding[] = []
  const read = async (name: string, isNeeded: boolean): Promise<unknown> => {
    const text = await readFile(new URL(name, folder), 'utf8').catch(() => undefined)
    if (text === undefined) {
      if (isNeeded) findings.push({ place: name, rule: 'register.missing', message: `The register has no ${name}.`, severity: 'error' })
      return undefined
    }
    try {
      return JSON.parse(text)
    } catch (error) {
      findings.push({
        place: name,
        rule: 'register.json',
        message: `This is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
        severity: 'error',
      })
      return undefined
    }
  }
  const definition = await read('register.json', true)
  const schema = await read('schema.json', true)
  const texts = Object.assign(
    {},
    ...(await Promise.all(['texts.zh.json', 'texts.en.json'].map(async (name) => spokenBy(name, await read(name, false))))),
  )
  if (schema === undefined || definition === undefined) return findings
  return [...findings, ...checkRegisterCharter({ definition, schema, texts })]
}

const library = new URL('../../../registers/', import.meta.url)
const known = new Map<string, Promise<boolean>>()

/** Does everyone read this register of the library? Its definition says `public` or `visibility`. */
export function isPublicRegister(register: string): Promise<boolean> {
  const asked = known.get(register) ?? readPublic(register)
  known.set(register, asked)
  return asked
}

async function readPublic(register: string): Promise<boolean> {
  const definition: unknown = JSON.parse(await readFile(new URL(`${register}/register.json`, library), 'utf8'))
  if (definition === null || typeof definition !== 'object') return true
  return ('public' in definition && definition.public === true) || ('visibility' in definition && definition.visibility === 'public')
}

/** Texts of both languages in one map: the language leads the id. */
const spokenBy = (name: string, texts: unknown): Record<string, string> =>
  texts !== null && typeof texts === 'object'
    ? Object.fromEntries(Object.entries(texts).flatMap(([key, text]) => (typeof text === 'string' ? [[`${name}.${key}`, text]] : [])))
    : {}
