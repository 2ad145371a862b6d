import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import writeSheet from 'write-excel-file/node'
import { readSheet } from 'read-excel-file/node'
import { petitionSteps } from '../../../tests/support/petition-steps.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { completeTask } from '../cases/act.ts'
import { getCase, loadCase } from '../cases/load-case.ts'
import { recordEntries } from '../registers/registers.ts'
import { getLayout } from './layouts.ts'
import { importOrders, previewOrders } from './orders.ts'
import { readOrders } from './read-orders.ts'
import { exportReplies } from './replies.ts'

let town: TestTown
const { holder } = petitionSteps(() => town)
const clerk = () => holder('post:hotline-clerk@service-center')
const procedure = 'service-request'

before(async () => {
  town = await openTestTown('2026-03-02T10:00:00+08:00')
})
after(() => town.close())

const csv = (...lines: string[]) => Buffer.from(['工单编号,派单时间,办结时限,是哪一类,具体说说,村、社区', ...lines].join('\r\n'))
const line = (number: string, more = '垃圾,村口的垃圾没人清,石上村') => `${number},2026-03-02 09:12,2026-03-05,${more}`
const input = async (bytes: Buffer, name = 'orders.csv') => ({
  procedure,
  layout: await getLayout(town.ctx, 'plain'),
  orders: await readOrders({ name, bytes }),
  language: 'zh' as const,
})

test('a row is filed with its source, its day and its printed limit; the same file again files nothing', async () => {
  const ctx = await clerk()
  const given = await input(csv(line('A-1')))
  assert.deepEqual(
    (await previewOrders(ctx, given)).map(({ state }) => state),
    ['new'],
  )
  const [first] = await importOrders(ctx, given)
  assert.equal(first?.state, 'filed')
  const [again] = await importOrders(ctx, given)
  assert.deepEqual([again?.state, again?.caseNumber], ['known', first.caseNumber])
})

test('the printed limit is the deadline, also when it is shorter than the local rule or has passed already', async () => {
  const ctx = await clerk()
  for (const [number, limit, due] of [
    ['L-1', '2026-03-04', '2026-03-04'],
    ['L-2', '2026-03-02', '2026-03-02'],
    ['L-3', '2026-03-07', '2026-03-07'],
    ['L-4', '', '2026-03-09'],
  ] as const) {
    const [row] = await importOrders(ctx, await input(csv(`${number},2026-03-02,${limit},垃圾,没有人清运,石上村`)))
    const caseId = await findCase(row?.caseNumber ?? '')
    await complete(caseId, 'Receive', { outcome: 'dispatch' })
    await complete(caseId, 'Dispatch', { office: 'village-construction', basis: '派单目录第4行' })
    const { deadlines } = await loadCase(town.ctx, caseId)
    const reply = deadlines.find((deadline) => deadline.deadline === 'reply')
    assert.equal(reply?.due_on, due, number)
    assert.equal(reply.rule.printed, limit === '' ? undefined : limit)
  }
})

const findCase = async (number: string): Promise<string> => (await getCase(await clerk(), { number }, 'case.read')).loaded.row.case_id

async function complete(caseId: string, element: string, data: Record<string, unknown>) {
  const { tasks } = await loadCase(town.ctx, caseId)
  await completeTask(await clerk(), tasks.find((task) => task.element === element)?.task_id ?? '', { data })
}

test('faults are told row by row, all of a row at once, and keep no other row back', async () => {
  const rows = csv(
    ',昨天,2026-03-05,垃圾,没有编号,石上村',
    line('B-1', '飞船,看见一艘飞船,月亮村'),
    line('B-2'),
    line('B-2'),
    'B-3,2026-03-09,,垃圾,明天的,石上村',
  )
  const results = await importOrders(await clerk(), await input(rows))
  assert.deepEqual(
    results.map(({ line: at, state, errors }) => [at, state, errors]),
    [
      [2, 'wrong', ['缺少工单编号', '派单时间不是日期']],
      [3, 'wrong', ['没有这个选项：飞船', '没有这个选项：月亮村']],
      [4, 'filed', []],
      [5, 'wrong', ['这个编号在文件里出现了两次']],
      [6, 'wrong', ['收到日期不能晚于今天']],
    ],
  )
})

test('GB 18030, XLSX and JSON say the same as UTF-8', async () => {
  const expected = { 工单编号: 'C-1', 派单时间: '2026-03-02 09:12' }
  const gb = Buffer.concat([Buffer.from([0xb9, 0xa4, 0xb5, 0xa5, 0xb1, 0xe0, 0xba, 0xc5]), Buffer.from('\nC-1\n')])
  assert.deepEqual((await readOrders({ name: 'a.csv', bytes: gb }))[0]?.cells, { 工单编号: 'C-1' })
  const sheet = [
    [{ value: '工单编号' }, { value: '派单时间' }],
    [{ value: 'C-1' }, { value: new Date('2026-03-02T09:12:00Z'), type: Date, format: 'yyyy-mm-dd hh:mm' }],
  ]
  const [row] = await readOrders({ name: 'a.xlsx', bytes: await writeSheet(sheet).toBuffer() })
  assert.deepEqual(row?.cells, { ...expected, 派单时间: '2026-03-02 09:12:00' })
  assert.deepEqual((await readOrders({ name: 'a.json', bytes: Buffer.from(JSON.stringify({ orders: [expected] })) }))[0]?.cells, expected)
  await assert.rejects(readOrders({ name: 'a.csv', bytes: Buffer.from('"open') }), { code: 'orders.unreadable' })
  await assert.rejects(readOrders({ name: 'a.csv', bytes: Buffer.from('工单编号\n') }), { code: 'orders.empty' })
})

test('replies go out in the layout of the register, in its order and kind; formulas are disarmed', async () => {
  const layout = {
    title: '县平台',
    source: '县12345热线',
    orders: [{ header: 'ID', field: '@number' }],
    replies: {
      format: 'xlsx',
      columns: [
        { header: 'ID', value: '@number' },
        { header: '诉求', value: 'filing.description' },
        { header: '状态', value: '@status' },
      ],
    },
  }
  await recordEntries(town.ctx, 'reply-layouts', [{ id: 'county', data: layout }], '测试')
  const ctx = await clerk()
  await importOrders(ctx, await input(csv(line('=1+1', '垃圾,"=HYPERLINK(1)",石上村'))))
  const span = { from: '2026-03-01', to: '2026-03-02' }
  const { bytes, rows } = await exportReplies(ctx, await getLayout(ctx, 'county'), span)
  const table = await readSheet(bytes)
  assert.deepEqual(table[0], ['ID', '诉求', '状态'])
  assert.equal(table.length, rows + 1)
  assert.ok(table.some((row) => row[0] === 'A-1' && row[1] === '村口的垃圾没人清'))
  const plain = (await exportReplies(ctx, await getLayout(ctx, 'plain'), span)).bytes.toString()
  assert.match(plain, /^\ufeff工单编号,本镇编号/)
  assert.match(plain, /^"?'=1\+1/m)
})

test('who may not enter matters imports nothing, and outsiders export nothing', async () => {
  const resident = await town.ctxFor({ kind: 'anonymous' })
  await assert.rejects(importOrders(resident, await input(csv(line('D-1')))), { kind: 'forbidden' })
  await assert.rejects(exportReplies(resident, await getLayout(town.ctx, 'plain'), { from: '2026-03-01', to: '2026-03-02' }), {
    code: 'replies.forbidden',
  })
})
