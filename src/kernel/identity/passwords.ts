// What a password must be: long enough and not on the list everybody tries. No rules on kinds of characters
// and no forced changes (NIST SP 800-63B §5.1.1.2).
import { invalid } from '../errors.ts'

export const minimumLength = { staff: 12, resident: 8 } as const
export const maximumLength = 128

// A password made of one of these with digits or signs around or between is refused too.
const common = new Set(
  `password passw0rd passwort qwerty qwertyuiop qwert asdfgh asdfghjkl asdf zxcvbn zxcvbnm qazwsx qazwsxedc admin administrator
   root guest user test letmein welcome iloveyou woaini woaini woaiwojia nihao abc abcd abcde abcdef abcdefg abcdefgh abcdefghi aa aaa
   master dragon monkey football baseball sunshine princess superman batman login hello secret changeme default system server
   computer internet china zhongguo beijing shanghai taobao weixin wechat qq mima xiangli xiangzhen woshi a q z x qwe asd zxc qweasd
   qweasdzxc qaz wsx qwaszx trustno letmeinnow passpass iloveyou baobao laogong laopo wodemima adminadmin passwordpassword`.split(/\s+/),
)

/** Refuses a password that is too short or long, too common, or the person's own name or address. */
export function checkPassword(password: string, person: { kind: 'staff' | 'resident'; email: string; name: string }): void {
  const length = Array.from(password).length
  if (length < minimumLength[person.kind]) throw refusal('too_short', `Use at least ${minimumLength[person.kind]} characters.`)
  if (length > maximumLength) throw refusal('too_long', `Use at most ${maximumLength} characters.`)
  if (isCommon(password)) throw refusal('too_common', 'Too many people use this password. Choose three or four words that do not belong together.')
  if (isOwn(password, person)) throw refusal('own_name', 'Choose a password that does not contain your name or e-mail address.')
}

const refusal = (code: string, message: string) => invalid(`password.${code}`, message, [{ pointer: '/password', code, message }])

function isCommon(password: string): boolean {
  const plain = password.normalize('NFKC').toLowerCase()
  if (new Set(plain).size < 4 || isRun(plain)) return true // 11111111, 12121212
  if (/^[\d\s./-]{1,18}$/.test(plain)) return true // a birthday, a phone or an identity number: no secret in a village
  const core = plain.replaceAll(/^[\d\p{P}\p{S}\s]+|[\d\p{P}\p{S}\s]+$/gu, '')
  return common.has(core) || common.has(toLetters(core))
}

/** `p@ssw0rd` is `password`. */
const toLetters = (text: string) =>
  text
    .replaceAll('0', 'o')
    .replaceAll('1', 'i')
    .replaceAll('3', 'e')
    .replaceAll('@', 'a')
    .replaceAll('$', 's')
    .replaceAll(/[\d\p{P}\p{S}\s]/gu, '')

// 12345678, 87654321, abcdefgh, and the same repeated.
function isRun(text: string): boolean {
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0)
  const steps = points.slice(1).map((point, index) => point - (points[index] ?? 0))
  const counts = [1, -1, 0].map((step) => steps.filter((each) => each === step).length)
  return Math.max(...counts) >= steps.length - 2
}

function isOwn(password: string, { email, name }: { email: string; name: string }): boolean {
  const plain = password.normalize('NFKC').toLowerCase()
  const [mailbox = ''] = email.toLowerCase().split('@')
  return [email.toLowerCase(), mailbox, name.toLowerCase()].some((own) => Array.from(own).length >= 4 && plain.includes(own))
}
