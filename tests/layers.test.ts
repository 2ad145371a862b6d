// The direction of dependence (ARCHITECTURE.md) and house rules that a linter does not know.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'

const root = new URL('..', import.meta.url).pathname
const files = globSync('src/**/*.{ts,tsx}', { cwd: root }).sort()
const sources = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]))
const isTest = (file: string) => /\.test\.tsx?$/.test(file) || file.includes('/fixtures/') || file.endsWith('fixture.ts')

/** Layer → what it may import beside itself. */
const mayImport: Record<string, string[]> = {
  app: ['kernel', 'http', 'ui', 'web', 'apis', 'cli', 'demo'],
  demo: ['kernel', 'http'],
  web: ['http', 'kernel', 'ui'],
  apis: ['http', 'kernel'],
  cli: ['kernel', 'demo', 'app'],
  http: ['kernel', 'ui'],
  ui: [],
  kernel: [],
}

const layerOf = (path: string): string => {
  const [, folder = '', rest] = path.split('/')
  return rest === undefined ? 'app' : folder
}

function importsOf(file: string): string[] {
  const found = [...(sources.get(file) ?? '').matchAll(/^(?:import|export)\s[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
  return found.flatMap((specifier) => {
    if (specifier.startsWith('.')) return [relative('.', join(dirname(file), specifier))]
    if (specifier === '#app') return ['src/app.ts']
    if (specifier.startsWith('#')) return [`src/${specifier.slice(1)}`]
    return []
  })
}

test('imports go down the layers only', () => {
  const wrong = files
    .filter((file) => !isTest(file))
    .flatMap((file) =>
      importsOf(file)
        .filter(
          (target) => target.startsWith('src/') && layerOf(target) !== layerOf(file) && !(mayImport[layerOf(file)] ?? []).includes(layerOf(target)),
        )
        .map((target) => `${file} → ${target}`),
    )
  assert.deepEqual(wrong, [])
})

test('the kernel knows no HTTP framework and no page', () => {
  const wrong = files.filter(
    (file) => file.startsWith('src/kernel/') && !isTest(file) && /from '(hono|#ui|#web|#http|#apis)/.test(sources.get(file) ?? ''),
  )
  assert.deepEqual(wrong, [])
})

test('only clock.ts reads the clock', () => {
  const wrong = files.filter(
    (file) => file !== 'src/kernel/clock.ts' && !isTest(file) && /\bDate\.now\(\)|new Date\(\)/.test(sources.get(file) ?? ''),
  )
  assert.deepEqual(wrong, [])
})

test('no code names a procedure of the library', () => {
  const wrong = files.filter(
    (file) => !isTest(file) && !file.startsWith('src/demo/') && /['"`](petition|petition-review)['"`]/.test(sources.get(file) ?? ''),
  )
  assert.deepEqual(wrong, [])
})

test('files stay under 300 lines, tests and benchmarks too', () => {
  const others = globSync('{tests,bench}/**/*.{ts,tsx,js,mjs}', { cwd: root }).sort()
  assert.ok(others.includes('tests/layers.test.ts'))
  const long = [...files, ...others].filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 301)
  assert.deepEqual(long, [])
})
