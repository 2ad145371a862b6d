import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { BpmnModdle } from 'bpmn-moddle'
import fc from 'fast-check'
import { sampleDiagram } from '../gallery-sample.ts'
import { diagramAsList } from './diagram-list.ts'
import { renderDiagram } from './render-diagram.ts'
import type { Marks } from './marks.ts'
import { widthOf, wrapText } from './wrap-text.ts'

const marks: Marks = { Applied: 'done', Check: 'done', Decide: 'overdue', Tell: 'available' }
let definitions: unknown
before(async () => {
  definitions = (await new BpmnModdle().fromXML(sampleDiagram)).rootElement
})

test('the picture has a title and description, and no style attribute, script or class', () => {
  const svg = renderDiagram(definitions, marks, 'zh')
  assert.match(svg, /<svg [^>]*role="img" aria-labelledby="diagram-Together-title diagram-Together-desc"/)
  assert.match(svg, /<title id="diagram-Together-title">清溪镇网球俱乐部流程图<\/title>/)
  assert.equal(/ style=|<style|<script| class=| on\w+=/.test(svg), false)
})

test('every flow node and flow of the file is drawn, names broken into lines', () => {
  const svg = renderDiagram(definitions, {}, 'zh')
  assert.equal(svg.match(/marker-end=/g)?.length, 11)
  assert.match(svg, />一次性告知需要<\/tspan>/)
  assert.match(svg, />补充的材料<\/tspan>/)
})

test('a mark is a sign with a word, not only a colour', () => {
  const svg = renderDiagram(definitions, marks, 'en')
  assert.equal(svg.match(/<title>Done<\/title>/g)?.length, 2)
  assert.match(svg, /<title>Overdue<\/title>/)
})

test('names given for a language replace those of the file and cannot become markup', () => {
  const svg = renderDiagram(definitions, {}, 'en', { Check: '<b>&"' })
  assert.match(svg, /&lt;b&gt;&amp;&quot;/)
  assert.equal(svg.includes('<b>'), false)
})

test('the list tells every step in the order of the flow, its state, and what may follow', () => {
  const list = diagramAsList(definitions, marks, 'zh')
  assert.deepEqual(
    list.map((step) => step.id),
    ['Applied', 'Check', 'Complete', 'Ask', 'Fee', 'Answer', 'Decide', 'Tell', 'Done', 'Late', 'Warn', 'Warned'],
  )
  assert.deepEqual(list[2], {
    id: 'Complete',
    name: '材料齐全？',
    kind: '判断',
    state: 'later',
    stateText: '以后可能发生',
    next: ['齐全 → 按规则计算会费', '不齐全 → 一次性告知需要补充的材料'],
  })
  assert.equal(list[6]?.stateText, '已超期')
})

test('a file without a picture gives an empty drawing, not an error', () => {
  assert.match(renderDiagram({}, {}, 'zh'), /^<svg /)
  assert.deepEqual(diagramAsList(undefined, {}, 'zh'), [])
})

test('no line is wider than its room, no line starts with a closing mark, and nothing is lost', () => {
  const text = fc
    .array(fc.constantFrom('核', '对', '，', '。', 'a', 'word', ' ', '（', '）', '2026'), { maxLength: 40 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, fc.integer({ min: 5, max: 12 }), (typed, room) => {
      const lines = wrapText(typed, room, 1000)
      for (const line of lines) assert.ok(widthOf(line) <= room + 1, `${line} in ${room}`)
      assert.equal(lines.join('').replaceAll(' ', ''), typed.replaceAll(' ', ''))
    }),
  )
  assert.deepEqual(wrapText('核对申请材料，再办', 6, 3), ['核对申请材', '料，再办'])
  assert.deepEqual(wrapText('核对申请材料再办', 4, 1), ['核对申…'])
})
