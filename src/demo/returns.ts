// The returns with which the invented town begins; its own people change them in the workspace.
import type { ReturnTemplate } from '#kernel/returns/returns.ts'

const standing = [
  { zh: '收到', en: 'Received', counts: 'filed' },
  { zh: '办结', en: 'Closed', counts: 'closed' },
  { zh: '期末在办', en: 'Open at the end', counts: 'open' },
  { zh: '超过期限', en: 'Limit missed', counts: 'missed' },
]

const monthly: ReturnTemplate = { title: { zh: '各事项办理情况月报', en: 'Matters, monthly' }, period: 'month', rows: 'procedure', columns: standing }
const offices: ReturnTemplate = { title: { zh: '各单位办理情况月报', en: 'Offices, monthly' }, period: 'month', rows: 'office', columns: standing }
const petitions: ReturnTemplate = {
  title: { zh: '信访事项年报', en: 'Petitions, yearly' },
  period: 'year',
  rows: 'outcome',
  capability: 'petition',
  columns: [...standing.slice(0, 2), { zh: '延期', en: 'Extended', counts: 'event:extended' }],
}

export const demoReturns = [
  { id: 'matters-monthly', data: { ...monthly } },
  { id: 'offices-monthly', data: { ...offices } },
  { id: 'petitions-yearly', data: { ...petitions } },
]
