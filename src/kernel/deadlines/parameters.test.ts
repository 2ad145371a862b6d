import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DomainError } from '#kernel/errors.ts'
import { needsMark, resolveParameter } from './parameters.ts'
import type { ParameterRow } from './parameters.ts'

const row = (change: Partial<ParameterRow>): ParameterRow => ({
  id: 'answer',
  value: 20,
  unit: 'workday',
  law: '网球俱乐部章程',
  from: '2020-01-01',
  mark: 'V:L',
  ...change,
})
const refuses = (code: string, act: () => unknown) => assert.throws(act, (error: unknown) => error instanceof DomainError && error.code === code)

test('the row in force on the date applies, to its last day and from its first', () => {
  const rows = [row({ to: '2025-12-31' }), row({ value: 15, from: '2026-01-01' })]
  assert.equal(resolveParameter(rows, [], '2025-12-31').value, 20)
  assert.equal(resolveParameter(rows, [], '2026-01-01').value, 15)
})

test('of two rows in force the later one applies', () => {
  assert.equal(resolveParameter([row({}), row({ value: 15, from: '2026-01-01' })], [], '2026-06-01').value, 15)
})

test('a town’s own row goes over the national one while it is in force, and keeps its mark', () => {
  const local = row({ value: 10, from: '2026-01-01', to: '2026-12-31', mark: 'LOCAL', source: '清溪镇公告第3号' })
  const parameter = resolveParameter([row({})], [local], '2026-06-01')
  assert.deepEqual([parameter.value, parameter.mark, parameter.overrides?.value], [10, 'LOCAL', 20])
  assert.equal(needsMark(parameter), true)
  assert.deepEqual(resolveParameter([row({})], [local], '2027-01-01'), row({}))
  assert.equal(resolveParameter([], [local], '2026-06-01').overrides, undefined)
})

test('what cannot be decided is refused', () => {
  refuses('parameter.not_in_force', () => resolveParameter([row({})], [], '2019-12-31'))
  refuses('parameter.not_in_force', () => resolveParameter([], [], '2026-01-01'))
  refuses('parameter.ambiguous', () => resolveParameter([row({}), row({ value: 15 })], [], '2026-01-01'))
  refuses('parameter.mixed', () => resolveParameter([row({}), row({ id: 'other' })], [], '2026-01-01'))
  refuses('parameter.no_source', () => resolveParameter([row({})], [row({ value: 10 })], '2026-01-01'))
})

test('a mark is shown unless the article itself was read', () => {
  for (const mark of ['V:L', 'V:C', 'V:L, V:C']) assert.equal(needsMark({ mark }), false, mark)
  for (const mark of ['V:D', 'V:W14', 'V:H', 'S:W6', 'LOCAL', 'G', 'INF', 'V:L; INF', '']) assert.equal(needsMark({ mark }), true, mark)
})
