// The one way by which a log calls out: to its witnesses.
import { DomainError } from '../errors.ts'
import { safeFetch } from '../net/safe-fetch.ts'

export type OutgoingAnswer = { status: number; type: string; body: Uint8Array }

/** Asks `url`; throws `unavailable` when there is no whole answer in time. Nothing is followed elsewhere. */
export type CallOut = (url: string, post?: string) => Promise<OutgoingAnswer>

const longest = 1024 * 1024
const patienceMilliseconds = 10_000

/** Witnesses are named by whoever runs the installation, so they may stand in a network of one's own. */
export const callOut: CallOut = async (url, post) => {
  try {
    const { status, headers, body } = await safeFetch(url, {
      timeoutMs: patienceMilliseconds,
      maxBytes: longest,
      maxRedirects: 0,
      trustedHosts: [new URL(url).host],
      ...(post === undefined ? {} : { method: 'POST', body: post }),
    })
    return { status, type: headers.get('content-type') ?? '', body: new Uint8Array(body) }
  } catch (cause) {
    throw new DomainError('unavailable', 'ledger.witness_unreachable', 'The witness gave no answer.', { cause })
  }
}
