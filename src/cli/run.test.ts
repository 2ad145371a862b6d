import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sketch } from '#kernel/engine/fixtures/sketch.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xiangli-run-'))
  await writeFile(
    join(folder, 'ok.bpmn'),
    sketch('start s\nuser a multi=2\nxor g\nend good\nend bad error=BAD\ns -> a -> g\ng -> good [ok]\ng -> bad default'),
  )
  await writeFile(join(folder, 'broken.bpmn'), sketch('start s\nxor g\ns -> g\nboundary b on=g timer=P1D\nb -> g'))
})
after(() => rm(folder, { recursive: true }))

const program = `import { run } from ${JSON.stringify(fileURLToPath(new URL('run.ts', import.meta.url)))}; process.exitCode = await run(process.argv.slice(1))`

/** Runs the command in a process of its own, as the command line does. */
const xiangli = (...args: string[]) =>
  new Promise<{ code: number; lines: Record<string, unknown>[] }>((resolve) => {
    const child = execFile(process.execPath, ['--input-type=module', '-e', program, '--', ...args], { cwd: folder }, (_, stdout) => {
      const lines = stdout.split('\n').filter(Boolean)
      resolve({ code: child.exitCode ?? -1, lines: lines.map((line): Record<string, unknown> => JSON.parse(line)) })
    })
  })

test('a run prints a line for each thing that happens, and how it ended', async () => {
  const { code, lines } = await xiangli('ok.bpmn', '--complete', 'a[1]', '--complete', 'a[0]={"ok":true}')
  assert.equal(code, 0)
  assert.deepEqual(lines.at(-1), { end: 'completed' })
  assert.deepEqual(lines[0], { at: '2026-01-01T00:00:00.000Z', element: 'p', name: '', type: 'entered' })
  assert.ok(lines.some((line) => line['element'] === 'good' && line['type'] === 'completed'))
})

test('the exit code says waiting and completed (0), failed (1) and unusable (2)', async () => {
  const waiting = await xiangli('ok.bpmn', '--complete', 'a')
  assert.equal(waiting.code, 0)
  assert.equal(waiting.lines.at(-1)?.['end'], 'waiting')
  assert.equal((await xiangli('ok.bpmn', '--complete', 'a', '--complete', 'a')).code, 1)
  for (const args of [
    ['broken.bpmn'],
    ['gone.bpmn'],
    ['ok.bpmn', '--jump', 'x'],
    ['ok.bpmn', '--data', '{'],
    ['ok.bpmn', '--complete', 'nobody'],
    [],
  ]) {
    assert.equal((await xiangli(...args)).code, 2, args.join(' '))
  }
})

test('a batch gives one result for each request, in one process', async () => {
  const requests = [
    { id: 1, file: 'ok.bpmn', steps: [{ complete: 'a={"ok":true}' }, { complete: { element: 'a', index: 1 } }] },
    { file: 'ok.bpmn', data: { ok: true }, complete: ['a', 'a'] },
    { file: 'ok.bpmn', steps: ['--complete', 'a'] },
    {
      file: 'ok.bpmn',
      steps: [
        { do: 'complete', element: 'a', data: { ok: false } },
        { do: 'complete', element: 'a' },
      ],
    },
    { file: 'broken.bpmn' },
  ]
  await writeFile(join(folder, 'requests.jsonl'), requests.map((request) => JSON.stringify(request)).join('\n'))
  const { code, lines } = await xiangli('--batch', 'requests.jsonl')
  assert.equal(code, 0)
  assert.deepEqual(
    lines.map((line) => [line['end'], line['exit']]),
    [
      ['completed', 0],
      ['completed', 0],
      ['waiting', 0],
      ['failed', 1],
      ['failed', 2],
    ],
  )
  assert.equal(lines[0]?.['id'], 1)
})
