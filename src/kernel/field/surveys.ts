// A visit recorded without a signal comes in later: announced, its files in pieces, then finished once. Whatever is sent twice changes nothing.
import { createHash } from 'node:crypto'
import { completeTask } from '../cases/act.ts'
import { getTaskCase } from '../cases/find-task.ts'
import { getCase } from '../cases/load-case.ts'
import type { Ctx } from '../context.ts'
import { conflict, DomainError, forbidden, invalid, notFound } from '../errors.ts'
import { keepCaseFile } from '../files/uploads.ts'
import { uploadLimits } from '../files/clean-upload.ts'
import type { FormData, Language } from '../forms/forms.ts'
import { isUuid, uuidv7 } from '../ids.ts'
import { decrypt, encrypt } from '../keys/keyring.ts'
import { canonicalJson, type JsonValue } from '../ledger/canonical-json.ts'
import { addChunk, beginRow, type ChunkRow, findSurvey, finishRow, listChunks, listStale, removeChunks, type SurveyRow } from './queries.ts'

/** A file as the phone announces it: SHA-256 in hexadecimal of the bytes that were taken, and how many they are. */
export type Announced = { sha256: string; bytes: number }

/**
 * What the phone keeps when it wipes a survey: `data` is the SHA-256 of the canonical JSON (RFC 8785) of the answers as they were sent, with
 * the files named by their hash; `at` is ISO 8601.
 */
export type FieldReceipt = { survey: string; task: string; number: string; at: string; data: string; files: Announced[] }

/** What has come in: the first byte still missing of each file, and the receipt when all is done. */
export type SurveyStanding = { received: Record<string, number>; receipt: FieldReceipt | null }

/** One piece has at most so many bytes: little is lost when the line breaks. */
export const chunkBytes = 256 * 1024
const keptDays = 60
const hash = /^[0-9a-f]{64}$/

/**
 * Announces a survey of a task. The same announcement again gives its standing.
 * @throws `task.not_found`, `survey.id`, `survey.files` (422), `survey.changed` (409, another announcement under this id).
 */
export async function beginSurvey(ctx: Ctx, surveyId: string, taskId: string, files: Announced[]): Promise<SurveyStanding> {
  checkAnnounced(surveyId, files)
  const user_id = staffId(ctx)
  const known = await findSurvey(ctx, surveyId)
  // A survey that is done may have closed its task: the phone that lost the answer still gets it.
  const case_id = known?.case_id ?? (await getTaskCase(ctx, taskId)).caseId
  await sweep(ctx)
  const row = known ?? (await beginRow(ctx, { survey_id: surveyId, case_id, task_id: taskId, user_id, files }))
  if (!row || row.user_id !== user_id) throw notFound('survey.not_found', 'There is no such survey of yours.')
  if (row.task_id !== taskId || canonicalJson(row.files) !== canonicalJson(files))
    throw conflict('survey.changed', 'Another survey was announced under this id.')
  return standing(ctx, row)
}

/** @throws `survey.not_found`. */
export const readSurvey = async (ctx: Ctx, surveyId: string): Promise<SurveyStanding> => standing(ctx, await mine(ctx, surveyId))

/**
 * Takes a piece of a file. One that is there already, or that lies behind what is there, is passed over.
 * @throws `survey.not_found`, `survey.files` (422: no such file, too large, beyond its end), `survey.gap` (409: an earlier piece is missing).
 */
export async function takeChunk(ctx: Ctx, surveyId: string, sha256: string, first: number, bytes: Buffer): Promise<SurveyStanding> {
  const row = await mine(ctx, surveyId)
  if (row.receipt) return standing(ctx, row)
  const file = row.files.find((known) => known.sha256 === sha256)
  if (!file || !Number.isInteger(first) || first < 0 || bytes.length === 0 || bytes.length > chunkBytes || first + bytes.length > file.bytes)
    throw invalid('survey.files', 'This piece does not belong to a file of the survey.')
  const { received } = await standing(ctx, row)
  const have = received[sha256] ?? 0
  if (first > have) throw conflict('survey.gap', 'An earlier piece is missing.')
  if (first === have) await keepChunk(ctx, row, { sha256, first_byte: first, bytes: bytes.length, chunk_id: uuidv7(ctx.clock.now()) }, bytes)
  return standing(ctx, row)
}

async function keepChunk(ctx: Ctx, row: SurveyRow, chunk: ChunkRow, bytes: Buffer): Promise<void> {
  const { key } = await caseOf(ctx, row)
  await ctx.services.files.put(ctx.tenant, chunk.chunk_id, encrypt(key, bytes, contextOf(ctx, chunk.chunk_id)))
  // Another request was faster with the same piece: one of the two is enough.
  if (!(await addChunk(ctx, row.survey_id, chunk))) await ctx.services.files.remove(ctx.tenant, chunk.chunk_id)
}

/**
 * Completes the task with the answers; attachment fields name their files by hash. Done once: sent again, it gives the same receipt.
 * @throws `survey.not_found`, `survey.incomplete` (409), `survey.damaged` (422: send that file anew), `survey.taken` (409: the task was done
 * by somebody else), and as completeTask.
 */
