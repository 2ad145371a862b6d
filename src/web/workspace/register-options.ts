import type { Visit } from '#http/visit.ts'

export type Options = Record<string, { value: string; text: string }[]>

/** The choices of `x-register` fields: bodies of the town and its villages, bodies outside, the villages themselves, posts of the town's own bodies, mediators, and clauses. */
export function registerOptions(visit: Visit): Options {
  const { organizations, villages, posts, mediators, clauses } = visit.town
  const name = (item: { id: string; name: Record<'zh' | 'en', string> }) => ({ value: item.id, text: item.name[visit.language] })
  return {
    organizations: [...organizations.values()].filter((body) => body.kind === 'own' || body.kind === 'village').map(name),
    'outside-bodies': [...organizations.values()].filter((body) => body.kind === 'outside').map(name),
    mediators: [...mediators.values()].map(name),
    'agreement-clauses': [...clauses.values()].map(name),
    villages: [...villages.values()].map(name),
    posts: [...posts.values()]
      .filter((post) => organizations.get(post.organization)?.kind === 'own')
      .map((post) => ({ value: post.id, text: post.title[visit.language] })),
  }
}
