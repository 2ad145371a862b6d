// A DMN file of any version from 1.1 to 1.5 as a model.
import { DecisionError } from './environment.ts'
import type { DecisionService, DrgElement, ItemDefinition, Model, Variable } from './model.ts'
import { allowedIn, readBoxedIn, readFunction, readVariable, typeName } from './read-boxed.ts'
import { childOf, childrenOf, type Element, readXml, textOf } from './xml.ts'

/** Reads the text of a DMN file. Throws DecisionError `decision.unreadable`. */
export function readModel(xml: string): Model {
  const root = readXml(xml)
  if (root.name !== 'definitions') throw new DecisionError('decision.unreadable', 'The file is no DMN model.')
  const namespace = root.attributes['namespace'] ?? ''
  return {
    namespace,
    name: root.attributes['name'] ?? '',
    imports: childrenOf(root, 'import').map((element) => ({
      namespace: element.attributes['namespace'] ?? '',
      name: element.attributes['name'] ?? '',
      location: element.attributes['locationURI'],
    })),
    types: childrenOf(root, 'itemDefinition').map(readItem),
    elements: root.children.flatMap((element) => readElement(element, namespace)),
  }
}

function readItem(element: Element): ItemDefinition {
  const item = childOf(element, 'functionItem')
  return {
    name: element.attributes['name'] ?? '',
    type: typeName(textOf(element, 'typeRef') ?? element.attributes['typeRef']),
    isCollection: element.attributes['isCollection'] === 'true',
    allowed: allowedIn(element, 'allowedValues'),
    constraint: allowedIn(element, 'typeConstraint'),
    components: childrenOf(element, 'itemComponent').map(readItem),
    function: item && {
      parameters: childrenOf(item, 'parameters').map((parameter): Variable => ({
        name: parameter.attributes['name'] ?? '',
        type: typeName(parameter.attributes['typeRef']),
      })),
      result: typeName(item.attributes['outputTypeRef']),
    },
  }
}

function readElement(element: Element, namespace: string): DrgElement[] {
  const name = (element.attributes['name'] ?? '').trim()
  const variable = readVariable(childOf(element, 'variable')) ?? { name, type: undefined }
  const named = { id: element.attributes['id'] ?? name, name, variable: variable.name === '' ? { ...variable, name } : variable, namespace }
  const references = (outer: string, inner: string) =>
    childrenOf(element, outer).flatMap((child) => childrenOf(child, inner).map((one) => readReference(one, namespace)))
  switch (element.name) {
    case 'inputData':
      return [{ k: 'input', ...named }]
    case 'decision':
      return [
        {
          k: 'decision',
          ...named,
          logic: readBoxedIn(element),
          information: [...references('informationRequirement', 'requiredInput'), ...references('informationRequirement', 'requiredDecision')],
          knowledge: references('knowledgeRequirement', 'requiredKnowledge'),
        },
      ]
    case 'businessKnowledgeModel': {
      const logic = childOf(element, 'encapsulatedLogic')
      return [{ k: 'knowledge', ...named, logic: logic && readFunction(logic), knowledge: references('knowledgeRequirement', 'requiredKnowledge') }]
    }
    case 'decisionService':
      return [readService(element, named)]
    default:
      return []
  }
}

function readService(element: Element, named: Pick<DecisionService, 'id' | 'name' | 'variable' | 'namespace'>): DecisionService {
  const list = (name: string) => childrenOf(element, name).map((one) => readReference(one, named.namespace))
  return { k: 'service', ...named, outputs: list('outputDecision'), inputDecisions: list('inputDecision'), inputData: list('inputData') }
}

/** `#id`, `namespace#id` or a bare `id`, always given as `namespace#id`. */
function readReference(element: Element, namespace: string): string {
  const href = element.attributes['href'] ?? ''
  const at = href.lastIndexOf('#')
  if (at < 0) return `${namespace}#${href}`
  return at === 0 ? namespace + href : href
}
