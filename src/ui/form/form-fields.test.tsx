import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFragment } from 'parse5'
import type { DefaultTreeAdapterTypes } from 'parse5'
import { renderHtml } from '../html.ts'
import { sampleForm, sampleTexts } from '../gallery-sample.ts'
import { FormFields } from './form-fields.tsx'
import { errorLinks, errorsByField } from './form-texts.ts'
import { parseFormBody } from './parse-form-body.ts'

type Element = DefaultTreeAdapterTypes.Element
const form = { schema: sampleForm, texts: sampleTexts, textPrefix: 'club.join' }

const elementsOf = (html: string) => {
  const found: Element[] = []
  const walk = (node: DefaultTreeAdapterTypes.Node) => {
    if ('tagName' in node) found.push(node)
    if ('childNodes' in node) node.childNodes.forEach(walk)
  }
  walk(parseFragment(html))
  return found
}
const attribute = (element: Element, name: string) => element.attrs.find((candidate) => candidate.name === name)?.value

test('what the fields post comes back from the parser as the data they were filled with', async () => {
  const data = {
    name: '王小溪',
    phone: '0000-0000',
    kind: 'family',
    date: '2026-03-07',
    amount: 12.5,
    days: ['weekend'],
    again: true,
    agree: true,
    story: '漏水',
  }
  const elements = elementsOf(await renderHtml(<FormFields {...form} values={data} />))
  const body: Record<string, string[]> = {}
  for (const element of elements) {
    const name = attribute(element, 'name')
    const isChosen = !['radio', 'checkbox'].includes(attribute(element, 'type') ?? '') || attribute(element, 'checked') !== undefined
    const text = element.tagName === 'textarea' ? '漏水' : attribute(element, 'value')
    if (name && isChosen && text !== undefined) body[name] = [...(body[name] ?? []), text]
  }
  assert.deepEqual(parseFormBody(sampleForm, body).data, data)
})

test('every error link points to a control that exists and names its error', async () => {
  const errors = errorsByField([
    { pointer: '/phone', message: '' },
    { pointer: '/date', message: '日期不存在' },
    { pointer: '/kind', message: '请选择' },
    { pointer: '/days/0', message: '没有这一项' },
  ])
  const elements = elementsOf(await renderHtml(<FormFields {...form} errors={errors} prefix="p-" />))
  const links = errorLinks({ ...form, errors, prefix: 'p-' })
  assert.deepEqual(
    links.map((link) => link.text),
    [sampleTexts['club.join.phone.error'], '请选择', '没有这一项', '日期不存在'],
  )
  for (const { href } of links) {
    const target = elements.find((element) => `#${attribute(element, 'id')}` === href)
    assert.equal(target?.tagName, 'input', href)
  }
})

test('a field whose label is missing shows its name, so that the gap is seen', async () => {
  assert.match(await renderHtml(<FormFields {...form} texts={{}} fields={['phone']} />), /<label[^>]*>phone</)
})

test('only optional fields are marked', async () => {
  const html = await renderHtml(<FormFields {...form} fields={['name', 'village', 'agree']} />)
  assert.equal(html.match(/（选填）/g)?.length, 1)
})
