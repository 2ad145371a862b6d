// Random values that may come back once, within minutes, to the browser they were made for.
import { randomBytes } from 'node:crypto'
import type { Parts } from './parts.ts'
import { type ChallengeKind, insertChallenge, takeChallengeRow } from './sign-in-queries.ts'

const challengeSeconds = 600

/** Keeps `payload` (sealed) under a new random value, which is returned (256 bits, base64url). `binding` is the browser's session or cookie. */
export async function putChallenge(parts: Parts, kind: ChallengeKind, binding: string, payload: object): Promise<string> {
  const challenge = randomBytes(32).toString('base64url')
  await insertChallenge(parts.db, parts.tenant, {
    challenge: parts.seal.hash(`challenge-${kind}`, challenge),
    kind,
    binding: parts.seal.hash('challenge-binding', binding),
    payload: parts.seal.close(`challenge-${kind}`, JSON.stringify(payload)),
    expiresAt: new Date(parts.clock.now().getTime() + challengeSeconds * 1000),
  })
  return challenge
}

/** What was kept under the value, for the first who asks from the same browser in time; the value is used up. */
export async function takeChallenge(parts: Parts, kind: ChallengeKind, binding: string, challenge: string): Promise<unknown> {
  const key = {
    challenge: parts.seal.hash(`challenge-${kind}`, challenge),
    kind,
    binding: parts.seal.hash('challenge-binding', binding),
  }
  const payload = await takeChallengeRow(parts.db, parts.tenant, key, parts.clock.now())
  return payload === undefined ? undefined : JSON.parse(parts.seal.open(`challenge-${kind}`, payload))
}
