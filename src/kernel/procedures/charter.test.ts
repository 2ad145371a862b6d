// Hostile and ordinary definitions. Each refused one is refused by its rule and by nothing else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FormSchema } from '../forms/forms.ts'
import { checkFormCharter } from './charter.ts'
import { checkPartyCharter } from './charter-package.ts'
import { manifestSchema } from './manifest.ts'
import { checkPattern } from './patterns.ts'

const declared = { type: 'string', 'x-tag': 'free-text', 'x-purpose': '办理事项', 'x-basis': 'law-1', 'x-visibility': 'parties' }
const rulesOf = (properties: Record<string, unknown>, labels: string[] = [], more: object = {}): string[] => {
  // A package is text from outside: its shape is what these tests are about.
  const schema = { type: 'object', additionalProperties: false, properties, ...more } as unknown as FormSchema
  return [...new Set(checkFormCharter('forms/f.json', schema, () => labels).map((finding) => finding.rule))]
}
const field = (more: object = {}) => ({ ...declared, ...more })

const hostile: [what: string, rule: string, rules: () => string[]][] = [
  ['a field of religion', 'charter.belief', () => rulesOf({ religion: field() })],
  ['a label of religion', 'charter.belief', () => rulesOf({ remark: field() }, ['宗教信仰'])],
  ['religion with spaces between the characters', 'charter.belief', () => rulesOf({ remark: field() }, ['宗 教 信 仰'])],
  ['religion with invisible characters inside', 'charter.belief', () => rulesOf({ remark: field() }, ['宗\u200b教'])],
  ['a choice in full width', 'charter.belief', () => rulesOf({ kind: field({ enum: ['ｃｈｕｒｃｈ'] }) })],
  ['a hump that hides faith', 'charter.belief', () => rulesOf({ faithGroup: field() })],
  ['a field of ethnicity', 'charter.ethnicity', () => rulesOf({ ethnicGroup: field() })],
  ['a label of ethnicity', 'charter.ethnicity', () => rulesOf({ remark: field() }, ['民族'])],
  ['race in a hump', 'charter.ethnicity', () => rulesOf({ raceCode: field() })],
  ['a political opinion', 'charter.opinion', () => rulesOf({ politicalView: field() })],
  ['a political status', 'charter.opinion', () => rulesOf({ remark: field() }, ['政治面貌'])],
  ['a native place', 'charter.origin', () => rulesOf({ remark: field() }, ['籍贯'])],
  ['a mark for key persons', 'charter.watched-person', () => rulesOf({ flag: field({ type: 'boolean' }) }, ['是否重点人员'])],
  ['a choice that marks complainers', 'charter.watched-person', () => rulesOf({ kind: field({ enum: ['缠访', '其他'] }) })],
  ['a black list', 'charter.watched-person', () => rulesOf({ blackList: field({ type: 'boolean' }) })],
  ['a count of complaints', 'charter.complained', () => rulesOf({ remark: field({ type: 'integer' }) }, ['上访次数'])],
  ['a count of complaints in English', 'charter.complained', () => rulesOf({ complaintCount: field({ type: 'integer' }) })],
  ['a rating of a person', 'charter.rating', () => rulesOf({ remark: field() }, ['人员等级'])],
  ['a social credit', 'charter.rating', () => rulesOf({ socialCredit: field() })],
  ['a fingerprint', 'charter.biometric', () => rulesOf({ fingerprint: field() })],
  ['a face', 'charter.biometric', () => rulesOf({ remark: field() }, ['人脸照片'])],
  ['an online account', 'charter.online-speech', () => rulesOf({ remark: field() }, ['微博账号'])],
  ['a trail', 'charter.trail', () => rulesOf({ remark: field() }, ['行动轨迹'])],
  ['a form that takes any field', 'charter.free-bag', () => rulesOf({ subject: field() }, [], { additionalProperties: true })],
  ['fields by pattern', 'charter.free-bag', () => rulesOf({ subject: field() }, [], { patternProperties: { '^x': {} } })],
  ['a bag in a field', 'charter.free-bag', () => rulesOf({ bag: field({ type: 'object' }) })],
  ['a list of bags', 'charter.free-bag', () => rulesOf({ bags: field({ type: 'array', items: { type: 'object' } }) })],
  ['a list of anything', 'charter.free-bag', () => rulesOf({ things: field({ type: 'array' }) })],
  ['a field without a type', 'charter.free-bag', () => rulesOf({ thing: field({ type: undefined }) })],
  ['a field of several types', 'charter.free-bag', () => rulesOf({ thing: field({ type: ['string', 'object'] }) })],
  ['a field that is one of several schemas', 'charter.free-bag', () => rulesOf({ thing: field({ anyOf: [{ type: 'object' }] }) })],
  ['a field without a purpose', 'charter.undeclared', () => rulesOf({ subject: field({ 'x-purpose': undefined }) })],
  ['a field without a basis', 'charter.undeclared', () => rulesOf({ subject: field({ 'x-basis': '' }) })],
  ['a tag that is none', 'charter.undeclared', () => rulesOf({ subject: field({ 'x-tag': 'whatever' }) })],
  ['a visibility that is none', 'charter.undeclared', () => rulesOf({ subject: field({ 'x-visibility': 'everyone' }) })],
  ['a disability that everybody sees', 'charter.sensitive', () => rulesOf({ level: field({ 'x-tag': 'disability', 'x-visibility': 'public' }) })],
  ['a name that means something to every object', 'package.field-name', () => rulesOf(JSON.parse(`{"__proto__":${JSON.stringify(declared)}}`))],
  ['a name that another name would become in the record', 'package.field-name', () => rulesOf({ full_name: field() })],
  ['a pattern that explodes', 'package.pattern', () => rulesOf({ code: field({ pattern: '^(a+)+$' }) })],
  [
    'a pattern hidden in a condition',
    'package.pattern',
    () => rulesOf({ code: field() }, [], { allOf: [{ if: { properties: { code: { pattern: '(a|aa)*b' } } } }] }),
  ],
]
for (const [what, rule, rules] of hostile) test(`${what} is refused`, () => assert.deepEqual(rules(), [rule]))

