// A rule table in dmn-js; what is drawn is written into the text field that is sent.
import { editorWords } from '../editors/words.ts'
import { loadEditor, showCanvas, writeBack } from '../editors/load.ts'

type View = { type: string; element: unknown }
type Viewer = { on(event: string, heard: () => void): void }
type Modeler = {
  importXML(xml: string): Promise<unknown>
  saveXML(options: { format: boolean }): Promise<{ xml: string }>
  getViews(): View[]
  open(view: View): Promise<unknown>
  getActiveViewer(): Viewer | undefined
  on(event: string, heard: () => void): void
}
declare global {
  // oxlint-disable-next-line no-var -- a global of a script is declared so
  var DmnJS: (new (options: object) => Modeler) | undefined
}

/** The column of row numbers has no head of its own. */
function nameNumbers(container: HTMLElement | undefined): void {
  for (const head of container?.querySelectorAll('th.index-column:empty') ?? [])
    head.textContent = document.documentElement.lang.startsWith('zh') ? '序' : 'No.'
}

export async function start(place: HTMLElement): Promise<void> {
  const field = place.closest('form')?.querySelector<HTMLTextAreaElement>('textarea[name=text]')
  await loadEditor(place)
  if (!field || !globalThis.DmnJS) return
  const container = showCanvas(place)
  const words = { additionalModules: [editorWords('table')] }
  const views = { drd: words, decisionTable: words, literalExpression: words, boxedExpression: words }
  const modeler = new globalThis.DmnJS({ container, keyboard: { bindTo: container }, ...views })
  const heard = new WeakSet<Viewer>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const changed = () => {
    clearTimeout(timer)
    timer = setTimeout(() => void modeler.saveXML({ format: true }).then(({ xml }) => writeBack(field, xml)), 250)
  }
  // Each kind of view has a viewer of its own, made when it is first opened.
  modeler.on('views.changed', () => {
    const viewer = modeler.getActiveViewer()
    nameNumbers(container)
    if (!viewer || heard.has(viewer)) return
    heard.add(viewer)
    viewer.on('commandStack.changed', changed)
  })
  try {
    await modeler.importXML(field.value)
    const table = modeler.getViews().find((view) => view.type === 'decisionTable')
    if (table) await modeler.open(table)
    nameNumbers(container)
  } catch {
    container?.setAttribute('hidden', '')
    place.querySelector('[data-editor=still]')?.removeAttribute('hidden')
    return
  }
  place.dataset['ready'] = 'true'
}
