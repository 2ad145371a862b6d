// An invented procedure for tests of joint handling: the club's lead asks other bodies, may end the request, and closes only then.
import type { Ctx } from '#kernel/context.ts'
import type { Graph } from '#kernel/engine/types.ts'
import { declared, makePackage, publishInvented } from './club.ts'

const club = `
start s form=filing event=filed
service Route action=route-case@1
user Close form=answer event=answered
end closed
handler Joint {
start Asked message=ask-help non form=ask event=help-asked by=Office
service Tell action=request-to-body@1
user Part form=part event=part-answered
end helped
boundary Ended on=Part message=end-help form=answer event=help-ended by=Office
end over
Asked -> Tell -> Part -> helped
Ended -> over
}
s -> Route -> Close -> closed
`
const text = { ...declared, type: 'string', maxLength: 90 } as const

export async function openJointClub(ctx: Ctx): Promise<void> {
  const edit = ({ elements: { Asked, Part, Close } }: Graph) => {
    if (!Asked || !Part || !Close) throw new Error('the sketch lacks an element')
    Asked.xl.ext['single'] = 'true'
    Close.xl.ext['awaits'] = 'Joint'
    Part.loop = { kind: 'multiple', sequential: false, collection: 'Asked.offices', item: 'office' }
    Part.xl.ext = { ...Part.xl.ext, office: '=office', due: '=Asked.until' }
  }
  const procedure = await makePackage(
    'joint-club',
    club,
    {
      Route: [{ name: 'office', value: 'agriculture' }],
      Tell: [
        { name: 'offices', value: '=Asked.offices' },
        { name: 'until', value: '=Asked.until' },
      ],
    },
    {},
    {
      edit,
      forms: {
        ask: {
          offices: { ...declared, type: 'array', items: { type: 'string' }, maxItems: 9, 'x-register': 'organizations' },
          until: { ...declared, type: 'string', format: 'date', 'x-tag': 'date' },
        },
        part: { words: text },
      },
      manifest: { deadlines: [] },
    },
  )
  await publishInvented(ctx, procedure)
}
