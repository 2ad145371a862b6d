// Passkeys (WebAuthn Level 3): made by people who have just shown who they are, used with user verification, so that one of them
// is two factors at once. Challenges are single-use and bound to the browser's session; a counter that goes back is refused.
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { isIP } from 'node:net'
import * as z from 'zod'
import { sqlState } from '#kernel/database/database.ts'
import { conflict, DomainError, invalid } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import { putChallenge, takeChallenge } from './challenges.ts'
import { type Parts, tellChanged } from './parts.ts'
import { markRecent, openSession } from './sessions.ts'
import { advanceCounter, deletePasskey, findPasskey, insertPasskey, listPasskeyRows, type PasskeyRow } from './sign-in-queries.ts'

export type PasskeyEntry = { passkeyId: string; name: string; createdAt: Date; lastUsedAt: Date | null }

/** False where the installation is reached under an IP address: browsers bind passkeys to a domain name (WebAuthn §5.1.2). */
export const passkeysPossible = (parts: Parts): boolean => isIP(new URL(parts.deps.baseUrl).hostname.replaceAll(/[[\]]/g, '')) === 0

const rpId = (parts: Parts) => new URL(parts.deps.baseUrl).hostname
const origin = (parts: Parts) => new URL(parts.deps.baseUrl).origin

