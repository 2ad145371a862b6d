// A passkey in software, for tests without a browser: ES256, discoverable, with user verification (WebAuthn Level 3, §6.1 and §6.5).
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

type Options = { challenge: string; user?: { id: string }; rp?: { id: string }; rpId?: string }
export type Turn = {
  origin?: string
  /** Authenticator data flags: 0x01 present, 0x04 verified, 0x40 with a key. */
  flags?: number
  counter?: number
}

/** One authenticator with one key for one site. */
export function newAuthenticator(origin: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const credentialId = randomBytes(16)
  let handle = ''
  let counter = 0
  const clientData = (type: string, challenge: string, turn: Turn) =>
    Buffer.from(JSON.stringify({ type, challenge, origin: turn.origin ?? origin, crossOrigin: false }))
  const head = (rpId: string, flags: number, count: number) => {
    const counted = Buffer.alloc(4)
    counted.writeUInt32BE(count)
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags]), counted])
  }
  const answer = (response: object) =>
    JSON.stringify({
      id: credentialId.toString('base64url'),
      rawId: credentialId.toString('base64url'),
      type: 'public-key',
      clientExtensionResults: {},
      response,
    })
  return {
    /** What `navigator.credentials.create` would give, as JSON. */
    create(given: object, turn: Turn = {}): string {
      const options = given as Options // options of the kernel under test
      handle = options.user?.id ?? ''
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
      const cose = cborMap([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ])
      const length = Buffer.from([0, credentialId.length])
      const authData = Buffer.concat([
        head(options.rp?.id ?? '', turn.flags ?? 0x45, turn.counter ?? counter),
        Buffer.alloc(16),
        length,
        credentialId,
        cose,
      ])
      const attestationObject = cborMap([
        ['fmt', 'none'],
        ['attStmt', cborMap([])],
        ['authData', authData],
      ])
      return answer({
        clientDataJSON: clientData('webauthn.create', options.challenge, turn).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      })
    },
    /** What `navigator.credentials.get` would give, as JSON; the counter goes up each time. */
    get(given: object, turn: Turn = {}): string {
      const options = given as Options // as above
      counter = turn.counter ?? counter + 1
      const data = clientData('webauthn.get', options.challenge, turn)
      const authenticatorData = head(options.rpId ?? '', turn.flags ?? 0x05, counter)
      const signed = Buffer.concat([authenticatorData, createHash('sha256').update(data).digest()])
      return answer({
        clientDataJSON: data.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: sign('sha256', signed, privateKey).toString('base64url'),
        userHandle: handle,
      })
    },
  }
}

/** Definite-length CBOR (RFC 8949) of the few kinds that WebAuthn needs; a nested map is given as a buffer that begins with a map's byte. */
function cborMap(entries: [number | string, number | string | Buffer][]): Buffer {
  const parts = entries.flatMap(([key, value]) => [cbor(key), key === 'attStmt' && Buffer.isBuffer(value) ? value : cbor(value)])
  return Buffer.concat([head(5, entries.length), ...parts])
}

function cbor(value: number | string | Buffer): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  return Buffer.concat([head(2, value.length), value])
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length])
  if (length < 256) return Buffer.from([(major << 5) | 24, length])
  return Buffer.from([(major << 5) | 25, length >> 8, length & 255])
}
