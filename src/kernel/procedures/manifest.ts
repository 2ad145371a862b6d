// The shape of procedure.json (docs/design/procedure-format.md).
import { z } from 'zod'
import { sealedClasses } from '../access/rule.ts'

export const id = z.string().regex(/^[a-z][a-z0-9-]{0,60}$/, 'use lower-case letters, digits and dashes')
export const element = z.string().regex(/^[A-Za-z_][\w-]{0,80}$/, 'use an element id of the diagram')
export const date = z.iso.date()
const feel = z.string().max(2000).startsWith('=', 'a FEEL expression begins with =')

/** Marks of evidence in the law reference; anything but `V:L` and `V:C` stays visible to readers. */
const mark = z.string().min(1).max(60)

const law = z.strictObject({ id, name: z.string(), article: z.string(), row: z.string().optional(), mark })

const parameter = z.strictObject({
  id,
  value: z.number(),
  unit: z.enum(['calendar', 'workday', 'month', 'year', 'hour', 'count', 'percent', 'money']),
  law: id,
  from: date,
  to: date.optional(),
  mark,
  note: z.string().optional(),
})

const party = z.strictObject({
  role: id,
  kind: z.enum(['natural', 'organization', 'either']),
  min: z.int().min(0),
  max: z.int().min(1),
  /** Acts of the party beyond reading; a message name of the diagram stands here too (`withdraw`, `appeal`). */
  may: z.array(z.string()),
  /** Events of which the party is told. Every natural party is told of something. */
  told: z.array(id),
  /**
   * case: the case, without how to reach the other parties. case-and-contacts: that too.
   * sealed-accusation: nothing, and she is not told; the person named in an accusation.
   */
  sees: z.enum(['case', 'case-and-contacts', 'sealed-accusation']),
  /** Who this party is stays closed: name and contacts open only to posts that clear the class. */
  sealed: z.enum(['informer', 'minors']).optional(),
  /** Where the filing form holds the party: form field names by meaning. */
  fields: z.strictObject({
    name: z.string(),
    phone: z.string().optional(),
    email: z.string().optional(),
    address: z.string().optional(),
    idNumber: z.string().optional(),
  }),
})

const lane = z.strictObject({
  id: element,
  /** Duties of posts (`posts` register, field `duty`) that may act. */
  posts: z.array(id).min(1),
  /** Which organization's posts: the town's own body with that duty, the office handling the case, or the superior body. */
  office: z.enum(['own', 'handling', 'superior']),
})

const deadline = z.strictObject({
  id,
  /** Event that starts the clock; it runs from that event's effective date. */
  starts: id,
  ends: z.array(id).min(1),
  parameter: id,
  unit: z.enum(['calendar', 'workday', 'month', 'hour']),
  /** Who misses it: the office (a finding, escalated) or a party (a right lapses). */
  binds: z.enum(['office', 'party']),
  pausedBy: z.array(z.strictObject({ from: id, to: id })).default([]),
  /** An event that lengthens the period: by how much (FEEL over the case data), at most how much, how often. */
  extendedBy: z.array(z.strictObject({ event: id, amount: feel, parameter: id, times: z.int().min(1) })).default([]),
  /** Everybody may know the day: it stands in the public calendar while it runs (the matter is published by law). */
  announced: z.boolean().default(false),
  /** The limit printed on an upstream order takes the place of the period. */
  printed: z.boolean().default(false),
  law: id,
})

const document = z.strictObject({
  id,
  template: id,
  /** Number series (文号), e.g. `qing-xin-yi`; texts give its words. */
  series: id,
  /** User task whose completion is the signature; its actor signs. Absent: issued under the office's seal alone. */
  signedBy: element.optional(),
  issuer: z.enum(['own', 'handling', 'superior']),
  /** User task in which it is served. */
  service: element.optional(),
  /** Remedy printed at its foot: text id, and the parameter with its days. */
  remedy: z.strictObject({ text: z.string(), parameter: id.optional() }).optional(),
})

const adverse = z.strictObject({ element, task: element, reasons: z.string(), document: id })

/** Words for how a public case stands. A request that was sent on, merged or taken back is never counted as solved. */
export const publicStandings = ['solved', 'answered', 'promised', 'declined', 'not-ours', 'merged', 'withdrawn', 'disputed'] as const
export type PublicStanding = (typeof publicStandings)[number] | 'open'

/** What people look for, in the order in which the groups stand on a page; `other` is for what names none. */
export const serviceGroups = ['tell', 'hardship', 'dispute', 'village', 'papers', 'know', 'other'] as const

