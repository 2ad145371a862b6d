// An invented procedure with everything that can be closed: five kinds of parties, fields of every visibility and class, caucus, four eyes,
// a superior body, a document that parties see later. A guild settles a quarrel; no law of the library is in it.
import { createHash } from 'node:crypto'
import type { Ctx } from '#kernel/context.ts'
import { compile } from '#kernel/engine/compile.ts'
import { sketch } from '#kernel/engine/fixtures/sketch.ts'
import { compileForm, type FormField } from '#kernel/forms/forms.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { manifestSchema } from '#kernel/procedures/manifest.ts'
import { insertPackage, insertPublication } from '#kernel/procedures/queries.ts'
import { recordEntries } from '#kernel/registers/registers.ts'

const diagram = `
start s form=filing event=filed
service Route action=route-case@1
and both
user Work form=work event=worked
user Check form=check event=checked
service Count action=count-meeting@1
service Find action=finding@1
xor way
user Caucus form=caucus event=met
user Judge form=judge event=judged
end done
end met
end judged
s -> Route -> both
both -> Work -> Count -> Find -> way
way -> Check [not(Work.stuck = true)]
Check -> done
both -> Caucus -> met
both -> Judge -> judged
`

const field = (visibility: FormField['x-visibility'], more: Partial<FormField> = {}): FormField => ({
  type: 'string',
  maxLength: 300,
  'x-tag': 'free-text',
  'x-purpose': 'a test',
  'x-basis': 'rules',
  'x-visibility': visibility,
  ...more,
})

/** Slots of the filing form; each is its own field. */
export const filingFields: Record<string, FormField> = {
  hidden: field('officers'),
  publicWords: field('public'),
  partyWords: field('parties'),
  sealedWords: field('sealed'),
  accusation: field('sealed', { 'x-sealed-class': 'accusation' }),
  minorWords: field('sealed', { 'x-sealed-class': 'minors' }),
  name: field('parties', { 'x-tag': 'name' }),
  phone: field('parties', { 'x-tag': 'phone' }),
  address: field('parties', { 'x-tag': 'address' }),
  idNumber: field('parties', { 'x-tag': 'id-number' }),
  rivalName: field('parties', { 'x-tag': 'name' }),
  rivalPhone: field('parties', { 'x-tag': 'phone' }),
  informerName: field('parties', { 'x-tag': 'name' }),
  informerPhone: field('parties', { 'x-tag': 'phone' }),
  childName: field('parties', { 'x-tag': 'name' }),
  accusedName: field('officers', { 'x-tag': 'name' }),
  accusedPhone: field('officers', { 'x-tag': 'phone' }),
  village: field('parties', { 'x-tag': 'place', 'x-register': 'villages' }),
  office: field('officers', { 'x-tag': 'organization', 'x-register': 'organizations' }),
}

const forms: Record<string, Record<string, FormField>> = {
  filing: filingFields,
  // `stuck`: no way leads on, so the case stands with an incident.
  work: { workParties: field('parties'), workOfficers: field('officers'), stuck: field('officers', { type: 'boolean', 'x-tag': 'flag' }) },
  check: { checkOfficers: field('officers') },
  caucus: { caucusWords: field('parties'), caucusNotes: field('officers') },
  judge: { judgeParties: field('parties') },
}

/** A form that takes no other fields. */
const closed = (properties: Record<string, FormField>) => ({ type: 'object', additionalProperties: false, properties }) as const

const lanes: Record<string, string> = { Work: 'Handling', Check: 'Handling', Caucus: 'Mediating', Judge: 'Judging' }

/** A meeting that is counted, and a duty that the office did not keep. */
const inputsOf: Record<string, Record<string, string>> = {
  Count: { quorum: '1/2', majority: '>1/2', 'notice-days': '=0', entitled: '=10', present: '=8', 'in-favour': '=6' },
  Find: { kind: 'late', law: 'rules' },
}

const party = (role: string, more: object) => ({ role, kind: 'natural', min: 0, max: 1, may: [], told: ['filed'], sees: 'case', ...more })

