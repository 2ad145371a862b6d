import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sampleForm } from '../gallery-sample.ts'
import { pagesOf } from './form-schema.ts'
import { parseFormBody } from './parse-form-body.ts'

test('posted texts become typed data', () => {
  const { data } = parseFormBody(sampleForm, {
    name: '　王小溪 ',
    kind: 'child',
    'date-year': '２０２６',
    'date-month': '3',
    'date-day': '7',
    amount: '¥1,200.50',
    members: '3',
    days: 'weekend',
    again: 'false',
    agree: 'true',
    story: ' 第一行\r\n 第二行 ',
  })
  assert.deepEqual(data, {
    name: '王小溪',
    kind: 'child',
    date: '2026-03-07',
    amount: 1200.5,
    members: 3,
    days: ['weekend'],
    again: false,
    agree: true,
    story: '第一行\n 第二行',
  })
})

test('an empty field is absent, not an empty text', () => {
  const { data } = parseFormBody(sampleForm, { name: '  ', 'date-year': '', 'date-month': '', 'date-day': '', amount: '', days: [] })
  assert.deepEqual(data, {})
})

test('what cannot be read stays as typed, for the schema to refuse and the page to show', () => {
  const { data, raw } = parseFormBody(sampleForm, { amount: '大约一千', 'date-year': '2026', 'date-month': '', 'date-day': '7', again: 'maybe' })
  assert.deepEqual(data, { amount: '大约一千', date: '2026--07', again: 'maybe' })
  assert.deepEqual(raw, { amount: '大约一千', 'date-year': '2026', 'date-month': '', 'date-day': '7', again: 'maybe' })
})

test('letters are composed (NFC), but a wide letter in a name is left as it is', () => {
  const { data } = parseFormBody(sampleForm, { name: 'e\u0301 Ａ' })
  assert.equal(data.name, '\u00e9 Ａ')
})

test('new files are handed over, kept ids are data, and an empty file control is nothing', () => {
  const photo = new File(['x'], '渠.jpg')
  const { data, files } = parseFormBody(sampleForm, { photos: [photo, new File([], '')], 'photos-kept': ['f1', 'f2'] })
  assert.deepEqual(files, { photos: [photo] })
  assert.deepEqual(data, { photos: ['f1', 'f2'] })
})

test('names outside the schema, inherited names and other prefixes are ignored', () => {
  const { data, raw } = parseFormBody(sampleForm, { other: 'x', constructor: 'x', name: '外', 'a.name': '内' }, 'a.')
  assert.deepEqual({ data, raw }, { data: { name: '内' }, raw: { name: '内' } })
})

test('whatever is typed, raw holds it exactly', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (name, amount, year) => {
      const body = { name, amount, 'date-year': year, 'date-month': '1', 'date-day': '1' }
      assert.deepEqual(parseFormBody(sampleForm, body).raw, body)
    }),
  )
})

test('a form falls into its declared pages, and a field named on none comes last', () => {
  const schema = { ...sampleForm, properties: { ...sampleForm.properties, extra: { type: 'string' } } } as const
  const pages = pagesOf(schema)
  assert.deepEqual(
    pages.map((page) => page.id),
    ['you', 'matter'],
  )
  assert.equal(pages[1]?.fields.at(-1), 'extra')
})
