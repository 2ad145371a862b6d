// Finding personal data in a text: numbers with a check are certain, the rest is likely and a person looks at it.
import { faultOfIdNumber } from '../forms/numbers.ts'

export type FoundKind = 'id-number' | 'phone' | 'bank-card' | 'email' | 'address' | 'name' | 'birth-date' | 'plate' | 'health'
/** `start` and `end` are offsets in UTF-16 units of the text as it was given. */
export type FoundData = { kind: FoundKind; start: number; end: number; text: string; certain: boolean }

/** Digits as people type them: spaces and dashes between, full-width ones too. Offsets stay because each character maps to one. */
const flat = (text: string) => Array.from({ length: text.length }, (_, at) => narrow(text.charAt(at))).join('')

function narrow(unit: string): string {
  const code = unit.charCodeAt(0)
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0)
  return code === 0x3000 ? ' ' : unit
}

const surnames =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文'
const illness = '癌|肿瘤|艾滋|HIV|精神分裂|抑郁|乙肝|肝炎|结核|尿毒症|白血病|糖尿病|癫痫|残疾|流产|怀孕|性病|透析|化疗'

/** ISO/IEC 7812 check digit (Luhn). */
export function isLuhn(digits: string): boolean {
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
      return total + (value > 9 ? value - 9 : value)
    }, 0)
  return sum % 10 === 0
}

type Rule = { kind: FoundKind; certain: boolean; words: RegExp; fits?: (text: string) => boolean }

const digitsOf = (text: string) => text.replaceAll(/[^0-9Xx]/g, '')

/** In order: what an earlier rule took is not looked at again. */
const rules: Rule[] = [
  { kind: 'email', certain: false, words: /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/g },
  {
    kind: 'id-number',
    certain: true,
    words: /(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){16}[ -]?[0-9Xx](?![0-9A-Za-z])/g,
    fits: (text) => faultOfIdNumber(text) === undefined,
  },
  {
    kind: 'id-number',
    certain: true,
    words: /(?<![0-9A-Za-z])[1-9][0-9]{5}[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}(?![0-9A-Za-z])/g,
  },
  {
    kind: 'bank-card',
    certain: true,
    words: /(?<![0-9A-Za-z])[3-6][0-9](?:[ -]?[0-9]){13,17}(?![0-9A-Za-z])/g,
    fits: (text) => isLuhn(digitsOf(text)),
  },
  { kind: 'phone', certain: true, words: /(?<![0-9A-Za-z])(?:\+?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]){8}(?![0-9A-Za-z])/g },
  { kind: 'phone', certain: false, words: /(?<![0-9A-Za-z-])(?:\(?0(?:10|2[0-9]|[3-9][0-9]{2})\)?[ -]?)[2-9][0-9]{6,7}(?![0-9A-Za-z])/g },
  { kind: 'phone', certain: false, words: /(?<![0-9A-Za-z])000[ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9A-Za-z])/g },
  {
    kind: 'plate',
    certain: false,
    words: /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·• ]?[A-HJ-NP-Z0-9]{5,6}(?![A-Z0-9])/g,
  },
  {
    kind: 'address',
    certain: false,
    words:
      /(?:[\p{Script=Han}]{1,12}(?:村|社区|路|街|巷|弄|小区|花园|苑|里))?[0-9一二三四五六七八九十]{1,4}(?:组|号楼|栋|幢|单元|号院|号)[0-9一二三四五六七八九十]{0,4}(?:单元|号|室|层|楼)?(?:[0-9-]{1,5}(?:室|号|户)?)?/gu,
    fits: (text) => /(?:村|社区|路|街|巷|弄|小区|花园|苑|里).*(?:组|号|栋|幢|单元|室)|(?:栋|幢|号楼|单元).*[0-9]/.test(text),
  },
  {
    kind: 'birth-date',
    certain: false,
    words:
      /(?:出生(?:日期|于)?|生于|生日)[：: ]?(?:19|20)[0-9]{2}[年./-][0-9]{1,2}(?:[月./-][0-9]{1,2}日?)?|(?:19|20)[0-9]{2}年[0-9]{1,2}月(?:[0-9]{1,2}日)?(?:出生|生)/g,
  },
  {
    kind: 'name',
    certain: false,
    words: new RegExp(
      `(?:姓名|申请人|当事人|信访人|投诉人|举报人|联系人|户主|患者|本人)[：: ]{0,2}[${surnames}][\\p{Script=Han}]{1,2}(?![\\p{Script=Han}]{3})|[${surnames}](?:某{1,2}|[\\p{Script=Han}]{0,2}(?:先生|女士|小姐|同志|大爷|大妈|阿姨|师傅))|[${surnames}]某[\\p{Script=Han}]?`,
      'gu',
    ),
  },
  {
    kind: 'health',
    certain: false,
    words: new RegExp(`(?:患(?:有|者)?|确诊|身患|病史)[\\p{Script=Han}]{0,6}(?:${illness})|(?:${illness})(?:患者|病人)`, 'gu'),
  },
]

/** Personal data in a text, by place. Overlapping finds are given once. */
export function detectPersonalData(text: string): FoundData[] {
  const plain = flat(text)
  const found: FoundData[] = []
  for (const { kind, certain, words, fits } of rules) {
    for (const match of plain.matchAll(words)) {
      const [start, end] = [match.index, match.index + match[0].length]
      if (found.some((other) => start < other.end && other.start < end)) continue
      if (fits && !fits(match[0])) continue
      found.push({ kind, start, end, text: text.slice(start, end), certain })
    }
  }
  return found.sort((a, b) => a.start - b.start)
}

/** The text with these places blacked: as many blocks as stood characters there, so that lines stay; nothing of them is left in it. */
export function redactText(text: string, places: readonly { start: number; end: number }[]): string {
  return Array.from({ length: text.length }, (_, at) =>
    places.some(({ start, end }) => at >= start && at < end) && text[at] !== '\n' ? '█' : text[at],
  ).join('')
}
