// The data charter as checks of a form (CHARTER.md; architecture rule 6): structure first, then words. The rest of a package: charter-package.ts.
import { smuggledCodes } from '../charter/code-lists.ts'
import type { Finding } from '../charter/finding.ts'
import { findWords, refusalOf, speaksOfGoods } from '../charter/find-words.ts'
import { plainText } from '../charter/spellings.ts'
import { checkShape } from '../charter/structure.ts'
import type { FormField, FormSchema } from '../forms/forms.ts'
import { fieldDeclarationSchema } from './manifest.ts'
import { checkPattern, findPatterns } from './patterns.ts'

export type PackageFinding = Finding

/** What a form's check may know of its package. */
export type FormSurroundings = {
  /** Hints and error texts of a field: sentences that may say what must not be written. */
  hints?: (field: string) => string[]
  /** Law row id → name of the law. */
  laws?: ReadonlyMap<string, string>
  /** Fields that hold a party of the case; absent when the package is not known. */
  partyFields?: ReadonlySet<string>
}

/** Findings of the charter on one form: structure (no free bags, no undeclared field), then names, labels and choices. */
export function checkFormCharter(
  place: string,
  schema: FormSchema,
  labels: (field: string) => string[],
  surroundings: FormSurroundings = {},
): PackageFinding[] {
  const raw: Record<string, unknown> = { ...schema }
  const findings = checkShape(place, raw)
  const refuse = (at: string, rule: string, message: string) => {
    if (!findings.some((known) => known.place === `${place}#${at}` && known.rule === rule))
      findings.push({ place: `${place}#${at}`, rule, message, severity: 'error' })
  }
  for (const { at, source } of findPatterns(raw)) {
    const wrong = checkPattern(source)
    if (wrong) refuse(at, 'package.pattern', wrong)
  }
  for (const [name, field] of Object.entries(schema.properties)) {
    const at = `/properties/${name}`
    if (field === null || typeof field !== 'object') continue
    if (!fieldName.test(name))
      refuse(at, 'package.field-name', 'A field name is camelCase: letters and digits, at most 50, beginning with a small letter.')
    checkDeclared(at, field, refuse)
    checkFieldWords(at, name, field, { labels: labels(name), hints: surroundings.hints?.(name) ?? [], laws: surroundings.laws }, refuse)
  }
  for (const { at, text } of textsAround(raw))
    for (const rule of findWords(text, { prose: /description|\$comment/.test(at) })) refuse(at, rule.rule, refusalOf(text, rule))
  if (surroundings.partyFields) checkThirdPersons(schema, surroundings.partyFields, labels, refuse)
  return findings
}

type Refuse = (at: string, rule: string, message: string) => void

/** Field names become names in the record (docs/ledger-format.md), where capitals are written as `_` and a small letter. */
const fieldName = /^[a-z][a-zA-Z0-9]{0,49}$/

const sensitive = new Set(['household-registration', 'health', 'disability'])

function checkDeclared(at: string, field: FormField, refuse: Refuse) {
  const declared = fieldDeclarationSchema.safeParse(field)
  for (const key of new Set(declared.error?.issues.map((issue) => String(issue.path[0]))))
    refuse(at, 'charter.undeclared', `The field does not declare ${key} rightly: say what it is, what it is for, on which law, and who sees it.`)
  if (sensitive.has(field['x-tag']) && field['x-visibility'] === 'public')
    refuse(at, 'charter.sensitive', 'Household registration, health and disability are never shown to the public.')
  if (['id-number', 'phone', 'email'].includes(field['x-tag']) && field['x-visibility'] === 'public')
    refuse(
      at,
      'charter.public-identity',
      'ID numbers, phone numbers and mail addresses of a person are never shown to the public: choose “parties” or “officers”.',
    )
}

type Said = { labels: string[]; hints: string[]; laws: ReadonlyMap<string, string> | undefined }

function checkFieldWords(at: string, name: string, field: FormField, { labels, hints, laws }: Said, refuse: Refuse) {
  const choices = [...(field.enum ?? []), ...(field.items?.enum ?? [])]
  const inside = Object.entries(field).flatMap(([key, value]) => (key in described || key === 'x-purpose' ? [] : textsIn(value)))
  const strict = [name, ...labels, ...inside]
  const prose = [
    ...hints,
    ...Object.keys(described).flatMap((key) => textsIn(Object.entries(field).find(([known]) => known === key)?.[1])),
    field['x-purpose'],
  ]
  const basis = laws?.get(field['x-basis'])
  const asked = { laws: basis === undefined ? [] : [basis], ofGoods: speaksOfGoods(labels) }
  const hits = [
    ...strict.flatMap((text) => findWords(text, asked).map((rule) => ({ text, rule }))),
    ...prose.filter((text) => typeof text === 'string').flatMap((text) => findWords(text, { ...asked, prose: true }).map((rule) => ({ text, rule }))),
  ]
  for (const { text, rule } of hits) refuse(at, rule.rule, refusalOf(text, rule))
  const codes = smuggledCodes(choices)
  if (codes) refuse(at, codes.rule, codes.message)
  const isOpenText = choices.length === 0 && (field.type === 'string' || field.type === 'array') && !['date', 'attachment'].includes(field['x-tag'])
  if (!isOpenText) return
  const own = [name, ...labels].map(plainText)
  if (own.some((text) => bagWords.test(text)))
    refuse(at, 'charter.free-bag', 'A field for any further data is a bag: declare a field for each thing that is asked.')
  if (own.some((text) => labelWords.test(text.replaceAll(thingLabels, ''))))
    refuse(at, 'charter.free-label', 'Free labels end as labels of people: give a list of choices about the matter instead.')
}

