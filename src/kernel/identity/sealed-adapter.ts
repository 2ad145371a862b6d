// better-auth over encrypted columns: it sees plain names and addresses, the database never does.
import type { getAdapter } from 'better-auth/db/adapter'
import { normalizeEmail, type Seal } from './seal.ts'

type Adapter = Awaited<ReturnType<typeof getAdapter>>
type Row = Record<string, unknown>
type Where = NonNullable<Parameters<Adapter['count']>[0]['where']>

/** Wraps better-auth's database adapter so that a user's name, phone and address are sealed on the way in and opened on the way out. */
export function sealedAdapter(inner: Adapter, seal: Seal): Adapter {
  return { ...sealedOperations(inner, seal), transaction: (work) => inner.transaction((trx) => work(sealedOperations(trx, seal))) }
}

// `T` is what better-auth asks for; a row of that shape stays that shape, with other text in some of its fields.
function sealedOperations<T extends Omit<Adapter, 'transaction'>>(inner: T, seal: Seal): T {
  const where = <W extends Where | undefined>(model: string, clauses: W): W => (model === 'user' ? hashWhere(clauses, seal) : clauses) as W
  const close = <V>(model: string, data: V): V => (model === 'user' ? closeUser(data as Row, seal) : data) as V
  const open = <V>(model: string, row: V): V => openRow(model, row, seal) as V
  const select = (model: string, fields: string[] | undefined) =>
    model === 'user' && fields?.includes('email') ? [...fields, 'emailSealed'] : fields
  const operations: Omit<Adapter, 'transaction'> = {
    ...inner,
    create: async (query) =>
      open(query.model, await inner.create({ ...query, data: close(query.model, query.data), select: select(query.model, query.select) })),
    findOne: async (query) =>
      open(query.model, await inner.findOne({ ...query, where: where(query.model, query.where), select: select(query.model, query.select) })),
    findMany: async <V>(query: Parameters<Adapter['findMany']>[0]) => {
      const rows = await inner.findMany<V>({ ...query, where: where(query.model, query.where), select: select(query.model, query.select) })
      return rows.map((row) => open(query.model, row))
    },
    count: (query) => inner.count({ ...query, where: where(query.model, query.where) }),
    update: async (query) =>
      open(query.model, await inner.update({ ...query, where: where(query.model, query.where), update: close(query.model, query.update) })),
    updateMany: (query) => inner.updateMany({ ...query, where: where(query.model, query.where), update: close(query.model, query.update) }),
    delete: (query) => inner.delete({ ...query, where: where(query.model, query.where) }),
    deleteMany: (query) => inner.deleteMany({ ...query, where: where(query.model, query.where) }),
    consumeOne: async (query) => open(query.model, await inner.consumeOne({ ...query, where: where(query.model, query.where) })),
    incrementOne: async (query) => open(query.model, await inner.incrementOne({ ...query, where: where(query.model, query.where) })),
  }
  return { ...inner, ...operations }
}

/** The look-up key of an address. */
export const emailKey = (seal: Seal, email: string) => seal.hash('email', normalizeEmail(email))

/** The look-up key of a normalized telephone number. */
export const phoneKey = (seal: Seal, phone: string) => seal.hash('phone', phone)

function hashWhere(clauses: Where | undefined, seal: Seal): Where | undefined {
  return clauses?.map((clause) => {
    if (clause.field === 'name' || clause.field === 'phone') throw new Error('Sealed fields cannot be searched.')
    if (clause.field !== 'email') return clause
    if ((clause.operator ?? 'eq') !== 'eq' || typeof clause.value !== 'string') throw new Error('An address can only be looked up whole.')
    return { ...clause, value: emailKey(seal, clause.value) }
  })
}

function closeUser(data: Row, seal: Seal): Row {
  const closed = { ...data }
  if (typeof data.name === 'string') closed.name = seal.close('name', data.name)
  if (typeof data.phone === 'string') {
    closed.phone = seal.close('phone', data.phone)
    closed.phoneKey = phoneKey(seal, data.phone)
  }
  if (typeof data.email === 'string') {
    closed.email = emailKey(seal, data.email)
    closed.emailSealed = seal.close('email', normalizeEmail(data.email))
  }
  return closed
}

function openRow(model: string, row: unknown, seal: Seal): unknown {
  if (typeof row !== 'object' || row === null) return row
  if (model === 'user') return openUser(row as Row, seal)
  const nested = (row as Row).user
  return nested && typeof nested === 'object' ? { ...row, user: openUser(nested as Row, seal) } : row
}

function openUser(row: Row, seal: Seal): Row {
  const opened = { ...row }
  if (typeof row.name === 'string') opened.name = seal.open('name', row.name)
  if (typeof row.phone === 'string') opened.phone = seal.open('phone', row.phone)
  if (typeof row.emailSealed === 'string') opened.email = seal.open('email', row.emailSealed)
  delete opened.emailSealed
  delete opened.phoneKey
  return opened
}
