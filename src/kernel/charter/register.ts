// The data charter asked of a register: by its shape first. A list of things is not a list of people under another name.
import type { Finding } from './finding.ts'
import { findWords, refusalOf } from './find-words.ts'
import { plainText } from './spellings.ts'

/** Natural persons whom a register may hold, by their own acceptance (CHARTER.md). */
export const personKinds = ['none', 'post-holders', 'mediators', 'experts', 'volunteers', 'office-bearers'] as const

/** A register's definition (register.json) and the schema of its entries, as they were read; texts by id. */
export type RegisterDefinition = { definition: unknown; schema: unknown; texts?: Record<string, string> }

type Column = { path: string; name: string; said: string[]; raw: Record<string, unknown> }
type Refuse = (at: string, rule: string, message: string) => void

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value)

/** Keywords with which a schema could hold more than it declares. */
const openings = [
  'patternProperties',
  'propertyNames',
  'unevaluatedProperties',
  'unevaluatedItems',
  'dependentSchemas',
  'prefixItems',
  '$ref',
  '$dynamicRef',
  'contentSchema',
  'contentMediaType',
]
const deepest = 4

/** Findings of the charter on one register. Places are `register.json#…` and `schema.json#…`. */
export function checkRegisterCharter({ definition, schema, texts = {} }: RegisterDefinition): Finding[] {
  const findings: Finding[] = []
  const refuse: Refuse = (at, rule, message) => {
    if (!findings.some((known) => known.place === at && known.rule === rule)) findings.push({ place: at, rule, message, severity: 'error' })
  }
  const about = isObject(definition) ? definition : {}
  if (!isObject(schema) || schema['type'] !== 'object' || !isObject(schema['properties'])) {
    refuse('schema.json', 'register.schema', 'Entries of a register are described by a JSON Schema of type "object" with "properties".')
    return findings
  }
  const whole = inlined(schema, schema)
  const columns = isObject(whole) ? columnsOf(whole, 'schema.json#', texts, refuse) : []
  checkWords(about, schema, texts, refuse)
  checkPersons(about, columns, texts, refuse)
  return findings
}

/** The schema with its own definitions put where they are named; a reference elsewhere, or into itself, stays and is refused. */
function inlined(value: unknown, root: Record<string, unknown>, depth = 0): unknown {
  if (Array.isArray(value)) return value.map((item) => inlined(item, root, depth))
  if (!isObject(value)) return value
  const { $ref, ...rest } = value
  const [, group = '', name = ''] = typeof $ref === 'string' ? (/^#\/(\$defs|definitions)\/([\w-]+)$/.exec($ref) ?? []) : []
  const definitions = root[group]
  const target = isObject(definitions) && Object.hasOwn(definitions, name) ? definitions[name] : undefined
  if (isObject(target) && depth <= deepest) return inlined({ ...target, ...rest }, root, depth + 1)
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (key === '$defs' || key === 'definitions' ? [] : [[key, inlined(inner, root, depth)]])),
  )
}

/** Every column, also of closed objects and lists inside; what is open is refused. */
function columnsOf(node: Record<string, unknown>, at: string, texts: Record<string, string>, refuse: Refuse, depth = 0): Column[] {
  if (depth > deepest) {
    refuse(at, 'charter.free-bag', 'A register is a table: it is nested too deeply.')
    return []
  }
  if (node['additionalProperties'] !== false)
    refuse(at, 'charter.free-bag', 'A register holds declared columns only: set "additionalProperties": false.')
  checkOpenings(node, at, refuse)
  const known = isObject(node['properties']) ? node['properties'] : {}
  checkBranches(node, at, new Set(Object.keys(known)), refuse)
  return Object.entries(known).flatMap(([name, raw]) => {
    const here = `${at}/properties/${name}`
    if (!isObject(raw)) {
      refuse(here, 'charter.free-bag', 'A column says what it holds.')
      return []
    }
    return [{ path: here, name, said: [name, ...titlesOf(raw), ...textsOf(texts, name)], raw }, ...inside(raw, here, texts, refuse, depth)]
  })
}

function inside(raw: Record<string, unknown>, here: string, texts: Record<string, string>, refuse: Refuse, depth: number): Column[] {
  const types = [raw['type']].flat()
  if (types.includes('object') || isObject(raw['properties'])) return columnsOf(raw, here, texts, refuse, depth + 1)
  checkOpenings(raw, here, refuse)
  checkBranches(raw, here, new Set(), refuse)
  if (types.includes('array')) {
    const { items } = raw
    if (!isObject(items) || (items['type'] === undefined && items['enum'] === undefined && items['const'] === undefined)) {
      refuse(here, 'charter.free-bag', 'A list says what it is a list of ("items").')
      return []
    }
    return inside(items, `${here}/items`, texts, refuse, depth + 1)
  }
  if (raw['type'] === undefined && raw['enum'] === undefined && raw['const'] === undefined)
    refuse(here, 'charter.free-bag', 'A column has a type, or a list of its values.')
  if ([raw['enum'], raw['const'], raw['default']].flat().some(isObject)) refuse(here, 'charter.free-bag', 'Choices are plain values.')
  return []
}

