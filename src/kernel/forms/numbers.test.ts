// Numbers with a standard. The ID numbers are made here from the check rule; `000000` is no place, so they are nobody's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { faultOfCreditCode, faultOfIdNumber, faultOfPhone, maskAddress, maskName, maskNumber, maskPhone } from './numbers.ts'

/** The check character by ISO 7064 MOD 11-2, written in its own way: sum of digit × 2^(position from the right). */
const idCheck = (digits: string) => {
  const total = Array.from(digits).reduce((sum, digit, index) => sum + Number(digit) * 2 ** (17 - index), 0)
  const check = (12 - (total % 11)) % 11
  return check === 10 ? 'X' : String(check)
}
const idOf = (digits: string) => digits + idCheck(digits)

test('an ID number of GB 11643 is taken with its check character, also small and with spaces', () => {
  for (const serial of ['001', '002', '013', '778']) {
    const number = idOf(`00000019800229${serial}`)
    assert.equal(faultOfIdNumber(number), undefined, number)
    assert.equal(faultOfIdNumber(number.toLowerCase()), undefined)
    assert.equal(faultOfIdNumber(`${number.slice(0, 6)} ${number.slice(6, 14)} ${number.slice(14)}`), undefined)
  }
  // The example in GB 11643-1999.
  assert.equal(faultOfIdNumber('11010519491231002X'), undefined)
})

test('an ID number with a wrong length, date, place or check character is refused by its reason', () => {
  assert.equal(faultOfIdNumber('110105491231002'), 'old')
  assert.equal(faultOfIdNumber('1101051949123100'), 'length')
  assert.equal(faultOfIdNumber(idOf('00000019810229001')), 'date')
  assert.equal(faultOfIdNumber(idOf('00000019801301001')), 'date')
  assert.equal(faultOfIdNumber(idOf('77000019800229001')), 'format')
  assert.equal(faultOfIdNumber('110105194912310021'), 'checksum')
})

test('every single wrong digit and every exchange of two neighbours in an ID number is noticed', () => {
  const number = fc.integer({ min: 0, max: 999 }).map((serial) => idOf(`00000019900101${String(serial).padStart(3, '0')}`))
  fc.assert(
    fc.property(number, fc.integer({ min: 0, max: 16 }), fc.integer({ min: 1, max: 9 }), (right, at, by) => {
      const digits = Array.from(right)
      digits[at] = String((Number(digits[at]) + by) % 10)
      assert.notEqual(faultOfIdNumber(digits.join('')), undefined)
      const swapped = Array.from(right)
      const [one, two] = [swapped[at] ?? '', swapped[at + 1] ?? '']
      swapped[at] = two
      swapped[at + 1] = one
      assert.equal(faultOfIdNumber(swapped.join('')) === undefined, one === two)
    }),
    { seed: 11, numRuns: 200 },
  )
})

test('a unified social credit code of GB 32100 is taken, and refused by its reason', () => {
  // Made from the rule with weights 1, 3, 9, 27, 19 … mod 31 (GB 32100-2015, table 3).
  const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
  const letters = '0123456789ABCDEFGHJKLMNPQRTUWXY'
  const codeOf = (body: string) =>
    body + letters[(31 - (Array.from(body).reduce((sum, letter, at) => sum + letters.indexOf(letter) * (weights[at] ?? 0), 0) % 31)) % 31]
  for (const body of ['91000000MA00000A1', '12000000400000002', '5200000050000000X', 'N2000000MFXXXXXX1'])
    assert.equal(faultOfCreditCode(codeOf(body)), undefined, body)
  const right = codeOf('91000000MA00000A1')
  assert.equal(faultOfCreditCode(right.toLowerCase()), undefined)
  assert.equal(faultOfCreditCode(right.slice(1)), 'length')
  assert.equal(faultOfCreditCode(`${right.slice(0, 9)}I${right.slice(10)}`), 'format')
  assert.equal(faultOfCreditCode(`${right.slice(0, 17)}${right.endsWith('0') ? '1' : '0'}`), 'checksum')
})

test('mobile, fixed, service and foreign numbers are telephones; others are not', () => {
  for (const fine of [
    '13800000000',
    '138 0000 0000',
    '+86 138-0000-0000',
    '0999-5550123',
    '(010) 5555 0123',
    '010-55550123转8001',
    '5550123',
    '400-000-0000',
    '12345',
    '110',
    '95533',
    '000 0000 0001',
    '+44 20 7946 0000',
  ])
    assert.equal(faultOfPhone(fine), undefined, fine)
  for (const wrong of ['1380000000', '12800000000', '138000000000', '没有电话', '0999', '1234567', '', '+86 1234', '138-0000-000a'])
    assert.equal(faultOfPhone(wrong), 'format', wrong)
})

test('masks show less than the whole, whatever they are given', () => {
  assert.equal(maskNumber('00000019800229001X'), '**************001X')
  assert.equal(maskNumber('1234567'), '*******')
  assert.equal(maskPhone('138 0000 5678'), '138****5678')
  assert.equal(maskPhone('5550123'), '*****23')
  assert.equal(maskName('林小满'), '林**')
  assert.equal(maskAddress('清溪镇石上村三组18号'), '清溪镇****')
  assert.equal(maskAddress('某某花园3栋502'), '某某花园****')
  fc.assert(
    fc.property(fc.string({ minLength: 2, maxLength: 40 }), (text) => {
      assert.ok(maskNumber(text) !== text || /^\**$/.test(text))
      assert.ok(maskAddress(text) !== text)
    }),
    { seed: 3 },
  )
})
