// Runs on postgres only: the files are the same whatever database is under them.
// Every table that leaves the program, by its route: nothing in it is taken for a formula by the spreadsheet that opens it.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { Uint8ArrayReader, TextWriter, ZipReader } from '@zip.js/zip.js'
import { parse } from 'csv-parse/sync'
import type { Hono } from 'hono'
import { readSheet } from 'read-excel-file/node'
import { createApp, routeGroups } from '#app'
import { openCase } from '#kernel/cases/open-case.ts'
import { consultationOfCase } from '#kernel/consultations/open.ts'
import { as } from '#kernel/context.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import { keepEntry } from '#kernel/registers/kept.ts'
import { recordEntries } from '#kernel/registers/registers.ts'
import { recordReturn } from '#kernel/returns/returns.ts'
import { getLayout } from '#kernel/upstream/layouts.ts'
import { importOrders } from '#kernel/upstream/orders.ts'
import { ensureAssets } from '#ui/build.ts'
import { actorOf, playExample } from '../src/demo/play-example.ts'
import { openGuild } from './support/guild.ts'
import { guildMatter } from './support/guild-town.ts'
import { makeStaff, signInStaff } from './support/staff.ts'
import { openTestTown, type TestTown } from './support/town.ts'
import { Visitor } from './support/visitor.ts'

const starts = ['=', '+', '-', '@', '\t=', '\r=', ' =', '＝']
/** Words with a mark: some ways in trim them, and none loses the mark. */
const words = starts.map((start, index) => `${start}HYPERLINK(1)X${index}X`)

type Line = { address: string; written: () => Promise<string>; staff?: string }
/** A route that gives a table: how words get into it, who takes it, and where it is then. One that is not here fails. */
const lines: Record<string, Line[]> = {
  '/workspace/upstream/replies': [
    { address: 'csv', staff: 'post:hotline-clerk@service-center', written: () => writeOrders('csv') },
    { address: 'xlsx', staff: 'post:hotline-clerk@service-center', written: () => writeOrders('xlsx') },
  ],
  '/workspace/lists/:slug/:id/list.csv': [{ address: 'csv', staff: 'post:mediator-one', written: writeNames }],
  '/workspace/returns/:id/file.xlsx': [{ address: 'xlsx', staff: 'post:petition-clerk@petition-office', written: writeReturn }],
  '/registers/:slug/:file{entries\\.(?:csv|json)}': [{ address: 'csv', written: writeRegister }],
  '/consultations/:number/:file{opinions\\.(?:csv|json|xlsx)}': [
    { address: 'csv', written: async () => `${await writeOpinions()}.csv` },
    { address: 'xlsx', written: async () => `${await writeOpinions()}.xlsx` },
  ],
}

let town: TestTown
let app: Hono
before(async () => {
  await ensureAssets()
  town = await openTestTown()
  app = createApp(town.installation)
})
after(() => town.close())

const at = async (post: string) => as(town.ctx, await actorOf(town.ctx, post, ''))

async function writeOrders(format: 'csv' | 'xlsx'): Promise<string> {
  const columns = [
    { header: 'ID', value: '@number' },
    { header: '诉求', value: 'filing.description' },
  ]
  const layout = {
    title: '县平台',
    source: `县热线${format}`,
    orders: [
      { header: 'ID', field: '@number' },
      { header: '派单时间', field: '@received' },
      ...['category', 'description', 'village'].map((field) => ({ header: field, field })),
    ],
    replies: { format, columns },
  }
  await recordEntries(town.ctx, 'reply-layouts', [{ id: `county-${format}`, data: layout }], '测试')
  const orders = words.map((text, index) => ({
    line: index + 2,
    cells: { ID: `=${format}${index}`, 派单时间: '2026-03-02 08:12', category: '垃圾', description: `${text}没有人清运`, village: '石上村' },
  }))
  const clerk = await at('post:hotline-clerk@service-center')
  const results = await importOrders(clerk, {
    procedure: 'service-request',
    layout: await getLayout(town.ctx, `county-${format}`),
    orders,
    language: 'zh',
  })
  for (const { state } of results) assert.equal(state, 'filed', JSON.stringify(results[0]))
  return `/workspace/upstream/replies?layout=county-${format}&from=2026-03-01&to=2026-03-03`
}

async function writeNames(): Promise<string> {
  await openGuild(town.ctx)
  const anyone = as(town.ctx, { kind: 'anonymous' })
  for (const text of words) await openCase(anyone, { procedure: 'guild', data: { ...guildMatter, name: text, partyWords: text } })
  return '/workspace/lists/guild/names/list.csv'
}

