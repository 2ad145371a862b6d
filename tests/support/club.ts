// An invented procedure for tests of the kernel: membership of a tennis club. No law of the library is in it.
import { createHash } from 'node:crypto'
import type { Ctx } from '#kernel/context.ts'
import { compile } from '#kernel/engine/compile.ts'
import type { Graph } from '#kernel/engine/types.ts'
import { sketch } from '#kernel/engine/fixtures/sketch.ts'
import { compileForm, type FormSchema } from '#kernel/forms/forms.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { type Manifest, manifestSchema } from '#kernel/procedures/manifest.ts'
import { insertPackage, insertPublication } from '#kernel/procedures/queries.ts'

const membership = `
start s form=filing event=filed
and both
user Answer form=answer event=answered
user Call form=answer event=called
race wait
catch late deadline=object
catch Objection message=object event=objected by=member
service Echo action=start-case@1
catch Echoed message=echoed
end lapsed
end heard
end done
handler Asking {
start ask message=ask non event=asked by=Office
end asked_end
ask -> asked_end
}
handler Supplying {
start supply message=supply non event=supplied by=member
end supplied_end
supply -> supplied_end
}
handler Prolonging {
start Prolong message=prolong non form=prolong event=prolonged by=Office extends=answer
end prolonged_end
Prolong -> prolonged_end
}
handler Waiting {
start WaitForCall message=wait-for-call non form=prolong event=call-prolonged by=Office extends=call
end waiting_end
WaitForCall -> waiting_end
}
handler Passing {
start Pass message=pass non form=pass by=Office
service Route action=route-case@1
end passed_end
Pass -> Route -> passed_end
}
s -> both
both -> Answer -> wait
both -> Call -> done
wait -> late -> lapsed
wait -> Objection -> Echo -> Echoed -> heard
`
const echo = `
start s form=filing
send Back action=send-to-case@1
end e
s -> Back -> e
`
const endless = `
start s form=filing
service Again action=start-case@1
end e
s -> Again -> e
`

export const declared = { 'x-tag': 'free-text', 'x-purpose': 'a test', 'x-basis': 'rules', 'x-visibility': 'parties' } as const
const date = { ...declared, type: 'string', format: 'date', 'x-tag': 'date', 'x-effective': true }
type Forms = Record<string, FormSchema['properties']>
const forms: Forms = {
  filing: {
    name: { ...declared, type: 'string', maxLength: 60 },
    rival: { ...declared, type: 'string', maxLength: 60 },
    village: { ...declared, type: 'string', maxLength: 60, 'x-register': 'villages' },
    scan: { ...declared, type: 'array', items: { type: 'string' }, maxItems: 3, 'x-tag': 'attachment' },
  },
  answer: { on: date },
  prolong: { days: { ...declared, type: 'integer', minimum: 1, maximum: 1000 }, on: date },
  pass: { office: { ...declared, type: 'string' } },
}

const law = [{ id: 'rules', name: 'Club rules', article: '1', mark: 'V:L' }]
const parameter = (id: string, value: number, unit: string) => ({ id, value, unit, law: 'rules', from: '2000-01-01', mark: 'V:L' })
const member = { kind: 'natural', max: 1, may: [], told: ['filed'], sees: 'case' }

const manifestOf = (slug: string, links: Record<string, string>) =>
  manifestSchema.parse({
    slug,
    version: '1',
    effective: { from: '2000-01-01' },
    numberPrefix: 'TC',
    provides: [],
    measures: [],
    filedBy: ['anyone', 'staff'],
    law,
    parameters: [
      parameter('answer-days', 10, 'calendar'),
      parameter('more-days', 5, 'calendar'),
      parameter('call-hours', 24, 'hour'),
      parameter('object-days', 5, 'calendar'),
    ],
    parties: [
      { role: 'member', min: 1, fields: { name: 'name' }, ...member },
      { role: 'rival', min: 0, fields: { name: 'rival' }, ...member },
    ],
    lanes: [{ id: 'Office', posts: ['handler'], office: 'handling' }],
    deadlines: [
      {
        id: 'answer',
        starts: 'filed',
        ends: ['answered'],
        parameter: 'answer-days',
        unit: 'calendar',
        binds: 'office',
        pausedBy: [{ from: 'asked', to: 'supplied' }],
        extendedBy: [{ event: 'prolonged', amount: '=Prolong.days', parameter: 'more-days', times: 1 }],
        law: 'rules',
      },
      {
        id: 'call',
        starts: 'filed',
        ends: ['called'],
        parameter: 'call-hours',
        unit: 'hour',
        binds: 'office',
        extendedBy: [{ event: 'call-prolonged', amount: '=WaitForCall.days', parameter: 'call-hours', times: 1 }],
        law: 'rules',
      },
      { id: 'object', starts: 'answered', ends: ['objected'], parameter: 'object-days', unit: 'calendar', binds: 'party', law: 'rules' },
    ],
    adverse: [],
    documents: [],
    publication: { fields: [], consent: 'none' },
    exports: [],
    retention: { class: 'test', years: 10, start: 'closed', disposal: 'erase', mark: 'G' },
    links,
  })

type Inputs = Record<string, { name: string; value: string }[]>

/** Parts of an invented package that differ from the club's; `edit` changes the graph where the sketch has no word for it. */
export type Invented = { forms?: Forms; edit?: (graph: Graph) => void; manifest?: Partial<Manifest>; rules?: Package['rules'] }

export async function makePackage(slug: string, text: string, inputs: Inputs, links: Record<string, string>, own: Invented = {}): Promise<Package> {
  const { graph, definitions } = await compile(sketch(text))
  for (const element of Object.values(graph.elements)) {
    if (element.type === 'userTask') element.lane = 'Office'
    element.xl.inputs = inputs[element.id] ?? element.xl.inputs
  }
  own.edit?.(graph)
  const compiled = Object.entries({ ...forms, ...own.forms }).map(([id, properties]) => {
    const schema = { type: 'object', additionalProperties: false, properties } as const
    return [id, compileForm(id, schema)] as const
  })
  return {
    hash: createHash('sha256').update(`${slug}\n${text}`).digest('hex'),
    slug,
    manifest: { ...manifestOf(slug, links), ...own.manifest },
    graph,
    definitions,
    forms: new Map(compiled),
    texts: { zh: {}, en: {} },
    templates: new Map(),
    rules: own.rules ?? new Map(),
    examples: new Map(),
  }
}

/** Publishes `club`, and two procedures that it may start: `echo` answers at once, `endless` starts itself. */
export async function openClub(ctx: Ctx): Promise<void> {
  const packages = [
    await makePackage(
      'club',
      membership,
      {
        Echo: [
          { name: 'link', value: 'echo' },
          { name: 'data', value: '={}' },
        ],
        Route: [{ name: 'office', value: '=Pass.office' }],
      },
      { echo: 'echo' },
    ),
    await makePackage(
      'echo',
      echo,
      {
        Back: [
          { name: 'link', value: 'origin' },
          { name: 'message', value: 'echoed' },
        ],
      },
      {},
    ),
    await makePackage('endless', endless, { Again: [{ name: 'link', value: 'again' }] }, { again: 'endless' }),
  ]
  for (const procedure of packages) await publishInvented(ctx, procedure)
}

/** Makes an invented package the procedure in force, without the checks that a real one passes. */
export async function publishInvented(ctx: Ctx, procedure: Package): Promise<void> {
  ctx.services.packages.set(procedure.hash, Promise.resolve(procedure))
  await insertPackage(ctx, procedure, {})
  await insertPublication(ctx, procedure, ['test'], 'test')
}
