// Keys as people have them: a line copied from a notice, the text of a QR code, a file of keys, a tlog-policy.
import { invalid } from '../errors.ts'
import { noteTypes, parseVkey } from './note.ts'
import { parsePolicy } from './policy.ts'
import { promiseKeyName } from './promise.ts'

/** What a text gives: the log's key and its promise key (vkeys), and a policy (text, checked). */
export type GivenKeys = { vkey?: string; promiseVkey?: string; policy?: string }

const policyWords = new Set(['log', 'witness', 'group', 'quorum'])
const longest = 1_000_000

/**
 * Reads keys, a policy, or both from one text. Keys: one vkey a line, alone or as a log's `vkeys` file writes it
 * (`<epoch> <role> <vkey>`); of several, those of `origin` (the log that the receipt names) are taken, and keys of
 * witnesses are passed over. Lines that begin as lines of a tlog-policy are the policy. Lines with `#` are comments.
 * @throws `ledger.keys_none`, and what `parseVkey` and `parsePolicy` throw.
 */
export function parseGivenKeys(text: string, origin = ''): GivenKeys {
  if (text.length > longest) throw invalid('ledger.keys_long', 'This is too long for a file of keys.')
  const lines = text
    .replace(/^\u{feff}/u, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
  const isPolicy = (line: string) => policyWords.has(line.trim().split(/[ \t]/)[0] ?? '')
  const policy = lines.filter(isPolicy)
  const keys = lines.filter((line) => !isPolicy(line))
  if (lines.length === 0) throw invalid('ledger.keys_none', 'There is no key in this text.')
  if (policy.length > 0) parsePolicy(`${policy.join('\n')}\n`)
  return { ...chooseKeys(keys, origin), ...(policy.length > 0 ? { policy: `${policy.join('\n')}\n` } : {}) }
}

function chooseKeys(lines: string[], origin: string): Pick<GivenKeys, 'vkey' | 'promiseVkey'> {
  const found = lines.map((line) => line.trim().split(/\s+/).at(-1) ?? '').map((vkey) => ({ vkey, ...parseVkey(vkey) }))
  const ofLogs = found.filter(({ type }) => type === noteTypes.ed25519)
  const log = ofLogs.find(({ name }) => name === origin) ?? ofLogs.find(({ name }) => !name.endsWith('/promise'))
  const promise = ofLogs.find(({ name }) => name === promiseKeyName(origin)) ?? ofLogs.find(({ name }) => name.endsWith('/promise'))
  return { ...(log ? { vkey: log.vkey } : {}), ...(promise ? { promiseVkey: promise.vkey } : {}) }
}
