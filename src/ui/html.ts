// Small shapes that the components share.
import { html } from 'hono/html'
import type { Child } from 'hono/jsx'

export type { Child }

/** Extra attributes, passed through; `undefined` leaves one out. */
export type Attributes = Record<string, string | number | boolean | undefined>

/** A piece of content, or a piece with its own class and attributes. Strings are escaped; markup is JSX. */
export type Part = Child | DetailedPart
export type DetailedPart = { content: Child; class?: string; attributes?: Attributes }

/** Absent items in lists are skipped, so that a caller may write `condition && item`. */
export type Maybe<Item> = Item | null | undefined | false | ''

export const present = <Item extends object>(items: readonly Maybe<Item>[]): Item[] => items.filter((item): item is Item => Boolean(item))

/** Class names joined by a space, without the absent ones. */
export const classes = (...names: (string | false | null | undefined)[]): string => names.filter(Boolean).join(' ')

/** A part in its long form, or undefined when there is nothing to show. */
export function detailed(part: Part | undefined): DetailedPart | undefined {
  if (part === undefined || part === null || part === false || part === '') return undefined
  return isDetailed(part) ? part : { content: part }
}

/** The tag of a heading of this level, 1 to 6. */
export const headingTag = (level: number) => headingTags[level - 1] ?? 'h6'
const headingTags = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'] as const

/** `spellcheck` is written out as a word, which hono's types do not expect. */
export const spellcheckOf = (spellcheck: boolean | undefined): Attributes => ({
  spellcheck: spellcheck === undefined ? undefined : String(spellcheck),
})

/** The content of a part, whichever form it has. */
export const contentOf = (part: Part | undefined): Child => detailed(part)?.content

const isDetailed = (part: Part): part is DetailedPart => typeof part === 'object' && part !== null && 'content' in part

/** A component as a string of HTML, once everything in it is ready: for tests, mails and streams. Routes use `context.html`. */
export async function renderHtml(content: Child): Promise<string> {
  return String(await html`${content}`)
}
