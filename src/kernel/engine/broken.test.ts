// Broken diagrams, one for each structural rule of BPMN 2.0.2 (or for each place where a rule can be broken): every one is refused
// with its element and the rule. The rows of `compile.test.ts` are not repeated here.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './compile.ts'
import { sketch } from './fixtures/sketch.ts'
import type { Profile } from './types.ts'

const ok = 'start s\nuser a\nend e\ns -> a -> e\n'
const inProcess = (text: string, xml: string) => sketch(text).replace('</process>', `${xml}</process>`)
const inRoot = (text: string, xml: string) => sketch(text).replace('</definitions>', `${xml}</definitions>`)
const inTask = (xml: string) => sketch(ok).replace('</userTask>', `${xml}</userTask>`)
const sub = (inner: string, more = '') => `start s\nsub S {\n${inner}\n}\nend e\ns -> S -> e\n${more}`
const handler = (inner: string) => `${ok}handler H {\n${inner}\n}`
const race = (targets: string) => `start s\nrace g\n${targets}`
const pools = (p: string, q: string, flow: string) => `pool P {\n${p}\n}\npool Q {\n${q}\n}\n${flow}`
const p = 'start s\nsend a message=m\nxor pg\nend e message=m\ns -> a -> pg -> e'
const q = 'start qs message=m\nuser qa\nxor qg\ncatch qc message=m\nend qe\nqs -> qa -> qg -> qc -> qe'
const undo = (more: string) => `start s\nuser a\nuser b\nend e\ns -> a -> e\nboundary c on=a compensate\n${more}`

type Row = [what: string, xml: string, finding: string]

