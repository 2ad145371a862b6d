// Schemas with a name of their own in openapi.json, and the pieces that many shapes are made of.
import { z } from 'zod'

export const named = z.registry<{ id: string; description?: string }>()

/** Gives a schema its name. */
export const name = <Schema extends z.ZodType>(id: string, schema: Schema): Schema => {
  named.add(schema, { id })
  return schema
}

export const date = z.iso.date()
export const slug = z.string().regex(/^[a-z][a-z0-9-]{0,60}$/)
