// xiangli procedure lint FOLDER | FILE.bpmn, xiangli register lint FOLDER: every finding, one JSON line each, without a database.
import { readFile, stat } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { compile } from '#kernel/engine/compile.ts'
import { explore } from '#kernel/engine/explore.ts'
import type { Compiled } from '#kernel/engine/types.ts'
import { examine } from '#kernel/library/examine-job.ts'
import { shippedCalendar } from '#kernel/deadlines/seed.ts'
import { readPackageFolder } from '#kernel/procedures/packages.ts'
import { lintRegister as lint } from '#kernel/registers/load-register.ts'
import { type Command, Unusable } from './command.ts'

type Line = { element: string; rule: string; message: string }

/** Prints `{element, rule, message}` lines. Exit code 1 if there is any, 0 if none, 2 when it cannot be read. */
export async function lintProcedure(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new Unusable(`${path} cannot be read.`)
  const lines = found.isDirectory() ? await lintFolder(path) : await lintDiagram(path)
  for (const { element, rule, message } of lines) process.stdout.write(`${JSON.stringify({ element, rule, message })}\n`)
  return lines.length > 0 ? 1 : 0
}

/** All that the library would say: also every reachable state and every example. `element` is its id, or the place in the package. */
async function lintFolder(folder: string): Promise<Line[]> {
  const calendar = shippedCalendar()
  const { findings } = await examine({
    files: await readPackageFolder(folder),
    linked: await readLinked(folder),
    depth: 'examples',
    zone: 'Asia/Shanghai',
    calendar: { version: calendar.version, announced: [...calendar.announced], days: [...calendar.days] },
    overrides: [],
  })
  return findings.map(({ place, rule, message }) => ({ element: /^diagram\.bpmn#(.+)$/.exec(place)?.[1] ?? place, rule, message }))
}

/** Procedures that links name are looked for beside this folder. */
async function readLinked(folder: string) {
  const manifest: unknown = JSON.parse(await readFile(`${folder}/procedure.json`, 'utf8').catch(() => '{}'))
  const links: unknown = manifest !== null && typeof manifest === 'object' && 'links' in manifest ? manifest.links : {}
  const slugs = Object.values(links ?? {}).filter((slug): slug is string => typeof slug === 'string' && /^[a-z][a-z0-9-]*$/.test(slug))
  const folders = await Promise.all(slugs.map((slug) => readPackageFolder(`${folder}/../${slug}`).catch(() => undefined)))
  return folders.filter((files) => files !== undefined)
}

async function lintDiagram(file: string): Promise<Line[]> {
  const xml = await readFile(file, 'utf8').catch(() => {
    throw new Unusable(`${file} cannot be read.`)
  })
  const compiled = await compile(xml, { profile: 'full' })
  const executable = /isExecutable\s*=\s*["'](true|1)["']/.test(xml)
  const findings = compiled.findings.filter((finding) => finding.severity === 'error' || isSaid(finding.rule, executable))
  if (findings.some((finding) => finding.severity === 'error')) return findings
  return [...findings, ...deadEnds(compiled)]
}

/** What a drawing that is not meant to run may leave open (BPMN 2.0.2 §2.2, descriptive conformance); and what only our packages must keep. */
const open = new Set([
  'bpmn.called-element',
  'bpmn.loop-condition',
  'bpmn.multi-count',
  'bpmn.timer',
  'bpmn.condition',
  'bpmn.condition-missing',
  'bpmn.event-definition',
])
const never = new Set(['bpmn.unknown-attribute', 'bpmn.dangling-reference', 'bpmn.start-trigger', 'feel.condition'])

const isSaid = (rule: string, executable: boolean) => rule.startsWith('bpmn.') && !never.has(rule) && (executable || !open.has(rule))

/** States from which the end cannot be reached, e.g. a parallel gateway that joins what an exclusive one parted. */
function deadEnds({ graphs }: Compiled): Line[] {
  return graphs.flatMap((graph) =>
    explore(graph, { limit: 20_000 })
      .faults.filter((fault) => fault.rule === 'explore.stuck' || fault.rule === 'explore.growth' || fault.rule === 'explore.runaway')
      .map((fault) => ({
        element: fault.elements.join(',') || graph.process,
        rule: fault.rule,
        message: `${fault.message} (${fault.trace.join(' → ')})`,
      })),
  )
}

/** The same for a register's folder. */
async function lintRegister(folder: string): Promise<number> {
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory()) throw new Unusable(`${folder} is not a folder.`)
  const findings = await lint(pathToFileURL(`${folder.replace(/\/+$/, '')}/`))
  for (const finding of findings) process.stdout.write(`${JSON.stringify(finding)}\n`)
  return findings.some((finding) => finding.severity === 'error') ? 1 : 0
}

/** Checks of definitions of registers; those of procedures are in procedure-commands.ts. */
export const lintCommands: Record<string, Command> = {
  'register lint': {
    about: 'check the definition of a register',
    positionals: ['FOLDER'],
    options: {},
    run: ({ positionals }) => lintRegister(positionals[0] ?? ''),
  },
}
