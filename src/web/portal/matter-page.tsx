// What a service is: what it needs, how it goes, which law stands behind each step, and how long it may take.
import { plainLabel } from '#kernel/cases/words.ts'
import { basisOf } from '#kernel/cases/case-deadlines.ts'
import { notFound } from '#kernel/errors.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Breadcrumbs } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { Details } from '#ui/components/details.tsx'
import { Table } from '#ui/components/table.tsx'
import { DiagramFigure } from '#ui/diagram/diagram-figure.tsx'
import { pagesOf } from '#ui/form/form-schema.ts'
import { defineTexts } from '#ui/texts.ts'
import { assistanceTexts } from './assistance-texts.ts'
import { portalPage } from './frame.tsx'
import { amountText, citation, formSource, markText } from './words.ts'

const texts = defineTexts({
  zh: {
    home: '首页',
    matters: '我要办事',
    start: '开始填写',
    startHint: '大约 10 分钟。可以随时存下来，以后接着填。不需要注册账号。',
    precheck: '不知道够不够条件？先查一查：',
    need: '需要准备什么',
    must: '（必填）',
    may: '（选填）',
    limits: '最长要多久',
    limitsHint: '从哪天算、哪天到期，提交后在您的事项页面上逐日列明。',
    step: '哪一步',
    within: '最长期限',
    law: '依据',
    party: '（这是您的权利，过期就不能再提）',
    steps: '办理经过',
    stepsHint: '下面的图就是系统实际执行的流程，不是示意图。左右滑动可以看全。',
    laws: '每一步依据哪条法律',
    who: '谁来办',
    other: '不想在网上办',
    otherText: '写信、打电话、到窗口当面说，效果一样。工作人员替您登记，同样给您编号和回执码。',
    opening: '电话和办公时间',
    element: '步骤',
    fee: '不收费。谁向您收费，请告诉我们。',
  },
  en: {
    home: 'Home',
    matters: 'Services',
    start: 'Start now',
    startHint: 'About 10 minutes. You can save it and go on later. No account needed.',
    precheck: 'Not sure whether you qualify? Check first: ',
    need: 'What you need',
    must: '(needed)',
    may: '(if you like)',
    limits: 'How long it may take',
    limitsHint: 'After filing, your page shows day by day how each date was worked out.',
    step: 'Step',
    within: 'At most',
    law: 'Law',
    party: ' (your right: it lapses after that)',
    steps: 'How it goes',
    stepsHint: 'This drawing is the process that really runs, not an illustration. Slide it sideways to see all.',
    laws: 'The law behind each step',
    who: 'Who does it',
    other: 'Not online?',
    otherText: 'A letter, a call or a visit counts the same. We enter it for you, with number and receipt code.',
    opening: 'Phones and opening hours',
    element: 'Step',
    fee: 'Free of charge. If anybody asks you for money, tell us.',
  },
})

/** A procedure that residents may start. @throws `procedure.not_found`. */
export async function openProcedure(visit: Visit, context: HttpContext): Promise<Package> {
  const procedure = await getProcedure(visit.ctx, context.req.param('slug') ?? '')
  if (!procedure.manifest.filedBy.includes('anyone')) throw notFound('procedure.not_found')
  return procedure
}

