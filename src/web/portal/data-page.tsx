// A person's own data in one matter: what is held and why, a copy to take along, and what she may ask for (个人信息保护法 Art 44–50).
import { makeCopy } from '#kernel/rights/copy.ts'
import { type Held, viewHeld } from '#kernel/rights/held.ts'
import { answerParameter, askCorrection, askErasure, changeContacts, withdrawConsent } from '#kernel/rights/requests.ts'
import { DomainError } from '#kernel/errors.ts'
import { maskNumber } from '#kernel/forms/numbers.ts'
import type { ParameterRow } from '#kernel/deadlines/parameters.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { Details } from '#ui/components/details.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Select } from '#ui/components/select.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { seeOther } from '#http/page.ts'
import { Asked } from './data-asked.tsx'
import { dataTexts } from './data-texts.ts'
import { Back, limit, one, portalPage, readPost } from './frame.tsx'
import { asParty } from './track.tsx'
import { formatInstant, markText } from './words.ts'

const numberOf = (context: HttpContext) => context.req.param('number') ?? ''

/** `GET /cases/:number/data` */
export const dataPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context)

type State = { error?: DomainError; typed?: Record<string, string> }

const acts = ['copy', 'contacts', 'correct', 'consent', 'erase']

/** `POST /cases/:number/data`: one of the acts of this page, by the field `act`. */
export async function dataPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  await limit(visit, 'draftSteps')
  const by = { number: numberOf(context) }
  const typed = Object.fromEntries(['phone', 'email', 'address', 'field', 'value', 'reason'].map((name) => [name, one(body, name)]))
  const act = one(body, 'act')
  if (!acts.includes(act)) return show(visit, context)
  try {
    return await asParty(visit, async (ctx) => {
      if (act === 'copy') {
        const { name, zip } = await makeCopy(ctx, by)
        return new Response(new Uint8Array(zip), {
          headers: { 'content-type': 'application/zip', 'cache-control': 'no-store', 'content-disposition': `attachment; filename="${name}"` },
        })
      }
      if (act === 'contacts')
        await changeContacts(ctx, by, { phone: typed['phone'] ?? '', email: typed['email'] ?? '', address: typed['address'] ?? '' })
      else if (act === 'correct')
        await askCorrection(ctx, by, { field: typed['field'] ?? '', value: typed['value'] ?? '', reason: typed['reason'] ?? '' })
      else if (act === 'consent') await withdrawConsent(ctx, by)
      else if (act === 'erase') {
        const erased = await askErasure(ctx, await context.get('installation').logOf(ctx.tenant), by)
        if (erased.erased) return seeOther(`${visit.base}/erased`)
      }
      return seeOther(`${visit.base}/cases/${by.number}/data?done=${act}`)
    })
  } catch (error) {
    if (!(error instanceof DomainError) || !['invalid', 'conflict'].includes(error.kind)) throw error
    return show(visit, context, { error, typed })
  }
}

async function show(visit: Visit, context: HttpContext, state: State = {}): Promise<Response> {
  const { language, base } = visit
  const t = dataTexts(language)
  const { held, promise } = await asParty(visit, async (ctx) => ({
    held: await viewHeld(ctx, { number: numberOf(context) }, language),
    promise: await answerParameter(ctx),
  }))
  const here = `${base}/cases/${held.number}/data`
  const done = context.req.query('done') ?? ''
  const said =
    done === 'contacts'
      ? t('done.contacts')
      : done === 'correct'
        ? t('done.correct')
        : done === 'consent'
          ? t('done.consent')
          : done === 'erase'
            ? t('done.erase')
            : ''
  const { error } = state
  return portalPage(
    visit,
    {
      title: `${t('title')} · ${held.number}`,
      path: `/cases/${held.number}/data`,
      active: 'track',
      width: 'wide',
      status: error ? (error.kind === 'conflict' ? 409 : 422) : 200,
      hasErrors: error !== undefined,
      before: <Back href={`${base}/cases/${held.number}`} />,
    },
    <>
      {error && (
        <ErrorSummary
          title={t('errors')}
          errors={
            error.fields.length > 0
              ? error.fields.map((field) => ({ text: field.message, href: `#${field.pointer.slice(1)}` }))
              : [{ text: t('nothing') }]
          }
        />
      )}
      {said !== '' && (
        <NotificationBanner type="success" title={t('doneTitle')}>
          {said}
        </NotificationBanner>
      )}
      <h1 class="govuk-heading-xl">
        <span class="govuk-caption-xl">{held.number}</span>
        {t('title')}
      </h1>
      <p class="govuk-body-l">{t('lead')}</p>
      <HeldTable visit={visit} held={held} />
      <h2 class="govuk-heading-m">{t('howLong')}</h2>
      <p class="govuk-body">
        {held.retention.until === null
          ? t('notYet', { class: keptFor(held.retention.class, language) })
          : t('until', { class: keptFor(held.retention.class, language), date: formatDate(held.retention.until, language) })}{' '}
        {t(held.retention.disposal === 'archive' ? 'thenArchive' : 'thenErase')}
        {markText(held.retention.mark, language)}
      </p>
      <Decisions visit={visit} held={held} />
      <h2 class="govuk-heading-m">{t('looked')}</h2>
      {held.looked.length === 0 ? (
        <p class="govuk-body">{t('nobody')}</p>
      ) : (
        <ul class="govuk-list govuk-list--bullet">
          {held.looked.map((look) => (
            <li>
              {formatInstant(look.at, visit.ctx.zone, language)} · {look.by} · {t('times', { times: look.times })}
            </li>
          ))}
        </ul>
      )}
      <Acts visit={visit} held={held} here={here} state={state} promise={promise} />
      <Asked visit={visit} held={held} />
    </>,
  )
}

