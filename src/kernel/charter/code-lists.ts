// Code lists that say without words what may not be said: national codes of peoples, political standing and the like.

/** GB/T 3304, letters of the 56 peoples. */
const peoples = new Set(
  'HA MG HU ZA UG MH YI ZH BY CS MA DO YA BA TJ HN HZ DA LI LS VA SH GS LH SU DX JP NX TU DU ML QI BL SL MN GL XB AC PM TA NU UZ RS EW DE BO YG GI TT DR OR HE MB LB JN'.split(
    ' ',
  ),
)
const fewest = 4

/** The charter's rule that a list of choices breaks by what it is; undefined for an ordinary list. */
export function smuggledCodes(choices: readonly unknown[]): { rule: string; message: string } | undefined {
  const texts = choices.map((choice) => String(choice).trim().toUpperCase())
  const latin = texts.filter((text) => /^[A-Z]{2}$/.test(text))
  if (latin.length >= fewest && latin.every((text) => peoples.has(text)))
    return {
      rule: 'charter.ethnicity',
      message: 'These choices are the letters of GB/T 3304 for peoples: this platform never keeps ethnicity (CHARTER.md). Remove the field.',
    }
  // 56 numbered peoples, with 97 (other) and 98 (naturalised): nobody else numbers a list so.
  const numbers = new Set(texts.map(Number).filter((number) => Number.isInteger(number)))
  if (
    numbers.size >= 56 &&
    Array.from({ length: 56 }, (_, index) => index + 1).every((number) => numbers.has(number)) &&
    (numbers.has(97) || numbers.has(98) || numbers.size === 56)
  )
    return {
      rule: 'charter.ethnicity',
      message: 'These choices are the 56 numbers of GB/T 3304 for peoples: this platform never keeps ethnicity (CHARTER.md). Remove the field.',
    }
  return undefined
}