const ordinary: [what: string, rules: () => string[]][] = [
  ['a subject', () => rulesOf({ subject: field() }, ['标题', 'Subject'])],
  ['a name', () => rulesOf({ name: field({ 'x-tag': 'name' }) }, ['姓名'])],
  ['a phone with its pattern', () => rulesOf({ phone: field({ 'x-tag': 'phone', pattern: '^[0-9+() -]{5,20}$' }) }, ['电话'])],
  ['an identity number with its pattern', () => rulesOf({ idNumber: field({ 'x-tag': 'id-number', pattern: '^[0-9]{17}[0-9Xx]$' }) })],
  ['an address', () => rulesOf({ address: field({ 'x-tag': 'address' }) }, ['住址'])],
  ['a date', () => rulesOf({ servedOn: field({ 'x-tag': 'date', format: 'date', 'x-effective': true }) }, ['送达日期'])],
  ['a choice', () => rulesOf({ method: field({ 'x-tag': 'choice', enum: ['handed', 'post'] }) }, ['送达方式', '直接送达'])],
  ['several choices', () => rulesOf({ kinds: field({ type: 'array', items: { type: 'string', enum: ['a', 'b'] }, 'x-tag': 'choice' }) })],
  ['attachments', () => rulesOf({ attachments: field({ type: 'array', items: { type: 'string' }, maxItems: 5, 'x-tag': 'attachment' }) })],
  ['a flag', () => rulesOf({ urgent: field({ type: 'boolean', 'x-tag': 'flag' }) }, ['是否紧急'])],
  ['an amount of money', () => rulesOf({ amount: field({ type: 'number', 'x-tag': 'money' }) }, ['金额（元）'])],
  [
    'a household registration for officers',
    () => rulesOf({ registration: field({ 'x-tag': 'household-registration', 'x-visibility': 'officers' }) }, ['户籍所在地']),
  ],
  ['a disability for the parties', () => rulesOf({ level: field({ 'x-tag': 'disability' }) }, ['残疾等级'])],
  ['the civil affairs office', () => rulesOf({ office: field() }, ['民政办', 'Civil affairs'])],
  ['a residents’ committee', () => rulesOf({ committee: field() }, ['居民委员会', 'Residents’ committee'])],
  ['a place of worship’s fire exits named by address only', () => rulesOf({ place: field({ 'x-tag': 'place' }) }, ['检查地点'])],
  ['the trace of a leak', () => rulesOf({ leak: field() }, ['漏水痕迹', 'Trace of the leak'])],
  ['a race of boats', () => rulesOf({ event: field() }, ['龙舟赛', 'Boat racing'])],
  ['the risk level of a slope', () => rulesOf({ slope: field() }, ['边坡稳定性', 'State of the slope'])],
  ['a credit code of a firm', () => rulesOf({ creditCode: field({ 'x-tag': 'credit-code' }) }, ['统一社会信用代码'])],
  ['the number of people in a household', () => rulesOf({ people: field({ type: 'integer', 'x-tag': 'count' }) }, ['家庭人口数'])],
  ['the number of the petition before', () => rulesOf({ originalNumber: field({ 'x-tag': 'reference' }) }, ['原信访事项编号'])],
]
for (const [what, rules] of ordinary) test(`${what} is taken`, () => assert.deepEqual(rules(), []))

