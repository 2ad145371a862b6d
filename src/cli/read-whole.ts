import { readFile } from 'node:fs/promises'
import { Unusable } from './command.ts'

/** A file that was named on the command line, as text; undefined when none was. */
export async function readWhole(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) throw new Unusable(`${file} cannot be read.`)
  return text
}
