import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkForm, compileForm, effectiveDate, findUnstorableText, type FormField, type FormSchema } from './forms.ts'

const declared = { 'x-tag': 'free-text', 'x-purpose': 'a test', 'x-basis': 'rules', 'x-visibility': 'parties' } as const
const field = (more: Partial<FormField>): FormField => ({ ...declared, type: 'string', ...more })
const schema: FormSchema & { additionalProperties: false } = {
  type: 'object',
  required: ['subject'],
  properties: {
    subject: field({ minLength: 2, maxLength: 10 }),
    long: field({}),
    phone: field({ pattern: '^[0-9]{5,20}$' }),
    on: field({ format: 'date', 'x-effective': true }),
    mail: field({ format: 'email' }),
    count: field({ type: 'integer', minimum: 1 }),
    files: field({ type: 'array', items: { type: 'string' }, maxItems: 2, 'x-tag': 'attachment' }),
  },
  additionalProperties: false,
}
const form = compileForm('f', schema)
const complain = (data: Record<string, unknown>) => checkForm(form, data, {}, 'en').map((error) => `${error.pointer} ${error.code}`)

test('a right form has no complaint', () =>
  assert.deepEqual(complain({ subject: '水沟', on: '2028-02-29', count: 1, phone: '00000', mail: 'a@example.org' }), []))

for (const [what, data, expected] of [
  ['a field that is needed', {}, '/subject required'],
  ['a field that is unknown', { subject: '水沟', other: 1 }, '/other additionalProperties'],
  ['a wrong type', { subject: 12 }, '/subject type'],
  ['a day that does not exist', { subject: '水沟', on: '2026-02-30' }, '/on format'],
  ['a date in another writing', { subject: '水沟', on: '2026-2-3' }, '/on format'],
  ['a mail address that is none', { subject: '水沟', mail: 'a@' }, '/mail format'],
  ['a number below its limit', { subject: '水沟', count: 0 }, '/count minimum'],
  ['a fraction where a whole number is asked', { subject: '水沟', count: 1.5 }, '/count type'],
  ['a text over its limit, counted in characters', { subject: '𠮷'.repeat(11) }, '/subject maxLength'],
  ['a text without a limit that is longer than anything we store', { subject: '水沟', long: 'x'.repeat(20_001) }, '/long maxLength'],
  ['a text that a pattern would have to read for long', { subject: '水沟', phone: '1'.repeat(501) }, '/phone maxLength'],
  ['half a character', { subject: '水沟\ud800' }, '/subject text'],
  ['a zero character', { subject: '水\0沟' }, '/subject text'],
  ['half a character in a name', { subject: '水沟', 'x\ud800': 1 }, '/x%EF%BF%BD text'],
  ['a file that is no id', { subject: '水沟', files: ['../root.key'] }, '/files file'],
] as const)
  test(`${what} is named with its field`, () => assert.deepEqual(complain(data), [expected]))

test('a text of eleven characters outside the basic plane is over a limit of ten, one of ten is not', () => {
  assert.deepEqual(complain({ subject: '𠮷'.repeat(10) }), [])
})

test('names that mean something to every object are unknown fields', () => {
  assert.deepEqual(complain(JSON.parse('{"subject":"水沟","__proto__":{"admin":true}}')), ['/__proto__ additionalProperties'])
  assert.deepEqual(complain({ subject: '水沟', constructor: 'x' }), ['/constructor additionalProperties'])
})

test('what is nested deeper than a form is refused and does not end the program', () => {
  const deep = JSON.parse(`{"subject":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)
  assert.deepEqual(
    complain(deep).map((complaint) => complaint.split(' ')[1]),
    ['text'],
  )
})

test('what is no object at all is refused', () => {
  // Bodies come from outside: their type is a promise that nobody keeps.
  for (const data of [null, 'text', 3, ['subject']]) assert.notDeepEqual(checkForm(form, data as unknown as Record<string, unknown>, {}, 'zh'), [])
})

test('the first text that cannot be stored is found wherever it lies', () => {
  assert.equal(findUnstorableText({ a: ['fine', 'bad\ud800'] }), '/a/1')
  assert.equal(findUnstorableText({ a: [1, true, null, 'fine'] }), undefined)
})

test('the effective date is the one that the form marks', () => {
  assert.equal(effectiveDate(form, { on: '2026-03-02' }), '2026-03-02')
  assert.equal(effectiveDate(form, {}), undefined)
})
