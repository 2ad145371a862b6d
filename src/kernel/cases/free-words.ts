// Words that officers type beside the forms. They may name a person, so no column holds them in clear: they end with the case's key.
import type { Ctx } from '../context.ts'
import { decrypt, encrypt, keyedHash } from '../keys/keyring.ts'
import type { Entry } from './types.ts'

/** Why a document was corrected, withdrawn or voided, as its column keeps it: under the case's key, in base 64. */
export const sealReason = (ctx: Ctx, key: Buffer, documentId: string, reason: string): string =>
  encrypt(key, Buffer.from(reason), reasonContext(ctx, documentId)).toString('base64')

/** The words that `sealReason` put away. @throws when the key is another case's. */
export const openReason = (ctx: Ctx, key: Buffer, documentId: string, sealed: string | null): string | null =>
  sealed === null ? null : decrypt(key, Buffer.from(sealed, 'base64'), reasonContext(ctx, documentId)).toString()

const reasonContext = (ctx: Ctx, documentId: string) => `document-reason/${ctx.tenant}/${documentId}`

/**
 * Where a matter came from and its number there, as keyed hashes: enough to find that it was entered before. The words themselves stand
 * in the event of its filing.
 */
export function upstreamHashes(ctx: Ctx, entry: Entry | undefined): { upstream_source: string | null; upstream_number: string | null } {
  const { upstreamSource: source, upstreamNumber: number } = entry ?? {}
  const hash = (text: string) => keyedHash(ctx.services.keyring.secret(`upstream:${ctx.tenant}`), text).toString('base64')
  return {
    upstream_source: source === undefined ? null : hash(JSON.stringify([source])),
    upstream_number: number === undefined ? null : hash(JSON.stringify([source ?? null, number])),
  }
}
