// Turns the options of govuk-frontend's macros into the props of our components. For tests.
// The fixtures are JSON without a published type, so options are read as loosely typed records.
import { raw } from 'hono/html'
import type { Child } from '../html.ts'
import { BackLink, Breadcrumbs } from './breadcrumbs.tsx'
import { Button } from './button.tsx'
import { Checkboxes } from './checkboxes.tsx'
import { DateInput } from './date-input.tsx'
import { Details } from './details.tsx'
import { ErrorSummary } from './error-summary.tsx'
import { Fieldset } from './fieldset.tsx'
import { FileUpload } from './file-upload.tsx'
import { Input } from './input.tsx'
import { InsetText } from './inset-text.tsx'
import { NotificationBanner } from './notification-banner.tsx'
import { Pagination } from './pagination.tsx'
import { Panel } from './panel.tsx'
import { Radios } from './radios.tsx'
import { Select } from './select.tsx'
import { SummaryList } from './summary-list.tsx'
import { Table } from './table.tsx'
import { Tag } from './tag.tsx'
import { Textarea } from './textarea.tsx'
import { WarningText } from './warning-text.tsx'

// oxlint-disable-next-line typescript/no-explicit-any -- third-party JSON; each renderer below names what it reads
type Options = any

const content = (o: Options): Child => (o?.html ? raw(o.html) : (o?.text ?? undefined))
const part = (o: Options): Options => o && { content: content(o), class: o.classes, attributes: o.attributes }
const heading = (o: Options): Options => (o && (o.html || o.text) ? { ...part(o), isPageHeading: o.isPageHeading } : undefined)
const error = (o: Options): Options => o && { ...part(o), prefix: o.visuallyHiddenText === undefined ? undefined : o.visuallyHiddenText || false }
const fieldset = (o: Options): Options =>
  o && { legend: heading(o.legend), class: o.classes, attributes: o.attributes, describedBy: o.describedBy, role: o.role }
const basics = (o: Options): Options => ({ ...o, class: o.classes, classes: undefined, html: undefined })

/** What all form fields have in common. */
const field = (o: Options): Options => ({
  ...basics(o),
  label: heading(o.label),
  hint: part(o.hint),
  error: error(o.errorMessage),
  errorMessage: undefined,
  fieldset: fieldset(o.fieldset),
  groupClass: o.formGroup?.classes,
  groupAttributes: o.formGroup?.attributes,
  before: content(o.formGroup?.beforeInput ?? o.formGroup?.beforeInputs),
  after: content(o.formGroup?.afterInput ?? o.formGroup?.afterInputs),
})

const choice = (o: Options): Options =>
  o?.divider
    ? { divider: o.divider }
    : o && {
        ...o,
        label: { content: content(o), class: o.label?.classes, attributes: o.label?.attributes },
        hint: o.hint && (o.hint.text || o.hint.html) ? part(o.hint) : undefined,
        conditional: o.conditional?.html ? raw(o.conditional.html) : undefined,
      }

const cell = (o: Options): Options => ({ ...basics(o), content: content(o) })
const action = (o: Options): Options => ({ ...basics(o), text: content(o), hiddenText: o.visuallyHiddenText })
const actions = (o: Options): Options => o && { class: o.classes, items: o.items?.map(action) }
const row = (o: Options): Options => o && { key: part(o.key), value: part(o.value), actions: actions(o.actions), class: o.classes }
const link = (o: Options): Options => o && { ...o, text: content(o) }

