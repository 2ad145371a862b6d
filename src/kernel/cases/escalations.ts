// What was reported to the posts of a member of staff and is not settled yet.
import { sql } from 'kysely'
import { inReading, readableCases } from '../access/readable.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import type { Language } from '../forms/forms.ts'
import { getPackage } from '../procedures/packages.ts'
import { getTown } from '../towns/towns.ts'
import { untoldSubject } from './glass-told.ts'
import { nameOf, speaker } from './words.ts'

export type EscalationKind = 'overdue' | 'due-soon' | 'orphan' | 'bounced' | 'paused' | 'unacknowledged' | 'incident'
/** `subject` is the deadline or the task in words; `level` counts the steps up the reporting line. */
export type Escalation = {
  number: string
  procedure: string
  kind: EscalationKind
  subject: string
  level: number
  openedAt: Date
  office: string
  due: CalendarDate | null
}

/** `task:Element#2`, `Element#2` or a deadline's id, in words. */
function subjectText({ kind, subject }: Row, say: (key: string) => string, language: Language): string {
  if (subject === untoldSubject) return language === 'zh' ? '紧急调阅还没有告诉当事人' : 'a party was not told of a broken seal'
  const task = kind === 'overdue' || kind === 'due-soon' ? /^task:(.+)$/.exec(subject)?.[1] : subject
  if (task === undefined) return say(`deadline.${subject}`)
  const [element = '', instance] = task.split('#')
  return `${say(`element.${element}`)}${instance === undefined ? '' : ` (${instance})`}`
}

type Row = {
  number: string
  package_hash: string
  kind: EscalationKind
  subject: string
  level: number
  opened_at: Date
  handling_office: string | null
  next_due_on: CalendarDate | null
}

/** Open escalations addressed to the actor's posts, the oldest first; cases that the actor may not read are left out. */
export async function listEscalations(ctx: Ctx, language: Language): Promise<Escalation[]> {
  const posts = ctx.actor.kind === 'staff' ? ctx.actor.posts.map((post) => post.postId) : []
  const { rows } = await inReading(ctx, (trx) =>
    sql<Row>`select c.number, c.package_hash, e.kind, e.subject, e.level, e.opened_at, c.handling_office, c.next_due_on
      from escalations e join cases c on c.tenant_id = e.tenant_id and c.case_id = e.case_id
      where e.tenant_id = ${ctx.tenant} and e.resolved_at is null and e.post_id = any(${posts}::text[]) and ${readableCases(ctx)}
      order by e.opened_at, e.escalation_id limit 200`.execute(trx),
  )
  const town = await getTown(ctx)
  return Promise.all(
    rows.map(async (row) => {
      const say = speaker(await getPackage(ctx, row.package_hash), language)
      return {
        number: row.number,
        procedure: say('title'),
        kind: row.kind,
        subject: subjectText(row, say, language),
        level: row.level,
        openedAt: row.opened_at,
        office: nameOf(town, row.handling_office, language),
        due: row.next_due_on,
      }
    }),
  )
}
