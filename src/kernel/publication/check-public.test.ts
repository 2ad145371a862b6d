// The publication guard. Numbers are made from their check rules with places and prefixes that are nobody's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DomainError } from '../errors.ts'
import { checkPublic, requirePublic } from './check-public.ts'
import { detectPersonalData, redactText } from './detect.ts'

const id = '11010519491231002X' // the example printed in GB 11643-1999
const card = '6200000000000000000'

const kinds = (text: string) => detectPersonalData(text).map((found) => found.kind)

test('ID numbers, mobile numbers and bank cards are found however they are typed', () => {
  for (const text of [id, `号码${id}。`, '110105 19491231 002X', '１１０１０５１９４９１２３１００２Ｘ', '110105-19491231-002x'])
    assert.deepEqual(kinds(text), ['id-number'], text)
  for (const text of ['13800000000', '138 0000 0000', '+86 138-0000-0000', '电话１３８００００００００'])
    assert.deepEqual(kinds(text), ['phone'], text)
  assert.deepEqual(kinds(`卡号 ${card.slice(0, 4)} ${card.slice(4, 8)} ${card.slice(8, 12)} ${card.slice(12, 16)} ${card.slice(16)}`), ['bank-card'])
})

test('likely data is found: names, addresses to the door, birth dates, mail, plates, illness', () => {
  assert.deepEqual(kinds('申请人：林小满'), ['name'])
  assert.deepEqual(kinds('王女士反映路灯不亮'), ['name'])
  assert.deepEqual(kinds('李某某'), ['name'])
  assert.deepEqual(kinds('石上村三组18号'), ['address'])
  assert.deepEqual(kinds('幸福花园3栋2单元502室'), ['address'])
  assert.deepEqual(kinds('出生日期：1980年2月29日'), ['birth-date'])
  assert.deepEqual(kinds('someone@example.invalid'), ['email'])
  assert.deepEqual(kinds('车牌京A·12345'), ['plate'])
  assert.deepEqual(kinds('患有糖尿病'), ['health'])
})

test('ordinary public text is left alone', () => {
  for (const text of [
    '统一社会信用代码 91000000MA00000A16',
    '办公时间 8:30–12:00',
    '共 1234567 元',
    '2026年3月17日前答复',
    '清信受〔2026〕3号',
    '第三十二条',
    '订单 20260302090000',
    '信访事项已办结',
    '12345 热线',
    '清溪镇人民政府',
  ])
    assert.deepEqual(kinds(text), [], text)
})

test('certain finds block, likely ones warn, and a field may be there to hold what it holds', () => {
  assert.deepEqual(
    checkPublic({ text: `张先生 ${id}` }).map(({ kind, severity }) => [kind, severity]),
    [
      ['name', 'warns'],
      ['id-number', 'blocks'],
    ],
  )
  assert.deepEqual(checkPublic({ fields: { phone: '13800000000' }, allowed: { phone: ['phone'] } }), [])
  assert.deepEqual(
    checkPublic({ fields: { note: { zh: '13800000000' } }, allowed: { phone: ['phone'] } }).map(({ field }) => field),
    ['note'],
  )
  assert.deepEqual(
    checkPublic({ file: { name: `${id}.pdf`, text: '' } }).map(({ field }) => field),
    ['name'],
  )
  assert.throws(
    () => requirePublic({ fields: { title: `致 ${id}` } }),
    (error: unknown) =>
      error instanceof DomainError &&
      error.code === 'publication.personal' &&
      error.fields[0]?.pointer === '/title' &&
      !JSON.stringify(error.fields).includes(id),
  )
  assert.doesNotThrow(() => requirePublic({ text: '王女士反映路灯不亮' }))
})

test('what is redacted is not in the text any more, and the text keeps its length', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), fc.string({ maxLength: 30 }), (before, after) => {
      const text = `${before} ${id} ${after}`
      const done = redactText(text, detectPersonalData(text))
      assert.equal(done.length, text.length)
      assert.ok(!done.includes(id))
    }),
    { seed: 5, numRuns: 100 },
  )
})
