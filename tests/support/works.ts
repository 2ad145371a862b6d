// An invented procedure for tests of actions: asks another body, hands the case over, sets a session, makes things public, calls a system.
import type { Ctx } from '#kernel/context.ts'
import type { Graph } from '#kernel/engine/types.ts'
import { declared, makePackage, publishInvented } from './club.ts'

const works = `
start s form=filing event=filed
service Route action=route-case@1
user Plan form=plan
service Ask action=request-to-body@1
service Meet action=schedule@1
service Promise action=set-public-task@1
service Publish action=publish@1
service Finding action=finding@1
service HandOver action=hand-over@1
service Call action=external@1
user Close form=answer
service Kept action=end-public-task@1
end closed
handler Leaving {
start leave message=leave by=member
end left
leave -> left
}
s -> Route -> Plan -> Ask -> Meet -> Promise -> Publish -> Finding -> HandOver -> Call -> Close -> Kept -> closed
`
const text = { ...declared, type: 'string', maxLength: 90 } as const

export async function openWorks(ctx: Ctx): Promise<void> {
  const edit = (graph: Graph) => {
    const leave = graph.elements['leave']
    if (leave) leave.xl.ext['by'] = 'member'
  }
  const procedure = await makePackage(
    'works',
    works,
    {
      Route: [{ name: 'office', value: 'agriculture' }],
      Ask: [
        { name: 'offices', value: '=Plan.offices' },
        { name: 'until', value: '2026-03-09' },
      ],
      Meet: [
        { name: 'start', value: '=Plan.when' },
        { name: 'place', value: '镇政府二楼' },
        { name: 'tell', value: 'member' },
        { name: 'text', value: 'told.session' },
      ],
      Promise: [
        { name: 'title', value: '=Plan.promise' },
        { name: 'due', value: '2026-06-30' },
      ],
      Publish: [
        { name: 'fields', value: 'Plan.promise' },
        { name: 'until', value: '2026-12-31' },
      ],
      Finding: [
        { name: 'kind', value: 'late' },
        { name: 'law', value: 'rules' },
      ],
      HandOver: [
        { name: 'office', value: 'civil-affairs' },
        { name: 'until', value: '2026-03-05' },
      ],
      Call: [
        { name: 'system', value: 'registry' },
        { name: 'promise', value: '=Plan.promise' },
        { name: 'keep', value: 'number' },
      ],
      Kept: [{ name: 'task', value: 'Promise' }],
    },
    {},
    {
      edit,
      forms: {
        filing: { name: text, email: { ...text, 'x-tag': 'email' } },
        plan: {
          offices: { ...declared, type: 'array', items: { type: 'string' }, maxItems: 9, 'x-register': 'organizations' },
          when: text,
          promise: { ...text, 'x-visibility': 'public' },
        },
      },
      manifest: {
        deadlines: [],
        publication: { fields: ['Plan.promise'], consent: 'none', listed: false, standings: [] },
        parties: [
          {
            role: 'member',
            kind: 'natural',
            min: 0,
            max: 1,
            may: [],
            told: ['filed'],
            sees: 'case',
            fields: { name: 'name', email: 'email' },
          },
        ],
      },
    },
  )
  procedure.texts.zh['works.told.session'] = '请于{start}到{place}。'
  await publishInvented(ctx, procedure)
}
