// bpmn-js and dmn-js for the library's editor, as their makers publish them, with their watermark as their licence asks.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

type Store = (name: string, content: string | Uint8Array) => string

const scripts = {
  'bpmn-modeler.js': 'bpmn-js/dist/bpmn-modeler.production.min.js',
  'dmn-modeler.js': 'dmn-js/dist/dmn-modeler.production.min.js',
}

const styles = {
  'bpmn-editor.css': ['bpmn-js/dist/assets/diagram-js.css', 'bpmn-js/dist/assets/bpmn-js.css'],
  'dmn-editor.css': [
    'dmn-js/dist/assets/diagram-js.css',
    'dmn-js/dist/assets/dmn-js-shared.css',
    'dmn-js/dist/assets/dmn-js-drd.css',
    'dmn-js/dist/assets/dmn-js-decision-table.css',
    'dmn-js/dist/assets/dmn-js-decision-table-controls.css',
    'dmn-js/dist/assets/dmn-js-literal-expression.css',
    'dmn-js/dist/assets/dmn-js-boxed-expression.css',
    'dmn-js/dist/assets/dmn-js-boxed-expression-controls.css',
  ],
}

const fonts = {
  bpmn: ['bpmn-js/dist/assets/bpmn-font/css/bpmn.css', 'bpmn-js/dist/assets/bpmn-font/font/bpmn.woff2'],
  dmn: ['dmn-js/dist/assets/dmn-font/css/dmn.css', 'dmn-js/dist/assets/dmn-font/font/dmn.woff2'],
} as const

/** Adds their scripts, styles and icon fonts to `files`. Fonts are files of their own: the pages' policy allows none inside a style. */
export function storeEditors(modulesFolder: string, files: Record<string, string>, store: Store): void {
  const read = (path: string) => readFileSync(join(modulesFolder, path), 'utf8')
  for (const [name, path] of Object.entries(scripts)) files[name] = store(name, read(path))
  for (const [name, paths] of Object.entries(styles)) {
    const kind = name.startsWith('bpmn') ? 'bpmn' : 'dmn'
    const [css, font] = fonts[kind]
    const fontName = `${kind}-icons.woff2`
    files[fontName] = store(fontName, readFileSync(join(modulesFolder, font)))
    const icons = read(css)
      .replaceAll(/src:\s*url\([^;]*;/g, '')
      .replace('@font-face {', `@font-face { src: url('./${files[fontName]}') format('woff2');`)
    files[name] = store(name, [...paths.map(read), icons].join('\n'))
  }
}
