// The shape of a form: declared fields of one value each, and conditions that only narrow them. Nothing that could hold more.
import type { Finding } from './finding.ts'

type Refuse = (at: string, rule: string, message: string) => void

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value)

/** What a form may say of itself beside its fields. */
const formKeys = new Set(
  '$schema $id $comment title description type additionalProperties unevaluatedProperties required properties dependentRequired allOf anyOf oneOf if then else not examples minProperties maxProperties'.split(
    ' ',
  ),
)
/** What a branch of a condition may say. */
const branchKeys = new Set('properties required allOf anyOf oneOf if then else not dependentRequired type $comment'.split(' '))
/** What a branch may say of a field that is declared elsewhere. */
const narrowingKeys = new Set(
  'const enum type minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf pattern format minItems maxItems uniqueItems contains minContains maxContains not items'.split(
    ' ',
  ),
)
/** What a field may say beside its declarations (x-…). */
const fieldKeys = new Set(
  'type format enum const items minLength maxLength minItems maxItems uniqueItems minimum maximum exclusiveMinimum exclusiveMaximum multipleOf pattern title description default examples readOnly writeOnly deprecated $comment'.split(
    ' ',
  ),
)
const single = new Set(['string', 'number', 'integer', 'boolean'])
const mostPersons = 50

/** Findings on a form's shape. `place` is the file; pointers follow a `#`. */
export function checkShape(place: string, raw: Record<string, unknown>): Finding[] {
  const findings: Finding[] = []
  const refuse: Refuse = (at, rule, message) => {
    // One and the same fault is said once for each place.
    if (!findings.some((known) => known.place === `${place}#${at}` && known.rule === rule))
      findings.push({ place: `${place}#${at}`, rule, message, severity: 'error' })
  }
  if (raw['additionalProperties'] !== false) refuse('', 'charter.free-bag', 'A form holds declared fields only: set "additionalProperties": false.')
  const fields = isObject(raw['properties']) ? raw['properties'] : {}
  for (const key of Object.keys(raw))
    if (!formKeys.has(key) && !key.startsWith('x-'))
      refuse(`/${key}`, 'charter.free-bag', `A form holds declared fields only: it may not use “${key}”. Name each field.`)
  if (raw['unevaluatedProperties'] !== undefined && raw['unevaluatedProperties'] !== false)
    refuse('/unevaluatedProperties', 'charter.free-bag', 'A form holds declared fields only: leave "unevaluatedProperties" out.')
  const known = new Set(Object.keys(fields))
  for (const name of namesIn(raw['required']))
    if (!known.has(name)) refuse('/required', 'charter.undeclared', `“${name}” is required and not declared: declare the field.`)
  checkBranches(raw, '', known, refuse)
  for (const [name, field] of Object.entries(fields)) checkField(`/properties/${name}`, field, refuse)
  return findings
}

function checkField(at: string, field: unknown, refuse: Refuse) {
  if (!isPlain(field)) {
    refuse(at, 'charter.free-bag', 'A field is one value or a list of values, not a bag of more fields.')
    return
  }
  for (const key of ['enum', 'const', 'default'] as const)
    if ([field[key]].flat().some(isObject)) refuse(at, 'charter.free-bag', `“${key}” may hold plain values only.`)
  if (field['type'] !== 'array') return
  const ofPersons = ['name', 'id-number', 'phone', 'address', 'email'].includes(String(field['x-tag']))
  const most = field['maxItems']
  if (ofPersons && (typeof most !== 'number' || most > mostPersons))
    refuse(
      at,
      'charter.person-list',
      `A list of persons has an end: set "maxItems" (at most ${mostPersons}), or make each of them a party of the case.`,
    )
}

/** One value of a named type, or a list of texts; nothing that could hold more fields. */
function isPlain(field: unknown): field is Record<string, unknown> {
  if (!isObject(field)) return false
  if (Object.keys(field).some((key) => !fieldKeys.has(key) && !key.startsWith('x-'))) return false
  if (field['type'] === 'array') {
    const items = field['items']
    return isObject(items) && items['type'] === 'string' && Object.keys(items).every((key) => fieldKeys.has(key) && key !== 'items')
  }
  return typeof field['type'] === 'string' && single.has(field['type'])
}

/** Conditions narrow declared fields; a branch that brings a field of its own would be a second form behind the first. */
function checkBranches(node: Record<string, unknown>, at: string, known: ReadonlySet<string>, refuse: Refuse) {
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    const branches = node[key]
    if (branches === undefined) continue
    if (Array.isArray(branches)) branches.forEach((branch, index) => checkBranch(branch, `${at}/${key}/${index}`, known, refuse))
    else refuse(`${at}/${key}`, 'charter.free-bag', `“${key}” is a list of conditions.`)
  }
  for (const key of ['if', 'then', 'else', 'not']) if (node[key] !== undefined) checkBranch(node[key], `${at}/${key}`, known, refuse)
  for (const [name, names] of Object.entries(isObject(node['dependentRequired']) ? node['dependentRequired'] : {}))
    for (const one of [name, ...namesIn(names)])
      if (!known.has(one)) refuse(`${at}/dependentRequired`, 'charter.undeclared', `“${one}” is not declared: declare the field.`)
}

function checkBranch(branch: unknown, at: string, known: ReadonlySet<string>, refuse: Refuse) {
  if (typeof branch === 'boolean') return
  if (!isObject(branch)) {
    refuse(at, 'charter.free-bag', 'A condition is a schema.')
    return
  }
  for (const key of Object.keys(branch))
    if (!branchKeys.has(key))
      refuse(`${at}/${key}`, 'charter.free-bag', `A condition may not use “${key}”: it only narrows fields that are declared.`)
  for (const name of namesIn(branch['required']))
    if (!known.has(name))
      refuse(`${at}/required`, 'charter.undeclared', `“${name}” is not declared: declare the field among the properties of the form.`)
  for (const [name, narrowed] of Object.entries(isObject(branch['properties']) ? branch['properties'] : {})) {
    const here = `${at}/properties/${name}`
    if (!known.has(name))
      refuse(here, 'charter.undeclared', `“${name}” appears in a condition only: declare the field among the properties of the form.`)
    else if (isObject(narrowed) && !Object.keys(narrowed).every((key) => narrowingKeys.has(key)))
      refuse(here, 'charter.free-bag', 'A condition only narrows the value of a field: const, enum, limits.')
  }
  checkBranches(branch, at, known, refuse)
}

const namesIn = (value: unknown): string[] => (Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [])
