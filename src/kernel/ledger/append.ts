// Leaves of what is not a case: registers, packages, and what was put up for everybody or taken down. Appended in the transaction that changes the thing itself.
import { createHash, randomUUID } from 'node:crypto'
import type { Db } from '#kernel/database/database.ts'
import type { Ctx } from '../context.ts'
import { hmacSha256, toBase64 } from './bytes.ts'
import { canonicalJson, type JsonValue } from './canonical-json.ts'
import { encodeLeaf } from './leaf.ts'
import { insertQueue } from './queries.ts'

/**
 * What the leaf commits to: HMAC(secret of the installation for this use and town, source || JCS(record)). Whoever has the key
 * folder and the record opens it; nobody else can try out what it says.
 */
const commitTo = (ctx: Ctx, use: string, source: string, record: JsonValue) =>
  toBase64(hmacSha256(ctx.services.keyring.secret(`${use}:${ctx.tenant}`), source, canonicalJson(record)))

/** Names that a leaf may not hold stand there as a UUID made from them: docs/ledger-format.md, *slug*. */
function slugOf(name: string): string {
  if (/^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/.test(name) && !/[0-9]{7}/.test(name)) return name
  const hex = createHash('sha256').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** A version of one entry, or, with `entry` `entries` and the register's own version, of several at once. */
export async function appendRegister(
  ctx: Ctx,
  trx: Db,
  register: string,
  changed: { entry: string; version: number; record: JsonValue }[],
  version: number,
) {
  const [only, ...more] = changed
  if (!only) return
  const source = randomUUID()
  const record = changed.map(({ entry, version: own, record: value }) => ({ entry, version: own, record: value }))
  const place = more.length === 0 ? { entry: slugOf(only.entry), version: only.version } : { entry: 'entries', version }
  const commitment = commitTo(ctx, 'register', source, record)
  const fields = { register: slugOf(register), entry: place.entry, version: String(place.version), commitment }
  await insertQueue(trx, ctx.tenant, source, encodeLeaf('register', ctx.clock.now(), fields))
  ctx.services.wake(ctx.tenant)
}

/** A package of public content: `digest` is its SHA-256, 32 bytes; `source` the row that put it into force. */
export async function appendPackage(
  ctx: Ctx,
  trx: Db,
  { slug, version, digest, source }: { slug: string; version: string; digest: Uint8Array; source: string },
): Promise<void> {
  const fields = { package: slugOf(slug), version: slugOf(version), digest: toBase64(digest) }
  await insertQueue(trx, ctx.tenant, source, encodeLeaf('package', ctx.clock.now(), fields))
  ctx.services.wake(ctx.tenant)
}

/**
 * What was put up or taken down, as a leaf with the source that it has in the log. `of` names the place: the same when it is
 * replaced or taken down later. It stands in the leaf as a UUID made from it, so no time and no number can be read from it.
 */
export function publicationLeaf(ctx: Ctx, { of, source, action, record }: Publication): { source: string; leaf: Uint8Array } {
  const commitment = commitTo(ctx, 'publication', source, { ...record, action, of })
  return { source, leaf: encodeLeaf('publication', ctx.clock.now(), { publication: slugOf(of), action, commitment }) }
}

export type Publication = { of: string; source: string; action: 'publish' | 'withdraw'; record: { [name: string]: JsonValue } }

/** The same for what no step of a case does: the moderation of comments. */
export async function appendPublication(ctx: Ctx, trx: Db, publication: Publication): Promise<void> {
  const { source, leaf } = publicationLeaf(ctx, publication)
  await insertQueue(trx, ctx.tenant, source, leaf)
  ctx.services.wake(ctx.tenant)
}
