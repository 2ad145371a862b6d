// Every rule by which a package can be refused is explained in Chinese, and every place leads to the part where it is put right.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findingWords } from '../src/web/library/finding-words.ts'
import { partOf } from '../src/web/workspace/library-findings.tsx'

/** Rule names as they stand in the code of the checks: the second word says that nothing else is called so. */
const ruleName = /'((?:package|charter|explore|example|profile|di|feel)\.[a-z-]+)'/g
const checks = ['engine', 'procedures', 'charter', 'library']

/** Not findings of a package: refusals of a file or an address, and what a register is asked. */
const others = new Set(['package.zip', 'package.path', 'package.slug', 'package.too_large', 'charter.acceptance'])

test('every rule of the examination has its own words, and a group has words for what is new', () => {
  const rules = new Set<string>()
  for (const folder of checks) {
    const path = fileURLToPath(new URL(`../src/kernel/${folder}/`, import.meta.url))
    for (const file of readdirSync(path).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')))
      for (const [, rule = ''] of readFileSync(path + file, 'utf8').matchAll(ruleName)) rules.add(rule)
  }
  assert.ok(rules.size > 60, `${rules.size} rules found`)
  const silent = [...rules].filter((rule) => !others.has(rule) && findingWords(rule) === findingWords(`${rule.split('.')[0]}.unheard-of`))
  assert.deepEqual(silent, [])
  assert.match(findingWords('bpmn.unheard-of') ?? '', /BPMN/)
  assert.equal(findingWords('weather.rain'), undefined)
})

test('a place leads to its part of the draft', () => {
  assert.equal(partOf('diagram.bpmn#Register'), 'diagram')
  assert.equal(partOf('forms/filing.json#/properties/subject'), 'forms?form=filing&field=subject#edit')
  assert.equal(partOf('texts.zh.json#/petition.title'), 'texts?q=petition.title')
  assert.equal(partOf('examples/opinion-late.json#/expect/end'), 'files?name=opinion-late')
  assert.equal(partOf('procedure.json#/law/0'), 'manifest')
  assert.equal(partOf('elsewhere.txt'), undefined)
})
