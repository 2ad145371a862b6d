// An Atom feed (RFC 4287) of a public list.
import type { Visit } from '#http/visit.ts'

/** `id`: an IRI that stays; `href`: the page about it, whole. */
export type AtomEntry = { id: string; title: string; updated: Date; published?: Date; href: string; summary: string }

/** `path` is the page of the list, `self` that of the feed, both below the town. Newest change first. */
export function atomFeed(visit: Visit, feed: { path: string; self: string; title: string; entries: AtomEntry[] }): Response {
  const base = `${visit.ctx.services.baseUrl}${visit.base}`
  const town = visit.town.name[visit.language]
  const entries = feed.entries.toSorted((a, b) => b.updated.getTime() - a.updated.getTime())
  const body = [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${visit.language === 'zh' ? 'zh-CN' : 'en'}">`,
    `<id>${xml(base + feed.path)}</id>`,
    `<title>${xml(`${town} ${feed.title}`)}</title>`,
    `<updated>${(entries[0]?.updated ?? new Date(0)).toISOString()}</updated>`,
    `<author><name>${xml(town)}</name></author>`,
    `<link rel="self" type="application/atom+xml" href="${xml(base + feed.self)}"/>`,
    `<link rel="alternate" type="text/html" href="${xml(base + feed.path)}"/>`,
    ...entries.map((entry) =>
      [
        '<entry>',
        `<id>${xml(entry.id)}</id>`,
        `<title>${xml(entry.title)}</title>`,
        ...(entry.published ? [`<published>${entry.published.toISOString()}</published>`] : []),
        `<updated>${entry.updated.toISOString()}</updated>`,
        `<link rel="alternate" type="text/html" href="${xml(entry.href)}"/>`,
        `<summary>${xml(entry.summary)}</summary>`,
        '</entry>',
      ].join('\n'),
    ),
    '</feed>',
    '',
  ].join('\n')
  return new Response(body, { headers: { 'content-type': 'application/atom+xml; charset=utf-8', 'cache-control': 'no-cache' } })
}

/** Text for XML 1.0: markup escaped, characters that it does not know left out. */
export const xml = (text: string): string =>
  Array.from(text)
    .filter((letter) => /[\t\n\r\u0020-\uD7FF\uE000-\uFFFD]|[\u{10000}-\u{10FFFF}]/u.test(letter))
    .join('')
    .replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)
