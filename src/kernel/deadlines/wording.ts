// The sentences of explain.ts. Chinese was written first; English says the same.
import type { CalendarDate } from '#kernel/clock.ts'
import { weekdayOf } from './dates.ts'
import type { Extension, Unit } from './deadlines.ts'

export type Language = 'zh' | 'en'

type Summary = { period: string; changes: string; start: string; end: string; byHour: boolean; basis: string; state: string }

export type Wording = {
  day(date: CalendarDate): string
  instant(wallTime: string): string
  endOfDay(day: string): string
  span(from: string, to: string): string
  period(amount: number, unit: Unit): string
  longer(amount: number, unit: Unit): string
  stoodStill(days: number): string
  numbers(first: number, last: number): string
  holiday(name: string): string
  basis(law: string, article: string | undefined): string
  summary(parts: Summary): string
  start(day: string): string
  startHour(instant: string): string
  counted(span: string, length: number, numbers: string): string
  makeUp(span: string, name: string, numbers: string): string
  weekend(span: string, length: number): string
  off(span: string, name: string, length: number): string
  paused(span: string, length: number, reason: string | undefined): string
  rolled(span: string): string
  moved(nominal: string, due: string): string
  extended(extension: Extension): string
  provisional(year: number): string
  open: string
  onlyEarliest: string
  onlyProvisional: string
}

const chineseUnits = { calendar: '日', workday: '个工作日', month: '个月', year: '年', hour: '小时' } satisfies Record<Unit, string>
const englishUnits = { calendar: 'day', workday: 'working day', month: 'month', year: 'year', hour: 'hour' } satisfies Record<Unit, string>

const chineseWeekdays = ['日', '一', '二', '三', '四', '五', '六']
const englishWeekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** The names in the State Council's notices; a name that is not here stays Chinese. */
const englishHolidays: Record<string, string> = {
  元旦: "New Year's Day",
  春节: 'Spring Festival',
  清明节: 'Qingming Festival',
  劳动节: 'Labour Day',
  端午节: 'Dragon Boat Festival',
  中秋节: 'Mid-Autumn Festival',
  国庆节: 'National Day',
  中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日: '70th Victory Day',
}

const chineseDate = (date: CalendarDate) => {
  const [year, month, day] = date.split('-').map(Number)
  return `${year}年${month}月${day}日`
}

const zh: Wording = {
  day: (date) => `${chineseDate(date)}（星期${chineseWeekdays[weekdayOf(date)]}）`,
  instant: (wallTime) => `${chineseDate(wallTime.slice(0, 10))}${wallTime.slice(11)}`,
  endOfDay: (day) => `${day}24时`,
  span: (from, to) => `${from}至${to}`,
  period: (amount, unit) => `${amount}${chineseUnits[unit]}`,
  longer: (amount, unit) => `，延长${amount}${chineseUnits[unit]}`,
  stoodStill: (days) => `，中止${days}天`,
  numbers: (first, last) => (first === last ? `第${first}天` : `第${first}至${last}天`),
  holiday: (name) => name,
  basis: (law, article) => `依据${law.startsWith('《') ? law : `《${law}》`}${chineseArticle(article)}。`,
  summary: ({ period, changes, start, end, byHour, basis, state }) =>
    `期限${period}${changes}，自${start}${byHour ? '起' : '的次日起'}计算，至${end}届满。${basis}${state}`,
  start: (day) => `${day}是起算事由发生之日，当日不计入，自次日起计算（民法典第二百零一条）。`,
  startHour: (instant) => `自${instant}起按小时计算，遇休息日不顺延（民法典第二百零一条）。`,
  counted: (span, length, numbers) => `${span}：计入，共${length}天（${numbers}）。`,
  makeUp: (span, name, numbers) => `${span}：${name}调休上班，计入（${numbers}）。`,
  weekend: (span, length) => `${span}：周末，不计入，共${length}天。`,
  off: (span, name, length) => `${span}：${name}放假，不计入，共${length}天。`,
  paused: (span, length, reason) => `${span}：期限中止${reason === undefined ? '' : `（${reason}）`}，不计入，共${length}天。`,
  rolled: (span) => `${span}：休息日结束后的第一天，期限到此日为止。`,
  moved: (nominal, due) => `${nominal}遇法定休息日，期限顺延至${due}（民法典第二百零三条）。`,
  extended: ({ amount, unit, on, reason, by }) => `${chineseDate(on)}经${by}批准，延长${amount}${chineseUnits[unit]}，理由：${reason}。`,
  provisional: (year) => `国务院尚未公布或本系统尚未载入${year}年放假安排，这一日期是暂定的，载入后重新计算。`,
  open: '期限目前处于中止状态，上述日期是最早的届满日，恢复计算后会推后。',
  onlyEarliest: '期限正在中止，这是最早的届满日。',
  onlyProvisional: '这是暂定日期。',
}

