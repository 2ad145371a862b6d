// Builds dist/assets: one style sheet, three scripts, the page that checks receipts offline, hashed names, a manifest, and compressed copies beside each file.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { assetsFolder, readManifest, useManifest } from './assets.ts'
import type { Manifest } from './assets.ts'
import { buildChecker, checkerInputs } from './build-checker.ts'
import { recolour } from './style/recolour.ts'

const here = import.meta.dirname
const require = createRequire(import.meta.url)
const modulesFolder = join(dirname(require.resolve('govuk-frontend/package.json')), '..')
const libraryScripts = {
  turbo: join(modulesFolder, '@hotwired/turbo/dist/turbo.es2017-esm.js'),
  govuk: join(modulesFolder, 'govuk-frontend/dist/govuk/govuk-frontend.min.js'),
}

/**
 * Makes sure that `dist/assets` holds what the sources say, building when it is missing or out of date.
 * Up to date costs a few file reads. Safe when several processes start at once: names carry their content's hash.
 */
export async function ensureAssets(): Promise<Manifest> {
  const inputs = hashInputs()
  const known = readManifest()
  const manifest = known?.inputs === inputs && isComplete(known) ? known : await buildAssets(inputs)
  useManifest(manifest)
  return manifest
}

const isComplete = (manifest: Manifest) => Object.values(manifest.files).every((file) => existsSync(join(assetsFolder, file)))

async function buildAssets(inputs: string): Promise<Manifest> {
  mkdirSync(assetsFolder, { recursive: true })
  const files: Record<string, string> = {}
  files['app.css'] = store('app.css', await compileStyle())
  files['turbo.js'] = store('turbo.js', await shortenScript(readFileSync(libraryScripts.turbo, 'utf8')))
  files['govuk.js'] = store('govuk.js', readFileSync(libraryScripts.govuk, 'utf8').replace(/^\/\/# sourceMappingURL.*$/m, ''))
  files['mark.svg'] = store('mark.svg', readFileSync(join(here, 'style/mark.svg'), 'utf8'))
  const app = await shortenScript(readFileSync(join(here, 'script/app.js'), 'utf8'))
  files['app.js'] = store(
    'app.js',
    app.replace(/\.\/(turbo|govuk)\.js/g, (_, name: string) => `./${files[`${name}.js`]}`),
  )
  files['verify.html'] = store('verify.html', await buildChecker())
  const manifest = { inputs, files }
  removeOldFiles(manifest)
  writeWhole('manifest.json', JSON.stringify(manifest, null, 2))
  return manifest
}

/** The style sheet, compressed, in our own palette. */
export async function compileStyle(): Promise<string> {
  const sass = await import('sass')
  const { css } = sass.compile(join(here, 'style/app.scss'), {
    loadPaths: [modulesFolder, join(here, 'style')],
    style: 'compressed',
    quietDeps: true,
    logger: sass.Logger.silent,
  })
  return recolour(css)
}

/**
 * Drops comment lines and indentation. Turbo is published unminified and no bundler is among the dependencies;
 * whole lines only, so nothing inside a line of code can be mistaken for a comment.
 */
async function shortenScript(source: string): Promise<string> {
  const { transformSync } = await import('oxc-transform')
  const { code, errors } = transformSync('script.js', dropCommentLines(source), { lang: 'js', sourceType: 'module' })
  if (errors.length > 0) throw new Error(`A script could not be shortened: ${errors[0]?.message}`)
  return dropCommentLines(code)
}

function dropCommentLines(source: string): string {
  const kept: string[] = []
  let inside = false
  for (const line of source.split('\n')) {
    const text = line.trim()
    if (inside) inside = !text.endsWith('*/')
    else if (text.startsWith('/*') && !text.startsWith('/*!')) {
      if (!text.includes('*/')) inside = true
      else if (!text.endsWith('*/')) kept.push(text)
    } else if (text && !text.startsWith('//')) kept.push(text)
  }
  return kept.join('\n')
}

function store(name: string, content: string): string {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10)
  const file = name.replace('.', `.${hash}.`)
  writeWhole(file, content)
  writeWhole(`${file}.gz`, gzipSync(content, { level: 9 }))
  writeWhole(`${file}.br`, brotliCompressSync(content))
  return file
}

/** A reader sees the whole file or none of it. */
function writeWhole(file: string, content: string | Uint8Array): void {
  const temporary = join(assetsFolder, `.${file}.${process.pid}`)
  writeFileSync(temporary, content)
  renameSync(temporary, join(assetsFolder, file))
}

/** Earlier builds go, except what another process is writing this moment. */
function removeOldFiles(manifest: Manifest): void {
  const current = Object.values(manifest.files)
  for (const file of readdirSync(assetsFolder)) {
    const isOurs = /\.[0-9a-f]{10}\.(css|js|svg|html)/.test(file) && !file.startsWith('.')
    if (isOurs && !current.some((name) => file.startsWith(name))) rmSync(join(assetsFolder, file), { force: true })
  }
}

function hashInputs(): string {
  const hash = createHash('sha256')
  for (const path of inputFiles()) hash.update(path.slice(here.length)).update(readFileSync(path))
  for (const path of checkerInputs()) hash.update(path.slice(here.length)).update(readFileSync(path))
  for (const name of ['govuk-frontend', '@hotwired/turbo', 'sass', 'oxc-transform', 'rolldown']) {
    hash.update(readFileSync(join(modulesFolder, name, 'package.json')))
  }
  return hash.digest('hex')
}

const inputFiles = () => [
  join(here, 'build.ts'),
  join(here, 'build-checker.ts'),
  ...['style', 'script'].flatMap((folder) =>
    readdirSync(join(here, folder))
      .toSorted()
      .map((file) => join(here, folder, file)),
  ),
]

if (import.meta.main) {
  const manifest = await ensureAssets()
  process.stdout.write(`${Object.values(manifest.files).join('\n')}\n`)
}
