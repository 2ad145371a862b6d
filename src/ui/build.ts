// Builds dist/assets: style sheets, scripts, islands and editors, the page that checks receipts offline, hashed names, a manifest, and
// compressed copies beside each file.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { assetsFolder, readManifest, useManifest } from './assets.ts'
import type { Manifest } from './assets.ts'
import { buildChecker, checkerInputs } from './build-checker.ts'
import { bundleIslands, islandsFolder, listIslands } from './bundle.ts'
import { storeEditors } from './editors.ts'
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
  const known = readManifest()
  const isCurrent = known !== undefined && known.inputs === hashInputs(known.modules ?? []) && isComplete(known)
  const manifest = isCurrent ? known : await buildAssets()
  useManifest(manifest)
  return manifest
}

const isComplete = (manifest: Manifest) => Object.values(manifest.files).every((file) => existsSync(join(assetsFolder, file)))

async function buildAssets(): Promise<Manifest> {
  mkdirSync(assetsFolder, { recursive: true })
  const files: Record<string, string> = {}
  files['app.css'] = store('app.css', await compileStyle())
  files['turbo.js'] = store('turbo.js', await shortenScript(readFileSync(libraryScripts.turbo, 'utf8')))
  files['govuk.js'] = store('govuk.js', readFileSync(libraryScripts.govuk, 'utf8').replace(/^\/\/# sourceMappingURL.*$/m, ''))
  // The proof-of-work widget, without styles and workers inside it: those come from files, as the policy of pages asks.
  for (const [name, path] of Object.entries(proofFiles)) files[name] = store(name, readFileSync(join(modulesFolder, 'altcha/dist', path), 'utf8'))
  const proof = await shortenScript(readFileSync(join(here, 'script/proof.js'), 'utf8'))
  files['proof.js'] = store('proof.js', useHashedNames(proof, files))
  files['mark.svg'] = store('mark.svg', readFileSync(join(here, 'style/mark.svg'), 'utf8'))
  files['passkey.js'] = store('passkey.js', await bundleScript('script/passkey.js'))
  files['locate.js'] = store('locate.js', await shortenScript(readFileSync(join(here, 'script/locate.js'), 'utf8')))
  const app = await shortenScript(readFileSync(join(here, 'script/app.js'), 'utf8'))
  files['app.js'] = store('app.js', useHashedNames(app, files))
  files['verify.html'] = store('verify.html', await buildChecker())
  const islands = await bundleIslands()
  for (const { name, code } of islands) files[name] = store(name, code)
  storeEditors(modulesFolder, files, store)
  const modules = [...new Set(islands.flatMap((island) => island.modules))]
    .map((path) => relative(here, path))
    .filter((path) => !path.includes('node_modules'))
  const manifest = { inputs: hashInputs(modules), modules, files }
  removeOldFiles(manifest)
  writeWhole('manifest.json', JSON.stringify(manifest, null, 2))
  return manifest
}

/** An island with the library it uses, as one module. */
async function bundleScript(source: string): Promise<string> {
  const { rolldown } = await import('rolldown')
  const bundle = await rolldown({ input: join(here, source), platform: 'browser' })
  const { output } = await bundle.generate({ format: 'es', minify: true })
  await bundle.close()
  return output[0].code
}

const proofFiles = {
  'altcha.js': 'external/altcha.min.js',
  'altcha-zh.js': 'i18n/zh-cn.js',
  'altcha-worker.js': 'workers/pbkdf2.js',
  'altcha.css': 'external/altcha.css',
}

const useHashedNames = (script: string, files: Record<string, string>): string =>
  script.replace(/\.\/([\w-]+\.js)/g, (plain, name: string) => (files[name] === undefined ? plain : `./${files[name]}`))

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

function store(name: string, content: string | Uint8Array): string {
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
    const isOurs = /\.[0-9a-f]{10}\.(css|js|svg|html|woff2)/.test(file) && !file.startsWith('.')
    if (isOurs && !current.some((name) => file.startsWith(name))) rmSync(join(assetsFolder, file), { force: true })
  }
}

/** What is built from packages: their versions count. */
const packages = ['govuk-frontend', '@hotwired/turbo', 'sass', 'oxc-transform', 'rolldown', '@simplewebauthn/browser', 'bpmn-js', 'dmn-js', 'altcha']

/** `modules`: what the islands were bundled from, as paths from here. */
function hashInputs(modules: readonly string[]): string {
  const hash = createHash('sha256')
  const bundled = modules.map((path) => join(here, path)).filter((path) => existsSync(path))
  for (const path of [...inputFiles(), ...checkerInputs(), ...bundled]) hash.update(path.slice(here.length)).update(readFileSync(path))
  for (const name of packages) {
    hash.update(readFileSync(join(modulesFolder, name, 'package.json')))
  }
  return hash.digest('hex')
}

const inputFiles = () => [
  ...['build.ts', 'build-checker.ts', 'bundle.ts', 'editors.ts'].map((file) => join(here, file)),
  ...listIslands().map((file) => join(islandsFolder, file)),
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