const chineseArticle = (article: string | undefined) => (article === undefined ? '' : /^\d/.test(article) ? `第${article}条` : article)

const plural = (amount: number, noun: string) => `${amount} ${noun}${amount === 1 ? '' : 's'}`

const en: Wording = {
  day: (date) => `${englishWeekdays[weekdayOf(date)]} ${date}`,
  instant: (wallTime) => wallTime,
  endOfDay: (day) => `24:00 on ${day}`,
  span: (from, to) => `${from} to ${to}`,
  period: (amount, unit) => plural(amount, englishUnits[unit]),
  longer: (amount, unit) => `, extended by ${plural(amount, englishUnits[unit])}`,
  stoodStill: (days) => `, standing still for ${plural(days, 'day')}`,
  numbers: (first, last) => (first === last ? `day ${first}` : `days ${first} to ${last}`),
  holiday: (name) => englishHolidays[name] ?? name,
  basis: (law, article) => ` Basis: ${law}${article === undefined ? '' : `, ${/^\d/.test(article) ? `Article ${article}` : article}`}.`,
  summary: ({ period, changes, start, end, byHour, basis, state }) =>
    `${period}${changes}, counted from ${byHour ? '' : 'the day after '}${start}; the period ends at ${end}.${basis}${state}`,
  start: (day) => `${day} is the day of the event. It is not counted; counting begins the next day (Civil Code, Article 201).`,
  startHour: (instant) => `Counted in hours from ${instant}; rest days do not move the end (Civil Code, Article 201).`,
  counted: (span, length, numbers) => `${span}: counted, ${plural(length, 'day')} (${numbers}).`,
  makeUp: (span, name, numbers) => `${span}: make-up working day for ${name}, counted (${numbers}).`,
  weekend: (span, length) => `${span}: weekend, not counted, ${plural(length, 'day')}.`,
  off: (span, name, length) => `${span}: ${name} holiday, not counted, ${plural(length, 'day')}.`,
  paused: (span, length, reason) =>
    `${span}: the clock stood still${reason === undefined ? '' : ` (${reason})`}, not counted, ${plural(length, 'day')}.`,
  rolled: (span) => `${span}: the first day after the rest days; the period ends on it.`,
  moved: (nominal, due) => `${nominal} is a statutory rest day, so the end moves to ${due} (Civil Code, Article 203).`,
  extended: ({ amount, unit, on, reason, by }) => `Extended by ${plural(amount, englishUnits[unit])} on ${on}, approved by ${by}. Reason: ${reason}.`,
  provisional: (year) =>
    `The holiday notice for ${year} is not published or not loaded here, so this date is provisional and will be computed again.`,
  open: 'The clock is standing still. The date above is the earliest end; it moves later until counting resumes.',
  onlyEarliest: ' The clock is standing still: this is the earliest end.',
  onlyProvisional: ' This date is provisional.',
}

export const wordings: Record<Language, Wording> = { zh, en }
