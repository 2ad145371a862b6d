// xiangli run FILE.bpmn [options in the order in which they act]    xiangli run --batch REQUESTS.jsonl
//
// Options: --data JSON  --start EL  --complete EL[i][=JSON]  --error EL[i]=CODE  --message NAME[=JSON]  --signal NAME  --advance PT2H
// --until idle|INSTANT  --at INSTANT (the clock's start, 2026-01-01T00:00:00Z).
//
// A batch holds one request on each line: {"file": …, "steps": [{"data": {…}}, {"complete": "EL={…}"}, {"advance": "PT2H"}, …]}, or the
// option names as fields, one value or a list, acting in the order in which they are written. Instead of "EL[i]={…}" a step may
// say {"complete": {"element": "EL", "index": 0, "data": {…}}} and {"message": {"name": "M", "data": {…}}}; files are found from
// the folder of the batch. Each result line is {"id"?, "file", "events": […], "end", "reason"?, "exit"}.
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { DomainError } from '#kernel/errors.ts'
import { compile } from '#kernel/engine/compile.ts'
import { simulate, type Result, type Step } from '#kernel/engine/simulation.ts'

const usage =
  'Usage: xiangli run FILE.bpmn [--data JSON] [--start EL] [--complete EL[i][=JSON]] [--error EL=CODE] [--message NAME[=JSON]]\n' +
  '       [--signal NAME] [--advance PT2H] [--until idle]… in the order in which they act, or xiangli run --batch REQUESTS.jsonl\n'

/** What cannot be run: wrong arguments, an unreadable file, a broken diagram. */
class Unusable extends Error {}

type Request = { file: string; steps: Step[]; at?: Date }

/**
 * Runs one file or a batch and prints one JSON value on each line. Exit codes: 0 completed or waiting, 1 failed, 2 unusable arguments
 * or diagram (the reason is on standard error, and in the last line).
 */
export async function run(args: string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage)
    return 0
  }
  if (args[0] === '--batch') return runBatch(args[1])
  try {
    const { lines, ...end } = await runRequest(readArguments(args), (text) => process.stderr.write(`${text}\n`))
    process.stdout.write([...lines, end].map((line) => `${JSON.stringify(line)}\n`).join(''))
    return end.end === 'failed' ? 1 : 0
  } catch (error) {
    const reason = reasonOf(error)
    process.stderr.write(`${reason}\n${args.length === 0 ? usage : ''}`)
    process.stdout.write(`${JSON.stringify({ end: 'failed', reason })}\n`)
    return 2
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Unusable || error instanceof DomainError) return error.message
  throw error
}

async function runRequest({ file, steps, at }: Request, note: (text: string) => void): Promise<Result> {
  const xml = await readFile(file, 'utf8').catch(() => {
    throw new Unusable(`${file} cannot be read.`)
  })
  const compiled = await compile(xml, { profile: 'full' })
  const broken = compiled.findings.filter((finding) => finding.severity === 'error')
  if (broken.length > 0) throw new Unusable(broken.map(({ element, rule, message }) => JSON.stringify({ element, rule, message })).join('\n'))
  const noted = new Set<string>()
  const once = (text: string) => {
    if (!noted.has(text)) note(text)
    noted.add(text)
  }
  return simulate(compiled, steps, { note: once, ...(at && { at }) })
}

function readArguments(args: string[]): Request {
  const request: Request = { file: '', steps: [] }
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    if (!arg.startsWith('--')) {
      if (request.file !== '') throw new Unusable(`“${arg}” is one file too many.`)
      request.file = arg
      continue
    }
    const equals = /^(--[a-z]+)=(.*)$/s.exec(arg)
    const value = equals?.[2] ?? args[++index]
    if (value === undefined) throw new Unusable(`${arg} needs a value.`)
    addOption(request, (equals?.[1] ?? arg).slice(2), value)
  }
  if (request.file === '') throw new Unusable('Which file?')
  return request
}

function addOption(request: Request, name: string, value: unknown): void {
  if (name === 'at') request.at = readInstant(value)
  else request.steps.push(readStep(name, value))
}

function readInstant(value: unknown): Date {
  const at = new Date(String(value))
  if (Number.isNaN(at.getTime())) throw new Unusable(`“${String(value)}” is not an instant.`)
  return at
}

