import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { decision, dmn, input, literal } from '#kernel/decisions/dmn-fixture.ts'

let folder = ''

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'decide-'))
  const imports = '<import namespace="urn:rates" name="rates" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'
  await writeFile(
    join(folder, 'aid.dmn'),
    dmn(
      `${imports}${input('income', 'number')}${decision('aid', literal('rates.line - income'), ['income', '!urn:rates#line'])}${decision('due', literal('@"2026-01-31" + @"P1M"'))}${decision('loop', literal('for i in 1..999999 return i'))}`,
    ),
  )
  await writeFile(join(folder, 'rates.dmn'), dmn(decision('line', literal('800.3')), 'urn:rates'))
})
after(() => rm(folder, { recursive: true }))

const script = `const { run } = await import('#cli/decide.ts'); const { Unusable } = await import('#cli/command.ts')
try { process.exitCode = await run(process.argv.slice(1)) } catch (error) { if (!(error instanceof Unusable)) throw error; process.exitCode = 2 }`

const decideWith = (...args: string[]) =>
  new Promise<{ code: number; out: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--import', './src/jsx-hook.js', '--input-type=module', '-e', script, '--', ...args],
      (_, stdout) => resolve({ code: child.exitCode ?? -1, out: stdout }),
    )
  })

test('a decision is printed as JSON with all digits, imports being found beside the file', async () => {
  const { code, out } = await decideWith(join(folder, 'aid.dmn'), '--decision', 'aid', '--input', '{"income": 700.1000000000000000000001}')
  assert.deepEqual({ code, out }, { code: 0, out: '100.1999999999999999999999\n' })
})

test('what cannot be decided is an error with exit code 1', async () => {
  for (const [file, name] of [
    ['aid.dmn', 'nothing'],
    ['aid.dmn', 'loop'],
    ['missing.dmn', 'aid'],
  ] as const) {
    const { code, out } = await decideWith(join(folder, file), '--decision', name)
    assert.equal(code, 1)
    assert.match(out, /^\{"error":".+"\}\n$/)
  }
})

test('unusable arguments are exit code 2', async () => {
  for (const args of [[], ['a.dmn'], ['a.dmn', '--decision', 'x', '--input', '[1]'], ['--what'], ['--batch', join(folder, 'missing.jsonl')]]) {
    assert.equal((await decideWith(...args)).code, 2, args.join(' '))
  }
})

test('a batch gives one line for each request, in one process', async () => {
  const requests = [
    { file: 'aid.dmn', decision: 'due' },
    { file: 'rates.dmn', decision: 'line', input: {} },
    { file: 'aid.dmn', decision: 'x' },
    'text',
  ]
  await writeFile(join(folder, 'requests.jsonl'), requests.map((one) => JSON.stringify(one)).join('\n'))
  const { code, out } = await decideWith('--batch', join(folder, 'requests.jsonl'))
  assert.equal(code, 1)
  const lines = out.trimEnd().split('\n')
  assert.deepEqual(lines.slice(0, 2), ['"2026-02-28"', '800.3'])
  assert.equal(lines.length, 4)
  assert.ok(lines.slice(2).every((line) => line.startsWith('{"error"')))
})
