// The diagram in bpmn-js, with a panel of our own for the attributes of `urn:xiangli:bpmn:1`. What is drawn is written into the text field.
import { editorWords } from '../editors/words.ts'
import { loadEditor, showCanvas, writeBack } from '../editors/load.ts'

/** The parts of bpmn-js that are used; it has no types of its own here. */
type Business = { $type: string; id: string; name?: string; eventDefinitions?: Business[]; get(name: string): unknown; $model: Factory }
type Factory = { create(type: string, properties: object): unknown }
type Shape = { id: string; businessObject: Business }
type Modeling = {
  updateProperties(shape: Shape, properties: object): void
  updateModdleProperties(shape: Shape, part: unknown, properties: object): void
}
type Box = { x: number; y: number; width: number; height: number }
type Canvas = { zoom(to?: string | number): number; viewbox(): { inner: Box; outer: Box }; viewbox(box: Box): void }
type Modeler = {
  importXML(xml: string): Promise<unknown>
  saveXML(options: { format: boolean }): Promise<{ xml: string }>
  get(name: 'canvas'): Canvas
  get(name: 'modeling'): Modeling
  get(name: 'moddle'): Factory
  on(event: string, heard: (event: { newSelection?: Shape[] }) => void): void
}
declare global {
  // oxlint-disable-next-line no-var -- a global of a script is declared so
  var BpmnJS: (new (options: object) => Modeler) | undefined
}

const attributes = ['form', 'decision', 'action', 'deadline', 'law', 'event', 'serves', 'by', 'extends']
const text = (name: string) => ({ name, isAttr: true, type: 'String' })
const descriptor = {
  name: 'Xiangli',
  uri: 'urn:xiangli:bpmn:1',
  prefix: 'xl',
  xml: { tagAlias: 'lowerCase' },
  types: [
    { name: 'Annotated', isAbstract: true, extends: ['bpmn:BaseElement'], properties: attributes.map(text) },
    { name: 'Input', superClass: ['Element'], properties: ['name', 'value', 'expression'].map(text) },
  ],
  enumerations: [],
  associations: [],
}

export async function start(place: HTMLElement): Promise<void> {
  const field = place.querySelector<HTMLTextAreaElement>('textarea[name=xml]')
  await loadEditor(place)
  if (!field || !globalThis.BpmnJS) return
  const container = showCanvas(place)
  const words = [editorWords('diagram')]
  const options = { container, keyboard: { bindTo: container }, moddleExtensions: { xl: descriptor }, additionalModules: words }
  const modeler = new globalThis.BpmnJS(options)
  try {
    await modeler.importXML(field.value)
  } catch {
    // A file that cannot be drawn is put right as text; the findings say where.
    place.querySelector('[data-editor=place]')?.setAttribute('hidden', '')
    return
  }
  beginReadable(modeler.get('canvas'))
  zoomButtons(place, modeler.get('canvas'))
  let timer: ReturnType<typeof setTimeout> | undefined
  modeler.on('commandStack.changed', () => {
    clearTimeout(timer)
    timer = setTimeout(() => void modeler.saveXML({ format: true }).then(({ xml }) => writeBack(field, xml)), 250)
  })
  const panel = place.querySelector<HTMLElement>('[data-editor=panel]')
  if (panel) {
    const words: Record<string, string> = JSON.parse(place.dataset['words'] ?? '{}')
    const choices: Record<string, string[]> = JSON.parse(place.dataset['choices'] ?? '{}')
    const show = (shape: Shape | undefined) => showPanel(panel, modeler, words, choices, shape)
    modeler.on('selection.changed', ({ newSelection = [] }) => show(newSelection.length === 1 ? newSelection[0] : undefined))
    show(undefined)
  }
  place.dataset['ready'] = 'true'
}

const readable = 0.75
/** Pixels that the editor's own tools take on the left. */
const tools = 120

/** All of a small drawing; of a large one the upper left, where it begins, at a size that can be read. */
function beginReadable(canvas: Canvas): void {
  if (canvas.zoom('fit-viewport') >= readable) return
  const { inner, outer } = canvas.viewbox()
  canvas.viewbox({ x: inner.x - tools / readable, y: inner.y - 20, width: outer.width / readable, height: outer.height / readable })
}

/** Buttons for those who have no wheel. */
function zoomButtons(place: HTMLElement, canvas: Canvas): void {
  for (const button of place.querySelectorAll<HTMLButtonElement>('[data-zoom]'))
    button.addEventListener('click', () => {
      const to = button.dataset['zoom']
      canvas.zoom(to === 'all' ? 'fit-viewport' : canvas.zoom() * (to === 'in' ? 1.25 : 0.8))
    })
}

