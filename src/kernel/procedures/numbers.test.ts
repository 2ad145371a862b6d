import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Town } from '../towns/towns.ts'
import type { Package } from './load-package.ts'
import { checkNumbers, withNumbers } from './numbers.ts'

const row = (value: number, from: string) => ({ id: 'reply-days', value, unit: 'calendar', law: 'rules', from, mark: 'V:L' })
// Only what the function reads.
const club = {
  manifest: { slug: 'club', parameters: [row(15, '2020-01-01'), row(10, '2026-01-01')] },
  texts: {
    zh: { 'club.summary': '{parameter.reply-days}天内答复，编号{number}。' },
    en: { 'club.summary': 'Answered within {parameter.reply-days} days.' },
  },
} as unknown as Package
const townWith = (overrides: Town['overrides']) => ({ tenant: 'qingxi', overrides }) as Town
const said = (town: Town, on: string) => withNumbers(club, town, on).texts.zh['club.summary']

test('a number in a text is the one in force that day, and other words in braces stay', () => {
  const none = townWith(new Map())
  assert.equal(said(none, '2025-12-31'), '15天内答复，编号{number}。')
  assert.equal(said(none, '2026-01-01'), '10天内答复，编号{number}。')
  assert.equal(withNumbers(club, none, '2026-01-01').texts.en['club.summary'], 'Answered within 10 days.')
  assert.equal(said(none, '2019-01-01'), '15天内答复，编号{number}。', 'before any row is in force the first one is said')
})

test('the town’s own number goes first, and is seen as soon as it changes', () => {
  const own = { ...row(7, '2026-03-01'), source: '清政〔2026〕3号' }
  assert.equal(said(townWith(new Map([['club/reply-days', [own]]])), '2026-03-02'), '7天内答复，编号{number}。')
  assert.equal(said(townWith(new Map()), '2026-03-02'), '10天内答复，编号{number}。')
})

test('a number that the package does not have is a finding in either language', () => {
  const { manifest } = club
  const found = checkNumbers(manifest, { zh: { 'club.a': '{parameter.answer-days}天' }, en: { 'club.a': '{parameter.reply-days} days' } })
  assert.deepEqual(
    found.map((finding) => [finding.place, finding.rule]),
    [['texts.zh.json#/club.a', 'package.parameter']],
  )
})
