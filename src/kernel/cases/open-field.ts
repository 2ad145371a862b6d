// What a field is by its declaration, whoever asks.
import { isShown, type SealedClass } from '../access/rule.ts'
import type { FormField } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'

/** Ways to reach or identify a person. */
export const contactTags = new Set(['phone', 'email', 'address', 'id-number'])

export const isSealedClass = (word: string): word is SealedClass =>
  word === 'accusation' || word === 'caucus' || word === 'minors' || word === 'informer'

/** The class of a field: its own, that of the task it was written in, or that of the party whom it names. */
export function sealedClassOf(procedure: Package, element: string, name: string, field: FormField): SealedClass | undefined {
  const ofTask = procedure.graph.elements[element]?.xl.ext['sealed']
  if (ofTask !== undefined) return isSealedClass(ofTask) ? ofTask : 'caucus'
  return field['x-sealed-class'] ?? (element === 'filing' ? roleNaming(procedure, name)?.sealed : undefined)
}

/** The party whom this field of the filing form names. */
export const roleNaming = (procedure: Package, field: string) => procedure.manifest.parties.find((rule) => Object.values(rule.fields).includes(field))

/** May the field stand where everyone who reads the case may look: lists, search, documents? */
export const isOpenField = (procedure: Package, element: string, name: string, field: FormField): boolean =>
  sealedClassOf(procedure, element, name, field) === undefined && isShown(field['x-visibility'], 'parties') && !contactTags.has(field['x-tag'])
