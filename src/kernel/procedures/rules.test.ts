import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { decision, dmn, input, table } from '../decisions/dmn-fixture.ts'
import { compile } from '../engine/compile.ts'
import { sketch } from '../engine/fixtures/sketch.ts'
import { loadPackage, packageHash, type PackageFiles } from './load-package.ts'
import { readPackageFolder } from './packages.ts'
import { checkInstances } from './instances.ts'
import { checkRuleTask, readRules } from './rules.ts'

const logic = table(
  'hitPolicy="UNIQUE"',
  ['age'],
  ['<output name="aid" typeRef="string"/>'],
  [
    ['>= 60', '"elder"'],
    ['< 60', '"none"'],
  ],
)
const sound = dmn(input('age', 'number') + decision('Aid', logic, ['age']))

const refusals = (files: Record<string, string>) => readRules(Object.entries(files)).findings.map(({ rule, place }) => `${rule} ${place}`)

test('a model whose parts all lead somewhere is taken', () => {
  assert.deepEqual(refusals({ aid: sound }), [])
})

const broken: [string, string, string][] = [
  ['a file that is no XML', '<definitions', 'package.rules'],
  ['a cell that cannot be read', sound.replace('&lt; 60', '&lt; '), 'package.rules'],
  ['a name that nothing gives', sound.replace('<text>age</text>', '<text>agee</text>'), 'package.rules'],
  ['a type that is not there', sound.replace('typeRef="number"', 'typeRef="tAge"'), 'package.rules'],
  ['a requirement that is not there', dmn(decision('Aid', logic, ['age'])), 'package.rules'],
  ['a decision without logic', dmn(input('age') + decision('Aid', '', ['age'])), 'package.rules'],
]
for (const [what, text, rule] of broken) test(`${what} is refused`, () => assert.ok(refusals({ aid: text }).includes(`${rule} rules/aid.dmn`)))

async function ruleTask(xl: { decision?: string; inputs?: string[] }): Promise<string[]> {
  const { graph } = await compile(sketch('start s\nrule R\nend e\ns -> R -> e'))
  const element = graph.elements['R']
  assert.ok(element)
  if (xl.decision !== undefined) element.xl.decision = xl.decision
  element.xl.inputs = (xl.inputs ?? []).map((name) => ({ name, expression: '1' }))
  const found: string[] = []
  checkRuleTask(element, readRules([['aid', sound]]).rules, (_place, rule) => found.push(rule))
  return found
}

test('a rule task names a decision that exists and gives it exactly its inputs', async () => {
  assert.deepEqual(await ruleTask({ decision: 'aid.dmn#Aid', inputs: ['age'] }), [])
  assert.deepEqual(await ruleTask({}), ['package.decision'])
  assert.deepEqual(await ruleTask({ decision: 'aids.dmn#Aid', inputs: ['age'] }), ['package.decision'])
  assert.deepEqual(await ruleTask({ decision: 'aid.dmn#Aids', inputs: ['age'] }), ['package.decision'])
  assert.deepEqual(await ruleTask({ decision: 'aid.dmn#Aid' }), ['package.decision-input'])
  assert.deepEqual(await ruleTask({ decision: 'aid.dmn#Aid', inputs: ['age', 'name'] }), ['package.decision-input'])
})

const library = fileURLToPath(new URL('../../../procedures/', import.meta.url))

async function withPrecheck(change: (manifest: { prechecks: object[] }, files: PackageFiles) => void): Promise<string[]> {
  const files = await readPackageFolder(`${library}petition`)
  const manifest: { slug: string; prechecks: object[] } = JSON.parse(files['procedure.json'] ?? '')
  files['rules/aid.dmn'] = sound
  manifest.prechecks = [{ id: 'aid', decision: 'aid.dmn#Aid', form: 'filing', inputs: [{ name: 'age', expression: '=70' }] }]
  for (const language of ['zh', 'en']) {
    const texts: Record<string, string> = JSON.parse(files[`texts.${language}.json`] ?? '')
    for (const key of ['precheck.aid.title', 'precheck.aid.intro', 'criterion.Aid', 'rule.r1', 'rule.r2']) texts[`${manifest.slug}.${key}`] = key
    files[`texts.${language}.json`] = JSON.stringify(texts)
  }
  // Nothing of a check takes files.
  const filing = JSON.parse(files['forms/filing.json'] ?? '')
  for (const [name, field] of Object.entries<Record<string, unknown>>(filing.properties))
    if (field['x-tag'] === 'attachment') delete filing.properties[name]
  files['forms/filing.json'] = JSON.stringify(filing)
  change(manifest, files)
  files['procedure.json'] = JSON.stringify(manifest)
  const { findings } = await loadPackage(files)
  return findings.filter(({ rule }) => /precheck|decision|text-missing|package.form$|package.rules/.test(rule)).map(({ rule }) => rule)
}

test('a check before filing needs its form, its decision, every input, and words for every rule', async () => {
  assert.deepEqual(await withPrecheck(() => {}), [])
  assert.deepEqual(await withPrecheck((manifest) => Object.assign(manifest.prechecks[0] ?? {}, { form: 'none' })), ['package.form'])
  assert.deepEqual(await withPrecheck((manifest) => Object.assign(manifest.prechecks[0] ?? {}, { inputs: [] })), ['package.decision-input'])
  assert.deepEqual(await withPrecheck((manifest) => Object.assign(manifest.prechecks[0] ?? {}, { decision: 'aid.dmn#x' })), [
    'package.decision',
    'package.precheck',
  ])
  assert.deepEqual(
    await withPrecheck((_, files) => {
      files['rules/aid.dmn'] = sound.replaceAll('"r2"', '"r9"')
    }),
    ['package.text-missing', 'package.text-missing'],
  )
})

test('the rules are part of what a case is pinned to', () => {
  assert.notEqual(packageHash({ 'rules/aid.dmn': sound }), packageHash({ 'rules/aid.dmn': sound.replace('60', '65') }))
})

test('several instances inside several instances, and a cycle that is none, are refused', async () => {
  const { graph } = await compile(
    sketch(
      'start s\nsub S multi=2 {\nstart i\nuser A multi=2\nend j\ni -> A -> j\n}\nuser B\nboundary b on=B cycle=often non\nend e\nend f\ns -> S -> B -> e\nb -> f',
    ),
  )
  const found: string[] = []
  for (const element of Object.values(graph.elements)) checkInstances(graph, element, (place, rule) => found.push(`${rule} ${place}`))
  assert.deepEqual(found.sort(), ['package.cycle diagram.bpmn#b', 'package.instances diagram.bpmn#A'])
})