export async function finishSurvey(ctx: Ctx, surveyId: string, data: FormData, language: Language = 'zh'): Promise<FieldReceipt> {
  const row = await mine(ctx, surveyId)
  const digest = createHash('sha256')
    .update(canonicalJson(toJson(data)))
    .digest('hex')
  if (row.receipt) return same(row.receipt, digest)
  const { number } = await caseOf(ctx, row)
  const receipt = { survey: surveyId, task: row.task_id, number, at: ctx.clock.now().toISOString(), data: digest, files: row.files }
  try {
    const { received } = await standing(ctx, row)
    if (row.files.some((file) => received[file.sha256] !== file.bytes)) throw conflict('survey.incomplete', 'Files of this survey are missing.')
    const ids = await keepFiles(ctx, row)
    // The receipt is written in the transaction that completes the task: there is never one without the other.
    await completeTask(ctx, row.task_id, { data: withFiles(data, ids), language, alongside: (trx) => finishRow(trx, surveyId, receipt) })
  } catch (error) {
    // The same request a moment before may have finished it and cleared its pieces away.
    const now = await findSurvey(ctx, surveyId)
    if (now?.receipt) return same(now.receipt, digest)
    if (error instanceof DomainError && error.code === 'task.not_open') throw conflict('survey.taken', 'Somebody else has done this task.')
    throw error
  }
  await dropChunks(ctx, surveyId, null)
  return receipt
}

function same(receipt: FieldReceipt, digest: string): FieldReceipt {
  if (receipt.data !== digest) throw conflict('survey.changed', 'This survey came in with other answers.')
  return receipt
}

/** Puts the pieces together, checks each file against its hash, and keeps it with the case. Under an id made of the hash, so that once is enough. */
async function keepFiles(ctx: Ctx, row: SurveyRow): Promise<Map<string, string>> {
  const { key } = await caseOf(ctx, row)
  const chunks = await listChunks(ctx, row.survey_id)
  const ids = new Map<string, string>()
  for (const { sha256 } of row.files) {
    const own = chunks.filter((chunk) => chunk.sha256 === sha256)
    const parts: Buffer[] = []
    for (const { chunk_id } of own) parts.push(decrypt(key, await ctx.services.files.get(ctx.tenant, chunk_id), contextOf(ctx, chunk_id)))
    const bytes = Buffer.concat(parts)
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      await dropChunks(ctx, row.survey_id, sha256)
      throw invalid('survey.damaged', 'A file came in damaged: send it again.')
    }
    const fileId = fileIdOf(ctx, row.survey_id, sha256)
    await keepCaseFile(ctx, { caseId: row.case_id }, fileId, { name: `photo-${ids.size + 1}`, bytes })
    ids.set(sha256, fileId)
  }
  return ids
}

/** A UUID (version 8) of the survey and the file. */
function fileIdOf(ctx: Ctx, surveyId: string, sha256: string): string {
  const bytes = createHash('sha256').update(`${ctx.tenant}/${surveyId}/${sha256}`).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const withFiles = (data: FormData, ids: Map<string, string>): FormData =>
  Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((item) => (typeof item === 'string' ? (ids.get(item) ?? item) : item)) : value,
    ]),
  )

async function standing(ctx: Ctx, row: SurveyRow): Promise<SurveyStanding> {
  if (row.receipt) return { received: Object.fromEntries(row.files.map((file) => [file.sha256, file.bytes])), receipt: row.receipt }
  const received: Record<string, number> = Object.fromEntries(row.files.map((file) => [file.sha256, 0]))
  for (const chunk of await listChunks(ctx, row.survey_id))
    if (chunk.first_byte === received[chunk.sha256]) received[chunk.sha256] = chunk.first_byte + chunk.bytes
  return { received, receipt: null }
}

async function mine(ctx: Ctx, surveyId: string): Promise<SurveyRow> {
  const row = isUuid(surveyId) ? await findSurvey(ctx, surveyId) : undefined
  if (!row || row.user_id !== staffId(ctx)) throw notFound('survey.not_found', 'There is no such survey of yours.')
  return row
}

/** Read through the access rule each time: whoever lost the post meanwhile sends nothing more. */
async function caseOf(ctx: Ctx, row: SurveyRow): Promise<{ key: Buffer; number: string }> {
  const { loaded } = await getCase(ctx, { caseId: row.case_id }, 'case.read')
  return { key: loaded.key, number: loaded.row.number }
}

function checkAnnounced(surveyId: string, files: Announced[]): void {
  if (!isUuid(surveyId)) throw invalid('survey.id', 'A survey has a UUID made on the phone.')
  const hashes = new Set(files.map((file) => file.sha256))
  const wrong = files.some(({ sha256, bytes }) => !hash.test(sha256) || !Number.isInteger(bytes) || bytes < 1 || bytes > uploadLimits.bytes)
  if (wrong || hashes.size !== files.length || files.length > 20) throw invalid('survey.files', 'Each file has a hash and a size of at most 10 MB.')
}

function staffId(ctx: Ctx): string {
  if (ctx.actor.kind !== 'staff') throw forbidden('survey.staff', 'Surveys are done by staff.')
  return ctx.actor.userId
}

async function sweep(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - keptDays * 86_400_000)
  for (const surveyId of await listStale(ctx, before)) await dropChunks(ctx, surveyId, null)
}

async function dropChunks(ctx: Ctx, surveyId: string, sha256: string | null): Promise<void> {
  for (const { chunk_id } of await removeChunks(ctx, surveyId, sha256)) await ctx.services.files.remove(ctx.tenant, chunk_id)
}

const contextOf = (ctx: Ctx, chunkId: string) => `field-chunk/${ctx.tenant}/${chunkId}`

// Form data came from JSON.
const toJson = (data: FormData) => data as JsonValue