function showPanel(
  panel: HTMLElement,
  modeler: Modeler,
  words: Record<string, string>,
  choices: Record<string, string[]>,
  shape: Shape | undefined,
): void {
  const title = document.createElement('h2')
  title.className = 'govuk-heading-s'
  title.textContent = shape ? `${words['title'] ?? ''}: ${shape.id}` : (words['title'] ?? '')
  panel.replaceChildren(title)
  if (!shape) {
    const hint = document.createElement('p')
    hint.className = 'govuk-hint'
    hint.textContent = words['pick'] ?? ''
    panel.append(hint)
    return
  }
  const is = shape.businessObject
  const modeling = modeler.get('modeling')
  const add = (name: string, value: string, write: (value: string) => void, options?: string[]) =>
    panel.append(control(`xl-${name}`, words[name] ?? name, value, write, options, words['none'] ?? ''))
  add('name', is.name ?? '', (value) => modeling.updateProperties(shape, { name: value || undefined }))
  for (const name of ['form', 'law', 'event', 'action', 'serves', 'by', 'extends']) {
    const value = is.get(`xl:${name}`)
    add(
      name,
      typeof value === 'string' ? value : '',
      (next) => modeling.updateProperties(shape, { [`xl:${name}`]: next || undefined }),
      choices[name],
    )
  }
  const timer = is.eventDefinitions?.find((one) => one.$type === 'bpmn:TimerEventDefinition')
  if (timer) {
    const value = timer.get('xl:deadline')
    const write = (next: string) => modeling.updateModdleProperties(shape, timer, { 'xl:deadline': next || undefined })
    add('deadline', typeof value === 'string' ? value : '', write, choices['deadline'])
  }
  if (/ServiceTask|SendTask/.test(is.$type)) addInputs(panel, modeler, shape, words['inputs'] ?? 'inputs')
}

function control(id: string, label: string, value: string, write: (value: string) => void, options: string[] | undefined, none: string): HTMLElement {
  const group = document.createElement('div')
  group.className = 'govuk-form-group'
  const caption = document.createElement('label')
  caption.className = 'govuk-label'
  caption.htmlFor = id
  caption.textContent = label
  const input = options ? document.createElement('select') : document.createElement('input')
  input.id = id
  input.className = options ? 'govuk-select' : 'govuk-input'
  if (input instanceof HTMLSelectElement) {
    const known = options ?? []
    for (const each of ['', ...(value === '' || known.includes(value) ? known : [value, ...known])])
      input.add(new Option(each === '' ? none : each, each))
  }
  input.value = value
  input.addEventListener('change', () => write(input.value.trim()))
  // The panel is no part of the form that is sent: what is typed goes into the drawing.
  input.addEventListener('input', (event) => event.stopPropagation())
  group.append(caption, input)
  return group
}

type Extensions = { values?: { $type: string; name?: string; value?: string; expression?: string }[] }

/** `xl:input` elements as lines `name=value`. */
function addInputs(panel: HTMLElement, modeler: Modeler, shape: Shape, label: string): void {
  const found = shape.businessObject.get('extensionElements')
  const extensions: Extensions = found !== null && typeof found === 'object' ? found : {}
  const inputs = (extensions.values ?? []).filter((one) => one.$type === 'xl:Input')
  const area = document.createElement('textarea')
  area.className = 'govuk-textarea xl-source'
  area.rows = 4
  area.id = 'xl-inputs'
  area.value = inputs.map((one) => `${one.name ?? ''}=${one.value ?? `=${one.expression ?? ''}`}`).join('\n')
  area.addEventListener('input', (event) => event.stopPropagation())
  area.addEventListener('change', () => {
    const moddle = modeler.get('moddle')
    const made = area.value.split('\n').flatMap((line) => {
      const [, name, value] = /^\s*([\w-]+)\s*=(.*)$/.exec(line) ?? []
      return name === undefined ? [] : [moddle.create('xl:Input', { name, value: (value ?? '').trim() })]
    })
    const others = (extensions.values ?? []).filter((one) => one.$type !== 'xl:Input')
    const values = [...others, ...made]
    const next = values.length === 0 ? undefined : moddle.create('bpmn:ExtensionElements', { values })
    modeler.get('modeling').updateProperties(shape, { extensionElements: next })
  })
  const caption = document.createElement('label')
  caption.className = 'govuk-label'
  caption.htmlFor = area.id
  caption.textContent = label
  panel.append(caption, area)
}
