// The one window (社会救助法 Art 63): every kind of assistance found together, the questions asked once, and for each kind what the officer's own
// table says of the answers. Nothing is stored, no answer stands in an address, and filing stays open whatever comes out.
import { type Criterion } from '#kernel/cases/pre-check.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Breadcrumbs } from '#ui/components/breadcrumbs.tsx'
import { answerTexts, Criteria, outcomeWords } from '#web/criteria.tsx'
import { Button } from '#ui/components/button.tsx'
import { Checkboxes } from '#ui/components/checkboxes.tsx'
import { Details } from '#ui/components/details.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { FormFields } from '#ui/form/form-fields.tsx'
import { errorLinks } from '#ui/form/form-texts.ts'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import {
  type Answer,
  answerAll,
  canBeChecked,
  type Checked,
  listAssistance,
  type Matter,
  type Question,
  questionsOf,
  sourceOf,
  typedFor,
} from './assistance-questions.ts'
import { assistanceTexts as texts } from './assistance-texts.ts'
import { portalPage, readPost } from './frame.tsx'
import { sayer } from './matter-page.tsx'
import { registerOptions } from './words.ts'

type Asked = { chosen: string[]; matters: Checked[]; questions: Question[]; body: FormBody; errors: Record<string, string> }

/** `GET /assistance`: what there is, and which of it to look at. */
export async function assistancePage(visit: Visit): Promise<Response> {
  const { base, language } = visit
  const t = texts(language)
  const all = await listAssistance(visit)
  const checked = all.filter(canBeChecked)
  return frame(
    visit,
    {},
    <>
      <h1 class="govuk-heading-xl">{t('title')}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      {checked.length === 0 && <p class="xl-empty">{t('none')}</p>}
      {checked.length > 0 && (
        <Form action={`${base}/assistance`} attributes={{ 'data-turbo': 'false', autocomplete: 'off' }}>
          <Checkboxes
            name="of"
            fieldset={{ legend: { content: t('which'), class: 'govuk-fieldset__legend--m' } }}
            hint={t('whichHint')}
            items={checked.map(({ procedure }) => ({
              value: procedure.slug,
              label: sayer(procedure, language)('title'),
              hint: sayer(procedure, language)('summary'),
            }))}
          />
          <Button>{t('next')}</Button>
        </Form>
      )}
      <Others visit={visit} matters={all.filter((matter) => !canBeChecked(matter))} />
      <Person visit={visit} />
    </>,
  )
}

/** `POST /assistance`: first the questions of what was chosen, then the answers. The page itself is the answer: there is nothing to show it from. */
export async function assistancePost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const all = (await listAssistance(visit)).filter(canBeChecked)
  const named = [body['of'] ?? []].flat()
  const some = all.filter(({ procedure }) => named.includes(procedure.slug))
  const matters = some.length > 0 ? some : all
  const questions = questionsOf(matters)
  const asked: Asked = { chosen: some.map(({ procedure }) => procedure.slug), matters, questions, body, errors: {} }
  if (body['step'] !== 'check') return questionsPage(visit, asked)
  const { answers, errors } = await answerAll(visit, matters, questions, body)
  return questionsPage(visit, { ...asked, errors }, Object.keys(errors).length === 0 ? answers : undefined)
}

function questionsPage(visit: Visit, asked: Asked, answers?: Answer[]): Promise<Response> {
  const t = texts(visit.language)
  const links = asked.questions.flatMap((question) => errorLinks({ ...sourceOf(question, visit.language), errors: errorsOf(question, asked) }))
  return frame(
    visit,
    { hasErrors: links.length > 0, ...(links.length > 0 ? { status: 422 } : {}) },
    <>
      {links.length > 0 && <ErrorSummary title={t('errors')} errors={links} />}
      <h1 class="govuk-heading-xl">
        <span class="govuk-caption-xl">{t('title')}</span>
        {t(answers ? 'result' : 'questions')}
      </h1>
      {answers && <Answers visit={visit} answers={answers} />}
      {!answers && <p class="govuk-body">{t('questionsHint')}</p>}
      <p class="govuk-body">{answerTexts(visit.language)('kept')}</p>
      {answers ? (
        <Details summary={t('change')}>
          <Questions visit={visit} asked={asked} isAgain />
        </Details>
      ) : (
        <Questions visit={visit} asked={asked} isAgain={false} />
      )}
      <Person visit={visit} />
    </>,
  )
}

const errorsOf = ({ name, prefix }: Question, { errors }: Asked): Record<string, string> => {
  const message = errors[prefix + name]
  return message === undefined ? {} : { [name]: message }
}

