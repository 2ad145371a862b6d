// Sends what is complete, one survey after another; each may break off anywhere and go on later without doubling anything.
import { canonicalJson, type JsonValue } from '#kernel/ledger/canonical-json.ts'
import { sha256 } from './seal.ts'
import type { Receipt, Store, Survey } from './store.ts'

/** `line`: no signal or it broke; `sign-in`: the session is over; `sent`: nothing complete is left. */
export type SyncEnd = 'sent' | 'line' | 'sign-in' | 'other-person'
export type Session = { user: string; csrf: string; key: string }
type Standing = { received: Record<string, number>; receipt: Receipt | null }

const chunk = 256 * 1024
const patience = 30_000

class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly fields: string[]
  constructor(status: number, code: string, fields: string[]) {
    super(code)
    this.status = status
    this.code = code
    this.fields = fields
  }
}

/** A request that gives up when the line is dead. @throws Refused; TypeError or AbortError when the line broke. */
async function request(address: string, init: RequestInit): Promise<unknown> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), patience)
  try {
    const response = await fetch(address, { ...init, credentials: 'same-origin', cache: 'no-store', redirect: 'manual', signal: stop.signal })
    if (response.type === 'opaqueredirect') throw new Refused(401, 'sign_in.needed', [])
    const body: { code?: string; errors?: { detail?: string }[] } = await response.json().catch(() => ({}))
    if (!response.ok)
      throw new Refused(
        response.status,
        body.code ?? '',
        (body.errors ?? []).map((field) => field.detail ?? ''),
      )
    return body
  } finally {
    clearTimeout(timer)
  }
}

/** Undefined when nobody is signed in. @throws when there is no line. */
export async function openSession(base: string): Promise<Session | undefined> {
  try {
    return (await request(`${base}/session`, {})) as Session // our own server's answer
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
}

export async function fetchSheets(base: string): Promise<unknown> {
  return request(`${base}/sheets`, {})
}

type Line = { base: string; store: Store; key: CryptoKey; user: string; changed: () => Promise<void> }

export async function sendAll(line: Line): Promise<SyncEnd> {
  try {
    const session = await openSession(line.base)
    if (!session) return 'sign-in'
    if (session.user !== line.user) return 'other-person'
    for (const survey of await line.store.surveys(line.key)) {
      if (survey.state !== 'ready') continue
      await sendOne(line, session, survey)
      await line.changed()
    }
    return 'sent'
  } catch (error) {
    if (error instanceof Refused) return error.status === 401 || error.status === 403 ? 'sign-in' : 'line'
    return 'line'
  }
}

async function sendOne(line: Line, session: Session, survey: Survey): Promise<void> {
  const address = `${line.base}/surveys/${survey.id}`
  const headers = { 'x-csrf-token': session.csrf }
  const post = (path: string, body: unknown) =>
    request(address + path, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const files = filesOf(survey)
  try {
    let standing = (await post('', { task: survey.taskId, files })) as Standing // our own server's answer
    for (const file of standing.receipt ? [] : files) {
      const bytes = await line.store.readPhoto(line.key, survey.id, file.sha256).catch(() => undefined)
      if (!bytes || (await sha256(bytes)) !== file.sha256) return await line.store.saveSurvey(line.key, { ...survey, state: 'damaged', problems: [] })
      while ((standing.received[file.sha256] ?? 0) < file.bytes) {
        const first = standing.received[file.sha256] ?? 0
        const piece = bytes.slice(first, first + chunk)
        const put = { method: 'PUT', headers: { ...headers, 'content-type': 'application/octet-stream' }, body: piece }
        standing = (await request(`${address}/files/${file.sha256}?first=${first}`, put)) as Standing // our own server's answer
      }
    }
    const receipt = standing.receipt ?? ((await post('/finish', { data: survey.data })) as Receipt) // our own server's answer
    await keepReceipt(line, survey, receipt)
  } catch (error) {
    await settle(line, survey, error)
  }
}

/** Only a receipt for exactly what lies here lets it go. */
async function keepReceipt(line: Line, survey: Survey, receipt: Receipt): Promise<void> {
  const digest = await sha256(canonicalJson(survey.data as JsonValue)) // read from JSON
  const isOurs = receipt.survey === survey.id && receipt.task === survey.taskId && receipt.data === digest
  const hasFiles = canonicalJson(receipt.files) === canonicalJson(filesOf(survey))
  if (!isOurs || !hasFiles) throw new Error('The receipt is not for this survey.')
  await line.store.removeSurvey(survey, receipt)
}

async function settle(line: Line, survey: Survey, error: unknown): Promise<void> {
  if (!(error instanceof Refused)) throw error
  // Closed by a colleague, or no longer ours to see: what was filled in stays until its owner lets it go.
  if (error.code === 'survey.taken' || error.status === 404) return line.store.saveSurvey(line.key, { ...survey, state: 'taken', problems: [] })
  if (error.code === 'form.invalid') return line.store.saveSurvey(line.key, { ...survey, state: 'refused', problems: error.fields })
  // A file came in damaged, or a piece is missing: the next round sends it anew.
  if (['survey.damaged', 'survey.gap', 'survey.incomplete'].includes(error.code)) return
  throw error
}

const filesOf = (survey: Survey) => {
  const files = new Map(survey.photos.map((photo) => [photo.sha256, { bytes: photo.bytes, sha256: photo.sha256 }]))
  return [...files.values()].toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
}
