// The data charter asked of a package beyond its forms: parties, exports, publication, conditions, tables, drawings, texts, templates.
import type { Finding } from '../charter/finding.ts'
import { findWords, refusalOf } from '../charter/find-words.ts'
import type { Element, Graph } from '../engine/types.ts'
import type { FormField, FormSchema } from '../forms/forms.ts'
import type { Manifest } from './manifest.ts'

/** Path → text. */
type Files = Record<string, string>
/** The forms as they were read, also those that were refused. */
type Schemas = ReadonlyMap<string, FormSchema>

/** Every check of the charter on a package but those of its forms. */
export function checkWholeCharter(files: Files, manifest: Manifest, schemas: Schemas, graph: Graph): Finding[] {
  const inputs = (element: Element) =>
    element.xl.inputs.map((input) => input.expression ?? (input.value?.startsWith('=') ? input.value.slice(1) : ''))
  return [
    ...checkPartyCharter(manifest),
    ...checkExportCharter(manifest, schemas),
    ...checkPublicationCharter(manifest, schemas),
    ...Object.values(graph.flows).flatMap((flow) =>
      flow.condition === undefined ? [] : checkExpression(`diagram.bpmn#${flow.id}`, flow.condition, schemas),
    ),
    ...Object.values(graph.elements).flatMap((element) =>
      inputs(element).flatMap((text) => checkExpression(`diagram.bpmn#${element.id}`, text, schemas)),
    ),
    ...manifest.deadlines.flatMap((rule, index) =>
      rule.extendedBy.flatMap((row) => checkExpression(`procedure.json#/deadlines/${index}`, row.amount, schemas, true)),
    ),
    ...Object.entries(files).flatMap(([path, text]) => (/^rules\/.+\.dmn$/.test(path) ? checkTables(path, text, schemas) : [])),
    ...checkPackageWords(files, manifest, schemas),
    ...checkAssessment(manifest, schemas),
  ].filter((finding, index, all) => all.findIndex((other) => other.place === finding.place && other.rule === finding.rule) === index)
}

/** Expressions and cells of a decision table may not read who a person is. */
const checkTables = (path: string, source: string, schemas: Schemas): Finding[] =>
  markupTexts(source).flatMap(({ at, words }) =>
    checkExpression(`${path}#${at}`, words, schemas).filter(({ rule }) => rule === 'charter.condition-on-identity'),
  )

/** Sensitive data asks for an impact assessment first (个人信息保护法 Art 55, DP7). A warning: the register of assessments is the town's. */
function checkAssessment(manifest: Manifest, schemas: Schemas): Finding[] {
  const tags = new Set([...schemas.values()].flatMap((schema) => Object.values(schema.properties).map((field) => field?.['x-tag'])))
  if (manifest.assessment !== undefined || !['health', 'disability'].some((tag) => tags.has(tag))) return []
  const message =
    'The forms hold health or disability: name the impact assessment in "assessment" (个人信息保护法 Art 55, 56) and keep it in the register of assessments.'
  return [{ place: 'procedure.json#/assessment', rule: 'charter.assessment', message, severity: 'warning' }]
}

const error = (place: string, rule: string, message: string): Finding => ({ place, rule, message, severity: 'error' })

/** Every natural party is told of the case and can open it, except a person named in a sealed accusation. */
export function checkPartyCharter(manifest: Manifest): Finding[] {
  return manifest.parties.flatMap((party, index) => {
    const place = `procedure.json#/parties/${index}`
    if (party.sees === 'sealed-accusation' && (index === 0 || party.may.includes('file')))
      return [
        error(
          place,
          'charter.party-not-told',
          `The party “${party.role}” files the case: only a person whom a sealed accusation names may be left untold.`,
        ),
      ]
    if (party.kind === 'organization' || party.sees === 'sealed-accusation' || party.told.length > 0) return []
    return [
      error(place, 'charter.party-not-told', `The party “${party.role}” is never told of the case: add the events of which the person is told.`),
    ]
  })
}

/** A form field by the last part of its name: `filing.name` and `name` are the same. */
function fieldsNamed(schemas: Schemas, name: string): FormField[] {
  const own = name.split('.').at(-1) ?? name
  return [...schemas.values()]
    .flatMap((schema) => (Object.hasOwn(schema.properties, own) ? [schema.properties[own]] : []))
    .filter((field) => field !== undefined)
}