export const manifestSchema = z.strictObject({
  slug: id,
  version: z.string(),
  effective: z.strictObject({ from: date, to: date.optional() }),
  /** Letters before a case number, e.g. `XF`. */
  numberPrefix: z.string().regex(/^[A-Z]{2,4}$/),
  provides: z.array(id),
  measures: z.array(z.string().regex(/^[MP]\d{1,2}$/)),
  /** May anyone start it on the portal, or is it only started by staff or by another case? */
  filedBy: z.array(z.enum(['anyone', 'staff', 'case'])).min(1),
  /** Where it stands among the services: its group, and its place there (the smallest first, then by title). */
  listing: z.strictObject({ group: z.enum(serviceGroups), order: z.int().min(1).max(999) }).optional(),
  law: z.array(law).min(1),
  parameters: z.array(parameter),
  parties: z.array(party).min(1),
  lanes: z.array(lane).min(1),
  deadlines: z.array(deadline),
  adverse: z.array(adverse),
  documents: z.array(document),
  publication: z.strictObject({
    /** `filing.<field>` or `<Element>.<field>`: what anyone may know of the case. */
    fields: z.array(z.string()),
    consent: z.enum(['none', 'party', 'law']),
    law: id.optional(),
    /** The standing of each case is on a public list, with these fields, from the moment it is filed. */
    listed: z.boolean().default(false),
    /** Fields that are public only when this yes-or-no field of the filing is yes. */
    consented: z.strictObject({ by: z.string(), fields: z.array(z.string()) }).optional(),
    /**
     * What publish@1 shows is an item of the town's open information: which published fields are its title, text, category and source
     * (of several the first that is there), and the date of its last change. The catalogue, feeds and search read only this.
     */
    item: z
      .strictObject({
        title: z.array(z.string()).min(1),
        text: z.array(z.string()).min(1),
        category: z.string().optional(),
        source: z.string().optional(),
        changedOn: z.string().optional(),
      })
      .optional(),
    /** FEEL over the case data: positions are exact when true (the matter is the place itself), else rounded to about 100 m. */
    exactWhen: feel.optional(),
    /**
     * How a listed case stands, in one word for counts: the first row whose FEEL (over the case data and `case.outcome`) is true;
     * `open` when none is. Texts `standing.<id>`.
     */
    standings: z.array(z.strictObject({ id: z.enum(publicStandings), when: feel })).default([]),
  }),
  /** Which fields of the filing form hold what a program that files requests sends (capability `service-request`). */
  serviceRequest: z
    .strictObject({
      category: z.string(),
      description: z.string(),
      place: z.string().optional(),
      village: z.string().optional(),
      latitude: z.string().optional(),
      longitude: z.string().optional(),
      photos: z.string().optional(),
      consent: z.string().optional(),
      /** Categories whose number is given a little later, against a token. */
      batch: z.array(z.string()).default([]),
    })
    .optional(),
  /** Choices that the yearly report counts: `<Element>.<field>` or `filing.<field>`. */
  statistics: z.array(z.strictObject({ id, field: z.string() })).default([]),
  exports: z.array(z.strictObject({ id, fields: z.array(z.string()), law: id })),
  retention: z.strictObject({
    class: z.string(),
    years: z.number().optional(),
    start: z.enum(['closed']),
    disposal: z.enum(['erase', 'archive']),
    mark,
  }),
  /** Entry of the register of impact assessments, when the forms hold sensitive data (个人信息保护法 Art 55). */
  assessment: id.optional(),
  /** “Am I eligible?” before filing: a decision over a form, shown criterion by criterion; nothing is stored. */
  prechecks: z
    .array(
      z.strictObject({
        id,
        /** `<file>.dmn#<decision>` */
        decision: z.string(),
        form: id,
        /** Inputs of the decision that are not fields of the form: FEEL over the form's fields, `parameters` and `case.on`. */
        inputs: z.array(z.strictObject({ name: z.string(), expression: feel })).default([]),
      }),
    )
    .default([]),
  /** A public register whose entries the party sees on her case once this element is done, as a checklist: what the outcome opens to her. */
  opens: z.strictObject({ register: id, after: element }).optional(),
  /** Cases this one may start or be started from: link role → slug. */
  links: z.record(id, id),
  /** Sealed classes and the duties to which each opens. Caucus and informer open to nobody who is not named here. */
  seals: z.partialRecord(z.enum(sealedClasses), z.array(id).min(1)).optional(),
  /** Every case of this procedure is closed from its filing to all but cleared posts. */
  sealedAs: z.enum(['accusation', 'minors']).optional(),
})

export type Manifest = z.infer<typeof manifestSchema>
export type DeadlineRule = z.infer<typeof deadline>
export type DocumentRule = z.infer<typeof document>
export type Lane = z.infer<typeof lane>
export type Precheck = Manifest['prechecks'][number]

/** What a form property declares beside JSON Schema (architecture rule 6). */
export const fieldDeclarationSchema = z.looseObject({
  'x-tag': z.enum([
    'name',
    'phone',
    'email',
    'id-number',
    'credit-code',
    'address',
    'place',
    'organization',
    'date',
    'money',
    'attachment',
    'free-text',
    'choice',
    'flag',
    'count',
    'reference',
    'signature',
    'one-time-code',
    'household-registration',
    'health',
    'disability',
  ]),
  'x-purpose': z.string().min(2),
  'x-basis': z.string().min(2),
  'x-visibility': z.enum(['public', 'parties', 'officers', 'sealed']),
  'x-retention': z.string().optional(),
  /** Of a sealed field: which class; parties other than its own and posts without it see nothing of it. */
  'x-sealed-class': z.enum(sealedClasses).optional(),
  /** The date on which the act took effect (service, postmark, visit). */
  'x-effective': z.boolean().optional(),
  /** A number goes no further than this legal parameter of the package. */
  'x-maximum': id.optional(),
  /** Filled from this register (`organizations`, `villages` …). */
  'x-register': z.string().optional(),
})
