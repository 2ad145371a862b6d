// What lies on the phone is sealed with AES-256-GCM. The key comes from the server at sign-in and is kept only wrapped under the passcode.
const rounds = 310_000

export type Sealed = { iv: Uint8Array<ArrayBuffer>; body: ArrayBuffer }
export type Wrapped = Sealed & { salt: Uint8Array<ArrayBuffer> }

const textBytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text))
const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length))

export const importKey = (raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])

async function keyOfPin(pin: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', textBytes(pin), 'PBKDF2', false, ['deriveKey'])
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }
  return crypto.subtle.deriveKey(how, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

/** `place` is bound to the content: a sealed value put elsewhere does not open. */
export async function sealBytes(key: CryptoKey, bytes: ArrayBuffer | Uint8Array<ArrayBuffer>, place: string): Promise<Sealed> {
  const iv = random(12)
  return { iv, body: await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: textBytes(place) }, key, bytes) }
}

export const openBytes = (key: CryptoKey, sealed: Sealed, place: string): Promise<ArrayBuffer> =>
  crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv, additionalData: textBytes(place) }, key, sealed.body)

export const sealJson = (key: CryptoKey, value: unknown, place: string): Promise<Sealed> => sealBytes(key, textBytes(JSON.stringify(value)), place)

/** The caller says what it sealed at this place. */
export const openJson = async <Value>(key: CryptoKey, sealed: Sealed, place: string): Promise<Value> =>
  JSON.parse(new TextDecoder().decode(await openBytes(key, sealed, place))) as Value // sealed by sealJson under the same place

export async function wrapKey(raw: Uint8Array<ArrayBuffer>, pin: string): Promise<Wrapped> {
  const salt = random(16)
  return { salt, ...(await sealBytes(await keyOfPin(pin, salt), raw, 'key')) }
}

/** Undefined when the passcode is wrong. */
export async function unwrapKey(wrapped: Wrapped, pin: string): Promise<CryptoKey | undefined> {
  try {
    return await importKey(new Uint8Array(await openBytes(await keyOfPin(pin, wrapped.salt), wrapped, 'key')))
  } catch {
    return undefined
  }
}

/** SHA-256 in hexadecimal. */
export async function sha256(bytes: ArrayBuffer | string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', typeof bytes === 'string' ? textBytes(bytes) : bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (letter) => letter.codePointAt(0) ?? 0)
