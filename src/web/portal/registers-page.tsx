// Registers that bodies keep, for everybody: a list, each as a table of one body or of all, and the same rows as CSV and JSON to take along.
import { stringify } from 'csv-stringify/sync'
import { safeCell } from '#kernel/exports/safe-cell.ts'
import { type Cell, type Column, getKeptRegister, type KeptEntry, type KeptRegister, listKeptRegisters, readKept } from '#kernel/registers/kept.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { FilterBar } from '#ui/components/filter-bar.tsx'
import { Select } from '#ui/components/select.tsx'
import { Table } from '#ui/components/table.tsx'
import { defineTexts } from '#ui/texts.ts'
import { Back, portalPage } from './frame.tsx'
import { jsonAnswer } from './open-data.ts'

const texts = defineTexts({
  zh: {
    title: '公开的账目和目录',
    lead: '村集体的资金、资产、资源、合同和收支，救灾捐赠的来源、数量和使用，居住证可以享受的服务，镇里的重大行政决策事项目录，谁都可以看、可以抄、可以下载。',
    who: '村里的由村里的岗位登记，镇里只指导、不代记。觉得不实，可以向镇里反映，镇里必须调查。',
    count: '{count}条',
    all: '全部',
    body: '单位',
    none: '还没有登记。',
    copy: '下载抄录',
    basis: '依据',
    complain: '反映不及时、不真实',
    apply: '去办理',
  },
  en: {
    title: 'Public accounts and lists',
    lead: 'Funds, assets, resources, contracts and accounts of the village collectives, what was donated for relief, what a residence permit opens, and the town’s catalogue of major decisions: everybody may read, copy and download them.',
    who: 'A village’s own post writes what is the village’s; the town guides and does not write. If something is false, tell the town: it has to investigate.',
    count: '{count} entries',
    all: 'All',
    body: 'Body',
    none: 'Nothing is registered yet.',
    copy: 'Download a copy',
    basis: 'Basis',
    complain: 'Report what is late or false',
    apply: 'Apply',
  },
})

/** `GET /registers` */
export async function registersPage(visit: Visit): Promise<Response> {
  const t = texts(visit.language)
  const counted = await counts(visit)
  return portalPage(
    visit,
    { title: t('title'), path: '/registers' },
    <>
      <h1 class="govuk-heading-xl">{t('title')}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      <ul class="govuk-list">
        {counted.map(({ register, count }) => (
          <li>
            <a class="govuk-link" href={`${visit.base}/registers/${register.slug}`}>
              {register.title[visit.language]}
            </a>{' '}
            <span class="govuk-hint">{t('count', { count })}</span>
          </li>
        ))}
      </ul>
      <p class="govuk-body">{t('who')}</p>
    </>,
  )
}

const counts = async (visit: Visit) =>
  Promise.all(
    (await listKeptRegisters())
      .filter(({ listed }) => listed)
      .map(async (register) => ({ register, count: (await readKept(visit.ctx, register)).length })),
  )

/** For `/data/registers.json`. */
export const registersData = async (visit: Visit) => ({
  registers: (await counts(visit)).map(({ register: { slug, title, basis }, count }) => ({ slug, title, basis, entries: count })),
})

async function asked(visit: Visit, context: HttpContext): Promise<{ register: KeptRegister; of: string | undefined; entries: KeptEntry[] }> {
  const register = await getKeptRegister(context.req.param('slug') ?? '')
  const of = visit.town.organizations.get(context.req.query('of') ?? '')?.id
  return { register, of, entries: await readKept(visit.ctx, register, of) }
}

/** `GET /registers/:slug?of=` */
export async function registerPage(visit: Visit, context: HttpContext): Promise<Response> {
  const { base, language } = visit
  const t = texts(language)
  const { register, of, entries } = await asked(visit, context)
  const matters = await openMatters(visit)
  const path = `/registers/${register.slug}`
  const query = of === undefined ? '' : `of=${of}`
  const bodies = [...visit.town.organizations.values()].filter(({ kind }) => kind === (register.about === 'village' ? 'village' : 'own'))
  return portalPage(
    visit,
    { title: register.title[language], path, query, width: 'wide', before: <Back href={`${base}/registers`}>{t('title')}</Back> },
    <>
      <h1 class="govuk-heading-l">{register.title[language]}</h1>
      <p class="govuk-hint">
        {t('basis')}：<span lang="zh-CN">{register.basis}</span>
      </p>
      <FilterBar action={`${base}${path}`}>
        <Select
          name="of"
          label={t('body')}
          value={of ?? ''}
          items={[{ value: '', text: t('all') }, ...bodies.map(({ id, name }) => ({ value: id, text: name[language] }))]}
        />
      </FilterBar>
      <Entries visit={visit} register={register} entries={entries} matters={matters} />
      <p class="govuk-body-s">
        {t('copy')}：
        {(['csv', 'json'] as const).map((kind) => (
          <>
            <a class="govuk-link" href={`${base}${path}/entries.${kind}${query === '' ? '' : `?${query}`}`} data-turbo="false">
              {kind.toUpperCase()}
            </a>{' '}
          </>
        ))}
      </p>
      {register.about === 'village' && (
        <p class="govuk-body">
          <a class="govuk-link" href={`${base}/matters`}>
            {t('complain')}
          </a>
        </p>
      )}
    </>,
  )
}

