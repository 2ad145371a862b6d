// Every name in a package leads somewhere: forms, texts in both languages, documents, deadlines, lanes, law, actions.
import { checkAdverse } from '#kernel/engine/adverse.ts'
import { checkFeel } from '#kernel/engine/conditions.ts'
import type { Element, Graph } from '#kernel/engine/types.ts'
import { checkInstances } from './instances.ts'
import type { Form, FormField } from '../forms/forms.ts'
import { checkStatistics } from '../publication/statistics.ts'
import { actionNames, checkActionInputs, isActionName } from './action-names.ts'
import type { PackageFinding } from './charter.ts'
import type { Texts } from './load-package.ts'
import type { Manifest } from './manifest.ts'
import { neededTexts } from './needed-texts.ts'
import { checkNumbers } from './numbers.ts'
import { checkPrechecks, checkRuleTask, type Rules } from './rules.ts'

export type PackageParts = {
  forms: ReadonlyMap<string, Form>
  texts: Texts
  templates: ReadonlyMap<string, string>
  rules: Rules
}

/** Findings on references between the files of one package. */
export function checkReferences(manifest: Manifest, graph: Graph, { forms, texts, templates, rules }: PackageParts): PackageFinding[] {
  const findings: PackageFinding[] = []
  const refuse = (place: string, rule: string, message: string) => findings.push({ place, rule, message, severity: 'error' })
  findings.push(...checkNumbers(manifest, texts), ...checkStatistics({ manifest, graph, forms }))
  const elements = Object.values(graph.elements)
  checkManifest(manifest, graph, templates, eventNames(elements, manifest), refuse)
  checkPublication(manifest, graph, forms, refuse)
  checkParties(manifest, forms, eventNames(elements, manifest), refuse)
  for (const [id, form] of forms) checkBasis(manifest, id, form, refuse)
  for (const fault of checkAdverse(
    graph,
    manifest.adverse.map((row) => row.element).filter((id) => graph.elements[id]),
  ))
    refuse(`diagram.bpmn#${fault.element}`, 'package.adverse', fault.message)
  for (const element of elements) {
    checkElement(element, manifest, forms, refuse)
    checkInstances(graph, element, refuse)
    checkAutomatic(element, rules, refuse)
  }
  checkPrechecks(manifest, forms, rules, refuse)
  if (manifest.opens && !graph.elements[manifest.opens.after])
    refuse('procedure.json#/opens/after', 'package.element', `The diagram has no element “${manifest.opens.after}”.`)
  for (const flow of Object.values(graph.flows)) {
    const problem = flow.condition === undefined ? undefined : checkFeel(flow.condition)
    if (problem) refuse(`diagram.bpmn#${flow.id}`, 'feel.syntax', problem)
  }
  for (const key of neededTexts(manifest, elements, forms, rules)) {
    for (const language of ['zh', 'en'] as const) {
      if (!texts[language][key]) refuse(`texts.${language}.json#/${key}`, 'package.text-missing', `There is no text “${key}”.`)
    }
  }
  for (const language of ['zh', 'en'] as const) {
    for (const key of Object.keys(texts[language])) {
      if (!key.startsWith(`${manifest.slug}.`))
        refuse(`texts.${language}.json#/${key}`, 'package.text-prefix', `A text id begins with “${manifest.slug}.”.`)
    }
  }
  return findings
}

type Refuse = (place: string, rule: string, message: string) => void

/** Element ids that would cover what the case itself keeps or FEEL reads, or that mean something to every object. */
const isReserved = (id: string) =>
  ['filing', 'case', 'documents', 'parameters', 'parties', 'item', 'loopCounter', '_done', '_multiple'].includes(id) || id in {}

