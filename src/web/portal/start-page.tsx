// The town's start page and the list of services.
import { basisOf } from '#kernel/cases/case-deadlines.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { groupServices, isForResidents } from '#kernel/procedures/listing.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import { type Organization, today } from '#kernel/towns/towns.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Table } from '#ui/components/table.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { headingTag } from '#ui/html.ts'
import { defineTexts } from '#ui/texts.ts'
import { assistanceTexts } from './assistance-texts.ts'
import { portalPage } from './frame.tsx'
import { amountText, citation, markText } from './words.ts'

const texts = defineTexts({
  zh: {
    title: '{town}便民服务',
    lead: '有事找政府，从这里开始。不收费，不用注册，家里人帮您填也可以。',
    what: '您想办什么事',
    whatHint: '先看看需要什么、要多久，再决定办不办。',
    none: '现在没有可以在网上办的事项，请到窗口办理。',
    find: '查我的事办到哪一步了',
    findHint: '输入提交时给您的回执码，例如 7K3M-9QDX-1T5R-WA2C。',
    code: '回执码',
    look: '查进度',
    lost: '回执码丢了怎么办？实名提交的，带身份证到窗口可以补发；不留姓名提交的，谁也补发不了，我们也不行。',
    times: '办理要多久，为什么',
    timesHint: '这些期限写在法律里，由系统自动计算和提醒。超期会自动上报，不用您去催。',
    atMost: '最长 {amount}',
    limits: '（{count} 个期限）',
    officeDuty: '机关',
    yourRight: '您的权利：',
    help: '要人帮忙',
    helpText: '不会上网、看不清、写不了，都没有关系：打电话，或者到窗口、到村里，工作人员替您填，您来确认。',
    phone: '电话',
    hours: '办公时间',
    all: '所有单位的电话和办公时间',
    trust: '说过的话改不了',
    trustText: '您提交的每一件事、我们的每一个决定，都记在一本谁也不能悄悄修改的账里。您可以自己核对，不需要相信我们。',
    trustLink: '这本账怎么核对',
    papers: '核验文书真假',
    papersText: '收到盖章的文书，扫上面的二维码，或者输入核验码。',
    resume: '继续没填完的',
    resumeText: '上次存下来的，用续填码接着填，不用从头来。',
    demo: '演示平台',
    demoText: '{town}是虚构的。请不要填写真实的姓名、电话和地址。',
    matters: '可以办的事',
    'in-tell': '反映问题、提建议',
    'in-hardship': '生活有困难，想要帮助',
    'in-dispute': '有纠纷、要法律帮助',
    'in-village': '村里的事',
    'in-papers': '办证、借场地',
    'in-know': '想知道政府的信息',
    'in-other': '其他',
  },
  en: {
    title: 'Services of {town}',
    lead: 'Start here. It is free, needs no account, and somebody may fill it in for you.',
    what: 'What would you like to do?',
    whatHint: 'First see what it needs and how long it takes.',
    none: 'Nothing can be filed online at the moment: please come to the counter.',
    find: 'Where does my matter stand?',
    findHint: 'Enter the receipt code that you were given, such as 7K3M-9QDX-1T5R-WA2C.',
    code: 'Receipt code',
    look: 'Track it',
    lost: 'Lost the code? If you gave your name, bring your ID to the counter for a new one. If you filed without a name, nobody can issue another, not even we.',
    times: 'How long it takes, and why',
    timesHint: 'These limits are in the law. The system counts and reminds; what is late is reported upwards by itself.',
    atMost: 'at most {amount}',
    limits: ' (limits: {count})',
    officeDuty: 'Office',
    yourRight: 'Your right: ',
    help: 'Help from a person',
    helpText: 'No internet, poor sight, no writing? Call us, come to the counter or to your village office: we fill it in and you confirm.',
    phone: 'Phone',
    hours: 'Hours',
    all: 'Phones and hours of every office',
    trust: 'What is said stays said',
    trustText:
      'Everything you file and everything we decide goes into a record that nobody can change unseen. You can check it yourself, without trusting us.',
    trustLink: 'How to check the record',
    papers: 'Is this document genuine?',
    papersText: 'Scan the QR code on a sealed document, or type its checking code.',
    resume: 'Continue a draft',
    resumeText: 'Go on where you stopped, with your draft code.',
    demo: 'Demonstration',
    demoText: '{town} is invented. Do not enter a real name, phone number or address.',
    matters: 'What you can do here',
    'in-tell': 'Report a problem, make a suggestion',
    'in-hardship': 'Help with living',
    'in-dispute': 'Disputes and legal help',
    'in-village': 'Affairs of the village',
    'in-papers': 'Papers and rooms',
    'in-know': 'What the government knows',
    'in-other': 'Other services',
  },
})

