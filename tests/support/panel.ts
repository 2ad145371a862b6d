// An invented procedure for tests: several bodies are asked at once, a rule counts their answers, a reminder comes again.
import { openModel } from '#kernel/decisions/decisions.ts'
import { decision, dmn, input, table } from '#kernel/decisions/dmn-fixture.ts'
import type { Ctx } from '#kernel/context.ts'
import type { Graph } from '#kernel/engine/types.ts'
import { declared, makePackage, publishInvented } from './club.ts'

const panel = `
start s form=filing event=filed
service Route action=route-case@1
user Ask form=ask
sub Joint {
start js
user Reply form=reply event=replied
script Note
end je
js -> Reply -> Note -> je
}
rule Judge
xor ways
user Close form=answer event=answered
end agreed
end refused
boundary failed on=Judge error=decision.no-result
user Repair form=reply
end repaired
boundary remind on=Close cycle=R3/P2D non event=reminded
end reminded_end
s -> Route -> Ask -> Joint -> Judge -> ways
ways -> Close [Judge.outcome = "yes"]
ways -> refused default
Close -> agreed
failed -> Repair -> repaired
remind -> reminded_end
`

const counted = table(
  'hitPolicy="UNIQUE"',
  ['count(replies)', 'yes'],
  ['<output name="outcome"/>'],
  [
    ['>= quorum', '>= 2', '"yes"'],
    ['>= quorum', '< 2', '"no"'],
  ],
)

const text = { ...declared, type: 'string', maxLength: 60 } as const

/** Publishes a panel under `slug`: every body answers at the same time, or one after the other; `completion` may end it early. */
export async function openPanel(ctx: Ctx, slug: string, { sequential = false, completion }: { sequential?: boolean; completion?: string } = {}) {
  const edit = (graph: Graph) => {
    const joint = graph.elements['Joint']
    const reply = graph.elements['Reply']
    const note = graph.elements['Note']
    const judge = graph.elements['Judge']
    if (!joint || !reply || !note || !judge) throw new Error('the sketch lacks an element')
    joint.loop = {
      kind: 'multiple',
      sequential,
      collection: 'Ask.offices',
      item: 'office',
      ...(completion === undefined ? {} : { completion }),
    }
    reply.xl.ext = { office: '=office', due: '=Ask.until' }
    note.script = { language: 'feel', text: '{ line: office + ": " + Reply.words }' }
    judge.xl.decision = 'panel.dmn#Count'
    judge.xl.inputs = [
      { name: 'replies', expression: 'Reply' },
      { name: 'yes', expression: 'count(Reply[vote = "yes"])' },
      { name: 'quorum', expression: 'parameters.quorum' },
    ]
  }
  const logic = decision('Count', counted, ['replies', 'yes', 'quorum'])
  const rules = new Map([['panel', openModel(dmn(input('replies') + input('yes', 'number') + input('quorum', 'number') + logic))]])
  const procedure = await makePackage(
    slug,
    panel,
    { Route: [{ name: 'office', value: 'agriculture' }] },
    {},
    {
      edit,
      rules,
      forms: {
        ask: {
          offices: { ...declared, type: 'array', items: { type: 'string' }, maxItems: 9, 'x-register': 'organizations' },
          until: { ...declared, type: 'string', format: 'date', 'x-tag': 'date' },
        },
        reply: { vote: { ...text, enum: ['yes', 'no'] }, words: text },
      },
      manifest: {
        parameters: [{ id: 'quorum', value: 2, unit: 'count', law: 'rules', from: '2000-01-01', mark: 'V:L' }],
        deadlines: [],
      },
    },
  )
  await publishInvented(ctx, procedure)
}
