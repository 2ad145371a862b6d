// Numbers of the access rule. No law gives them: they are this platform's own, are shown with their mark, and stand here as rows and nowhere else.
import type { ParameterRow } from '../deadlines/parameters.ts'

type HouseRule = ParameterRow & { id: string; unit: 'hour' | 'workday' | 'count'; law: string; article: string; note: string }

const base = { from: '2026-01-01', mark: 'INF' } as const

export const houseRules = {
  glassHours: {
    ...base,
    id: 'glass-hours',
    value: 24,
    unit: 'hour',
    law: '个人信息保护法',
    article: '第六条、第三十四条',
    note: '法律没有规定紧急调阅的时长。限于最小范围，按本平台规则最长24小时。',
  },
  glassTellWorkdays: {
    ...base,
    id: 'glass-tell-workdays',
    value: 3,
    unit: 'workday',
    law: '个人信息保护法',
    article: '第三十五条',
    note: '国家机关处理个人信息应当履行告知义务；法律没有规定天数，按本平台规则3个工作日内告知。',
  },
} as const satisfies Record<string, HouseRule>
