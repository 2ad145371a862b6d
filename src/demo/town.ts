// 清溪镇 (Qingxi) is invented: no real town, person or telephone number appears. Numbers begin with 0000.
import type { Organization, Post, Village } from '#kernel/towns/towns.ts'

export const demoTenant = 'qingxi'
export const demoName = { zh: '清溪镇', en: 'Qingxi Town' }

const hours = '周一至周五 9:00–12:00，14:00–17:30'

export const demoOrganizations: Organization[] = [
  {
    id: 'town',
    kind: 'own',
    name: { zh: '清溪镇人民政府', en: 'People’s Government of Qingxi Town' },
    address: '清溪镇前街1号',
    phone: '0000-5550100',
    hours,
  },
  {
    id: 'petition-office',
    kind: 'own',
    parent: 'town',
    name: { zh: '清溪镇信访办公室', en: 'Petition Office' },
    address: '清溪镇便民服务中心一楼1号窗口',
    phone: '0000-5550101',
    hours,
  },
  {
    id: 'service-center',
    kind: 'own',
    parent: 'town',
    name: { zh: '清溪镇便民服务中心', en: 'Public Service Centre' },
    address: '清溪镇前街3号',
    phone: '0000-5550112',
    hours: '周一至周日 8:30–20:00',
  },
  { id: 'general-office', kind: 'own', parent: 'town', name: { zh: '清溪镇党政综合办公室', en: 'General Office' }, phone: '0000-5550111', hours },
  { id: 'civil-affairs', kind: 'own', parent: 'town', name: { zh: '清溪镇民政办公室', en: 'Civil Affairs Office' }, phone: '0000-5550102', hours },
  { id: 'agriculture', kind: 'own', parent: 'town', name: { zh: '清溪镇农业农村办公室', en: 'Agriculture Office' }, phone: '0000-5550103', hours },
  {
    id: 'village-construction',
    kind: 'own',
    parent: 'town',
    name: { zh: '清溪镇村镇建设办公室', en: 'Village Construction Office' },
    phone: '0000-5550104',
    hours,
  },
  { id: 'emergency', kind: 'own', parent: 'town', name: { zh: '清溪镇应急管理办公室', en: 'Emergency Office' }, phone: '0000-5550105', hours },
  { id: 'justice', kind: 'own', parent: 'town', name: { zh: '清溪镇司法所', en: 'Justice Office' }, phone: '0000-5550106', hours },
  { id: 'supervision', kind: 'own', parent: 'town', name: { zh: '清溪镇督查办公室', en: 'Supervision Office' }, phone: '0000-5550107', hours },
  { id: 'shishang-village', kind: 'village', name: { zh: '石上村民委员会', en: 'Shishang Villagers’ Committee' }, phone: '0000-5550201', hours },
  { id: 'xikou-village', kind: 'village', name: { zh: '溪口村民委员会', en: 'Xikou Villagers’ Committee' }, phone: '0000-5550202', hours },
  { id: 'daxi-village', kind: 'village', name: { zh: '大溪社区居民委员会', en: 'Daxi Residents’ Committee' }, phone: '0000-5550203', hours },
  {
    id: 'county-petition-bureau',
    kind: 'superior',
    name: { zh: '云岭县信访局', en: 'Petition Bureau of Yunling County' },
    phone: '0000-5550001',
    hours,
  },
  {
    id: 'county-emergency',
    kind: 'superior',
    name: { zh: '云岭县应急管理局', en: 'Emergency Bureau of Yunling County' },
    phone: '0000-5550004',
    hours,
  },
  {
    id: 'county-justice-bureau',
    kind: 'superior',
    name: { zh: '云岭县司法局', en: 'Justice Bureau of Yunling County' },
    phone: '0000-5550002',
    hours,
  },
  {
    id: 'county-legal-aid',
    kind: 'superior',
    name: { zh: '云岭县法律援助中心', en: 'Legal Aid Centre of Yunling County' },
    phone: '0000-5550003',
    hours,
  },
  { id: 'county-police', kind: 'outside', name: { zh: '云岭县公安局', en: 'Police of Yunling County' }, phone: '110' },
]

export const demoVillages: Village[] = [
  { id: 'shishang-village', name: { zh: '石上村', en: 'Shishang Village' } },
  { id: 'xikou-village', name: { zh: '溪口村', en: 'Xikou Village' } },
  { id: 'daxi-village', name: { zh: '大溪社区', en: 'Daxi Community' } },
]

const handlingOffices = [
  ['civil-affairs', '民政办', 'Civil Affairs'],
  ['agriculture', '农业农村办', 'Agriculture'],
  ['village-construction', '村镇建设办', 'Village Construction'],
  ['emergency', '应急办', 'Emergency'],
  ['justice', '司法所', 'Justice'],
] as const

