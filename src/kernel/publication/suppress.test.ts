import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { smallestShown, suppress, suppressTogether } from './suppress.ts'

test('small counts are hidden, zero and larger ones shown', () => {
  const table = suppress(
    ['甲', '乙'],
    ['已办', '未办'],
    [
      [0, 12],
      [30, 8],
    ],
  )
  assert.deepEqual(table.cells, [
    [0, 12],
    [30, 8],
  ])
  assert.equal(table.total, 50)
})

test('a single hidden cell takes another with it in its row and its column', () => {
  const table = suppress(
    ['甲', '乙', '丙'],
    ['已办', '未办'],
    [
      [3, 12],
      [30, 8],
      [20, 9],
    ],
  )
  assert.equal(table.cells[0]?.[0], null)
  const hiddenInFirstRow = [...(table.cells[0] ?? []), table.rowTotals[0]].filter((cell) => cell === null).length
  assert.ok(hiddenInFirstRow >= 2)
  const firstColumn = [...table.cells.map((row) => row[0]), table.columnTotals[0]].filter((cell) => cell === null).length
  assert.ok(firstColumn >= 2)
})

test('no line of any table, totals included, leaves exactly one hidden cell to be computed back', () => {
  const counts = fc
    .integer({ min: 1, max: 4 })
    .chain((width) => fc.array(fc.array(fc.nat(40), { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }))
  fc.assert(
    fc.property(counts, (table) => {
      const width = table[0]?.length ?? 0
      const shown = suppress(
        table.map((_, index) => `r${index}`),
        Array.from({ length: width }, (_, index) => `c${index}`),
        table,
      )
      const closed = [...shown.cells.map((row, index) => [...row, shown.rowTotals[index] ?? null]), [...shown.columnTotals, shown.total]]
      const lines = [...closed, ...Array.from({ length: width + 1 }, (_, x) => closed.map((row) => row[x] ?? null))]
      const whole = table.map((row) => [...row, row.reduce((a, b) => a + b, 0)])
      const columns = Array.from({ length: width + 1 }, (_, x) => whole.reduce((sum, row) => sum + (row[x] ?? 0), 0))
      const truth = [...whole, columns]
      closed.forEach((row, y) => row.forEach((cell, x) => assert.ok(cell === null || cell === 0 || cell >= smallestShown || cell === truth[y]?.[x])))
      closed.forEach((row) => row.forEach((cell) => assert.ok(cell === null || cell === 0 || cell >= smallestShown)))
      for (const [index, line] of lines.entries()) {
        const hidden = line.filter((cell) => cell === null).length
        const real = index < closed.length ? (truth[index] ?? []) : truth.map((row) => row[index - closed.length] ?? 0)
        const positive = real.filter((count) => count > 0).length
        // With one positive cell beside its equal total both are hidden; a lone positive cell cannot stand in a closed line.
        assert.ok(hidden !== 1 || positive <= 1, `line ${index}: ${JSON.stringify(line)}`)
      }
    }),
    { seed: 7, numRuns: 500 },
  )
})

test('two tables of the same things hide the same totals, so that neither gives away a cell of the other', () => {
  const counts = fc.array(fc.array(fc.nat({ max: 9 }), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(counts, fc.nat(), (byKind, seed) => {
      // The same things counted by month: each count goes to one of two rows.
      const byMonth = [0, 1].map((month) =>
        [0, 1, 2].map((column) => byKind.reduce((sum, row, index) => ((index + column + seed) % 2 === month ? sum + (row[column] ?? 0) : sum), 0)),
      )
      const tables = suppressTogether(
        ['甲', '乙', '丙'],
        [
          { rows: byKind.map((_, index) => `类${index}`), counts: byKind },
          { rows: ['一月', '二月'], counts: byMonth },
        ],
      )
      const [kinds, months] = tables
      assert.ok(kinds && months)
      assert.deepEqual(
        kinds.columnTotals.map((total) => total === null),
        months.columnTotals.map((total) => total === null),
      )
      assert.equal(kinds.total === null, months.total === null)
      for (const { cells, rowTotals, columnTotals, total } of tables) {
        const full = [...cells.map((row, index) => [...row, rowTotals[index] ?? null]), [...columnTotals, total]]
        for (const row of full) if (row.some((cell) => cell !== 0)) assert.notEqual(row.filter((cell) => cell === null).length, 1)
      }
    }),
  )
})
