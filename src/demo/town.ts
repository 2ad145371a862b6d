// 清溪镇 (Qingxi) is invented: no real town, person or telephone number appears. Numbers begin with 0000.
import type { Mediator, Organization, Post, Village } from '#kernel/towns/towns.ts'

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
  {
    id: 'congress-office',
    kind: 'own',
    parent: 'town',
    name: { zh: '清溪镇人大办公室', en: 'Office of the Town Congress' },
    phone: '0000-5550113',
    hours,
  },
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
  { id: 'discipline', kind: 'own', parent: 'town', name: { zh: '清溪镇纪检监察办公室', en: 'Discipline Office' }, phone: '0000-5550119', hours },
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
  { id: 'city-petition-bureau', kind: 'superior', name: { zh: '云岭市信访局', en: 'Petition Bureau of Yunling City' }, phone: '0000-5550010', hours },
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

const villageDuties = [
  ['head', 'village-head', '村民委员会主任', 'Chair of the villagers’ committee'],
  ['oversight', 'village-oversight', '村务监督委员会主任', 'Chair of the oversight committee'],
] as const

/** Invented people, as all of this town. */
export const demoMediators: Mediator[] = [
  {
    id: 'mediator-an',
    name: { zh: '安知远', en: 'An Zhiyuan' },
    organization: 'justice',
    kinds: ['people', 'administrative'],
    fields: '邻里、土地、赔偿',
    acceptedOn: '2007-01-01',
  },
  {
    id: 'mediator-bo',
    name: { zh: '柏青川', en: 'Bai Qingchuan' },
    organization: 'shishang-village',
    kinds: ['people', 'judicial'],
    fields: '婚姻家庭、劳动',
    acceptedOn: '2007-01-01',
  },
]

const handlingOffices = [
  ['civil-affairs', '民政办', 'Civil Affairs'],
  ['agriculture', '农业农村办', 'Agriculture'],
  ['village-construction', '村镇建设办', 'Village Construction'],
  ['emergency', '应急办', 'Emergency'],
  ['justice', '司法所', 'Justice'],
] as const

export const demoPosts: Post[] = [
  {
    id: 'city-final-review-head',
    duty: 'final-review-head',
    organization: 'city-petition-bureau',
    title: { zh: '市信访局负责人', en: 'Head, city petition bureau' },
  },
  {
    id: 'city-final-review-officer',
    duty: 'final-review-officer',
    organization: 'city-petition-bureau',
    title: { zh: '市信访局复核员', en: 'Final review officer, city' },
    reportsTo: 'city-final-review-head',
  },
  {
    id: 'discipline-head',
    duty: 'discipline-head',
    organization: 'discipline',
    title: { zh: '纪检监察办主任', en: 'Head, Discipline Office' },
    clears: ['accusation'],
  },
  {
    id: 'discipline-officer',
    duty: 'discipline-officer',
    organization: 'discipline',
    title: { zh: '纪检监察干部', en: 'Discipline officer' },
    reportsTo: 'discipline-head',
    clears: ['accusation'],
  },
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
  ...demoVillages.flatMap(({ id, name }) =>
    villageDuties.map(([key, duty, zh, en]): Post => ({
      id: id.replace('village', key),
      duty,
      organization: id,
      title: { zh: `${name.zh}${zh}`, en: `${en}, ${name.en}` },
    })),
  ),
  { id: 'daxi-officer', duty: 'village-officer', organization: 'daxi-village', title: { zh: '大溪社区代办员', en: 'Community officer, Daxi' } },
  {
    id: 'village-affairs-clerk',
    duty: 'village-affairs-clerk',
    organization: 'agriculture',
    title: { zh: '村务指导员', en: 'Village affairs guide' },
    reportsTo: 'agriculture-head',
    clears: ['informer'],
  },
  {
    id: 'congress-clerk',
    duty: 'congress-clerk',
    organization: 'congress-office',
    title: { zh: '人大办公室专员', en: 'Clerk of the town congress' },
  },
  {
    id: 'project-clerk',
    duty: 'project-clerk',
    organization: 'general-office',
    title: { zh: '民生实事专员', en: 'Practical projects clerk' },
    reportsTo: 'town-head',
  },
  {
    id: 'shishang-officer',
    duty: 'village-officer',
    organization: 'shishang-village',
    title: { zh: '石上村代办员', en: 'Village officer, Shishang' },
  },
  { id: 'xikou-officer', duty: 'village-officer', organization: 'xikou-village', title: { zh: '溪口村代办员', en: 'Village officer, Xikou' } },
  {
    id: 'justice-officer',
    duty: 'justice-officer',
    organization: 'justice',
    title: { zh: '司法所受理员', en: 'Officer, Justice Office' },
    reportsTo: 'justice-head',
  },
  {
    id: 'mediation-clerk',
    duty: 'mediation-clerk',
    organization: 'justice',
    title: { zh: '调解受理员', en: 'Mediation clerk' },
    reportsTo: 'justice-head',
  },
  {
    id: 'mediator',
    duty: 'mediator',
    organization: 'justice',
    title: { zh: '调解员', en: 'Mediator' },
    reportsTo: 'justice-head',
    clears: ['caucus'],
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
