// Search in Chinese over encrypted text: keyed hashes of character pairs. The key is outside the database.
import { isOpenField } from './open-field.ts'
import { keyedHash } from '../keys/keyring.ts'
import type { Ctx } from '../context.ts'
import type { FormData } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import type { Manifest } from '../procedures/manifest.ts'

const mostTokens = 4000

/** Hashes of the character pairs of every free text of the filing form that all its readers may see: a search must not find what a page hides. */
export function searchTokens(ctx: Ctx, procedure: Package, filing: FormData): string[] {
  const form = procedure.forms.get('filing')
  if (!form) return []
  const texts = Object.entries(form.schema.properties)
    .filter(([name, field]) => field['x-tag'] === 'free-text' && isOpenField(procedure, 'filing', name, field))
    .map(([name]) => filing[name])
  return tokensOf(ctx, texts.filter((text) => typeof text === 'string').join('\n'))
}

/** The same hashes for what somebody searches; empty when it has no pair of characters. */
export function tokensOf(ctx: Ctx, text: string): string[] {
  const key = ctx.services.keyring.secret(`search:${ctx.tenant}`)
  const pairs = new Set<string>()
  for (const word of text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)) {
    const characters = Array.from(word)
    for (let index = 0; index + 1 < characters.length; index++) pairs.add(`${characters[index]}${characters[index + 1]}`)
  }
  return [...pairs].slice(0, mostTokens).map((pair) => keyedHash(key, pair).readBigInt64BE().toString())
}

/** Cases that do the same thing for people: what the procedure provides, or the procedure itself. ID numbers are never matched beyond it. */
export const familyOf = (manifest: Pick<Manifest, 'slug' | 'provides'>): string => manifest.provides[0] ?? manifest.slug

/** Look-up by the whole ID number inside one family: another family has another key, so equal numbers have nothing in common there. */
export function idLookupHash(ctx: Ctx, family: string, idNumber: string): Buffer {
  const number = idNumber.normalize('NFKC').replaceAll(/[\s-]/g, '').toUpperCase()
  return keyedHash(ctx.services.keyring.secret(`id-lookup:${ctx.tenant}:${family}`), number)
}

/** Look-up of a named case at the counter: exact name with the last four of phone or ID, under a key outside the database. */
export function lookupHashes(ctx: Ctx, identity: { name?: string; phone?: string; idNumber?: string }): Buffer[] {
  const { name, phone, idNumber } = identity
  if (!name) return []
  const key = ctx.services.keyring.secret(`lookup:${ctx.tenant}`)
  const tails = [phone, idNumber]
    .filter((value): value is string => value !== undefined && value.length >= 4)
    .map((value) => value.slice(-4).toUpperCase())
  // A telephone and an identity number may end alike: one row then finds the person.
  return [...new Set(tails)].map((tail) => keyedHash(key, `${name.normalize('NFKC').replaceAll(/\s/g, '')}|${tail}`))
}
