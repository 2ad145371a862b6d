import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { loadPackage, type PackageFiles } from '../procedures/load-package.ts'
import { readPackageFolder } from '../procedures/packages.ts'
import { compareLines, compareVersions, isSame, type Version } from './compare.ts'

const files = await readPackageFolder(fileURLToPath(new URL('../../../procedures/petition/', import.meta.url)))

async function versionOf(changed: PackageFiles): Promise<Version> {
  const { procedure } = await loadPackage(changed, { accepted: true })
  assert.ok(procedure)
  return { procedure, files: changed }
}
const replace = (path: string, from: string | RegExp, to: string): PackageFiles => {
  const text = files[path] ?? ''
  assert.notEqual(text.replace(from, to), text, `${path} changes`)
  return { ...files, [path]: text.replace(from, to) }
}

test('a version does not differ from itself', async () => {
  assert.ok(isSame(compareVersions(await versionOf(files), await versionOf(files))))
})

test('a moved box is no difference, another law at it is', async () => {
  const base = await versionOf(files)
  assert.ok(isSame(compareVersions(base, await versionOf(replace('diagram.bpmn', /<dc:Bounds x="\d+"/, '<dc:Bounds x="1234"')))))
  const found = compareVersions(base, await versionOf(replace('diagram.bpmn', /(<bpmn:userTask id="Register"[^>]*xl:law=")[^"]*/, '$1xf-20')))
  assert.deepEqual(
    found.elements.map(({ id, change }) => [id, change]),
    [['Register', 'changed']],
  )
  assert.match(found.elements[0]?.after ?? '', /law: xf-20/)
})

test('texts, numbers, fields and templates are compared by their ids', async () => {
  const base = await versionOf(files)
  const text = compareVersions(base, await versionOf(replace('texts.en.json', /"petition.title": "[^"]*"/, '"petition.title": "Other"')))
  assert.deepEqual(
    text.texts.map((one) => [one.language, one.items[0]?.id, one.items[0]?.after]),
    [['en', 'petition.title', 'Other']],
  )
  const number = compareVersions(base, await versionOf(replace('procedure.json', /("id": "opinion-days",\s*"value": )60/, '$130')))
  assert.deepEqual(
    number.rules.map((one) => [one.part, one.items.map((item) => item.id)]),
    [['parameters', ['opinion-days']]],
  )
  const field = compareVersions(base, await versionOf(replace('forms/filing.json', '"subject": {', '"topic": {')))
  assert.ok(field.forms[0]?.fields.some((one) => one.id === 'topic' && one.change === 'added'))
  const template = compareVersions(base, await versionOf({ ...files, 'documents/opinion.typ': '#import "/layout.typ": *\n' }))
  assert.deepEqual(
    template.files.map(({ id, change }) => [id, change]),
    [['documents/opinion.typ', 'changed']],
  )
})

test('lines are kept, taken out and put in', () => {
  assert.deepEqual(compareLines('a\nb\nc', 'a\nc\nd'), [
    { line: 'a' },
    { line: 'b', change: 'removed' },
    { line: 'c' },
    { line: 'd', change: 'added' },
  ])
})
