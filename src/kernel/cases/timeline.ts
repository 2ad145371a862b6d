// The history of a case in plain words; parties read what concerns them, officers all of it.
import type { FieldLevel } from '../access/rule.ts'
import type { CalendarDate } from '../clock.ts'
import type { Language } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import type { Town } from '../towns/towns.ts'
import { type EventRow, payloadText } from './dossier.ts'
import { elementTitle, nameOf, speaker } from './words.ts'

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

type Setting = { procedure: Package; town: Town; language: Language; level: FieldLevel; isEmbargoed?: boolean }

/** Events that only officers read: they say how work went on inside the office. */
const internal = new Set([
  'task.claimed',
  'task.assigned',
  'task.completed',
  'timer.fired',
  'message.unsent',
  'message.sent',
  'case.incident',
  'signature.code-sent',
  'incident.settled',
  'data.corrected',
  'action.queued',
  'action.done',
  'action.failed',
  'decision.made',
  'script.computed',
  'office.found',
  'case.filed',
  'message.received',
  'glass.asked',
  'glass.refused',
  'case.subject',
  'case.sealed',
  'case.embargoed',
])

/** Owed to the person whatever is held back. */
const told = new Set(['glass.opened', 'glass.told'])

const words: Record<string, Record<Language, string>> = {
  'document.issued': { zh: '制发文书', en: 'Document issued' },
  'document.signed': { zh: '签名', en: 'Signed' },
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
  'case.reopened': { zh: '恢复办理', en: 'Taken up again' },
  'case.corrected': { zh: '更正日期', en: 'Date corrected' },
  'recusal.asked': { zh: '申请回避', en: 'Recusal asked for' },
  'recusal.refused': { zh: '回避申请未获同意', en: 'Recusal refused' },
  'mandate.made': { zh: '委托代办', en: 'Somebody may act for the person' },
  'mandate.limited': { zh: '缩小代办范围', en: 'The mandate was narrowed' },
  'mandate.revoked': { zh: '终止代办', en: 'The mandate was ended' },
  'glass.asked': { zh: '申请紧急调阅', en: 'Asked to open under a broken seal' },
  'glass.opened': { zh: '批准紧急调阅', en: 'Opened under a broken seal' },
  'glass.told': { zh: '紧急调阅已经告知当事人', en: 'The person was told of the broken seal' },
  'glass.refused': { zh: '不同意紧急调阅', en: 'Not opened' },
  'case.subject': { zh: '记明被反映的单位或岗位', en: 'Unit or post complained of' },
  'case.sealed': { zh: '密封', en: 'Sealed' },
  'case.embargoed': { zh: '结果暂不公开', en: 'Results held back' },
  'rights.copy': { zh: '本人领取个人信息副本', en: 'The person took a copy of her data' },
  'rights.contacts': { zh: '本人更改联系方式', en: 'The person changed her contacts' },
  'rights.correct': { zh: '本人申请更正个人信息', en: 'The person asked for a correction' },
  'rights.corrected': { zh: '同意更正个人信息', en: 'Correction granted' },
  'rights.correction-refused': { zh: '不同意更正个人信息', en: 'Correction refused' },
  'rights.erase': { zh: '本人申请删除', en: 'The person asked for erasure' },
  'rights.consent': { zh: '本人撤回同意', en: 'The person withdrew consent' },
  'file.redacted': { zh: '制作遮盖件', en: 'Redacted copy made' },
  'case.requested': { zh: '请有关单位协办', en: 'Other bodies were asked' },
  'case.handed-over': { zh: '移交', en: 'Handed over to' },
  'session.set': { zh: '安排了时间地点', en: 'A session was set' },
  'publication.made': { zh: '公开', en: 'Made public' },
  'publication.withheld': { zh: '当事人没有同意，没有公开', en: 'Not made public: the person has not agreed' },
  'public-task.set': { zh: '公开承诺', en: 'Public promise' },
  'public-task.ended': { zh: '公开承诺了结', en: 'Public promise ended' },
  'office.found': { zh: '单位没有尽责', en: 'A duty was not kept by' },
  'decision.made': { zh: '按规则计算', en: 'Computed by rule' },
  'script.computed': { zh: '系统计算', en: 'Computed' },
  'action.queued': { zh: '送往外部系统', en: 'Sent to another system' },
  'action.done': { zh: '外部系统办好了', en: 'Done by another system' },
  'action.failed': { zh: '系统这一步没有办成', en: 'A step of the system failed' },
  'case.incident': { zh: '系统停住，等人处理', en: 'Stuck: waits for somebody' },
  'incident.settled': { zh: '停住的一步处理好了', en: 'The stuck step was settled' },
  'data.corrected': { zh: '改正填写的内容', en: 'Answers put right' },
  'timer.fired': { zh: '时间到了，自动转入下一步', en: 'Its time came: on to the next step' },
  'message.received': { zh: '收到当事人或者有关方面的消息', en: 'A message came in' },
  'message.unsent': { zh: '通知没有发出去', en: 'A message could not be sent' },
  'signature.code-sent': { zh: '发出签名验证码', en: 'A code for signing was sent' },
  'ballot.opened': { zh: '开始投票', en: 'Voting opened' },
  'ballot.closed': { zh: '投票截止', en: 'Voting closed' },
  'meeting.counted': { zh: '清点到会和表决人数', en: 'Those present and the votes were counted' },
  'consultation.opened': { zh: '开始征求意见', en: 'Consultation opened' },
  'consultation.closed': { zh: '征求意见截止', en: 'Consultation closed' },
  'consultation.answered': { zh: '答复征集到的意见', en: 'Opinions were answered' },
  'publication.ended': { zh: '公开期满，撤下', en: 'No longer public: its time is over' },
  'receipt.reissued': { zh: '重发回执码', en: 'Receipt code issued anew' },
}

