// Against machines that send forms in masses: a proof of work (ALTCHA), or, for whoever cannot run it, a wait.
// Nothing is asked while an address and its town are quiet; a town may ask always (settings: `proof: "always"`).
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { type Challenge, createChallenge, type Payload, randomInt, verifySolution } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import * as z from 'zod'
import { systemClock } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { DomainError } from '../errors.ts'
import { keyedHash } from '../keys/keyring.ts'
import { getTown } from '../towns/towns.ts'
import { type AllowanceName, secondsUntilFree, tryNamed } from './allowances.ts'
import { takeOnce } from './limits.ts'

/** Forms that anybody may send. A proof for one is no proof for another. */
export type ProofForm = 'filing' | 'track' | 'account'
export const proofForms = ['filing', 'track', 'account'] as const satisfies readonly ProofForm[]

const pressureOf = { filing: 'pressureFiling', track: 'pressureTrack', account: 'pressureAccount' } as const satisfies Record<
  ProofForm,
  AllowanceName
>

/** Some seconds on an old phone; the sender of a thousand forms pays a thousand times. */
const work = { algorithm: 'PBKDF2/SHA-256', cost: 1500, from: 2500, to: 5000 } as const
const proofMinutes = 20
/** Who cannot prove waits so long from opening the form on: a person who fills it in hardly notices. */
export const waitSeconds = 40
const ticketHours = 6

/** Must this form be proven now? `who` is an address group. */
export async function isProofNeeded(ctx: Ctx, form: ProofForm, who: string): Promise<boolean> {
  const { settings } = await getTown(ctx)
  if (settings['proof'] === 'always') return true
  return (await secondsUntilFree(ctx, pressureOf[form], who)) > 0 || (await secondsUntilFree(ctx, 'pressureTown', form)) > 0
}

/** Counts a form that was sent, whether it succeeds or not. */
export async function countForm(ctx: Ctx, form: ProofForm, who: string): Promise<void> {
  await tryNamed(ctx, pressureOf[form], who)
  await tryNamed(ctx, 'pressureTown', form)
}

/** A challenge for one form of this town, signed and good for twenty minutes and one use. */
export function newChallenge(ctx: Ctx, form: ProofForm): Promise<Challenge> {
  return createChallenge({
    algorithm: work.algorithm,
    cost: work.cost,
    counter: randomInt(work.to, work.from),
    deriveKey,
    data: { tenant: ctx.tenant, form },
    expiresAt: new Date(systemClock.now().getTime() + proofMinutes * 60_000),
    ...secretsOf(ctx),
  })
}

/** What a form carries for those who wait: signed, for one form of this town, good from waitSeconds to some hours after, and once. */
export function newTicket(ctx: Ctx, form: ProofForm): string {
  const body = `${form}.${ctx.clock.now().getTime()}.${randomBytes(12).toString('base64url')}`
  return `${body}.${signatureOf(ctx, body).toString('base64url')}`
}

export type ProofGiven = { proof: string; ticket: string; who: string }
/** `wait`: seconds until the ticket is good. `often`: too many forms of this address waited. `absent`: neither holds. */
export type ProofResult = { kind: 'passed' } | { kind: 'wait'; seconds: number } | { kind: 'often' } | { kind: 'absent' }

/** Uses up the proof, or else the ticket. */
export async function takeProof(ctx: Ctx, form: ProofForm, given: ProofGiven): Promise<ProofResult> {
  if (given.proof !== '' && (await takeSolution(ctx, form, given.proof))) return { kind: 'passed' }
  return takeTicket(ctx, form, given)
}

/** For programs, which have no form to show again. @throws `proof.needed` (403). */
export async function demandProof(ctx: Ctx, form: ProofForm, who: string, proof: string): Promise<void> {
  const isNeeded = await isProofNeeded(ctx, form, who)
  await countForm(ctx, form, who)
  if (!isNeeded || (proof !== '' && (await takeSolution(ctx, form, proof)))) return
  throw new DomainError(
    'forbidden',
    'proof.needed',
    `Too much comes in at the moment: solve a challenge of /t/${ctx.tenant}/challenge.json?for=${form} (ALTCHA 2) and send it in the header Altcha-Proof.`,
  )
}

const payloadShape = z.object({
  challenge: z.object({
    parameters: z.looseObject({
      algorithm: z.literal(work.algorithm),
      nonce: z.string().regex(/^[0-9a-f]{32}$/),
      cost: z.literal(work.cost),
      data: z.object({ tenant: z.string(), form: z.string() }),
      expiresAt: z.number(),
    }),
    signature: z.string().max(200),
  }),
  solution: z.object({ counter: z.number(), derivedKey: z.string().max(200), time: z.number().optional() }),
})

async function takeSolution(ctx: Ctx, form: ProofForm, text: string): Promise<boolean> {
  const read = payloadShape.safeParse(toJson(text))
  if (!read.success) return false
  const { parameters } = read.data.challenge
  if (parameters.data.tenant !== ctx.tenant || parameters.data.form !== form) return false
  // The shape was checked where we rely on it; the signature covers every parameter.
  const { challenge, solution } = read.data as unknown as Payload
  const { verified } = await verifySolution({ challenge, solution, deriveKey, ...secretsOf(ctx) }).catch(() => ({ verified: false }))
  if (!verified) return false
  return takeOnce(ctx.db, ctx.tenant, { bucket: `proof:${parameters.nonce}`, seconds: 2 * proofMinutes * 60 }, systemClock.now())
}

async function takeTicket(ctx: Ctx, form: ProofForm, { ticket, who }: ProofGiven): Promise<ProofResult> {
  const [forForm, at = '', id = '', signature = '', more] = ticket.split('.')
  const expected = signatureOf(ctx, `${forForm}.${at}.${id}`)
  const given = Buffer.from(signature, 'base64url')
  if (more !== undefined || forForm !== form || given.length !== expected.length || !timingSafeEqual(given, expected)) return { kind: 'absent' }
  const now = ctx.clock.now()
  const age = (now.getTime() - Number(at)) / 1000
  if (age > ticketHours * 3600) return { kind: 'absent' }
  if (age < waitSeconds) return { kind: 'wait', seconds: Math.ceil(waitSeconds - age) }
  if (!(await tryNamed(ctx, 'waitedForms', who))) return { kind: 'often' }
  const isFirst = await takeOnce(ctx.db, ctx.tenant, { bucket: `ticket:${id}`, seconds: 2 * ticketHours * 3600 }, now)
  return isFirst ? { kind: 'passed' } : { kind: 'absent' }
}

function toJson(base64: string): unknown {
  if (base64.length > 8192) return undefined
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString())
  } catch {
    return undefined
  }
}

const secretsOf = (ctx: Ctx) => ({
  hmacSignatureSecret: ctx.services.keyring.secret(`proof:${ctx.tenant}`).toString('hex'),
  hmacKeySignatureSecret: ctx.services.keyring.secret(`proof-key:${ctx.tenant}`).toString('hex'),
})

const signatureOf = (ctx: Ctx, body: string): Buffer => keyedHash(ctx.services.keyring.secret(`ticket:${ctx.tenant}`), `${ctx.tenant}\n${body}`)
