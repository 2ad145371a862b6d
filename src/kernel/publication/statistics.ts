// What a package counts of its cases (`statistics` in procedure.json): the word of a choice, kept beside the case for the yearly report.
import type { FormData } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import type { PackageFinding } from '../procedures/charter.ts'

/** The counted choices of a case so far, by statistic; empty for a procedure that counts nothing. */
export function statisticsOf(procedure: Package, content: Record<string, FormData>): Record<string, string> {
  return Object.fromEntries(
    procedure.manifest.statistics.flatMap(({ id, field }): [string, string][] => {
      const [element = '', name = ''] = field.split('.')
      const value = content[element]?.[name]
      return typeof value === 'string' && choicesOf(procedure, field).includes(value) ? [[id, value]] : []
    }),
  )
}

/** Choices of a counted field, in the order of its form; none when it is no choice. */
export function choicesOf({ graph, forms }: Pick<Package, 'graph' | 'forms'>, field: string): string[] {
  const [element = '', name = ''] = field.split('.')
  const form = forms.get(element === 'filing' ? 'filing' : (graph.elements[element]?.xl.form ?? ''))
  const property = form?.schema.properties[name]
  return property?.['x-tag'] === 'choice' && property['x-visibility'] !== 'sealed' ? (property.enum ?? []).map(String) : []
}

/** A report counts choices only: no words, no persons, nothing sealed. */
export function checkStatistics({ manifest, graph, forms }: Pick<Package, 'manifest' | 'graph' | 'forms'>): PackageFinding[] {
  return manifest.statistics.flatMap(({ field }, index): PackageFinding[] =>
    choicesOf({ graph, forms }, field).length > 0
      ? []
      : [
          {
            place: `procedure.json#/statistics/${index}`,
            rule: 'package.statistics',
            message: `“${field}” is no choice of a form that a report may count.`,
            severity: 'error',
          },
        ],
  )
}