export async function matterPage(visit: Visit, context: HttpContext): Promise<Response> {
  const { base, language } = visit
  const t = texts(language)
  const procedure = await openProcedure(visit, context)
  const say = sayer(procedure, language)
  const start = `${base}/matters/${procedure.slug}/new`
  return portalPage(
    visit,
    {
      title: say('title'),
      path: `/matters/${procedure.slug}`,
      active: 'matters',
      before: (
        <Breadcrumbs
          items={[{ text: t('home'), href: base }, { text: t('matters'), href: `${base}/matters` }, { text: say('title') }]}
          collapseOnMobile
        />
      ),
    },
    <>
      <h1 class="govuk-heading-xl">{say('title')}</h1>
      <p class="govuk-body-l">{say('summary')}</p>
      <Button href={start} isStart>
        {t('start')}
      </Button>
      <p class="govuk-hint">{t('startHint')}</p>
      {procedure.manifest.prechecks.map((precheck) => (
        <p class="govuk-body">
          {t('precheck')}
          <a class="govuk-link" href={`${base}/matters/${procedure.slug}/precheck/${precheck.id}`}>
            {say(`precheck.${precheck.id}.title`)}
          </a>
        </p>
      ))}
      {procedure.manifest.provides.includes('social-assistance') && (
        <p class="govuk-body">
          {assistanceTexts(language)('link')}{' '}
          <a class="govuk-link" href={`${base}/assistance`}>
            {assistanceTexts(language)('linkText')}
          </a>
        </p>
      )}
      <h2 class="govuk-heading-l">{t('need')}</h2>
      <Needs procedure={procedure} language={language} />
      <p class="govuk-body">{t('fee')}</p>
      <h2 class="govuk-heading-l govuk-!-margin-bottom-1">{t('limits')}</h2>
      <p class="govuk-hint">{t('limitsHint')}</p>
      <Limits visit={visit} procedure={procedure} />
      <h2 class="govuk-heading-l govuk-!-margin-bottom-1">{t('steps')}</h2>
      <p class="govuk-hint">{t('stepsHint')}</p>
      <DiagramFigure definitions={procedure.definitions} marks={{}} names={elementNames(procedure, language)} />
      <Details summary={t('laws')}>
        <Laws procedure={procedure} language={language} />
      </Details>
      <h2 class="govuk-heading-l">{t('other')}</h2>
      <p class="govuk-body">
        {t('otherText')}{' '}
        <a class="govuk-link" href={`${base}/opening`}>
          {t('opening')}
        </a>
      </p>
      <Button href={start} isStart>
        {t('start')}
      </Button>
    </>,
  )
}

type Tongue = Visit['language']
export const sayer = (procedure: Package, language: Tongue) => (key: string) =>
  procedure.texts[language][`${procedure.slug}.${key}`] ?? procedure.texts.zh[`${procedure.slug}.${key}`] ?? key

/** Names of elements in the page's language, for the drawing. */
export function elementNames(procedure: Package, language: Tongue): Record<string, string> {
  return Object.fromEntries(
    Object.keys(procedure.graph.elements).flatMap((id) => {
      const name = procedure.texts[language][`${procedure.slug}.element.${id}`]
      return name === undefined ? [] : [[id, name]]
    }),
  )
}

function Needs({ procedure, language }: { procedure: Package; language: Tongue }) {
  const t = texts(language)
  const { schema, texts: words, textPrefix } = formSource(procedure, 'filing', language)
  return (
    <>
      {pagesOf(schema).map((page) => (
        <>
          <h3 class="govuk-heading-s govuk-!-margin-bottom-1">{words[`${textPrefix}.page.${page.id}`] ?? page.id}</h3>
          <ul class="govuk-list govuk-list--bullet">
            {page.fields.map((field) => (
              <li>
                {plainLabel(words[`${textPrefix}.${field}.label`] ?? field)}{' '}
                <span class="govuk-hint">{schema.required?.includes(field) ? t('must') : t('may')}</span>
              </li>
            ))}
          </ul>
        </>
      ))}
    </>
  )
}

function Limits({ visit, procedure }: { visit: Visit; procedure: Package }) {
  const { language } = visit
  const t = texts(language)
  const say = sayer(procedure, language)
  const rows = procedure.manifest.deadlines.map((rule) => {
    const basis = basisOf(procedure.manifest, visit.town, rule, today(visit.ctx))
    return [
      { content: `${say(`deadline.${rule.id}`)}${rule.binds === 'party' ? t('party') : ''}` },
      { content: amountText(basis.amount, basis.unit, language) },
      { content: `${citation({ name: basis.law ?? '', article: basis.article ?? '' }, language)}${markText(basis.mark, language)}` },
    ]
  })
  return <Table head={[t('step'), t('within'), t('law')]} rows={rows} scrollLabel={t('limits')} />
}

function Laws({ procedure, language }: { procedure: Package; language: Tongue }) {
  const t = texts(language)
  const say = sayer(procedure, language)
  const rows = Object.values(procedure.graph.elements).flatMap((element) => {
    const law = procedure.manifest.law.find((row) => row.id === element.xl.law)
    return law ? [[say(`element.${element.id}`), `${citation(law, language)}${markText(law.mark, language)}`]] : []
  })
  return <Table head={[t('element'), t('law')]} rows={rows} scrollLabel={t('laws')} />
}