export async function startPage(visit: Visit): Promise<Response> {
  const { base, language, town } = visit
  const t = texts(language)
  const name = town.name[language]
  const open = await listOpen(visit)
  const own = [...town.organizations.values()].filter((body) => body.kind === 'own' && body.phone).toSorted((a, b) => rank(a) - rank(b))
  return portalPage(
    visit,
    { title: t('title', { town: name }), path: '', active: 'home', width: 'wide' },
    <>
      {town.demo && (
        <InsetText class="govuk-!-margin-top-0">
          <strong>{t('demo')}</strong> · {t('demoText', { town: name })}
        </InsetText>
      )}
      <h1 class="govuk-heading-xl govuk-!-margin-bottom-2">{t('title', { town: name })}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      <h2 class="govuk-heading-l govuk-!-margin-bottom-1">{t('what')}</h2>
      <p class="govuk-hint">{t('whatHint')}</p>
      <OneWindow visit={visit} open={open} />
      <Cards visit={visit} open={open} level={3} />
      <div class="xl-filter">
        <h2 class="govuk-heading-m govuk-!-margin-bottom-1" id="track">
          {t('find')}
        </h2>
        <Form action={`${base}/track`}>
          <Input
            name="code"
            label={t('code')}
            hint={t('findHint')}
            class="govuk-input--width-20"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
          />
          <Button>{t('look')}</Button>
        </Form>
        <p class="govuk-hint">{t('lost')}</p>
      </div>
      <h2 class="govuk-heading-l govuk-!-margin-bottom-1">{t('times')}</h2>
      <p class="govuk-hint">{t('timesHint')}</p>
      <Times visit={visit} open={open} />
      <h2 class="govuk-heading-l govuk-!-margin-bottom-1">{t('help')}</h2>
      <p class="govuk-body">{t('helpText')}</p>
      <Table
        rows={own.slice(0, 3).map((body) =>
          [
            body.name[language],
            <a class="govuk-link xl-nowrap" href={`tel:${body.phone}`}>
              {body.phone}
            </a>,
            body.hours ?? '',
          ].map((content) => ({ content })),
        )}
        head={[t('officeDuty'), t('phone'), t('hours')]}
        firstCellIsHeader
        scrollLabel={t('help')}
      />
      <p class="govuk-body">
        <a class="govuk-link" href={`${base}/opening`}>
          {t('all')}
        </a>
      </p>
      <ul class="xl-cards">
        <Card href={`${base}/integrity`} title={t('trust')} text={t('trustText')} />
        <Card href={`${base}/verify`} title={t('papers')} text={t('papersText')} />
        <Card href={`${base}/resume`} title={t('resume')} text={t('resumeText')} />
      </ul>
    </>,
  )
}

/** The town itself first, then offices that people can walk into. */
const rank = (body: Organization): number => (body.parent === undefined ? 0 : body.address === undefined ? 2 : 1)

/** Everything that can be started here. */
export async function mattersPage(visit: Visit): Promise<Response> {
  const t = texts(visit.language)
  const open = await listOpen(visit)
  return portalPage(
    visit,
    { title: t('matters'), path: '/matters', active: 'matters', width: 'wide' },
    <>
      <h1 class="govuk-heading-xl">{t('matters')}</h1>
      <p class="govuk-body-l">{t('whatHint')}</p>
      <OneWindow visit={visit} open={open} />
      <Cards visit={visit} open={open} level={2} />
      <h2 class="govuk-heading-l">{t('times')}</h2>
      <Times visit={visit} open={open} />
    </>,
  )
}

