// Line breaking for labels in a picture, where nothing else breaks lines.

/** Not at the start of a line (GB/T 15834, CLREQ §6.1.1). */
const NO_START = '，。、；：？！）》」』”’】…—%,.;:?!)'

/** The width of a text in units of the font size: a full-width character is one, a Latin letter about half. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += isWide(character) ? 1 : /[A-Zmw@%]/.test(character) ? 0.72 : 0.54
  return width
}

/**
 * Breaks a text into at most `most` lines of `room` units (see widthOf). Chinese may break anywhere except before a closing mark;
 * Latin words stay whole unless longer than a line. What does not fit ends in an ellipsis.
 */
export function wrapText(text: string, room: number, most: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of piecesOf(text, room)) {
    if (piece !== '\n' && (!line || widthOf(line + piece.trimEnd()) <= room)) line += piece
    else {
      // A closing mark takes the character before it along to the next line.
      const taken = NO_START.includes(piece) ? (Array.from(line).at(-1) ?? '') : ''
      lines.push(line.slice(0, line.length - taken.length).trim())
      line = piece === '\n' ? '' : taken + piece.trimStart()
    }
  }
  if (line.trim()) lines.push(line.trim())
  if (lines.length <= most) return lines
  return [
    ...lines.slice(0, most - 1),
    `${Array.from(lines[most - 1] ?? '')
      .slice(0, -1)
      .join('')}…`,
  ]
}

function piecesOf(text: string, room: number): string[] {
  const words =
    text.match(
      /\n|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]+[^\S\n]*|[^\S\n]+/g,
    ) ?? []
  return words.flatMap((word) => (widthOf(word.trimEnd()) > room ? Array.from(word) : [word]))
}

const isWide = (character: string) =>
  /[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\u3000-\u303f]/.test(character) || character.length > 1
