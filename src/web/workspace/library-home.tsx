// The library at work: procedures in force, drafts, and ways to begin one.
import { mayInTown } from '#kernel/access/rule.ts'
import { DomainError, invalid, notFound } from '#kernel/errors.ts'
import { draftFromFiles, listDrafts } from '#kernel/library/drafts.ts'
import { newPackage } from '#kernel/library/template.ts'
import { readZip } from '#kernel/library/zip.ts'
import type { PackageFiles } from '#kernel/procedures/load-package.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { FileUpload } from '#ui/components/file-upload.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Table } from '#ui/components/table.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { sayer } from '../library/parts.tsx'
import { namesOf, one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { draftHref } from './library-frame.tsx'
import { draftTexts } from './library-texts.ts'
import { isRefusal, refusalStatus } from './refusals.ts'
import { timeIn } from './words.ts'

/** A whole folder comes at once: the largest shipped one has 114 files. */
const mostFolderFiles = 500

export const libraryPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context)

export async function libraryPost(visit: Visit, context: HttpContext): Promise<Response> {
  checkMay(visit)
  const body = await readPost(visit, context, mostFolderFiles)
  try {
    const files = one(body, '_act') === 'new' ? newPackage(one(body, 'slug').trim(), today(visit.ctx)) : await sentFiles(body)
    return seeOther(draftHref(visit, (await draftFromFiles(visit.ctx, files)).draft_id))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, error)
  }
}

/** Staff without a post of the library do not find its workshop; everybody reads the public pages. */
function checkMay(visit: Visit): void {
  if (!mayInTown(visit.ctx.actor, 'library.edit') && !mayInTown(visit.ctx.actor, 'library.publish')) throw notFound('page.not_found')
}

/** A zip, or the files of a folder; browsers name those by their path with the folder first. */
async function sentFiles(body: FormBody): Promise<PackageFiles> {
  const zip = [body['zip'] ?? []].flat().find((item) => typeof item !== 'string' && item.size > 0)
  if (zip && typeof zip !== 'string') return readZip(new Uint8Array(await zip.arrayBuffer()))
  const sent = [body['files'] ?? []].flat().flatMap((item) => (typeof item === 'string' || item.size === 0 ? [] : [item]))
  if (sent.length === 0) throw invalid('form.invalid', '', [{ pointer: '/zip', code: 'required', message: '请选择文件' }])
  const files: PackageFiles = {}
  for (const file of sent) files[toPath(file.name)] = await file.text()
  return files
}

/** What is known of a file is its name; its folder follows from it when the browser leaves the folder out. */
function toPath(name: string): string {
  const inside = /(?:^|\/)((?:forms|rules|documents|examples)\/[^/]+|procedure\.json|diagram\.bpmn|texts\.(?:zh|en)\.json)$/.exec(name)?.[1]
  return inside ?? name
}

async function show(visit: Visit, context: HttpContext, error?: DomainError): Promise<Response> {
  checkMay(visit)
  const t = draftTexts(visit.language)
  const [procedures, drafts] = [await listProcedures(visit.ctx), await listDrafts(visit.ctx)]
  const names = await namesOf(
    visit,
    drafts.flatMap((draft) => draft.authors),
  )
  const errors = errorsByField(error?.fields ?? [])
  const mayEdit = mayInTown(visit.ctx.actor, 'library.edit')
  return workPage(
    visit,
    context,
    { title: t('library'), active: 'library', path: work(visit, '/library'), ...(error ? { status: refusalStatus(error), hasErrors: true } : {}) },
    <>
      {error && <Refusal error={error} language={visit.language} />}
      <h1 class="govuk-heading-l">{t('library')}</h1>
      <p class="govuk-body-s">{t('lead')}</p>
      <h2 class="govuk-heading-m">{t('drafts')}</h2>
      {drafts.length === 0 ? (
        <p class="govuk-body">{t('noDrafts')}</p>
      ) : (
        <Table
          class="xl-table--dense xl-table--stack"
          head={[t('slug'), t('state'), t('author'), t('updated')]}
          rows={drafts.map((draft) => [
            {
              content: (
                <a class="govuk-link" href={draftHref(visit, draft.draft_id)}>
                  {draft.slug}
                </a>
              ),
            },
            t(draft.status),
            draft.authors.map((author) => names.get(author) || author).join(', '),
            timeIn(visit.ctx.zone, draft.updated_at),
          ])}
        />
      )}
      <h2 class="govuk-heading-m">{t('procedures')}</h2>
      <Table
        class="xl-table--dense xl-table--stack"
        head={[t('procedures'), t('slug'), t('version')]}
        rows={procedures.map((procedure) => [
          {
            content: (
              <a class="govuk-link" href={work(visit, `/library/${procedure.slug}`)}>
                {sayer({ visit, procedure })('title')}
              </a>
            ),
          },
          { content: <span class="xl-mono">{procedure.slug}</span> },
          procedure.manifest.version,
        ])}
      />
      {mayEdit && (
        <>
          <h2 class="govuk-heading-m">{t('create')}</h2>
          <Form action={work(visit, '/library')}>
            <Input name="slug" id="slug" label={t('slug')} hint={t('slugHint')} class="govuk-input--width-20" error={errors['slug']} />
            <Button class="govuk-button--secondary" name="_act" value="new">
              {t('createButton')}
            </Button>
          </Form>
          <h2 class="govuk-heading-m">{t('import')}</h2>
          <Form action={work(visit, '/library')} hasFiles>
            <p class="govuk-hint">{t('importHint')}</p>
            <FileUpload name="zip" id="zip" label={t('zip')} accept=".zip,application/zip" error={errors['zip']} />
            <FileUpload name="files" id="files" label={t('folder')} multiple attributes={{ webkitdirectory: true }} />
            <Button class="govuk-button--secondary" name="_act" value="import">
              {t('importButton')}
            </Button>
          </Form>
        </>
      )}
    </>,
  )
}
