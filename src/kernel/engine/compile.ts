import { checkDrawing } from './drawing.ts'
import { checkDocument } from './document-structure.ts'
import { report } from './findings.ts'
import type { Compiling } from './findings.ts'
import { checkStructure } from './structure.ts'
import { isModdle, list, parseXml, text } from './moddle.ts'
import type { Moddle } from './moddle.ts'
import { readCollaboration } from './read-collaboration.ts'
import { readProcess } from './read-process.ts'
import type { Compiled, Graph, Profile } from './types.ts'
import { setUpstream } from './upstream.ts'

const emptyGraph = (): Graph => ({ format: 1, process: '', elements: {}, flows: {}, lanes: {} })

/**
 * Reads BPMN 2.0 XML into a graph and says everything that is wrong with it: what is not BPMN, what breaks a rule of the standard,
 * and what this profile does not run. Never throws for bad input; run the graph only if no finding is an error. Cache by content hash.
 */
export async function compile(xml: string, { profile = 'package' }: { profile?: Profile } = {}): Promise<Compiled> {
  const collaboration = { participants: [], messageFlows: [], correlations: [], names: {} }
  const compiling: Compiling = { graph: emptyGraph(), executable: false, profile, collaboration, findings: [] }
  const definitions = await parse(compiling, xml)
  if (!definitions) return finished(compiling, [], definitions)
  compiling.collaboration = readCollaboration(definitions)
  const processes = findProcesses(compiling, definitions)
  const graphs = processes.map((process) => compileProcess(compiling, process))
  checkDocument(compiling, definitions, graphs)
  for (const graph of graphs) {
    compiling.graph = graph
    checkStructure(compiling)
    setUpstream(graph)
    if (profile === 'package') checkDrawing(compiling, definitions)
  }
  return finished(compiling, graphs, definitions)
}

function finished(compiling: Compiling, graphs: Graph[], definitions: unknown): Compiled {
  const { collaboration, findings } = compiling
  return { graph: graphs[0] ?? emptyGraph(), graphs, collaboration, findings, definitions }
}

function compileProcess(compiling: Compiling, process: Moddle): Graph {
  const graph = emptyGraph()
  compiling.graph = graph
  graph.process = text(process, 'id') ?? ''
  compiling.executable = process['isExecutable'] === true
  readProcess(compiling, process)
  return graph
}

async function parse(compiling: Compiling, xml: string): Promise<Moddle | undefined> {
  try {
    const { rootElement, warnings } = await parseXml(xml)
    for (const { message } of warnings) reportWarning(compiling, message)
    if (isModdle(rootElement) && rootElement.$type === 'bpmn:Definitions') return rootElement
    report(compiling, '', 'bpmn.parse', 'This is not a BPMN definitions document.')
  } catch (error) {
    report(compiling, '', 'bpmn.parse', `This is not BPMN XML: ${error instanceof Error ? error.message : String(error)}`)
  }
  return undefined
}

// moddle reads on after a mistake and leaves out what it did not understand; for us each is a reason to refuse.
function reportWarning(compiling: Compiling, message: string): void {
  if (message.startsWith('unknown attribute <xl:')) return // kept in Xl.ext
  const short = message.replaceAll(/\s+/g, ' ')
  const quoted = /(?:duplicate ID|unresolved reference|unknown attribute) <([^>]*)>/.exec(message)?.[1] ?? ''
  if (message.includes('duplicate ID')) return report(compiling, quoted, 'bpmn.duplicate-id', `The id “${quoted}” is used twice.`)
  if (message.startsWith('unresolved reference')) {
    // Others refer to their own services and types by qualified name; a name with a colon is not in this document.
    const severity = compiling.profile === 'full' && quoted.includes(':') ? 'warning' : 'error'
    return report(compiling, quoted, 'bpmn.dangling-reference', `“${quoted}” is referred to and does not exist.`, severity)
  }
  if (message.startsWith('unknown attribute'))
    return report(compiling, '', 'bpmn.unknown-attribute', `Nobody knows the attribute “${quoted}”.`, 'warning')
  if (message.includes('unknown type')) return report(compiling, '', 'bpmn.unknown-element', short)
  report(compiling, '', 'bpmn.parse', short)
}

function findProcesses(compiling: Compiling, definitions: Moddle): Moddle[] {
  const processes = list(definitions, 'rootElements').filter((root) => root.$type === 'bpmn:Process')
  const filled = processes.filter((process) => list(process, 'flowElements').length > 0)
  if (filled.length === 0) report(compiling, '', 'bpmn.no-process', 'The document has no process with content.')
  if (compiling.profile === 'full') return filled
  if (filled.length > 1)
    report(compiling, text(filled[1] ?? definitions, 'id') ?? '', 'profile.one-process', 'A procedure has one process; others are black boxes.')
  return filled.slice(0, 1)
}