const manifest = manifestSchema.parse({
  slug: 'guild',
  version: '1',
  effective: { from: '2000-01-01' },
  numberPrefix: 'GU',
  provides: [],
  measures: [],
  filedBy: ['anyone', 'staff'],
  law: [{ id: 'rules', name: 'Guild rules', article: '1', mark: 'V:L' }],
  parameters: [],
  parties: [
    party('applicant', { min: 1, fields: { name: 'name', phone: 'phone', address: 'address', idNumber: 'idNumber' } }),
    party('rival', { fields: { name: 'rivalName', phone: 'rivalPhone' } }),
    party('informer', { fields: { name: 'informerName', phone: 'informerPhone' }, sealed: 'informer' }),
    party('child', { fields: { name: 'childName' }, sealed: 'minors' }),
    party('accused', { told: [], fields: { name: 'accusedName', phone: 'accusedPhone' }, sees: 'sealed-accusation' }),
  ],
  lanes: [
    { id: 'Handling', posts: ['handler'], office: 'handling' },
    { id: 'Mediating', posts: ['mediator'], office: 'own' },
    { id: 'Judging', posts: ['review-officer'], office: 'superior' },
  ],
  deadlines: [],
  adverse: [],
  documents: [],
  publication: { fields: [], consent: 'none' },
  exports: [{ id: 'names', fields: ['filing.name', 'filing.partyWords'], law: 'rules' }],
  retention: { class: 'test', years: 10, start: 'closed', disposal: 'erase', mark: 'G' },
  links: {},
  seals: { caucus: ['mediator'], informer: ['informer-desk'] },
})

/** Publishes `guild` and adds the posts that clear its classes, and one whose jurisdiction is a single village. */
export async function openGuild(ctx: Ctx): Promise<void> {
  const { graph, definitions } = await compile(sketch(diagram))
  for (const element of Object.values(graph.elements)) {
    const lane = lanes[element.id]
    if (lane !== undefined) element.lane = lane
    if (element.id === 'Route') element.xl.inputs = [{ name: 'office', value: '=filing.office' }]
    const inputs = inputsOf[element.id]
    if (inputs) element.xl.inputs = Object.entries(inputs).map(([name, value]) => ({ name, value }))
    if (element.id === 'Check') element.xl.ext['four-eyes'] = 'Work'
    if (element.id === 'Caucus') Object.assign(element.xl.ext, { sealed: 'caucus', with: 'applicant' })
  }
  const guild: Package = {
    hash: createHash('sha256')
      .update(`${diagram}${JSON.stringify(forms)}`)
      .digest('hex'),
    slug: 'guild',
    manifest,
    graph,
    definitions,
    forms: new Map(Object.entries(forms).map(([id, properties]) => [id, compileForm(id, closed(properties))])),
    texts: { zh: { 'guild.title': '行会调解' }, en: { 'guild.title': 'Guild' } },
    templates: new Map(),
    rules: new Map(),
    examples: new Map(),
  }
  ctx.services.packages.set(guild.hash, Promise.resolve(guild))
  await insertPackage(ctx, guild, {})
  await insertPublication(ctx, guild, ['test'], 'test')
  const title = (zh: string) => ({ zh, en: zh })
  const posts = {
    'mediator-one': { duty: 'mediator', organization: 'justice', title: title('调解员一'), reportsTo: 'justice-head', clears: ['caucus', 'minors'] },
    'mediator-two': { duty: 'mediator', organization: 'justice', title: title('调解员二'), reportsTo: 'justice-head', clears: ['caucus'] },
    'informer-desk': {
      duty: 'informer-desk',
      organization: 'supervision',
      title: title('举报受理员'),
      reportsTo: 'supervisor',
      clears: ['informer', 'accusation'],
    },
    'second-supervisor': {
      duty: 'supervisor',
      organization: 'supervision',
      title: title('督查专员二'),
      reportsTo: 'town-head',
      clears: ['accusation'],
    },
    'xikou-handler': {
      duty: 'handler',
      organization: 'agriculture',
      title: title('溪口片经办人'),
      reportsTo: 'agriculture-head',
      jurisdiction: ['xikou-village'],
    },
  }
  await recordEntries(
    ctx,
    'posts',
    Object.entries(posts).map(([id, data]) => ({ id, data })),
    '测试岗位',
  )
}
