// Legal numbers in texts: `{parameter.acceptance-days}` becomes the number in force today, the town's own row first.
import type { CalendarDate } from '../clock.ts'
import { resolveParameter } from '../deadlines/parameters.ts'
import type { Town } from '../towns/towns.ts'
import type { PackageFinding } from './charter.ts'
import type { Package, Texts } from './load-package.ts'
import type { Manifest } from './manifest.ts'

const placeholder = /\{parameter\.([a-z0-9-]+)\}/g

type Filled = { on: CalendarDate; overrides: Town['overrides']; procedure: Package }
const filled = new WeakMap<Package, Map<string, Filled>>()

/** The package with the town's numbers in its texts. Made once for each town and day; the town's own rows change rarely. */
export function withNumbers(procedure: Package, town: Town, on: CalendarDate): Package {
  if (!Object.values(procedure.texts.zh).some((text) => text.includes('{parameter.'))) return procedure
  const towns = filled.get(procedure) ?? new Map<string, Filled>()
  filled.set(procedure, towns)
  const known = towns.get(town.tenant)
  if (known && known.on === on && known.overrides === town.overrides) return known.procedure
  const fill = (texts: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(texts).map(([key, text]) => [
        key,
        text.replaceAll(placeholder, (whole, id: string) => numberOf(procedure.manifest, town, id, on) ?? whole),
      ]),
    )
  const made = { ...procedure, texts: { zh: fill(procedure.texts.zh), en: fill(procedure.texts.en) } }
  towns.set(town.tenant, { on, overrides: town.overrides, procedure: made })
  return made
}

function numberOf(manifest: Manifest, town: Town, id: string, on: CalendarDate): string | undefined {
  const rows = manifest.parameters.filter((row) => row.id === id)
  const first = rows.toSorted((a, b) => a.from.localeCompare(b.from))[0]
  if (!first) return undefined
  // Before the first row is in force its number is the best that can be said.
  return String(resolveParameter(rows, town.overrides.get(`${manifest.slug}/${id}`) ?? [], on < first.from ? first.from : on).value)
}

/** A text names only numbers that the package has. */
export function checkNumbers(manifest: Manifest, texts: Texts): PackageFinding[] {
  const known = new Set(manifest.parameters.map((row) => row.id))
  return (['zh', 'en'] as const).flatMap((language) =>
    Object.entries(texts[language]).flatMap(([key, text]) =>
      [...text.matchAll(placeholder)].flatMap(([whole, id = '']): PackageFinding[] =>
        known.has(id)
          ? []
          : [
              {
                place: `texts.${language}.json#/${key}`,
                rule: 'package.parameter',
                message: `“${whole}” is not a parameter of this package.`,
                severity: 'error',
              },
            ],
      ),
    ),
  )
}
