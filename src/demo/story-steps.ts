// What has been done about a story so far, as steps of a worked example at plausible times of working days.
import type { Clock } from '#kernel/clock.ts'
import { type Calendar, nextWorkday } from '#kernel/deadlines/calendar.ts'
import type { ExampleStep } from '#kernel/procedures/worked-examples.ts'
import type { Story } from './stories.ts'
import { add, later, newPlan, type Plan, plusDays } from './story-plan.ts'
import { changedReview, evidenceOf, reasonsOf, upheldReview } from './story-words.ts'

/** The steps of one story up to `now`, in order of time. */
export function stepsOf(story: Story, calendar: Calendar, clock: Clock, account: string): ExampleStep[] {
  const plan = newPlan(story, calendar, clock)
  fileStory(plan, account)
  playStage(plan)
  return plan.steps
}

const clerk = 'post:petition-clerk@petition-office'
const townHead = 'post:town-head@town'
const county = 'post:review-officer@county-petition-bureau'
const reviewHead = 'post:review-head@county-petition-bureau'

function fileStory(plan: Plan, account: string): void {
  const { story } = plan
  const data = {
    subject: story.subject,
    description: story.description,
    claim: story.claim,
    ...(story.village ? { village: story.village } : {}),
    ...(story.place ? { place: story.place } : {}),
    ...(story.name ? { name: story.name, phone: story.phone ?? '', electronicService: story.channel !== 'letter', alreadyWith: 'none' } : {}),
  }
  // A letter is entered two working days after its postmark.
  const entry = story.channel && { channel: story.channel, receivedOn: plan.filed, evidence: evidenceOf[story.channel] }
  if (entry) add(plan, story.channel === 'letter' ? 2 : 0, '9:05', { actor: clerk, do: 'file', data: { ...data, _entry: entry } })
  else add(plan, 0, `8:${10 + (story.days % 45)}`, { actor: story.account ? `account:${account}` : 'resident:self', do: 'file', data })
}

function playStage(plan: Plan): void {
  const { story } = plan
  if (story.stage === 'filed' || story.stage === 'nobody') return
  if (story.stage === 'withdrawn-early') return withdraw(plan, 1)
  register(plan)
  if (story.stage === 'registered') return
  if (story.category === 'accusation') return
  if (story.refusal) return refuse(plan, story.refusal)
  accept(plan)
  if (story.stage === 'accepting') return
  if (story.stage === 'late-acceptance') return serve(plan, 17, 'ServeAcceptance')
  serve(plan, 4, 'ServeAcceptance')
  handle(plan)
}

function register(plan: Plan): void {
  const { story } = plan
  const urgent = story.urgent === undefined ? { urgent: false } : { urgent: true, urgentReport: story.urgent }
  add(
    plan,
    0,
    '14:20',
    {
      actor: clerk,
      do: 'complete',
      task: 'Register',
      data: { category: story.category ?? 'claim', summary: story.summary ?? story.subject, ...urgent },
    },
    ...(story.category === 'accusation' ? [] : [{ actor: clerk, task: 'DecideAcceptance' }]),
  )
  enterNational(plan)
}

/** Every petition is entered in the national system too; this town's own platform does not replace it. */
function enterNational(plan: Plan): void {
  const data = { systemNumber: `GX-${plan.filed.slice(0, 4)}-${String(10_000 + plan.story.days)}`, enteredOn: plan.date, proof: '系统回执' }
  add(plan, 0, '14:40', { actor: clerk, do: 'complete', task: 'EnterNational', data })
}

function accept(plan: Plan): void {
  add(
    plan,
    plan.story.urgent ? 0 : 1,
    '15:10',
    {
      actor: clerk,
      do: 'complete',
      task: 'DecideAcceptance',
      data: { outcome: 'accept', office: plan.story.office, reasons: '属于本镇职责范围，请求具体。' },
    },
    { actor: clerk, task: 'ServeAcceptance' },
  )
  add(plan, 1, '16:30', {
    actor: `post:handler@${plan.story.office}`,
    do: 'claim',
    task: plan.story.category === 'suggestion' ? 'Study' : 'Investigate',
  })
}

