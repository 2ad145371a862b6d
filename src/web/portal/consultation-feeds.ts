// Comment periods as feeds: iCalendar (RFC 5545) and Atom (RFC 4287). Each entry leads to its page, whose address never changes.
import ical from 'ical-generator'
import { listConsultations } from '#kernel/consultations/read.ts'
import { addDays } from '#kernel/deadlines/dates.ts'
import type { Visit } from '#http/visit.ts'
import { atomFeed } from './atom.ts'
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

/** `GET /consultations.atom`: newest change first. */
export async function consultationsFeed(visit: Visit): Promise<Response> {
  const t = consultationTexts(visit.language)
  return atomFeed(visit, {
    path: '/consultations',
    self: '/consultations.atom',
    title: t('title'),
    entries: (await listConsultations(visit.ctx)).map((one) => ({
      id: `urn:uuid:${one.consultation_id}`,
      title: one.title,
      updated: one.answered_at ?? one.closed_at ?? one.opened_at,
      published: one.opened_at,
      href: `${visit.ctx.services.baseUrl}${visit.base}/consultations/${one.number}`,
      summary: `${t('period', { from: one.opens_on, to: one.closes_on })} ${one.notes}`,
    })),
  })
}
