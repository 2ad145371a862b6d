// A worked example ready to be played: its script, the words around it, and the drawings.
import { toScript } from '#kernel/library/script.ts'
import type { Script } from '#kernel/library/rehearsal-types.ts'
import { DomainError, notFound } from '#kernel/errors.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import type { ExampleStep } from '#kernel/procedures/worked-examples.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import type { Visit } from '#http/visit.ts'
import { type DiagramModel, readModel } from '#ui/diagram/read-model.ts'
import { defineTexts } from '#ui/texts.ts'
import type { Stage } from './frame-html.ts'
import { elementNames } from '../portal/matter-page.tsx'

const texts = defineTexts({
  zh: {
    file: '提出',
    complete: '办理“{task}”',
    claim: '认领“{task}”',
    return: '退回“{task}”',
    message: '{name}',
    supplement: '补充材料或留言',
    pause: '中止',
    resume: '恢复',
    correct: '更正',
    advance: '时间往后走',
    comment: '提一条意见',
    answer: '答复还没有答复的意见',
    holidays: '导入放假通知',
    resident: '当事人',
    system: '系统',
  },
  en: {
    file: 'files the matter',
    complete: 'does “{task}”',
    claim: 'takes “{task}”',
    return: 'lays back “{task}”',
    message: '{name}',
    supplement: 'adds a message',
    pause: 'stops the clock',
    resume: 'lets the clock go on',
    correct: 'corrects',
    advance: 'time passes',
    comment: 'Comment on the draft',
    answer: 'Answer what has no answer',
    holidays: 'holiday notice loaded',
    resident: 'The person',
    system: 'The platform',
  },
})

export type Played = { title: string; script: Script; stage: Stage; packages: Map<string, Package> }

/** @throws `example.not_found`. */
export async function loadStage(visit: Visit, procedure: Package, name: string): Promise<Played> {
  const example = procedure.examples.get(name)
  if (!example) throw notFound('example.not_found', 'There is no such example.')
  const packages = await reachable(visit, procedure)
  const script = toScript(procedure, example, visit.town, (slug) => packages.get(slug))
  const words = Object.fromEntries([...packages].map(([slug, one]) => [slug, wordsOf(one, visit.language)]))
  const steps = example.steps.map((step) => ({ actor: actorOf(visit, step), words: stepWords(visit, packages, procedure, step) }))
  return { title: example.title, script, stage: { language: visit.language, texts: {}, words, steps }, packages }
}

/** The procedure and those that its links reach. */
async function reachable(visit: Visit, procedure: Package): Promise<Map<string, Package>> {
  const found = new Map([[procedure.slug, procedure]])
  const open = Object.values(procedure.manifest.links)
  for (let slug = open.shift(); slug !== undefined; slug = open.shift()) {
    if (found.has(slug)) continue
    const other = await getProcedure(visit.ctx, slug).catch((error: unknown) => {
      if (error instanceof DomainError && error.kind === 'not_found') return undefined
      throw error
    })
    if (!other) continue
    found.set(slug, other)
    open.push(...Object.values(other.manifest.links))
  }
  return found
}

/** Names of elements under their ids, and the texts of limits, events, documents, outcomes and messages under their own keys. */
function wordsOf(procedure: Package, language: Visit['language']): Record<string, string> {
  const start = procedure.slug.length + 1
  const texts = Object.entries(procedure.texts[language]).map(([key, text]) => [key.slice(start), text] as const)
  const wanted = texts.filter(([key]) => /^(title$|deadline\.|event\.|document\.|outcome\.|message\.)/.test(key))
  const named = Object.values(procedure.graph.elements).map((element) => [element.id, element.name ?? element.id] as const)
  return { ...Object.fromEntries(named), ...elementNames(procedure, language), ...Object.fromEntries(wanted) }
}

/** Who acts, by post: examples name duties, never people. */
function actorOf(visit: Visit, { actor, do: act }: ExampleStep): string {
  const t = texts(visit.language)
  if (actor === undefined) return act === 'advance' || act === 'import-holidays' ? t('system') : ''
  if (!actor.startsWith('post:')) return t('resident')
  const [duty, organization] = actor.slice('post:'.length).split('@')
  const post = [...visit.town.posts.values()].find((one) => one.duty === duty && (organization === undefined || one.organization === organization))
  return post?.title[visit.language] ?? duty ?? ''
}

function stepWords(visit: Visit, packages: Map<string, Package>, procedure: Package, step: ExampleStep): string {
  const t = texts(visit.language)
  const slug = step.case === undefined || step.case === 'main' ? procedure.slug : procedure.manifest.links[step.case]
  const words = wordsOf(packages.get(slug ?? '') ?? procedure, visit.language)
  const task = words[step.task ?? ''] ?? step.task ?? ''
  switch (step.do) {
    case 'complete':
    case 'claim':
    case 'return':
      return t(step.do, { task })
    case 'message':
      return t('message', { name: words[`message.${step.name ?? ''}`] ?? step.name ?? '' })
    case 'import-holidays':
      return t('holidays')
    case 'file':
    case 'supplement':
    case 'pause':
    case 'resume':
    case 'correct':
    case 'advance':
    case 'comment':
    case 'answer':
      return t(step.do)
  }
}

export const modelsOf = (packages: Map<string, Package>): Record<string, DiagramModel> =>
  Object.fromEntries([...packages].map(([slug, one]) => [slug, readModel(one.definitions)]))
