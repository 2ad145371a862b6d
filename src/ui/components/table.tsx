import { classes, present } from '../html.ts'
import type { Attributes, Child, Maybe } from '../html.ts'

export type Cell = { content?: Child; format?: string; class?: string; colspan?: number; rowspan?: number; attributes?: Attributes }
export type TableProps = {
  caption?: Child
  captionClass?: string
  head?: readonly (Cell | string)[]
  rows: readonly Maybe<readonly (Cell | string)[]>[]
  firstCellIsHeader?: boolean
  class?: string
  attributes?: Attributes
  /** On a phone each row is a card of its own and each cell says which column it was. */
  asCards?: boolean
  /** Names the table and lets it scroll sideways on a narrow screen, reachable by keyboard. */
  scrollLabel?: string
}

/** A table. Source: govuk-frontend `table`; `class="xl-table--dense"` for staff. */
export function Table(props: TableProps) {
  const table = (
    <table class={classes('govuk-table', props.class, props.asCards && 'xl-table--stack xl-table--cards')} {...props.attributes}>
      {props.caption && <caption class={classes('govuk-table__caption', props.captionClass)}>{props.caption}</caption>}
      {props.head && (
        <thead class="govuk-table__head">
          <tr class="govuk-table__row">
            {props.head.map((cell) => (
              <HeaderCell {...toCell(cell)} />
            ))}
          </tr>
        </thead>
      )}
      <tbody class="govuk-table__body">
        {present(props.rows).map((row) => (
          <tr class="govuk-table__row">
            {row.map((cell, index) =>
              index === 0 && props.firstCellIsHeader ? <RowHeader {...toCell(cell)} /> : <BodyCell {...underColumn(props, toCell(cell), index)} />,
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
  if (!props.scrollLabel) return table
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section class="xl-scroll" aria-label={props.scrollLabel} tabindex={0}>
      {table}
    </section>
  )
}

const toCell = (cell: Cell | string): Cell => (typeof cell === 'string' ? { content: cell } : cell)

/** The cell with the words of its column, for a phone. */
function underColumn({ asCards, head }: TableProps, cell: Cell, index: number): Cell {
  const column = head?.[index]
  const words = typeof column === 'object' ? column.content : column
  return asCards && typeof words === 'string' ? { ...cell, attributes: { ...cell.attributes, 'data-column': words } } : cell
}

const HeaderCell = (cell: Cell) => (
  <th
    scope="col"
    class={classes('govuk-table__header', cell.format && `govuk-table__header--${cell.format}`, cell.class)}
    colspan={cell.colspan}
    rowspan={cell.rowspan}
    {...cell.attributes}
  >
    {cell.content}
  </th>
)

const RowHeader = (cell: Cell) => (
  <th scope="row" class={classes('govuk-table__header', cell.class)} colspan={cell.colspan} rowspan={cell.rowspan} {...cell.attributes}>
    {cell.content}
  </th>
)

const BodyCell = (cell: Cell) => (
  <td
    class={classes('govuk-table__cell', cell.format && `govuk-table__cell--${cell.format}`, cell.class)}
    colspan={cell.colspan}
    rowspan={cell.rowspan}
    {...cell.attributes}
  >
    {cell.content}
  </td>
)
