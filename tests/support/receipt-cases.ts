// Receipts to check, each with its keys: the vectors of docs/ledger-format.md, every way to tamper with one of them, and
// receipts with cosignatures. Node and the browser have to agree on each.
import { readFileSync } from 'node:fs'
import { encodeCheckpoint } from '#kernel/ledger/checkpoint.ts'
import { cosign } from '#kernel/ledger/cosignature.ts'
import { encodeVkey, keyId, noteSigner, noteTypes, type NoteType, signNote } from '#kernel/ledger/note.ts'
import { promiseKeyName, signPromise } from '#kernel/ledger/promise.ts'
import { encodeProof } from '#kernel/ledger/proof.ts'
import type { Receipt } from '#kernel/ledger/receipt.ts'
import { leafHash, nodeHash } from '#kernel/ledger/tree.ts'

/** The time of the checks: inside the minute of the vectors' promise. */
export const receiptCasesAt = new Date('2026-11-23T14:05:30Z')

/** `good`: whether the answer has to be `included` or `promised`. */
export type ReceiptCase = { name: string; receipt: string; keys: string; source: 'outside' | 'server'; good: boolean }

type Vectors = {
  payloads_refused: unknown[]
  leaves_refused: string[]
  promises_refused: string[]
  receipts: { receipt: Receipt; vkey?: string; promiseVkey?: string; ok: boolean }[]
}

// Our own file; tests/conformance checks it.
const vectors = JSON.parse(readFileSync(new URL('../conformance/ledger-vectors.json', import.meta.url), 'utf8')) as Vectors
const first = vectors.receipts.find(({ ok, vkey, promiseVkey }) => ok && vkey !== undefined && promiseVkey !== undefined)
if (!first?.receipt.proof || !first.receipt.payload) throw new Error('the vectors have no whole receipt')
const { receipt: whole } = first
const { proof, payload } = { proof: first.receipt.proof, payload: first.receipt.payload }
const keys = `${first.vkey}\n${first.promiseVkey}\n`
const origin = first.vkey?.split('+')[0] ?? ''

const make = (name: string, receipt: unknown, good: boolean, own = keys, source: ReceiptCase['source'] = 'outside'): ReceiptCase => ({
  name,
  receipt: typeof receipt === 'string' ? receipt : JSON.stringify(receipt),
  keys: own,
  source,
  good,
})
const change = (name: string, part: object) => make(name, { ...whole, ...part }, false)

/** The text with another letter of the base-64 alphabet at this place. */
const flip = (text: string, at: number) => `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`

const given = vectors.receipts.map(({ receipt, vkey, promiseVkey, ok }, at) =>
  make(`vector ${at}`, receipt, ok, [vkey, promiseVkey].filter((key) => key !== undefined).join('\n')),
)

const refused = [
  ...vectors.leaves_refused.map((leaf, at) => change(`leaf refused ${at}`, { leaf })),
  ...vectors.promises_refused.map((promise, at) => change(`promise refused ${at}`, { promise })),
  ...vectors.payloads_refused.map((value, at) => change(`payload refused ${at}`, { payload: value })),
]

/** Each line of a text changed, dropped and doubled. */
function tamperedLines(part: 'leaf' | 'promise' | 'proof', text: string): ReceiptCase[] {
  const lines = text.split('\n')
  return lines.flatMap((line, at) => {
    const among = (...put: string[]) => [...lines.slice(0, at), ...put, ...lines.slice(at + 1)].join('\n')
    // A note may carry the same signature twice (C2SP signed-note).
    const doubled = make(`${part} line ${at} doubled`, { ...whole, [part]: among(line, line) }, line.startsWith('\u2014 '))
    const changed = line === '' ? [] : [change(`${part} line ${at} changed`, { [part]: among(flip(line, line.length - 3)) })]
    return [...changed, change(`${part} line ${at} dropped`, { [part]: among() }), doubled]
  })
}

const fields = payload.fields.flatMap((field, at) => {
  const put = (name: string, other: object | undefined) =>
    change(`field ${at} ${name}`, {
      payload: { ...payload, fields: [...payload.fields.slice(0, at), ...(other ? [other] : []), ...payload.fields.slice(at + 1)] },
    })
  const value = 'value' in field ? [put('value', { ...field, value: [field.value] }), put('salt', { ...field, salt: flip(field.salt, 4) })] : []
  const closed = 'commitment' in field ? [put('commitment', { ...field, commitment: flip(field.commitment, 4) })] : []
  return [...value, ...closed, put('renamed', { ...field, name: `${field.name}x` }), put('dropped', undefined)]
})

const shapes = [
  make('no JSON', '这不是回执', false),
  make('half of it', JSON.stringify(whole).slice(0, 700), false),
  make('a byte-order mark before it', `\u{feff}${JSON.stringify(whole)}`, true),
  make('a list', [whole], false),
  make('null', 'null', false),
  change('another version', { format: 'xiangli-receipt/v2' }),
  change('one member more', { key: first.vkey }),
  change('no promise', { promise: undefined }),
  change('a number as proof', { proof: 7 }),
  change('another salt', { payload: { ...payload, salt: flip(payload.salt, 4) } }),
  make('without its payload', { ...whole, payload: undefined }, true),
  make('without its proof, not overdue', { ...whole, proof: undefined }, true),
  change('a proof with extra data that claims to be it', { proof: proof.replace('\nindex', '\nextra AAAA\nindex 9\nindex') }),
]