/** Procedures in force that a resident may start herself, in the order in which they are shown. */
const listOpen = async (visit: Visit): Promise<Package[]> =>
  groupServices((await listProcedures(visit.ctx)).filter(isForResidents)).flatMap(({ services }) => services)

/** Whoever does not know which assistance is hers begins here. */
function OneWindow({ visit, open }: { visit: Visit; open: Package[] }) {
  const t = assistanceTexts(visit.language)
  if (!open.some(({ manifest }) => manifest.provides.includes('social-assistance'))) return null
  return (
    <InsetText>
      <a class="govuk-link govuk-!-font-weight-bold" href={`${visit.base}/assistance`}>
        {t('title')}
      </a>
      <br />
      {t('lead')}
    </InsetText>
  )
}

/** One list for each thing that people look for; a town with a handful of services has one list. */
function Cards({ visit, open, level }: { visit: Visit; open: Package[]; level: 2 | 3 }) {
  const t = texts(visit.language)
  if (open.length === 0) return <p class="xl-empty">{t('none')}</p>
  const groups = groupServices(open)
  if (groups.length === 1 || open.length < 6) return <CardList visit={visit} services={open} level={level} />
  const Heading = headingTag(level)
  return (
    <>
      {groups.map(({ group, services }) => (
        <section aria-labelledby={`group-${group}`}>
          <Heading class="govuk-heading-m govuk-!-margin-bottom-2" id={`group-${group}`}>
            {t(`in-${group}`)}
          </Heading>
          <CardList visit={visit} services={services} level={level === 2 ? 3 : 4} />
        </section>
      ))}
    </>
  )
}

function CardList({ visit, services, level }: { visit: Visit; services: Package[]; level: 2 | 3 | 4 }) {
  const { base, language } = visit
  return (
    <ul class={services.length > 2 ? 'xl-cards' : 'xl-cards xl-cards--few'}>
      {services.map((procedure) => (
        <Card
          href={`${base}/matters/${procedure.slug}`}
          title={procedure.texts[language][`${procedure.slug}.title`] ?? procedure.slug}
          text={procedure.texts[language][`${procedure.slug}.summary`] ?? ''}
          level={level}
        />
      ))}
    </ul>
  )
}

function Card(props: { href: string; title: string; text: string; level?: 2 | 3 | 4 }) {
  const Heading = headingTag(props.level ?? 3)
  return (
    <li class="xl-card">
      <Heading class="xl-card__title">
        <a class="govuk-link" href={props.href}>
          {props.title}
        </a>
      </Heading>
      <p class="xl-card__text">{props.text}</p>
    </li>
  )
}

/** Limits of the open procedures in force today, with their articles. */
function Times({ visit, open }: { visit: Visit; open: Package[] }) {
  const { language, town } = visit
  const t = texts(language)
  const on = today(visit.ctx)
  return (
    <>
      {open.map((procedure) => {
        const say = (key: string) => procedure.texts[language][`${procedure.slug}.${key}`] ?? key
        const rows = procedure.manifest.deadlines.map((rule) => {
          const basis = basisOf(procedure.manifest, town, rule, on)
          const law = `${citation({ name: basis.law ?? '', article: basis.article ?? '' }, language)}${markText(basis.mark, language)}`
          return {
            key: `${rule.binds === 'party' ? t('yourRight') : ''}${say(`deadline.${rule.id}`)}`,
            value: (
              <>
                <strong>{t('atMost', { amount: amountText(basis.amount, basis.unit, language) })}</strong>
                <br />
                <span class="govuk-hint">{law}</span>
              </>
            ),
          }
        })
        if (rows.length === 0) return null
        return (
          <Details summary={`${say('title')}${t('limits', { count: rows.length })}`} class="xl-details">
            <SummaryList rows={rows} />
          </Details>
        )
      })}
    </>
  )
}
