// The data charter asked of what is put into a register: an import must not bring by value what no column may hold.
import type { FieldError } from '../errors.ts'
import { isIdNumber } from '../forms/numbers.ts'
import { findWords } from './find-words.ts'

/** Rules that a value breaks wherever it stands; a village may well be called 民族村, so peoples and beliefs are a matter of columns. */
const always = new Set(['charter.watched-person', 'charter.rating', 'charter.complained', 'charter.record-label', 'charter.profile'])

/** Complaints about the texts of one entry. `id` leads each pointer. */
export function checkEntryCharter(id: string, value: unknown, pointer = ''): FieldError[] {
  if (typeof value === 'string') {
    const idNumber = value
      .normalize('NFKC')
      .match(/(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])/g)
      ?.find(isIdNumber)
    if (idNumber !== undefined)
      return [{ pointer: `/${id}${pointer}`, code: 'charter.person-register', message: 'A register never holds the ID number of a person.' }]
    const broken = findWords(value, { prose: true }).find(({ rule }) => always.has(rule))
    return broken
      ? [{ pointer: `/${id}${pointer}`, code: broken.rule, message: `This platform never keeps ${broken.about} (CHARTER.md). ${broken.remedy}` }]
      : []
  }
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]) => checkEntryCharter(id, inner, `${pointer}/${key}`))
}