/** Broken for a package and for `run` alike. */
const rows: Row[] = [
  // §7.6, §8.4.13 sequence flows
  ['a flow into a subprocess', sketch(sub('start si\nuser a\nend n\nsi -> a -> n', 's -> a')), 'bpmn.flow-bounds s_a'],
  [
    'a flow between two event subprocesses',
    sketch(handler('start hs message=m\nuser h\nend he\nhs -> h -> he') + '\nh -> a'),
    'bpmn.flow-bounds h_a',
  ],
  ['a flow from one pool to another', sketch(pools(`${p}\na -> qa`, q, '')), 'bpmn.dangling-flow a_qa'],
  ['a flow without a target', inProcess(ok, '<sequenceFlow id="f" sourceRef="a"/>'), 'bpmn.dangling-flow f'],
  ['a flow without a source', inProcess(ok, '<sequenceFlow id="f" targetRef="a"/>'), 'bpmn.dangling-flow f'],
  ['a flow to a data object', inProcess(ok, '<dataObject id="d"/><sequenceFlow id="f" sourceRef="a" targetRef="d"/>'), 'bpmn.dangling-flow f'],
  ['a flow to an annotation', inProcess(ok, '<textAnnotation id="d"/><sequenceFlow id="f" sourceRef="a" targetRef="d"/>'), 'bpmn.dangling-flow f'],
  ['a condition behind a start event', sketch('start s\nend e\ns -> e [x]'), 'bpmn.condition-place s_e'],
  ['a condition behind an event', sketch(`${ok}boundary b on=a timer=P1D\nend f\nb -> f [x]`), 'bpmn.condition-place b_f'],
  [
    'a condition behind an event gateway',
    sketch(race('catch c message=m\ncatch t timer=P1D\nend e\ns -> g\ng -> c [x]\ng -> t\nc -> e\nt -> e')),
    'bpmn.condition-place g_c',
  ],
  ['a default flow of another element', sketch('start s\nxor g @default=s_g\nend a\nend b\ns -> g\ng -> a [x]\ng -> b [y]'), 'bpmn.default-flow g'],
  [
    'a default flow with a condition',
    sketch('start s\nxor g @default=g_b\nend a\nend b\ns -> g\ng -> a [x]\ng -> b [y]'),
    'bpmn.default-condition g_b',
  ],

  // §10.5.2, §10.5.3 start and end events
  [
    'a flow from a task back into the start of a subprocess',
    sketch(sub('start si\nuser a\nxor g\nend n\nsi -> a -> g\ng -> n [x]\ng -> si default')),
    'bpmn.start-incoming si',
  ],
  [
    'a flow out of a terminating end',
    sketch(`start s\nand f\nend x terminate\nuser b\nend e\ns -> f -> x\nf -> e\nx -> b -> e`),
    'bpmn.end-outgoing x',
  ],
  ['a process that starts by an escalation', sketch(`${ok}start x escalation=E\nx -> a`), 'bpmn.start-trigger x'],
  ['a process that starts by compensation', sketch(`${ok}start x compensate\nx -> a`), 'bpmn.start-trigger x'],
  ['a process that starts by a cancellation', sketch(`${ok}start x cancel\nx -> a`), 'bpmn.event-kind x'],
  ['a start with a link', sketch(`${ok}start x link=L\nx -> a`), 'bpmn.event-kind x'],
  ['a start that terminates', sketch(`${ok}start x terminate\nx -> a`), 'bpmn.event-kind x'],
  ['a subprocess that starts by a timer', sketch(sub('start si timer=P1D\nend n\nsi -> n')), 'bpmn.start-trigger si'],
  ['a subprocess that starts by a signal', sketch(sub('start si signal=X\nend n\nsi -> n')), 'bpmn.start-trigger si'],
  ['a subprocess that starts by a condition', sketch(sub('start si conditional=x\nend n\nsi -> n')), 'bpmn.start-trigger si'],
  ['a subprocess that starts by an error', sketch(sub('start si error=X\nend n\nsi -> n')), 'bpmn.start-trigger si'],
  ['a subprocess with two starts', sketch(sub('start si\nstart sj\nend n\nsi -> n\nsj -> n')), 'bpmn.one-start S'],
  ['an event subprocess with two starts', sketch(handler('start hs message=m\nstart ht timer=P1D\nend n\nhs -> n\nht -> n')), 'bpmn.one-start H'],
  ['an event subprocess without a start', sketch(handler('user h\nend n\nh -> n')), 'bpmn.no-start H'],
  ['a flow out of an event subprocess', sketch(`${handler('start hs message=m\nend n\nhs -> n')}\nH -> e`), 'bpmn.outgoing H'],
  [
    'a boundary event on an event subprocess',
    sketch(`${handler('start hs message=m\nend n\nhs -> n')}\nboundary b on=H timer=P1D\nb -> e`),
    'bpmn.boundary-host b',
  ],

  // §10.5.4, §10.5.5 which event stands where (tables 10.84–10.93)
  ...(
    [
      ['an escalation caught in the flow', 'catch', 'escalation=E'],
      ['a compensation caught in the flow', 'catch', 'compensate'],
      ['a cancellation caught in the flow', 'catch', 'cancel'],
      ['a termination caught in the flow', 'catch', 'terminate'],
      ['an error thrown in the flow', 'throw', 'error=E'],
      ['a timer thrown', 'throw', 'timer=P1D'],
      ['a condition thrown', 'throw', 'conditional=x'],
      ['a cancellation in the flow', 'throw', 'cancel'],
      ['a termination in the flow', 'throw', 'terminate'],
    ] as const
  ).map(([what, kind, word]): Row => [what, sketch(`start s\n${kind} c ${word}\nend e\ns -> c -> e`), 'bpmn.event-kind c']),
  ...(
    [
      ['an end with a timer', 'timer=P1D'],
      ['an end with a condition', 'conditional=x'],
      ['an end with a link', 'link=L'],
    ] as const
  ).map(([what, word]): Row => [what, sketch(`start s\nend c ${word}\ns -> c`), 'bpmn.event-kind c']),
  ['a boundary event with a link', sketch(`${ok}boundary c on=a link=L\nc -> e`), 'bpmn.event-kind c'],
  ['a boundary event that terminates', sketch(`${ok}boundary c on=a terminate\nc -> e`), 'bpmn.event-kind c'],
  ['a boundary event that waits for nothing', sketch(`${ok}boundary c on=a\nc -> e`), 'bpmn.event-definition c'],
  ['a boundary event on an event', sketch(`${ok}boundary c on=s timer=P1D\nc -> e`), 'bpmn.boundary-host c'],
  [
    'a boundary event on a task of another scope',
    sketch(sub('start si\nuser a\nend n\nsi -> a -> n', 'boundary c on=a timer=P1D\nc -> e')),
    'bpmn.boundary-host c',
  ],
  ['a boundary event on nothing', sketch(`${ok}boundary c timer=P1D\nc -> e`), 'bpmn.boundary-host c'],
  ['an error on the border that does not interrupt', sketch(`${ok}boundary c on=a error=E non\nc -> e`), 'bpmn.error-interrupts c'],
  [
    'a timer with a duration and a cycle',
    sketch(`${ok}boundary c on=a timer=P1D\nc -> e`).replace('</timeDuration>', '</timeDuration><timeCycle>R3/P1D</timeCycle>'),
    'bpmn.timer-one c',
  ],
  ['a timer without a time', sketch(`${ok}boundary c on=a timer=P1D\nc -> e`).replace('<timeDuration>P1D</timeDuration>', ''), 'bpmn.timer c'],
  ['a condition event without its condition', sketch(`${ok}boundary c on=a conditional\nc -> e`), 'bpmn.condition c'],
  [
    'a link without a name',
    sketch('start s\nuser a\nthrow t link=L\ncatch c link=L\nend e\ns -> a -> t\nc -> e').replace(
      '<linkEventDefinition name="L"/>',
      '<linkEventDefinition/>',
    ),
    'bpmn.link-name t',
  ],
  ['a link that nobody throws', sketch('start s\nuser a\ncatch c link=L\nend e\ns -> a -> e\nc -> e'), 'bpmn.link-pair c'],
  ['a link with two catches', sketch('start s\nthrow t link=L\ncatch c link=L\ncatch d link=L\nend e\ns -> t\nc -> e\nd -> e'), 'bpmn.link-target t'],
  ['a link out of a subprocess', sketch(sub('start si\nthrow t link=L\nsi -> t', 'catch c link=L\nc -> e')), 'bpmn.link-pair t'],
  [
    'a flow into the catch of a link',
    sketch('start s\nxor g\nthrow t link=L\ncatch c link=L\nend e\ns -> g\ng -> t [x]\ng -> c default\nc -> e'),
    'bpmn.incoming c',
  ],
  ['a flow out of the throw of a link', sketch('start s\nthrow t link=L\ncatch c link=L\nend e\ns -> t -> e\nc -> e'), 'bpmn.outgoing t'],
  [
    'a link beside another trigger',
    sketch('start s\nuser u\nthrow t link=L signal=S\ncatch c link=L\nend e\ns -> u -> t\nc -> e'),
    'profile.unsupported t',
  ],

  // §10.6 gateways
  ['an event gateway to a gateway', sketch(race('catch c timer=P1D\nxor x\nend e\ns -> g -> c -> e\ng -> x -> e')), 'bpmn.event-gateway-target x'],
  [
    'an event gateway to a throw',
    sketch(race('catch c timer=P1D\nthrow x signal=S\nend e\ns -> g -> c -> e\ng -> x -> e')),
    'bpmn.event-gateway-target x',
  ],
  ['an event gateway to an end', sketch(race('catch c timer=P1D\nend e\ns -> g -> c -> e\ng -> e')), 'bpmn.event-gateway-target e'],
  [
    'another way to an event behind an event gateway',
    sketch(`start s\nand f\nrace g\ncatch c timer=P1D\ncatch d message=m\nend e\ns -> f -> g -> c -> e\ng -> d -> e\nf -> c`),
    'bpmn.event-gateway-target c',
  ],
  [
    'an event gateway to a receive task with a boundary event',
    sketch(race('catch c timer=P1D\nreceive r message=m\nend e\ns -> g -> c -> e\ng -> r -> e\nboundary b on=r timer=P1D\nb -> e')),
    'bpmn.event-gateway-target r',
  ],
  [
    'an event gateway to message events and receive tasks',
    sketch(race('catch c message=m\nreceive r message=n\nend e\ns -> g -> c -> e\ng -> r -> e')),
    'bpmn.event-gateway-mixed g',
  ],
  [
    'an event gateway twice to one event',
    inProcess(race('catch c timer=P1D\nend e\ns -> g -> c -> e'), '<sequenceFlow id="f" sourceRef="g" targetRef="c"/>'),
    'bpmn.event-gateway-twice g',
  ],
  [
    'an event gateway in the flow that waits for all',
    sketch(race('catch c message=m\ncatch d message=n\nend e\ns -> g -> c -> e\ng -> d -> e').replace('race g', 'race g @eventGatewayType=Parallel')),
    'bpmn.event-gateway-parallel g',
  ],

  // §10.3 activities
  ['a loop with a negative maximum', sketch('start s\nuser a loop=-1:x\nend e\ns -> a -> e'), 'bpmn.loop-maximum a'],
  ['a loop without condition and maximum', sketch('start s\nuser a loop\nend e\ns -> a -> e'), 'bpmn.loop-condition a'],
  ['multiple instances without a count', sketch('start s\nuser a multi\nend e\ns -> a -> e'), 'bpmn.multi-count a'],
  [
    'multiple instances with two counts',
    sketch('start s\nuser a multi=3\nend e\ns -> a -> e')
      .replace('</multiInstance', '<loopDataInputRef>list</loopDataInputRef></multiInstance')
      .replace('<process id="p" isExecutable="true">', '$&<dataObject id="list"/>'),
    'bpmn.multi-both a',
  ],
  ...(['None', 'One', 'Complex'] as const).map((behavior): Row => [
    `multiple instances that throw nothing (${behavior})`,
    sketch('start s\nuser a multi=3\nend e\ns -> a -> e').replace('isSequential=', `behavior="${behavior}" isSequential=`),
    'bpmn.multi-behavior a',
  ]),
  ['an activity that takes no token', sketch('start s\nuser a @startQuantity=0\nend e\ns -> a -> e'), 'bpmn.quantity a'],
  ['an activity that gives no token', sketch('start s\nuser a @completionQuantity=0\nend e\ns -> a -> e'), 'bpmn.quantity a'],
  ['an activity that takes two tokens', sketch('start s\nuser a @startQuantity=2\nend e\ns -> a -> e'), 'profile.unsupported a'],

  // §10.8 lanes
  [
    'an element in two lanes',
    inProcess(ok, '').replace(
      '<startEvent',
      '<laneSet id="ls"><lane id="l1"><flowNodeRef>a</flowNodeRef></lane><lane id="l2"><flowNodeRef>a</flowNodeRef></lane></laneSet><startEvent',
    ),
    'bpmn.lane-twice a',
  ],
  [
    'a lane with something of another process',
    sketch(pools(p, q, '')).replace('<startEvent', '<laneSet id="ls"><lane id="l1"><flowNodeRef>qa</flowNodeRef></lane></laneSet><startEvent'),
    'bpmn.lane-foreign qa',
  ],
  [
    'a lane with something that does not exist',
    sketch(ok).replace('<startEvent', '<laneSet id="ls"><lane id="l1"><flowNodeRef>gone</flowNodeRef></lane></laneSet><startEvent'),
    'bpmn.dangling-reference gone',
  ],

  // §7.6.2, §9 message flows and participants
  ['a message flow inside a pool', sketch(pools(p, `${q}\nsend qx message=m\nqa -> qx -> qe`, 'qx => qc')), 'bpmn.message-flow-pool qx__qc'],
  [
    'a message flow without an end',
    sketch(pools(p, q, 'a => qa'))
      .replace(' targetRef="qa"/><', '/><')
      .replace('sourceRef="a" targetRef="qa"', 'sourceRef="a"'),
    'bpmn.message-flow-ends a__qa',
  ],
  ['a message flow from a gateway', sketch(pools(p, q, 'pg => qa')), 'bpmn.message-flow-source pg__qa'],
  ['a message flow from a start event', sketch(pools(p, q, 'qs => a')), 'bpmn.message-flow-source qs__a'],
  ['a message flow from a catch event', sketch(pools(p, q, 'qc => pool_P')), 'bpmn.message-flow-source qc__pool_P'],
  ['a message flow to a gateway', sketch(pools(p, q, 'a => qg')), 'bpmn.message-flow-target a__qg'],
  ['a message flow to an end event', sketch(pools(p, q, 'qa => e')), 'bpmn.message-flow-target qa__e'],
  ['a message flow to a send task', sketch(pools(p, q, 'qa => a')), 'bpmn.message-flow-target qa__a'],
  [
    'a message flow from a receive task',
    sketch(pools('start s\nreceive a message=m\nend e\ns -> a -> e', q, 'a => qc')),
    'bpmn.message-flow-source a__qc',
  ],
  [
    'a message flow from a signal event',
    sketch(pools('start s\nthrow a signal=m\nend e\ns -> a -> e', q, 'a => qc')),
    'bpmn.message-flow-source a__qc',
  ],
  [
    'a message flow to a timer event',
    sketch(pools('start s\nuser u\ncatch a timer=P1D\nend e\ns -> u -> a -> e', q, 'qa => a')),
    'bpmn.message-flow-target qa__a',
  ],
  [
    'a participant of a process that does not exist',
    sketch(pools(p, q, '')).replace('processRef="Q"', 'processRef="gone"'),
    'bpmn.dangling-reference gone',
  ],
  [
    'a participant with a maximum below its minimum',
    sketch(pools(p, q, '')).replace('processRef="Q"/>', 'processRef="Q"><participantMultiplicity minimum="3" maximum="2"/></participant>'),
    'bpmn.multiplicity pool_Q',
  ],
  [
    'a participant with a maximum of none',
    sketch(pools(p, q, '')).replace('processRef="Q"/>', 'processRef="Q"><participantMultiplicity minimum="0" maximum="0"/></participant>'),
    'bpmn.multiplicity pool_Q',
  ],
  ['a public process that is executable', sketch(ok).replace('isExecutable', 'processType="Public" isExecutable'), 'bpmn.executable-public p'],

  // §8.4.2 correlation
  ['a correlation property that is read from nothing', inRoot(ok, '<correlationProperty id="k"/>'), 'bpmn.correlation-retrieval k'],
  [
    'a retrieval expression without a path',
    inRoot(ok, '<message id="m"/><correlationProperty id="k"><correlationPropertyRetrievalExpression messageRef="m"/></correlationProperty>'),
    'bpmn.correlation-path k',
  ],
  [
    'a retrieval expression without a message',
    inRoot(
      ok,
      '<correlationProperty id="k"><correlationPropertyRetrievalExpression><messagePath>x</messagePath></correlationPropertyRetrievalExpression></correlationProperty>',
    ),
    'bpmn.correlation-message k',
  ],

  // references, ids, artifacts
  ['an association without an end', inProcess(ok, '<association id="x" sourceRef="a"/>'), 'bpmn.association-ends x'],
  [
    'a message event of a message that does not exist',
    sketch(`${ok}boundary c on=a message=m\nc -> e`).replace('messageRef="message-m"', 'messageRef="gone"'),
    'bpmn.dangling-reference gone',
  ],
  [
    'a subprocess with the id of the subprocess that contains it',
    sketch('start s\nsub S {\nstart si\nsub S {\nstart sj\nend n\nsj -> n\n}\n}\nend e\ns -> S -> e'),
    'bpmn.duplicate-id S',
  ],
  ['the same id in two processes', sketch(pools(p, `${q}\nuser a`, '')), 'bpmn.duplicate-id a'],
  ['an element without an id', sketch(ok).replace(' id="a"', ''), 'bpmn.no-id '],
  ['an id that objects have already', sketch(ok.replaceAll(/\ba\b/g, 'constructor')), 'profile.id constructor'],
  ['a document that is not XML', '<definitions', 'bpmn.parse '],
  ['a document that is not BPMN', '<?xml version="1.0"?><html/>', 'bpmn.parse '],
  ['a document without a process', sketch('').replace(/<process[\s\S]*<\/process>/, ''), 'bpmn.no-process '],
  ['a process without content', sketch(''), 'bpmn.no-process '],
]

