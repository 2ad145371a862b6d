// A folder of open-standard files → a procedure that can run, or every finding with its place and remedy.
import { createHash } from 'node:crypto'
import { compile } from '#kernel/engine/compile.ts'
import type { Graph } from '#kernel/engine/types.ts'
import { compileForm, laterForm, type Form, type FormSchema, type Language } from '../forms/forms.ts'
import { checkFormCharter, type FormSurroundings, type PackageFinding } from './charter.ts'
import { checkWholeCharter } from './charter-package.ts'
import { type Manifest, manifestSchema } from './manifest.ts'
import { exampleSchema, type Example } from './worked-examples.ts'
import { checkAccess } from './access-references.ts'
import { checkReferences } from './references.ts'
import { readRules, type Rules } from './rules.ts'
import { checkToldWords } from './told-words.ts'

export type Texts = Record<Language, Record<string, string>>

/** A procedure version. Immutable; the hash of its files is its identity. */
export type Package = {
  hash: string
  slug: string
  manifest: Manifest
  graph: Graph
  /** moddle tree, for drawing. */
  definitions: unknown
  forms: ReadonlyMap<string, Form>
  texts: Texts
  /** Document template id → Typst source. */
  templates: ReadonlyMap<string, string>
  rules: Rules
  examples: ReadonlyMap<string, Example>
}

/** Relative path → text. */
export type PackageFiles = Record<string, string>

export type LoadedPackage = { procedure?: Package; findings: PackageFinding[] }

/** SHA-256 over the sorted list of path and content hash: diagram, forms, tables and rules are pinned together. */
export function packageHash(files: PackageFiles): string {
  const hash = createHash('sha256')
  for (const path of Object.keys(files).sort())
    hash.update(
      `${path}\0${createHash('sha256')
        .update(files[path] ?? '')
        .digest('hex')}\n`,
    )
  return hash.digest('hex')
}

/**
 * Reads and checks a package. `procedure` is absent when any finding is an error. `accepted`: it was accepted before, under the rules
 * of its day, and cases are pinned to it; new rules do not take it from them.
 */
export async function loadPackage(files: PackageFiles, options: { accepted?: boolean } = {}): Promise<LoadedPackage> {
  const findings: PackageFinding[] = []
  const refuse = (place: string, rule: string, message: string) => findings.push({ place, rule, message, severity: 'error' })
  const manifest = readManifest(files, refuse)
  const texts = { zh: readTexts(files, 'texts.zh.json', refuse), en: readTexts(files, 'texts.en.json', refuse) }
  if (!manifest) return { findings }
  const schemas = new Map<string, FormSchema>()
  const forms = readForms(files, manifest, texts, { findings, refuse, accepted: options.accepted ?? false, schemas })
  const examples = readExamples(files, refuse)
  const templates = new Map(entriesUnder(files, 'documents/', '.typ'))
  const { rules, findings: wrongRules } = readRules(entriesUnder(files, 'rules/', '.dmn'))
  findings.push(...wrongRules)
  const diagram = files['diagram.bpmn']
  if (diagram === undefined) refuse('diagram.bpmn', 'package.missing', 'The package has no diagram.')
  if (diagram === undefined) return { findings }
  const compiled = await compile(diagram)
  for (const finding of compiled.findings)
    findings.push({ place: `diagram.bpmn#${finding.element}`, rule: finding.rule, message: finding.message, severity: finding.severity })
  findings.push(
    // Asked once, when a package is taken: a word list that grows does not take a package from the cases that run.
    ...(options.accepted ? [] : checkWholeCharter(files, manifest, schemas, compiled.graph)),
    ...checkReferences(manifest, compiled.graph, { forms, texts, templates, rules }),
    ...checkAccess(manifest, compiled.graph, forms),
    ...checkToldWords(manifest, compiled.graph, texts),
  )
  if (!options.accepted && findings.some((finding) => finding.severity === 'error')) return { findings }
  const procedure = {
    hash: packageHash(files),
    slug: manifest.slug,
    manifest,
    graph: compiled.graph,
    definitions: compiled.definitions,
    forms,
    texts,
    templates,
    rules,
    examples,
  }
  return { procedure, findings }
}

type Refuse = (place: string, rule: string, message: string) => void