test('patterns that stay fast are taken, those that may explode are not', () => {
  for (const fine of ['^[0-9]{6}$', '^(?:A|B)[0-9]{1,4}$', '^\\p{Script=Han}{2,20}$', '^[^@]+@[^@]+$', '^(ab)?$', '^\\d{4}-\\d{2}$'])
    assert.equal(checkPattern(fine), undefined, fine)
  for (const bad of [
    '(a+)+',
    '([a-z]+)*$',
    '(a|a)*',
    '((a{1,9}){1,9}){1,9}',
    '^(\\w+\\s?)*$',
    '(?=a)b',
    '(a)\\1',
    'a*a*a*a*',
    '(',
    'x'.repeat(201),
    '(?:(a|b)c)+d',
    '(R+)+',
  ])
    assert.notEqual(checkPattern(bad), undefined, bad)
})

test('a natural party who is told of nothing is refused, an organization is not', () => {
  const party = { role: 'applicant', kind: 'natural', min: 1, max: 1, may: [], told: [], sees: 'case', fields: { name: 'name' } }
  const manifest = (parties: object[]) =>
    manifestSchema.parse({
      slug: 'x',
      version: '1',
      effective: { from: '2026-01-01' },
      numberPrefix: 'XX',
      provides: [],
      measures: [],
      filedBy: ['anyone'],
      law: [{ id: 'l', name: 'l', article: '1', mark: 'V:L' }],
      parameters: [],
      parties,
      lanes: [{ id: 'A', posts: ['clerk'], office: 'own' }],
      deadlines: [],
      adverse: [],
      documents: [],
      publication: { fields: [], consent: 'none' },
      exports: [],
      retention: { class: 'x', start: 'closed', disposal: 'erase', mark: 'G' },
      links: {},
    })
  assert.deepEqual(
    checkPartyCharter(manifest([party])).map((finding) => finding.rule),
    ['charter.party-not-told'],
  )
  assert.deepEqual(
    checkPartyCharter(
      manifest([
        { ...party, kind: 'organization' },
        { ...party, told: ['filed'] },
        { ...party, sees: 'sealed-accusation' },
      ]),
    ),
    [],
  )
})
