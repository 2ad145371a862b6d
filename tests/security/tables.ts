// Packages that come as a zip and do more than they should; tables that would run where they are opened.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js'
import { parse } from 'csv-parse/sync'
import { safeCell } from '#kernel/exports/safe-cell.ts'
import { type Attack, attacks } from './attack.ts'
import { expectNothing, here, type World } from './world.ts'

type Entry = { name: string; content: string | Uint8Array; unixMode?: number }

async function zipOf(entries: Entry[], password?: string): Promise<Buffer> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false, ...(password === undefined ? {} : { password }) })
  for (const { name, content, unixMode } of entries)
    await writer.add(
      name,
      typeof content === 'string' ? new TextReader(content) : new Uint8ArrayReader(content),
      unixMode === undefined ? {} : { unixMode },
    )
  return Buffer.from(await writer.close())
}

/** Sends a zip as the IT administrator; it makes no draft, and nothing internal is told. */
async function refusedZip(world: World, bytes: Buffer): Promise<void> {
  const { browser } = world.people.admin
  await browser.get(`${here}/workspace/library`)
  const zip = new File([new Uint8Array(bytes)], 'package.zip', { type: 'application/zip' })
  expectNothing(await browser.post(`${here}/workspace/library`, { _act: 'import', zip }), [409, 413, 422])
}

const manifest: Entry = { name: 'procedure.json', content: '{}' }
const outside = [
  '../procedure.json',
  '/etc/cron.d/x',
  'forms/../../../x.json',
  'C:\\windows\\x.json',
  '..\\..\\x.json',
  'forms/a/b.json',
  'forms/x.js',
  '.git/config',
]
const imports: Attack[] = [
  ...outside.map((name) => ({
    kind: 'imports' as const,
    name: `a file called ${name}`,
    run: async (world: World) => refusedZip(world, await zipOf([manifest, { name, content: 'x' }])),
  })),
  ...attacks('imports', {
    'a link to a file of the machine': async (world) =>
      refusedZip(world, await zipOf([manifest, { name: 'forms/filing.json', content: '/etc/passwd', unixMode: 0o120777 }])),
    'fifty megabytes in fifty kilobytes': async (world) =>
      refusedZip(world, await zipOf([{ name: 'diagram.bpmn', content: new Uint8Array(50 * 1024 * 1024) }])),
    'a zip that lies about its sizes': async (world) => {
      const bytes = await zipOf([{ name: 'diagram.bpmn', content: new Uint8Array(5 * 1024 * 1024) }])
      bytes.writeUInt32LE(10, bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24)
      await refusedZip(world, bytes)
    },
    'a thousand files': async (world) =>
      refusedZip(world, await zipOf(Array.from({ length: 1000 }, (_, index) => ({ name: `forms/f${index}.json`, content: '{}' })))),
    'a locked zip': async (world) => refusedZip(world, await zipOf([manifest], 'secret')),
    'half a zip': async (world) => refusedZip(world, (await zipOf([manifest])).subarray(0, 40)),
    'a zip by somebody who may not': async (world) => {
      const { browser } = world.people.clerk
      await browser.get(`${here}/workspace/account`)
      const zip = new File([new Uint8Array(await zipOf([manifest]))], 'package.zip')
      expectNothing(await browser.post(`${here}/workspace/library`, { _act: 'import', zip }), [403, 404])
    },
  }),
]

const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', ' =1', '＝1+1', '=HYPERLINK("https://evil.example")', "=cmd|'/C calc'!A0"]
const cells: Attack[] = [
  ...formulas.map((text) => ({
    kind: 'cells' as const,
    name: `the text ${JSON.stringify(text)} in a table`,
    run: () => assert.equal(safeCell(text), `'${text}`),
  })),
  ...attacks('cells', {
    'a text that closes its cell and opens a formula': () => {
      const rows: unknown = parse(`"${safeCell('a","=1').replaceAll('"', '""')}"`)
      assert.deepEqual(rows, [['a","=1']])
    },
    'a writer of tables without the guard': () => {
      const writers = globSync('src/**/*.{ts,tsx}').filter(
        (file) => !/\.test\./.test(file) && /text\/csv;|csv-stringify/.test(readFileSync(file, 'utf8')),
      )
      assert.ok(writers.length >= 3, writers.join(' '))
      const unguarded = writers.filter((file) => !/safeCell|escape_formulas|exportCsv/.test(readFileSync(file, 'utf8')))
      assert.deepEqual(unguarded, [])
    },
  }),
]

export const tableAttacks: Attack[] = [...imports, ...cells]
