// What the public list, its feed and its data show: the same query, read from the address.
import type { Package } from '#kernel/procedures/load-package.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import { type PublicStanding, publicStandings } from '#kernel/procedures/manifest.ts'
import type { PublicCase, PublicQuery } from '#kernel/publication/public-cases.ts'
import { categoriesOf, kindText } from '#kernel/publication/public-words.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'

/** A procedure whose filing asks for no category is one kind by itself. */
type Kind = { value: string; text: string; slug: string; category?: string }
export type Listed = { procedures: Package[]; kinds: Kind[] }
export type Asked = { kind: string; standing: string; page: number }
export const standings: (PublicStanding | 'overdue')[] = ['open', ...publicStandings]

/** Procedures whose cases stand in public, and their kinds. */
export async function findListed(visit: Visit): Promise<Listed> {
  const procedures = (await listProcedures(visit.ctx)).filter((procedure) => procedure.manifest.publication.listed)
  const kinds = procedures.flatMap((procedure): Kind[] => {
    const { slug } = procedure
    const categories = categoriesOf(procedure)
    if (categories.length === 0) return [{ value: slug, text: kindText(procedure, null, visit.language), slug }]
    return categories.map((category) => ({
      value: procedures.length === 1 ? category : `${slug}/${category}`,
      text: kindText(procedure, category, visit.language),
      slug,
      category,
    }))
  })
  return { procedures, kinds }
}

/** Words that are no filter are left out, so that an old address still shows something. */
export function askedFor(context: HttpContext, listed: Listed): Asked {
  const kind = context.req.query('kind') ?? ''
  const standing = context.req.query('standing') ?? ''
  const page = Number(context.req.query('page') ?? 1)
  return {
    kind: listed.kinds.some(({ value }) => value === kind) ? kind : '',
    standing: standings.some((known) => known === standing) ? standing : '',
    page: Number.isInteger(page) && page > 0 && page < 10_000 ? page : 1,
  }
}

export function filterOf(listed: Listed, asked: Asked): Omit<PublicQuery, 'limit' | 'offset' | 'numbers'> {
  const kind = listed.kinds.find(({ value }) => value === asked.kind)
  const standing = standings.find((known): known is PublicStanding => known === asked.standing && known !== 'overdue')
  return {
    procedures: kind ? [kind.slug] : listed.procedures.map(({ slug }) => slug),
    ...(kind?.category === undefined ? {} : { categories: [kind.category] }),
    ...(standing ? { standings: [standing] } : {}),
  }
}

export const queryOf = (asked: Partial<Asked>): string => {
  const query = new URLSearchParams()
  if (asked.kind) query.set('kind', asked.kind)
  if (asked.standing) query.set('standing', asked.standing)
  if (asked.page !== undefined && asked.page > 1) query.set('page', String(asked.page))
  return query.toString()
}

/** Open and past its limit is said as it is. */
export const shownStanding = (visit: Visit, one: PublicCase): PublicStanding | 'overdue' =>
  one.standing === 'open' && one.due_on !== null && one.due_on < today(visit.ctx) ? 'overdue' : one.standing
