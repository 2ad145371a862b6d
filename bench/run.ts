// npm run bench [-- cases pages documents ledger engine] [--quick] [--write] [--leaves=1000000] [--due=100000]
import { benchCases } from './cases.ts'
import { benchDocuments } from './documents.ts'
import { benchEngine } from './engine.ts'
import { benchLedger, type LedgerFigures, ledgerTargets } from './ledger.ts'
import { type Measured, machine, writeEvidence } from './measure.ts'
import { benchPages } from './pages.ts'
import { type Bench, openBench } from './town.ts'

const known = process.argv.slice(2)
const quick = known.includes('--quick')
/** Entries of the large log. */
const leaves = Number(known.find((argument) => argument.startsWith('--leaves='))?.slice('--leaves='.length) ?? (quick ? 20_000 : 1_000_000))
/** Timers that fall due at once, each of a case of its own. */
const due = Number(known.find((argument) => argument.startsWith('--due='))?.slice('--due='.length) ?? (quick ? 500 : 100_000))
const areas = {
  cases: async (bench: Bench) => tableOf(await benchCases(bench, quick ? 1 : 8)),
  pages: async (bench: Bench) => benchPages(bench, quick ? 1 : 5),
  documents: async (bench: Bench) => benchDocuments(bench, quick ? 10 : 200),
  ledger: async (bench: Bench) => writeLedger(await benchLedger(bench, quick ? 1 : 8, leaves)),
  engine: async (bench: Bench) => benchEngine(bench, quick ? 1 : 3, { due, open: quick ? 20_000 : 1_000_000 }),
}
type Area = keyof typeof areas
const isArea = (name: string): name is Area => Object.hasOwn(areas, name)
const asked = known.filter((argument) => !argument.startsWith('--'))
const wrong = asked.filter((name) => !isArea(name))
if (wrong.length > 0) throw new Error(`there is no area ${wrong.join(', ')}: choose from ${Object.keys(areas).join(', ')}`)
const chosen = (asked.length === 0 ? Object.keys(areas) : asked).filter(isArea)

const bench = await openBench()
const figures: Partial<Record<Area, unknown>> = {}
try {
  for (const area of chosen) {
    process.stdout.write(`\n${area}\n`)
    figures[area] = await areas[area](bench)
  }
} finally {
  await bench.close()
}
const { processor, processors, memoryGigabytes, node } = machine()
process.stdout.write(`\n${processors} × ${processor}, ${memoryGigabytes} GB, Node ${node}, PostgreSQL ${bench.cluster.version} with fsync\n`)
if (known.includes('--write'))
  writeEvidence('bench', { command: `npm run bench -- ${known.join(' ')}`, figures: { ...figures, postgres: bench.cluster.version } }, true)

/** The ledger's figures have a file of their own, with what was not reached. */
function writeLedger(measured: LedgerFigures): LedgerFigures {
  const evidence = { command: `npm run bench -- ${known.join(' ')}`, findings: measured.missed, figures: { ...measured, targets: ledgerTargets } }
  if (known.includes('--write')) writeEvidence('bench-ledger', evidence)
  return measured
}

function tableOf(rows: Awaited<ReturnType<typeof benchCases>>): unknown {
  const show = ({ perSecond, p50, p99 }: Measured) => ({ 'per second': Math.round(perSecond), 'p50 ms': rounded(p50), 'p99 ms': rounded(p99) })
  const lines = rows.flatMap((row) => [
    { connections: row.connections, what: `raw insert of ${row.bytes.filing} bytes`, ...show(row.rawInsert) },
    { connections: row.connections, what: 'filing', ...show(row.filing), 'of raw': `${Math.round(row.filingShare * 100)} %` },
    { connections: row.connections, what: 'raw begin, update, insert, commit', ...show(row.rawTransaction) },
    { connections: row.connections, what: 'completion', ...show(row.completion), 'of raw': `${Math.round(row.completionShare * 100)} %` },
  ])
  console.table(lines)
  return rows
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100
}
