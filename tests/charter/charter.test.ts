// Hostile and ordinary definitions through every door: package load, register definition, import, and the API's filing.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkEntryCharter } from '#kernel/charter/entry.ts'
import { findWords } from '#kernel/charter/find-words.ts'
import { checkRegisterCharter } from '#kernel/charter/register.ts'
import { checkForm, compileForm } from '#kernel/forms/forms.ts'
import { loadPackage, type PackageFiles } from '#kernel/procedures/load-package.ts'
import { readPackageFolder } from '#kernel/procedures/packages.ts'

type Json = Record<string, unknown>
type FieldRow = [what: string, rule: string, name: string, zh: string, en: string, choices: [string, string, string][] | null]
type ShapeRow = [what: string, rule: string, properties: Record<string, Json>, over: Json]
// Test data of ours; a row that is not as its file says would fail its own test.
const rowsOf = <T>(path: string): T[] => (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { rows: T[] }).rows

/** An ordinary package of the library: its slug, its law, and fields of its filing form. */
const base = await readPackageFolder(fileURLToPath(new URL('../../procedures/petition', import.meta.url)))
const slug = 'petition'
const words: Record<string, string> = {
  '{slug}': slug,
  '{law}': 'xf-17',
  '{name}': 'name',
  '{phone}': 'phone',
  '{idNumber}': 'idNumber',
  '{field}': 'subject',
}
const filled = (text: string) => Object.entries(words).reduce((done, [key, word]) => done.replaceAll(key, word), text)
const declared = { type: 'string', 'x-tag': 'free-text', 'x-purpose': '办理事项', 'x-basis': 'xf-17', 'x-visibility': 'parties' }

const rulesOf = async (files: PackageFiles) =>
  (await loadPackage(files)).findings.filter((finding) => finding.severity === 'error' && !finding.rule.startsWith('package.t'))
const charterRules = (findings: { rule: string }[]) =>
  [...new Set(findings.map((finding) => finding.rule))].filter((rule) => rule.startsWith('charter.') || rule === 'package.pattern')

/** The base package with one form more: its texts stand in both languages. */
function withForm(schema: Json, texts: { zh: Json; en: Json }): PackageFiles {
  const more = (path: string, own: Json) =>
    JSON.stringify({
      ...JSON.parse(base[path] ?? '{}'),
      ...Object.fromEntries(Object.entries(own).map(([key, text]) => [`${slug}.extra.${key}`, text])),
    })
  return {
    ...base,
    'forms/extra.json': JSON.stringify(schema),
    'texts.zh.json': more('texts.zh.json', { title: '补充', ...texts.zh }),
    'texts.en.json': more('texts.en.json', { title: 'More', ...texts.en }),
  }
}

const ownForm = (properties: Json, over: Json = {}): Json => {
  const schema: Json = { type: 'object', additionalProperties: false, properties: JSON.parse(JSON.stringify(properties)), ...over }
  for (const [key, value] of Object.entries(schema)) if (value === null) delete schema[key]
  return schema
}

/** All of them in one package, each in a form of its own: one load. */
const fieldRows = rowsOf<FieldRow>('hostile/fields.json')
const shapeRows = rowsOf<ShapeRow>('hostile/shapes.json')
const loaded = await rulesOf(allHostile())
const of = (form: string) => loaded.filter((finding) => finding.place.startsWith(`forms/${form}.json`))

describe('hostile fields', () => {
  for (const [index, [what, rule]] of fieldRows.entries())
    test(`${what} is refused when the package is loaded, with a reason and a remedy`, () => {
      const mine = of(`field-${index}`).find((finding) => finding.rule === rule)
      assert.ok(mine, `${what}: ${JSON.stringify(of(`field-${index}`))}`)
      assert.ok(mine.message.length > 20)
    })
})

describe('hostile shapes', () => {
  for (const [index, [what, rule]] of shapeRows.entries())
    test(`${what} is refused`, () => {
      assert.ok(
        of(`shape-${index}`).some((finding) => finding.rule === rule),
        `${what}: ${JSON.stringify(of(`shape-${index}`))}`,
      )
    })
})

function allHostile(): PackageFiles {
  const files: PackageFiles = { ...base }
  const texts: { zh: Json; en: Json } = { zh: JSON.parse(base['texts.zh.json'] ?? ''), en: JSON.parse(base['texts.en.json'] ?? '') }
  for (const [index, [, , name, zh, en, choices]] of fieldRows.entries()) {
    const field = { ...declared, ...(choices ? { 'x-tag': 'choice', enum: choices.map(([value]) => value) } : {}) }
    files[`forms/field-${index}.json`] = JSON.stringify(ownForm({ [name]: field }))
    for (const [language, label, at] of [
      ['zh', zh, 1],
      ['en', en, 2],
    ] as const) {
      texts[language][`${slug}.field-${index}.${name}.label`] = label
      for (const choice of choices ?? []) texts[language][`${slug}.field-${index}.${name}.${choice[0]}`] = choice[at]
    }
  }
  for (const [index, [, , properties, over]] of shapeRows.entries()) {
    const own = Object.entries(properties).map(([name, { $f, ...field }]) => {
      const whole: Json = $f ? { ...declared, ...field } : field
      for (const [key, value] of Object.entries(whole)) if (value === null) delete whole[key]
      return [name, whole] as const
    })
    files[`forms/shape-${index}.json`] = JSON.stringify(ownForm({ subject: declared, ...Object.fromEntries(own) }, over))
  }
  return { ...files, 'texts.zh.json': JSON.stringify(texts.zh), 'texts.en.json': JSON.stringify(texts.en) }
}

