// Posts of county bodies that decide on assistance other than civil affairs: medical insurance, housing, the disabled persons' federation.
import type { Post } from '#kernel/towns/towns.ts'

export const countyAidPosts: Post[] = [
  {
    id: 'county-medical-aid-head',
    duty: 'medical-aid-head',
    organization: 'county-medical-insurance',
    title: { zh: '县医疗保障局副局长', en: 'Deputy director, county medical insurance' },
  },
  {
    id: 'county-medical-aid-officer',
    duty: 'medical-aid-officer',
    organization: 'county-medical-insurance',
    title: { zh: '县医疗保障局医疗救助科员', en: 'Medical assistance officer, county' },
    reportsTo: 'county-medical-aid-head',
  },
  {
    id: 'county-housing-head',
    duty: 'housing-head',
    organization: 'county-housing',
    title: { zh: '县住房和城乡建设局副局长', en: 'Deputy director, county housing' },
  },
  {
    id: 'county-housing-officer',
    duty: 'housing-officer',
    organization: 'county-housing',
    title: { zh: '县住房和城乡建设局住房保障科员', en: 'Housing officer, county' },
    reportsTo: 'county-housing-head',
  },
  {
    id: 'county-disability-head',
    duty: 'disability-head',
    organization: 'county-disabled-federation',
    title: { zh: '县残疾人联合会副理事长', en: 'Deputy chair, county disabled persons’ federation' },
  },
  {
    id: 'county-disability-officer',
    duty: 'disability-officer',
    organization: 'county-disabled-federation',
    title: { zh: '县残疾人联合会科员', en: 'Officer, county disabled persons’ federation' },
    reportsTo: 'county-disability-head',
  },
]
