// Where the next page begins: after a row, not after a count, so that work done meanwhile moves nothing.
import { z } from 'zod'
import type { InboxItem } from '#kernel/cases/lists.ts'
import { ProtocolError } from './protocol-error.ts'

export type Place = { due: string | null; openedAt: Date; taskId: string }

const shape = z.tuple([z.iso.date().nullable(), z.iso.datetime({ precision: 3 }), z.uuid()])

export const writeCursor = ({ due, openedAt, taskId }: Pick<InboxItem, 'due' | 'openedAt' | 'taskId'>): string =>
  Buffer.from(JSON.stringify([due, openedAt.toISOString(), taskId])).toString('base64url')

/** @throws ProtocolError `query.cursor` (400). */
export function readCursor(cursor: string): Place {
  const parsed = shape.safeParse(toJson(cursor))
  if (!parsed.success)
    throw new ProtocolError(400, 'query.cursor', 'This is not a cursor of ours: use `next` of the page before.', [
      { pointer: '/cursor', code: 'cursor', message: 'Use it as it was given.' },
    ])
  const [due, openedAt, taskId] = parsed.data
  return { due, openedAt: new Date(openedAt), taskId }
}

function toJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return undefined
  }
}
