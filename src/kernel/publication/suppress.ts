// The one suppressor: every published figure passes it. Small cells could point at a person.

/** Counts below this are hidden (architecture rule 5). */
export const smallestShown = 5

/** `null` is a hidden cell. Zero is shown: nobody stands behind it. */
export type Published = {
  rows: string[]
  columns: string[]
  cells: (number | null)[][]
  rowTotals: (number | null)[]
  columnTotals: (number | null)[]
  total: number | null
}

/**
 * Hides cells from 1 to 4, and then as many more (the smallest first) as are needed so that no hidden cell
 * can be computed back from a row, a column or a total.
 */
export const suppress = (rows: string[], columns: string[], counts: number[][]): Published => suppressBut(rows, columns, counts, [])

/**
 * Two tables of the same things with the same columns (by kind, by month): their totals are one, so a total hidden in one is hidden in the other,
 * and each is closed again until neither gives the other's hidden cells away.
 */
export function suppressTogether(columns: string[], tables: { rows: string[]; counts: number[][] }[]): Published[] {
  let closed: boolean[] = columns.map(() => false).concat(false)
  for (;;) {
    const published = tables.map(({ rows, counts }) => suppressBut(rows, columns, counts, closed))
    const next = closed.map((_, index) => published.some((table) => (index === columns.length ? table.total : table.columnTotals[index]) === null))
    if (next.every((hidden, index) => hidden === closed[index])) return published
    closed = next
  }
}

/** `closed`: totals of columns, and last the whole, that are hidden whatever they count. */
function suppressBut(rows: string[], columns: string[], counts: number[][], closed: boolean[]): Published {
  const height = rows.length
  const width = columns.length
  // The totals are cells too: the last row and column of one closed table in which every line adds up.
  const full = [...counts.map((row) => [...row, sum(row)]), columns.map((_, column) => sum(counts.map((row) => row[column] ?? 0)))]
  full[height]?.push(sum(counts.flat()))
  const hidden = full.map((row) => row.map((count) => count > 0 && count < smallestShown))
  for (const [column, isClosed] of closed.entries()) {
    const last = hidden[height]
    if (isClosed && last) last[column] = true
  }
  while (hideOneMore(full, hidden)) continue
  const shown = full.map((row, y) => row.map((count, x) => (hidden[y]?.[x] ? null : count)))
  return {
    rows,
    columns,
    cells: shown.slice(0, height).map((row) => row.slice(0, width)),
    rowTotals: shown.slice(0, height).map((row) => row[width] ?? null),
    columnTotals: (shown[height] ?? []).slice(0, width),
    total: shown[height]?.[width] ?? null,
  }
}

/** Finds a line with exactly one hidden cell and hides its smallest other cell that is not zero; false when there is none. */
function hideOneMore(full: number[][], hidden: boolean[][]): boolean {
  const height = full.length
  const width = full[0]?.length ?? 0
  const lines = [
    ...full.map((_, y) => Array.from({ length: width }, (_unused, x) => [y, x] as const)),
    ...Array.from({ length: width }, (_unused, x) => Array.from({ length: height }, (_other, y) => [y, x] as const)),
  ]
  for (const line of lines) {
    const closed = line.filter(([y, x]) => hidden[y]?.[x])
    if (closed.length !== 1) continue
    const open = line
      .filter(([y, x]) => !hidden[y]?.[x] && (full[y]?.[x] ?? 0) > 0)
      .sort(([a, b], [c, d]) => (full[a]?.[b] ?? 0) - (full[c]?.[d] ?? 0))
    const [next] = open
    if (!next) continue
    const row = hidden[next[0]]
    if (row) row[next[1]] = true
    return true
  }
  return false
}

const sum = (numbers: number[]) => numbers.reduce((left, right) => left + right, 0)