function readJson(files: PackageFiles, path: string, refuse: Refuse): unknown {
  const text = files[path]
  if (text === undefined) {
    refuse(path, 'package.missing', `The package has no ${path}.`)
    return undefined
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    refuse(path, 'package.json', `This is not valid JSON: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

function readManifest(files: PackageFiles, refuse: Refuse): Manifest | undefined {
  const raw = readJson(files, 'procedure.json', refuse)
  if (raw === undefined) return undefined
  const parsed = manifestSchema.safeParse(raw)
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) refuse(`procedure.json#/${issue.path.join('/')}`, 'package.manifest', issue.message)
  return undefined
}

function readTexts(files: PackageFiles, path: string, refuse: Refuse): Record<string, string> {
  const raw = readJson(files, path, refuse)
  if (raw === null || typeof raw !== 'object') return {}
  const texts: Record<string, string> = {}
  for (const [key, value] of Object.entries(raw)) {
    if (typeof value === 'string') texts[key] = value
    else refuse(`${path}#/${key}`, 'package.text', 'A text is a string.')
  }
  return texts
}

type Reading = { findings: PackageFinding[]; refuse: Refuse; accepted: boolean; schemas: Map<string, FormSchema> }

function readForms(files: PackageFiles, manifest: Manifest, texts: Texts, { findings, refuse, accepted, schemas }: Reading): Map<string, Form> {
  const forms = new Map<string, Form>()
  for (const [id] of entriesUnder(files, 'forms/', '.json')) {
    const path = `forms/${id}.json`
    const raw = readJson(files, path, refuse)
    if (!isFormSchema(raw)) {
      refuse(path, 'package.form', 'A form is a JSON Schema of type "object" with "properties".')
      continue
    }
    schemas.set(id, raw)
    const complaints = accepted ? [] : checkFormCharter(path, raw, ...surroundingsOf(manifest, id, texts))
    findings.push(...complaints)
    if (complaints.length > 0) continue
    try {
      const form = accepted ? laterForm(id, raw) : compileForm(id, raw)
      forms.set(id, form)
      // What was taken before was checked then.
      if (accepted) continue
      for (const [index, example] of (raw.examples ?? []).entries()) {
        if (!form.validate(example))
          refuse(
            `${path}#/examples/${index}`,
            'package.form-example',
            `The example is not valid: ${form.validate.errors?.[0]?.instancePath ?? ''} ${form.validate.errors?.[0]?.message ?? ''}`,
          )
      }
    } catch (error) {
      refuse(path, 'package.form', `This is not a valid JSON Schema 2020-12: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return forms
}

/** A form's labels and choices by field, and what else its check asks of the package. */
function surroundingsOf(manifest: Manifest, form: string, texts: Texts): [(field: string) => string[], FormSurroundings] {
  const spoken = [texts.zh, texts.en].flatMap((language) => Object.entries(language))
  const of = (field: string, isSentence: boolean) => {
    const start = `${manifest.slug}.${form}.${field}.`
    return spoken.flatMap(([key, text]) =>
      key.startsWith(start) && ['hint', 'error'].includes(key.slice(start.length)) === isSentence ? [text] : [],
    )
  }
  return [
    (field) => of(field, false),
    {
      hints: (field) => of(field, true),
      laws: new Map(manifest.law.map((law) => [law.id, law.name])),
      // Parties stand in the filing form; other forms name who received, witnessed or signed.
      partyFields: new Set(manifest.parties.flatMap((party) => Object.values(party.fields))),
    },
  ]
}

function isFormSchema(raw: unknown): raw is FormSchema {
  return (
    raw !== null &&
    typeof raw === 'object' &&
    'type' in raw &&
    raw.type === 'object' &&
    'properties' in raw &&
    raw.properties !== null &&
    typeof raw.properties === 'object'
  )
}

function readExamples(files: PackageFiles, refuse: Refuse): Map<string, Example> {
  const examples = new Map<string, Example>()
  for (const [name] of entriesUnder(files, 'examples/', '.json')) {
    const parsed = exampleSchema.safeParse(readJson(files, `examples/${name}.json`, refuse))
    if (parsed.success) examples.set(name, parsed.data)
    else for (const issue of parsed.error.issues) refuse(`examples/${name}.json#/${issue.path.join('/')}`, 'package.example', issue.message)
  }
  return examples
}

function entriesUnder(files: PackageFiles, folder: string, ending: string): [string, string][] {
  return Object.entries(files)
    .filter(([path]) => path.startsWith(folder) && path.endsWith(ending))
    .map(([path, text]) => [path.slice(folder.length, -ending.length), text])
}
