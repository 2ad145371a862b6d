// The style attributes that dmn-js writes into its page: its mark, the notice behind it, and what is dragged. Its licence asks that the
// code of the mark stays as it is, so the page of the editor allows these values, by their hashes, and no other. A test reads them off the
// script that is served.
import { createHash } from 'node:crypto'

const lightbox = {
  whole: ['z-index: 1001', 'position: fixed', 'top: 0', 'left: 0', 'right: 0', 'bottom: 0'],
  backdrop: ['width: 100%', 'height: 100%', 'background: rgba(40,40,40,0.2)'],
  notice: [
    'position: absolute',
    'left: 50%',
    'top: 40%',
    'transform: translate(-50%)',
    'width: 260px',
    'padding: 10px',
    'background: white',
    'box-shadow: 0 1px 4px rgba(0,0,0,0.3)',
    'font-family: Helvetica, Arial, sans-serif',
    'font-size: 14px',
    'display: flex',
    'line-height: 1.3',
  ],
}

/** Values of style attributes, as they stand in the script. */
export const tableStyles: readonly string[] = [
  'vertical-align:middle',
  'position: absolute; bottom: 15px; right: 15px; z-index: 100;',
  'margin: 15px 20px 15px 10px; align-self: center;',
  '\n          visibility: hidden;\n          position: fixed;\n          top: -10000px\n      ',
  ...Object.values(lightbox).map((rules) => rules.join(';')),
]

/** Sources of `style-src` that allow these attributes and nothing else (Content Security Policy Level 3, 'unsafe-hashes'). */
export const tableStyleSources: readonly string[] = [
  "'unsafe-hashes'",
  ...tableStyles.map((value) => `'sha256-${createHash('sha256').update(value).digest('base64')}'`),
]