const bagged = ['household-registration', 'health', 'disability']
const personal = ['name', 'address', 'phone', 'email', 'id-number', ...bagged]

/** A list with names needs a law that allows it; household registration, health and disability are never exported. */
export function checkExportCharter(manifest: Manifest, schemas: Schemas = new Map()): Finding[] {
  const laws = new Map(manifest.law.map((law) => [law.id, law]))
  return manifest.exports.flatMap((list, index) => {
    const place = `procedure.json#/exports/${index}`
    const law = laws.get(list.law)
    const findings = law
      ? []
      : [error(place, 'charter.export-without-basis', `The list “${list.id}” cites no law of the package: name the law that orders it.`)]
    if (law && (!isRealLaw(law) || law.mark === 'INF'))
      findings.push(
        error(
          place,
          'charter.export-without-basis',
          `The list “${list.id}” rests on “${law.name} ${law.article}”, which is no article of a law that orders such a list.`,
        ),
      )
    const tags = new Set(list.fields.flatMap((name) => fieldsNamed(schemas, name).map((field) => field['x-tag'])))
    for (const tag of bagged)
      if (tags.has(tag))
        findings.push(error(place, 'charter.sensitive', `The list “${list.id}” holds ${tag}: that is never exported. Leave the field out.`))
    return findings
  })
}

/** A law has a name and an article; “none” or “internal rule” is neither. */
const isRealLaw = (law: { name: string; article: string }) =>
  law.name.trim().length >= 2 &&
  law.article.trim() !== '' &&
  !/^(?:无|没有|暂无|不详|待定|内部|工作需要|领导|上级要求|n\/?a|none|tbd|internal|-+)/i.test(law.name.trim())

/** What everyone may read holds no identity, and no name without the person's consent or a law. */
export function checkPublicationCharter(manifest: Manifest, schemas: Schemas): Finding[] {
  const { consent, law, consented } = manifest.publication
  const fields = [...manifest.publication.fields, ...(consented?.fields ?? [])]
  const place = 'procedure.json#/publication'
  const known = manifest.law.find((row) => row.id === law)
  const findings: Finding[] = []
  if (consent === 'law' && (!known || !isRealLaw(known)))
    findings.push(error(place, 'charter.publication-without-basis', 'Publication by law names the law of the package that orders it.'))
  for (const name of fields) {
    for (const tag of new Set(fieldsNamed(schemas, name).map((field) => field['x-tag']))) {
      if ([...bagged, 'id-number', 'phone', 'email'].includes(tag))
        findings.push(
          error(place, 'charter.sensitive', `“${name}” (${tag}) is never published: leave it out (政府信息公开条例 Art 15, 个人信息保护法 Art 25).`),
        )
      else if (personal.includes(tag) && consent === 'none' && !consented?.fields.includes(name))
        findings.push(
          error(
            place,
            'charter.publication-without-basis',
            `“${name}” tells who a person is: publish it with her consent ("party") or by a law ("law"), or leave it out.`,
          ),
        )
    }
    if (fieldsNamed(schemas, name).some((field) => field['x-visibility'] === 'sealed' || field['x-visibility'] === 'officers'))
      findings.push(error(place, 'charter.publication-hidden', `“${name}” is not shown to the parties themselves: it cannot be published.`))
  }
  return findings
}

const textFunctions =
  /\b(?:substring|starts with|ends with|contains|matches|split|string length|replace|upper case|lower case|list contains|index of)\b/

/**
 * How a case goes does not follow from who the person is: no condition takes a name, number or address apart or compares it, no period
 * is longer or shorter for a group.
 */