export const demoPosts: Post[] = [
  { id: 'town-head', duty: 'town-head', organization: 'town', title: { zh: '分管副镇长', en: 'Deputy town head' } },
  {
    id: 'petition-head',
    duty: 'office-head',
    organization: 'petition-office',
    title: { zh: '信访办主任', en: 'Head of the Petition Office' },
    reportsTo: 'town-head',
  },
  {
    id: 'petition-clerk',
    duty: 'petition-clerk',
    organization: 'petition-office',
    title: { zh: '信访接待员', en: 'Petition clerk' },
    reportsTo: 'petition-head',
  },
  {
    id: 'hotline-clerk',
    duty: 'hotline-clerk',
    organization: 'service-center',
    title: { zh: '热线受理员', en: 'Hotline clerk' },
    reportsTo: 'town-head',
  },
  {
    id: 'permit-clerk',
    duty: 'permit-clerk',
    organization: 'service-center',
    title: { zh: '居住证受理员', en: 'Residence permit clerk' },
    reportsTo: 'town-head',
  },
  {
    id: 'disclosure-head',
    duty: 'disclosure-head',
    organization: 'general-office',
    title: { zh: '综合办主任（信息公开）', en: 'Head of disclosure' },
    reportsTo: 'town-head',
  },
  {
    id: 'disclosure-clerk',
    duty: 'disclosure-clerk',
    organization: 'general-office',
    title: { zh: '信息公开专员', en: 'Disclosure clerk' },
    reportsTo: 'disclosure-head',
  },
  {
    id: 'supervisor',
    duty: 'supervisor',
    organization: 'supervision',
    title: { zh: '督查专员', en: 'Supervisor' },
    reportsTo: 'town-head',
    clears: ['accusation'],
  },
  { id: 'it-admin', duty: 'it-admin', organization: 'town', title: { zh: '信息管理员', en: 'IT administrator' }, reportsTo: 'town-head' },
  ...handlingOffices.flatMap(([office, zh, en]): Post[] => [
    { id: `${office}-head`, duty: 'office-head', organization: office, title: { zh: `${zh}主任`, en: `Head, ${en}` }, reportsTo: 'town-head' },
    {
      id: `${office}-handler`,
      duty: 'handler',
      organization: office,
      title: { zh: `${zh}经办人`, en: `Officer, ${en}` },
      reportsTo: `${office}-head`,
    },
  ]),
  {
    id: 'village-construction-handler-2',
    duty: 'handler',
    organization: 'village-construction',
    title: { zh: '村镇建设办经办人（二）', en: 'Second officer, Village Construction' },
    reportsTo: 'village-construction-head',
  },
  {
    id: 'shishang-officer',
    duty: 'village-officer',
    organization: 'shishang-village',
    title: { zh: '石上村代办员', en: 'Village officer, Shishang' },
  },
  { id: 'xikou-officer', duty: 'village-officer', organization: 'xikou-village', title: { zh: '溪口村代办员', en: 'Village officer, Xikou' } },
  {
    id: 'decision-clerk',
    duty: 'decision-clerk',
    organization: 'general-office',
    title: { zh: '综合办重大决策专员', en: 'Clerk of decisions' },
    reportsTo: 'disclosure-head',
  },
  ...(['一', '二', '三', '四'] as const).map((word, index): Post => ({
    id: `council-member-${index + 1}`,
    duty: 'council-member',
    organization: 'town',
    title: { zh: `镇政府班子成员（${word}）`, en: `Member of the town’s council (${index + 1})` },
  })),
  {
    id: 'legality-head',
    duty: 'legality-head',
    organization: 'justice',
    title: { zh: '司法所合法性审查负责人', en: 'Head of legality review' },
    reportsTo: 'justice-head',
  },
  {
    id: 'justice-officer',
    duty: 'justice-officer',
    organization: 'justice',
    title: { zh: '司法所受理员', en: 'Officer, Justice Office' },
    reportsTo: 'justice-head',
  },
  {
    id: 'relief-head',
    duty: 'relief-head',
    organization: 'emergency',
    title: { zh: '应急办救灾负责人', en: 'Head of relief' },
    reportsTo: 'town-head',
  },
  {
    id: 'relief-clerk',
    duty: 'relief-clerk',
    organization: 'emergency',
    title: { zh: '应急办救灾经办人', en: 'Relief clerk' },
    reportsTo: 'relief-head',
  },
  {
    id: 'county-relief-officer',
    duty: 'relief-officer',
    organization: 'county-emergency',
    title: { zh: '县应急局救灾科员', en: 'Relief officer, county' },
  },
  {
    id: 'county-aid-head',
    duty: 'aid-head',
    organization: 'county-legal-aid',
    title: { zh: '县法律援助中心主任', en: 'Head, county legal aid' },
  },
  {
    id: 'county-aid-officer',
    duty: 'aid-officer',
    organization: 'county-legal-aid',
    title: { zh: '县法律援助中心审查员', en: 'Officer, county legal aid' },
    reportsTo: 'county-aid-head',
  },
  {
    id: 'county-justice-bureau-officer',
    duty: 'justice-bureau-officer',
    organization: 'county-justice-bureau',
    title: { zh: '县司法局审查员', en: 'Officer, county justice bureau' },
  },
  {
    id: 'county-review-head',
    duty: 'review-head',
    organization: 'county-petition-bureau',
    title: { zh: '县信访局副局长', en: 'Deputy director, county bureau' },
  },
  {
    id: 'county-review-officer',
    duty: 'review-officer',
    organization: 'county-petition-bureau',
    title: { zh: '县信访局复查员', en: 'Review officer, county bureau' },
    reportsTo: 'county-review-head',
  },
]
