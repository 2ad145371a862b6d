// Counter intake: one page, the questions that matter first, and the slip at once.
import { randomBytes, randomUUID } from 'node:crypto'
import { openCase, type Acknowledgement } from '#kernel/cases/open-case.ts'
import type { Channel, Entry } from '#kernel/cases/types.ts'
import { speaker } from '#kernel/cases/words.ts'
import type { DomainError } from '#kernel/errors.ts'
import { removeDraftFile, storeDraftFile } from '#kernel/files/uploads.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { DateInput } from '#ui/components/date-input.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { Radios } from '#ui/components/radios.tsx'
import { controlOf } from '#ui/form/form-schema.ts'
import { errorsByField } from '#ui/form/form-texts.ts'
import { type FormBody, type ParsedForm, parseFormBody } from '#ui/form/parse-form-body.ts'
import { intakeTexts as texts } from './intake-texts.ts'
import { dateValues, postedDate } from './case-acts.tsx'
import { one, readPost, work, workPage } from './frame.tsx'
import { type FieldsOf, GroupedFields, Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'
import { ForSomebodyElse, readProxy } from '#web/proxy-fields.tsx'
import { registerOptions } from './register-options.ts'
import { keepSlip } from './slip.ts'
import { sharedTexts } from './words.ts'

const channels = ['counter', 'phone', 'letter', 'visit', 'upstream'] as const satisfies Channel[]
type State = { body?: FormBody; parsed?: ParsedForm; error?: DomainError }

async function registrable(visit: Visit): Promise<Package[]> {
  const all = await listProcedures(visit.ctx)
  return all.filter(({ manifest }) => manifest.filedBy.includes('anyone') || manifest.filedBy.includes('staff'))
}

async function chosen(visit: Visit, slug: string): Promise<{ procedures: Package[]; procedure: Package | undefined }> {
  const procedures = await registrable(visit)
  // What this officer's own desk takes in comes first, then what anyone may file.
  const first =
    procedures.find((known) => isTakenInBy(visit, known)) ?? procedures.find(({ manifest }) => manifest.filedBy.includes('anyone')) ?? procedures[0]
  return { procedures, procedure: procedures.find((known) => known.slug === slug) ?? first }
}

/** Does a duty of this officer stand at the beginning of the procedure? */
function isTakenInBy(visit: Visit, { graph, manifest }: Package): boolean {
  const { actor } = visit.ctx
  const starts = Object.values(graph.elements).filter((element) => element.type === 'startEvent' && element.scope === graph.process)
  const duties = manifest.lanes.filter((lane) => starts.some((element) => element.lane === lane.id)).flatMap((lane) => lane.posts)
  return actor.kind === 'staff' && actor.posts.some((post) => duties.includes(post.duty)) // an order of choices, no right
}

export const intakePage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, context.req.query('procedure') ?? '', {})

export async function intakePost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const slug = one(body, '_procedure')
  const { procedure } = await chosen(visit, slug)
  const form = procedure?.forms.get('filing')
  if (!procedure || !form) return show(visit, context, slug, {})
  const parsed = parseFormBody(form.schema as never, body) // both modules read the same JSON Schema
  try {
    const filed = await file(visit, procedure, body, parsed)
    keepSlip(visit, context, toSlip(visit, procedure, filed, entryOf(body)))
    return redirectWithCookies(context, work(visit, '/intake/filed'))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, procedure.slug, { body, parsed, error })
  }
}

/** Cookies set on the context go out only with its own answers. */
const redirectWithCookies = (context: HttpContext, location: string): Response => {
  const response = seeOther(location)
  for (const cookie of context.res.headers.getSetCookie()) response.headers.append('set-cookie', cookie)
  return response
}

