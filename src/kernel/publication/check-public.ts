// The publication guard: what everyone will read passes here. Certain finds stop it, likely ones ask for a second look.
// 政府信息公开条例 Art 15, 个人信息保护法 Art 25, 社会救助法 Art 11 (DP6, publication guard).
import { invalid } from '../errors.ts'
import type { Language } from '../forms/forms.ts'
import { detectPersonalData, type FoundData, type FoundKind } from './detect.ts'

/** `field` is the name of a field or column, `file` the name of a file; one plain text has neither. */
export type PublicInput =
  | { text: string }
  | { fields: Record<string, unknown>; allowed?: Record<string, FoundKind[]> }
  | { file: { name: string; text: string } }
export type PublicFinding = FoundData & { field: string; severity: 'blocks' | 'warns' }

/**
 * Personal data in what is about to be public. ID numbers, mobile numbers and bank cards block; the rest warns.
 * `allowed` says which kinds a field is there to hold: the telephone of an office is public.
 */
export function checkPublic(input: PublicInput): PublicFinding[] {
  if ('text' in input) return findingsIn('', input.text, [])
  if ('file' in input) return [...findingsIn('name', input.file.name, []), ...findingsIn('text', input.file.text, [])]
  return Object.entries(input.fields).flatMap(([field, value]) =>
    textsOf(value).flatMap((text) => findingsIn(field, text, input.allowed?.[field] ?? [])),
  )
}

/** @throws `publication.personal` (422) naming each field and what stands there, never the thing itself. */
export function requirePublic(input: PublicInput, language: Language = 'zh', place = ''): void {
  const blocking = checkPublic(input).filter((finding) => finding.severity === 'blocks')
  if (blocking.length === 0) return
  const message = language === 'zh' ? '公开的内容里有个人信息，请先遮盖或者删去。' : 'What would be public holds personal data: take it out first.'
  throw invalid(
    'publication.personal',
    message,
    blocking.map(({ field, kind }) => ({
      pointer: [place, field]
        .filter((part) => part !== '')
        .map((part) => `/${part}`)
        .join(''),
      code: kind,
      message: `${foundWords[kind][language]}`,
    })),
  )
}

export const foundWords: Record<FoundKind, Record<Language, string>> = {
  'id-number': { zh: '身份证号码', en: 'ID number' },
  phone: { zh: '电话号码', en: 'telephone number' },
  'bank-card': { zh: '银行卡号', en: 'bank card number' },
  email: { zh: '电子邮箱', en: 'e-mail address' },
  address: { zh: '到门牌的地址', en: 'address down to the door' },
  name: { zh: '人名', en: 'name of a person' },
  'birth-date': { zh: '出生日期', en: 'date of birth' },
  plate: { zh: '车牌号', en: 'plate number' },
  health: { zh: '病情', en: 'illness' },
}

const findingsIn = (field: string, text: string, allowed: readonly FoundKind[]): PublicFinding[] =>
  detectPersonalData(text)
    .filter((found) => !allowed.includes(found.kind))
    .map((found) => ({ ...found, field, severity: found.certain ? 'blocks' : 'warns' }))

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsOf) : []
}
