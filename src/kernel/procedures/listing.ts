// In which order services are shown: by what people look for, never by slug.
import { type Manifest, serviceGroups } from './manifest.ts'

type ServiceGroup = (typeof serviceGroups)[number]
type Listed = { slug: string; manifest: Pick<Manifest, 'listing' | 'filedBy'> }

/** Groups with something in them, in their order; in each by `listing.order`, then by slug, so that a list is the same each time. */
export function groupServices<Known extends Listed>(procedures: readonly Known[]): { group: ServiceGroup; services: Known[] }[] {
  const groups = Map.groupBy(procedures, ({ manifest }) => manifest.listing?.group ?? 'other')
  return serviceGroups.flatMap((group) => {
    const services = groups.get(group)
    return services ? [{ group, services: services.toSorted(byPlace) }] : []
  })
}

const last = 1000

function byPlace(a: Listed, b: Listed): number {
  const places = (a.manifest.listing?.order ?? last) - (b.manifest.listing?.order ?? last)
  return places !== 0 ? places : a.slug < b.slug ? -1 : 1
}

/** May a resident start it herself? */
export const isForResidents = ({ manifest }: Pick<Listed, 'manifest'>): boolean => manifest.filedBy.includes('anyone')