function checkOpenings(node: Record<string, unknown>, at: string, refuse: Refuse) {
  for (const key of openings)
    if (node[key] !== undefined && !(key.startsWith('unevaluated') && node[key] === false))
      refuse(`${at}/${key}`, 'charter.free-bag', `A register holds declared columns only: it may not use “${key}”.`)
}

/** A branch narrows columns; it brings none. */
function checkBranches(node: Record<string, unknown>, at: string, known: ReadonlySet<string>, refuse: Refuse) {
  for (const key of ['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else', 'not']) {
    for (const [index, branch] of [node[key]].flat().entries()) {
      if (!isObject(branch)) continue
      const here = `${at}/${key}/${index}`
      checkOpenings(branch, here, refuse)
      for (const name of Object.keys(isObject(branch['properties']) ? branch['properties'] : {}))
        if (!known.has(name)) refuse(`${here}/properties/${name}`, 'charter.undeclared', `“${name}” appears in a condition only: declare the column.`)
      if (branch['additionalProperties'] !== undefined && branch['additionalProperties'] !== false)
        refuse(here, 'charter.free-bag', 'A condition may not open the register.')
      if (branch['type'] === 'object' && !isObject(branch['properties'])) refuse(here, 'charter.free-bag', 'A condition may not hold an open object.')
      checkBranches(branch, here, known, refuse)
    }
  }
}

const titlesOf = (raw: Record<string, unknown>): string[] =>
  ['title', 'description'].flatMap((key) => (typeof raw[key] === 'string' ? [raw[key]] : []))
const textsOf = (texts: Record<string, string>, name: string) =>
  Object.entries(texts).flatMap(([key, text]) => (key.split('.').includes(name) ? [text] : []))

function checkWords(about: Record<string, unknown>, schema: Record<string, unknown>, texts: Record<string, string>, refuse: Refuse) {
  const ask = (place: string, text: string, prose: boolean) => {
    for (const rule of findWords(text, { prose })) refuse(place, rule.rule, refusalOf(text, rule))
  }
  const walk = (value: unknown, at: string): void => {
    if (typeof value === 'string') ask(at, value, /\/(?:description|\$comment|purpose|note)$/.test(at))
    else if (value !== null && typeof value === 'object')
      for (const [key, inner] of Object.entries(value)) {
        if (['pattern', 'format', '$schema', '$id'].includes(key) && typeof inner === 'string') continue
        if (!Array.isArray(value)) ask(`${at}/${key}`, key, false)
        walk(inner, `${at}/${key}`)
      }
  }
  walk(schema, 'schema.json#')
  const { law: _law, ...rest } = about
  walk(rest, 'register.json#')
  for (const [key, text] of Object.entries(texts)) ask(`texts#/${key}`, text, true)
}

// What a column holds of a natural person. Bare “name”, “phone” and “address” may be those of a body or a place.
const identity =
  /身份证|证件号|公民身份|居民身份|id ?(?:card|number|no\b)|identity ?(?:card|number)|passport|national ?id|\bsfz|shenfenzheng|护照|社保卡号|医保号|户口本号|户号|户籍|户口|hukou|household ?(?:register|registration|id|number)|residence ?permit ?(?:no|number)/
const ownName =
  /姓名|真名|曾用名|户主|人名|full ?name|first ?name|last ?name|family ?name|given ?name|surname|person ?name|resident|householder|head ?of ?household|\bxingming\b|\bxm\b|村民|居民|租客|房客|住户|当事人|申请人|信访人|applicant|petitioner|complainant|tenant|villager|occupant|beneficiar|监护人|配偶|子女|spouse|children(?!.?s)|guardian/
const traits =
  /出生(?:日期|年月)|生日|年龄|性别|婚姻|学历|文化程度|职业|工作单位|收入|家庭住址|现住址|居住地址|家庭成员|与户主关系|血型|健康状况|病史|疾病|残疾|birth|\bage\b|\bgender\b|\bsex\b|marital|marriage|education ?level|occupation|employer|income|home ?address|residential ?address|family ?member|health ?(?:status|condition)|illness|disease|diagnos|disabilit|medical/
const contact = /手机|联系电话|联系方式|电话|mobile|phone|\btel\b|e ?mail|微信|wechat|\bqq\b|住址|address|地址/
const somebody =
  /居民|村民|市民|群众|住户|常住|户籍|租客|租户|房客|承租|人口|家庭(?!医生|农场)|老人|老年人|儿童|未成年|妇女|残疾人(?!联|专|服|工|活)|困难户|低保户|贫困户|特困|五保|孤儿|患者|病人|精神|流动|外来|来访|信访人|投诉人|申请人|举报人|矫正|刑满|退役军人|独居|留守|空巢|失独|精神障碍|人员(?:信息|名册|名单|台账|登记|库|底数|花名|基本)|花名册|名册|名录人|个人|resident|villager|inhabitant|citizen|population|people\b|persons?\b|household|famil(?:y|ies)|tenant|lodger|migrant|elder|senior|child|minor|women|disabled|patient|veteran|beneficiar|recipient|applicant|petitioner|complainant|visitor|individual|roster|dossier/