async function file(visit: Visit, procedure: Package, body: FormBody, parsed: ParsedForm): Promise<Acknowledgement> {
  const draft = { draftId: randomUUID(), key: randomBytes(32) }
  const stored: string[] = []
  try {
    for (const [name, files] of Object.entries(parsed.files)) {
      const ids: string[] = []
      for (const upload of files)
        ids.push((await storeDraftFile(visit.ctx, draft, { name: upload.name, bytes: Buffer.from(await upload.arrayBuffer()) })).fileId)
      stored.push(...ids)
      parsed.data[name] = ids
    }
    const key = one(body, '_key')
    return await openCase(visit.ctx, {
      procedure: procedure.slug,
      data: parsed.data,
      entry: entryOf(body),
      electronicService: parsed.data['electronicService'] === true,
      language: visit.language,
      ...(one(body, '_proxy') === 'true' ? { proxy: readProxy(body) } : {}),
      ...(key === '' ? {} : { idempotencyKey: key }),
      ...(stored.length > 0 ? { draftId: draft.draftId, draftKey: draft.key } : {}),
    })
  } finally {
    // The case has its own copies; after a refusal the files are chosen again.
    for (const id of stored) await removeDraftFile(visit.ctx, draft, id)
  }
}

function entryOf(body: FormBody): Entry {
  const text = (name: string) => one(body, name).trim().slice(0, 300)
  const channel = channels.find((known) => known === one(body, '_channel')) ?? 'counter'
  return {
    channel,
    receivedOn: postedDate(body, '_received'),
    ...(text('_evidence') ? { evidence: text('_evidence') } : {}),
    ...(channel === 'upstream' && text('_upstreamSource') ? { upstreamSource: text('_upstreamSource') } : {}),
    ...(channel === 'upstream' && text('_upstreamNumber') ? { upstreamNumber: text('_upstreamNumber') } : {}),
  }
}

function toSlip(visit: Visit, procedure: Package, filed: Acknowledgement, entry: Entry) {
  const t = texts('zh')
  const say = speaker(procedure, 'zh')
  return {
    number: filed.number,
    code: filed.receiptCode,
    others: filed.otherCodes.map((other): [string, string] => [
      [say(`party.${other.role}`), other.isTold ? t('alsoTold') : ''].filter((part) => part !== '').join(''),
      other.code,
    ]),
    title: t('slip'),
    rows: [
      [t('matter'), say('title')],
      [t('received'), entry.receivedOn],
    ] satisfies [string, string][],
    next: [
      ...filed.deadlines.map(
        (deadline) => t('promise', { due: deadline.due, title: say(`deadline.${deadline.id}`) }) + (deadline.provisional ? t('provisional') : ''),
      ),
      t('track'),
    ],
  }
}