/** The rows of a register as a table; where it is too wide it scrolls within itself, its column heads with it. */
export function Entries(props: { visit: Visit; register: KeptRegister; entries: KeptEntry[]; matters?: ReadonlySet<string> }) {
  const { visit, register, entries, matters } = props
  const { language } = visit
  if (entries.length === 0) return <p class="govuk-body">{texts(language)('none')}</p>
  return (
    <Table
      caption={register.title[language]}
      captionClass="govuk-visually-hidden"
      head={register.columns.map((column) => labelOf(visit, register, column))}
      rows={entries.map(({ cells }) =>
        register.columns.map((column) => {
          const text = cellText(visit, register, column, cells[column.id])
          if (column.kind !== 'matter') return text || '—'
          return matters?.has(text) === true ? { content: <MatterLink visit={visit} slug={text} about={aboutOf(register, cells)} /> } : '—'
        }),
      )}
      scrollLabel={register.title[language]}
    />
  )
}

/** What an entry is about: its first words. */
export const aboutOf = ({ columns }: KeptRegister, cells: KeptEntry['cells']): string =>
  String(cells[columns.find(({ kind }) => kind === 'text')?.id ?? ''] ?? '')

/** Leads to the matter of this slug; read aloud it says what about. */
export const MatterLink = ({ visit, slug, about }: { visit: Visit; slug: string; about: string }) => (
  <a class="govuk-link" href={`${visit.base}/matters/${slug}`}>
    {texts(visit.language)('apply')}
    <span class="govuk-visually-hidden">：{about}</span>
  </a>
)

/** Matters of this town that anybody may start: what a register may lead to. */
export const openMatters = async ({ ctx }: Visit): Promise<ReadonlySet<string>> =>
  new Set((await listProcedures(ctx)).filter(({ manifest }) => manifest.filedBy.includes('anyone')).map(({ slug }) => slug))

export const labelOf = ({ language }: Visit, register: KeptRegister, { id }: Column): string => register.texts[language][id] ?? id

/** A value as a person reads it. */
export function cellText({ language, town }: Visit, register: KeptRegister, { kind }: Pick<Column, 'kind'>, value: Cell | undefined): string {
  if (value === undefined) return ''
  if (kind === 'organization') return town.organizations.get(String(value))?.name[language] ?? String(value)
  if (kind === 'choice') return register.texts[language][`choice.${value}`] ?? String(value)
  if (kind === 'date') return formatDate(String(value), language)
  return typeof value === 'number' ? value.toLocaleString('zh-CN', { maximumFractionDigits: 2 }) : value
}

const guarded = (cell: Cell | undefined): Cell => (typeof cell === 'string' ? safeCell(cell) : (cell ?? ''))

/** `GET /registers/:slug/:file`: entries.csv (RFC 4180) and entries.json. */
export async function registerFile(visit: Visit, context: HttpContext): Promise<Response> {
  const { register, entries } = await asked(visit, context)
  if ((context.req.param('file') ?? '').endsWith('.json'))
    return jsonAnswer({
      register: register.slug,
      title: register.title,
      basis: register.basis,
      entries: entries.map(({ id, cells }) => ({ id, ...cells })),
    })
  const head = register.columns.map((column) => labelOf(visit, register, column))
  const rows = entries.map(({ cells }) =>
    register.columns.map((column) =>
      guarded(column.kind === 'number' || column.kind === 'date' ? cells[column.id] : cellText(visit, register, column, cells[column.id])),
    ),
  )
  return new Response(stringify([head, ...rows], { bom: true, record_delimiter: 'windows' }), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${register.slug}.csv"`,
      'access-control-allow-origin': '*',
    },
  })
}
