// What differs between two versions: both drawings with their marks, then texts, forms, numbers, rules and files.
import { type Comparison, compareLines, type Difference, isSame } from '#kernel/library/compare.ts'
import type { Package, PackageFiles } from '#kernel/procedures/load-package.ts'
import { Details } from '#ui/components/details.tsx'
import { Table } from '#ui/components/table.tsx'
import { useLanguage } from '#ui/context.ts'
import { DiagramFigure } from '#ui/diagram/diagram-figure.tsx'
import type { Marks } from '#ui/diagram/marks.ts'
import { elementNames } from '../portal/matter-page.tsx'
import { libraryTexts } from './texts.ts'

type Side = { procedure: Package; files: PackageFiles }

export function ComparisonView({ before, after, found }: { before: Side; after: Side; found: Comparison }) {
  const language = useLanguage()
  const t = libraryTexts(language)
  if (isSame(found)) return <p class="govuk-body">{t('same')}</p>
  const drawn = found.elements.length + found.flows.length > 0
  return (
    <>
      {drawn && (
        <>
          <h2 class="govuk-heading-m">{t('oldDiagram')}</h2>
          <DiagramFigure
            label={t('oldDiagram')}
            definitions={before.procedure.definitions}
            marks={marksFor(found.elements, 'added')}
            names={elementNames(before.procedure, language)}
          />
          <h2 class="govuk-heading-m">{t('newDiagram')}</h2>
          <DiagramFigure
            label={t('newDiagram')}
            definitions={after.procedure.definitions}
            marks={marksFor(found.elements, 'removed')}
            names={elementNames(after.procedure, language)}
          />
        </>
      )}
      <Differences title={t('elements')} items={found.elements} />
      <Differences title={t('flows')} items={found.flows} />
      {found.texts.map(({ language: spoken, items }) => (
        <Differences title={`${t('wordsChanged')} (${t(spoken === 'zh' ? 'chinese' : 'english')})`} items={items} />
      ))}
      {found.forms.map(({ form, fields }) => (
        <Differences title={`${t('formsChanged')}: ${form}`} items={fields} />
      ))}
      {found.rules.map(({ part, items }) => (
        <Differences title={`${t('rulesChanged')}: ${part}`} items={items} />
      ))}
      {found.files.length > 0 && <h2 class="govuk-heading-m">{t('filesChanged')}</h2>}
      {found.files.map((item) => (
        <Details summary={`${item.id} (${t(item.change)})`}>
          <Lines before={before.files[item.id] ?? ''} after={after.files[item.id] ?? ''} />
        </Details>
      ))}
    </>
  )
}

/** What the other drawing alone has is not marked on this one. */
const marksFor = (items: Difference[], without: Difference['change']): Marks =>
  Object.fromEntries(items.filter((item) => item.change !== without).map((item) => [item.id, item.change]))

function Differences({ title, items }: { title: string; items: Difference[] }) {
  const t = libraryTexts(useLanguage())
  if (items.length === 0) return null
  return (
    <>
      <h2 class="govuk-heading-m">{title}</h2>
      <Table
        class="xl-table--dense xl-table--stack"
        head={[t('what'), t('change'), t('before'), t('after')]}
        rows={items.map((item) => [
          { content: <span class="xl-mono xl-break">{item.id}</span> },
          t(item.change),
          { content: <span class="xl-break">{item.before ?? '—'}</span> },
          { content: <span class="xl-break">{item.after ?? '—'}</span> },
        ])}
      />
    </>
  )
}

/** Changed lines with a few around them; a sign beside each, so that colour is never alone. */
function Lines({ before, after }: { before: string; after: string }) {
  const lines = compareLines(before, after)
  const near = (index: number) => lines.slice(Math.max(0, index - 2), index + 3).some((line) => line.change)
  const signs = { added: '+', removed: '−' } as const
  return (
    <pre class="xl-lines">
      {lines.map(
        (line, index) =>
          near(index) && (
            <>
              <span class={line.change ? `xl-lines--${line.change}` : ''}>{`${line.change ? signs[line.change] : ' '} ${line.line}`}</span>
              {'\n'}
            </>
          ),
      )}
    </pre>
  )
}