/** Keywords that hold sentences. */
const described = { description: true, $comment: true }
const bagWords =
  /自定义(?:字段|项|属性|内容)|(?:扩展|附加|动态|其他)(?:字段|属性|数据项)|键值|\bjson\b|key ?value|custom ?(?:field|attribute|data|propert)|extra ?(?:field|attribute|data|propert)|\bmeta ?data\b|\battributes\b|additional ?(?:field|attribute|propert|data)|free.?form.?data|dynamic ?field/
const labelWords = /标签|贴标|\btags?\b|\blabels?\b|\bflags\b|人员备注|对.{0,4}的?印象/
const thingLabels =
  /(?:食品|产品|商品|药品|农药|种子|包装|警示|价格|设备|安全|能效|防伪|配料|饲料|化学品|危化品)标签|标签(?:合格|规范|完整|内容|标识|说明书)|(?:food|product|warning|price|safety|drug|pesticide|package|seed|energy|hazard) ?(?:tag|label)s?/g

/** Texts of a form outside its fields: names, pages, conditions, examples. With their pointers. */
function textsAround(raw: Record<string, unknown>): { at: string; text: string }[] {
  return Object.entries(raw).flatMap(([key, value]) =>
    ['properties', 'required', '$schema', 'type'].includes(key) ? [] : pointedTexts(value, `/${key}`),
  )
}

function pointedTexts(value: unknown, at: string): { at: string; text: string }[] {
  if (typeof value === 'string') return [{ at, text: value }]
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(Array.isArray(value) ? [] : [{ at: `${at}/${key}`, text: key }]),
    ...(key === 'pattern' || key === 'format' ? [] : pointedTexts(inner, `${at}/${key}`)),
  ])
}

/** Every text in a value, but for what is no word of a person: types, patterns, law ids. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]) => (['pattern', 'format', 'type'].includes(key) ? [] : [key, ...textsIn(inner)]))
}

/**
 * Nobody is registered behind her back: whoever is entered with name and ID number, or as somebody's tenant or worker, is a party of the
 * case and told of it. Those who act for a party, receive for her or witness are not registered by it.
 */
function checkThirdPersons(schema: FormSchema, partyFields: ReadonlySet<string>, labels: (field: string) => string[], refuse: Refuse) {
  const outside = Object.entries(schema.properties).filter(
    ([name, field]) => ['name', 'id-number', 'phone', 'address'].includes(field?.['x-tag']) && !partyFields.has(name),
  )
  const texts = (name: string) => [name, ...labels(name)].map(plainText)
  const others = outside.filter(([name]) => !texts(name).some((text) => helper.test(text)))
  for (const [name, field] of others) {
    const behind = texts(name).some((text) => reported.test(text))
    if (behind || (field['x-tag'] === 'id-number' && others.some(([other, known]) => known['x-tag'] === 'name' && isSamePerson(name, other))))
      refuse(
        `/properties/${name}`,
        'charter.party-not-told',
        'The form takes a person who is no party and is told of nothing: make that person a party of the case (parties[].fields), or leave the field out.',
      )
  }
}

/** `otherName` and `otherIdNumber` are one person; `name` and `idNumber` are whoever the form is about. */
function isSamePerson(number: string, name: string): boolean {
  const who = /^([a-z]+)(?=[A-Z])/.exec(name)?.[1]
  return (
    who !== undefined &&
    !/^(?:full|own|self|applicant|petitioner|party|client|resident|person|first|last|family|given)$/.test(who) &&
    number.startsWith(who)
  )
}

const helper =
  /agent|proxy|guardian|receiv|recipient|witness|representative|contact|collector|carer|handler|clerk|officer|payee|account ?holder|member|代理|代办|代领|代收|代为|监护|法定|负责人|经办|收件|收款|领取|签收|联系人|见证|照护|委托|开户|成员|家属|亲属|经营者|从业/
const reported =
  /租客|房客|承租|租住|租户|暂住|外来|务工|流动|被举报|被投诉|邻居|同住|访客|tenant|lodger|renter|sub ?lessee|migrant|worker|employee|neighbou?r|visitor|room ?mate|occupant/
