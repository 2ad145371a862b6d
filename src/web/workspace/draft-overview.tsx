// One draft as a whole: its state, findings, what differs from the version in force, and the acts of author and second person.
import { mayInTown } from '#kernel/access/rule.ts'
import { DomainError } from '#kernel/errors.ts'
import { authorOf, discardDraft, type DraftRow, returnDraft, submitDraft } from '#kernel/library/drafts.ts'
import { compareVersions } from '#kernel/library/compare.ts'
import { examineFiles } from '#kernel/library/examine.ts'
import { headOf } from '#kernel/library/paths.ts'
import { publishDraft } from '#kernel/library/publish.ts'
import { writeZip } from '#kernel/library/zip.ts'
import { getPackage, getPackageFiles } from '#kernel/procedures/packages.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import { requireRecentSignIn } from '#http/recent.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import { ComparisonView } from '../library/comparison.tsx'
import { download } from '../portal/procedure-page.tsx'
import { namesOf, one, readPost, work } from './frame.tsx'
import { Findings } from './library-findings.tsx'
import { draftHref, draftPage, loadDraft, openDraft } from './library-frame.tsx'
import { draftTexts } from './library-texts.ts'
import { isRefusal } from './refusals.ts'

export const overviewPage = async (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, await loadDraft(visit, context))

export async function overviewPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const draft = await loadDraft(visit, context)
  const id = draft.draft_id
  const version = Number(one(body, '_version'))
  try {
    switch (one(body, '_act')) {
      case 'submit':
        await submitDraft(visit.ctx, id, version, one(body, 'reason'))
        return seeOther(draftHref(visit, id))
      case 'return':
        await returnDraft(visit.ctx, id, version, one(body, 'reason'))
        return seeOther(draftHref(visit, id))
      case 'discard':
        await discardDraft(visit.ctx, id, version)
        return seeOther(work(visit, '/library'))
      case 'publish':
        requireRecentSignIn(visit)
        await publishDraft(visit.ctx, id, version, one(body, 'reason'))
        return seeOther(work(visit, `/library/${draft.slug}`))
      default:
        throw new DomainError('invalid', 'form.invalid', 'What is to be done?')
    }
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, draft, error)
  }
}

async function show(visit: Visit, context: HttpContext, draft: DraftRow, error?: DomainError): Promise<Response> {
  const t = draftTexts(visit.language)
  const names = await namesOf(visit, [...draft.authors, draft.submitted_by])
  // Examples take seconds and are played where the author asks for it, and whenever a draft is sent or published.
  const isWritten = draft.status === 'open'
  const found = await examineFiles(visit.ctx, draft.files, isWritten ? 'states' : 'examples')
  const { actor } = visit.ctx
  const isOpen = draft.status === 'open' || draft.status === 'submitted'
  return draftPage(
    visit,
    context,
    { draft, part: 'overview', title: draft.slug, error },
    <>
      <p class="govuk-body">
        {t(draft.status)} · {t('author')}: {draft.authors.map((author) => names.get(author) || author).join(', ')}
      </p>
      {draft.note !== null && (
        <InsetText>
          {draft.status === 'submitted'
            ? t('submittedBy', { name: names.get(draft.submitted_by ?? '') || (draft.submitted_by ?? ''), note: draft.note })
            : t('returned', { note: draft.note })}
        </InsetText>
      )}
      <h2 class="govuk-heading-m">{t('findings')}</h2>
      <Findings found={found} at={draftHref(visit, draft.draft_id)} />
      {isWritten && <p class="govuk-hint">{t('examplesLater')}</p>}
      {draft.status === 'open' && mayInTown(actor, 'library.edit') && <SubmitForm visit={visit} draft={draft} error={error} />}
      {draft.status === 'submitted' && mayInTown(actor, 'library.publish') && <PublishForm visit={visit} draft={draft} error={error} />}
      <h2 class="govuk-heading-m">{t('changes')}</h2>
      <Changes visit={visit} draft={draft} />
      <p class="govuk-body">
        <a class="govuk-link" href={draftHref(visit, draft.draft_id, 'package.zip')} data-turbo="false">
          {t('download')}
        </a>
      </p>
      {isOpen && mayInTown(actor, 'library.edit') && (
        <Form action={draftHref(visit, draft.draft_id)}>
          <input type="hidden" name="_version" value={String(draft.version)} />
          <Button class="govuk-button--warning" name="_act" value="discard">
            {t('discard')}
          </Button>
        </Form>
      )}
    </>,
  )
}

type Acts = { visit: Visit; draft: DraftRow; error: DomainError | undefined }

function SubmitForm({ visit, draft, error }: Acts) {
  const t = draftTexts(visit.language)
  const errors = errorsByField(error?.fields ?? [])
  return (
    <Form action={draftHref(visit, draft.draft_id)}>
      <input type="hidden" name="_version" value={String(draft.version)} />
      <Textarea name="reason" label={t('submitReason')} hint={t('reasonHint')} rows={3} error={errors['reason']} />
      <Button name="_act" value="submit" preventDoubleClick>
        {t('submit')}
      </Button>
    </Form>
  )
}

function PublishForm({ visit, draft, error }: Acts) {
  const t = draftTexts(visit.language)
  const errors = errorsByField(error?.fields ?? [])
  const isOwn = draft.authors.includes(authorOf(visit.ctx))
  return (
    <Form action={draftHref(visit, draft.draft_id)}>
      <h2 class="govuk-heading-m">{t('publish')}</h2>
      <p class="govuk-body">{isOwn ? t('publishOwn') : t('publishHint', { from: headOf(draft.files)?.from ?? '—' })}</p>
      <input type="hidden" name="_version" value={String(draft.version)} />
      <Textarea name="reason" label={t('publishReason')} hint={t('reasonHint')} rows={3} error={errors['reason']} />
      <div class="govuk-button-group">
        {!isOwn && (
          <Button name="_act" value="publish" preventDoubleClick>
            {t('publish')}
          </Button>
        )}
        <Button class="govuk-button--secondary" name="_act" value="return">
          {t('giveBack')}
        </Button>
      </div>
    </Form>
  )
}

async function Changes({ visit, draft }: { visit: Visit; draft: DraftRow }) {
  const t = draftTexts(visit.language)
  const procedure = await openDraft(draft)
  if (draft.base_hash === null || !procedure) return <p class="govuk-body">{t('isNew')}</p>
  const before = { procedure: await getPackage(visit.ctx, draft.base_hash), files: await getPackageFiles(visit.ctx, draft.base_hash) }
  const after = { procedure, files: draft.files }
  return <ComparisonView before={before} after={after} found={compareVersions(before, after)} />
}

/** The draft as a zip of the folder format. */
export async function draftZip(visit: Visit, context: HttpContext): Promise<Response> {
  const draft = await loadDraft(visit, context)
  return download(await writeZip(draft.files, draft.slug), 'application/zip', `attachment; filename="${draft.slug}-draft.zip"`)
}
