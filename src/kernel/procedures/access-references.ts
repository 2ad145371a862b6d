// What a package says about who may see and who may do: classes that exist, tasks that exist, parties that exist (docs/design/procedure-format.md).
import { sealedClasses } from '../access/rule.ts'
import type { Element, Graph } from '../engine/types.ts'
import type { Form } from '../forms/forms.ts'
import type { PackageFinding } from './charter.ts'
import type { Manifest } from './manifest.ts'

/** Findings on seals, four eyes and closed parts. */
export function checkAccess(manifest: Manifest, graph: Graph, forms: ReadonlyMap<string, Form>): PackageFinding[] {
  const findings: PackageFinding[] = []
  const refuse = (place: string, rule: string, message: string) => findings.push({ place, rule, message, severity: 'error' })
  const used = new Set<string>(manifest.parties.flatMap((party) => party.sealed ?? []))
  for (const element of Object.values(graph.elements)) checkElement(element, graph, manifest, used, refuse)
  for (const [id, form] of forms) {
    for (const [name, field] of Object.entries(form.schema.properties)) {
      const sealed = field['x-sealed-class']
      const place = `forms/${id}.json#/properties/${name}`
      if (sealed === undefined) continue
      used.add(sealed)
      if (field['x-visibility'] !== 'sealed') refuse(place, 'package.sealed', 'A field with a sealed class has the visibility "sealed".')
    }
  }
  for (const sealed of ['caucus', 'informer'] as const) {
    if (used.has(sealed) && !manifest.seals?.[sealed])
      refuse('procedure.json#/seals', 'package.seals', `“${sealed}” is used: say in seals which duties open it, else nobody can.`)
  }
  return findings
}

type Refuse = (place: string, rule: string, message: string) => void

function checkElement(element: Element, graph: Graph, manifest: Manifest, used: Set<string>, refuse: Refuse) {
  const place = `diagram.bpmn#${element.id}`
  const { ext } = element.xl
  for (const other of (ext['four-eyes'] ?? '').split(/\s+/).filter((name) => name !== '')) {
    if (element.type !== 'userTask' || graph.elements[other]?.type !== 'userTask' || other === element.id)
      refuse(place, 'package.four-eyes', `xl:four-eyes names other user tasks of the diagram; “${other}” is none.`)
  }
  for (const other of (ext['awaits'] ?? '').split(/\s+/).filter((name) => name !== '')) {
    if (element.type !== 'userTask' || !graph.elements[other] || other === element.id)
      refuse(place, 'package.awaits', `xl:awaits stands on a user task and names other activities of the diagram; “${other}” is none.`)
  }
  if (ext['single'] !== undefined && element.type !== 'startEvent')
    refuse(place, 'package.single', 'xl:single stands on a message start event: it may begin again only when the one before is over.')
  const counts = ext['counts']
  if (counts !== undefined && (element.type !== 'userTask' || manifest.parameters.find((row) => row.id === counts)?.unit !== 'month'))
    refuse(place, 'package.counts', 'xl:counts stands on a user task and names a parameter in months.')
  const { sealed } = ext
  if (sealed !== undefined) {
    used.add(sealed)
    if (!sealedClasses.some((known) => known === sealed))
      refuse(place, 'package.sealed', `“${sealed}” is no sealed class. Known: ${sealedClasses.join(', ')}.`)
    if (element.type !== 'userTask') refuse(place, 'package.sealed', 'xl:sealed stands on a user task: it closes its form.')
    if (sealed === 'caucus' && ext['with'] === undefined)
      refuse(place, 'package.sealed', 'Say with which party (xl:with): only she and the mediator read it.')
  }
  if (ext['with'] !== undefined && !manifest.parties.some((party) => party.role === ext['with']))
    refuse(place, 'package.party', `“${ext['with']}” is not a party of this package.`)
}
