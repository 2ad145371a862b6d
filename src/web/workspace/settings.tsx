// For the IT administrator: the town's bodies, its calendar, its own numbers.
import { mayInTown } from '#kernel/access/rule.ts'
import { parseNoticeFile } from '#kernel/deadlines/notices.ts'
import { type DomainError, forbidden, invalid } from '#kernel/errors.ts'
import { recordHolidays } from '#kernel/towns/create-town.ts'
import { today } from '#kernel/towns/towns.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import { speaker } from '#kernel/cases/words.ts'
import { recomputeKind } from '#kernel/work/job-kinds.ts'
import { enqueueJob } from '#kernel/work/jobs.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import { requireRecentSignIn } from '#http/recent.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { FileUpload } from '#ui/components/file-upload.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { defineTexts } from '#ui/texts.ts'
import { one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'

const texts = defineTexts({
  zh: {
    title: '设置',
    calendar: '放假安排',
    loaded: '已导入 {first} 至 {last} 年的放假安排。',
    missing: '{year} 年的放假安排还没有导入。落在这一年的期限只是暂定，导入后会自动重算。',
    file: '放假安排文件（JSON）',
    fileHint: '每年国务院办公厅通知公布后导入。',
    reason: '依据',
    reasonHint: '例如通知的文号',
    import: '导入并重算期限',
    imported: '已导入。期限正在后台重算。',
    progress: '查看进度',
    fileNeeded: '请选择文件',
    reasonNeeded: '请写明依据',
    offices: '单位',
    name: '名称',
    kind: '性质',
    phone: '电话',
    hours: '办公时间',
    address: '地址',
    own: '本镇',
    village: '村（社区）',
    superior: '上级',
    outside: '其他机关',
    providers: '其他身份登录（OpenID Connect）',
    numbers: '本地数字',
    numbersText: '本地规定代替全国规定的数字，每一条都写明来源。',
    noNumbers: '没有本地数字，全部按全国规定。',
    procedure: '事项',
    number: '数字',
    source: '来源',
    since: '起止',
  },
  en: {
    title: 'Settings',
    calendar: 'Holiday notices',
    loaded: 'Notices for {first} to {last} are loaded.',
    missing: 'The notice for {year} is not loaded. Limits in that year are provisional and will be computed anew.',
    file: 'Holiday notice (JSON)',
    fileHint: 'Import it when the State Council’s yearly notice is out.',
    reason: 'Source',
    reasonHint: 'for example the number of the notice',
    import: 'Import and compute limits anew',
    imported: 'Imported. The limits are being computed anew in the background.',
    progress: 'See how far it is',
    fileNeeded: 'Choose a file',
    reasonNeeded: 'Say where it comes from',
    offices: 'Bodies',
    name: 'Name',
    kind: 'Kind',
    phone: 'Telephone',
    hours: 'Hours',
    address: 'Address',
    own: 'the town',
    village: 'village',
    superior: 'higher body',
    outside: 'other body',
    providers: 'Identity providers (OpenID Connect)',
    numbers: 'Local numbers',
    numbersText: 'Numbers of local rules in place of the national ones, each with its source.',
    noNumbers: 'No local numbers: the national ones apply.',
    procedure: 'Procedure',
    number: 'Number',
    source: 'Source',
    since: 'In force',
  },
})

type State = { body?: FormBody; error?: DomainError }

export const settingsPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, {})

export async function settingsPost(visit: Visit, context: HttpContext): Promise<Response> {
  const t = texts(visit.language)
  const body = await readPost(visit, context)
  checkAdministrator(visit)
  requireRecentSignIn(visit)
  try {
    const file = [body['file'] ?? []].flat().find((item) => typeof item !== 'string' && item.size > 0)
    const reason = one(body, 'reason').trim()
    const missing = [
      ...(file ? [] : [{ pointer: '/file', code: 'required', message: t('fileNeeded') }]),
      ...(reason ? [] : [{ pointer: '/reason', code: 'required', message: t('reasonNeeded') }]),
    ]
    if (!file || typeof file === 'string' || missing.length > 0) throw invalid('form.invalid', '', missing)
    await recordHolidays(visit.ctx, parseNoticeFile(await file.text()), reason.slice(0, 300))
    await enqueueJob(visit.ctx, recomputeKind)
    return seeOther(work(visit, '/settings?imported=1'))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, { body, error })
  }
}