/** What the browser needs to make a passkey, as JSON. `binding` is the session. */
export async function beginPasskey(parts: Parts, input: { userId: string; sessionId: string; townName: string }): Promise<object> {
  const user = await parts.findUser(input.userId)
  if (!user) throw refused()
  const challenge = await putChallenge(parts, 'passkey_add', input.sessionId, { userId: input.userId })
  const known = await listPasskeyRows(parts.db, parts.tenant, input.userId)
  return generateRegistrationOptions({
    rpName: input.townName,
    rpID: rpId(parts),
    userID: userHandle(parts, input.userId),
    userName: user.email || user.phone || user.name,
    userDisplayName: user.name,
    challenge: Buffer.from(challenge, 'base64url'),
    attestationType: 'none',
    excludeCredentials: known.map((row) => ({ id: row.credential_id, transports: row.transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/** Keeps the passkey that the browser made. Throws `passkey.refused`, `passkey.exists`, `passkey.name`. The owner is told by mail. */
export async function addPasskey(parts: Parts, input: { userId: string; sessionId: string; name: string; response: string }): Promise<void> {
  const name = input.name.normalize('NFC').trim()
  if (name === '' || name.length > 60) {
    const message = 'Give it a name of up to 60 characters, for example the device.'
    throw invalid('passkey.name', message, [{ pointer: '/name', code: 'required', message }])
  }
  const response = parseResponse(registration, input.response)
  const challenge = challengeOf(response.response.clientDataJSON)
  const kept = ownerSchema.safeParse(await takeChallenge(parts, 'passkey_add', input.sessionId, challenge))
  if (!kept.success || kept.data.userId !== input.userId) throw refused()
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    // Zod has checked what is read; the library checks the rest of the shape itself.
    response: response as unknown as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: origin(parts),
    expectedRPID: rpId(parts),
    requireUserVerification: true,
  }).catch(refuse)
  if (!verified) throw refused()
  const { credential } = registrationInfo
  await keep(parts, {
    passkey_id: uuidv7(parts.clock.now()),
    user_id: input.userId,
    credential_id: credential.id,
    public_key: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: credential.transports ?? [],
    name: parts.seal.close('passkey', name),
    created_at: parts.clock.now(),
    last_used_at: null,
  })
  const user = await parts.findUser(input.userId)
  if (user) await tellChanged(parts, user)
}

async function keep(parts: Parts, row: PasskeyRow): Promise<void> {
  try {
    await insertPasskey(parts.db, parts.tenant, row)
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
    throw conflict('passkey.exists', 'This passkey is known already.')
  }
}

/** What the browser needs to use a passkey: no account is named, so nothing can be learnt. `binding` is the session or form cookie. */
export async function askForPasskey(parts: Parts, binding: string): Promise<object> {
  const challenge = await putChallenge(parts, 'passkey_use', binding, {})
  return generateAuthenticationOptions({
    rpID: rpId(parts),
    challenge: Buffer.from(challenge, 'base64url'),
    userVerification: 'required',
    allowCredentials: [],
  })
}

/** Signs in by a passkey, staff and residents alike. Throws `passkey.refused` whatever was wrong. */
export async function signInByPasskey(parts: Parts, input: { response: string; binding: string; headers: Headers }): Promise<{ cookies: string[] }> {
  const userId = await checkPasskey(parts, input)
  return openSession(parts, userId, 'passkey', input.headers)
}

/** Shows again who sits at this session. Throws `passkey.refused`. */
export async function confirmByPasskey(parts: Parts, input: { response: string; userId: string; sessionId: string }): Promise<void> {
  const userId = await checkPasskey(parts, { response: input.response, binding: input.sessionId })
  if (userId !== input.userId) throw refused()
  await markRecent(parts, input.sessionId)
}

async function checkPasskey(parts: Parts, input: { response: string; binding: string }): Promise<string> {
  const response = parseResponse(assertion, input.response)
  const challenge = challengeOf(response.response.clientDataJSON)
  if ((await takeChallenge(parts, 'passkey_use', input.binding, challenge)) === undefined) throw refused()
  const row = await findPasskey(parts.db, parts.tenant, response.id)
  const user = row && (await parts.findUser(row.user_id))
  if (!row || !user || user.disabledAt) throw refused()
  // A discoverable credential must name its account, and this one (WebAuthn §7.2 step 6).
  if (response.response.userHandle !== Buffer.from(userHandle(parts, row.user_id)).toString('base64url')) throw refused()
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: response as unknown as AuthenticationResponseJSON, // as above
    expectedChallenge: challenge,
    expectedOrigin: origin(parts),
    expectedRPID: rpId(parts),
    credential: { id: row.credential_id, publicKey: new Uint8Array(row.public_key), counter: row.counter },
    requireUserVerification: true,
  }).catch(refuse)
  if (!verified) throw refused()
  if (!(await advanceCounter(parts.db, parts.tenant, row.passkey_id, authenticationInfo.newCounter, parts.clock.now()))) throw refused()
  return row.user_id
}

/** A user's passkeys, oldest first. */
export async function listPasskeys(parts: Parts, userId: string): Promise<PasskeyEntry[]> {
  const rows = await listPasskeyRows(parts.db, parts.tenant, userId)
  return rows.map((row) => ({
    passkeyId: row.passkey_id,
    name: parts.seal.open('passkey', row.name),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }))
}

/** Removes one of the user's own passkeys; false when there is none of that id. */
export async function removePasskey(parts: Parts, input: { userId: string; passkeyId: string }): Promise<boolean> {
  const removed = await deletePasskey(parts.db, parts.tenant, input.userId, input.passkeyId)
  const user = removed ? await parts.findUser(input.userId) : undefined
  if (user) await tellChanged(parts, user)
  return removed
}

/** The account as the authenticator keeps it: no name, no address, another in each town (WebAuthn §14.6.1). */
const userHandle = (parts: Parts, userId: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(parts.seal.hash('passkey-user', userId), 'hex'))

const base64url = z
  .string()
  .max(16_384)
  .regex(/^[\w-]*$/)
const ownerSchema = z.object({ userId: z.string() })
const common = { id: base64url, rawId: base64url, type: z.literal('public-key'), clientExtensionResults: z.object({}) }
const registration = z.object({
  ...common,
  response: z.object({ clientDataJSON: base64url, attestationObject: base64url, transports: z.array(z.string().max(20)).max(10).optional() }),
})
const assertion = z.object({
  ...common,
  response: z.object({ clientDataJSON: base64url, authenticatorData: base64url, signature: base64url, userHandle: base64url }),
})

function parseResponse<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  const read = schema.safeParse(parseJson(text))
  if (!read.success) throw refused()
  return read.data
}

const clientData = z.object({ challenge: z.string().min(16) })

function challengeOf(clientDataJSON: string): string {
  return parseResponse(clientData, Buffer.from(clientDataJSON, 'base64url').toString()).challenge
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const refused = (cause?: unknown) =>
  new DomainError('unauthenticated', 'passkey.refused', 'The passkey could not be checked. Try again, or sign in another way.', { cause })

function refuse(cause: unknown): never {
  throw refused(cause)
}