type Change = { file: string; set?: (string | number)[]; to?: unknown; replace?: string; by?: string; text?: string }
describe('hostile packages', () => {
  for (const [what, rule, changes] of rowsOf<[string, string, Change[]]>('hostile/packages.json'))
    test(`${what} is refused`, async () => {
      const files = { ...base }
      for (const change of changes) apply(files, change)
      const findings = await rulesOf(files)
      assert.ok(
        findings.some((finding) => finding.rule === rule),
        `${what}: ${JSON.stringify(findings)}`,
      )
    })
})

function apply(files: PackageFiles, { file, set, to, replace, by, text }: Change) {
  if (text !== undefined) files[file] = filled(text)
  const before = files[file] ?? ''
  if (replace !== undefined) {
    assert.ok(before.includes(replace), `${file} has ${replace}`)
    files[file] = before.replace(replace, by ?? '')
  }
  if (!set) return
  const whole: Json = JSON.parse(before)
  const keys = set.map((key) => (typeof key === 'string' ? filled(key) : key))
  let node: Json = whole
  // A path through JSON that the test itself wrote.
  for (const key of keys.slice(0, -1)) node = node[key] as Json
  node[keys.at(-1) ?? ''] = JSON.parse(filled(JSON.stringify(to)))
  files[file] = JSON.stringify(whole)
}

const schemaOf = (columns: Record<string, string | Json>, over: Json): Json => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, typeof column === 'string' ? { type: 'string', title: column } : column]),
  ),
  ...over,
})

describe('registers', () => {
  for (const [what, rule, definition, columns, over] of rowsOf<[string, string, Json, Record<string, string>, Json]>('hostile/registers.json'))
    test(`${what} is refused`, () => {
      const findings = checkRegisterCharter({ definition: { public: true, persons: 'none', ...definition }, schema: schemaOf(columns, over) })
      assert.ok(
        findings.some((finding) => finding.rule === rule),
        `${what}: ${JSON.stringify(findings)}`,
      )
    })
  for (const [what, definition, columns] of rowsOf<[string, Json, Record<string, string>]>('ordinary/registers.json'))
    test(`${what} is an ordinary register`, () => {
      assert.deepEqual(checkRegisterCharter({ definition: { public: true, persons: 'none', ...definition }, schema: schemaOf(columns, {}) }), [])
    })
})

test('ordinary fields of cases are taken, household registration, health and disability among them', async () => {
  const rows = rowsOf<[string, string, string]>('ordinary/fields.json')
  assert.ok(rows.length >= 200, `${rows.length} ordinary fields`)
  const properties: Json = {}
  const texts: { zh: Json; en: Json } = { zh: {}, en: {} }
  for (const [index, [zh, en, tag]] of rows.entries()) {
    const name = `field${index}`
    const type = tag === 'flag' ? 'boolean' : tag === 'count' || tag === 'money' ? 'number' : 'string'
    properties[name] = { ...declared, type, 'x-tag': tag }
    texts.zh[`${name}.label`] = zh
    texts.en[`${name}.label`] = en
  }
  const findings = charterRulesWithLabels(await rulesOf(withForm(ownForm(properties), texts)), texts.zh)
  assert.deepEqual(findings, [])
})

const charterRulesWithLabels = (findings: { place: string; rule: string }[], labels: Json) =>
  findings
    .filter(({ rule }) => charterRules([{ rule }]).length > 0)
    .map(({ place, rule }) => `${rule} ${String(labels[`${/field\d+/.exec(place)?.[0]}.label`])}`)

test('ordinary sentences of a package are taken', () => {
  for (const text of rowsOf<string>('ordinary/sentences.json'))
    assert.deepEqual(
      findWords(text, { prose: true }).map((rule) => rule.rule),
      [],
      text,
    )
})

test('the ordinary package itself is taken', async () => assert.deepEqual(await rulesOf(base), []))

test('a past punishment may be asked where the law of that service is its basis', async () => {
  const files = withForm(ownForm({ released: { ...declared, type: 'boolean', 'x-tag': 'flag', 'x-basis': 'aid' } }), {
    zh: { 'released.label': '是否为刑满释放人员' },
    en: { 'released.label': 'Released from prison' },
  })
  const refused = charterRules(await rulesOf(files))
  assert.ok(refused.includes('charter.record-label'))
  const manifest = JSON.parse(files['procedure.json'] ?? '')
  manifest.law.push({ id: 'aid', name: '社区矫正法', article: '第四十三条', mark: 'V:L' })
  assert.deepEqual(charterRules(await rulesOf({ ...files, 'procedure.json': JSON.stringify(manifest) })), [])
})

test('an import does not bring by value what no column may hold', () => {
  for (const value of ['重点人员张某', '上访户', { note: ['11010519491231002X'] }, 'watch list'])
    assert.ok(checkEntryCharter('one', { value }).length > 0, JSON.stringify(value))
  for (const value of ['民族村', '宗教事务办公室', '信访局', '重点项目', '电话 000 0000 0001', '统一社会信用代码'])
    assert.deepEqual(checkEntryCharter('one', { value }), [])
})

test('the API takes no field that is not declared, however it is wrapped', () => {
  const form = compileForm('f', { type: 'object', additionalProperties: false, properties: { subject: declared } } as unknown as Parameters<
    typeof compileForm
  >[1])
  for (const data of [
    { subject: '路灯', religion: '某教' },
    { subject: '路灯', 'x-extra': {} },
    { subject: { text: '路灯', faith: 'x' } },
    JSON.parse('{"subject":"路灯","__proto__":{"a":1}}'),
  ])
    assert.ok(checkForm(form, data, {}, 'zh').length > 0, JSON.stringify(data))
  assert.deepEqual(checkForm(form, { subject: '路灯' }, {}, 'zh'), [])
})
