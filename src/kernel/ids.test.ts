import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { codeHash, isUuid, newReceiptCode, normalizeCode, randomCode, uuidv7 } from './ids.ts'

test('an id is a version 7 UUID and sorts by its time', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (at) => {
      const id = uuidv7(at)
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      assert.equal(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16), at.getTime())
      assert.ok(isUuid(id))
    }),
  )
  assert.ok(uuidv7(new Date(1)) < uuidv7(new Date(2)))
})

test('ids of one millisecond come in the order in which they were made', () => {
  const ids = Array.from({ length: 20_000 }, () => uuidv7(new Date(5)))
  assert.deepEqual(ids, ids.toSorted())
  assert.equal(new Set(ids).size, ids.length)
})

test('a text that only looks like an id is none', () => {
  for (const text of [
    '',
    '-'.repeat(36),
    '0'.repeat(36),
    'g'.repeat(8) + '-0000-0000-0000-000000000000',
    '00000000-0000-0000-0000-00000000000',
    ' 00000000-0000-0000-0000-000000000000',
  ])
    assert.equal(isUuid(text), false, text)
})

test('a code has no letter that is mistaken for another', () => {
  for (let round = 0; round < 50; round++) assert.match(randomCode(16), /^[0-9A-HJKMNP-TV-Z]{16}$/)
  assert.match(newReceiptCode(), /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
})

test('a code typed with other dashes, small letters, full width or look-alikes is the same code', () => {
  const code = '7K3M-9QD0-1T5R-WA2C'
  for (const typed of ['7k3m9qd01t5rwa2c', ' 7K3M 9QDO LT5R WA2C ', '７Ｋ３Ｍ—９ＱＤ０—１Ｔ５Ｒ—ＷＡ２Ｃ', '7k3m-9qdo-it5r-wa2c'])
    assert.deepEqual(codeHash(typed), codeHash(code), typed)
  assert.notDeepEqual(codeHash('7K3M-9QD0-1T5R-WA2D'), codeHash(code))
})

test('reading a code twice changes nothing more', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (typed) => normalizeCode(normalizeCode(typed)) === normalizeCode(typed)))
})
