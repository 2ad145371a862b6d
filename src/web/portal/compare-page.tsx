// The difference of two published versions, for anybody.
import { compareVersions } from '#kernel/library/compare.ts'
import { getPackageFiles } from '#kernel/procedures/packages.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Breadcrumbs } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import { Select } from '#ui/components/select.tsx'
import { ComparisonView } from '../library/comparison.tsx'
import { findVersion, shortHash } from '../library/load.ts'
import { sayer } from '../library/parts.tsx'
import { libraryTexts } from '../library/texts.ts'
import { portalPage } from './frame.tsx'

/** `GET /procedures/:slug/compare?from=&to=`; without them the version in force and the one before it. */
export async function comparePage(visit: Visit, context: HttpContext): Promise<Response> {
  const { base, language } = visit
  const t = libraryTexts(language)
  const slug = context.req.param('slug') ?? ''
  const current = await findVersion(visit, slug, context.req.query('to'))
  const at = current.publications.findIndex((row) => row.package_hash === current.procedure.hash)
  const before = context.req.query('from') ?? shortHash(current.publications[at + 1]?.package_hash ?? current.procedure.hash)
  const old = await findVersion(visit, slug, before)
  const side = async (procedure: typeof old.procedure) => ({ procedure, files: await getPackageFiles(visit.ctx, procedure.hash) })
  const [left, right] = [await side(old.procedure), await side(current.procedure)]
  const say = sayer({ visit, procedure: current.procedure })
  const versions = (chosen: string) =>
    current.publications.map((row) => ({
      value: shortHash(row.package_hash),
      text: `${row.version} (${row.effective_from})`,
      selected: row.package_hash === chosen,
    }))
  return portalPage(
    visit,
    {
      title: t('differences'),
      path: `/procedures/${slug}/compare`,
      query: `from=${shortHash(left.procedure.hash)}&to=${shortHash(right.procedure.hash)}`,
      width: 'wide',
      before: (
        <Breadcrumbs
          items={[
            { text: t('library'), href: `${base}/procedures` },
            { text: say('title'), href: `${base}/procedures/${slug}` },
            { text: t('differences') },
          ]}
          collapseOnMobile
        />
      ),
    },
    <>
      <h1 class="govuk-heading-l">{t('differences')}</h1>
      <Form action={`${base}/procedures/${slug}/compare`} method="get">
        <Select name="from" id="from" label={t('from')} items={versions(left.procedure.hash)} />
        <Select name="to" id="to" label={t('to')} items={versions(right.procedure.hash)} />
        <Button class="govuk-button--secondary">{t('show')}</Button>
      </Form>
      <ComparisonView before={left} after={right} found={compareVersions(left, right)} />
    </>,
  )
}
