// The parts of a procedure as pages show them: steps with their law, limits, numbers, forms, documents.
import { basisOf } from '#kernel/cases/case-deadlines.ts'
import { laneOf } from '#kernel/access/readers.ts'
import { resolveParameter } from '#kernel/deadlines/parameters.ts'
import type { Standing } from '#kernel/library/standing.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { today } from '#kernel/towns/towns.ts'
import type { Visit } from '#http/visit.ts'
import { Details } from '#ui/components/details.tsx'
import { Table } from '#ui/components/table.tsx'
import type { Figures } from '#ui/diagram/render-diagram.ts'
import { FormFields } from '#ui/form/form-fields.tsx'
import { pagesOf } from '#ui/form/form-schema.ts'
import { amountText, citation, formSource, markText, registerOptions } from '../portal/words.ts'
import { libraryTexts } from './texts.ts'

export type Shown = { visit: Visit; procedure: Package }

/** A text of the package; its key when there is none, so that it is noticed. */
export const sayer = ({ visit, procedure }: Shown) => {
  const { slug, texts } = procedure
  return (key: string): string => texts[visit.language][`${slug}.${key}`] ?? texts.zh[`${slug}.${key}`] ?? key
}

/** Figures for the drawing. What the suppressor hides stands there as a dash. */
export function toFigures(standing: Standing, language: Visit['language']): Figures {
  const t = libraryTexts(language)
  return Object.fromEntries(
    [...standing].map(([element, { running, overdue }]) => {
      if (running === null) return [element, { text: '—', title: t('figureHidden') }]
      const late = overdue !== null && overdue > 0
      const title = late ? t('figureLate', { running, overdue }) : t('figure', { running })
      return [element, { text: late ? `${running} · ${overdue}!` : String(running), title, isLate: late }]
    }),
  )
}

const none = { content: '—', class: 'xl-none' }

/** Every step that somebody or something does: who, on which law, with which form. */
export function StepsTable({ visit, procedure }: Shown) {
  const { language } = visit
  const t = libraryTexts(language)
  const say = sayer({ visit, procedure })
  const rows = Object.values(procedure.graph.elements).flatMap((element) => {
    const law = procedure.manifest.law.find((row) => row.id === element.xl.law)
    if (!law || element.type === 'process') return []
    const named = say(`element.${element.id}`)
    const name = named === `element.${element.id}` ? (element.name ?? element.id) : named
    const lane = element.type === 'userTask' ? laneOf(procedure.manifest, procedure.graph, element.id) : undefined
    const who = lane ? `${say(`lane.${lane.id}`)} (${t(`office_${lane.office}`)})` : ''
    const { form } = element.xl
    return [
      [
        { content: name, attributes: { id: `step-${element.id}` } },
        lane ? who : none,
        `${citation(law, language)}${markText(law.mark, language)}`,
        form === undefined
          ? none
          : {
              content: (
                <a class="govuk-link" href={`#form-${form}`}>
                  {say(`${form}.title`)}
                </a>
              ),
            },
      ],
    ]
  })
  return <Table class="xl-table--dense xl-table--stack" head={[t('step'), t('who'), t('basis'), t('form')]} rows={rows} />
}

export function LimitsTable({ visit, procedure }: Shown) {
  const { language } = visit
  const t = libraryTexts(language)
  const say = sayer({ visit, procedure })
  const rows = procedure.manifest.deadlines.map((rule) => {
    const basis = basisOf(procedure.manifest, visit.town, rule, laterOf(visit, procedure))
    return [
      `${say(`deadline.${rule.id}`)}${rule.binds === 'party' ? t('bindsParty') : ''}`,
      amountText(basis.amount, basis.unit, language),
      say(`event.${rule.starts}`),
      rule.ends.map((event) => say(`event.${event}`)).join(language === 'zh' ? '、' : ', '),
      `${citation({ name: basis.law ?? '', article: basis.article ?? '' }, language)}${markText(basis.mark, language)}`,
    ]
  })
  return <Table class="xl-table--dense xl-table--stack" head={[t('limit'), t('within'), t('starts'), t('ends'), t('basis')]} rows={rows} />
}

/** Numbers of a version that is not in force yet are looked up on its first day. */
function laterOf(visit: Visit, procedure: Package): string {
  const { from } = procedure.manifest.effective
  return from > today(visit.ctx) ? from : today(visit.ctx)
}

/** Every legal number with its mark, and the town's own beside it. */
export function NumbersTable({ visit, procedure }: Shown) {
  const { language } = visit
  const t = libraryTexts(language)
  const say = sayer({ visit, procedure })
  const ids = [...new Set(procedure.manifest.parameters.map((row) => row.id))]
  const rows = ids.map((id) => {
    const national = procedure.manifest.parameters.filter((row) => row.id === id)
    const local = visit.town.overrides.get(`${procedure.slug}/${id}`) ?? []
    const row = resolveParameter(national, local, laterOf(visit, procedure))
    const unit = national[0]?.unit ?? 'count'
    // A number is known by the limits that are counted with it.
    const of = procedure.manifest.deadlines.filter((rule) => rule.parameter === id).map((rule) => say(`deadline.${rule.id}`))
    const law = procedure.manifest.law.find((known) => known.id === (row.overrides ?? row).law)
    const own = row.overrides
      ? `${t('instead', { value: amountText(row.value, unit, language), national: amountText(row.overrides.value, unit, language) })} ${row.source ?? ''}${markText(row.mark, language)}`
      : t('noLocal')
    return [
      {
        content: (
          <>
            {of.length > 0 && (
              <>
                {of.join(language === 'zh' ? '；' : '; ')}
                <br />
              </>
            )}
            <span class={of.length > 0 ? 'xl-mono govuk-hint' : 'xl-mono'}>{id}</span>
          </>
        ),
      },
      amountText((row.overrides ?? row).value, unit, language),
      `${law ? citation(law, language) : ''}${markText((row.overrides ?? row).mark, language)}`,
      own,
    ]
  })
  return <Table class="xl-table--dense xl-table--stack" head={[t('number'), t('value'), t('basis'), t('local')]} rows={rows} />
}

/** Each form as it looks; nothing of it can be sent. */
export function FormPreviews({ visit, procedure }: Shown) {
  const { language } = visit
  const say = sayer({ visit, procedure })
  return (
    <>
      {[...procedure.forms.keys()].map((id) => {
        const { schema, texts, textPrefix } = formSource(procedure, id, language)
        return (
          <Details id={`form-${id}`} summary={say(`${id}.title`)}>
            <fieldset class="govuk-fieldset" disabled>
              <legend class="govuk-visually-hidden">{say(`${id}.title`)}</legend>
              {pagesOf(schema).map((page) => (
                <>
                  <h3 class="govuk-heading-s">{say(`${id}.page.${page.id}`)}</h3>
                  <FormFields
                    schema={schema}
                    texts={texts}
                    textPrefix={textPrefix}
                    fields={page.fields}
                    prefix={`preview-${id}-`}
                    options={registerOptions(visit.town, language)}
                    small
                  />
                </>
              ))}
            </fieldset>
          </Details>
        )
      })}
    </>
  )
}