function readStep(name: string, value: unknown): Step {
  switch (name) {
    case 'data':
      return { do: 'data', data: typeof value === 'string' ? parseObject(value) : toObject(value) }
    case 'start':
      return { do: 'start', element: toText(name, value) }
    case 'complete':
      return { do: 'complete', ...readTarget(name, value) }
    case 'error': {
      const [, element = '', index, code] = /^([^[=]+)(?:\[(\d+)\])?=(.+)$/s.exec(toText(name, value)) ?? []
      if (code === undefined) throw new Unusable('--error needs EL=CODE.')
      return { do: 'error', element, code, ...(index !== undefined && { index: Number(index) }) }
    }
    case 'message': {
      const { element, data } = readTarget(name, value)
      return { do: 'message', name: element, ...(data && { data }) }
    }
    case 'signal':
      return { do: 'signal', name: toText(name, value) }
    case 'advance':
      return { do: 'advance', duration: toText(name, value) }
    case 'until':
      return { do: 'until', until: toText(name, value) }
    default:
      throw new Unusable(`There is no option --${name}.`)
  }
}

type Target = { element: string; index?: number; data?: Record<string, unknown> }

// `EL`, `EL[2]`, `EL={"ok":true}`, `EL[2]={…}`, or the same as an object.
function readTarget(option: string, value: unknown): Target {
  if (isObject(value)) {
    const index = value['index'] ?? value['instance']
    const data = value['data']
    return {
      element: toText(option, value['element'] ?? value['name']),
      ...(typeof index === 'number' && { index }),
      ...(data !== undefined && { data: toObject(data) }),
    }
  }
  const [, element = '', index, json] = /^([^=]*?)(?:\[(\d+)\])?(?:=(.*))?$/s.exec(toText(option, value)) ?? []
  if (element === '') throw new Unusable(`--${option} needs a name.`)
  return { element, ...(index !== undefined && { index: Number(index) }), ...(json !== undefined && json !== '' && { data: parseObject(json) }) }
}

function toText(option: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  throw new Unusable(`--${option} needs a value.`)
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function toObject(value: unknown): Record<string, unknown> {
  if (isObject(value)) return value
  throw new Unusable(`${JSON.stringify(value)} is not a JSON object.`)
}

function parseObject(json: string): Record<string, unknown> {
  try {
    return toObject(JSON.parse(json))
  } catch (error) {
    if (error instanceof Unusable) throw error
    throw new Unusable(`“${json}” is not JSON.`)
  }
}

async function runBatch(file: string | undefined): Promise<number> {
  const text = file === undefined ? undefined : await readFile(file, 'utf8').catch(() => undefined)
  if (file === undefined || text === undefined) {
    process.stderr.write(file === undefined ? usage : `${file} cannot be read.\n`)
    return 2
  }
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    process.stdout.write(`${JSON.stringify(await runLine(line, dirname(resolve(file))))}\n`)
  }
  return 0
}

async function runLine(line: string, folder: string): Promise<Record<string, unknown>> {
  let known: Record<string, unknown> = {}
  try {
    const raw = parseObject(line)
    known = { ...(raw['id'] !== undefined && { id: raw['id'] }), file: raw['file'] }
    const { lines, ...end } = await runRequest(readRequest(raw, folder), () => {})
    return { ...known, events: lines, ...end, exit: end.end === 'failed' ? 1 : 0 }
  } catch (error) {
    return { ...known, events: [], end: 'failed', reason: reasonOf(error), exit: 2 }
  }
}

function readRequest(raw: Record<string, unknown>, folder: string): Request {
  const request: Request = { file: resolve(folder, toText('file', raw['file'])), steps: [] }
  for (const [name, value] of Object.entries(raw)) {
    if (name === 'file' || name === 'id') continue
    if (name === 'steps') addSteps(request, value)
    else for (const one of Array.isArray(value) ? value : [value]) addOption(request, name, one)
  }
  return request
}

// Each step is one option as an object, or a line of arguments is given as a list of texts.
function addSteps(request: Request, steps: unknown): void {
  if (!Array.isArray(steps)) throw new Unusable('"steps" is a list.')
  if (steps.every((step) => typeof step === 'string')) {
    request.steps.push(...readArguments(['-', ...steps]).steps)
    return
  }
  for (const step of steps) {
    const options = Object.entries(toObject(step))
    const [typed] = options.filter(([name]) => name === 'do')
    if (typed) addTyped(request, toObject(step), String(typed[1]))
    else for (const [name, value] of options) addOption(request, name, value)
  }
}

// {"do": "complete", "element": "EL", "data": {…}}
function addTyped(request: Request, step: Record<string, unknown>, name: string): void {
  const { do: _, ...rest } = step
  const value = name === 'data' ? rest['data'] : name === 'complete' || name === 'message' ? rest : Object.values(rest)[0]
  addOption(request, name, value)
}
