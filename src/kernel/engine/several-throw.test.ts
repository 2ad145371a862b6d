// BPMN 2.0.2 §10.3.8, table 10.31 (`behavior`): what several instances throw when one of them is completed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './compile.ts'
import { simulate } from './simulation.ts'

const flow = (from: string, to: string) => `<sequenceFlow id="${from}_${to}" sourceRef="${from}" targetRef="${to}"/>`

async function run(several: string, isInterrupting: boolean, completions: number) {
  const compiled = await compile(
    `<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:test">
<signal id="sg" name="told"/><signalEventDefinition id="sd" signalRef="sg"/>
<process id="p" isExecutable="true"><startEvent id="s"/>
<userTask id="a"><multiInstanceLoopCharacteristics ${several}</multiInstanceLoopCharacteristics></userTask>
<boundaryEvent id="b" attachedToRef="a" cancelActivity="${isInterrupting}"><signalEventDefinition signalRef="sg"/></boundaryEvent>
<task id="heard"/><endEvent id="e"/>${flow('s', 'a')}${flow('a', 'e')}${flow('b', 'heard')}</process></definitions>`,
    { profile: 'full' },
  )
  assert.deepEqual(
    compiled.findings.filter((finding) => finding.severity === 'error'),
    [],
  )
  const { lines, end } = simulate(
    compiled,
    Array.from({ length: completions }, () => ({ do: 'complete', element: 'a' }) as const),
  )
  const count = (element: string, type: string) => lines.filter((line) => line.element === element && line.type === type).length
  return {
    heard: count('heard', 'completed'),
    thrown: count('a', 'thrown'),
    cancelled: count('a', 'cancelled'),
    passed: count('e', 'completed'),
    end,
  }
}

const three = '<loopCardinality>3</loopCardinality>'

test('All, the default, throws nothing', async () => {
  assert.deepEqual(await run(`>${three}`, false, 3), { heard: 0, thrown: 0, cancelled: 0, passed: 1, end: 'completed' })
})

test('One throws when the first instance is completed, and its boundary may catch it', async () => {
  assert.deepEqual(await run(`behavior="One" oneBehaviorEventRef="sd">${three}`, false, 3), {
    heard: 1,
    thrown: 1,
    cancelled: 0,
    passed: 1,
    end: 'completed',
  })
})

test('None throws for each instance', async () => {
  const { heard, passed, end } = await run(`behavior="None" noneBehaviorEventRef="sd" isSequential="true">${three}`, false, 3)
  assert.deepEqual({ heard, passed, end }, { heard: 3, passed: 1, end: 'completed' })
})

test('an interrupting boundary cancels the instances that still run', async () => {
  const { heard, passed, end } = await run(`behavior="One" oneBehaviorEventRef="sd">${three}`, true, 1)
  assert.deepEqual({ heard, passed, end }, { heard: 1, passed: 0, end: 'completed' })
})

test('Complex throws when its condition holds', async () => {
  const definition = `<complexBehaviorDefinition><condition>numberOfCompletedInstances = 2</condition>
    <event id="it"><eventDefinitionRef>sd</eventDefinitionRef></event></complexBehaviorDefinition>`
  const { heard, thrown, end } = await run(`behavior="Complex">${three}${definition}`, false, 3)
  assert.deepEqual({ heard, thrown, end }, { heard: 1, thrown: 1, end: 'completed' })
})
