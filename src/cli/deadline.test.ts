import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const root = new URL('../..', import.meta.url)

// A process of its own, because the commands write to standard output.
function inProcess(script: string) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], { cwd: root, encoding: 'utf8' })
  return { stdout, stderr, status }
}
const deadline = (...args: string[]) => inProcess(`import { run } from '#cli/deadline.ts'; process.exitCode = await run(${JSON.stringify(args)})`)

function calendar(args: string[], apply: string) {
  return inProcess(`import { run } from '#cli/calendar.ts'; import { invalid } from '#kernel/errors.ts'
    process.exitCode = await run(${JSON.stringify(args)}, async (parsed) => { ${apply} })`)
}

test('a deadline is printed as JSON with every day and a sentence', () => {
  const { stdout, status } = deadline('--from', '2026-09-30', '--days', '1', '--unit', 'workday')
  assert.equal(status, 0)
  const answer = JSON.parse(stdout)
  assert.deepEqual([answer.from, answer.days, answer.unit, answer.due, answer.provisional], ['2026-09-30', 1, 'workday', '2026-10-08', false])
  assert.equal(answer.explanation.length, 9)
  assert.deepEqual(answer.explanation[1], { date: '2026-10-01', counted: false, why: 'holiday', name: '国庆节' })
  assert.deepEqual(answer.explanation.at(-1), { date: '2026-10-08', counted: true, why: 'counted' })
  assert.match(answer.summary, /2026年10月8日/)
})

test('a year without its notice is answered as provisional', () => {
  const { stdout, status } = deadline('--from', '2027-03-01', '--days', '5', '--unit', 'calendar', '--language', 'en')
  assert.equal(status, 0)
  assert.equal(JSON.parse(stdout).provisional, true)
  assert.match(JSON.parse(stdout).summary, /provisional/)
})

test('unusable arguments exit with 2 and a refused period with 1, with nothing on standard output', () => {
  const wrong = [[], ['--from', '2026-02-30', '--days', '5', '--unit', 'workday'], ['--from', '2026-03-02', '--days', 'x', '--unit', 'workday']]
  for (const args of [...wrong, ['--from', '2026-03-02', '--days', '5', '--unit', 'week'], ['--nonsense']]) {
    const { stdout, stderr, status } = deadline(...args)
    assert.deepEqual([stdout, status], ['', 2], args.join(' '))
    assert.match(stderr, /Usage/)
  }
  const refused = deadline('--from', '2026-03-02', '--days', '0', '--unit', 'workday')
  assert.deepEqual([refused.stdout, refused.status], ['', 1])
  assert.match(refused.stderr, /deadline\.amount/)
})

test('a notice file is checked, handed on and summed up', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xiangli-calendar-'))
  try {
    const file = join(folder, '2027.json')
    const days = ['01-01', '05-01', '10-01', '10-02', '10-03'].map((day) => ({ name: '节日', date: `2027-${day}`, isOffDay: true }))
    await writeFile(file, JSON.stringify({ year: 2027, papers: [], days }))
    const done = calendar(['import', file], `process.stderr.write(String(parsed.entries.length))`)
    assert.deepEqual(done, { stdout: '{"years":[2027],"restDays":5,"makeUpWorkingDays":0}\n', stderr: '5', status: 0 })
    const refused = calendar(['import', file], `throw invalid('calendar.older', 'A newer notice is loaded.')`)
    assert.deepEqual(refused, { stdout: '', stderr: 'calendar.older: A newer notice is loaded.\n', status: 1 })
    await writeFile(file, '{"year":2027,"papers":[],"days":[]}')
    assert.equal(calendar(['import', file], `throw invalid('never', 'reached')`).status, 1)
    assert.equal(calendar(['import', join(folder, 'absent.json')], '').status, 2)
    assert.equal(calendar(['export'], '').status, 2)
  } finally {
    await rm(folder, { recursive: true })
  }
})