/** What only a package must keep: `run` says it as a warning. */
const strict: Row[] = [
  ['two start events without a trigger', sketch(`${ok}start x\nx -> a`), 'bpmn.start-trigger p'],
  ['a condition on the only way out of a task', sketch('start s\nuser a\nend e\ns -> a\na -> e [x]'), 'bpmn.condition-alone a_e'],
  [
    'a converging gateway with two ways out',
    sketch('start s\nand f @gatewayDirection=Converging\nend a\nend b\ns -> f -> a\nf -> b').replaceAll(
      /<parallelGateway([^>]*)>/g,
      '<parallelGateway$1><incoming>s_f</incoming><outgoing>f_a</outgoing><outgoing>f_b</outgoing>',
    ),
    'bpmn.gateway-direction f',
  ],
  [
    'a diverging gateway with two ways in',
    sketch('start s\nand o\nand f @gatewayDirection=Diverging\nend a\ns -> o -> f -> a').replace(
      /<parallelGateway id="f"([^>]*)>/,
      '<parallelGateway id="f"$1><incoming>s_o</incoming><incoming>o_f</incoming><outgoing>f_a</outgoing>',
    ),
    'bpmn.gateway-direction f',
  ],
  [
    'a mixed gateway that only splits',
    sketch('start s\nand f @gatewayDirection=Mixed\nend a\nend b\ns -> f -> a\nf -> b').replace(
      /<parallelGateway([^>]*)>/,
      '<parallelGateway$1><incoming>s_f</incoming><outgoing>f_a</outgoing><outgoing>f_b</outgoing>',
    ),
    'bpmn.gateway-direction f',
  ],
  ['a message event that names no message', sketch(`${ok}boundary c on=a message\nc -> e`), 'bpmn.event-definition c'],
  ['a signal that names no signal', sketch('start s\nthrow c signal\nend e\ns -> c -> e'), 'bpmn.event-definition c'],
  ['an escalation thrown without a code', sketch('start s\nthrow c escalation\nend e\ns -> c -> e'), 'bpmn.event-definition c'],
  ['a boundary event that leads nowhere', sketch(`${ok}boundary c on=a timer=P1D`), 'bpmn.no-outgoing c'],
  [
    'an input/output specification without an input set',
    inTask('<ioSpecification id="io"><outputSet id="os"/></ioSpecification>'),
    'bpmn.input-set a',
  ],
  [
    'an input/output specification without an output set',
    inTask('<ioSpecification id="io"><inputSet id="is"/></ioSpecification>'),
    'bpmn.output-set a',
  ],
  [
    'a data input in no set',
    inTask('<ioSpecification id="io"><dataInput id="di"/><inputSet id="is"/><outputSet id="os"/></ioSpecification>'),
    'bpmn.data-set di',
  ],
  ['a data association without a target', inTask('<dataInputAssociation id="da"/>'), 'bpmn.data-association-target da'],
  [
    'a data association of two sources without a transformation',
    inTask('<dataInputAssociation id="da"><sourceRef>d1</sourceRef><sourceRef>d2</sourceRef></dataInputAssociation>').replace(
      '</process>',
      '<dataObject id="d1"/><dataObject id="d2"/></process>',
    ),
    'bpmn.data-association-sources da',
  ],
  ['a data object reference to nothing', inProcess(ok, '<dataObjectReference id="r"/>'), 'bpmn.data-reference r'],
]

