// The data charter as checks (CHARTER.md; architecture rule 6): structure first, then names.
import type { FormField, FormSchema } from '../forms/forms.ts'
import { fieldDeclarationSchema, type Manifest } from './manifest.ts'
import { checkPattern, findPatterns } from './patterns.ts'

export type PackageFinding = { place: string; rule: string; message: string; severity: 'error' | 'warning' }

/** What a town may never keep of a person. Reviewed list; each entry matches field names, labels and choices. */
const forbidden: { rule: string; words: RegExp }[] = [
  { rule: 'charter.belief', words: /宗教|信仰|信教|教派|邪教|religio|belief|faith\b|sect\b|church/i },
  { rule: 'charter.ethnicity', words: /民族|族别|ethnic|\brace\b|nationality_group/i },
  { rule: 'charter.origin', words: /籍贯|祖籍|原籍|出生地|native.?place|place.?of.?origin|\bbirth.?place/i },
  { rule: 'charter.complained', words: /(上访|信访|投诉|举报|诉求)(次数|频次|记录数)|(complaint|petition|appeal)s?.?(count|history|record|tally)/i },
  { rule: 'charter.opinion', words: /政治面貌|政治倾向|政治观点|思想动态|舆情|political.?(opinion|view|leaning|status)|ideolog/i },
  {
    rule: 'charter.watched-person',
    words:
      /重点人|重点人员|重点关注|重点关爱|重点对象|关注对象|管控对象|稳控|维稳对象|涉稳|上访户|老上访|缠访|闹访|信访老户|黑名单|key.?person|watch.?list|black.?list|person.?of.?interest|trouble.?maker|repeat.?petitioner/i,
  },
  {
    rule: 'charter.rating',
    words:
      /风险等级|危险等级|人员等级|人员分级|忠诚|信用分|积分等级|社会信用评分|risk.?(label|score|level).?of.?person|person.?(risk|score|rating)|loyalty|social.?credit/i,
  },
  { rule: 'charter.biometric', words: /人脸|面部识别|指纹|虹膜|声纹|步态|face.?(id|recog|print)|fingerprint|biometric|iris.?scan|voice.?print/i },
  {
    rule: 'charter.online-speech',
    words: /微信号聊天|朋友圈|微博账号|网络言论|社交账号|聊天记录监|social.?media.?(account|post|handle)|online.?speech/i,
  },
  { rule: 'charter.trail', words: /行动轨迹|活动轨迹|行踪|轨迹记录|location.?(trail|history|track)|gps.?track/i },
]

/** Findings of the charter on one form: structure (no free bags, no undeclared field), then names, labels and choices. */
export function checkFormCharter(place: string, schema: FormSchema, labels: (field: string) => string[]): PackageFinding[] {
  const findings: PackageFinding[] = []
  const refuse = (at: string, rule: string, message: string) => findings.push({ place: `${place}#${at}`, rule, message, severity: 'error' })
  const raw: Record<string, unknown> = { ...schema }
  if (raw['additionalProperties'] !== false) refuse('', 'charter.free-bag', 'A form holds declared fields only: set "additionalProperties": false.')
  for (const { at, source } of findPatterns(raw)) {
    const wrong = checkPattern(source)
    if (wrong) refuse(at, 'package.pattern', wrong)
  }
  if (raw['patternProperties'] !== undefined) refuse('/patternProperties', 'charter.free-bag', 'A form holds declared fields only: name each field.')
  for (const [name, field] of Object.entries(schema.properties)) {
    const at = `/properties/${name}`
    if (!fieldName.test(name))
      refuse(at, 'package.field-name', 'A field name is camelCase: letters and digits, at most 50, beginning with a small letter.')
    if (!isPlain(field)) refuse(at, 'charter.free-bag', 'A field is one value or a list of values, not a bag of more fields.')
    const declared = fieldDeclarationSchema.safeParse(field)
    for (const key of new Set(declared.error?.issues.map((issue) => String(issue.path[0])))) {
      refuse(at, 'charter.undeclared', `The field does not declare ${key} rightly: say what it is, what it is for, on which law, and who sees it.`)
    }
    if (sensitive.has(field['x-tag']) && field['x-visibility'] === 'public')
      refuse(at, 'charter.sensitive', 'Household registration, health and disability are never shown to the public.')
    const said = [name, ...labels(name), ...(field.enum ?? []).map(String), ...(field.items?.enum ?? [])]
    for (const { rule, words } of forbidden) {
      const hit = said.find((text) => spellings(text).some((spelling) => words.test(spelling)))
      if (hit) refuse(at, rule, `“${hit}” is something this platform never keeps about a person (CHARTER.md). Remove the field.`)
    }
  }
  return findings
}

/** Field names become names in the record (docs/ledger-format.md), where capitals are written as `_` and a small letter. */
const fieldName = /^[a-z][a-zA-Z0-9]{0,49}$/

const sensitive = new Set(['household-registration', 'health', 'disability'])

const single = new Set(['string', 'number', 'integer', 'boolean'])

/** One value of a named type, or a list of texts; nothing that could hold more fields. */
function isPlain(field: FormField): boolean {
  const raw: Record<string, unknown> = { ...field }
  if (
    ['$ref', '$dynamicRef', 'anyOf', 'oneOf', 'allOf', 'properties', 'additionalProperties', 'patternProperties', 'prefixItems', 'contains'].some(
      (key) => key in raw,
    )
  )
    return false
  if (field.type === 'array') return field.items?.type === 'string'
  return field.type !== undefined && single.has(field.type)
}

/** The ways in which a word may hide: full width, spaces and invisible characters inside, humps of camelCase. */
function spellings(text: string): string[] {
  const plain = text.normalize('NFKC')
  return [plain, plain.replaceAll(/[\s\p{Cf}\p{P}]/gu, ''), plain.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll('_', ' ')]
}

/** Names and texts of a file that is not a form: the same words are refused there. */
export function checkWords(place: string, words: string[]): PackageFinding[] {
  return forbidden.flatMap(({ rule, words: pattern }) => {
    const hit = words.find((text) => spellings(text).some((spelling) => pattern.test(spelling)))
    return hit === undefined
      ? []
      : [{ place, rule, severity: 'error' as const, message: `“${hit}” is something this platform never keeps about a person (CHARTER.md).` }]
  })
}

/** Every natural party is told of the case and can open it, except a person named in a sealed accusation. */
export function checkPartyCharter(manifest: Manifest): PackageFinding[] {
  return manifest.parties.flatMap((party, index) => {
    if (party.kind === 'organization' || party.sees === 'sealed-accusation' || party.told.length > 0) return []
    return [
      {
        place: `procedure.json#/parties/${index}`,
        rule: 'charter.party-not-told',
        severity: 'error' as const,
        message: `The party “${party.role}” is never told of the case: add the events of which the person is told.`,
      },
    ]
  })
}

/** An export with names needs a law that allows it. */
export function checkExportCharter(manifest: Manifest): PackageFinding[] {
  const laws = new Set(manifest.law.map((law) => law.id))
  return manifest.exports.flatMap((list, index) =>
    laws.has(list.law)
      ? []
      : [
          {
            place: `procedure.json#/exports/${index}`,
            rule: 'charter.export-without-basis',
            severity: 'error' as const,
            message: `The list “${list.id}” cites no law of the package.`,
          },
        ],
  )
}
