// Receipt codes of the parties who did not file themselves, given out by an officer who checked who they are.
import { reissueReceipt } from '#kernel/cases/receipts.ts'
import type { CaseView } from '#kernel/cases/view.ts'
import { invalid } from '#kernel/errors.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Select } from '#ui/components/select.tsx'
import { accessTexts as texts } from './access-texts.ts'
import { work } from './frame.tsx'

/** A party who did not file (the other side of a mediation, a representative) has no code until somebody gives her one. */
export function giveCode(visit: Visit, number: string, partyId: string, evidence: string): Promise<string> {
  if (evidence !== '') return reissueReceipt(visit.ctx, number, evidence.slice(0, 300), partyId)
  throw invalid('form.invalid', '', [{ pointer: '/evidence', code: 'required', message: texts(visit.language)('evidenceNeeded') }])
}

/** The form that gives a party her code. */
export function Codes({ visit, view, error }: { visit: Visit; view: CaseView; error: string | undefined }) {
  const t = texts(visit.language)
  const named = view.parties.filter((party) => party.name !== '')
  if (named.length === 0) return null
  return (
    <>
      <h2 class="govuk-heading-m">{t('codes')}</h2>
      <p class="govuk-body-s">{t('codesText')}</p>
      <Details summary={t('giveCode')} open={error !== undefined} class="xl-details">
        <p class="govuk-body-s">{t('giveCodeText')}</p>
        <Form action={work(visit, `/cases/${view.number}/access`)} attributes={{ 'data-turbo': 'false' }}>
          <Select
            name="partyId"
            id="code-party"
            label={t('toWhom')}
            items={named.map((party) => ({ value: party.partyId, text: `${party.roleName} ${party.name}` }))}
          />
          <Input name="evidence" label={t('evidence')} hint={t('evidenceHint')} {...(error ? { error } : {})} />
          <Button name="_act" value="code" class="govuk-button--secondary" preventDoubleClick>
            {t('giveCodeDo')}
          </Button>
        </Form>
      </Details>
    </>
  )
}
