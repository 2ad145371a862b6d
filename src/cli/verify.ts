// xiangli verify RECEIPT [--vkey KEY] [--policy FILE] [--key-changes FILE] [--pin]: checks a receipt without asking the town to be believed.
import { readFile } from 'node:fs/promises'
import { DomainError } from '#kernel/errors.ts'
import { systemClock } from '#kernel/clock.ts'
import type { JsonValue } from '#kernel/ledger/canonical-json.ts'
import { followKeys, type KeyChange, parseKeyChanges } from '#kernel/ledger/key-changes.ts'
import { encodeVkey, parseVkey } from '#kernel/ledger/note.ts'
import { parsePolicy } from '#kernel/ledger/policy.ts'
import { promiseKeyName } from '#kernel/ledger/promise.ts'
import { answerOf, claimedOrigin, type ReceiptAnswer, type ReceiptTrust, type ReceiptVerdict, verifyReceipt } from '#kernel/ledger/receipt.ts'
import { type StepWords, type WordsLanguage, wordsOfAnswer, wordsOfSteps } from '#kernel/ledger/receipt-words.ts'
import { type GivenKeys, parseGivenKeys } from '#kernel/ledger/trust.ts'
import { safeFetch } from '#kernel/net/safe-fetch.ts'
import { printJson, Unusable } from './command.ts'
import { differsFromPin, pinKeys, pinnedKeys } from './pinned-keys.ts'

export type VerifyWish = {
  receipt: string
  vkey: string | undefined
  policy: string | undefined
  keyChanges: string | undefined
  pin: boolean
  json: boolean
  language: string | undefined
}

type KeySource = 'given' | 'pinned' | 'none'

const longest = 4 * 1024 * 1024

/** 0 the receipt holds under a key or policy given here or pinned earlier; 1 it does not; 2 it is none; 3 no such key is known. */
const exitCodes: Record<ReceiptAnswer, number> = { included: 0, promised: 0, failed: 1, impossible: 1, 'no-receipt': 2, 'key-unknown': 3 }

/** Prints each step in words, or everything as JSON, and gives the exit code above; what cannot be read is `Unusable` (2). */
export async function verify(wish: VerifyWish): Promise<number> {
  const language = languageOf(wish.language)
  const value = await readReceipt(wish.receipt)
  const origin = claimedOrigin(value) ?? ''
  const given = await readGiven(wish, origin)
  if (wish.pin && !given.vkey && !given.promiseVkey) throw new Unusable('--pin remembers what --vkey gives: name the keys.')
  const pinned = Object.keys(given).length > 0 ? undefined : pinnedKeys(origin)
  const known = pinned ?? given
  const followed = wish.keyChanges === undefined ? {} : follow(origin, known, parseChanges(await readText(wish.keyChanges), wish.keyChanges))
  const trust: ReceiptTrust = { ...known, ...followed, now: systemClock.now() }
  const verdict = verifyReceipt(value, trust)
  const source: KeySource = pinned ? 'pinned' : Object.keys(given).length > 0 ? 'given' : 'none'
  if (wish.json) printJson(reportOf(verdict, language, source))
  else print(verdict, language, source)
  if (differsFromPin(origin, given)) process.stderr.write(`${notes[language].otherPin}\n`)
  if (verdict.ok && wish.pin) {
    const name = pinKeys(given)
    if (!wish.json) process.stdout.write(`${notes[language].pinned} ${name}\n`)
  }
  return exitCodes[answerOf(verdict)]
}

const notes = {
  zh: {
    source: { given: '公钥：这次给的', pinned: '公钥：以前记下的', none: '公钥：没有' },
    advice: '怎么办：',
    reason: '技术说明：',
    shown: '内容：',
    pinned: '已记下公钥：',
    otherPin: '注意：以前为这本账记下的是另一把公钥。如果没有换钥匙的公告，请先停下来问清楚。',
  },
  en: {
    source: { given: 'Key: given now', pinned: 'Key: pinned earlier', none: 'Key: none' },
    advice: 'What to do: ',
    reason: 'Technical: ',
    shown: 'Content: ',
    pinned: 'pinned the keys of',
    otherPin: 'Careful: another key is pinned for this record. Unless a change of keys was announced, stop and ask.',
  },
} as const

function print(verdict: ReceiptVerdict, language: WordsLanguage, source: KeySource): void {
  const note = notes[language]
  const { title, text } = wordsOfAnswer(verdict, language)
  const steps = wordsOfSteps(verdict, language).map((words, at) => textOf(words, at + 1, language))
  const shown = Object.entries(verdict.opened?.values ?? {}).map(([name, field]) => `   ${note.shown}${name} = ${JSON.stringify(field)}`)
  process.stdout.write(`${[...steps, ...shown, '', note.source[source], title, text].join('\n')}\n`)
}

