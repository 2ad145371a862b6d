// Votes of residents: what is asked, voting once, and the sums when it is over. Nobody, the voter included, can look up a vote.
import { DomainError, type FieldError } from '#kernel/errors.ts'
import { today } from '#kernel/towns/towns.ts'
import { type Ballot, castVote, getBallot, hasVoted, listBallots } from '#kernel/votes/votes.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Checkboxes } from '#ui/components/checkboxes.tsx'
import { Details } from '#ui/components/details.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { defineTexts } from '#ui/texts.ts'
import { listOf } from '#web/proxy-fields.tsx'
import { Back, limit, portalPage, readPost } from './frame.tsx'

const texts = defineTexts({
  zh: {
    title: '大家投票',
    lead: '镇里和村里请大家拿主意的事。一人一票，不记谁投了什么。',
    none: '现在没有投票。',
    question: '投什么',
    until: '截止',
    state: '状态',
    open: '正在投',
    soon: '还没开始',
    closed: '已截止',
    counting: '已截止，正在合计',
    dates: '{from}开始，{to}晚上截止。',
    choose: '最多选{most}项；都不想选，直接交也算一票。',
    cast: '交票',
    signIn: '登录后投票',
    signInHint: '一人一票，所以要用您自己的账号。',
    done: '您的票已经交了，谢谢您。',
    voted: '您在这里投过票了。交了就不能改，也查不到投了什么，我们自己也查不到。',
    unconfirmed: '请先确认您的手机号或者邮箱，再来投票。',
    staff: '请用您自己的居民账号投票，工作账号不能投。',
    errors: '请改一下您的票',
    how: '怎样保证没人知道我投了什么',
    how1: '交票时分开存两样：一样只说明“这个人投过了”，一样是加密的票，票上没有您的名字，也没有时间。',
    how2: '凑够一批票就合在一起加成总数，每一张票随即销毁；截止后只剩总数。投票期间谁也看不到中间结果。',
    how3: '同一个手机号只能投一票。机器本身被人控制时，谁也不能担保；这一点我们写在公开的说明里。',
    result: '结果',
    option: '选项',
    votes: '票数',
    voters: '共 {n} 人投票。每人最多选 {most} 项，所以各项相加可以多于人数。',
    few: '只有 {n} 人投票。人太少，写出各项票数就能猜到谁投了什么，所以不公布。',
    paper: '不上网也能投：到村部或者便民服务中心借用设备，登录您自己的账号，工作人员不会看您选什么。',
    case: '这次投票属于办件 {number}。',
  },
  en: {
    title: 'Votes',
    lead: 'What the town and its villages ask everybody about. One person, one vote; nobody keeps who chose what.',
    none: 'There is no vote now.',
    question: 'Question',
    until: 'Until',
    state: 'State',
    open: 'open',
    soon: 'not begun',
    closed: 'closed',
    counting: 'closed, being added up',
    dates: 'From {from} until the evening of {to}.',
    choose: 'Choose at most {most}. If you want none, an empty vote counts too.',
    cast: 'Cast my vote',
    signIn: 'Sign in to vote',
    signInHint: 'One person, one vote: so you need an account of your own.',
    done: 'Your vote is in. Thank you.',
    voted: 'You have voted here. A vote cannot be changed or looked up, by us neither.',
    unconfirmed: 'Confirm your telephone number or address first, then vote.',
    staff: 'Vote with your own account as a resident; an account for work cannot vote.',
    errors: 'Please change your vote',
    how: 'How is my vote kept secret?',
    how1: 'Two things are kept apart: that you have voted, and a sealed vote without your name or the time.',
    how2: 'As soon as a batch of votes lies together they are added up and each is destroyed; after the end only the sums are left. Nobody sees interim results.',
    how3: 'One telephone number has one vote. If the machine itself is taken over nobody can promise this; our public notes say so.',
    result: 'Result',
    option: 'Option',
    votes: 'Votes',
    voters: '{n} people voted. Each could choose up to {most}, so the sums may be more than the people.',
    few: 'Only {n} people voted. The sums would tell who chose what, so they are not published.',
    paper: 'Not online? Use a device at the village office or the service centre with your own account; staff do not look.',
    case: 'This vote belongs to matter {number}.',
  },
})

type State = 'open' | 'soon' | 'closed' | 'counting'

function stateOf(visit: Visit, ballot: Ballot): State {
  const day = today(visit.ctx)
  if (ballot.status === 'closed') return 'closed'
  if (day < ballot.opens_on) return 'soon'
  return day > ballot.closes_on ? 'counting' : 'open'
}

/** `GET /votes` */
export async function votesPage(visit: Visit): Promise<Response> {
  const t = texts(visit.language)
  const ballots = await listBallots(visit.ctx)
  const rows = ballots.map((ballot) => [
    {
      content: (
        <a class="govuk-link" href={`${visit.base}/votes/${ballot.ballot_id}`}>
          {ballot.question}
        </a>
      ),
    },
    { content: ballot.closes_on },
    { content: <StateTag visit={visit} ballot={ballot} /> },
  ])
  return portalPage(
    visit,
    { title: t('title'), path: '/votes' },
    <>
      <h1 class="govuk-heading-xl">{t('title')}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      {rows.length === 0 ? (
        <p class="govuk-body">{t('none')}</p>
      ) : (
        <Table head={[t('question'), t('until'), t('state')]} rows={rows} scrollLabel={t('title')} />
      )}
    </>,
  )
}

