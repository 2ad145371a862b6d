// One procedure of the library: its drawing with what stands where, the law at each step, limits, numbers, forms, rules, documents,
// examples and versions; and its files.
import { getPackageFiles } from '#kernel/procedures/packages.ts'
import { standingOf } from '#kernel/library/standing.ts'
import { samplePdf } from '#kernel/library/sample-document.ts'
import { writeZip } from '#kernel/library/zip.ts'
import { mayInTown } from '#kernel/access/rule.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Breadcrumbs } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { Details } from '#ui/components/details.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { DiagramFigure } from '#ui/diagram/diagram-figure.tsx'
import { DecisionTables } from '../library/decision-table.tsx'
import { type Found, findVersion, shortHash } from '../library/load.ts'
import { FormPreviews, LimitsTable, NumbersTable, sayer, StepsTable, toFigures } from '../library/parts.tsx'
import { libraryTexts } from '../library/texts.ts'
import { portalPage } from './frame.tsx'
import { elementNames } from './matter-page.tsx'

/** `GET /procedures/:slug?version=` */
export async function procedurePage(visit: Visit, context: HttpContext): Promise<Response> {
  const { base, language } = visit
  const t = libraryTexts(language)
  const found = await findVersion(visit, context.req.param('slug') ?? '', context.req.query('version'))
  const { procedure, inForce } = found
  const shown = { visit, procedure }
  const say = sayer(shown)
  const address = `${base}/procedures/${procedure.slug}`
  const version = inForce ? '' : `?version=${shortHash(procedure.hash)}`
  const figures = toFigures(await standingOf(visit.ctx, procedure.slug), language)
  const files = await getPackageFiles(visit.ctx, procedure.hash)
  const tables = Object.keys(files).filter((path) => path.startsWith('rules/'))
  const isStaff = visit.ctx.actor.kind === 'staff'
  return portalPage(
    visit,
    {
      title: say('title'),
      path: `/procedures/${procedure.slug}`,
      query: version.slice(1),
      width: 'wide',
      before: (
        <Breadcrumbs
          items={[{ text: t('home'), href: base }, { text: t('library'), href: `${base}/procedures` }, { text: say('title') }]}
          collapseOnMobile
        />
      ),
    },
    <>
      <h1 class="govuk-heading-xl">{say('title')}</h1>
      <p class="govuk-body-l">{say('summary')}</p>
      {!inForce && (
        <InsetText>
          {t('viewing', { version: procedure.manifest.version })}{' '}
          <a class="govuk-link" href={address}>
            {t('toCurrent')}
          </a>
        </InsetText>
      )}
      {inForce && procedure.manifest.filedBy.includes('anyone') && <Button href={`${base}/matters/${procedure.slug}`}>{t('file')}</Button>}
      {mayInTown(visit.ctx.actor, 'library.edit') && (
        <p class="govuk-body">
          <a class="govuk-link" href={`${base}/workspace/library/${procedure.slug}`}>
            {t('edit')}
          </a>
        </p>
      )}
      <Contents t={t} />
      <h2 id="part-steps" class="govuk-heading-l govuk-!-margin-bottom-1">
        {t('steps')}
      </h2>
      <p class="govuk-hint">
        {t('stepsHint')} {t(isStaff ? 'standingStaff' : 'standing')}
      </p>
      <DiagramFigure definitions={procedure.definitions} marks={{}} names={elementNames(procedure, language)} figures={figures} isPlain />
      <h2 id="part-law" class="govuk-heading-l">
        {t('law')}
      </h2>
      <Details summary={t('lawAll')}>
        <StepsTable {...shown} />
      </Details>
      <h2 id="part-limits" class="govuk-heading-l">
        {t('limits')}
      </h2>
      <LimitsTable {...shown} />
      <h2 id="part-numbers" class="govuk-heading-l">
        {t('numbers')}
      </h2>
      <Details summary={t('numbersAll')}>
        <NumbersTable {...shown} />
      </Details>
      <h2 id="part-forms" class="govuk-heading-l govuk-!-margin-bottom-1">
        {t('forms')}
      </h2>
      <p class="govuk-hint">{t('formsHint')}</p>
      <FormPreviews {...shown} />
      <h2 id="part-tables" class="govuk-heading-l">
        {t('tables')}
      </h2>
      {tables.length === 0 && <p class="govuk-body">{t('noTables')}</p>}
      {tables.map((path) => (
        <DecisionTables xml={files[path] ?? ''} id={path.slice('rules/'.length, -'.dmn'.length)} />
      ))}
      <h2 id="part-documents" class="govuk-heading-l">
        {t('documents')}
      </h2>
      <ul class="govuk-list govuk-list--bullet">
        {procedure.manifest.documents.map((document) => (
          <li>
            {say(`document.${document.id}`)}
            {document.signedBy !== undefined && ` · ${t('signedBy', { task: say(`element.${document.signedBy}`) })}`}
            {document.remedy && ` · ${t('remedy')}`}{' '}
            <a class="govuk-link" href={`${address}/documents/${document.id}.pdf${version}`} data-turbo="false">
              {t('sample')}
              <span class="govuk-visually-hidden"> {say(`document.${document.id}`)}</span>
            </a>
          </li>
        ))}
      </ul>
      <h2 id="part-examples" class="govuk-heading-l govuk-!-margin-bottom-1">
        {t('examples')}
      </h2>
      <p class="govuk-hint">{t('examplesHint')}</p>
      <ul class="govuk-list govuk-list--bullet">
        {[...procedure.examples].map(([name, example]) => (
          <li>
            <a class="govuk-link" href={`${address}/examples/${name}${version}`}>
              {example.title}
            </a>{' '}
            <span class="govuk-hint">{t('exampleSteps', { count: example.steps.length })}</span>
          </li>
        ))}
      </ul>
      <Versions visit={visit} found={found} />
      <p class="govuk-body">
        <a class="govuk-link" href={`${address}/package.zip${version}`} data-turbo="false">
          {t('download')}
        </a>
      </p>
    </>,
  )
}

