// Identity providers of a town (OpenID Connect): what the IT administrator enters, and who is linked to whom.
import { type Kysely, sql } from 'kysely'
import { inTenant, sqlState } from '#kernel/database/database.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import type { AccountKind } from './auth.ts'
import type { Parts } from './parts.ts'
import { requirePublic } from '../publication/check-public.ts'

export type Provider = {
  providerId: string
  issuer: string
  clientId: string
  kind: AccountKind
  label: { zh: string; en: string }
  /** It asks staff for a second factor itself. */
  strong: boolean
  enabled: boolean
  hasSecret: boolean
}
export type ProviderInput = Omit<Provider, 'hasSecret'> & {
  /** Undefined keeps the one that is stored; empty for a public client. */
  clientSecret?: string | undefined
}
export type ProviderLink = { subjectKey: string; issuer: string; createdAt: Date; lastUsedAt: Date | null }

type Row = {
  provider_id: string
  issuer: string
  client_id: string
  client_secret: string | null
  kind: AccountKind
  label: { zh: string; en: string }
  strong: boolean
  enabled: boolean
}

/** Every provider of the town, also those switched off. */
export async function listProviders(parts: Parts): Promise<Provider[]> {
  return (await selectProviders(parts.db, parts.tenant)).map(toProvider)
}

/** An enabled provider with its secret. @throws `provider.not_found`. */
export async function getProvider(parts: Parts, providerId: string): Promise<Provider & { clientSecret: string }> {
  const row = (await selectProviders(parts.db, parts.tenant)).find((each) => each.provider_id === providerId && each.enabled)
  if (!row) throw notFound('provider.not_found', 'There is no such way to sign in.')
  return { ...toProvider(row), clientSecret: row.client_secret === null ? '' : parts.seal.open(secretField(row.provider_id), row.client_secret) }
}

/** Adds or changes a provider. The issuer of one that is there cannot be changed: links hang on it. @throws `provider.*` with the field. */
export async function saveProvider(parts: Parts, input: ProviderInput): Promise<void> {
  const local = parts.deps.allowLocalProviders === true
  if (!/^[a-z][a-z0-9-]{1,30}$/.test(input.providerId)) throw wrong('id', 'Use small letters, digits and hyphens.')
  if (!isIssuer(input.issuer, local)) throw wrong('issuer', 'Enter the https address of the provider, without query or fragment.')
  if (input.clientId.trim() === '') throw wrong('clientId', 'Enter the client id that the provider gave.')
  if (input.label.zh.trim() === '' || input.label.en.trim() === '') throw wrong('label', 'Enter what the button says.')
  // Everybody who signs in reads it.
  requirePublic({ fields: { label: input.label } })
  const known = (await selectProviders(parts.db, parts.tenant)).find((each) => each.provider_id === input.providerId)
  if (known && known.issuer !== input.issuer) throw wrong('issuer', 'The issuer cannot be changed: add another provider.')
  const secret = input.clientSecret
  const sealed =
    secret === undefined ? (known?.client_secret ?? null) : secret === '' ? null : parts.seal.close(secretField(input.providerId), secret)
  await inTenant(parts.db, parts.tenant, (trx) =>
    sql`insert into identity_providers (tenant_id, provider_id, issuer, client_id, client_secret, kind, label, strong, enabled, created_at)
        values (${parts.tenant}, ${input.providerId}, ${input.issuer}, ${input.clientId.trim()}, ${sealed}, ${input.kind},
          ${JSON.stringify({ zh: input.label.zh.trim(), en: input.label.en.trim() })}::jsonb, ${input.strong}, ${input.enabled}, ${parts.clock.now()})
        on conflict (tenant_id, provider_id) do update set client_id = excluded.client_id, client_secret = excluded.client_secret,
          kind = excluded.kind, label = excluded.label, strong = excluded.strong, enabled = excluded.enabled`.execute(trx),
  )
}

/** The account behind a subject of an issuer; nothing else that a provider says identifies anybody. */
export async function findLinked(parts: Parts, issuer: string, subject: string): Promise<string | undefined> {
  const { rows } = await inTenant(parts.db, parts.tenant, (trx) =>
    sql<{ user_id: string }>`update provider_links set last_used_at = ${parts.clock.now()}
        where tenant_id = ${parts.tenant} and subject_key = ${subjectKey(parts, issuer, subject)} returning user_id`.execute(trx),
  )
  return rows[0]?.user_id
}

/** Links an account. @throws `provider.linked` when the subject belongs to another account. */
export async function link(parts: Parts, userId: string, issuer: string, subject: string): Promise<void> {
  try {
    await inTenant(parts.db, parts.tenant, (trx) =>
      sql`insert into provider_links (tenant_id, subject_key, user_id, issuer, created_at)
          values (${parts.tenant}, ${subjectKey(parts, issuer, subject)}, ${userId}, ${issuer}, ${parts.clock.now()})`.execute(trx),
    )
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
    if ((await findLinked(parts, issuer, subject)) !== userId)
      throw conflict('provider.linked', 'This identity is linked to another account here already.')
  }
}

/** A user's links, oldest first. */
export async function listLinks(parts: Parts, userId: string): Promise<ProviderLink[]> {
  const { rows } = await inTenant(parts.db, parts.tenant, (trx) =>
    sql<ProviderLink>`select subject_key as "subjectKey", issuer, created_at as "createdAt", last_used_at as "lastUsedAt" from provider_links
        where tenant_id = ${parts.tenant} and user_id = ${userId} order by created_at`.execute(trx),
  )
  return rows
}

/** Ends one of the user's own links; false when there is none. */
export async function unlink(parts: Parts, input: { userId: string; subjectKey: string }): Promise<boolean> {
  const { rows } = await inTenant(parts.db, parts.tenant, (trx) =>
    sql`delete from provider_links where tenant_id = ${parts.tenant} and user_id = ${input.userId} and subject_key = ${input.subjectKey}
        returning 1`.execute(trx),
  )
  return rows.length > 0
}

async function selectProviders(db: Kysely<unknown>, tenant: string): Promise<Row[]> {
  const { rows } = await inTenant(db, tenant, (trx) =>
    sql<Row>`select provider_id, issuer, client_id, client_secret, kind, label, strong, enabled from identity_providers
        where tenant_id = ${tenant} order by provider_id`.execute(trx),
  )
  return rows
}

const toProvider = (row: Row): Provider => ({
  providerId: row.provider_id,
  issuer: row.issuer,
  clientId: row.client_id,
  kind: row.kind,
  label: row.label,
  strong: row.strong,
  enabled: row.enabled,
  hasSecret: row.client_secret !== null,
})

const secretField = (providerId: string) => `provider:${providerId}`
const subjectKey = (parts: Parts, issuer: string, subject: string) => parts.seal.hash('provider-subject', `${issuer}\n${subject}`)

/** OpenID Connect Core §2: an https address without query and fragment. */
function isIssuer(text: string, local: boolean): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || /[?#]/.test(text) || url.username !== '') return false
  return url.protocol === 'https:' || (local && ['localhost', '127.0.0.1'].includes(url.hostname))
}

const wrong = (field: string, message: string) => invalid(`provider.${field}`, message, [{ pointer: `/${field}`, code: field, message }])
