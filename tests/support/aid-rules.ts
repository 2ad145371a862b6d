// Rules of an invented aid, for tests: below a standard one is likely to get it.
import { openModel } from '#kernel/decisions/decisions.ts'
import { decision, dmn, input, table } from '#kernel/decisions/dmn-fixture.ts'

const income = table(
  'hitPolicy="UNIQUE"',
  ['income < standard'],
  ['<output name="met" typeRef="boolean"/>'],
  [
    ['true', 'true'],
    ['false', 'false'],
  ],
)
  .replace('"r1"', '"below"')
  .replace('"r2"', '"above"')
const aid = table(
  'hitPolicy="UNIQUE"',
  ['Income'],
  ['<output name="outcome"/>'],
  [
    ['true', '"likely"'],
    ['false', '"unlikely"'],
    ['null', '"ask"'],
  ],
)
  .replace('"r1"', '"likely"')
  .replace('"r2"', '"unlikely"')
  .replace('"r3"', '"ask"')

/** `aid.dmn#Aid` over `income` and `standard`. */
export const aidXml = dmn(
  input('income', 'number') +
    input('standard', 'number') +
    decision('Income', income, ['income', 'standard'], 'boolean') +
    decision('Aid', aid, ['!Income']),
)
export const aidRules = new Map([['aid', openModel(aidXml)]])