/** A party is told of what can happen, and is found where the filing form says. */
function checkParties(manifest: Manifest, forms: ReadonlyMap<string, Form>, events: Set<string>, refuse: Refuse) {
  const filing = forms.get('filing')?.schema.properties ?? {}
  manifest.parties.forEach((party, index) => {
    const place = `procedure.json#/parties/${index}`
    for (const name of party.told) if (!events.has(name)) refuse(place, 'package.event', `No element of the diagram records the event “${name}”.`)
    for (const name of Object.values(party.fields))
      if (forms.has('filing') && !Object.hasOwn(filing, name)) refuse(place, 'package.field', `The filing form has no field “${name}”.`)
  })
  if (!forms.has('filing')) refuse('forms/filing.json', 'package.missing', 'The package has no form “filing”.')
}

/** What is published leads to fields, and a list that shows each case says on which law. */
function checkPublication(manifest: Manifest, graph: Graph, forms: ReadonlyMap<string, Form>, refuse: Refuse) {
  const { publication, serviceRequest } = manifest
  const place = 'procedure.json#/publication'
  const filing = forms.get('filing')?.schema.properties ?? {}
  for (const path of [...publication.fields, ...(publication.consented?.fields ?? [])]) {
    const [element = '', name = ''] = path.split('.')
    const form = element === 'filing' ? 'filing' : (graph.elements[element]?.xl.form ?? '')
    const field = forms.get(form)?.schema.properties[name]
    if (!field) refuse(place, 'package.field', `“${path}” is no field of a form of this package.`)
    else if (publication.fields.includes(path) && field['x-visibility'] !== 'public')
      refuse(place, 'package.publication', `“${path}” is published, so its form says x-visibility public.`)
    else if (field['x-visibility'] === 'sealed') refuse(place, 'package.publication', `“${path}” is sealed and cannot be published.`)
  }
  const { item } = publication
  for (const path of item ? [...item.title, ...item.text, item.category, item.source, item.changedOn] : [])
    if (path !== undefined && !publication.fields.includes(path))
      refuse(place, 'package.publication', `“${path}” is part of a public item, so it stands among the published fields.`)
  if (publication.listed && !manifest.law.some((row) => row.id === publication.law))
    refuse(place, 'package.law', 'A public list names its legal basis (publication.law).')
  const consent = publication.consented?.by
  if (consent !== undefined && filing[consent]?.type !== 'boolean')
    refuse(place, 'package.field', `“${consent}” is no yes-or-no field of the filing form.`)
  for (const name of Object.values({ ...serviceRequest, batch: undefined }))
    if (typeof name === 'string' && !Object.hasOwn(filing, name))
      refuse('procedure.json#/serviceRequest', 'package.field', `The filing form has no field “${name}”.`)
  if (serviceRequest && !filing[serviceRequest.category]?.enum)
    refuse('procedure.json#/serviceRequest', 'package.field', 'The category is a choice: it has an enum.')
}

/** What a form may let people choose from (`x-register`); each is checked when the form is sent. */
const knownRegisters = ['villages', 'organizations', 'posts', 'mediators', 'outside-bodies', 'agreement-clauses'] as const

/** What may be answered: a boolean is a choice too. */
const choicesOf = (field: FormField): string[] => (field.type === 'boolean' ? ['true', 'false'] : (field.enum ?? field.items?.enum ?? []).map(String))

function checkBasis(manifest: Manifest, id: string, form: Form, refuse: Refuse) {
  for (const [name, field] of Object.entries(form.schema.properties))
    if (!manifest.law.some((row) => row.id === field['x-basis']))
      refuse(`forms/${id}.json#/properties/${name}`, 'package.law', `“${field['x-basis']}” is not a law row of this package.`)
  for (const [name, field] of Object.entries(form.schema.properties)) {
    const register = field['x-register']
    if (register !== undefined && !knownRegisters.some((known) => known === register))
      refuse(
        `forms/${id}.json#/properties/${name}`,
        'package.register',
        `There is no register “${register}” to choose from; there are ${knownRegisters.join(', ')}.`,
      )
  }
  for (const [name, field] of Object.entries(form.schema.properties))
    for (const [choice, law] of Object.entries(field['x-choice-basis'] ?? {}))
      if (!manifest.law.some((row) => row.id === law) || !choicesOf(field).includes(choice))
        refuse(
          `forms/${id}.json#/properties/${name}`,
          'package.law',
          `x-choice-basis leads from a choice of the field to a law row: “${choice}” → “${law}” does not.`,
        )
  for (const [name, field] of Object.entries(form.schema.properties))
    if (field['x-filled-by'] === 'staff' && (id !== 'filing' || form.schema.required?.includes(name)))
      refuse(
        `forms/${id}.json#/properties/${name}`,
        'package.form',
        'Only a filing asks staff something of their own, and never as a must: residents file too.',
      )
  for (const [name, { 'x-maximum': most }] of Object.entries(form.schema.properties))
    if (most !== undefined && !manifest.parameters.some((row) => row.id === most))
      refuse(`forms/${id}.json#/properties/${name}`, 'package.parameter', `“${most}” is not a parameter of this package.`)
}