async function writeReturn(): Promise<string> {
  const columns = words.map((text) => ({ zh: text, en: text, counts: 'filed' }))
  await recordReturn(
    town.ctx,
    'formulas',
    { title: { zh: '=1+1', en: '=1+1' }, period: 'month', rows: 'outcome', capability: 'venue-booking', columns },
    '测试',
  )
  return '/workspace/returns/formulas/file.xlsx?period=2026-02'
}

async function writeRegister(): Promise<string> {
  const officer = await at('post:village-officer@shishang-village')
  for (const text of words)
    await keepEntry(officer, 'collective-assets', {
      cells: { village: 'shishang-village', item: text, place: text, quantity: text, standing: 'let' },
      reason: '',
    })
  return '/registers/collective-assets/entries.csv'
}

let opinions: Promise<string> | undefined
const writeOpinions = (): Promise<string> => (opinions ??= openOpinions())

async function openOpinions(): Promise<string> {
  const example = (await getProcedure(town.ctx, 'major-decision')).examples.get('every-opinion-is-answered')
  assert.ok(example)
  const steps = example.steps.flatMap((step) =>
    step.do === 'comment'
      ? words.map((text) => ({ ...step, data: { words: text } }))
      : [step.do === 'answer' ? { ...step, data: { ...step.data, title: '=1+1', answer: '+1+1+1' } } : step],
  )
  const { caseId } = await playExample(town.ctx, town.clock, 'major-decision', { ...example, steps })
  const found = await consultationOfCase(town.ctx, caseId)
  assert.ok(found)
  return `/consultations/${found.number}/opinions`
}

/** What Excel, WPS and LibreOffice take for the beginning of a formula, also behind blanks. */
const isFormula = (cell: string) => /^[\t\r\n]|^\s*[=+\-@＝＋－＠]/.test(cell)

function checkCsv(text: string, name: string): string {
  const rows: string[][] = parse(text, { bom: true, relax_column_count: true })
  const bad = rows.flat().filter((cell) => isFormula(cell) && Number.isNaN(Number(cell)))
  assert.deepEqual(bad, [], name)
  return rows.flat().join('\n')
}

/** In a workbook only a cell that says so is a formula: there is none, and the words stand there as they were typed. */
async function checkWorkbook(bytes: Buffer, name: string): Promise<string> {
  const reader = new ZipReader(new Uint8ArrayReader(new Uint8Array(bytes)), { useWebWorkers: false })
  for (const entry of await reader.getEntries()) {
    if (entry.directory || !/^xl\/.*\.xml$/.test(entry.filename)) continue
    assert.doesNotMatch(await entry.getData(new TextWriter()), /<f[ >/]|<hyperlink|t="str"|externalLink/, `${name}: ${entry.filename}`)
  }
  await reader.close()
  return (await readSheet(bytes)).flat().join('\n')
}

for (const [route, ways] of Object.entries(lines))
  for (const { address, staff, written } of ways)
    test(`${route} as ${address} holds no formula, whatever was typed`, async () => {
      const path = await written()
      let visitor = new Visitor(app)
      if (staff !== undefined) {
        const holder = await actorOf(town.ctx, staff, '')
        const posts = holder.kind === 'staff' ? holder.posts.map(({ postId }) => postId) : []
        visitor = await signInStaff(app, town, await makeStaff(town, posts))
      }
      const answer = await visitor.get(`/t/qingxi${path}`)
      assert.equal(answer.status, 200, path)
      const type = answer.headers.get('content-type') ?? ''
      assert.match(type, address === 'csv' ? /^text\/csv/ : /spreadsheetml/)
      assert.match(answer.headers.get('content-disposition') ?? '', /^attachment;/)
      const text = address === 'csv' ? checkCsv(answer.text, path) : await checkWorkbook(answer.bytes, path)
      for (const index of starts.keys()) assert.ok(text.includes(`X${index}X`), `${JSON.stringify(words[index])} is in ${path}`)
    })

test('every route that gives a table, and every writer of tables, has its line here', () => {
  const routes = routeGroups.flatMap(({ prefix, routes: own }) => own.filter(({ method }) => method === 'get').map(({ path }) => `${prefix}${path}`))
  assert.deepEqual(routes.filter((path) => /csv|xlsx|xls\b|ods\b|tsv|\/replies$/.test(path)).toSorted(), Object.keys(lines).toSorted())
  const writers = globSync('src/**/*.{ts,tsx}')
    .filter((file) => !/\.test\.tsx?$/.test(file) && /csv-stringify|write-excel-file|content-type': 'text\/csv/.test(readFileSync(file, 'utf8')))
    .map((file) => file.replaceAll('\\', '/'))
  assert.deepEqual(writers.toSorted(), [
    'src/kernel/consultations/export.ts',
    'src/kernel/returns/returns-xlsx.ts',
    'src/kernel/upstream/replies.ts',
    'src/web/portal/consultations.tsx',
    'src/web/portal/registers-page.tsx',
    'src/web/workspace/exports.tsx',
  ])
})