/** About what a package may not use at all, so only `run` says it. */
const full: Row[] = [
  ['a cancel end outside a transaction', sketch('start s\nend c cancel\ns -> c'), 'bpmn.cancel-end c'],
  ['a cancel event on a task', sketch(`${ok}boundary c on=a cancel\nc -> e`), 'bpmn.cancel-boundary c'],
  [
    'a transaction with two cancel events',
    sketch(
      'start s\ntransaction T {\nstart si\nend n\nsi -> n\n}\nend e\ns -> T -> e\nboundary c on=T cancel\nboundary d on=T cancel\nc -> e\nd -> e',
    ),
    'bpmn.cancel-once T',
  ],
  [
    'a cancel event that does not interrupt',
    sketch('start s\ntransaction T {\nstart si\nend n\nsi -> n\n}\nend e\ns -> T -> e\nboundary c on=T cancel non\nc -> e'),
    'bpmn.cancel-interrupts c',
  ],
  ['a flow out of a compensation event', sketch(undo('user h compensates\nc ~> h\nc -> e')), 'bpmn.compensation-outgoing c'],
  ['a flow into what compensates', sketch(undo('user h compensates\nc ~> h\nb -> h')), 'bpmn.compensation-flow h'],
  ['a flow out of what compensates', sketch(undo('user h compensates\nc ~> h\nh -> b')), 'bpmn.compensation-flow h'],
  ['two activities that compensate one', sketch(undo('user h compensates\nuser i compensates\nc ~> h\nc ~> i')), 'bpmn.compensation-handlers c'],
  [
    'two compensation events on one activity',
    sketch(undo('user h compensates\nboundary d on=a compensate\nc ~> h\nd ~> h').replace('user b\n', '')),
    'bpmn.compensation-once a',
  ],
  [
    'compensation by something inside another scope',
    sketch(undo('sub S {\nstart si\nuser h compensates\nend n\nsi -> n\n}\nc ~> h').replace('user b\n', '')),
    'bpmn.compensation-scope h',
  ],
  [
    'compensation of what cannot be compensated',
    sketch('start s\nuser a\nthrow t compensate=a\nend e\ns -> a -> t -> e'),
    'bpmn.compensation-target t',
  ],
  ['an ad-hoc subprocess with a start event', sketch('start s\nadhoc A {\nstart x\nuser a\n}\nend e\ns -> A -> e\nx -> a'), 'bpmn.ad-hoc-events x'],
  ['an ad-hoc subprocess with an end event', sketch('start s\nadhoc A {\nuser a\nend x\na -> x\n}\nend e\ns -> A -> e'), 'bpmn.ad-hoc-events x'],
  ['an ad-hoc subprocess without activities', sketch('start s\nadhoc A {\n}\nend e\ns -> A -> e'), 'bpmn.ad-hoc-empty A'],
  ['an ad-hoc event subprocess', sketch(`${ok}adhoc H @triggeredByEvent=true {\nuser h\n}`), 'bpmn.ad-hoc-handler H'],
  ['a call of nothing', sketch('start s\ncall k\nend e\ns -> k -> e'), 'bpmn.called-element k'],
  [
    'a flow into an event gateway that starts the process',
    sketch('start s\nrace g @instantiate=true\ncatch c message=m\ncatch d message=n\nend e\ns -> g -> c -> e\ng -> d -> e'),
    'bpmn.instantiate-incoming g',
  ],
  [
    'a flow into a receive task that starts the process',
    sketch('start s\nreceive r message=m @instantiate=true\nend e\ns -> r -> e'),
    'bpmn.instantiate-incoming r',
  ],
  [
    'an event gateway that starts the process by all of a message and a timer',
    sketch('race g @instantiate=true @eventGatewayType=Parallel\ncatch c message=m\ncatch d timer=P1D\nend e\ng -> c -> e\ng -> d -> e'),
    'bpmn.event-gateway-start d',
  ],
]

const errorsOf = async (xml: string, profile: Profile) =>
  (await compile(xml, { profile })).findings.flatMap((finding) => (finding.severity === 'error' ? `${finding.rule} ${finding.element}` : []))

const check = (row: Row, profile: Profile) => {
  test(`${row[0]} is refused (${profile})`, async () => {
    const errors = await errorsOf(row[1], profile)
    assert.ok(errors.includes(row[2]), `${row[2]} is not in: ${errors.join(', ')}`)
  })
}

for (const row of rows) {
  // A package has one process: with two it is refused for that, before anything else is looked at.
  if ((row[1].match(/<process /g) ?? []).length < 2) check(row, 'package')
  check(row, 'full')
}
for (const row of full) check(row, 'full')
for (const row of strict) {
  check(row, 'package')
  test(`${row[0]} is a warning in a diagram of others`, async () => {
    const { findings } = await compile(row[1], { profile: 'full' })
    assert.ok(findings.some((finding) => `${finding.rule} ${finding.element}` === row[2] && finding.severity === 'warning'))
  })
}

test('there are at least a hundred broken diagrams', () => {
  assert.ok(rows.length + full.length + strict.length >= 100, String(rows.length + full.length + strict.length))
})
