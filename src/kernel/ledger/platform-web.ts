// platform.ts for browsers, over WebCrypto. WebCrypto only answers later, the code that asks is plain and answers
// at once: so `settle` runs that code again and again, each time with more answers known, until it meets no
// question without one. Only that last run counts; what earlier runs made of the blanks is thrown away.
import { DomainError } from '../errors.ts'

type Answer = Uint8Array | boolean
type Run = { known: Map<string, Answer>; asked: Map<string, () => Promise<Answer>>; ed25519: boolean }

let run: Run | undefined
const encoder = new TextEncoder()
const blank = new Uint8Array(32)

/**
 * What `work` gives (or throws) when every hash and signature it asks for has its true answer. `work` must be pure.
 * Without WebCrypto, or without its Ed25519, the functions below throw `unavailable` errors into `work`.
 */
export async function settle<Result>(work: () => Result): Promise<Result> {
  const known = new Map<string, Answer>()
  const ed25519 = await hasEd25519()
  for (;;) {
    const asked: Run['asked'] = new Map()
    const outcome = runOnce(work, { known, asked, ed25519 })
    if (asked.size === 0) {
      if ('error' in outcome) throw outcome.error
      return outcome.value
    }
    for (const [question, answer] of asked) known.set(question, await answer())
  }
}

function runOnce<Result>(work: () => Result, state: Run): { value: Result } | { error: unknown } {
  run = state
  try {
    return { value: work() }
  } catch (error) {
    return { error }
  } finally {
    run = undefined
  }
}

/** The standard base point is a public key as good as any: can this browser read it? */
async function hasEd25519(): Promise<boolean> {
  const subtle = webCrypto()
  if (!subtle) return false
  const point = Uint8Array.of(0x58, ...new Uint8Array(31).fill(0x66))
  return subtle.importKey('raw', point, 'Ed25519', false, ['verify']).then(
    () => true,
    () => false,
  )
}

/** Undefined on pages that a browser does not hold for secure, such as plain http. */
const webCrypto = (): SubtleCrypto | undefined => globalThis.crypto?.subtle

function ask<Kind extends Answer>(question: string, fallback: Kind, answer: (subtle: SubtleCrypto) => Promise<Kind>): Kind {
  const subtle = webCrypto()
  if (!subtle) throw new DomainError('unavailable', 'ledger.crypto_missing', 'This browser does no cryptography on this page.')
  if (!run) throw new Error('cryptography is only asked for inside of settle')
  const known = run.known.get(question)
  // The question says the kind of its answer, so what is known for it is of that kind.
  if (known !== undefined) return known as Kind
  run.asked.set(question, () => answer(subtle))
  return fallback
}

export function sha256(...parts: (Uint8Array | string)[]): Uint8Array {
  const message = join(parts)
  return ask(`sha256 ${latin1(message)}`, blank, async (subtle) => new Uint8Array(await subtle.digest('SHA-256', message)))
}

export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(Uint8Array.of(1), left, right)

export function hmacSha256(key: Uint8Array, ...parts: (Uint8Array | string)[]): Uint8Array {
  const message = join(parts)
  const secret = join([key])
  return ask(`hmac ${toBase64(key)} ${latin1(message)}`, blank, async (subtle) => {
    const imported = await subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    return new Uint8Array(await subtle.sign('HMAC', imported, message))
  })
}

export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array | string, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false
  if (run && !run.ed25519) throw new DomainError('unavailable', 'ledger.ed25519_missing', 'This browser cannot check Ed25519 signatures.')
  const [key, signed, text] = [join([publicKey]), join([signature]), join([message])]
  const question = `ed25519 ${toBase64(publicKey)} ${toBase64(signature)} ${latin1(text)}`
  return ask<boolean>(question, false, async (subtle) => {
    // A key that cannot be imported is on no curve: nothing is signed by it.
    const imported = await subtle.importKey('raw', key, 'Ed25519', false, ['verify']).catch(() => undefined)
    return imported !== undefined && subtle.verify('Ed25519', imported, signed, text)
  })
}

/** Nothing here is secret: what is compared is public. */
export const equalBytes = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, at) => byte === b[at])

export const toBase64 = (bytes: Uint8Array) => btoa(latin1(bytes))

export function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  } catch {
    return undefined
  }
}

export const randomBytes = (length: number): Uint8Array => globalThis.crypto.getRandomValues(new Uint8Array(length))

/** A page that checks holds no key. */
export function ed25519Signer(_seed: Uint8Array): { publicKey: Uint8Array; sign: (message: Uint8Array | string) => Uint8Array } {
  throw new Error('nothing is signed in a browser')
}

function join(parts: (Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
  const pieces = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part))
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** One character for each byte, in slices, since a call takes only so many arguments. */
function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}
