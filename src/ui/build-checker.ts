// Builds the page that checks receipts offline into one file: markup, style and script, no address in it. Its script is
// the verifier of src/kernel/ledger, with platform-web.ts in the place of platform.ts. What is read here is input by its
// path, as npm packages are: nothing of this layer imports it.
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const source = join(import.meta.dirname, '..')
const checker = join(source, 'web/checker')
const ledger = join(source, 'kernel/ledger')

/** Everything that the page is made from; tests and what only servers use do no harm here. */
export const checkerInputs = (): string[] =>
  [join(checker, '*'), join(ledger, '*.ts'), join(source, 'kernel/{errors,clock}.ts')]
    .flatMap((pattern) => globSync(pattern))
    .filter((path) => !path.endsWith('.test.ts') && !path.endsWith('.fixture.ts'))
    .toSorted()

/**
 * The page. Its policy lets its own style and script run, by their hashes, and nothing else: no request can leave it,
 * wherever it is opened from.
 */
export async function buildChecker(): Promise<string> {
  const script = await bundle()
  const style = minify(readFileSync(join(checker, 'page.css'), 'utf8'))
  const policy = `default-src 'none'; script-src '${digest(script)}'; style-src '${digest(style)}'; img-src data:; base-uri 'none'; form-action 'none'`
  return [
    ['content="policy"', `content="${policy}"`],
    ['<!-- style -->', `<style>${style}</style>`],
    ['<!-- script -->', `<script>${script}</script>`],
  ].reduce((page, [mark = '', part = '']) => page.replace(mark, () => part), readFileSync(join(checker, 'page.html'), 'utf8'))
}

async function bundle(): Promise<string> {
  const { rolldown } = await import('rolldown')
  const build = await rolldown({
    input: join(checker, 'main.ts'),
    platform: 'browser',
    plugins: [{ name: 'platform', resolveId: (wanted) => (wanted.endsWith('/platform.ts') ? join(ledger, 'platform-web.ts') : null) }],
    // A module of Node in here would be a page that fails when it is opened: better no page.
    onLog: (_, { message }) => {
      throw new Error(`The checking page cannot be built: ${message}`)
    },
  })
  try {
    const { output } = await build.generate({ format: 'iife', minify: true })
    const [{ code }] = output
    if (/<\/script|<!--/i.test(code)) throw new Error('The script of the checking page would end its own element.')
    return code
  } finally {
    await build.close()
  }
}

/** Lines become one; the style sheet has no texts in which spaces matter. */
const minify = (css: string) => css.replaceAll(/\s*\n\s*/g, '')

const digest = (content: string) => `sha256-${createHash('sha256').update(content).digest('base64')}`
