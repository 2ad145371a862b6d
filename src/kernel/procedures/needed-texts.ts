// Which texts a package must have: every name that a person reads.
import type { Element } from '#kernel/engine/types.ts'
import type { Form } from '../forms/forms.ts'
import type { Manifest } from './manifest.ts'
import { precheckTexts, type Rules } from './rules.ts'

/** Ids of all texts that a package needs in both languages. */
export function neededTexts(manifest: Manifest, elements: Element[], forms: ReadonlyMap<string, Form>, rules: Rules): string[] {
  const { slug } = manifest
  const keys = ['title', 'summary', ...precheckTexts(manifest, rules)]
  for (const element of elements) {
    if (element.type === 'userTask') keys.push(`element.${element.id}`, `status.${element.id}`)
    if (isRest(element, elements)) keys.push(`status.${element.id}`)
    if (element.xl.event) keys.push(`event.${element.xl.event}`)
    if (element.type === 'endEvent' && mayEnd(element, elements)) keys.push(`outcome.${element.id}`)
    if (element.xl.ext['by']) for (const event of element.events) if (event.kind === 'message') keys.push(`message.${event.name}`)
  }
  for (const rule of manifest.deadlines) keys.push(`deadline.${rule.id}`)
  for (const document of manifest.documents) keys.push(`document.${document.id}`, `series.${document.series}`)
  for (const party of manifest.parties) keys.push(`party.${party.role}`, ...party.told.map((event) => `told.${event}`))
  for (const lane of manifest.lanes) keys.push(`lane.${lane.id}`)
  for (const form of forms.values()) {
    keys.push(`${form.id}.title`, ...(form.schema['x-pages'] ?? []).map((page) => `${form.id}.page.${page.id}`))
    for (const [name, field] of Object.entries(form.schema.properties)) {
      keys.push(`${form.id}.${name}.label`)
      for (const choice of [...(field.enum ?? []), ...(field.items?.enum ?? [])]) keys.push(`${form.id}.${name}.${choice}`)
    }
  }
  return [...new Set(keys)].map((key) => `${slug}.${key}`)
}

/** Nobody has a task here, and the case may stand still all the same: its page says what it waits for. */
function isRest(element: Element, elements: Element[]): boolean {
  if (element.type === 'eventBasedGateway' || element.type === 'receiveTask') return true
  // After an event gateway the case stands at the gateway.
  return (
    element.type === 'intermediateCatchEvent' &&
    !elements.some((other) => other.type === 'eventBasedGateway' && other.out.some((flow) => element.in.includes(flow)))
  )
}

/** An end at which the case may close: of the process, or of an event subprocess, which may be the last to end. */
function mayEnd({ scope }: Element, elements: Element[]): boolean {
  const holder = elements.find((element) => element.id === scope)
  return holder?.type === 'process' || elements.some((element) => element.handlers.includes(scope))
}