export function checkAdministrator(visit: Visit) {
  if (!mayInTown(visit.ctx.actor, 'settings.keep')) throw forbidden('settings.it_admin', 'Only the IT administrator opens the settings.')
}

async function show(visit: Visit, context: HttpContext, state: State): Promise<Response> {
  checkAdministrator(visit)
  const t = texts(visit.language)
  const { town } = visit
  const years = [...town.calendar.announced].sort((a, b) => a - b)
  const next = Number(today(visit.ctx).slice(0, 4)) + 1
  const errors = errorsByField(state.error?.fields ?? [])
  return workPage(
    visit,
    context,
    {
      title: t('title'),
      active: 'settings',
      path: work(visit, '/settings'),
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <>
      {state.error && <Refusal error={state.error} language={visit.language} />}
      {context.req.query('imported') === '1' && (
        <NotificationBanner type="success">
          <p class="govuk-notification-banner__heading">
            {t('imported')}{' '}
            <a class="govuk-notification-banner__link" href={work(visit, '/jobs')}>
              {t('progress')}
            </a>
          </p>
        </NotificationBanner>
      )}
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body">
        <a class="govuk-link" href={work(visit, '/settings/providers')}>
          {t('providers')}
        </a>
      </p>
      <h2 class="govuk-heading-m">{t('calendar')}</h2>
      <div class="xl-column">
        {years.length > 0 && <p class="govuk-body">{t('loaded', { first: String(years[0]), last: String(years.at(-1)) })}</p>}
        {[next - 1, next]
          .filter((year) => !town.calendar.announced.has(year))
          .map((year) => (
            <p class="govuk-body">
              <Tag colour="yellow">{year}</Tag> {t('missing', { year })}
            </p>
          ))}
        <Form action={work(visit, '/settings')} hasFiles>
          <FileUpload
            name="file"
            label={t('file')}
            hint={t('fileHint')}
            accept="application/json,.json"
            {...(errors['file'] ? { error: errors['file'] } : {})}
          />
          <Input
            name="reason"
            label={t('reason')}
            hint={t('reasonHint')}
            value={state.body ? one(state.body, 'reason') : ''}
            {...(errors['reason'] ? { error: errors['reason'] } : {})}
          />
          <Button preventDoubleClick>{t('import')}</Button>
        </Form>
      </div>
      <h2 class="govuk-heading-m">{t('numbers')}</h2>
      <p class="govuk-body-s">{t('numbersText')}</p>
      <Numbers
        visit={visit}
        titles={new Map((await listProcedures(visit.ctx)).map((procedure) => [procedure.slug, speaker(procedure, visit.language)('title')]))}
      />
      <h2 class="govuk-heading-m">{t('offices')}</h2>
      <Table
        class="xl-table--dense xl-table--stack"
        head={[t('name'), t('kind'), t('phone'), t('hours'), t('address')]}
        rows={[...town.organizations.values()].map((body) => [
          body.name[visit.language],
          t(body.kind),
          body.phone ?? '—',
          body.hours ?? '—',
          body.address ?? '—',
        ])}
      />
    </>,
  )
}

function Numbers({ visit, titles }: { visit: Visit; titles: Map<string, string> }) {
  const t = texts(visit.language)
  const rows = [...visit.town.overrides].flatMap(([key, overrides]) => overrides.map((override) => ({ key, override })))
  if (rows.length === 0) return <p class="govuk-body">{t('noNumbers')}</p>
  return (
    <Table
      class="xl-table--dense xl-table--stack"
      head={[t('procedure'), t('number'), t('source'), t('since')]}
      rows={rows.map(({ key, override }) => {
        const [slug = '', parameter = ''] = key.split('/')
        return [titles.get(slug) ?? slug, `${parameter} = ${override.value}`, override.source ?? '', `${override.from} – ${override.to ?? ''}`]
      })}
    />
  )
}