const contents = ['steps', 'law', 'limits', 'numbers', 'forms', 'tables', 'documents', 'examples', 'versions'] as const

/** The page is long: a large procedure has a hundred steps. */
function Contents({ t }: { t: ReturnType<typeof libraryTexts> }) {
  return (
    <nav aria-label={t('contents')} class="xl-parts">
      <ul class="govuk-list">
        {contents.map((part) => (
          <li>
            <a class="govuk-link" href={`#part-${part}`}>
              {t(part)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** When each version came into force, and its fingerprint. Names of those who published stand on the staff page. */
function Versions({ visit, found }: { visit: Visit; found: Found }) {
  const t = libraryTexts(visit.language)
  const { procedure, publications } = found
  const address = `${visit.base}/procedures/${procedure.slug}`
  const now = today(visit.ctx)
  return (
    <>
      <h2 id="part-versions" class="govuk-heading-l govuk-!-margin-bottom-1">
        {t('versions')}
      </h2>
      <p class="govuk-hint">{t('hashHint')}</p>
      <Table
        class="xl-table--dense xl-table--stack"
        head={[t('version'), t('effective'), t('hash'), t('compare')]}
        rows={publications.map((row, index) => {
          const before = publications[index + 1]
          return [
            {
              content: (
                <>
                  <a class="govuk-link" href={`${address}?version=${shortHash(row.package_hash)}`}>
                    {row.version}
                  </a>{' '}
                  <Tag colour={row.in_force ? 'green' : 'grey'}>{t(row.in_force ? 'inForce' : row.effective_from > now ? 'notYet' : 'former')}</Tag>
                </>
              ),
            },
            row.effective_to === null ? t('fromToday', { from: row.effective_from }) : t('until', { from: row.effective_from, to: row.effective_to }),
            { content: <span class="xl-mono xl-break">{row.package_hash}</span> },
            {
              content: before ? (
                <a class="govuk-link" href={`${address}/compare?from=${shortHash(before.package_hash)}&to=${shortHash(row.package_hash)}`}>
                  {t('compare')}
                </a>
              ) : (
                '—'
              ),
            },
          ]
        })}
      />
    </>
  )
}

/** `GET /procedures/:slug/documents/:document.pdf?version=` */
export async function samplePage(visit: Visit, context: HttpContext): Promise<Response> {
  const { procedure } = await findVersion(visit, context.req.param('slug') ?? '', context.req.query('version'))
  const pdf = await samplePdf(visit.ctx, procedure, (context.req.param('file') ?? '').replace(/\.pdf$/, ''))
  return download(pdf, 'application/pdf', `inline; filename="sample.pdf"`)
}

/** `GET /procedures/:slug/package.zip?version=` */
export async function packageFile(visit: Visit, context: HttpContext): Promise<Response> {
  const { procedure } = await findVersion(visit, context.req.param('slug') ?? '', context.req.query('version'))
  const zip = await writeZip(await getPackageFiles(visit.ctx, procedure.hash), procedure.slug)
  return download(zip, 'application/zip', `attachment; filename="${procedure.slug}-${procedure.manifest.version}.zip"`)
}

export const download = (bytes: Uint8Array, type: string, disposition: string): Response =>
  new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': type,
      'content-disposition': disposition,
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; sandbox",
    },
  })
