// Dates in what parties are told: a sentence that names a limit is sent at a time when that limit runs, so that no message has a hole in it.
import type { Graph } from '#kernel/engine/types.ts'
import type { PackageFinding } from './charter.ts'
import type { Texts } from './load-package.ts'
import type { Manifest } from './manifest.ts'

type Word = 'due' | 'yours'

/**
 * Findings on texts `told.<event>`: `{due}` is the next limit of the office, `{yours}` the next one of the person. Each needs a limit of its kind
 * that begins with the event or was running before it; at filing nothing was. A literal text of notify@1 or schedule@1 exists.
 */
export function checkToldWords(manifest: Manifest, graph: Graph, texts: Texts): PackageFinding[] {
  const findings: PackageFinding[] = []
  const { slug } = manifest
  for (const language of ['zh', 'en'] as const) {
    const refuse = (key: string, message: string) =>
      findings.push({ place: `texts.${language}.json#/${key}`, rule: 'package.told', message, severity: 'error' })
    for (const event of new Set(manifest.parties.flatMap((party) => party.told))) {
      const key = `${slug}.told.${event}`
      for (const word of ['due', 'yours'] as const)
        if (texts[language][key]?.includes(`{${word}}`) && !mayName(manifest, graph, event, word)) refuse(key, remedies[word])
    }
    for (const key of sentTexts(graph).map((id) => `${slug}.${id}`)) if (!texts[language][key]) refuse(key, `There is no text “${key}”.`)
  }
  return findings
}

const remedies: Record<Word, string> = {
  due: 'No limit of the office begins here, so {due} would be empty. Name the limit of the person ({yours}), or no date.',
  yours: 'No limit of the person runs here, so {yours} would be empty. Name the limit of the office ({due}), or no date.',
}

function mayName({ deadlines }: Manifest, graph: Graph, event: string, word: Word): boolean {
  const begins = (binds: 'office' | 'party') =>
    deadlines.some((rule) => rule.binds === binds && (rule.starts === event || rule.extendedBy.some((extension) => extension.event === event)))
  const [own, other] = word === 'due' ? (['office', 'party'] as const) : (['party', 'office'] as const)
  if (begins(own)) return true
  if (begins(other) || isFirst(graph, event)) return false
  return deadlines.some((rule) => rule.binds === own && !rule.ends.includes(event))
}

/** Recorded when the case begins: no limit was running before. */
const isFirst = (graph: Graph, event: string): boolean =>
  Object.values(graph.elements).some((element) => element.type === 'startEvent' && element.scope === graph.process && element.xl.event === event)

/** Ids of texts, without the slug, that actions of the diagram send to a party. */
const sentTexts = (graph: Graph): string[] =>
  Object.values(graph.elements).flatMap(({ xl }) =>
    xl.action === 'notify@1' || xl.action === 'schedule@1'
      ? xl.inputs.flatMap(({ name, value }) => (name === 'text' && value !== undefined && !value.startsWith('=') ? [value] : []))
      : [],
  )
