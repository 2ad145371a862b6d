// One guard for every table that leaves as text: a spreadsheet must not take for a formula what a person typed.

/** A text that begins like a formula (also behind blanks, or in full width) gets an apostrophe in front; numbers stay as they are. */
export const safeCell = <Cell extends string | number>(cell: Cell): Cell | string =>
  typeof cell === 'string' && /^[\t\r\n]|^\s*[=+\-@＝＋－＠]/.test(cell) ? `'${cell}` : cell
