// An invented procedure and form for the gallery and the tests: no law, no real place.

export const sampleDiagram = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="Sample" targetNamespace="urn:xiangli:sample">
  <bpmn:collaboration id="Together"><bpmn:participant id="Club" name="清溪镇网球俱乐部" processRef="Membership" /></bpmn:collaboration>
  <bpmn:process id="Membership" name="入会" isExecutable="true">
    <bpmn:laneSet id="Lanes">
      <bpmn:lane id="Desk" name="接待岗"><bpmn:flowNodeRef>Applied</bpmn:flowNodeRef><bpmn:flowNodeRef>Check</bpmn:flowNodeRef><bpmn:flowNodeRef>Complete</bpmn:flowNodeRef><bpmn:flowNodeRef>Ask</bpmn:flowNodeRef><bpmn:flowNodeRef>Answer</bpmn:flowNodeRef></bpmn:lane>
      <bpmn:lane id="Board" name="理事会"><bpmn:flowNodeRef>Fee</bpmn:flowNodeRef><bpmn:flowNodeRef>Decide</bpmn:flowNodeRef><bpmn:flowNodeRef>Late</bpmn:flowNodeRef><bpmn:flowNodeRef>Warn</bpmn:flowNodeRef><bpmn:flowNodeRef>Tell</bpmn:flowNodeRef><bpmn:flowNodeRef>Done</bpmn:flowNodeRef></bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="Applied" name="收到入会申请"><bpmn:messageEventDefinition id="m1" /></bpmn:startEvent>
    <bpmn:userTask id="Check" name="核对申请材料是否齐全" />
    <bpmn:exclusiveGateway id="Complete" name="材料齐全？" default="ToAsk" />
    <bpmn:sendTask id="Ask" name="一次性告知需要补充的材料" />
    <bpmn:intermediateCatchEvent id="Answer" name="等待补充"><bpmn:messageEventDefinition id="m2" /></bpmn:intermediateCatchEvent>
    <bpmn:businessRuleTask id="Fee" name="按规则计算会费" />
    <bpmn:userTask id="Decide" name="理事会作出决定，并说明理由" />
    <bpmn:boundaryEvent id="Late" name="期限将到" attachedToRef="Decide" cancelActivity="false"><bpmn:timerEventDefinition id="t1" /></bpmn:boundaryEvent>
    <bpmn:serviceTask id="Warn" name="提醒负责人" />
    <bpmn:endEvent id="Warned" name="已提醒" />
    <bpmn:serviceTask id="Tell" name="送达决定书" />
    <bpmn:endEvent id="Done" name="办结" />
    <bpmn:sequenceFlow id="F1" sourceRef="Applied" targetRef="Check" />
    <bpmn:sequenceFlow id="F2" sourceRef="Check" targetRef="Complete" />
    <bpmn:sequenceFlow id="ToFee" name="齐全" sourceRef="Complete" targetRef="Fee" />
    <bpmn:sequenceFlow id="ToAsk" name="不齐全" sourceRef="Complete" targetRef="Ask" />
    <bpmn:sequenceFlow id="F3" sourceRef="Ask" targetRef="Answer" />
    <bpmn:sequenceFlow id="Back" name="补充后再核对" sourceRef="Answer" targetRef="Check" />
    <bpmn:sequenceFlow id="F4" sourceRef="Fee" targetRef="Decide" />
    <bpmn:sequenceFlow id="F5" sourceRef="Decide" targetRef="Tell" />
    <bpmn:sequenceFlow id="F6" sourceRef="Tell" targetRef="Done" />
    <bpmn:sequenceFlow id="F7" sourceRef="Late" targetRef="Warn" />
    <bpmn:sequenceFlow id="F8" sourceRef="Warn" targetRef="Warned" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="D"><bpmndi:BPMNPlane id="P" bpmnElement="Together">
    <bpmndi:BPMNShape id="s1" bpmnElement="Club" isHorizontal="true"><dc:Bounds x="100" y="60" width="1010" height="430" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s2" bpmnElement="Desk" isHorizontal="true"><dc:Bounds x="130" y="60" width="980" height="200" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s3" bpmnElement="Board" isHorizontal="true"><dc:Bounds x="130" y="260" width="980" height="230" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s4" bpmnElement="Applied"><dc:Bounds x="192" y="162" width="36" height="36" /><bpmndi:BPMNLabel><dc:Bounds x="174" y="202" width="72" height="16" /></bpmndi:BPMNLabel></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s5" bpmnElement="Check"><dc:Bounds x="290" y="140" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s6" bpmnElement="Complete" isMarkerVisible="true"><dc:Bounds x="455" y="155" width="50" height="50" /><bpmndi:BPMNLabel><dc:Bounds x="448" y="128" width="64" height="16" /></bpmndi:BPMNLabel></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s7" bpmnElement="Ask"><dc:Bounds x="590" y="140" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s8" bpmnElement="Answer"><dc:Bounds x="762" y="162" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s9" bpmnElement="Fee"><dc:Bounds x="430" y="300" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s10" bpmnElement="Decide"><dc:Bounds x="620" y="300" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s11" bpmnElement="Late"><dc:Bounds x="652" y="362" width="36" height="36" /><bpmndi:BPMNLabel><dc:Bounds x="596" y="402" width="56" height="16" /></bpmndi:BPMNLabel></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s12" bpmnElement="Warn"><dc:Bounds x="760" y="400" width="100" height="70" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s13" bpmnElement="Warned"><dc:Bounds x="922" y="417" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s14" bpmnElement="Tell"><dc:Bounds x="800" y="300" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s15" bpmnElement="Done"><dc:Bounds x="1002" y="322" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="e1" bpmnElement="F1"><di:waypoint x="228" y="180" /><di:waypoint x="290" y="180" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e2" bpmnElement="F2"><di:waypoint x="390" y="180" /><di:waypoint x="455" y="180" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e3" bpmnElement="ToFee"><di:waypoint x="480" y="205" /><di:waypoint x="480" y="300" /><bpmndi:BPMNLabel><dc:Bounds x="486" y="226" width="28" height="16" /></bpmndi:BPMNLabel></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e4" bpmnElement="ToAsk"><di:waypoint x="505" y="180" /><di:waypoint x="590" y="180" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e5" bpmnElement="F3"><di:waypoint x="690" y="180" /><di:waypoint x="762" y="180" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e6" bpmnElement="Back"><di:waypoint x="780" y="162" /><di:waypoint x="780" y="90" /><di:waypoint x="340" y="90" /><di:waypoint x="340" y="140" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e7" bpmnElement="F4"><di:waypoint x="530" y="340" /><di:waypoint x="620" y="340" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e8" bpmnElement="F5"><di:waypoint x="720" y="340" /><di:waypoint x="800" y="340" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e9" bpmnElement="F6"><di:waypoint x="900" y="340" /><di:waypoint x="1002" y="340" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e10" bpmnElement="F7"><di:waypoint x="670" y="398" /><di:waypoint x="670" y="435" /><di:waypoint x="760" y="435" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e11" bpmnElement="F8"><di:waypoint x="860" y="435" /><di:waypoint x="922" y="435" /></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>`

export const sampleForm = {
  type: 'object',
  required: ['name', 'phone', 'kind', 'date', 'story'],
  'x-pages': [
    { id: 'you', fields: ['name', 'phone', 'village'] },
    { id: 'matter', fields: ['kind', 'days', 'date', 'amount', 'story', 'members', 'photos', 'again', 'agree'] },
  ],
  properties: {
    name: { type: 'string', maxLength: 50, 'x-tag': 'name' },
    phone: { type: 'string', 'x-tag': 'phone' },
    village: { type: 'string', 'x-register': 'places' },
    kind: { type: 'string', enum: ['adult', 'child', 'family'], 'x-tag': 'choice' },
    days: { type: 'array', items: { type: 'string', enum: ['weekday', 'weekend'] } },
    date: { type: 'string', format: 'date', 'x-tag': 'date' },
    amount: { type: 'number', 'x-tag': 'money' },
    story: { type: 'string', maxLength: 2000, 'x-tag': 'free-text' },
    members: { type: 'integer' },
    photos: { type: 'array', items: { type: 'string', 'x-tag': 'attachment' } },
    again: { type: 'boolean' },
    agree: { type: 'boolean', const: true },
  },
} as const

export const sampleTexts: Record<string, string> = {
  'club.join.name.label': '姓名',
  'club.join.phone.label': '联系电话',
  'club.join.phone.hint': '只用于告知办理结果，不会公开。',
  'club.join.phone.error': '请填写 11 位手机号码或带区号的座机号码',
  'club.join.village.label': '所在村（社区）',
  'club.join.kind.label': '会员类别',
  'club.join.kind.adult': '成人',
  'club.join.kind.child': '少年',
  'club.join.kind.family': '家庭',
  'club.join.days.label': '方便的时间',
  'club.join.days.weekday': '工作日',
  'club.join.days.weekend': '周末',
  'club.join.date.label': '希望从哪天开始',
  'club.join.date.hint': '例如 2026 年 3 月 17 日',
  'club.join.date.error': '请填写一个真实存在的日期',
  'club.join.amount.label': '可以承担的会费',
  'club.join.story.label': '情况说明',
  'club.join.story.hint': '请勿填写他人的个人信息。',
  'club.join.members.label': '人数',
  'club.join.photos.label': '照片',
  'club.join.photos.hint': '每张不超过 10 MB，系统会去除拍摄位置。',
  'club.join.again.label': '以前参加过吗',
  'club.join.agree.label': '我已阅读并同意俱乐部章程',
}
