import { classes, contentOf, detailed, headingTag, present } from '../html.ts'
import type { Attributes, Child, DetailedPart, Maybe, Part } from '../html.ts'

export type SummaryAction = { href: string; text: Child; hiddenText?: string; class?: string; attributes?: Attributes }
export type SummaryActions = { items?: readonly SummaryAction[]; class?: string }
export type SummaryRow = { key: Part; value: Part; actions?: SummaryActions; class?: string }
export type SummaryCard = {
  title?: Child | (DetailedPart & { headingLevel?: number })
  actions?: SummaryActions
  class?: string
  attributes?: Attributes
}
export type SummaryListProps = { rows: readonly Maybe<SummaryRow>[]; card?: SummaryCard; class?: string; attributes?: Attributes }

/** Keys and values with links to change them. Source: govuk-frontend `summary-list`. */
export function SummaryList(props: SummaryListProps) {
  const rows = present(props.rows)
  const anyActions = rows.some((row) => row.actions?.items?.length)
  const list = (
    <dl class={classes('govuk-summary-list', props.class)} {...props.attributes}>
      {rows.map((row) => (
        <Row row={row} cardTitle={contentOf(props.card?.title)} hasGap={anyActions && !row.actions?.items} />
      ))}
    </dl>
  )
  return props.card ? <Card {...props.card}>{list}</Card> : list
}

function Row({ row, cardTitle, hasGap }: { row: SummaryRow; cardTitle: Child; hasGap: boolean }) {
  const [key, value] = [detailed(row.key), detailed(row.value)]
  const items = row.actions?.items ?? []
  return (
    <div class={classes('govuk-summary-list__row', hasGap && 'govuk-summary-list__row--no-actions', row.class)}>
      <dt class={classes('govuk-summary-list__key', key?.class)}>{key?.content}</dt>
      <dd class={classes('govuk-summary-list__value', value?.class)}>{value?.content}</dd>
      {items.length > 0 && (
        <dd class={classes('govuk-summary-list__actions', row.actions?.class)}>
          {items.length === 1 ? (
            items.map((action) => <ActionLink action={action} cardTitle={cardTitle} />)
          ) : (
            <ul class="govuk-summary-list__actions-list">
              {items.map((action) => (
                <li class="govuk-summary-list__actions-list-item">
                  <ActionLink action={action} cardTitle={cardTitle} />
                </li>
              ))}
            </ul>
          )}
        </dd>
      )}
    </div>
  )
}

function Card(props: SummaryCard & { children: Child }) {
  const title = detailed(props.title)
  const level = title && 'headingLevel' in title && typeof title.headingLevel === 'number' ? title.headingLevel : 2
  const Heading = headingTag(level)
  return (
    <div class={classes('govuk-summary-card', props.class)} {...props.attributes}>
      <div class="govuk-summary-card__title-wrapper">
        {title && <Heading class={classes('govuk-summary-card__title', title.class)}>{title.content}</Heading>}
        <CardActions actions={props.actions} cardTitle={title?.content} />
      </div>
      <div class="govuk-summary-card__content">{props.children}</div>
    </div>
  )
}

function CardActions({ actions, cardTitle }: { actions?: SummaryActions; cardTitle: Child }) {
  const items = actions?.items ?? []
  if (items.length === 0) return null
  const className = classes('govuk-summary-card__actions', actions?.class)
  const links = items.map((action) => <ActionLink action={action} cardTitle={cardTitle} />)
  if (links.length === 1) return <div class={className}>{links}</div>
  return (
    <ul class={className}>
      {links.map((link) => (
        <li class="govuk-summary-card__action">{link}</li>
      ))}
    </ul>
  )
}

function ActionLink({ action, cardTitle }: { action: SummaryAction; cardTitle: Child }) {
  return (
    <a class={classes('govuk-link', action.class)} href={action.href} {...action.attributes}>
      {action.text}
      {(action.hiddenText || cardTitle) && (
        <span class="govuk-visually-hidden">
          {action.hiddenText && ` ${action.hiddenText}`}
          {cardTitle && <> ({cardTitle})</>}
        </span>
      )}
    </a>
  )
}
