// What was cosigned last of each log, outside the database: one synced file for each origin.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import * as z from 'zod'
import { DomainError } from '../errors.ts'
import { decodeHash, toBase64 } from '../ledger/bytes.ts'
import { readIfThere, writeSynced } from '../ledger/synced-file.ts'

/** A checkpoint that we cosigned; `note` carries the log's signature and ours. */
export type Cosigned = { origin: string; size: number; root: Uint8Array; note: string }

const shape = z.object({ origin: z.string(), size: z.number().int().nonnegative(), root: z.string(), note: z.string() })

const pathOf = (folder: string, origin: string) => join(folder, `${createHash('sha256').update(origin).digest('hex')}.json`)

/** Undefined when nothing was cosigned yet. A damaged file is a refusal: guessing could cosign a fork. */
export function readMemory(folder: string, origin: string): Cosigned | undefined {
  const path = pathOf(folder, origin)
  const text = readIfThere(path)
  if (text === undefined) return undefined
  const memory = parse(text)
  if (memory?.origin === origin) return memory
  throw new DomainError('unavailable', 'witness.memory_unreadable', `${path} cannot be read: restore it from its copy.`)
}

function parse(text: string): Cosigned | undefined {
  try {
    const read = shape.parse(JSON.parse(text))
    const root = decodeHash(read.root)
    return root && { ...read, root }
  } catch {
    return undefined
  }
}

export function writeMemory(folder: string, { origin, size, root, note }: Cosigned): void {
  writeSynced(pathOf(folder, origin), `${JSON.stringify({ origin, size, root: toBase64(root), note })}\n`)
}
