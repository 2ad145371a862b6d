// The town's start page and the list of services.
import type { Package } from '#kernel/procedures/load-package.ts'
import { groupServices, isForResidents } from '#kernel/procedures/listing.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import type { Organization } from '#kernel/towns/towns.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Table } from '#ui/components/table.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { portalPage } from './frame.tsx'
import { Card, Cards, OneWindow, Times, Topics } from './service-lists.tsx'
import { startTexts } from './start-texts.ts'

export async function startPage(visit: Visit): Promise<Response> {
  const { base, language, town } = visit
  const t = startTexts(language)
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
      <Topics visit={visit} open={open} />
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
  const t = startTexts(visit.language)
  const open = await listOpen(visit)
  return portalPage(
    visit,
    { title: t('matters'), path: '/matters', active: 'matters', width: 'wide' },
    <>
      <h1 class="govuk-heading-xl">{t('matters')}</h1>
      <p class="govuk-body-l">{t('whatHint')}</p>
      <OneWindow visit={visit} open={open} />
      <Cards visit={visit} open={open} level={2} />
      <h2 class="govuk-heading-l govuk-!-margin-bottom-1" id="times">
        {t('times')}
      </h2>
      <p class="govuk-hint">{t('timesHint')}</p>
      <Times visit={visit} open={open} />
    </>,
  )
}

/** Procedures in force that a resident may start herself, in the order in which they are shown. */
const listOpen = async (visit: Visit): Promise<Package[]> =>
  groupServices((await listProcedures(visit.ctx)).filter(isForResidents)).flatMap(({ services }) => services)