function StateTag({ visit, ballot }: { visit: Visit; ballot: Ballot }) {
  const state = stateOf(visit, ballot)
  return <Tag colour={state === 'open' ? 'green' : 'grey'}>{texts(visit.language)(state)}</Tag>
}

/** `GET /votes/:id` */
export async function votePage(visit: Visit, context: HttpContext): Promise<Response> {
  const ballot = await getBallot(visit.ctx, context.req.param('id') ?? '')
  return show(visit, ballot, { done: context.req.query('done') !== undefined })
}

/** `POST /votes/:id`: `choices` are places of options. A second post of the same page shows that the vote is in. */
export async function votePost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  await limit(visit, 'draftSteps')
  const ballot = await getBallot(visit.ctx, context.req.param('id') ?? '')
  try {
    await castVote(visit.ctx, ballot.ballot_id, listOf(body, 'choices').map(Number))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    if (error.kind === 'invalid') return show(visit, ballot, { errors: error.fields, chosen: listOf(body, 'choices') })
    if (error.code === 'ballot.already_voted') return seeOther(`${visit.base}/votes/${ballot.ballot_id}`)
    throw error
  }
  return seeOther(`${visit.base}/votes/${ballot.ballot_id}?done`)
}

type Shown = { done?: boolean; errors?: readonly FieldError[]; chosen?: string[] }

async function show(visit: Visit, ballot: Ballot, { done = false, errors = [], chosen = [] }: Shown): Promise<Response> {
  const t = texts(visit.language)
  const path = `/votes/${ballot.ballot_id}`
  return portalPage(
    visit,
    {
      title: ballot.question,
      path,
      status: errors.length > 0 ? 422 : 200,
      hasErrors: errors.length > 0,
      before: <Back href={`${visit.base}/votes`}>{t('title')}</Back>,
    },
    <>
      {errors.length > 0 && <ErrorSummary title={t('errors')} errors={errors.map((error) => ({ text: error.message, href: '#choices' }))} />}
      {done && <NotificationBanner type="success" text={t('done')} />}
      <h1 class="govuk-heading-l">{ballot.question}</h1>
      <p class="govuk-body">
        <StateTag visit={visit} ballot={ballot} /> {t('dates', { from: ballot.opens_on, to: ballot.closes_on })}
      </p>
      {ballot.result ? <Result visit={visit} ballot={ballot} /> : await turnOf(visit, ballot, chosen, errors)}
      <Details summary={t('how')}>
        {(['how1', 'how2', 'how3'] as const).map((key) => (
          <p class="govuk-body">{t(key)}</p>
        ))}
      </Details>
      <p class="govuk-hint">{t('paper')}</p>
      <p class="govuk-hint">{t('case', { number: ballot.number })}</p>
    </>,
  )
}

/** What this visitor can do: vote, sign in, or read that her vote is in. */
async function turnOf(visit: Visit, ballot: Ballot, chosen: string[], errors: readonly FieldError[]) {
  const t = texts(visit.language)
  const { actor } = visit.ctx
  const options = (
    <ul class="govuk-list govuk-list--bullet">
      {ballot.options.map((option) => (
        <li>{option}</li>
      ))}
    </ul>
  )
  if (stateOf(visit, ballot) !== 'open') return options
  const standing = actor.kind === 'resident' ? await standingOf(visit, ballot) : actor.kind === 'staff' ? 'staff' : 'signIn'
  if (standing === 'free') return <BallotPaper visit={visit} ballot={ballot} chosen={chosen} errors={errors} />
  if (standing !== 'signIn')
    return (
      <>
        {options}
        <p class="govuk-inset-text">{t(standing)}</p>
      </>
    )
  return (
    <>
      {options}
      <Button href={`${visit.base}/sign-in`}>{t('signIn')}</Button>
      <p class="govuk-hint">{t('signInHint')}</p>
    </>
  )
}

async function standingOf(visit: Visit, ballot: Ballot): Promise<'free' | 'voted' | 'unconfirmed'> {
  try {
    return (await hasVoted(visit.ctx, ballot.ballot_id)) ? 'voted' : 'free'
  } catch (error) {
    if (error instanceof DomainError && error.code === 'ballot.unconfirmed') return 'unconfirmed'
    throw error
  }
}

function BallotPaper({ visit, ballot, chosen, errors }: { visit: Visit; ballot: Ballot; chosen: string[]; errors: readonly FieldError[] }) {
  const t = texts(visit.language)
  return (
    <Form action={`${visit.base}/votes/${ballot.ballot_id}`}>
      <Checkboxes
        name="choices"
        idPrefix="choices"
        fieldset={{ legend: ballot.question }}
        hint={t('choose', { most: String(ballot.choose) })}
        error={errors[0]?.message}
        values={chosen}
        items={ballot.options.map((option, place) => ({ value: String(place), label: option }))}
      />
      <Button preventDoubleClick>{t('cast')}</Button>
    </Form>
  )
}

function Result({ visit, ballot }: { visit: Visit; ballot: Ballot }) {
  const t = texts(visit.language)
  const { voters = 0, votes } = ballot.result ?? {}
  const n = String(voters)
  return (
    <>
      <h2 class="govuk-heading-m">{t('result')}</h2>
      <p class="govuk-body">{votes ? t('voters', { n, most: String(ballot.choose) }) : t('few', { n })}</p>
      {votes && (
        <Table
          head={[t('option'), t('votes')]}
          rows={ballot.options.map((option, place) => [{ content: option }, { content: String(votes[place] ?? 0) }])}
          scrollLabel={t('result')}
        />
      )}
    </>
  )
}
