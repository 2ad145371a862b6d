// A party asks for the code with which she signs.
import { partiesOf } from '../access/rule.ts'
import { accessOf } from '../cases/access-of.ts'
import { getCase, loadStep } from '../cases/load-case.ts'
import { findReceiver } from '../cases/messages.ts'
import { performStep } from '../cases/perform.ts'
import { elementOf } from '../cases/run.ts'
import type { Ctx } from '../context.ts'
import { conflict, forbidden } from '../errors.ts'
import { signedBy, textOf } from './signatures.ts'
import { sendSigningCode } from './signing-codes.ts'

/**
 * Sends the code for signing by the message `name` of the case. Says to which contact, with its middle hidden.
 * @throws `case.not_found`, `message.not_awaited`, `message.forbidden`, `signature.no_contact`, `signature.too_many` (429).
 */
export async function askSigningCode(ctx: Ctx, by: { number: string }, name: string): Promise<{ to: string }> {
  const { loaded } = await getCase(ctx, by, 'case.send')
  return performStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      const element = elementOf(step, findReceiver(step, name).element)
      const document = signedBy(step.procedure.forms.get(element.xl.form ?? ''))
      const rule = step.procedure.manifest.documents.find((known) => known.id === document)
      if (!rule) throw conflict('message.not_awaited', 'Nothing is signed by this.')
      const own = partiesOf(ctx.actor, accessOf(step.case)).parties
      const party = step.case.parties.find((known) => known.role === element.xl.ext['by'] && own.includes(known.partyId))
      if (!party) throw forbidden('message.forbidden', 'Only the party who signs asks for the code.')
      return sendSigningCode(step, party, rule.id, textOf(step, rule))
    },
  )
}
