// Everything of a case that lies beside its row: events, messages, services, incidents. Rights were asked when it was loaded.
import { sql } from 'kysely'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { decryptJson } from '../keys/keyring.ts'
import type { SaltedPayload } from '../ledger/payload.ts'
import type { LoadedCase } from './types.ts'

export type EventRow = {
  seq: number
  event_id: string
  type: string
  name: string | null
  element: string | null
  actor_kind: string
  actor_id: string | null
  post_id: string | null
  recorded_at: Date
  effective_on: CalendarDate
  payload: SaltedPayload | undefined
}
/** `partyId`: whose it is, or to whom an answer is addressed; null is to all of them. */
export type MessageView = { from: 'party' | 'office'; text: string; at: Date; files: string[]; partyId: string | null; sealedClass: string | null }
export type Incident = { element: string; reason: string; openedAt: Date }

export type Dossier = {
  events: EventRow[]
  messages: MessageView[]
  services: Map<string, { servedOn: CalendarDate; method: string }>
  incidents: Incident[]
  doneElements: string[]
}

export async function readDossier(ctx: Ctx, loaded: LoadedCase): Promise<Dossier> {
  const { case_id } = loaded.row
  return inTenant(ctx.db, ctx.tenant, async (trx) => {
    const events = await sql<
      Omit<EventRow, 'payload'> & { payload: Buffer | null }
    >`select seq, event_id, type, name, element, actor_kind, actor_id, post_id, recorded_at, effective_on, payload
      from events where tenant_id = ${ctx.tenant} and case_id = ${case_id} order by seq`.execute(trx)
    const messages = await sql<{
      message_id: string
      from_kind: 'party' | 'office'
      body: Buffer
      sent_at: Date
      party_id: string | null
      sealed_class: string | null
    }>`select message_id, from_kind, body, sent_at, party_id, sealed_class
      from case_messages where tenant_id = ${ctx.tenant} and case_id = ${case_id} order by sent_at`.execute(trx)
    const services = await sql<{ document_id: string; served_on: CalendarDate; method: string }>`select document_id, served_on, method
      from document_services where tenant_id = ${ctx.tenant} and case_id = ${case_id} order by recorded_at`.execute(trx)
    const incidents = await sql<{ element: string; reason: string; opened_at: Date }>`select element, reason, opened_at
      from incidents where tenant_id = ${ctx.tenant} and case_id = ${case_id} and resolved_at is null order by opened_at`.execute(trx)
    return {
      events: events.rows.map((event) => ({
        ...event,
        payload: event.payload ? decryptJson<SaltedPayload>(loaded.key, event.payload, `event/${ctx.tenant}/${case_id}/${event.seq}`) : undefined,
      })),
      messages: messages.rows.map((message) => {
        const { text, files } = decryptJson<{ text: string; files: string[] }>(
          loaded.key,
          message.body,
          `message/${ctx.tenant}/${message.message_id}`,
        )
        return { from: message.from_kind, text, files, at: message.sent_at, partyId: message.party_id, sealedClass: message.sealed_class }
      }),
      services: new Map(services.rows.map((service) => [service.document_id, { servedOn: service.served_on, method: service.method }])),
      incidents: incidents.rows.map((incident) => ({ element: incident.element, reason: incident.reason, openedAt: incident.opened_at })),
      doneElements: [...new Set(events.rows.flatMap((event) => (event.element ? [event.element] : [])))],
    }
  })
}

/** The value of an open field of an event's payload. */
export function payloadField(event: EventRow, name: string): unknown {
  const field = event.payload?.fields.find((known) => known.name === name)
  return field && 'value' in field ? field.value : undefined
}

/** The same, as text; empty when it is absent, hidden or not a plain value. */
export function payloadText(event: EventRow, name: string): string {
  const value = payloadField(event, name)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
