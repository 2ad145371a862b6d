// Comment periods as feeds: iCalendar (RFC 5545) and Atom (RFC 4287). Each entry leads to its page, whose address never changes.
import ical from 'ical-generator'
import { listConsultations } from '#kernel/consultations/read.ts'
import { addDays } from '#kernel/deadlines/dates.ts'
import type { Visit } from '#http/visit.ts'
import { consultationTexts } from './consultation-texts.ts'

/** `GET /consultations.ics`: one event over all days of each period. */
export async function consultationsCalendar(visit: Visit): Promise<Response> {
  const { services } = visit.ctx
  const t = consultationTexts(visit.language)
  const calendar = ical({ name: `${visit.town.name[visit.language]} ${t('title')}`, prodId: { company: 'xiangli', product: 'consultations' } })
  for (const one of await listConsultations(visit.ctx))
    calendar.createEvent({
      id: `${one.consultation_id}@${new URL(services.baseUrl).hostname}`,
      start: new Date(`${one.opens_on}T00:00:00Z`),
      end: new Date(`${addDays(one.closes_on, 1)}T00:00:00Z`),
      allDay: true,
      timezone: 'UTC',
      stamp: one.opened_at,
      summary: `${t('title')}：${one.title}`,
      url: `${services.baseUrl}${visit.base}/consultations/${one.number}`,
    })
  return new Response(calendar.toString(), { headers: { 'content-type': 'text/calendar; charset=utf-8' } })
}

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** `GET /consultations.atom`: newest first. */
export async function consultationsFeed(visit: Visit): Promise<Response> {
  const t = consultationTexts(visit.language)
  const base = `${visit.ctx.services.baseUrl}${visit.base}`
  const all = await listConsultations(visit.ctx)
  const changed = (one: (typeof all)[number]) => (one.answered_at ?? one.closed_at ?? one.opened_at).toISOString()
  const entries = all.map(
    (one) => `<entry><id>urn:uuid:${one.consultation_id}</id><title>${escapeXml(one.title)}</title><updated>${changed(one)}</updated>
<published>${one.opened_at.toISOString()}</published><link rel="alternate" href="${escapeXml(`${base}/consultations/${one.number}`)}"/>
<summary>${escapeXml(`${t('period', { from: one.opens_on, to: one.closes_on })} ${one.notes}`)}</summary></entry>`,
  )
  const updated = all.map(changed).toSorted().at(-1) ?? '1970-01-01T00:00:00.000Z'
  const town = escapeXml(visit.town.name[visit.language])
  const feed = `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${visit.language === 'zh' ? 'zh-CN' : 'en'}"><id>${escapeXml(`${base}/consultations`)}</id>
<title>${town} ${escapeXml(t('title'))}</title><updated>${updated}</updated><author><name>${town}</name></author>
<link rel="self" href="${escapeXml(`${base}/consultations.atom`)}"/>
${entries.join('\n')}
</feed>
`
  return new Response(feed, { headers: { 'content-type': 'application/atom+xml; charset=utf-8' } })
}
