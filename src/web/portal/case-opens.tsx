// What the outcome of a case opens to its party, as a checklist: entries of a public register, each with where to go (manifest `opens`).
import type { CaseView } from '#kernel/cases/view.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { getKeptRegister, type KeptEntry, type KeptRegister, readKept } from '#kernel/registers/kept.ts'
import type { Visit } from '#http/visit.ts'
import { aboutOf, cellText, MatterLink, openMatters } from './registers-page.tsx'

/** The register and its entries; undefined while the case has not come so far, or when nothing is registered. */
export type Opened = { register: KeptRegister; entries: KeptEntry[]; matters: ReadonlySet<string> }

/** What stands open to the party of this case today. */
export async function readOpened(visit: Visit, view: CaseView, { manifest }: Package): Promise<Opened | undefined> {
  const { opens } = manifest
  if (!opens || view.marks[opens.after] !== 'done') return undefined
  const register = await getKeptRegister(opens.register)
  const entries = (await readKept(visit.ctx, register)).toReversed()
  return entries.length === 0 ? undefined : { register, entries, matters: await openMatters(visit) }
}

/** One list for each kind (the register’s first choice), each item with where to go and a link where it can be done here. */
export function OpenedList({ visit, opened }: { visit: Visit; opened: Opened | undefined }) {
  if (!opened) return null
  const { register, entries, matters } = opened
  const kind = register.columns.find((column) => column.kind === 'choice')
  const groups = kind ? kind.choices : ['']
  return (
    <section aria-labelledby="opened">
      <h2 class="govuk-heading-m" id="opened">
        {register.title[visit.language]}
      </h2>
      {groups.map((group) => {
        const own = entries.filter(({ cells }) => !kind || cells[kind.id] === group)
        if (own.length === 0) return null
        return (
          <>
            {kind && <h3 class="govuk-heading-s">{cellText(visit, register, kind, group)}</h3>}
            <ul class="govuk-list govuk-list--bullet govuk-list--spaced">
              {own.map((entry) => (
                <Item visit={visit} register={register} cells={entry.cells} matters={matters} />
              ))}
            </ul>
          </>
        )
      })}
      <p class="govuk-body-s">
        <a class="govuk-link" href={`${visit.base}/registers/${register.slug}`}>
          {register.title[visit.language]}
        </a>
      </p>
    </section>
  )
}

type ItemProps = { visit: Visit; register: KeptRegister; cells: KeptEntry['cells']; matters: ReadonlySet<string> }

function Item({ visit, register, cells, matters }: ItemProps) {
  const about = aboutOf(register, cells)
  const [, where] = register.columns.filter((column) => column.kind === 'text')
  const slug = String(cells[register.columns.find((column) => column.kind === 'matter')?.id ?? ''] ?? '')
  return (
    <li>
      {about}
      {where && cells[where.id] !== undefined && (
        <>
          <br />
          <span class="govuk-hint">{cells[where.id]}</span>
        </>
      )}
      {matters.has(slug) && (
        <>
          <br />
          <MatterLink visit={visit} slug={slug} about={about} />
        </>
      )}
    </li>
  )
}
