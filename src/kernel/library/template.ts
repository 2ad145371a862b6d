// The smallest sound package: something is asked, an office answers, the person is told. A beginning for an author.
import type { CalendarDate } from '../clock.ts'
import { invalid } from '../errors.ts'
import type { PackageFiles } from '../procedures/load-package.ts'

/**
 * Files of a new procedure. Its law row is a placeholder whose mark (`TODO`) stays visible to everybody until an author names the article.
 * @throws `package.slug`.
 */
export function newPackage(slug: string, from: CalendarDate): PackageFiles {
  if (!/^[a-z][a-z0-9-]{0,60}$/.test(slug))
    throw invalid('package.slug', 'A name has small letters, digits and dashes, and begins with a letter.', [
      { pointer: '/slug', code: 'package.slug', message: '用小写字母、数字和连字符，以字母开头' },
    ])
  return {
    'procedure.json': write(manifest(slug, from)),
    'diagram.bpmn': diagram(slug),
    'forms/filing.json': write(filing(slug)),
    'forms/answer.json': write(answer(slug)),
    'texts.zh.json': write(texts(slug, zh)),
    'texts.en.json': write(texts(slug, en)),
    'examples/answered.json': write(example(from)),
  }
}

const write = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

const manifest = (slug: string, from: CalendarDate) => ({
  slug,
  version: '0.1.0',
  effective: { from },
  numberPrefix: (slug.replaceAll(/[^a-z]/g, '').toUpperCase() + 'XX').slice(0, 2),
  provides: [slug],
  measures: ['M14'],
  filedBy: ['anyone', 'staff'],
  law: [{ id: 'basis', name: '（待填写）', article: '（待填写）', mark: 'TODO' }],
  parameters: [{ id: 'answer-days', value: 15, unit: 'calendar', law: 'basis', from, mark: 'TODO' }],
  parties: [
    {
      role: 'applicant',
      kind: 'either',
      min: 1,
      max: 1,
      may: ['file', 'supplement'],
      told: ['filed', 'answered'],
      sees: 'case',
      fields: { name: 'name', phone: 'phone' },
    },
  ],
  lanes: [{ id: 'Office', posts: ['petition-clerk'], office: 'own' }],
  deadlines: [{ id: 'answer', starts: 'filed', ends: ['answered'], parameter: 'answer-days', unit: 'calendar', binds: 'office', law: 'basis' }],
  adverse: [],
  documents: [],
  publication: { fields: [], consent: 'none' },
  exports: [],
  retention: { class: '10年', years: 10, start: 'closed', disposal: 'erase', mark: 'TODO' },
  links: {},
})

