// What stands in the public registers of the invented town, entered by the posts that keep them.
import { as, type Ctx } from '#kernel/context.ts'
import { addDays } from '#kernel/deadlines/dates.ts'
import { type Cell, getKeptRegister, keepEntry } from '#kernel/registers/kept.ts'
import { today } from '#kernel/towns/towns.ts'
import kept from './kept-entries.json' with { type: 'json' }
import { actorOf, type PostUsers } from './play-example.ts'

type Row = Record<string, Cell>

// The file is ours; TypeScript infers rows with columns that are not there.
const registers = kept as unknown as Record<string, Row[]>

/** A cell `-40d` is the day forty days before now, `+300d` one to come. */
const relative = /^([+-]\d+)d$/

/** Each entry is written by the holder of the duty in the body that it belongs to, as in a real town. */
export async function fillRegisters(ctx: Ctx, users: PostUsers): Promise<void> {
  const now = today(ctx)
  const dated = (cell: Cell): Cell => {
    const days = typeof cell === 'string' ? relative.exec(cell)?.[1] : undefined
    return days === undefined ? cell : addDays(now, Number(days))
  }
  for (const [slug, rows] of Object.entries(registers)) {
    const { keptBy } = await getKeptRegister(slug)
    for (const row of rows) {
      const cells = Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, dated(cell)]))
      const actor = await actorOf(ctx, `post:${keptBy.duty}@${row[keptBy.of]}`, '', users)
      await keepEntry(as(ctx, actor), slug, { cells, reason: '' })
    }
  }
}
