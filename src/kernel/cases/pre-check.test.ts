import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { declared, makePackage, publishInvented } from '../../../tests/support/club.ts'
import { dumpTables } from '../../../tests/faults/canaries.ts'
import { aidRules } from '../../../tests/support/aid-rules.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { as } from '../context.ts'
import { DomainError } from '../errors.ts'
import { preCheck } from './pre-check.ts'

let town: TestTown
before(async () => {
  town = await openTestTown()
  const number = { ...declared, type: 'number', 'x-tag': 'money' }
  const procedure = await makePackage(
    'aid',
    'start s form=filing event=filed\nend e\ns -> e',
    {},
    {},
    {
      rules: aidRules,
      forms: { quick: { income: { ...number, maximum: 1_000_000 }, note: { ...declared, type: 'string', maxLength: 90 } } },
      manifest: {
        parameters: [{ id: 'standard', value: 800, unit: 'money', law: 'rules', from: '2000-01-01', mark: 'V:L' }],
        deadlines: [],
        prechecks: [{ id: 'me', decision: 'aid.dmn#Aid', form: 'quick', inputs: [{ name: 'standard', expression: '=parameters.standard' }] }],
      },
    },
  )
  await publishInvented(town.ctx, procedure)
})
after(() => town.close())

const check = (data: Record<string, unknown>) => preCheck(as(town.ctx, { kind: 'anonymous' }), 'aid', 'me', data)

test('each criterion says which rule applied and whether it is met, with the legal number in force', async () => {
  assert.deepEqual(await check({ income: 799.9 }), {
    outcome: { decision: 'Aid', rules: ['likely'], met: null },
    criteria: [{ decision: 'Income', rules: ['below'], met: true }],
  })
  assert.deepEqual((await check({ income: 800 })).criteria, [{ decision: 'Income', rules: ['above'], met: false }])
})

test('answers that settle nothing give an open criterion, not a refusal', async () => {
  assert.deepEqual(await check({}), {
    outcome: { decision: 'Aid', rules: ['ask'], met: null },
    criteria: [{ decision: 'Income', rules: [], met: null }],
  })
})

test('what is not on the form, or not as the form wants it, is refused with its field', async () => {
  await assert.rejects(check({ income: -1, other: 1 }), (error) => error instanceof DomainError && error.code === 'form.invalid')
  await assert.rejects(preCheck(town.ctx, 'aid', 'none', {}), (error) => error instanceof DomainError && error.code === 'precheck.not_found')
})

test('nothing of the answers is stored', async () => {
  await check({ income: 1, note: 'Kanarienvogel' })
  const tables = await town.installation.database.owner(dumpTables)
  assert.ok(tables.length > 30)
  assert.deepEqual(
    tables.filter(({ bytes }) => bytes.includes('Kanarienvogel')),
    [],
  )
})
