import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPassword } from './passwords.ts'

const resident = { kind: 'resident', email: 'lanhua@example.org', name: '清溪居民' } as const
const check =
  (password: string, person: Parameters<typeof checkPassword>[1] = resident) =>
  () =>
    checkPassword(password, person)

test('staff need twelve characters and residents eight, in any writing', () => {
  assert.throws(check('korte.w', resident), { code: 'password.too_short' })
  assert.doesNotThrow(check('korte.wo', resident))
  assert.throws(check('korte.woord', { ...resident, kind: 'staff' }), { code: 'password.too_short' })
  assert.doesNotThrow(check('korte.woorde', { ...resident, kind: 'staff' }))
  assert.doesNotThrow(check('山高水长月明风清', resident))
  assert.throws(check('山高水长', resident), { code: 'password.too_short' })
  assert.throws(check('ab1'.repeat(50), resident), { code: 'password.too_long' })
})

test('passwords that everybody tries are refused, with digits and signs around them too', () => {
  for (const password of [
    'password',
    'Passw0rd!',
    'P@ssw0rd123',
    '12345678',
    '87654321',
    '11111111',
    '12121212',
    'abcdefgh',
    'woaini1314',
    'admin@2026',
    'qwerty123456',
    'iloveyou1',
    '19800101',
    '13800000000',
  ]) {
    assert.throws(check(password), { code: 'password.too_common' }, password)
  }
})

test('a password made of the own name or address is refused', () => {
  assert.throws(check('lanhua-2026!'), { code: 'password.own_name' })
  assert.throws(check('我是清溪居民啊啊啊'), { code: 'password.own_name' })
})

test('ordinary sentences pass', () => {
  for (const password of ['drie blauwe stoelen', 'tafel9boom', 'correct horse battery staple']) assert.doesNotThrow(check(password), password)
})
