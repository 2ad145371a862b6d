// A party confirms by a code sent to her own contact that she signs one text. Good for ten minutes, once, five tries, five codes an hour.
import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import { recordEvent, type Step, transactionOf } from '../cases/step.ts'
import { addLetter } from '../cases/tell.ts'
import type { Party } from '../cases/types.ts'
import { DomainError, invalid } from '../errors.ts'
import type { Language } from '../forms/forms.ts'
import { uuidv7 } from '../ids.ts'
import { countCodes, findCode, insertCode, useCode } from './queries.ts'

const minutes = 10
const codesAnHour = 5

const words = '{town}：您正在为{number}的文书签名确认，验证码 {code}，{minutes}分钟内有效。不是您本人操作的，请不要告诉任何人。'

/** Sends the code to the party's own contact; says to which, with its middle hidden. @throws `signature.no_contact`, `signature.too_many` (429). */
export async function sendSigningCode(step: Step, party: Party, document: string, text: string): Promise<{ to: string }> {
  const { phone, email } = party.identity
  const contact = phone ?? email
  if (contact === undefined)
    throw invalid('signature.no_contact', 'There is no phone number or address to send the code to.', [
      { pointer: '/method', code: 'contact', message: '没有登记电话或者邮箱，请用别的方式签名' },
    ])
  const ctx = await transactionOf(step)
  const since = new Date(step.now.getTime() - 3_600_000)
  if ((await countCodes(ctx, party.partyId, since)) >= codesAnHour)
    throw new DomainError('too_many', 'signature.too_many', 'Five codes an hour: wait, or sign in another way.')
  const code_id = uuidv7(step.now)
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  await insertCode(ctx, {
    code_id,
    case_id: step.case.row.case_id,
    party_id: party.partyId,
    document,
    text_hash: text,
    code_hash: hashOf(code_id, code),
    made_at: step.now,
    expires_at: new Date(step.now.getTime() + minutes * 60_000),
  })
  const variables = { number: step.case.row.number, town: step.town.name.zh, code, minutes: String(minutes) }
  const filled = words.replaceAll(/\{(\w+)\}/g, (whole, key: string) => Object.entries(variables).find(([known]) => known === key)?.[1] ?? whole)
  addLetter(
    step,
    phone === undefined ? 'mail' : 'sms',
    'case.signing-code',
    phone === undefined ? { to: contact, subject: variables.town, text: filled } : { to: contact, template: 'case.signing-code', variables },
  )
  recordEvent(step, { type: 'signature.code-sent', fields: { document } })
  return { to: hidden(contact) }
}

/** Uses the code up. A wrong try counts although the act is refused. @throws `form.invalid`. */
export async function takeSigningCode(
  step: Step,
  party: Party,
  given: { document: string; text: string; code: string },
  language: Language,
): Promise<void> {
  const typed = given.code.normalize('NFKC').replaceAll(/\s/g, '')
  const row = await findCode(step.ctx, { case_id: step.case.row.case_id, party_id: party.partyId, document: given.document }, step.now)
  const right = row !== undefined && row.text_hash === given.text && timingSafeEqual(row.code_hash, hashOf(row.code_id, typed))
  if (row && right && (await useCode(step.ctx, row.code_id, step.now))) return
  const message = language === 'zh' ? '验证码不对或者已经过期，请重新获取' : 'The code is wrong or too old: ask for a new one'
  throw invalid('form.invalid', message, [{ pointer: '/code', code: 'signature', message }])
}

const hashOf = (codeId: string, code: string): Buffer => createHash('sha256').update(`${codeId}:${code}`).digest()

const hidden = (contact: string) => (contact.length <= 6 ? '****' : `${contact.slice(0, 3)}****${contact.slice(-2)}`)
