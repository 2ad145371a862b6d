// `npm test`: checks, then the tests on the embedded database, then the database tests again on PostgreSQL, then browsers.
// `npm test -- embedded` (or check, postgres, browser) runs one part; further words are file names to keep to.
import { spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const root = new URL('..', import.meta.url).pathname
const { positionals } = parseArgs({ allowPositionals: true })
const parts = ['check', 'embedded', 'postgres', 'browser'] as const
const chosen = parts.filter((part) => positionals.includes(part))
const words = positionals.filter((word) => !parts.some((part) => part === word))

const all = globSync(['src/**/*.test.{ts,tsx}', 'tests/**/*.test.{ts,tsx}'], { cwd: root }).filter(isWanted).sort()
const usesDatabase = /openTestTown|openTestDatabase|openEmptyDatabase|startTestServer|testDatabaseKind|^\/\/ Runs on postgres only/m
// What goes through the whole server for half a minute says with a reason on which database; everything else runs on both.
const keepsTo = /^\/\/ Runs on (pglite|postgres) only: ./m
const texts = new Map(all.map((file) => [file, readFileSync(`${root}${file}`, 'utf8')]))
const filesFor = (kind: 'pglite' | 'postgres') => all.filter((file) => (keepsTo.exec(texts.get(file) ?? '')?.[1] ?? kind) === kind)
const browser = globSync('tests/e2e/*.e2e.ts', { cwd: root }).filter(isWanted).sort()

type Tally = { passed: number; failed: number; skipped: number }
const total: Tally = { passed: 0, failed: 0, skipped: 0 }
const failures: string[] = []

for (const part of chosen.length > 0 ? chosen : parts) {
  const began = performance.now()
  await runPart(part)
  console.log(`— ${part}: ${((performance.now() - began) / 1000).toFixed(0)} s`)
}
if (failures.length > 0) console.log(`failed: ${failures.join(', ')}`)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(failures.length > 0 || total.failed > 0 || total.passed === 0 ? 1 : 0)

function isWanted(file: string): boolean {
  return words.length === 0 || words.some((word) => file.includes(word))
}

async function runPart(part: (typeof parts)[number]): Promise<void> {
  switch (part) {
    case 'check':
      await count(part, 'npm', ['run', '--silent', 'check'], {})
      break
    case 'embedded':
      await runTests(part, filesFor('pglite'), { XIANGLI_TEST_DATABASE: 'pglite' })
      break
    case 'postgres':
      await runTests(
        part,
        filesFor('postgres').filter((file) => usesDatabase.test(texts.get(file) ?? '')),
        { XIANGLI_TEST_DATABASE: 'postgres' },
      )
      break
    case 'browser':
      await runTests(part, browser, { XIANGLI_TEST_DATABASE: 'pglite' })
      break
  }
}

async function runTests(part: string, files: string[], environment: Record<string, string>): Promise<void> {
  if (files.length === 0) return
  const options = [
    '--disable-warning=ExperimentalWarning',
    '--import',
    './src/jsx-hook.js',
    '--test',
    '--test-concurrency=2',
    '--test-timeout=300000',
    '--test-global-setup=tests/support/global-setup.ts',
  ]
  await count(part, process.execPath, [...options, ...files], environment)
}

/** Runs a command, passes its output on and adds up the lines in which the runner closes. A command without tests counts as one. */
async function count(part: string, command: string, args: string[], environment: Record<string, string>): Promise<void> {
  // Some 250 processes load the same modules: what one has compiled, the next ones take.
  const shared = { NODE_COMPILE_CACHE: `${root}node_modules/.cache/compiled` }
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...shared, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-20_000)
    process.stdout.write(text)
  })
  const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? 1)))
  const tally = { passed: closing(output, 'pass'), failed: closing(output, 'fail'), skipped: closing(output, 'skipped') }
  const counted = tally.passed + tally.failed + tally.skipped > 0
  total.passed += counted ? tally.passed : Number(code === 0)
  total.failed += counted ? tally.failed : Number(code !== 0)
  total.skipped += tally.skipped
  if (code !== 0) failures.push(part)
}

function closing(output: string, word: string): number {
  return Number(new RegExp(`^ℹ ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? 0)
}