const schema = (slug: string, id: string, required: string[], properties: Record<string, object>, examples: object[]) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:xiangli:form:${slug}:${id}`,
  type: 'object',
  additionalProperties: false,
  required,
  'x-pages': [{ id, fields: Object.keys(properties) }],
  properties,
  examples,
})

const field = (tag: string, purpose: string, maxLength: number) => ({
  type: 'string',
  minLength: 1,
  maxLength,
  'x-tag': tag,
  'x-purpose': purpose,
  'x-basis': 'basis',
  'x-visibility': 'parties',
})

const filing = (slug: string) =>
  schema(
    slug,
    'filing',
    ['subject', 'name'],
    { subject: field('free-text', '知道要办什么', 200), name: field('name', '告知办理结果', 60), phone: field('phone', '必要时联系', 20) },
    [{ subject: '想办的事', name: '林小满' }],
  )

const answer = (slug: string) => schema(slug, 'answer', ['answer'], { answer: field('free-text', '答复本人', 2000) }, [{ answer: '已经办好。' }])

const zh = {
  title: '新的办事流程',
  summary: '用一两句话说清楚：谁可以办，办什么。',
  'element.Answer': '答复',
  'status.Answer': '已经收到，正在办理。',
  'event.filed': '收到',
  'event.answered': '已答复',
  'outcome.Done': '办结',
  'deadline.answer': '答复',
  'party.applicant': '申请人',
  'told.filed': '您的事项 {number} 已经收到，{due} 前答复。',
  'told.answered': '您的事项 {number} 已经答复。',
  'lane.Office': '经办岗位',
  'filing.title': '提出',
  'filing.page.filing': '您要办的事',
  'filing.subject.label': '什么事',
  'filing.name.label': '姓名',
  'filing.phone.label': '电话',
  'answer.title': '答复',
  'answer.page.answer': '答复',
  'answer.answer.label': '答复内容',
}

const en: typeof zh = {
  title: 'A new procedure',
  summary: 'Say in one or two sentences who may ask, and for what.',
  'element.Answer': 'Answer',
  'status.Answer': 'Received and in hand.',
  'event.filed': 'Received',
  'event.answered': 'Answered',
  'outcome.Done': 'Done',
  'deadline.answer': 'Answer',
  'party.applicant': 'Applicant',
  'told.filed': 'Your matter {number} was received. You get an answer by {due}.',
  'told.answered': 'Your matter {number} was answered.',
  'lane.Office': 'Office',
  'filing.title': 'File',
  'filing.page.filing': 'What you ask for',
  'filing.subject.label': 'What it is about',
  'filing.name.label': 'Name',
  'filing.phone.label': 'Telephone',
  'answer.title': 'Answer',
  'answer.page.answer': 'Answer',
  'answer.answer.label': 'The answer',
}

const texts = (slug: string, words: Record<string, string>) =>
  Object.fromEntries(Object.entries(words).map(([key, text]) => [`${slug}.${key}`, text]))

const example = (from: CalendarDate) => ({
  title: '当天答复',
  given: { at: `${from}T09:00:00+08:00` },
  steps: [
    { at: `${from}T09:00:00+08:00`, actor: 'resident:lin', do: 'file', data: { subject: '想办的事', name: '林小满' } },
    { at: `${from}T10:00:00+08:00`, actor: 'post:petition-clerk', do: 'complete', task: 'Answer', data: { answer: '已经办好。' } },
  ],
  expect: { end: 'Done', events: ['filed', 'answered'], deadlines: [{ id: 'answer', met: true }] },
})

const diagram = (slug: string) => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xl="urn:xiangli:bpmn:1" id="Definitions" targetNamespace="urn:xiangli:procedure:${slug}" expressionLanguage="https://www.omg.org/spec/DMN/20191111/FEEL/">
  <bpmn:collaboration id="Collaboration">
    <bpmn:participant id="Pool" name="新的办事流程" processRef="Procedure" />
  </bpmn:collaboration>
  <bpmn:process id="Procedure" name="新的办事流程" isExecutable="true">
    <bpmn:laneSet id="Lanes">
      <bpmn:lane id="Office" name="经办岗位">
        <bpmn:flowNodeRef>Filed</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>Answer</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>Done</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="Filed" name="收到" xl:form="filing" xl:event="filed" xl:law="basis">
      <bpmn:outgoing>Filed_Answer</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="Answer" name="答复" xl:form="answer" xl:event="answered" xl:law="basis">
      <bpmn:incoming>Filed_Answer</bpmn:incoming>
      <bpmn:outgoing>Answer_Done</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="Done" name="办结" xl:law="basis">
      <bpmn:incoming>Answer_Done</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="Filed_Answer" sourceRef="Filed" targetRef="Answer" />
    <bpmn:sequenceFlow id="Answer_Done" sourceRef="Answer" targetRef="Done" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="Diagram">
    <bpmndi:BPMNPlane id="Plane" bpmnElement="Collaboration">
      <bpmndi:BPMNShape id="Pool_di" bpmnElement="Pool" isHorizontal="true"><dc:Bounds x="160" y="80" width="520" height="180" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="Office_di" bpmnElement="Office" isHorizontal="true"><dc:Bounds x="190" y="80" width="490" height="180" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="Filed_di" bpmnElement="Filed"><dc:Bounds x="252" y="152" width="36" height="36" /><bpmndi:BPMNLabel><dc:Bounds x="258" y="193" width="24" height="14" /></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="Answer_di" bpmnElement="Answer"><dc:Bounds x="365" y="130" width="110" height="80" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="Done_di" bpmnElement="Done"><dc:Bounds x="562" y="152" width="36" height="36" /><bpmndi:BPMNLabel><dc:Bounds x="568" y="193" width="24" height="14" /></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="Filed_Answer_di" bpmnElement="Filed_Answer"><di:waypoint x="288" y="170" /><di:waypoint x="365" y="170" /></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="Answer_Done_di" bpmnElement="Answer_Done"><di:waypoint x="475" y="170" /><di:waypoint x="562" y="170" /></bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
`