function refuse(plan: Plan, refusal: NonNullable<Story['refusal']>): void {
  add(
    plan,
    3,
    '10:40',
    { actor: clerk, do: 'complete', task: 'DecideAcceptance', data: { outcome: 'refer', ...refusal } },
    { actor: townHead, task: 'SignReferral' },
  )
  if (plan.story.stage === 'refusal-unsigned') return
  add(plan, 5, '15:30', { actor: townHead, do: 'complete', task: 'SignReferral', data: { outcome: 'sign' } }, { actor: clerk, task: 'ServeReferral' })
  serve(plan, 6, 'ServeReferral')
}

/** A service takes effect on the day it is recorded. */
function serve(plan: Plan, after: number, task: string, actor = clerk, inCase?: string): void {
  const { name, channel } = plan.story
  const servedOn = nextWorkday(plan.calendar, later(plusDays(plan.filed, after), plan.date))
  const data =
    name === undefined
      ? { method: 'not-owed', servedOn, proof: '没有留姓名和联系方式，结果凭回执码查询。' }
      : channel === 'letter'
        ? { method: 'post', servedOn, proof: `挂号信 ${String(1000 + plan.story.days).slice(1)}` }
        : channel === 'visit' || channel === 'counter'
          ? { method: 'handed', servedOn, proof: '本人签收' }
          : { method: 'electronic', servedOn, proof: '平台送达记录' }
  add(plan, after, '16:20', { actor, do: 'complete', task, data, ...(inCase ? { case: inCase } : {}) })
}

function handle(plan: Plan): void {
  const { story } = plan
  const { stage } = story
  const handler = `post:handler@${story.office}`
  const head = `post:office-head@${story.office}`
  if (story.message) add(plan, 8, '19:40', { actor: 'resident:self', do: 'supplement', data: { text: story.message } })
  if (stage === 'investigating' || stage === 'overdue') return
  if (story.category === 'suggestion') return study(plan)
  add(
    plan,
    14,
    '15:00',
    {
      actor: handler,
      do: 'complete',
      task: 'Investigate',
      data: {
        heard: story.name ? 'met' : 'unreachable',
        findings: story.findings ?? '到现场查看，并听取了各方说明。',
        evidence: '现场照片4张；情况说明1份。',
      },
    },
    { actor: handler, task: 'DraftOpinion' },
  )
  if (stage === 'withdrawn') return withdraw(plan, 17)
  if (story.extension) return extend(plan, story.extension)
  if (stage === 'drafting') return
  const draftAfter = stage === 'late-decided' ? 62 : 19
  draft(plan, draftAfter)
  if (stage === 'checking') return
  if (stage === 'returned') {
    add(
      plan,
      draftAfter + 2,
      '11:00',
      { actor: head, do: 'complete', task: 'CheckOpinion', data: { outcome: 'return', comment: story.comment ?? '请补充。' } },
      { actor: handler, task: 'DraftOpinion' },
    )
    return
  }
  add(
    plan,
    draftAfter + 2,
    '11:00',
    { actor: head, do: 'complete', task: 'CheckOpinion', data: { outcome: 'approve' } },
    { actor: townHead, task: 'SignOpinion' },
  )
  if (stage === 'signing') return
  add(
    plan,
    draftAfter + 4,
    '15:40',
    { actor: townHead, do: 'complete', task: 'SignOpinion', data: { outcome: 'sign' } },
    { actor: clerk, task: 'ServeOpinion' },
  )
  if (stage === 'serving') return
  serve(plan, draftAfter + 5, 'ServeOpinion')
  if ((story.outcome ?? 'supported') === 'supported' && stage !== 'window') carryOut(plan, draftAfter + 10)
  if (story.appeal) review(plan, draftAfter + 12, story.appeal)
  if (stage === 'review-changed') carryOut(plan, draftAfter + 40, 'CarryOutReview')
}

function carryOut(plan: Plan, after: number, task = 'CarryOut'): void {
  const doneOn = nextWorkday(plan.calendar, later(plusDays(plan.filed, after), plan.date))
  const data = { outcome: 'done', doneOn, words: '已按意见落实，并告知信访人。' }
  add(plan, after, '16:40', { actor: `post:handler@${plan.story.office}`, do: 'complete', task, data })
}

