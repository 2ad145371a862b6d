// A decision of a DMN file as a table that people can read (DMN 8.2): what is asked above, what follows below, one row for each rule.
import { readModel } from '#kernel/decisions/read-model.ts'
import type { Boxed, Decision } from '#kernel/decisions/model.ts'
import { Table } from '#ui/components/table.tsx'
import { useLanguage } from '#ui/context.ts'
import { libraryTexts } from './texts.ts'

/** All decisions of a file; a file that cannot be read says so. */
export function DecisionTables({ xml, id }: { xml: string; id: string }) {
  const decisions = readDecisions(xml)
  if (decisions === undefined) return <p class="govuk-error-message">{id}.dmn</p>
  return (
    <>
      {decisions.map((decision) => (
        <DecisionView decision={decision} />
      ))}
    </>
  )
}

function readDecisions(xml: string): Decision[] | undefined {
  try {
    return readModel(xml).elements.filter((element) => element.k === 'decision')
  } catch {
    return undefined
  }
}

function DecisionView({ decision }: { decision: Decision }) {
  const t = libraryTexts(useLanguage())
  const { logic } = decision
  if (logic?.k !== 'table')
    return (
      <>
        <h3 class="govuk-heading-s">{decision.name}</h3>
        <p class="govuk-body xl-mono">{textOf(logic)}</p>
      </>
    )
  const { table } = logic
  const single = table.outputs.length === 1 ? decision.name : t('follows')
  return (
    <>
      <h3 class="govuk-heading-s">{decision.name}</h3>
      <p class="govuk-hint">
        {t('hitPolicy', { policy: table.aggregation === undefined ? table.hitPolicy : `${table.hitPolicy} ${table.aggregation}` })}
      </p>
      <Table
        class="xl-table--dense"
        scrollLabel={decision.name}
        head={[
          '#',
          ...table.inputs.map((input) => `${t('when')} ${input.expression.text}`),
          ...table.outputs.map((output) => `${t('follows')} ${output.name ?? single}`),
        ]}
        rows={table.rules.map((rule, index) => [
          String(index + 1),
          ...rule.tests.map((test) => (test === '' || test === '-' ? t('any') : test)),
          ...rule.results.map((result) => result.text),
        ])}
      />
    </>
  )
}

const textOf = (logic: Boxed | undefined): string => (logic?.k === 'literal' ? logic.text : (logic?.k ?? '—'))
