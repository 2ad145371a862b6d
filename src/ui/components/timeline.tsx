import { classes, headingTag } from '../html.ts'
import type { Child } from '../html.ts'

/** One thing that happened (`done`), stands (`now`) or may come (`later`). `at` is shown as given; `datetime` is ISO 8601. */
export type TimelineItem = {
  title: Child
  at?: string
  datetime?: string
  by?: string
  state?: 'done' | 'now' | 'later'
  body?: Child
  stateText?: string
}

/** What happened, in order. After the timeline of the MoJ Pattern Library. */
export const Timeline = (props: { items: readonly TimelineItem[]; label: string; headingLevel?: 2 | 3 | 4 }) => {
  const Heading = headingTag(props.headingLevel ?? 3)
  return (
    <ol class="xl-timeline" aria-label={props.label}>
      {props.items.map((item) => (
        <li class={classes('xl-timeline__item', item.state && item.state !== 'done' && `xl-timeline__item--${item.state}`)}>
          <Heading class="xl-timeline__title">{item.title}</Heading>
          {(item.at ?? item.by ?? item.stateText) && (
            <p class="xl-timeline__meta">
              {item.stateText}
              {item.stateText && item.at && ' · '}
              {item.at && <time datetime={item.datetime}>{item.at}</time>}
              {item.by && `${(item.stateText ?? item.at) ? ' · ' : ''}${item.by}`}
            </p>
          )}
          {item.body && <div class="xl-timeline__body">{item.body}</div>}
        </li>
      ))}
    </ol>
  )
}
