// A plan for running cases: what the dry run found, the review by a second person, and what became of it.
import type { DomainError } from '#kernel/errors.ts'
import { authorOf } from '#kernel/library/drafts.ts'
import { getMigration, reviewMigration } from '#kernel/library/migration.ts'
import { countOutcomes, listStays } from '#kernel/library/migration-queries.ts'
import { getPackage } from '#kernel/procedures/packages.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import { requireRecentSignIn } from '#http/recent.ts'
import type { Visit } from '#http/visit.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { Table } from '#ui/components/table.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import { sayer } from '../library/parts.tsx'
import { namesOf, one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { draftTexts } from './library-texts.ts'
import { isRefusal, refusalStatus } from './refusals.ts'

export const migrationPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context)

export async function migrationPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const id = context.req.param('migration') ?? ''
  try {
    await getMigration(visit.ctx, id)
    requireRecentSignIn(visit)
    await reviewMigration(visit.ctx, id, one(body, '_act') === 'approve', one(body, 'reason'))
    return seeOther(work(visit, `/library/migrations/${id}`))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, error)
  }
}

async function show(visit: Visit, context: HttpContext, error?: DomainError): Promise<Response> {
  const t = draftTexts(visit.language)
  const plan = await getMigration(visit.ctx, context.req.param('migration') ?? '')
  const [from, to] = [await getPackage(visit.ctx, plan.from_hash), await getPackage(visit.ctx, plan.to_hash)]
  const names = await namesOf(visit, [plan.drawn_up_by, plan.reviewed_by])
  const { dry_run: run } = plan
  const started = plan.status === 'running' || plan.status === 'done'
  const outcome = started ? await countOutcomes(visit.ctx, plan.migration_id) : undefined
  const stays = started ? await listStays(visit.ctx, plan.migration_id) : []
  const step = nameIn(visit, from)
  return workPage(
    visit,
    context,
    {
      title: t('migrations'),
      active: 'library',
      path: work(visit, `/library/migrations/${plan.migration_id}`),
      before: <BackLink href={work(visit, `/library/${plan.slug}`)}>{sayer({ visit, procedure: to })('title')}</BackLink>,
      ...(error ? { status: refusalStatus(error), hasErrors: true } : {}),
      ...(plan.status === 'running' ? { refreshSeconds: 5 } : {}),
    },
    <>
      {error && <Refusal error={error} language={visit.language} />}
      <h1 class="govuk-heading-l">
        {sayer({ visit, procedure: to })('title')} {from.manifest.version} → {to.manifest.version}
      </h1>
      <SummaryList
        rows={[
          { key: t('state'), value: t(plan.status === 'running' ? 'runningNow' : plan.status) },
          { key: t('planReason'), value: plan.reason },
          { key: t('basisLaw'), value: plan.basis },
          { key: t('author'), value: names.get(plan.drawn_up_by) || plan.drawn_up_by },
          plan.reviewed_by !== null && { key: t('review'), value: `${names.get(plan.reviewed_by) || plan.reviewed_by}: ${plan.review_note ?? ''}` },
          Object.keys(plan.moves).length > 0 && {
            key: t('moves'),
            value: Object.entries(plan.moves)
              .map(([old, next]) => `${old} → ${next}`)
              .join(', '),
          },
          outcome && { key: t('result'), value: t('outcome', outcome) },
        ]}
      />
      <h2 class="govuk-heading-m">{t('dryRun')}</h2>
      <p class="govuk-body">{t('total', { total: run.total, fits: run.fits, stays: run.total - run.fits })}</p>
      {run.stays.length > 0 && (
        <Table
          class="xl-table--dense xl-table--stack"
          caption={t('stays')}
          head={[t('whereStands'), t('why'), t('count'), t('cases')]}
          rows={run.stays.map((stay) => [step(stay.element), reasonText(visit, stay.code), String(stay.count), stay.numbers.join(' ')])}
        />
      )}
      {run.places.length > 0 && (
        <Table
          class="xl-table--dense xl-table--stack"
          caption={t('places')}
          head={[t('fromVersion'), t('toVersion'), t('count')]}
          rows={run.places.map((place) => [step(place.from), nameIn(visit, to)(place.to), String(place.count)])}
        />
      )}
      {stays.length > 0 && (
        <Table
          class="xl-table--dense xl-table--stack"
          caption={t('stays')}
          head={[t('cases'), t('whereStands'), t('why')]}
          rows={stays.map((stay) => [
            {
              content: (
                <a class="govuk-link" href={work(visit, `/cases/${stay.number}`)}>
                  {stay.number}
                </a>
              ),
            },
            step(stay.element),
            reasonText(visit, stay.code),
          ])}
        />
      )}
      {plan.status === 'planned' && <Review visit={visit} id={plan.migration_id} isOwn={plan.drawn_up_by === authorOf(visit.ctx)} error={error} />}
    </>,
  )
}

function Review({ visit, id, isOwn, error }: { visit: Visit; id: string; isOwn: boolean; error: DomainError | undefined }) {
  const t = draftTexts(visit.language)
  const errors = errorsByField(error?.fields ?? [])
  if (isOwn) return <p class="govuk-body">{t('reviewOwn')}</p>
  return (
    <Form action={work(visit, `/library/migrations/${id}`)}>
      <Textarea name="reason" id="reason" label={t('review')} rows={3} error={errors['reason']} />
      <div class="govuk-button-group">
        <Button name="_act" value="approve" preventDoubleClick>
          {t('approve')}
        </Button>
        <Button class="govuk-button--secondary" name="_act" value="refuse">
          {t('refuse')}
        </Button>
      </div>
    </Form>
  )
}

const nameIn = (visit: Visit, procedure: Package) => (id: string) => {
  const say = sayer({ visit, procedure })
  const key = procedure.graph.elements[id] ? `element.${id}` : `deadline.${id}`
  const named = say(key)
  return named === key ? (procedure.graph.elements[id]?.name ?? id) : named
}

const codes = [
  'gone',
  'other-type',
  'other-scope',
  'other-loop',
  'flow-gone',
  'other-event',
  'other-timer',
  'deadline-gone',
  'deadline-not-running',
  'stuck',
  'moved-on',
] as const

function reasonText(visit: Visit, code: string): string {
  const known = codes.find((one) => one === code)
  return known ? draftTexts(visit.language)(`s_${known}`) : code
}
