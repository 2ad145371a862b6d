// The one way by which a log calls out: to its witnesses.
import { DomainError } from '../errors.ts'

export type OutgoingAnswer = { status: number; type: string; body: Uint8Array }

/** Asks `url`; throws `unavailable` when there is no whole answer in time. Nothing is followed elsewhere. */
export type CallOut = (url: string, post?: string) => Promise<OutgoingAnswer>

const longest = 1024 * 1024
const patienceMilliseconds = 10_000

export const callOut: CallOut = async (url, post) => {
  try {
    const response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMilliseconds),
      headers: { 'user-agent': 'xiangli' },
      ...(post === undefined ? {} : { method: 'POST', body: Buffer.from(post) }),
    })
    return { status: response.status, type: response.headers.get('content-type') ?? '', body: await readAtMost(response) }
  } catch (cause) {
    throw new DomainError('unavailable', 'ledger.witness_unreachable', 'The witness gave no answer.', { cause })
  }
}

async function readAtMost(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > longest) throw new RangeError('the answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
