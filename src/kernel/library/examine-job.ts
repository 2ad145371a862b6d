// Everything the platform has to say about a package, in one pass: form, charter, references, every reachable state, every example.
import { isRehearsable } from './rehearsable.ts'
import { type Exploration, explore } from '../engine/explore.ts'
import type { Graph } from '../engine/types.ts'
import type { PackageFinding } from '../procedures/charter.ts'
import { loadPackage, type Package, type PackageFiles } from '../procedures/load-package.ts'
import { checkVersion, stuckStates } from '../procedures/packages.ts'
import { buildCalendar } from '../deadlines/calendar.ts'
import { clausesOf } from '../towns/clauses.ts'
import type { Town } from '../towns/towns.ts'
import { type Difference, formCheck, toScript, tryExample } from './script.ts'
import type { PlainCalendar, Script } from './rehearsal-types.ts'

/** How far an examination goes: what can be read off the files; also every state that the diagram can reach; also every example. */
export type Depth = 'glance' | 'states' | 'examples'

/** `linked`: files of the procedures that links name, when examples are played. */
export type ExamineJob = {
  files: PackageFiles
  linked: PackageFiles[]
  depth: Depth
  zone: string
  calendar: PlainCalendar
  overrides: Script['overrides']
}

export type ExampleResult = { name: string; title: string; steps: number; differences: Difference[] }

/** `states`: how many the explorer saw; absent when the package could not be loaded. `isGlance`: it did not look at them. */
export type Examination = { findings: PackageFinding[]; examples: ExampleResult[]; states?: number; hash?: string; isGlance?: true }

/** Runs in a worker that can be killed: what it reads was written by people. */
export async function examine(job: ExamineJob): Promise<Examination> {
  const { procedure, findings } = await loadPackage(job.files)
  if (!procedure) return { findings, examples: [] }
  const glanced = [...findings, ...checkVersion(procedure)]
  if (job.depth === 'glance') return { findings: glanced, examples: [], hash: procedure.hash, isGlance: true }
  const exploration = exploreOnce(procedure.graph)
  const { states } = exploration
  const all = [...glanced, ...stuckStates(procedure, exploration)]
  if (job.depth === 'states') return { findings: all, examples: [], states, hash: procedure.hash }
  const examples = playAll(procedure, await loadLinked(job.linked), townOf(job))
  return { findings: [...all, ...examples.flatMap(toFindings)], examples, states, hash: procedure.hash }
}

const explored = new Map<string, Exploration>()
const mostExplored = 20

/** What a diagram can do depends neither on its words nor on law, forms and events: after a change of those nothing is explored again. */
function exploreOnce({ process, elements, flows }: Graph): Exploration {
  const wordless = new Set(['name', 'documentation', 'xl', 'lane'])
  const key = JSON.stringify([process, elements, flows], (name, value: unknown) => (wordless.has(name) ? undefined : value))
  const known = explored.get(key)
  if (known) return known
  if (explored.size >= mostExplored) explored.clear()
  const made = explore({ format: 1, process, elements, flows, lanes: {} })
  explored.set(key, made)
  return made
}

async function loadLinked(linked: PackageFiles[]): Promise<Map<string, Package>> {
  const loaded = await Promise.all(linked.map((files) => loadPackage(files, { accepted: true })))
  return new Map(loaded.flatMap(({ procedure }) => (procedure ? [[procedure.slug, procedure] as const] : [])))
}

function playAll(procedure: Package, linked: Map<string, Package>, town: Town): ExampleResult[] {
  const find = (slug: string) => (slug === procedure.slug ? procedure : linked.get(slug))
  return [...procedure.examples].flatMap(([name, example]) => {
    if (!isRehearsable(procedure, example)) return []
    const { differences } = tryExample(toScript(procedure, example, town, find), example.expect, formCheck(find))
    return [{ name, title: example.title, steps: example.steps.length, differences }]
  })
}

const toFindings = ({ name, differences }: ExampleResult): PackageFinding[] =>
  differences.map(({ place, message }) => ({ place: `examples/${name}.json#/${place}`, rule: 'example.differs', message, severity: 'error' }))

function townOf({ zone, calendar, overrides }: ExamineJob): Town {
  const none = new Map()
  const days = calendar.days.map(([date, day]) => ({ date, ...day }))
  return {
    tenant: 'examination',
    name: { zh: '', en: '' },
    zone,
    demo: true,
    settings: {},
    calendar: buildCalendar(
      days,
      calendar.announced.map((year) => ({ year })),
    ),
    organizations: none,
    posts: none,
    villages: none,
    mediators: none,
    clauses: clausesOf([]),
    overrides: new Map(overrides),
  }
}
