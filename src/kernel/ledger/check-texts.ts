// A check from what a person has in hand: the text of a receipt and the text of the keys. Pure, so it runs anywhere.
import { DomainError } from '../errors.ts'
import { claimedOrigin, refuseKey, type ReceiptVerdict, verifyReceipt } from './receipt.ts'
import { type GivenKeys, parseGivenKeys } from './trust.ts'

/** `source`: where the person says that the keys are from. `now` makes an overdue promise show. */
export type CheckInput = { receipt: string; keys: string; source: 'outside' | 'server'; now?: Date | undefined }

const longest = 4 * 1024 * 1024

/** Never throws for what the texts hold: a text that is no JSON is no receipt, keys that cannot be read fail their step. */
export function checkTexts({ receipt, keys, source, now }: CheckInput): ReceiptVerdict {
  const value = receipt.length > longest ? undefined : parseJson(receipt)
  if (keys.trim() === '') return verifyReceipt(value, { now })
  const given = readKeys(keys, claimedOrigin(value))
  if (given instanceof DomainError) return refuseKey(verifyReceipt(value, { now }), given)
  return verifyReceipt(value, { ...given, source, now })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\u{feff}/u, ''))
  } catch {
    return undefined
  }
}

function readKeys(text: string, origin: string | undefined): GivenKeys | DomainError {
  try {
    return parseGivenKeys(text, origin)
  } catch (error) {
    if (error instanceof DomainError) return error
    throw error
  }
}
