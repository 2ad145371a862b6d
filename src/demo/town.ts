// 清溪镇 (Qingxi) is invented: no real town, person or telephone number appears. Numbers begin with 0000.
import type { Organization, Village } from '#kernel/towns/towns.ts'

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
    id: 'county-civil-affairs',
    kind: 'superior',
    name: { zh: '云岭县民政局', en: 'Civil Affairs Bureau of Yunling County' },
    phone: '0000-5550005',
    hours,
  },
  {
    id: 'county-medical-insurance',
    kind: 'superior',
    name: { zh: '云岭县医疗保障局', en: 'Medical Insurance Bureau of Yunling County' },
    phone: '0000-5550006',
    hours,
  },
  {
    id: 'county-housing',
    kind: 'superior',
    name: { zh: '云岭县住房和城乡建设局', en: 'Housing Bureau of Yunling County' },
    phone: '0000-5550007',
    hours,
  },
  {
    id: 'county-disabled-federation',
    kind: 'superior',
    name: { zh: '云岭县残疾人联合会', en: 'Disabled Persons’ Federation of Yunling County' },
    phone: '0000-5550008',
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