export function checkExpression(place: string, expression: string, schemas: Schemas, isPeriod = false): Finding[] {
  const findings = wordFindings(place, expression)
  const named = [...expression.matchAll(/([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?/g)].flatMap((match) => fieldsNamed(schemas, match[2] ?? match[1] ?? ''))
  const tags = new Set(named.map((field) => field['x-tag']))
  const group = [...tags].find((tag) => personal.includes(tag))
  if (isPeriod && group)
    findings.push(
      error(
        place,
        'charter.period-by-group',
        `A period follows from the matter and the law, not from ${group}: a period for a group is a parameter with its law.`,
      ),
    )
  const identity = [...tags].find((tag) => ['name', 'phone', 'email', 'id-number', 'address'].includes(tag))
  const compares = /(?:!=|=|\bin\b)\s*\(?\s*\[?\s*"[^"]+"/.test(expression.replaceAll('!= ""', '').replaceAll('= ""', ''))
  if (identity && (textFunctions.test(expression) || (compares && tags.size === 1)))
    findings.push(error(place, 'charter.condition-on-identity', `The way of a case may not follow from ${identity}: decide on what the matter is.`))
  return findings
}

/** Words of the list in everything else that a package says: names, texts, drawings, tables, templates, notes. */
export function checkPackageWords(files: Files, manifest: Manifest, schemas: Schemas): Finding[] {
  return [
    ...manifestTexts(manifest).flatMap(({ at, text, prose }) => wordFindings(`procedure.json#${at}`, text, prose)),
    ...(['texts.zh.json', 'texts.en.json'] as const).flatMap((path) => textFindings(path, files[path] ?? '{}', manifest.slug, schemas)),
    ...Object.entries(files).flatMap(([path, text]) => {
      if (path === 'diagram.bpmn' || /^rules\/.+\.dmn$/.test(path))
        return markupTexts(text).flatMap(({ at, words }) => wordFindings(`${path}#${at}`, words, words.length > 30))
      if (/^documents\/.+\.typ$/.test(path)) return text.split('\n').flatMap((line, index) => wordFindings(`${path}#L${index + 1}`, line, true))
      if (/^(?:forms|rules|documents|examples)\//.test(path)) return wordFindings(path, path)
      return []
    }),
  ]
}

const wordFindings = (place: string, text: string, prose = false): Finding[] =>
  findWords(text, { prose }).map((rule) => error(place, rule.rule, refusalOf(text, rule)))

/** Names and notes of the manifest. A law's name and article are cited, not kept of anybody. */
function manifestTexts(manifest: Manifest): { at: string; text: string; prose: boolean }[] {
  const walk = (value: unknown, at: string): { at: string; text: string; prose: boolean }[] => {
    if (typeof value === 'string') return [{ at, text: value, prose: at.endsWith('/note') }]
    if (value === null || typeof value !== 'object') return []
    return Object.entries(value).flatMap(([key, inner]) => {
      const isCited = /^\/law\/\d+$/.test(at) && key !== 'id'
      const isNumber = ['law', 'mark', 'unit', 'from', 'to', 'version'].includes(key) && typeof inner === 'string'
      return isCited || isNumber
        ? []
        : [...(/^\/links$/.test(at) ? [{ at: `${at}/${key}`, text: key, prose: false }] : []), ...walk(inner, `${at}/${key}`)]
    })
  }
  return walk(manifest, '')
}

/** Texts of the package; labels and choices of declared fields are asked with their form. */
function textFindings(path: string, source: string, slug: string, schemas: Schemas): Finding[] {
  let texts: unknown
  try {
    texts = JSON.parse(source)
  } catch {
    // A file that is no JSON is refused where it is read.
    return []
  }
  if (texts === null || typeof texts !== 'object') return []
  return Object.entries(texts).flatMap(([key, text]) => {
    const [, form = '', field = ''] = key.split('.')
    const ofField = key.startsWith(`${slug}.`) && Object.hasOwn(schemas.get(form)?.properties ?? {}, field)
    return ofField || typeof text !== 'string' ? [] : [...wordFindings(`${path}#/${key}`, key), ...wordFindings(`${path}#/${key}`, text, true)]
  })
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const decoded = (text: string) =>
  text.replaceAll(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|\w{2,6});/g, (whole, name: string) => {
    if (!name.startsWith('#')) return entities[name] ?? whole
    const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })

/** Names, documentation, notes, data objects, expressions and cells of an XML file, each with the id of the element it stands in. */
export function markupTexts(source: string): { at: string; words: string }[] {
  const found: { at: string; words: string }[] = []
  let at = ''
  for (const match of source
    .replaceAll(/<!--[^]*?-->|<\?[^]*?\?>/g, '')
    .matchAll(/<!\[CDATA\[([^]*?)\]\]>|<\/?([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*\/?>|([^<]+)/g)) {
    const [, data, , attributes, text] = match
    const words = data ?? (text === undefined ? undefined : decoded(text))
    if (words?.trim()) found.push({ at, words: words.trim() })
    for (const [, key = '', double, quoted] of (attributes ?? '').matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
      const value = decoded(double ?? quoted ?? '')
      if (key === 'id') at = value
      if (value.trim() !== '' && !key.startsWith('xmlns') && !/^(?:https?:|urn:)/.test(value)) found.push({ at, words: value })
    }
  }
  return found
}