/** A suggestion is studied and answered; there is no opinion. */
function study(plan: Plan): void {
  const { story } = plan
  const head = `post:office-head@${story.office}`
  const data = { outcome: 'adopted', reply: story.decision ?? '' }
  add(plan, 14, '15:00', { actor: `post:handler@${story.office}`, do: 'complete', task: 'Study', data }, { actor: head, task: 'CheckReply' })
  add(plan, 16, '11:00', { actor: head, do: 'complete', task: 'CheckReply', data: { outcome: 'approve' } }, { actor: clerk, task: 'ServeReply' })
  serve(plan, 17, 'ServeReply')
}

function draft(plan: Plan, after: number): void {
  const { story } = plan
  const data = {
    claim: story.claim,
    facts: story.facts ?? story.subject,
    reasons: reasonsOf[story.outcome ?? 'supported'],
    outcome: story.outcome ?? 'supported',
    decision: story.decision ?? '',
    basis: '《信访工作条例》第三十二条。',
  }
  add(
    plan,
    after,
    '14:30',
    { actor: `post:handler@${story.office}`, do: 'complete', task: 'DraftOpinion', data },
    { actor: `post:office-head@${story.office}`, task: 'CheckOpinion' },
  )
}

function extend(plan: Plan, { days, grant, reasons, why }: NonNullable<Story['extension']>): void {
  add(
    plan,
    44,
    '10:00',
    { actor: `post:handler@${plan.story.office}`, do: 'message', name: 'extend', data: { days, reasons } },
    { actor: townHead, task: 'DecideExtension' },
  )
  if (grant === null) return
  add(
    plan,
    46,
    '11:30',
    { actor: townHead, do: 'complete', task: 'DecideExtension', data: { outcome: 'grant', days, reasons: why } },
    { actor: clerk, task: 'ServeExtension' },
  )
  serve(plan, 47, 'ServeExtension')
}

function withdraw(plan: Plan, after: number): void {
  add(plan, after, '18:05', {
    actor: 'resident:self',
    do: 'message',
    name: 'withdraw',
    data: { confirmed: true, reasons: plan.story.withdrawal ?? '问题已经解决。' },
  })
}

function review(plan: Plan, after: number, appeal: NonNullable<Story['appeal']>): void {
  const { stage } = plan.story
  const take = (task: string, actor = county) => ({ actor, task, case: 'review' })
  const inReview = (days: number, task: string, data: object, next: ReturnType<typeof take>, actor = county) =>
    add(plan, after + days, '10:30', { actor, do: 'complete', task, case: 'review', data: { ...data } }, next)
  add(plan, after, '12:15', { actor: 'resident:self', do: 'message', name: 'appeal', data: appeal }, take('Admit'))
  if (stage === 'review-refused') {
    inReview(
      2,
      'Admit',
      { outcome: 'refuse', ground: 'not-ours', reasons: '申请人请求的是民事赔偿，不属于对处理意见的复查。' },
      take('SignReviewRefusal', reviewHead),
    )
    inReview(3, 'SignReviewRefusal', { outcome: 'sign' }, take('ServeReviewRefusal'), reviewHead)
    return serve(plan, after + 5, 'ServeReviewRefusal', county, 'review')
  }
  inReview(3, 'Admit', { outcome: 'accept', reasons: '在期限内提出，属于本机关复查范围。' }, take('Examine'))
  if (stage === 'under-review') return
  inReview(
    12,
    'Examine',
    { heard: 'called', findings: stage === 'review-changed' ? '核对了卷宗；第二项请求没有答复。' : '核对了卷宗和现行办法。' },
    take('DraftReview'),
  )
  inReview(14, 'DraftReview', stage === 'review-changed' ? changedReview : upheldReview, take('SignReview', reviewHead))
  inReview(16, 'SignReview', { outcome: 'sign' }, take('ServeReview'), reviewHead)
  serve(plan, after + 18, 'ServeReview', county, 'review')
}
