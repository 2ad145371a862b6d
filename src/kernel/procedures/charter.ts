// The data charter as checks (CHARTER.md; architecture rule 6): structure first, then names.
import type { FormSchema } from '../forms/forms.ts'
import type { Manifest } from './manifest.ts'

export type PackageFinding = { place: string; rule: string; message: string; severity: 'error' | 'warning' }

/** What a town may never keep of a person. Reviewed list; each entry matches field names, labels and choices. */
const forbidden: { rule: string; words: RegExp }[] = [
  { rule: 'charter.belief', words: /宗教|信仰|信教|教派|邪教|religio|belief|faith\b|sect\b|church/i },
  { rule: 'charter.ethnicity', words: /民族|族别|ethnic|\brace\b|nationality_group/i },
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
  if (raw['patternProperties'] !== undefined) refuse('/patternProperties', 'charter.free-bag', 'A form holds declared fields only: name each field.')
  for (const [name, field] of Object.entries(schema.properties)) {
    const at = `/properties/${name}`
    if (field.type === 'object') refuse(at, 'charter.free-bag', 'A field is one value or a list of values, not a bag of more fields.')
    for (const key of ['x-tag', 'x-purpose', 'x-basis', 'x-visibility'] as const) {
      if (!field[key]) refuse(at, 'charter.undeclared', `The field does not declare ${key}: say what it is for, on which law, and who sees it.`)
    }
    const said = [name, ...labels(name), ...(field.enum ?? []).map(String), ...(field.items?.enum ?? [])]
    for (const { rule, words } of forbidden) {
      const hit = said.find((text) => words.test(text))
      if (hit) refuse(at, rule, `“${hit}” is something this platform never keeps about a person (CHARTER.md). Remove the field.`)
    }
  }
  return findings
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
