// One procedure at work: its versions with who wrote and published them, and plans for running cases.
import { mayInTown } from '#kernel/access/rule.ts'
import { DomainError, notFound } from '#kernel/errors.ts'
import { draftFromPublished } from '#kernel/library/drafts.ts'
import { planMigration } from '#kernel/library/migration.ts'
import { listMigrations } from '#kernel/library/migration-queries.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import { Select } from '#ui/components/select.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { type Found, findVersion, shortHash } from '../library/load.ts'
import { sayer } from '../library/parts.tsx'
import { namesOf, one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { draftHref } from './library-frame.tsx'
import { draftTexts } from './library-texts.ts'
import { isRefusal, refusalStatus } from './refusals.ts'
import { timeIn } from './words.ts'

type State = { body?: FormBody; error?: DomainError }

export const libraryProcedurePage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, {})

export async function libraryProcedurePost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const slug = context.req.param('slug') ?? ''
  try {
    if (one(body, '_act') === 'draft') return seeOther(draftHref(visit, (await draftFromPublished(visit.ctx, slug)).draft_id))
    const { publications } = await findVersion(visit, slug, undefined)
    const hash = (name: string) => publications.find((row) => shortHash(row.package_hash) === one(body, name))?.package_hash ?? ''
    const plan = await planMigration(visit.ctx, {
      slug,
      from: hash('from'),
      to: hash('to'),
      moves: readMoves(one(body, 'moves')),
      reason: one(body, 'reason'),
      basis: one(body, 'basis'),
    })
    return seeOther(work(visit, `/library/migrations/${plan.migration_id}`))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, { body, error })
  }
}

/** Lines `old=new`. */
function readMoves(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).flatMap((line) => {
    const [, from, to] = /^\s*([\w-]+)\s*(?:=|→|->)\s*([\w-]+)\s*$/.exec(line) ?? []
    return from === undefined || to === undefined ? [] : [[from, to] as const]
  })
  return Object.fromEntries(lines)
}

async function show(visit: Visit, context: HttpContext, state: State): Promise<Response> {
  const { actor } = visit.ctx
  if (!mayInTown(actor, 'library.edit') && !mayInTown(actor, 'library.publish')) throw notFound('procedure.not_found')
  const t = draftTexts(visit.language)
  const found = await findVersion(visit, context.req.param('slug') ?? '', undefined)
  const { procedure, publications } = found
  const names = await namesOf(
    visit,
    publications.flatMap((row) => [...row.authors, row.published_by]),
  )
  const say = sayer({ visit, procedure })
  const address = work(visit, `/library/${procedure.slug}`)
  return workPage(
    visit,
    context,
    {
      title: say('title'),
      active: 'library',
      path: address,
      before: <BackLink href={work(visit, '/library')}>{t('library')}</BackLink>,
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <>
      {state.error && <Refusal error={state.error} language={visit.language} />}
      <h1 class="govuk-heading-l">{say('title')}</h1>
      <p class="govuk-body">
        <a class="govuk-link" href={`${visit.base}/procedures/${procedure.slug}`}>
          {t('publicPage')}
        </a>
      </p>
      {mayInTown(actor, 'library.edit') && (
        <Form action={address}>
          <Button name="_act" value="draft">
            {t('startDraft')}
          </Button>
        </Form>
      )}
      <h2 class="govuk-heading-m">{t('versions')}</h2>
      <Table
        class="xl-table--dense xl-table--stack"
        head={[t('version'), t('effectiveFrom'), t('running'), t('publishedBy'), t('reason')]}
        rows={publications.map((row) => [
          {
            content: (
              <>
                {row.version} {row.in_force && <Tag colour="green">{t('inForce')}</Tag>}{' '}
                <span class="xl-fine xl-mono">{shortHash(row.package_hash)}</span>
              </>
            ),
          },
          `${row.effective_from}${row.effective_to === null ? '' : ` – ${row.effective_to}`}`,
          String(row.running),
          {
            content: (
              <>
                {[...row.authors, row.published_by].map((id) => names.get(id) || id).join(' / ')}
                <span class="xl-fine">{timeIn(visit.ctx.zone, row.published_at)}</span>
              </>
            ),
          },
          row.reason,
        ])}
      />
      {mayInTown(actor, 'library.migrate') && <Migrations visit={visit} found={found} state={state} />}
    </>,
  )
}

async function Migrations({ visit, found, state }: { visit: Visit; found: Found; state: State }) {
  const t = draftTexts(visit.language)
  const { procedure, publications } = found
  const plans = await listMigrations(visit.ctx, procedure.slug)
  const errors = errorsByField(state.error?.fields ?? [])
  const typed = (name: string) => (state.body ? one(state.body, name) : '')
  const version = (hash: string) => publications.find((row) => row.package_hash === hash)?.version ?? shortHash(hash)
  const items = (chosen: string | undefined) =>
    publications.map((row) => ({
      value: shortHash(row.package_hash),
      text: `${row.version} (${row.effective_from}) · ${t('running')} ${row.running}`,
      selected: shortHash(row.package_hash) === chosen,
    }))
  const old = publications.find((row) => !row.in_force && row.running > 0)
  return (
    <>
      <h2 class="govuk-heading-m">{t('migrations')}</h2>
      <p class="govuk-body-s">{t('migrationLead')}</p>
      {plans.length === 0 ? (
        <p class="govuk-body">{t('noMigrations')}</p>
      ) : (
        <Table
          class="xl-table--dense xl-table--stack"
          head={[t('fromVersion'), t('toVersion'), t('state'), t('dryRun')]}
          rows={plans.map((plan) => [
            version(plan.from_hash),
            {
              content: (
                <a class="govuk-link" href={work(visit, `/library/migrations/${plan.migration_id}`)}>
                  {version(plan.to_hash)}
                </a>
              ),
            },
            t(plan.status === 'running' ? 'runningNow' : plan.status),
            `${plan.dry_run.fits} / ${plan.dry_run.total}`,
          ])}
        />
      )}
      {publications.length > 1 && (
        <Form action={work(visit, `/library/${procedure.slug}`)}>
          <Select name="from" id="from" label={t('fromVersion')} items={items(typed('from') || (old && shortHash(old.package_hash)))} />
          <Select name="to" id="to" label={t('toVersion')} items={items(typed('to') || shortHash(procedure.hash))} />
          <Textarea name="moves" id="moves" label={t('moves')} hint={t('movesHint')} rows={4} value={typed('moves')} class="xl-mono" />
          <Textarea name="reason" id="reason" label={t('planReason')} rows={2} value={typed('reason')} error={errors['reason']} />
          <Textarea name="basis" id="basis" label={t('basisLaw')} rows={2} value={typed('basis')} error={errors['basis']} />
          <Button class="govuk-button--secondary" name="_act" value="plan">
            {t('plan')}
          </Button>
        </Form>
      )}
    </>
  )
}
