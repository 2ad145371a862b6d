// The registers of impact assessments and incidents, with the clocks of the law; for the IT administrator and the supervisor.
import { mayInTown } from '#kernel/access/rule.ts'
import { invalid } from '#kernel/errors.ts'
import { dateIn, startOfDate } from '#kernel/clock.ts'
import {
  type Assessment,
  type Incident,
  type IncidentView,
  listAssessments,
  listIncidents,
  noteTold,
  recordAssessment,
  recordIncident,
} from '#kernel/protection/protection.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Select } from '#ui/components/select.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { one, work } from './frame.tsx'
import { protectionTexts as texts } from './protection-texts.ts'
import { timeIn } from './words.ts'

const levels = ['general', 'larger', 'major', 'extreme'] as const
const reasons = ['sensitive', 'automated', 'entrusting', 'providing', 'publishing', 'cross-border', 'major-effect'] as const
const conclusions = ['may-begin', 'with-measures', 'may-not-begin'] as const

/** Acts on the two registers; an act that is none changes nothing. */
export async function registerPost(visit: Visit, body: FormBody, act: string): Promise<void> {
  const { ctx } = visit
  const text = (name: string) => one(body, name).trim()
  if (act === 'incident') {
    const incident: Incident = {
      title: text('title'),
      foundAt: instantOf(visit, text('foundOn'), text('foundAt')),
      level: levels.find((level) => level === text('level')) ?? 'general',
      critical: one(body, 'critical') === 'yes',
      kinds: text('kinds'),
      cause: text('cause'),
      harm: text('harm'),
      measures: text('measures'),
    }
    requireFilled(visit, incident)
    await recordIncident(ctx, incident)
  } else if (act === 'assessment') {
    const assessment: Assessment = {
      title: text('title'),
      reason: reasons.find((reason) => reason === text('reason')) ?? 'sensitive',
      purpose: text('purpose'),
      impact: text('impact'),
      measures: text('measures'),
      conclusion: conclusions.find((conclusion) => conclusion === text('conclusion')) ?? 'may-not-begin',
      assessedOn: text('assessedOn'),
    }
    requireFilled(visit, assessment)
    await recordAssessment(ctx, text('id'), assessment)
  } else if (act === 'told-authority' || act === 'told-persons')
    await noteTold(ctx, text('incident'), act === 'told-authority' ? 'authority' : 'persons')
  else if (act === 'not-told') await noteTold(ctx, text('incident'), { notToldReason: text('notToldReason') })
}

/** Wall time in the town's zone. An unreadable one stays as it is and is refused by the register. */
function instantOf(visit: Visit, date: string, time: string): string {
  const [hours = '', minutes = ''] = time.split(/[:：]/)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !/^\d{1,2}$/.test(hours) || !/^\d{1,2}$/.test(minutes)) return ''
  return new Date(startOfDate(visit.ctx.zone, date).getTime() + (Number(hours) * 60 + Number(minutes)) * 60_000).toISOString()
}

function requireFilled(visit: Visit, values: Record<string, unknown>): void {
  const t = texts(visit.language)
  const empty = Object.entries(values).filter(([name, value]) => typeof value === 'string' && value.length < 2 && name !== 'foundAt')
  if (empty.length === 0) return
  const labels: Record<string, string> = {
    title: t('name'),
    kinds: t('kinds'),
    cause: t('cause'),
    harm: t('harm'),
    measures: t('measures'),
    purpose: t('purpose'),
    impact: t('impact'),
    assessedOn: t('assessed'),
  }
  throw invalid(
    'form.invalid',
    t('errors'),
    empty.map(([name]) => ({
      pointer: `/${name}`,
      code: 'required',
      message: `${labels[name] ?? name}${visit.language === 'zh' ? '：请填写' : ': enter it'}`,
    })),
  )
}