const glassPurposes: Record<string, Record<Language, string>> = {
  danger: { zh: '（有人身危险）', en: '(danger to a person)' },
  law: { zh: '（法律要求）', en: '(required by law)' },
  complaint: { zh: '（核查对办理的投诉）', en: '(a complaint about the handling)' },
  audit: { zh: '（专项检查）', en: '(an audit)' },
}

const tellingWays: Record<string, Record<Language, string>> = {
  message: { zh: '短信或邮件', en: 'by message' },
  letter: { zh: '书信', en: 'by letter' },
  'in-person': { zh: '当面', en: 'in person' },
  phone: { zh: '电话', en: 'by telephone' },
}

const reopened: Record<string, Record<Language, string>> = {
  'posted-in-time': { zh: '申请在期限内寄出，路上的时间不算', en: 'sent within the period; the time in the mail does not count' },
  'entered-late': { zh: '申请在期限内收到，补登记', en: 'received within the period, written down later' },
  'date-corrected': { zh: '日期更正以后，期限还没有到', en: 'by the corrected date the period is not over' },
}

export function toTimeline(events: EventRow[], setting: Setting): TimelineEntry[] {
  return (
    events
      .filter((event) => setting.level !== 'parties' || !internal.has(event.type))
      // While results are held back, the parties read what came from themselves, and who opened their case.
      .filter((event) => !setting.isEmbargoed || event.actor_kind === 'party' || event.name === 'filed' || told.has(event.type))
      .map((event) => ({
        seq: event.seq,
        eventId: event.event_id,
        type: event.type,
        text: textOf(event, setting),
        by: byOf(event, setting),
        recordedAt: event.recorded_at,
        effectiveOn: event.effective_on,
        reason: event.type === 'rights.erase' ? '' : payloadText(event, 'reason'),
      }))
  )
}

function textOf(event: EventRow, { procedure, town, language }: Setting): string {
  const say = speaker(procedure, language)
  if (event.name) return say(`event.${event.name}`)
  const base = words[event.type]?.[language] ?? event.type
  const detail = detailOf(event, procedure, town, language)
  return detail === '' ? base : `${base}${language === 'zh' ? '：' : ': '}${detail}`
}

function detailOf(event: EventRow, procedure: Package, town: Town, language: Language): string {
  const say = speaker(procedure, language)
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
    case 'glass.opened':
    case 'glass.asked':
      return `${town.posts.get(field('asked_post'))?.title[language] ?? ''} ${glassPurposes[field('purpose')]?.[language] ?? ''}`.trim()
    case 'glass.told':
      return tellingWays[field('how')]?.[language] ?? ''
    case 'recusal.asked':
    case 'recusal.refused':
      return town.posts.get(field('post'))?.title[language] ?? ''
    case 'case.subject':
      return field('post') ? (town.posts.get(field('post'))?.title[language] ?? '') : nameOf(town, field('organization'), language)
    case 'case.migrated':
      return `${field('version')}${field('basis') === '' ? '' : language === 'zh' ? `，依据：${field('basis')}` : ` (${field('basis')})`}`
    case 'case.routed':
    case 'case.handed-over':
    case 'office.found':
      return nameOf(town, field('office'), language)
    case 'session.set':
      return `${field('start')} ${field('place')}`
    case 'public-task.set':
      return `${field('title')} ${field('due')}`
    case 'case.closed':
      return event.element ? say(`outcome.${event.element}`) : ''
    case 'case.reopened':
      return reopened[field('reason')]?.[language] ?? ''
    case 'deadline.missed':
    case 'deadline.recomputed':
      return say(`deadline.${field('deadline')}`)
    case 'case.escalated':
      return town.posts.get(field('reported_to'))?.title[language] ?? ''
    case 'decision.made':
    case 'script.computed':
    case 'action.queued':
    case 'action.done':
    case 'action.failed':
    case 'incident.settled':
    case 'data.corrected':
    case 'case.incident':
      return event.element ? elementTitle(procedure, say, event.element) : ''
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