export const renderers: Record<string, (o: Options) => ReturnType<typeof Button>> = {
  button: (o) => (
    <Button {...basics(o)} isStart={o.isStartButton}>
      {o.html && o.isStartButton ? <span>{raw(o.html)}</span> : content(o)}
    </Button>
  ),
  input: (o) => (
    <Input
      {...field(o)}
      prefix={affix(o.prefix)}
      suffix={affix(o.suffix)}
      wrapperClass={o.inputWrapper?.classes}
      wrapperAttributes={o.inputWrapper?.attributes}
    />
  ),
  textarea: (o) => <Textarea {...field(o)} />,
  select: (o) => <Select {...field(o)} items={o.items ?? []} />,
  radios: (o) => <Radios {...field(o)} items={o.items.map(choice)} />,
  checkboxes: (o) => <Checkboxes {...field(o)} items={o.items.map(choice)} />,
  'date-input': (o) => <DateInput {...field(o)} items={dateItems(o)} />,
  'file-upload': (o) => <FileUpload {...field(o)} />,
  'error-summary': (o) => (
    <ErrorSummary
      {...basics(o)}
      title={o.titleHtml ? raw(o.titleHtml) : o.titleText}
      description={o.descriptionHtml ? raw(o.descriptionHtml) : o.descriptionText}
      errors={o.errorList?.map((item: Options) => ({ ...item, text: content(item) }))}
    />
  ),
  fieldset: (o) => (
    <Fieldset {...fieldset(o)} role={o.role}>
      {o.html && raw(o.html)}
    </Fieldset>
  ),
  table: (o) => <Table {...basics(o)} captionClass={o.captionClasses} head={o.head?.map(cell)} rows={o.rows.map((r: Options) => r && r.map(cell))} />,
  'summary-list': (o) => (
    <SummaryList
      {...basics(o)}
      rows={(o.rows ?? []).map(row)}
      card={
        o.card && {
          title: o.card.title && { ...part(o.card.title), headingLevel: o.card.title.headingLevel },
          actions: actions(o.card.actions),
          class: o.card.classes,
          attributes: o.card.attributes,
        }
      }
    />
  ),
  tag: (o) => <Tag {...basics(o)}>{content(o)}</Tag>,
  'notification-banner': (o) => (
    <NotificationBanner {...basics(o)} title={o.titleHtml ? raw(o.titleHtml) : o.titleText}>
      {o.html ? raw(o.html) : undefined}
    </NotificationBanner>
  ),
  pagination: (o) => (
    <Pagination
      {...basics(o)}
      previous={link(o.previous)}
      next={link(o.next)}
      items={o.items?.map((item: Options) => item && { ...item, hiddenText: item.visuallyHiddenText })}
    />
  ),
  breadcrumbs: (o) => <Breadcrumbs {...basics(o)} items={(o.items ?? []).map(link)} />,
  'back-link': (o) => <BackLink {...basics(o)}>{content(o)}</BackLink>,
  details: (o) => (
    <Details {...basics(o)} summary={o.summaryHtml ? raw(o.summaryHtml) : o.summaryText}>
      {content(o)}
    </Details>
  ),
  panel: (o) => (
    <Panel {...basics(o)} title={o.titleHtml ? raw(o.titleHtml) : o.titleText}>
      {content(o)}
    </Panel>
  ),
  'inset-text': (o) => <InsetText {...basics(o)}>{content(o)}</InsetText>,
  'warning-text': (o) => (
    <WarningText {...basics(o)} iconText={o.iconFallbackText}>
      {content(o)}
    </WarningText>
  ),
}

const affix = (o: Options): Options => (o && (o.text || o.html) ? part(o) : undefined)

/** Our standard order is year first, so the fixtures' day-first order is given to us explicitly. */
function dateItems(o: Options): Options[] {
  const wanted = (['day', 'month', 'year'] as const).filter((name) => o[name] !== null && o[name] !== false)
  const slots = wanted.map((name) => ({ name, ...o[name], width: name === 'year' ? 4 : undefined }))
  const items = o.items?.length ? o.items : slots
  return items.map((item: Options) => item && { ...basics(item), value: item.value ?? o.values?.[item.name] ?? namedValue(o, item) })
}

/** The macro also takes a value from the slot of the same name. */
const namedValue = (o: Options, item: Options) => ({ day: o.day, month: o.month, year: o.year })[String(item.name)]?.value
