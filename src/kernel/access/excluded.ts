// Whoever is complained of does not get in: the unit, the line above it up to the body that was handed the case, and the line below.
import { reportingLine, type Town } from '../towns/towns.ts'

export type Subject = { organizationId: string | null; postId: string | null }

/** Keys that never open the case (`org:…`, `post:…`); `handed`: bodies to which it was handed. Empty without subjects. */
export function excludedBy(town: Town, subjects: readonly Subject[], handed: readonly string[]): string[] {
  if (subjects.length === 0) return []
  const bodies = new Set(subjects.flatMap((subject) => unitsOf(town, subject)))
  const posts = [...town.posts.values()]
  const unit = posts.filter((post) => bodies.has(post.organization))
  const own = new Set(unit.map((post) => post.id))
  const keys = new Set([...bodies].map((body) => `org:${body}`))
  for (const post of unit) {
    keys.add(`post:${post.id}`)
    for (const above of reportingLine(town, post.id)) {
      // Up to the body that was handed the case, which must be able to work.
      if (handed.includes(above.organization) && !bodies.has(above.organization)) break
      keys.add(`post:${above.id}`)
    }
  }
  // Below the unit nobody examines her own head, not even a body that was handed the case.
  for (const post of posts) if (reportingLine(town, post.id).some((above) => own.has(above.id))) keys.add(`post:${post.id}`)
  return [...keys].sort()
}

/** The organization and the bodies under it; for a person the body of her post. */
function unitsOf(town: Town, { organizationId, postId }: Subject): string[] {
  if (organizationId === null) return [town.posts.get(postId ?? '')?.organization ?? ''].filter((body) => body !== '')
  const units = [organizationId]
  for (const unit of units) for (const body of town.organizations.values()) if (body.parent === unit && !units.includes(body.id)) units.push(body.id)
  return units
}
