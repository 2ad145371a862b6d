// An attack is data: a name, a kind, and what an attacker does. It throws when the attacker got somewhere.
import type { World } from './world.ts'

export const kinds = {
  objects: 'object ids of others',
  tenants: 'tenant hopping',
  fields: 'mass assignment and odd bodies',
  sql: 'SQL injection',
  feel: 'FEEL injection, recursive and runaway decisions',
  typst: 'Typst injection and runaway templates',
  xml: 'XXE and XML bombs',
  regex: 'ReDoS',
  uploads: 'hostile files',
  imports: 'hostile packages in a zip',
  cells: 'formulas in exported tables',
  csrf: 'CSRF and CORS',
  redirects: 'open redirects',
  paths: 'path traversal',
  headers: 'header, host and log injection',
  limits: 'oversized and malformed requests',
  sessions: 'session fixation, theft and cookies',
  codes: 'replay and races on one-time codes',
  guessing: 'guessing and user enumeration',
  outgoing: 'server-side request forgery',
} as const

export type Kind = keyof typeof kinds
export type Attack = { kind: Kind; name: string; run: (world: World) => Promise<void> | void }

/** A table of one kind: names and deeds. */
export const attacks = (kind: Kind, table: Record<string, Attack['run']>): Attack[] =>
  Object.entries(table).map(([name, run]) => ({ kind, name, run }))
