// A matter comes in over the interface: from anybody, from an account, or entered by staff for a person.
import { openCase } from '#kernel/cases/open-case.ts'
import type { Ctx } from '#kernel/context.ts'
import { invalid } from '#kernel/errors.ts'
import { attachedFiles } from '#kernel/forms/forms.ts'
import { takeNamed } from '#kernel/identity/allowances.ts'
import { toAddressGroup } from '#kernel/identity/limits.ts'
import { demandProof } from '#kernel/identity/proof.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import { z } from 'zod'
import { exampleAcknowledgement, exampleFiling, exampleStaffFiling } from './examples.ts'
import { defineOperation, underData } from './operation.ts'
import { acknowledgement } from './answers.ts'
import { commonQuery, filingBody } from './requests.ts'

export const filingOperation = defineOperation({
  id: 'fileCase',
  tag: 'cases',
  method: 'post',
  path: '/cases',
  summary: 'File a matter',
  description:
    'Anybody may file; no account is needed. The answer comes after the matter is stored. With an Idempotency-Key (a random one for each matter, such as a UUID) a repeated request gives the same answer and files nothing again; the key opens that answer, so keep it like the code.',
  credentials: 'optional',
  query: commonQuery,
  headers: {
    'Idempotency-Key': {
      description: '8 to 200 visible ASCII characters.',
      schema: z.string().regex(/^[!-~]{8,200}$/),
      example: '6f9f4b0e-8c0f-4f0e-9d2a-2f1f5c1f7a10',
    },
    'Altcha-Proof': {
      description:
        'Only when asked for (403 `proof.needed`): the solved challenge of `/t/{tenant}/challenge.json?for=filing`, base64 of `{challenge, solution}` as ALTCHA 2 sends it.',
      schema: z.string().max(8192),
      example: 'eyJjaGFsbGVuZ2UiOnt9LCJzb2x1dGlvbiI6e319',
    },
  },
  body: { schema: filingBody, examples: { resident: exampleFiling, staff: exampleStaffFiling } },
  answers: {
    201: {
      description: 'Filed. `Location` is the case.',
      schema: acknowledgement,
      example: exampleAcknowledgement,
      headers: { Location: 'Path of the case.' },
    },
  },
  refusals: [400, 401, 403, 404, 409, 413, 415, 422, 429],
  handle: async ({ ctx, visit, context, body, language }) => {
    const { actor } = ctx
    if (actor.kind === 'anonymous') {
      const who = toAddressGroup(visit.address)
      await demandProof(ctx, 'filing', who, context.req.header('altcha-proof') ?? '')
      await takeNamed(ctx, 'anonymousFilings', who)
    }
    const idempotencyKey = context.req.header('idempotency-key')
    const { entry } = body
    await refuseFiles(ctx, body)
    const filed = await underData(() =>
      openCase(ctx, {
        procedure: body.procedure,
        data: body.data,
        language,
        electronicService: body.electronicService ?? body.data['electronicService'] === true,
        ...(actor.kind === 'resident' ? { accountId: actor.accountId } : {}),
        ...(entry
          ? { entry: { channel: entry.channel, receivedOn: entry.receivedOn, ...(entry.evidence === undefined ? {} : { evidence: entry.evidence }) } }
          : {}),
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      }),
    )
    const path = `${visit.base}/api/v1/cases/${filed.number}`
    const { number, promise, deadlines } = filed
    return {
      status: 201,
      headers: { location: path },
      body: { number, promise, deadlines, receipt: { url: `${ctx.services.baseUrl}${path}/receipt`, code: filed.receiptCode } },
    }
  },
})

/** A file belongs to the draft of whoever sent it, and there are no drafts here. */
async function refuseFiles(ctx: Ctx, { procedure, data }: { procedure: string; data: Record<string, unknown> }): Promise<void> {
  const form = (await getProcedure(ctx, procedure)).forms.get('filing')
  for (const name of Object.keys(form?.schema.properties ?? {})) {
    if (form && attachedFiles(form, { [name]: data[name] }).length > 0)
      throw invalid('files.not_here', 'Files are not taken by this interface: file without them and hand them in on the page of the case.', [
        { pointer: `/data/${name}`, code: 'file', message: 'Leave this field out.' },
      ])
  }
}
