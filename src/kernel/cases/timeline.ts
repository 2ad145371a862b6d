// The history of a case in plain words; parties read what concerns them, officers all of it.
import type { FieldLevel } from '../access/rule.ts'
import type { CalendarDate } from '../clock.ts'
import type { Language } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import type { Town } from '../towns/towns.ts'
import { type EventRow, payloadText } from './dossier.ts'
import { nameOf, speaker } from './words.ts'

/** `recordedAt` is when it was written down, `effectiveOn` when it took effect: both are shown when they differ. */
export type TimelineEntry = {
  seq: number
  eventId: string
  type: string
  text: string
  by: string
  recordedAt: Date
  effectiveOn: CalendarDate
  reason: string
}

type Setting = { procedure: Package; town: Town; language: Language; level: FieldLevel }

/** Events that only officers read: they say how work went on inside the office. */
const internal = new Set([
  'task.claimed',
  'task.assigned',
  'task.completed',
  'timer.fired',
  'message.unsent',
  'message.sent',
  'case.incident',
  'case.filed',
  'message.received',
])

const words: Record<string, Record<Language, string>> = {
  'document.issued': { zh: '制发文书', en: 'Document issued' },
  'document.served': { zh: '文书送达', en: 'Document served' },
  'document.corrected': { zh: '文书更正', en: 'Document corrected' },
  'document.withdrawn': { zh: '文书撤回', en: 'Document withdrawn' },
  'document.voided': { zh: '文书作废', en: 'Document voided' },
  'case.recused': { zh: '工作人员回避', en: 'A member of staff recused herself' },
  'case.routed': { zh: '交由承办', en: 'Handed to' },
  'case.closed': { zh: '办结', en: 'Closed' },
  'case.supplemented': { zh: '补充材料或留言', en: 'Message from the person' },
  'message.answered': { zh: '工作人员回复', en: 'Message from the office' },
  'case.linked': { zh: '转出关联事项', en: 'Linked case opened' },
  'case.escalated': { zh: '上报上一级岗位', en: 'Reported up the line' },
  'deadline.missed': { zh: '超过法定期限', en: 'Statutory limit missed' },
  'deadline.recomputed': { zh: '放假安排公布，期限重新计算', en: 'Limit recomputed after the holiday notice' },
  'task.claimed': { zh: '认领', en: 'Taken' },
  'task.assigned': { zh: '分派或退回', en: 'Assigned or laid back' },
  'task.completed': { zh: '完成', en: 'Done' },
  'case.filed': { zh: '收件', en: 'Received' },
  'case.migrated': { zh: '转入新版办事流程', en: 'Taken over to a new version of the procedure' },
  'case.corrected': { zh: '更正日期', en: 'Date corrected' },
  'receipt.reissued': { zh: '重发回执码', en: 'Receipt code issued anew' },
}

export function toTimeline(events: EventRow[], setting: Setting): TimelineEntry[] {
  return events
    .filter((event) => setting.level !== 'parties' || !internal.has(event.type))
    .map((event) => ({
      seq: event.seq,
      eventId: event.event_id,
      type: event.type,
      text: textOf(event, setting),
      by: byOf(event, setting),
      recordedAt: event.recorded_at,
      effectiveOn: event.effective_on,
      reason: payloadText(event, 'reason'),
    }))
}

function textOf(event: EventRow, { procedure, town, language }: Setting): string {
  const say = speaker(procedure, language)
  if (event.name) return say(`event.${event.name}`)
  const base = words[event.type]?.[language] ?? event.type
  const detail = detailOf(event, say, town, language)
  return detail === '' ? base : `${base}${language === 'zh' ? '：' : ': '}${detail}`
}

function detailOf(event: EventRow, say: (key: string) => string, town: Town, language: Language): string {
  const field = (name: string) => payloadText(event, name)
  switch (event.type) {
    case 'document.issued':
    case 'document.served':
    case 'document.corrected':
    case 'document.withdrawn':
    case 'document.voided':
      return `${say(`document.${field('document')}`)} ${field('number')}`
    case 'case.corrected':
      return `${event.element ? say(`element.${event.element}`) : language === 'zh' ? '收到日期' : 'date received'} ${field('before')} → ${field('after')}`
    case 'case.migrated':
      return `${field('version')}${field('basis') === '' ? '' : language === 'zh' ? `，依据：${field('basis')}` : ` (${field('basis')})`}`
    case 'case.routed':
      return nameOf(town, field('office'), language)
    case 'case.closed':
      return event.element ? say(`outcome.${event.element}`) : ''
    case 'deadline.missed':
    case 'deadline.recomputed':
      return say(`deadline.${field('deadline')}`)
    case 'case.escalated':
      return town.posts.get(field('reported_to'))?.title[language] ?? ''
    case 'task.completed':
    case 'task.claimed':
    case 'task.assigned':
      return event.element ? say(`element.${event.element}`) : ''
    default:
      return ''
  }
}

function byOf(event: EventRow, { town, language, level }: Setting): string {
  if (event.actor_kind === 'party') return language === 'zh' ? '当事人' : 'The person'
  if (event.actor_kind === 'system') return language === 'zh' ? '系统' : 'System'
  const post = event.post_id === null ? undefined : town.posts.get(event.post_id)
  // A party reads the office; officers read the post.
  return level === 'parties' ? nameOf(town, post?.organization ?? null, language) : (post?.title[language] ?? '')
}