/** Events that the diagram can record, and those of the kernel that a deadline may name. */
function eventNames(elements: Element[], manifest: Manifest): Set<string> {
  const names = elements.flatMap((element) => (element.xl.event ? [element.xl.event] : []))
  return new Set([...names, ...manifest.deadlines.map((rule) => `missed:${rule.id}`)])
}

function checkManifest(manifest: Manifest, graph: Graph, templates: ReadonlyMap<string, string>, events: Set<string>, refuse: Refuse) {
  const laws = new Set(manifest.law.map((law) => law.id))
  const parameters = new Set(manifest.parameters.map((row) => row.id))
  const documents = new Set(manifest.documents.map((document) => document.id))
  manifest.parameters.forEach(
    (row, index) =>
      laws.has(row.law) || refuse(`procedure.json#/parameters/${index}`, 'package.law', `“${row.law}” is not a law row of this package.`),
  )
  manifest.deadlines.forEach((rule, index) => {
    const place = `procedure.json#/deadlines/${index}`
    if (!laws.has(rule.law)) refuse(place, 'package.law', `“${rule.law}” is not a law row of this package.`)
    if (!parameters.has(rule.parameter)) refuse(place, 'package.parameter', `“${rule.parameter}” is not a parameter of this package.`)
    const named = [
      rule.starts,
      ...rule.ends,
      ...rule.extendedBy.map((extension) => extension.event),
      ...rule.pausedBy.flatMap((pause) => [pause.from, pause.to]),
    ]
    for (const name of named) if (!events.has(name)) refuse(place, 'package.event', `No element of the diagram records the event “${name}”.`)
    for (const extension of rule.extendedBy) {
      if (!parameters.has(extension.parameter)) refuse(place, 'package.parameter', `“${extension.parameter}” is not a parameter of this package.`)
      const problem = checkFeel(extension.amount)
      if (problem) refuse(place, 'feel.syntax', problem)
    }
  })
  manifest.documents.forEach((document, index) => {
    const place = `procedure.json#/documents/${index}`
    if (!templates.has(document.template)) refuse(place, 'package.template', `There is no documents/${document.template}.typ.`)
    if (document.signedBy && !graph.elements[document.signedBy]) refuse(place, 'package.element', `“${document.signedBy}” is not in the diagram.`)
  })
  for (const lane of manifest.lanes)
    if (!graph.lanes[lane.id]) refuse(`procedure.json#/lanes`, 'package.lane', `Lane “${lane.id}” is not in the diagram.`)
  for (const lane of Object.keys(graph.lanes))
    if (!manifest.lanes.some((known) => known.id === lane))
      refuse(`diagram.bpmn#${lane}`, 'package.lane', `Lane “${lane}” names no posts in procedure.json.`)
  manifest.adverse.forEach((row, index) => {
    const place = `procedure.json#/adverse/${index}`
    if (graph.elements[row.task]?.type !== 'userTask')
      refuse(place, 'package.adverse', `“${row.task}” must be a user task: no decision against a person without a person.`)
    if (!graph.elements[row.element]) refuse(place, 'package.element', `“${row.element}” is not in the diagram.`)
    if (!documents.has(row.document)) refuse(place, 'package.adverse', `“${row.document}” is not a document of this package.`)
    else if (!manifest.documents.find((document) => document.id === row.document)?.remedy)
      refuse(place, 'package.adverse', `Document “${row.document}” decides against a person and names no remedy.`)
  })
}