const badKey = (name: string, type: number, bytes: Uint8Array) => {
  // A key that this program would not write: type and bytes are what the case is about.
  const id = keyId(name, type as NoteType, bytes)
  return `${name}+${id}+${Buffer.concat([Uint8Array.of(type), bytes]).toString('base64')}`
}
const littleEndian = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse()
const p = 2n ** 255n - 19n
const stranger = noteSigner(origin, noteTypes.ed25519, Buffer.alloc(32, 9))
const wrongKeys = [
  make('no key', whole, false, ''),
  make('keys of the server', whole, false, keys, 'server'),
  make('no key in words', whole, false, '请告诉我公钥'),
  make('the key of a stranger under the same name', whole, false, encodeVkey(stranger.verifier)),
  make('the key of another log', whole, false, encodeVkey(noteSigner('ledger.example.org/other/1', 1, Buffer.alloc(32, 9)).verifier)),
  make('the key with another id', whole, false, keys.replace(/\+[0-9a-f]{8}\+/, '+00000000+')),
  make('a key of a type unknown here', whole, false, badKey(origin, 9, Buffer.alloc(32, 3))),
  make('only the promise key', whole, true, first.promiseVkey ?? ''),
  make('only the log key', whole, true, first.vkey ?? ''),
  make('as vkeys writes them', whole, true, `# keys\n1 log ${first.vkey}\r\n1 promise ${first.promiseVkey}\r\n`),
  ...[0n, 1n, p - 1n, p, p + 1n].map((y) => make(`a low-order or other key, y = ${y}`, whole, false, badKey(origin, 1, littleEndian(y)))),
]

// --- Witnesses ---------------------------------------------------------------------------------------------------

const log = noteSigner('ledger.example.org/shishang/1', noteTypes.ed25519, Buffer.alloc(32, 21))
const promiser = noteSigner(promiseKeyName(log.verifier.name), noteTypes.ed25519, Buffer.alloc(32, 22))
const witnesses = [31, 32, 33].map((seed) => noteSigner(`witness.example/w${seed}`, noteTypes.cosignature, Buffer.alloc(32, seed)))
const sibling = leafHash('another leaf')
const body = encodeCheckpoint(log.verifier.name, 2, nodeHash(sibling, leafHash(whole.leaf)))
const cosigned = (who: number[]) => signNote(body, log) + who.map((at) => cosign(body, witnesses[at] ?? stranger, 1_795_000_000 + at)).join('')
const witnessed = (note: string) => ({
  ...whole,
  promise: signPromise(promiser, leafHash(whole.leaf), new Date('2026-11-23T14:05:09Z')),
  proof: encodeProof({ index: 1, hashes: [sibling], checkpoint: note }),
})
const known = [`log ${encodeVkey(log.verifier)}`, ...witnesses.map(({ verifier }, at) => `witness w${at} ${encodeVkey(verifier)}`)].join('\n')
const policy = (...lines: string[]) => `${known}\n${lines.join('\n')}\n${encodeVkey(promiser.verifier)}\n`
const twoOfThree = policy('group g 2 w0 w1 w2', 'quorum g')
/** A cosignature whose signature was changed: the last letters of its line are padding, so an earlier one. */
const forged = cosigned([0, 1]).replace(/(— witness\.example\/w31 .{40})(.)/, (_, start: string, letter: string) => start + flip(letter, 0))
const underPolicies = [
  make('two of three witnesses', witnessed(cosigned([0, 2])), true, twoOfThree),
  make('all three witnesses', witnessed(cosigned([0, 1, 2])), true, twoOfThree),
  make('one of three witnesses', witnessed(cosigned([1])), false, twoOfThree),
  make('one witness twice', witnessed(cosigned([1, 1])), false, twoOfThree),
  make('no witness and none asked for', witnessed(cosigned([])), true, policy('quorum none')),
  make('a forged cosignature', witnessed(forged), false, twoOfThree),
  make('a forged cosignature where none is asked for', witnessed(forged), false, policy('quorum none')),
  make('nested groups', witnessed(cosigned([0, 1])), true, policy('group a any w0 w1', 'group b all a', 'quorum b')),
  make('the witness that counts is missing', witnessed(cosigned([0, 1])), false, policy('quorum w2')),
  make('a policy without quorum', witnessed(cosigned([0])), false, policy('group g 1 w0')),
  make('a policy with a threshold above its members', witnessed(cosigned([0])), false, policy('group g 2 w0', 'quorum g')),
  make('a policy of another log', whole, false, policy('quorum none')),
]

export const receiptCases: ReceiptCase[] = [
  ...given,
  ...refused,
  ...tamperedLines('leaf', whole.leaf),
  ...tamperedLines('promise', whole.promise),
  ...tamperedLines('proof', proof),
  ...fields,
  ...shapes,
  ...wrongKeys,
  ...underPolicies,
]