async function show(visit: Visit, context: HttpContext, slug: string, state: State): Promise<Response> {
  const t = texts(visit.language)
  const { procedures, procedure } = await chosen(visit, slug)
  const form = procedure?.forms.get('filing')
  if (!procedure || !form)
    return workPage(
      visit,
      context,
      { title: t('title'), active: 'intake' },
      <>
        <h1 class="govuk-heading-l">{t('title')}</h1>
        <div class="xl-empty">{t('none')}</div>
      </>,
    )
  const { body, parsed, error } = state
  const errors = errorsByField(error?.fields ?? [])
  const { who, what, more } = groupsOf(procedure)
  const fields: FieldsOf = { procedure, form, language: visit.language, values: parsed?.raw ?? {}, options: registerOptions(visit), errors }
  const moreErrors = more.some((name) => errors[name] !== undefined)
  const hadFiles = Object.values(parsed?.files ?? {}).some((files) => files.length > 0)
  return workPage(
    visit,
    context,
    { title: t('title'), active: 'intake', path: work(visit, '/intake'), ...(error ? { status: refusalStatus(error), hasErrors: true } : {}) },
    <>
      {error && <Refusal error={error} fields={fields} language={visit.language} />}
      <h1 class="govuk-heading-l">{t('title')}</h1>
      {procedures.length > 1 && <Choice visit={visit} procedures={procedures} procedure={procedure} />}
      <Form
        action={work(visit, '/intake')}
        hasFiles
        idempotencyKey={body ? one(body, '_key') : randomBytes(18).toString('base64url')}
        attributes={{ 'data-turbo': 'false', class: 'xl-column' }}
      >
        <input type="hidden" name="_procedure" value={procedure.slug} />
        <Entered visit={visit} body={body} error={errors['receivedOn']} />
        <h2 class="govuk-heading-m">{t('who')}</h2>
        <div class="xl-pair">
          <GroupedFields {...fields} fields={who} />
        </div>
        <h2 class="govuk-heading-m">{t('what')}</h2>
        <GroupedFields {...fields} fields={what} />
        <ForSomebodyElse
          language={visit.language}
          body={body}
          errors={error?.code === 'mandate.invalid' ? error.fields : []}
          kind="village-officer"
        />
        <Details summary={t('more')} open={moreErrors || hadFiles}>
          {hadFiles && <InsetText>{t('filesAgain')}</InsetText>}
          <Input name="_evidence" label={t('evidence')} hint={t('evidenceHint')} value={body ? one(body, '_evidence') : ''} />
          <Input name="_upstreamSource" label={t('upstreamSource')} value={body ? one(body, '_upstreamSource') : ''} />
          <Input name="_upstreamNumber" label={t('upstreamNumber')} value={body ? one(body, '_upstreamNumber') : ''} class="govuk-input--width-20" />
          <GroupedFields {...fields} fields={more} />
        </Details>
        <Button preventDoubleClick>{t('submit')}</Button>
      </Form>
    </>,
  )
}

function Choice({ visit, procedures, procedure }: { visit: Visit; procedures: Package[]; procedure: Package }) {
  const t = texts(visit.language)
  return (
    <nav class="xl-views" aria-label={t('which')}>
      <ul class="xl-views__list">
        {procedures.map((known) => (
          <li>
            <a class="xl-views__link" href={work(visit, `/intake?procedure=${known.slug}`)} aria-current={known === procedure ? 'page' : undefined}>
              {speaker(known, visit.language)('title')}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Entered({ visit, body, error }: { visit: Visit; body: FormBody | undefined; error: string | undefined }) {
  const t = texts(visit.language)
  const s = sharedTexts(visit.language)
  return (
    <div class="xl-pair">
      <Radios
        name="_channel"
        fieldset={{ legend: { content: t('how'), class: 'govuk-fieldset__legend--s' } }}
        items={channels.map((value) => ({ value, label: s(value) }))}
        value={body ? one(body, '_channel') : 'counter'}
        class="govuk-radios--inline govuk-radios--small"
      />
      <DateInput
        id="_received"
        namePrefix="_received"
        fieldset={{ legend: { content: t('when'), class: 'govuk-fieldset__legend--s' } }}
        hint={t('whenHint')}
        values={dateValues(body, '_received', today(visit.ctx))}
        {...(error ? { error } : {})}
      />
    </div>
  )
}

/** Name and telephone first; then what the form requires and where it is; the rest under “more”. */
function groupsOf({ manifest, forms }: Package): { who: string[]; what: string[]; more: string[] } {
  const schema = forms.get('filing')?.schema
  const names = Object.keys(schema?.properties ?? {})
  const [party] = manifest.parties
  const who = [party?.fields.name, party?.fields.phone].filter((name): name is string => name !== undefined && names.includes(name))
  const isWhere = (name: string) => schema?.properties[name]?.['x-register'] === 'villages'
  const what = names.filter((name) => !who.includes(name) && (schema?.required?.includes(name) || isWhere(name)))
  const more = names.filter((name) => !who.includes(name) && !what.includes(name))
  // Files last: choosing them again after an error is the least loss.
  const isFile = (name: string) => controlOf((schema?.properties[name] ?? {}) as never) === 'files' // one JSON Schema, two readers
  return { who, what, more: [...more.filter((name) => !isFile(name)), ...more.filter(isFile)] }
}