function textOf(words: StepWords, at: number, language: WordsLanguage): string {
  const note = notes[language]
  const more = words.advice === undefined ? [] : [`   ${note.advice}${words.advice}`, `   ${note.reason}${words.reason ?? ''}`]
  return [`${at}. ${words.title} [${words.mark}]`, `   ${words.found}`, ...more].join('\n')
}

type Report = { answer: ReceiptAnswer; ok: boolean; level: string; key: KeySource; steps: object[]; opened: { [name: string]: JsonValue } | null }

function reportOf(verdict: ReceiptVerdict, language: WordsLanguage, key: KeySource): Report {
  const words = wordsOfSteps(verdict, language)
  const steps = words.map((step) => ({ ...step, ...verdict.steps.find((made) => made.step === step.step) }))
  return { answer: answerOf(verdict), ok: verdict.ok, level: verdict.level, key, steps, opened: verdict.opened?.values ?? null }
}

/** `--lang`, else what the environment says (POSIX: LC_ALL before LC_MESSAGES before LANG); Chinese unless it names another language. */
function languageOf(wish: string | undefined): WordsLanguage {
  if (wish !== undefined && wish !== 'zh' && wish !== 'en') throw new Unusable('--lang is zh or en.')
  const { LC_ALL, LC_MESSAGES, LANG } = process.env
  const locale = LC_ALL || LC_MESSAGES || LANG || ''
  return wish ?? (/^(?:$|zh)/i.test(locale) ? 'zh' : 'en')
}

async function readReceipt(place: string): Promise<unknown> {
  const text = /^https?:\/\//.test(place) ? await fetchText(place) : await readText(place)
  try {
    return JSON.parse(text.replace(/^\u{feff}/u, ''))
  } catch {
    throw new Unusable(`${place} is not a receipt: it is not JSON.`)
  }
}

async function fetchText(url: string): Promise<string> {
  try {
    const named = { trustedHosts: [new URL(url).host], allowLoopback: true }
    const { status, body } = await safeFetch(url, { ...named, headers: { accept: 'application/json' }, timeoutMs: 20_000, maxBytes: longest })
    if (status !== 200) throw new Unusable(`${url} answered ${status}.`)
    return body.toString()
  } catch (error) {
    if (error instanceof Unusable) throw error
    throw new Unusable(`${url} cannot be reached.`)
  }
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch(() => undefined)
  if (!bytes || bytes.length > longest) throw new Unusable(`${path} cannot be read.`)
  return bytes.toString()
}

/** `--vkey` is a key as it is typed, or a file of keys; `--policy` is a file that has to hold a policy. */
async function readGiven({ vkey, policy }: VerifyWish, origin: string): Promise<GivenKeys> {
  const keys = vkey === undefined ? {} : parseUsable(isVkeyText(vkey) ? vkey : await readText(vkey), origin, vkey)
  if (policy === undefined) return keys
  const read = parseUsable(await readText(policy), origin, policy)
  if (read.policy === undefined) throw new Unusable(`${policy}: A policy has exactly one quorum line.`)
  return { ...read, ...keys, policy: read.policy }
}

/** The keys of `origin` that follow from trusted ones: the log itself announced them, so the file may come from anywhere. */
function follow(origin: string, { vkey, promiseVkey, policy }: GivenKeys, changes: KeyChange[]): ReceiptTrust {
  const logs = policy === undefined ? [] : parsePolicy(policy).logs.map(({ key }) => encodeVkey(key))
  const trusted = [vkey, promiseVkey, ...logs].filter((known) => known !== undefined)
  const known = followKeys(trusted, changes)
  const named = (name: string) => known.filter((key) => parseVkey(key).name === name)
  const [own, promises] = [named(origin), named(promiseKeyName(origin))]
  const added = own.filter((key) => !logs.includes(key)).map((key) => `log ${key}\n`)
  return {
    ...(own.length > 0 ? { vkey: own } : {}),
    ...(promises.length > 0 ? { promiseVkey: promises } : {}),
    ...(policy === undefined ? {} : { policy: `${policy}\n${added.join('')}` }),
  }
}

function parseChanges(text: string, place: string): KeyChange[] {
  try {
    return parseKeyChanges(text)
  } catch (error) {
    if (error instanceof DomainError) throw new Unusable(`${place}: ${error.message}`)
    throw error
  }
}

const isVkeyText = (text: string) => /^[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/.test(text)

function parseUsable(text: string, origin: string, place: string): GivenKeys {
  try {
    return parseGivenKeys(text, origin)
  } catch (error) {
    if (error instanceof DomainError) throw new Unusable(`${place}: ${error.message}`)
    throw error
  }
}