/** What the kernel does by itself: rules and scripts. */
function checkAutomatic(element: Element, rules: Rules, refuse: Refuse) {
  if (element.type === 'businessRuleTask') checkRuleTask(element, rules, refuse)
  if (element.type !== 'scriptTask') return
  const place = `diagram.bpmn#${element.id}`
  if (!element.script || !/feel/i.test(element.script.language ?? ''))
    return refuse(place, 'package.script', 'A script is FEEL: scriptFormat="feel".')
  const problem = checkFeel(element.script.text)
  if (problem) refuse(place, 'feel.syntax', problem)
}

function checkElement(element: Element, manifest: Manifest, forms: ReadonlyMap<string, Form>, refuse: Refuse) {
  const place = `diagram.bpmn#${element.id}`
  const { form, action, law, serves, deadline, inputs, ext } = element.xl
  if (isReserved(element.id)) refuse(place, 'package.element-id', `“${element.id}” is a reserved name: choose another id.`)
  if (form && !forms.has(form)) refuse(place, 'package.form', `There is no forms/${form}.json.`)
  if (element.type === 'userTask' && !element.lane) refuse(place, 'package.lane', 'A user task stands in a lane: who does it?')
  if (!law && element.type !== 'process' && !element.type.endsWith('Gateway')) refuse(place, 'package.law', 'The element cites no law row (xl:law).')
  if (law && !manifest.law.some((row) => row.id === law)) refuse(place, 'package.law', `“${law}” is not a law row of this package.`)
  if (serves && !manifest.documents.some((document) => document.id === serves))
    refuse(place, 'package.document', `“${serves}” is not a document of this package.`)
  if ((element.type === 'serviceTask' || element.type === 'sendTask') && !action)
    refuse(place, 'package.action', 'A service or send task names an action (xl:action).')
  if (action && !actionNames.has(action))
    refuse(place, 'package.action', `“${action}” is not an action of this kernel. Known: ${[...actionNames].join(', ')}.`)
  if (isActionName(action))
    for (const problem of checkActionInputs(
      action,
      inputs.map((input) => input.name),
    ))
      refuse(place, 'package.action-input', problem)
  const literal = (name: string) => inputs.find((input) => input.name === name && !input.value?.startsWith('='))?.value
  const issues = action === 'issue-document@1' ? literal('document') : undefined
  if (issues !== undefined && !manifest.documents.some((document) => document.id === issues))
    refuse(place, 'package.document', `“${issues}” is not a document of this package.`)
  const link = action === 'start-case@1' ? literal('link') : undefined
  if (link !== undefined && !Object.hasOwn(manifest.links, link)) refuse(place, 'package.link', `“${link}” is not a link of this package.`)
  for (const input of inputs) {
    const expression = input.expression ?? (input.value?.startsWith('=') ? input.value.slice(1) : undefined)
    const problem = expression === undefined ? undefined : checkFeel(expression)
    if (problem) refuse(place, 'feel.syntax', `${input.name}: ${problem}`)
  }
  const named = [
    deadline,
    ext['extends'],
    ...element.events.flatMap((event) => (event.kind === 'timer' && event.timer.kind === 'deadline' ? [event.timer.deadline] : [])),
  ]
  for (const id of named)
    if (id && !manifest.deadlines.some((rule) => rule.id === id)) refuse(place, 'package.deadline', `“${id}” is not a deadline of this package.`)
  const by = ext['by']
  if (by && !manifest.parties.some((party) => party.role === by) && !manifest.lanes.some((lane) => lane.id === by))
    refuse(place, 'package.sender', `“${by}” is neither a party nor a lane.`)
}
