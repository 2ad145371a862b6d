// Words that pages of both sides need: who acts for whom, why somebody keeps out, for what somebody looks.
import { defineTexts } from '#ui/texts.ts'

export const accessWords = defineTexts({
  zh: {
    'kind.guardian': '监护人',
    'kind.relative': '亲属',
    'kind.village-officer': '村（社区）代办员',
    'kind.lawyer': '律师或法律服务人员',
    'kind.other': '其他受托人',
    'act.message': '留言、补充材料',
    'act.send': '代为提出申请（撤回、复查等）',
    'act.export': '下载整卷',
    'recusal.interest': '本人与这件事有利害关系',
    'recusal.kin': '是当事人的近亲属',
    'recusal.subject': '就是被反映的单位或者人员',
    'recusal.other': '其他可能影响公正的情形',
    'glass.danger': '有人身危险，必须马上处置',
    'glass.law': '法律要求必须马上提供',
    'glass.complaint': '核查对办理的投诉',
    'glass.audit': '专项检查',
    'look.handling': '办理',
    'look.export': '制作案卷',
    'look.counter-search': '窗口查询',
    'look.api': '通过接口办理',
    'look.receipt': '核对回执证明',
    'look.file': '打开材料',
    'look.contacts:reach': '查看联系方式：联系当事人',
    'look.contacts:serve': '查看联系方式：送达文书',
    'look.contacts:identify': '查看联系方式：核对身份',
    'look.sealed:handling': '打开密封内容：办理需要',
    'look.sealed:safety': '打开密封内容：保护人身安全',
    'look.sealed:law': '打开密封内容：法律要求',
  },
  en: {
    'kind.guardian': 'guardian',
    'kind.relative': 'relative',
    'kind.village-officer': 'village officer',
    'kind.lawyer': 'lawyer or legal worker',
    'kind.other': 'somebody else',
    'act.message': 'write messages and add papers',
    'act.send': 'apply for the person (withdraw, review …)',
    'act.export': 'take the whole file',
    'recusal.interest': 'has an interest in the matter',
    'recusal.kin': 'is close kin of a party',
    'recusal.subject': 'is the unit or person complained of',
    'recusal.other': 'something else that may bend judgement',
    'glass.danger': 'danger to a person: it cannot wait',
    'glass.law': 'the law requires it at once',
    'glass.complaint': 'a complaint about the handling',
    'glass.audit': 'an audit',
    'look.handling': 'handling',
    'look.export': 'case file',
    'look.counter-search': 'search at the counter',
    'look.api': 'handling through the interface',
    'look.receipt': 'check of the receipt',
    'look.file': 'opened a paper',
    'look.contacts:reach': 'contacts: to reach the person',
    'look.contacts:serve': 'contacts: to serve a document',
    'look.contacts:identify': 'contacts: to check identity',
    'look.sealed:handling': 'sealed parts: needed for the work',
    'look.sealed:safety': 'sealed parts: safety of a person',
    'look.sealed:law': 'sealed parts: required by law',
  },
})

/** Purposes of opening what is sealed. */
export const sealedPurposes = ['handling', 'safety', 'law'] as const

type Key = Parameters<ReturnType<typeof accessWords>>[0]

const known = new Set<string>([
  'handling',
  'export',
  'counter-search',
  'api',
  'receipt',
  'file',
  'contacts:reach',
  'contacts:serve',
  'contacts:identify',
  ...sealedPurposes.map((purpose) => `sealed:${purpose}`),
])

/** For what somebody looked; a purpose without words stays as it was recorded. */
export const purposeText = (purpose: string, language: 'zh' | 'en'): string =>
  // a key of the texts above
  known.has(purpose) ? accessWords(language)(`look.${purpose}` as Key) : purpose
