// Runs the suite outside of the test runner, on both databases, and writes docs/security-tests.md.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { kinds } from './attack.ts'
import { allAttacks } from './all.ts'

const databases = ['pglite', 'postgres'] as const
const root = fileURLToPath(new URL('../..', import.meta.url))

type Tally = { tried: number; blocked: number }
type Report = { tried: number; findings: string[]; figures: { attacks: number; kinds: Record<string, Tally>; databases: readonly string[] } }

/** Each attack counts once for each database. */
export async function runAndReport(): Promise<Report> {
  const tally: Record<string, Tally> = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, { tried: 0, blocked: 0 }]))
  const findings: string[] = []
  for (const database of databases) {
    const results = await runSuite(database)
    for (const attack of allAttacks) {
      const row = tally[attack.kind]
      if (!row) continue
      row.tried++
      if (results.get(attack.name) === true) row.blocked++
      else findings.push(`${database}: ${attack.kind}: ${attack.name}`)
    }
  }
  writeFileSync(`${root}docs/security-tests.md`, toMarkdown(tally))
  const tried = Object.values(tally).reduce((sum, row) => sum + row.tried, 0)
  return { tried, findings, figures: { attacks: allAttacks.length, kinds: tally, databases } }
}

/** The runner in a process of its own: the kind of database is read once in a process. Names of attacks by whether they were blocked. */
async function runSuite(database: string): Promise<Map<string, boolean>> {
  const options = [
    '--disable-warning=ExperimentalWarning',
    '--import',
    './src/jsx-hook.js',
    '--test',
    '--test-reporter=tap',
    '--test-global-setup=tests/support/global-setup.ts',
  ]
  const child = spawn(process.execPath, [...options, 'tests/security/attacks.test.ts'], {
    cwd: root,
    env: { ...process.env, XIANGLI_TEST_DATABASE: database },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  await new Promise((resolve) => child.on('close', resolve))
  const results = new Map<string, boolean>()
  for (const [, not, name = ''] of output.matchAll(/^ *(not )?ok \d+ - (.*)$/gm)) results.set(readName(name), not === undefined)
  // TAP escapes what its readers would take for directives, so names are compared as it writes them.
  return new Map(allAttacks.map((attack) => [attack.name, results.get(readName(attack.name)) === true]))
}

const readName = (name: string): string => name.replaceAll(/[\\#\s]/g, '')

function toMarkdown(tally: Record<string, Tally>): string {
  const rows = Object.entries(kinds).map(([kind, title]) => `| ${title} | ${tally[kind]?.tried ?? 0} | ${tally[kind]?.blocked ?? 0} |`)
  const sum = (field: keyof Tally) => Object.values(tally).reduce((total, row) => total + row[field], 0)
  const lists = Object.entries(kinds).flatMap(([kind, title]) => [
    '',
    `## ${title}`,
    '',
    ...allAttacks.filter((attack) => attack.kind === kind).map((attack) => `- ${escapeMarkdown(attack.name)}`),
  ])
  return [
    '# The attack suite',
    '',
    'Written by `npm run test:long -- attacks`; do not edit. Each attack is a named case in `tests/security/`, run against the real server on a socket with two towns, once on the embedded database and once on PostgreSQL. `npm test` runs all of them too. Scripts in every text field, seen by residents, officers and the public in Chromium, are `tests/e2e/xss.e2e.ts` and `tests/e2e/xss-officers.e2e.ts`; tables that leave, by route, `tests/exports.test.ts`; badly written requests of programs are `src/apis/rest/hostile.test.ts`. Figures with machine and commit: `docs/evidence/attacks.json`.',
    '',
    '| kind | tried | blocked |',
    '|---|---:|---:|',
    ...rows,
    `| **all** (${allAttacks.length} attacks) | ${sum('tried')} | ${sum('blocked')} |`,
    ...lists,
    '',
  ].join('\n')
}

/** Names hold markup on purpose. */
const escapeMarkdown = (name: string): string => name.replaceAll(/[\\`*_<>[\]|#$]/g, '\\$&')
