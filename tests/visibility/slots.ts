// Where canaries stand in a case of the guild, and what stands there.
import { isIdNumber } from '#kernel/forms/numbers.ts'

/** Where a canary stands; what it means is the oracle's business. */
export const slots = [
  'hidden',
  'publicWords',
  'partyWords',
  'sealedWords',
  'accusation',
  'minorWords',
  'name',
  'phone',
  'address',
  'idNumber',
  'rivalName',
  'rivalPhone',
  'informerName',
  'informerPhone',
  'childName',
  'accusedName',
  'accusedPhone',
  'caucusWords',
  'caucusNotes',
  'workParties',
  'workOfficers',
  'partyMessage',
  'rivalMessage',
  'answerToAll',
  'answerToRival',
  'caucusMessage',
  'proxyName',
  'proxyEvidence',
] as const
export type Slot = (typeof slots)[number]

let numbers = 0

/** Unique, and of a form that the field takes: words, an invented telephone (000 …) or an invented ID number (of no division). */
export function canaryOf(slot: Slot, mark: string): string {
  if (slot.endsWith('Phone') || slot === 'phone') return `000773${String(++numbers).padStart(6, '0')}`
  if (slot === 'idNumber') return idNumberOf(++numbers)
  return `${mark}${slots.indexOf(slot).toString(36)}w${slot.toLowerCase()}`
}

/** An ID number of no division, born on 13 July 1913, with the check character of GB 11643. */
function idNumberOf(order: number): string {
  const start = `00000019130713${String(order % 1000).padStart(3, '0')}`
  return `${start}${Array.from('0123456789X').find((check) => isIdNumber(start + check)) ?? ''}`
}