function Questions({ visit, asked, isAgain }: { visit: Visit; asked: Asked; isAgain: boolean }) {
  const { base, language } = visit
  const t = texts(language)
  const shared = asked.questions.filter(({ slugs }) => slugs.length > 1)
  const own = asked.matters.map((matter) => ({
    title: sayer(matter.procedure, language)('title'),
    questions: asked.questions.filter(({ slugs }) => slugs.length === 1 && slugs[0] === matter.procedure.slug),
  }))
  return (
    <Form action={`${base}/assistance`} attributes={{ 'data-turbo': 'false', autocomplete: 'off' }}>
      <input type="hidden" name="step" value="check" />
      {asked.chosen.map((slug) => (
        <input type="hidden" name="of" value={slug} />
      ))}
      {[{ title: t('shared'), questions: shared }, ...own]
        .filter(({ questions }) => questions.length > 0)
        .map(({ title, questions }) => (
          <>
            <h2 class="govuk-heading-m">{title}</h2>
            {questions.map((question) => (
              <FormFields
                {...sourceOf(question, language)}
                values={typedFor(question, asked.body)}
                errors={errorsOf(question, asked)}
                options={registerOptions(visit.town, language)}
              />
            ))}
          </>
        ))}
      <Button class={isAgain ? 'govuk-button--secondary' : ''}>{t(isAgain ? 'again' : 'check')}</Button>
    </Form>
  )
}

/** What stands in nobody's way comes first. */
function Answers({ visit, answers }: { visit: Visit; answers: Answer[] }) {
  const sorted = answers.toSorted((a, b) => unmet(a) - unmet(b) || unclear(a) - unclear(b))
  return (
    <>
      <InsetText class="govuk-!-margin-top-0">{answerTexts(visit.language)('noDecision')}</InsetText>
      {sorted.map((answer) => (
        <OneAnswer visit={visit} answer={answer} />
      ))}
    </>
  )
}

const isUnclear = ({ rules }: Criterion) => rules.length === 0
const unmet = ({ result }: Answer) => result.criteria.filter(({ met }) => met === false).length
const unclear = ({ result }: Answer) => result.criteria.filter(isUnclear).length
const met = ({ result }: Answer) => result.criteria.filter((criterion) => criterion.met === true).length

function OneAnswer({ visit, answer }: { visit: Visit; answer: Answer }) {
  const { base, language } = visit
  const { procedure } = answer.of
  const t = texts(language)
  const title = sayer(procedure, language)('title')
  return (
    <section aria-labelledby={`answer-${procedure.slug}`}>
      <h2 class="govuk-heading-m govuk-!-margin-bottom-1" id={`answer-${procedure.slug}`}>
        {title}
      </h2>
      <p class="govuk-body govuk-!-margin-bottom-1">{outcomeWords(procedure, answer.result.outcome, language)}</p>
      <p class="govuk-hint">{t('tally', { met: met(answer), unmet: unmet(answer), unclear: unclear(answer) })}</p>
      <Criteria procedure={procedure} result={answer.result} language={language} />
      <p class="govuk-body">
        <a class="govuk-link govuk-!-font-weight-bold" href={`${base}/matters/${procedure.slug}/new`}>
          {t('file', { title })}
        </a>
        {' · '}
        <a class="govuk-link" href={`${base}/matters/${procedure.slug}`}>
          {t('about')}
          <span class="govuk-visually-hidden">{title}</span>
        </a>
      </p>
    </section>
  )
}

function Others({ visit, matters }: { visit: Visit; matters: Matter[] }) {
  const { base, language } = visit
  if (matters.length === 0) return null
  return (
    <>
      <h2 class="govuk-heading-m">{texts(language)('others')}</h2>
      <ul class="govuk-list govuk-list--spaced">
        {matters.map(({ procedure }) => (
          <li>
            <a class="govuk-link" href={`${base}/matters/${procedure.slug}`}>
              {sayer(procedure, language)('title')}
            </a>
            <br />
            <span class="govuk-hint">{sayer(procedure, language)('summary')}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

function Person({ visit }: { visit: Visit }) {
  const t = texts(visit.language)
  return (
    <>
      <h2 class="govuk-heading-m">{t('person')}</h2>
      <p class="govuk-body">
        {t('personText')}{' '}
        <a class="govuk-link" href={`${visit.base}/opening`}>
          {t('opening')}
        </a>
      </p>
    </>
  )
}

function frame(visit: Visit, more: { hasErrors?: boolean; status?: number }, children: Parameters<typeof portalPage>[2]): Promise<Response> {
  const t = texts(visit.language)
  const before = (
    <Breadcrumbs
      items={[{ text: t('home'), href: visit.base }, { text: t('matters'), href: `${visit.base}/matters` }, { text: t('title') }]}
      collapseOnMobile
    />
  )
  return portalPage(visit, { title: t('title'), path: '/assistance', active: 'matters', before, ...more }, children)
}