function HeldTable({ visit, held }: { visit: Visit; held: Held }) {
  const t = dataTexts(visit.language)
  const text = (value: unknown, tag: string) => {
    if (tag === 'attachment') return t('file')
    if (typeof value === 'boolean') return value ? t('yes') : t('no')
    const plain = Array.isArray(value) ? value.join('、') : typeof value === 'string' || typeof value === 'number' ? String(value) : ''
    // The whole number is in the copy; a screen may be seen by others.
    return tag === 'id-number' ? maskNumber(plain) : plain
  }
  return (
    <>
      <h2 class="govuk-heading-m">{t('held')}</h2>
      <Table
        head={[t('what'), t('value'), t('purpose'), t('law')]}
        asCards
        rows={held.fields.map((field) => [
          { content: field.label },
          { content: <span class="xl-typed">{field.text ?? text(field.value, field.tag)}</span> },
          { content: field.purpose },
          {
            content: (
              <>
                {field.law} {!['V:L', 'V:C'].includes(field.mark) && <Tag colour="grey">{field.mark}</Tag>}
              </>
            ),
          },
        ])}
      />
    </>
  )
}

function Decisions({ visit, held }: { visit: Visit; held: Held }) {
  const t = dataTexts(visit.language)
  return (
    <>
      <h2 class="govuk-heading-m">{t('decisions')}</h2>
      {held.decisions.length === 0 && <p class="govuk-body">{t('noDecisions')}</p>}
      {held.decisions.map((decision) => (
        <Details summary={`${decision.document} ${decision.number}`}>
          <SummaryList
            rows={[
              { key: t('decidedBy'), value: decision.post },
              { key: t('decidedOn'), value: formatDate(decision.issuedOn, visit.language) },
              { key: t('law'), value: decision.law },
              ...decision.inputs.map((input) => ({ key: input.label, value: <span class="xl-typed">{input.text}</span> })),
            ]}
          />
          <p class="govuk-body">{t('human')}</p>
        </Details>
      ))}
    </>
  )
}

type ActsProps = { visit: Visit; held: Held; here: string; state: State; promise: ParameterRow }

function Acts({ visit, held, here, state, promise }: ActsProps) {
  const t = dataTexts(visit.language)
  const errors = Object.fromEntries((state.error?.fields ?? []).map((field) => [field.pointer.slice(1), field.message]))
  const errorOf = (name: string) => (errors[name] === undefined ? {} : { error: errors[name] })
  const act = (name: string) => <input type="hidden" name="act" value={name} />
  const value = (name: string, otherwise = '') => state.typed?.[name] ?? otherwise
  const { identity } = held.party
  return (
    <>
      <h2 class="govuk-heading-l">{t('rights')}</h2>
      <h3 class="govuk-heading-m">{t('copy')}</h3>
      <p class="govuk-body">{t('copyText')}</p>
      <Form action={here} attributes={{ 'data-turbo': 'false' }}>
        {act('copy')}
        <Button class="govuk-button--secondary">{t('copyButton')}</Button>
      </Form>
      <h3 class="govuk-heading-m">{t('contacts')}</h3>
      <p class="govuk-body">{t('contactsText')}</p>
      <Form action={here}>
        {act('contacts')}
        <Input
          name="phone"
          label={t('phone')}
          value={value('phone', identity.phone)}
          autocomplete="tel"
          class="govuk-input--width-20"
          {...errorOf('phone')}
        />
        <Input name="address" label={t('address')} value={value('address', identity.address)} autocomplete="street-address" {...errorOf('address')} />
        <Button class="govuk-button--secondary">{t('contactsButton')}</Button>
      </Form>
      <h3 class="govuk-heading-m">{t('correct')}</h3>
      <p class="govuk-body">
        {t('correctText', { days: promise.value })} <Tag colour="grey">{promise.mark}</Tag>
      </p>
      <Form action={here}>
        {act('correct')}
        <Select
          name="field"
          label={t('which')}
          value={value('field')}
          items={held.fields
            .filter((field) => field.form === 'filing' && field.tag !== 'attachment' && !field.isSealed)
            .map((field) => ({ value: field.name, text: field.label }))}
          {...errorOf('field')}
        />
        <Textarea name="value" label={t('right')} value={value('value')} rows={3} {...errorOf('value')} />
        <Textarea name="reason" label={t('why')} value={value('reason')} rows={3} {...errorOf('reason')} />
        <Button class="govuk-button--secondary">{t('correctButton')}</Button>
      </Form>
      {(held.party.electronicService || held.party.isPublic) && (
        <>
          <h3 class="govuk-heading-m">{t('consent')}</h3>
          <p class="govuk-body">{t('consentText')}</p>
          <Form action={here}>
            {act('consent')}
            <Button class="govuk-button--secondary">{t('consentButton')}</Button>
          </Form>
        </>
      )}
      <h3 class="govuk-heading-m">{t('erase')}</h3>
      <p class="govuk-body">{t('eraseText')}</p>
      <Form action={here}>
        {act('erase')}
        <Button class="govuk-button--warning">{t('eraseButton')}</Button>
      </Form>
      <InsetText>{t('sue')}</InsetText>
    </>
  )
}

/** The class of retention as a package writes it (10年, 永久) in the reader's language. */
const keptFor = (words: string, language: 'zh' | 'en'): string =>
  language === 'zh' ? words : words.replace(/^(\d+)年$/, '$1 years').replace(/^永久$/, 'for ever')
