// A draft as people comment on it: in numbered paragraphs, whose numbers never change once it is put up.

/** `number` counts headings too, so that an anchor stays the same whatever is a heading. */
export type Paragraph = { number: number; isHeading: boolean; text: string }

export const mostParagraphs = 500
const heading = /^(?:第[一二三四五六七八九十百零〇\d]+[编章节](?:[\s　]|$)|[一二三四五六七八九十]+、[^。；]{1,40}$|#+\s)/u

/** Each line with words is a paragraph. Headings: `第一章 …`, a short `一、…`, or a line that begins with `#`. */
export function splitDraft(draft: string): Paragraph[] {
  return draft
    .replaceAll('\r', '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line, index) => ({ number: index + 1, isHeading: heading.test(line), text: line.replace(/^#+\s*/, '') }))
}
