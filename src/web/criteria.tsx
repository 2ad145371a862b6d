// What a package's rules said, criterion by criterion and in its own words: to a resident before filing, to the officer on the case.
import type { Criterion, PrecheckResult } from '#kernel/cases/pre-check.ts'
import { speaker } from '#kernel/cases/words.ts'
import type { Language } from '#kernel/forms/forms.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { defineTexts } from '#ui/texts.ts'

export const answerTexts = defineTexts({
  zh: {
    kept: '不用登录，不留姓名。您填的内容只用来算这一次，不保存，也没有人看得到。',
    met: '符合',
    unmet: '不符合',
    unclear: '要核实',
    unsettled: '光凭这些还看不出来，要由工作人员核实。',
    noDecision: '这个结果只供参考，不是决定。不管查出来怎样，您都可以申请；最后由工作人员依法核实，不同意的会书面告诉您理由和怎么救济。',
    file: '去申请',
  },
  en: {
    kept: 'No account, no name. Your answers are used for this one check; nothing is kept and nobody sees them.',
    met: 'met',
    unmet: 'not met',
    unclear: 'to be looked into',
    unsettled: 'These answers do not settle it: an officer will look into it.',
    noDecision:
      'This is for your information and no decision. Whatever it says, you may apply; an officer decides by law, and a refusal comes in writing with reasons and remedies.',
    file: 'Apply',
  },
})

/** The words of the rules that applied. */
export function outcomeWords(procedure: Package, { rules }: Criterion, language: Language): string {
  const say = speaker(procedure, language)
  return rules.length === 0 ? answerTexts(language)('unsettled') : rules.map((rule) => say(`rule.${rule}`)).join(' ')
}

/** Each criterion with its mark and its words; nothing when the decision is one table. */
export function Criteria({ procedure, result, language }: { procedure: Package; result: PrecheckResult; language: Language }) {
  if (result.criteria.length === 0) return null
  const say = speaker(procedure, language)
  return (
    <SummaryList
      rows={result.criteria.map((criterion) => ({
        key: say(`criterion.${criterion.decision}`),
        value: (
          <>
            <Mark language={language} criterion={criterion} /> {outcomeWords(procedure, criterion, language)}
          </>
        ),
      }))}
    />
  )
}

function Mark({ language, criterion }: { language: Language; criterion: Criterion }) {
  const t = answerTexts(language)
  if (criterion.rules.length === 0) return <Tag colour="yellow">{t('unclear')}</Tag>
  if (criterion.met === null) return null
  return <Tag colour={criterion.met ? 'green' : 'grey'}>{t(criterion.met ? 'met' : 'unmet')}</Tag>
}
