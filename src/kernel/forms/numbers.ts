// Numbers with a standard: citizens' ID (GB 11643), unified social credit code (GB 32100), telephone. And how less than the whole is shown.

/** Weights of GB 11643-1999 (ISO 7064, MOD 11-2) and the check characters by remainder. */
const idWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const idChecks = '10X98765432'

export type NumberFault = 'length' | 'date' | 'checksum' | 'old' | 'format'

/**
 * First two digits of a division code (GB/T 2260); 81 to 83 also on residence permits, 9 on cards of foreigners with permanent residence.
 * `00` is no division: it stands for invented numbers in demonstrations.
 */
const provinces = new Set('00 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(' '))

/** What is wrong with an ID number; undefined when it may be one. Numbers of 15 digits ended on 2013-01-01 (居民身份证法 Art 23). */
export function faultOfIdNumber(text: string): NumberFault | undefined {
  const number = compact(text).toUpperCase()
  if (/^[0-9]{15}$/.test(number)) return 'old'
  if (!/^[0-9]{17}[0-9X]$/.test(number)) return 'length'
  if (!provinces.has(number.slice(0, 2)) && !number.startsWith('9')) return 'format'
  if (!isDate(number.slice(6, 14))) return 'date'
  const sum = idWeights.reduce((total, weight, index) => total + weight * Number(number[index]), 0)
  return idChecks[sum % 11] === number[17] ? undefined : 'checksum'
}

export const isIdNumber = (text: string): boolean => faultOfIdNumber(text) === undefined

const creditLetters = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/** What is wrong with a unified social credit code (GB 32100-2015: 18 characters, weights 3^i mod 31). */
export function faultOfCreditCode(text: string): NumberFault | undefined {
  const code = compact(text).toUpperCase()
  if (code.length !== 18) return 'length'
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(code)) return 'format'
  let weight = 1
  let sum = 0
  for (const letter of code.slice(0, 17)) {
    sum += creditLetters.indexOf(letter) * weight
    weight = (weight * 3) % 31
  }
  return creditLetters[(31 - (sum % 31)) % 31] === code[17] ? undefined : 'checksum'
}

/**
 * What is wrong with a telephone number: mobile (1 and ten digits), fixed line with its area code (and extension), 400/800 and short service
 * numbers, or a number abroad with `+`. `000 …` is nobody's: it stands for invented numbers in demonstrations.
 */
export function faultOfPhone(text: string): NumberFault | undefined {
  const typed = text.normalize('NFKC').trim()
  if (!/^\+?[0-9() -]+(?:(?:转|ext\.?|#|x)\s*[0-9]{1,6})?$/i.test(typed)) return 'format'
  const [main = ''] = typed.split(/转|ext|#|x/i)
  const digits = main.replaceAll(/[^0-9+]/g, '').replace(/^(?:\+|00(?!0))86/, '')
  const fits = [
    /^1[3-9][0-9]{9}$/,
    /^0(?:10|2[0-9]|[3-9][0-9]{2})[2-9][0-9]{6,7}$/,
    /^[2-9][0-9]{6,7}$/,
    /^[48]00[0-9]{7}$/,
    /^(?:1[0-2][0-9]|9[56][0-9]{3}|123[0-9]{2})$/,
    /^000[0-9]{5,9}$/,
    /^\+(?!86)[1-9][0-9]{6,14}$/,
  ]
  return fits.some((shape) => shape.test(digits)) ? undefined : 'format'
}

const compact = (text: string) => text.normalize('NFKC').replaceAll(/[\s-]/g, '')

function isDate(digits: string): boolean {
  const [year, month, day] = [Number(digits.slice(0, 4)), Number(digits.slice(4, 6)), Number(digits.slice(6, 8))]
  const date = new Date(Date.UTC(year, month - 1, day))
  return year >= 1850 && date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

/** The last four characters, as long as the whole: `**************012X`. Shorter than eight shows nothing. */
export function maskNumber(text: string): string {
  const characters = Array.from(text)
  if (characters.length < 8) return '*'.repeat(characters.length)
  return '*'.repeat(characters.length - 4) + characters.slice(-4).join('')
}

/** `138****5678`: three in front, four at the end; a short number shows its last two. */
export function maskPhone(text: string): string {
  const digits = text.replaceAll(/[^0-9]/g, '')
  if (digits.length >= 11) return `${digits.slice(0, 3)}****${digits.slice(-4)}`
  return '*'.repeat(Math.max(digits.length - 2, 0)) + digits.slice(-2)
}

/** The family name, the rest as stars: 林小满 → 林**. The number of stars tells the length, as on official lists. */
export function maskName(text: string): string {
  const [first = '', ...rest] = Array.from(text.trim())
  return first + '*'.repeat(rest.length)
}

/** An address down to the village or road, without the door. */
export function maskAddress(text: string): string {
  const kept = /^.*?(?:村|社区|镇|乡|街道|路|街)(?!委)/.exec(text)?.[0] ?? Array.from(text).slice(0, 4).join('')
  return kept.length < text.length ? `${kept}****` : '****'
}
