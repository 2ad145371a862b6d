// Words and shapes that several staff pages share.
import { addDays, daysBetween } from '#kernel/deadlines/dates.ts'
import type { CalendarDate } from '#kernel/clock.ts'
import { dateIn, offsetOf } from '#kernel/clock.ts'
import type { Language } from '#kernel/forms/forms.ts'
import type { Light } from '#ui/components/status-light.tsx'
import { defineTexts } from '#ui/texts.ts'

export const sharedTexts = defineTexts({
  zh: {
    overdueBy: '超期 {days} 天',
    overdueByOne: '超期 1 天',
    dueToday: '今天到期',
    daysLeft: '剩 {days} 天',
    daysLeftOne: '剩 1 天',
    noLimit: '无期限',
    missed: '曾超期',
    provisional: '暂定',
    all: '全部',
    me: '我',
    nobody: '无人认领',
    cancel: '取消',
    back: '返回',
    reason: '理由',
    reasonNeeded: '请写明理由',
    web: '网上',
    counter: '窗口',
    letter: '来信',
    phone: '电话',
    visit: '来访',
    upstream: '上级交办',
    case: '关联事项转来',
    handed: '直接送达',
    post: '邮寄',
    electronic: '电子送达',
    notice: '公告',
    left: '留置送达',
    'not-owed': '无法送达（匿名等）',
    issued: '已制发',
    served: '已送达',
    corrected: '已更正',
    withdrawn: '已撤回',
    void: '已作废',
    nothingChanged: '没有办成',
  },
  en: {
    overdueBy: '{days} days overdue',
    overdueByOne: '1 day overdue',
    dueToday: 'due today',
    daysLeft: '{days} days left',
    daysLeftOne: '1 day left',
    noLimit: 'no limit',
    missed: 'was late',
    provisional: 'provisional',
    all: 'All',
    me: 'Me',
    nobody: 'Nobody yet',
    cancel: 'Cancel',
    back: 'Back',
    reason: 'Reason',
    reasonNeeded: 'Say why',
    web: 'web',
    counter: 'counter',
    letter: 'letter',
    phone: 'phone',
    visit: 'visit',
    upstream: 'from a higher body',
    case: 'from a linked case',
    handed: 'handed over',
    post: 'by post',
    electronic: 'electronically',
    notice: 'by public notice',
    left: 'left at the place',
    'not-owed': 'not owed (anonymous …)',
    issued: 'issued',
    served: 'served',
    corrected: 'corrected',
    withdrawn: 'withdrawn',
    void: 'void',
    nothingChanged: 'This was not done',
  },
})

/** From how many days on a list says “soon”; the same as countInbox. */
export const soonDays = 3

/** Colour and words for a due date in a list. */
export function dueWords(due: CalendarDate | null, today: CalendarDate, language: Language): { light: Light; text: string } {
  const t = sharedTexts(language)
  if (due === null) return { light: 'grey', text: t('noLimit') }
  const days = daysBetween(today, due)
  if (days < 0) return { light: 'red', text: days === -1 ? t('overdueByOne') : t('overdueBy', { days: -days }) }
  const left = days === 0 ? t('dueToday') : days === 1 ? t('daysLeftOne') : t('daysLeft', { days })
  return { light: due <= addDays(today, soonDays) ? 'amber' : 'green', text: left }
}

/** `2026-03-17 09:05` in the town's zone. */
export function timeIn(zone: string, at: Date | string): string {
  const instant = typeof at === 'string' ? new Date(at) : at
  const wall = new Date(instant.getTime() + offsetOf(zone, instant)).toISOString()
  return `${dateIn(zone, instant)} ${wall.slice(11, 16)}`
}
