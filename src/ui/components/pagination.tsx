import { useLanguage } from '../context.ts'
import { classes, present } from '../html.ts'
import type { Attributes, Child, Maybe } from '../html.ts'
import { uiTexts } from '../ui-texts.ts'

export type PageLink = { href: string; text?: Child; labelText?: string; attributes?: Attributes }
export type PageItem = {
  number?: string | number
  href?: string
  current?: boolean
  ellipsis?: boolean
  hiddenText?: string
  attributes?: Attributes
}
export type PaginationProps = {
  previous?: PageLink
  next?: PageLink
  items?: readonly Maybe<PageItem>[]
  landmarkLabel?: string
  class?: string
  attributes?: Attributes
}

/** Pages of a list, or previous and next of a text. Source: govuk-frontend `pagination`. */
export function Pagination(props: PaginationProps) {
  const t = uiTexts(useLanguage())
  const isBlock = !props.items && Boolean(props.next ?? props.previous)
  return (
    <nav
      class={classes('govuk-pagination', isBlock && 'govuk-pagination--block', props.class)}
      aria-label={props.landmarkLabel ?? t('pagination')}
      {...props.attributes}
    >
      {props.previous?.href && <ArrowLink link={props.previous} kind="prev" isBlock={isBlock} />}
      {props.items && (
        <ul class="govuk-pagination__list">
          {present(props.items)
            .filter((item) => item.ellipsis || item.number !== undefined)
            .map((item) => (
              <Item item={item} />
            ))}
        </ul>
      )}
      {props.next?.href && <ArrowLink link={props.next} kind="next" isBlock={isBlock} />}
    </nav>
  )
}

/** The numbers around the current page (1-based) with gaps: 1 … 4 5 6 … 20. */
export function pageItems(current: number, last: number, hrefOf: (page: number) => string): PageItem[] {
  const shown = [...new Set([1, current - 1, current, current + 1, last])].filter((page) => page >= 1 && page <= last).toSorted((a, b) => a - b)
  return shown.flatMap((page, index) => {
    const gap = page - (shown[index - 1] ?? page - 1) > 1 ? [{ ellipsis: true }] : []
    return [...gap, { number: page, href: hrefOf(page), current: page === current }]
  })
}

function ArrowLink({ link, kind, isBlock }: { link: PageLink; kind: 'prev' | 'next'; isBlock: boolean }) {
  return (
    <div class={`govuk-pagination__${kind}`}>
      <a class="govuk-link govuk-pagination__link" href={link.href} rel={kind} {...link.attributes}>
        {(isBlock || kind === 'prev') && <Arrow kind={kind} />}
        <span class={classes('govuk-pagination__link-title', isBlock && !link.labelText && 'govuk-pagination__link-title--decorated')}>
          {link.text ?? <DefaultText kind={kind} />}
        </span>
        {link.labelText && isBlock && (
          <>
            <span class="govuk-visually-hidden">:</span>
            <span class="govuk-pagination__link-label">{link.labelText}</span>
          </>
        )}
        {!isBlock && kind === 'next' && <Arrow kind={kind} />}
      </a>
    </div>
  )
}

/** In English the word "page" is only read out; in Chinese it belongs to the word. */
function DefaultText({ kind }: { kind: 'prev' | 'next' }) {
  const language = useLanguage()
  const text = uiTexts(language)(kind === 'prev' ? 'previous' : 'next')
  if (language === 'zh') return <>{text}</>
  return (
    <>
      {text.replace(' page', '')}
      <span class="govuk-visually-hidden"> page</span>
    </>
  )
}

function Item({ item }: { item: PageItem }) {
  const t = uiTexts(useLanguage())
  if (item.ellipsis) return <li class="govuk-pagination__item govuk-pagination__item--ellipsis">⋯</li>
  return (
    <li class={classes('govuk-pagination__item', item.current && 'govuk-pagination__item--current')}>
      <a
        class="govuk-link govuk-pagination__link"
        href={item.href}
        aria-label={item.hiddenText ?? t('page', { number: item.number ?? '' })}
        aria-current={item.current ? 'page' : undefined}
        {...item.attributes}
      >
        {item.number}
      </a>
    </li>
  )
}

const arrows = {
  prev: 'm6.5938-0.0078125-6.7266 6.7266 6.7441 6.4062 1.377-1.449-4.1856-3.9768h12.896v-2h-12.984l4.2931-4.293-1.414-1.414z',
  next: 'm8.107-0.0078125-1.4136 1.414 4.2926 4.293h-12.986v2h12.896l-4.1855 3.9766 1.377 1.4492 6.7441-6.4062-6.7246-6.7266z',
}

const Arrow = ({ kind }: { kind: 'prev' | 'next' }) => (
  <svg
    class={`govuk-pagination__icon govuk-pagination__icon--${kind}`}
    xmlns="http://www.w3.org/2000/svg"
    height="13"
    width="15"
    aria-hidden="true"
    focusable="false"
    viewBox="0 0 15 13"
  >
    <path d={arrows[kind]} />
  </svg>
)