/** Both registers, for those whose duty they are; nothing for others. */
export async function ProtectionRegisters({ visit }: { visit: Visit }) {
  const t = texts(visit.language)
  if (!mayInTown(visit.ctx.actor, 'protection.keep')) return <></>
  const [incidents, assessments] = await Promise.all([listIncidents(visit.ctx), listAssessments(visit.ctx)])
  const action = work(visit, '/data-protection')
  const today = dateIn(visit.ctx.zone, visit.ctx.clock.now())
  return (
    <>
      <h2 class="govuk-heading-m">{t('incidents')}</h2>
      {incidents.length === 0 && <p class="xl-empty">{t('noIncidents')}</p>}
      {incidents.map((incident) => (
        <IncidentCard visit={visit} incident={incident} action={action} />
      ))}
      <Details summary={t('incidentAdd')}>
        <Form action={action}>
          <input type="hidden" name="act" value="incident" />
          <Input name="title" id="incident-title" label={t('incidentTitle')} />
          <div class="xl-pair">
            <Input name="foundOn" label={t('foundOn')} value={today} class="govuk-input--width-10" />
            <Input name="foundAt" label={t('foundAt')} class="govuk-input--width-5" />
          </div>
          <Select name="level" label={t('level')} items={levels.map((value) => ({ value, text: t(`level.${value}`) }))} />
          <Select
            name="critical"
            label={t('critical')}
            items={[
              { value: 'no', text: visit.language === 'zh' ? '否' : 'No' },
              { value: 'yes', text: visit.language === 'zh' ? '是' : 'Yes' },
            ]}
          />
          <Textarea name="kinds" label={t('kinds')} rows={2} />
          <Textarea name="cause" label={t('cause')} rows={2} />
          <Textarea name="harm" label={t('harm')} rows={2} />
          <Textarea name="measures" id="incident-measures" label={t('measures')} rows={2} />
          <Button>{t('save')}</Button>
        </Form>
      </Details>
      <h2 class="govuk-heading-m">{t('assessments')}</h2>
      {assessments.length === 0 && <p class="xl-empty">{t('noAssessments')}</p>}
      {assessments.map((assessment) => (
        <div class="xl-message">
          <p class="govuk-body">
            <strong>{assessment.title}</strong> <code>{assessment.id}</code> · {t(`reason.${assessment.reason}`)} ·{' '}
            {t(`conclusion.${assessment.conclusion}`)} · {formatDate(assessment.assessedOn, visit.language)} ·{' '}
            {t('keptUntil', { date: formatDate(assessment.keptUntil, visit.language) })}
          </p>
        </div>
      ))}
      <Details summary={t('assessmentAdd')}>
        <Form action={action}>
          <input type="hidden" name="act" value="assessment" />
          <Input name="id" label={t('id')} hint={t('idHint')} class="govuk-input--width-20" />
          <Input name="title" id="assessment-title" label={t('name')} />
          <Select name="reason" label={t('reason')} items={reasons.map((value) => ({ value, text: t(`reason.${value}`) }))} />
          <Textarea name="purpose" label={t('purpose')} rows={3} />
          <Textarea name="impact" label={t('impact')} rows={3} />
          <Textarea name="measures" id="assessment-measures" label={t('measures')} rows={3} />
          <Input name="assessedOn" label={t('assessed')} value={today} class="govuk-input--width-10" />
          <Select name="conclusion" label={t('conclusion')} items={conclusions.map((value) => ({ value, text: t(`conclusion.${value}`) }))} />
          <Button>{t('save')}</Button>
        </Form>
      </Details>
    </>
  )
}

function IncidentCard({ visit, incident, action }: { visit: Visit; incident: IncidentView; action: string }) {
  const t = texts(visit.language)
  const { clock } = incident
  const colour = clock?.state === 'missed' ? 'red' : clock?.state === 'met' ? 'green' : 'yellow'
  return (
    <section class="xl-message">
      <h3 class="govuk-heading-s">{incident.title}</h3>
      <p class="govuk-body">
        {timeIn(visit.ctx.zone, incident.foundAt)} · {t(`level.${incident.level}`)} · {incident.kinds}
      </p>
      <p class="govuk-body">
        {clock ? (
          <>
            {t('reportBy', { at: timeIn(visit.ctx.zone, clock.dueAt), hours: clock.hours, law: clock.law })}{' '}
            <Tag colour={colour}>{t(clock.state)}</Tag> <Tag colour="grey">{clock.mark}</Tag>
          </>
        ) : (
          t('noHours')
        )}
      </p>
      <p class="govuk-body">{t(incident.personsOpen ? 'personsOpen' : 'personsDone')}</p>
      <Form action={action}>
        <input type="hidden" name="incident" value={incident.id} />
        <div class="govuk-button-group">
          {incident.toldAuthorityAt === undefined && (
            <Button name="act" value="told-authority" class="govuk-button--secondary">
              {t('toldAuthority')}
            </Button>
          )}
          {incident.personsOpen && (
            <Button name="act" value="told-persons" class="govuk-button--secondary">
              {t('toldPersons')}
            </Button>
          )}
        </div>
        {incident.personsOpen && (
          <>
            <Input name="notToldReason" id={`reason-${incident.id}`} label={t('notTold')} hint={t('notToldHint')} />
            <Button name="act" value="not-told" class="govuk-button--secondary">
              {t('note')}
            </Button>
          </>
        )}
      </Form>
    </section>
  )
}