const office =
  /岗位|干部|任免|在职|任职|职务|工作人员|负责人|主任|书记|委员|理事|会长|代表|网格员|调解员|专家|志愿者|志愿服务|评审|顾问|律师|队员|值班|联络员|post|holder|mediator|expert|volunteer|office|officer|bearer|member|chair|director|secretary|duty|panel|consultant|lawyer|counsel|team|staff/
const acceptance = /accept|consent|agreed|同意|接受|受聘|应聘|承诺|确认|自愿|本人/

function checkPersons(about: Record<string, unknown>, columns: Column[], texts: Record<string, string>, refuse: Refuse) {
  const persons = about['persons'] ?? 'none'
  if (typeof persons !== 'string' || !personKinds.some((kind) => kind === persons)) {
    refuse(
      'register.json#/persons',
      'charter.person-register',
      `A register holds ${personKinds.join(', ')}; ${JSON.stringify(persons)} is none of them.`,
    )
    return
  }
  const says = (column: Column, words: RegExp) => column.said.some((text) => words.test(plainText(text)))
  const titles = [about['slug'], about['title'], about['purpose'], about['description']]
    .flatMap(flatTexts)
    .flatMap((text) => [text, ...Object.entries(texts).flatMap(([key, spoken]) => (text !== '' && key.endsWith(`.${text}`) ? [spoken] : []))])
    .map(plainText)
  const ofSomebody = titles.some((title) => somebody.test(title.replaceAll(/[-_]/g, ' ').replaceAll(harmlessTitles, ' ')))
  const named = columns.filter((column) => says(column, ownName) && !isPlaceholder(column))
  const identified = columns.filter((column) => says(column, identity) && !says(column, /企业|法人|机构|组织|单位|company|firm|business/))
  const told = columns.filter((column) => says(column, traits))
  const reached = columns.filter((column) => says(column, contact))
  for (const column of [...identified, ...told])
    refuse(
      column.path,
      'charter.person-register',
      `“${column.name}” is a thing one knows of a natural person: a register never holds it. Ask for it in a case with a legal basis.`,
    )
  if (persons === 'none') {
    const hasName = columns.some((column) => says(column, /name|名称|名字|姓名|称呼/))
    if (named.length > 0 && (reached.length > 0 || ofSomebody || columns.length <= 3 || told.length > 0))
      for (const column of named)
        refuse(
          column.path,
          'charter.person-register',
          `“${column.name}” names natural persons: there is no table of persons. Say which office-holders it is about ("persons"), or leave it out.`,
        )
    if (ofSomebody && (hasName || reached.length > 0 || columns.some(isReference)))
      refuse(
        'register.json',
        'charter.person-register',
        'This is a list of residents: there is no table of persons. People appear as parties of a case that they can see.',
      )
    return
  }
  const holdsPersons = named.length > 0 || reached.length > 0 || columns.some((column) => says(column, /name|名/))
  if (ofSomebody && !titles.some((title) => office.test(title)))
    refuse(
      'register.json',
      'charter.person-register',
      `The register says it holds ${persons}, and its title says residents: there is no table of persons.`,
    )
  if (holdsPersons && !columns.some((column) => says(column, acceptance) || column.name === 'user'))
    refuse(
      'register.json#/persons',
      'charter.acceptance',
      `Whoever stands in this register accepted it: add a column for the acceptance (e.g. "acceptedOn").`,
    )
}

/** Words of titles in which people are only those for whom a thing is there. */
const harmlessTitles =
  /居民委员会|村民委员会|居民小组|村民小组|居民区|居民楼|居民点|居民代表|村民代表|养老|老年(?:大学|活动|食堂|助餐)|儿童(?:之家|乐园|友好|活动|游乐)|妇女(?:之家|联合)|残疾人(?:之家|康复|联合)|人口(?:数|统计)|(?:儿童|老人|患者|群众)(?:用|服务|文化|体育)\S{0,6}|residents?[’']? (?:committee|group)s?|people[’']?s (?:government|court|mediation)|children[’']?s (?:home|playground|centre)s?|famil(?:y|ies) (?:farm|doctor)s?|for (?:the )?(?:elderly|old|children|disabled|women|residents|people|families)/g
const isPlaceholder = (column: Column) => column.said.every((text) => /委员会|小组|committee|group|centre|会$/i.test(text))
/** A column that points at a person: an account, a case. */
const isReference = (column: Column) => /user|account|person|case ?number|case ?id|案号|编号人/i.test(column.name)

function flatTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(flatTexts) : []
}
