// xiangli decide: evaluates DMN files. Imported models are found by their namespace among the .dmn files of the same folder.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '#kernel/clock.ts'
import { decide, DecisionError, type DecisionModel, openModel } from '#kernel/decisions/decisions.ts'
import { parseJson } from '#kernel/decisions/json.ts'
import { Unusable } from './command.ts'

const timeLimit = 20_000
const usage = 'Usage: xiangli decide FILE --decision NAME-OR-ID [--input JSON] [--trace], or xiangli decide --batch REQUESTS.jsonl'

/** `options` of the command table: what `run` understands. */
export const decideOptions = {
  decision: { value: 'NAME', about: 'name or id of a decision, decision service or knowledge model' },
  input: { value: 'JSON', about: 'an object with the inputs by name; dates, times and durations as ISO strings' },
  batch: { value: 'FILE', about: 'JSON lines {"file","decision","input"} instead; one result line each' },
  trace: { about: 'print {"result","trace","warnings"}: which rules applied and why' },
}

/**
 * Prints the result as one line of JSON; with `--batch` one line for each request, `{"error"}` where one failed. Warnings go to standard
 * error. Exit code 0, or 1 when the decision (one of them) cannot be evaluated. Throws Unusable for arguments that cannot be used.
 */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args)
  if (values.batch !== undefined) return runBatch(values.batch)
  const [file] = positionals
  if (file === undefined || positionals.length > 1 || values.decision === undefined) throw new Unusable(usage)
  const input = readObject(values.input ?? '{}')
  if (!input) throw new Unusable('--input is no JSON object.')
  const outcome = answer({ file, decision: values.decision, input }, '', new Map())
  for (const warning of outcome.warnings) process.stderr.write(`${warning}\n`)
  process.stdout.write(`${values.trace === true ? outcome.traced : outcome.line}\n`)
  return outcome.failed ? 1 : 0
}

function readArguments(args: string[]) {
  try {
    const text = { type: 'string' } as const
    return parseArgs({ args, allowPositionals: true, options: { decision: text, input: text, batch: text, trace: { type: 'boolean' } } })
  } catch (error) {
    throw new Unusable(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
  }
}

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const data = parseJson(text)
    return isObject(data) ? data : undefined
  } catch {
    return undefined
  }
}

const isObject = (data: unknown): data is Record<string, unknown> => typeof data === 'object' && data !== null && !Array.isArray(data)

type Request = { file: string; decision: string; input: Record<string, unknown> }
type Outcome = { line: string; traced: string; failed: boolean; warnings: string[] }

function runBatch(path: string): number {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new Unusable(`${path} cannot be read.`)
  }
  const models = new Map<string, DecisionModel>()
  let failed = false
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const outcome = answerLine(line, dirname(path), models)
    failed ||= outcome.failed
    process.stdout.write(`${outcome.line}\n`)
  }
  return failed ? 1 : 0
}

function answerLine(line: string, folder: string, models: Map<string, DecisionModel>): Outcome {
  const { file, decision, input = {} } = readObject(line) ?? {}
  if (typeof file !== 'string' || typeof decision !== 'string' || !isObject(input))
    return refused('A line is an object with “file”, “decision” and “input”.')
  return answer({ file, decision, input }, folder, models)
}

const refused = (error: string): Outcome => ({ line: JSON.stringify({ error }), traced: JSON.stringify({ error }), failed: true, warnings: [] })

function answer(request: Request, folder: string, models: Map<string, DecisionModel>): Outcome {
  const until = systemClock.now().getTime() + timeLimit
  try {
    const model = openFile(request.file, folder, models)
    const result = decide(model, request.decision, request.input, { guessTemporal: true, isOver: () => systemClock.now().getTime() > until })
    const traced = `{"result":${result.text},"trace":${JSON.stringify(result.trace)},"warnings":${JSON.stringify(result.warnings)}}`
    return { line: result.text, traced, failed: false, warnings: result.warnings }
  } catch (error) {
    if (error instanceof DecisionError) return refused(error.message)
    throw error
  }
}

/** A model already read is not read again. A path of a batch counts from the working folder, or else from the batch's. */
function openFile(file: string, folder: string, models: Map<string, DecisionModel>): DecisionModel {
  const candidates = [resolve(file), resolve(folder, file)]
  for (const path of candidates) {
    const known = models.get(path)
    if (known) return known
    const text = readText(path)
    if (text === undefined) continue
    const model = openModel(text, readSiblings(text, path))
    if (models.size >= 200) models.clear()
    models.set(path, model)
    return model
  }
  throw new DecisionError('decision.unreadable', `${file} cannot be read.`)
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** The files of the folder that the model imports, directly or through another. */
function readSiblings(text: string, path: string): string[] {
  if (!/<(?:[\w.-]+:)?import\s/.test(text)) return []
  const others = readdirSync(dirname(path))
    .filter((name) => name.endsWith('.dmn') && join(dirname(path), name) !== path)
    .flatMap((name) => readText(join(dirname(path), name)) ?? [])
  const wanted = [text]
  for (const known of wanted) {
    for (const [, namespace] of known.matchAll(/<(?:[\w.-]+:)?import\s[^>]*?namespace\s*=\s*["']([^"']*)["']/g)) {
      const found = others.find((other) => namespaceOf(other) === namespace)
      if (found !== undefined && !wanted.includes(found)) wanted.push(found)
    }
  }
  return wanted.slice(1)
}

const namespaceOf = (text: string) => /<(?:[\w.-]+:)?definitions\s[^>]*?\snamespace\s*=\s*["']([^"']*)["']/.exec(text)?.[1]
