// The papers of a case as its party reads them: what was issued, what the office wrote and gave, what she sent herself.
import type { CaseView } from '#kernel/cases/view.ts'
import type { StoredFile } from '#kernel/files/uploads.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { Details } from '#ui/components/details.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { Tag } from '#ui/components/tag.tsx'
import type { Seen } from './case-standing.tsx'
import { caseTexts } from './case-texts.ts'

/** Every paper that was issued to her, with the way on for somebody who does not agree. */
export function Documents({ visit, view, here }: Seen) {
  const { language } = visit
  const t = caseTexts(language)
  const statusText = {
    issued: t('status.issued'),
    served: t('status.served'),
    corrected: t('status.corrected'),
    withdrawn: t('status.withdrawn'),
    void: t('status.void'),
  } as Record<string, string>
  return (
    <>
      <h2 class="govuk-heading-m">{t('documents')}</h2>
      {view.documents.length === 0 ? (
        <p class="govuk-body">{t('noDocuments')}</p>
      ) : (
        <ul class="govuk-list govuk-list--spaced">
          {view.documents.map((document) => (
            <li>
              <a class="govuk-link" href={`${here}/documents/${document.id}`}>
                {document.title} {document.number}
              </a>{' '}
              <Tag
                colour={document.status === 'withdrawn' || document.status === 'void' ? 'red' : document.status === 'corrected' ? 'yellow' : 'green'}
              >
                {statusText[document.status] ?? document.status}
              </Tag>
              <br />
              <span class="govuk-hint">
                {t('issued', { date: formatDate(document.issuedOn, language) })}
                {document.servedOn !== undefined && ` · ${t('served', { date: formatDate(document.servedOn, language) })}`}
              </span>
              {document.remedy !== '' && ['issued', 'served', 'corrected'].includes(document.status) && (
                <p class="govuk-body govuk-!-margin-top-1">
                  <strong>{t('remedy')}</strong>
                  {document.remedy}
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

type Whole = Seen & { procedure: Package; files: StoredFile[] }
type ShownForm = CaseView['forms'][number]

/**
 * What officers wrote that she may read, the latest first; where the reasons of a decision stand, and where files were given, it is open.
 * The kernel shows a draft only when it was signed (cases/unsigned.ts).
 */
export function OfficeWords({ visit, view, here, procedure, files }: Whole) {
  const t = caseTexts(visit.language)
  const forms = officeForms(view, procedure).toReversed()
  if (forms.length === 0) return null
  const decisive = new Set(procedure.manifest.adverse.map(({ reasons }) => reasons.split('.')[0]))
  return (
    <>
      <h2 class="govuk-heading-m">{t('office.words')}</h2>
      {forms.map((form) => {
        const given = filesIn(form, files)
        return (
          <Details summary={form.title} open={decisive.has(form.element) || given.length > 0}>
            <SummaryList rows={rowsOf(form)} />
            <FileList files={given} here={here} />
          </Details>
        )
      })}
    </>
  )
}

const officeForms = (view: CaseView, procedure: Package): ShownForm[] =>
  view.forms.filter(({ element }) => procedure.graph.elements[element]?.type === 'userTask')

const rowsOf = (form: ShownForm | undefined) =>
  (form?.fields ?? [])
    .filter(({ field }) => field['x-tag'] !== 'attachment')
    .map(({ label, text }) => ({ key: label, value: <span class="xl-typed">{text}</span> }))

const filesIn = (form: ShownForm, files: StoredFile[]): StoredFile[] => {
  const ids = form.fields.filter(({ field }) => field['x-tag'] === 'attachment').flatMap(({ value }) => [value].flat())
  return files.filter(({ fileId }) => ids.includes(fileId))
}

/** What she sent: the form and her files, whenever they came. */
export function Filing({ visit, view, here, procedure, files }: Whole) {
  const t = caseTexts(visit.language)
  const given = new Set(officeForms(view, procedure).flatMap((form) => filesIn(form, files)))
  const own = files.filter((file) => !given.has(file))
  return (
    <>
      <SummaryList rows={rowsOf(view.forms.find((form) => form.element === 'filing'))} />
      {own.length > 0 && <h3 class="govuk-heading-s">{t('files')}</h3>}
      <FileList files={own} here={here} />
    </>
  )
}

function FileList({ files, here }: { files: StoredFile[]; here: string }) {
  if (files.length === 0) return null
  return (
    <ul class="govuk-list">
      {files.map((file) => (
        <li>
          <FileLink file={file} here={here} />
        </li>
      ))}
    </ul>
  )
}

export const FileLink = ({ file, here }: { file: StoredFile; here: string }) => (
  <a class="govuk-link xl-break" href={`${here}/files/${file.fileId}`} data-turbo="false">
    {file.name}
  </a>
)
