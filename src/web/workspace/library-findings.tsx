// What an examination found: where (a link to the part of the draft), what it means and what to do, and the exact words of the check.
import type { Examination } from '#kernel/library/examine-job.ts'
import { Table } from '#ui/components/table.tsx'
import { useLanguage } from '#ui/context.ts'
import { findingWords } from '../library/finding-words.ts'
import { draftTexts } from './library-texts.ts'

const mostShown = 100

/** `at`: the address of the draft, to which the parts are added. */
export function Findings({ found, at }: { found: Pick<Examination, 'findings' | 'isGlance'>; at: string }) {
  const language = useLanguage()
  const t = draftTexts(language)
  const { findings } = found
  if (findings.length === 0)
    return found.isGlance ? (
      <p class="govuk-body xl-findings" data-further="">
        {t('lookingFurther')}
      </p>
    ) : (
      <p class="govuk-body xl-findings xl-findings--none">{t('noFindings')}</p>
    )
  const errors = findings.filter((finding) => finding.severity === 'error').length
  return (
    // A glance that found only warnings is looked at further; an error is put right first.
    <div class="xl-findings" data-further={found.isGlance && errors === 0 ? '' : undefined}>
      <p class="govuk-body xl-strong">{errors > 0 ? t('findingsCount', { count: errors }) : t('warningsCount', { count: findings.length })}</p>
      <Table
        class="xl-table--dense xl-table--stack"
        head={[t('place'), t('what'), t('rule')]}
        rows={findings
          .slice(0, mostShown)
          .map(({ place, rule, message }) => [
            { content: <Place at={at} place={place} /> },
            { content: <What words={language === 'zh' ? findingWords(rule) : undefined} message={message} /> },
            { content: <span class="xl-mono">{rule}</span> },
          ])}
      />
      {findings.length > mostShown && <p class="govuk-body">{t('moreFindings', { count: findings.length - mostShown })}</p>}
    </div>
  )
}

/** The check speaks English and names the exact thing; the Chinese before it says what the rule asks for. */
function What({ words, message }: { words: string | undefined; message: string }) {
  if (words === undefined) return <>{message}</>
  return (
    <>
      {words}
      <br />
      <span class="xl-fine" lang="en">
        {message}
      </span>
    </>
  )
}

function Place({ at, place }: { at: string; place: string }) {
  const part = partOf(place)
  if (part === undefined) return <span class="xl-mono">{place}</span>
  return (
    <a class="govuk-link xl-mono" href={`${at}/${part}`}>
      {place}
    </a>
  )
}

/** The part of the draft in which a place is put right: `forms/filing.json#/properties/name` → `forms?form=filing&field=name`. */
export function partOf(place: string): string | undefined {
  const [path = '', pointer = ''] = place.split('#')
  const [, folder, name = ''] = /^(forms|rules|documents|examples)\/([a-z0-9-]+)\.\w+$/.exec(path) ?? []
  if (folder === 'forms') {
    const field = /^\/properties\/(\w+)/.exec(pointer)?.[1]
    return `forms?form=${name}${field === undefined ? '' : `&field=${field}#edit`}`
  }
  if (folder === 'rules' || folder === 'documents') return `${folder}?name=${name}`
  if (folder === 'examples') return `files?name=${name}`
  if (path === 'diagram.bpmn') return 'diagram'
  if (path === 'procedure.json') return 'manifest'
  if (/^texts\.(?:zh|en)\.json$/.test(path)) return pointer.length > 1 ? `texts?q=${encodeURIComponent(pointer.slice(1))}` : 'texts'
  return undefined
}
