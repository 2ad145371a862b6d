// What is late, by office, and what was reported to one's own posts.
import { type Escalation, listEscalations } from '#kernel/cases/escalations.ts'
import { lateByOffice } from '#kernel/cases/late.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { StatusLight } from '#ui/components/status-light.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { defineTexts } from '#ui/texts.ts'
import { work, workPage } from './frame.tsx'
import { timeIn } from './words.ts'

const texts = defineTexts({
  zh: {
    title: '超期与催办',
    incidents: '系统停住、要人处理的办件',
    offices: '各单位',
    officesText: '按您能看到的办件统计。',
    office: '单位',
    open: '待办',
    overdue: '已超期',
    soon: '三天内到期',
    oldest: '最早到期日',
    none: '现在没有待办。',
    escalations: '报到我这里的',
    noEscalations: '没有报到您岗位的事。',
    what: '什么事',
    since: '报告时间',
    todo: '请您',
    level: '第 {level} 级',
    kindOverdue: '超过法定期限',
    kindSoon: '快到法定期限',
    kindOrphan: '没有人认领',
    kindBounced: '通知没有送到',
    kindPaused: '暂停太久',
    kindUnacknowledged: '转出后没有回音',
    kindIncident: '系统停住了',
    doOverdue: '督促承办人马上办理；需要的，换人办理。',
    doSoon: '提醒承办人在期限前办结。',
    doOrphan: '指定承办人；岗位没有人的，请信息管理员安排任职。',
    doBounced: '安排用电话或者上门告知当事人。',
    doPaused: '查明为什么暂停，能恢复的恢复。',
    doUnacknowledged: '联系接收单位，请其签收。',
    doIncident: '打开办件，再办一次、跳过这一步，或者改正填写的内容。',
  },
  en: {
    title: 'Late',
    incidents: 'Cases that are stuck and wait for somebody',
    offices: 'By office',
    officesText: 'Over the cases that you may read.',
    office: 'Office',
    open: 'To do',
    overdue: 'Overdue',
    soon: 'Due in three days',
    oldest: 'Earliest limit',
    none: 'Nothing is waiting now.',
    escalations: 'Reported to me',
    noEscalations: 'Nothing was reported to your posts.',
    what: 'What',
    since: 'Reported',
    todo: 'Please',
    level: 'step {level}',
    kindOverdue: 'legal limit missed',
    kindSoon: 'limit is near',
    kindOrphan: 'nobody took it',
    kindBounced: 'a notice did not arrive',
    kindPaused: 'paused too long',
    kindUnacknowledged: 'handed on, no answer',
    kindIncident: 'stuck',
    doOverdue: 'See that it is done now; give it to somebody else if needed.',
    doSoon: 'Remind whoever has it.',
    doOrphan: 'Name somebody; if the post is empty, ask the IT administrator.',
    doBounced: 'Have the person told by telephone or a visit.',
    doPaused: 'Find out why, and resume it if possible.',
    doUnacknowledged: 'Call the receiving body.',
    doIncident: 'Open the case: try again, skip the step, or put the answers right.',
  },
})

const words = {
  overdue: ['kindOverdue', 'doOverdue'],
  'due-soon': ['kindSoon', 'doSoon'],
  orphan: ['kindOrphan', 'doOrphan'],
  bounced: ['kindBounced', 'doBounced'],
  paused: ['kindPaused', 'doPaused'],
  unacknowledged: ['kindUnacknowledged', 'doUnacknowledged'],
  incident: ['kindIncident', 'doIncident'],
} as const satisfies Record<Escalation['kind'], [string, string]>

export async function latePage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = texts(visit.language)
  const offices = await lateByOffice(visit.ctx, visit.language)
  const escalations = await listEscalations(visit.ctx, visit.language)
  return workPage(
    visit,
    context,
    { title: t('title'), active: 'late' },
    <>
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <h2 class="govuk-heading-m">{t('escalations')}</h2>
      {escalations.length === 0 ? <p class="govuk-body">{t('noEscalations')}</p> : <Reported visit={visit} escalations={escalations} />}
      <p class="govuk-body">
        <a class="govuk-link" href={work(visit, '/incidents')}>
          {t('incidents')}
        </a>
      </p>
      <h2 class="govuk-heading-m">{t('offices')}</h2>
      <p class="govuk-body-s">{t('officesText')}</p>
      {offices.length === 0 ? (
        <div class="xl-empty">{t('none')}</div>
      ) : (
        <Table
          class="xl-table--dense"
          scrollLabel={t('offices')}
          head={[
            t('office'),
            { content: t('overdue'), format: 'numeric' },
            { content: t('soon'), format: 'numeric' },
            { content: t('open'), format: 'numeric' },
            t('oldest'),
          ]}
          rows={offices.map((office) => [
            {
              content: (
                <a class="govuk-link" href={work(visit, `/cases?status=open&workAt=${encodeURIComponent(office.organizationId)}`)}>
                  {office.office}
                </a>
              ),
            },
            { content: office.overdue > 0 ? <StatusLight light="red">{office.overdue}</StatusLight> : '0', format: 'numeric' },
            { content: office.soon > 0 ? <StatusLight light="amber">{office.soon}</StatusLight> : '0', format: 'numeric' },
            { content: office.open, format: 'numeric' },
            { content: office.oldestDue ?? '—', class: 'xl-nowrap' },
          ])}
        />
      )}
    </>,
  )
}

function Reported({ visit, escalations }: { visit: Visit; escalations: Escalation[] }) {
  const t = texts(visit.language)
  return (
    <Table
      class="xl-table--dense xl-table--stack"
      head={[t('what'), t('office'), t('since'), t('todo')]}
      rows={escalations.map((escalation) => [
        {
          content: (
            <>
              <a class="govuk-link xl-strong" href={work(visit, `/cases/${escalation.number}`)}>
                {escalation.number}
              </a>{' '}
              <Tag colour="red">{t(words[escalation.kind][0])}</Tag>
              <span class="xl-fine">
                {escalation.subject} · {t('level', { level: escalation.level })}
              </span>
            </>
          ),
        },
        escalation.office || '—',
        { content: timeIn(visit.ctx.zone, escalation.openedAt), class: 'xl-nowrap' },
        t(words[escalation.kind][1]),
      ])}
    />
  )
}
