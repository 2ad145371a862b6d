// A dozen invented service requests, and how far each has come, as steps of worked examples at plausible times.
import { addDays } from '#kernel/deadlines/dates.ts'
import { type Calendar, nextWorkday } from '#kernel/deadlines/calendar.ts'
import type { ExampleStep } from '#kernel/procedures/worked-examples.ts'
import told from './requests.json' with { type: 'json' }

type Request = {
  stage: string
  days: number
  name?: string
  filing: Record<string, unknown>
  office: string
  handler?: string
  head?: string
  done?: string
  answer?: string
  publicAnswer?: string
  promise?: string
  within?: number
}

// The file is ours; TypeScript infers a union of its rows.
export const requests = told as Request[]

/** The steps of one request up to `now`, in order of time. The person confirms the day after the answer, or does not. */
export function requestSteps(request: Request, calendar: Calendar, now: Date): ExampleStep[] {
  const today = new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10)
  const filed = nextWorkday(calendar, addDays(today, -request.days))
  const day = (after: number) => nextWorkday(calendar, addDays(filed, after))
  const at = (after: number, time: string) => `${day(after)}T${time}:00+08:00`
  const complete = (after: number, time: string, actor: string, task: string, data: Record<string, unknown>): ExampleStep => ({
    at: at(after, time),
    actor,
    do: 'complete',
    task,
    data,
  })
  const desk = 'post:hotline-clerk@service-center'
  const handler = `post:${request.handler ?? 'handler'}@${request.office}`
  const head = `post:${request.head ?? 'office-head'}@${request.office}`
  const says = (after: number, name: string, data: Record<string, unknown>): ExampleStep => ({
    at: at(after, '19:00'),
    actor: 'resident:demo',
    do: 'message',
    name,
    data,
  })
  const filing = { ...request.filing, ...(request.name === undefined ? {} : { name: request.name }) }
  const start: ExampleStep[] = [{ at: at(0, '08:40'), actor: 'resident:demo', do: 'file', data: filing }]
  const received = (data: Record<string, unknown>) => [...start, complete(0, '09:20', desk, 'Receive', data)]
  const sent = () => [
    ...received({ outcome: 'dispatch' }),
    complete(0, '09:30', desk, 'Dispatch', { office: request.office, basis: '派单目录（镇职责清单，待本镇核定）。' }),
  ]
  const taken = () => [...sent(), complete(0, '10:10', handler, 'AcceptOrder', { outcome: 'accept' })]
  const answered = () => [
    ...taken(),
    complete(2, '15:00', handler, 'Handle', workOf(request, day(1), day(request.within ?? 0))),
    complete(2, '16:20', head, 'CheckAnswer', { outcome: 'approve' }),
  ]
  const confirmed = () => [...answered(), says(3, 'confirm', { agreed: true })]
  const steps = (): ExampleStep[] => {
    switch (request.stage) {
      case 'at-once':
        return received({ outcome: 'answer', answer: request.answer })
      case 'referred':
        return received({ outcome: 'refer', route: 'department', explanation: '供水归县级部门管，请拨打县供水服务电话，我们已经一并反映。' })
      case 'withdrawn':
        return [...taken(), says(1, 'withdraw', { confirmed: true })]
      case 'objected':
        return [...sent(), complete(0, '11:00', handler, 'AcceptOrder', { outcome: 'object', reasons: '该处是机耕路，由农业农村办公室管护。' })]
      case 'joint':
        return [...taken(), ...helped()]
      case 'answered':
        return answered()
      case 'disputed':
        return [...answered(), says(3, 'dispute', { reasons: '转轴还是松的，一晃就响。' })]
      case 'kept':
        return [...confirmed(), complete(25, '10:00', handler, 'KeepPromise', { doneOn: day(25), done: '三处坑洼全部补好。' })]
      case 'solved':
      case 'overdue':
      case 'promised':
        return confirmed()
      default:
        return start
    }
  }
  /** Two bodies are asked; one has answered. */
  const helped = (): ExampleStep[] => [
    {
      at: at(1, '09:10'),
      actor: handler,
      do: 'message',
      name: 'ask-help',
      data: { offices: ['emergency', 'shishang-village'], words: '请到现场看有没有危险，把围挡设好。', until: day(3) },
    },
    complete(1, '16:00', 'post:handler@emergency', 'Part', { outcome: 'done', words: '已设围挡和夜间警示灯。' }),
  ]
  return steps().filter((step) => new Date(step.at) <= now)
}

function workOf(request: Request, contactedOn: string, promisedOn: string): Record<string, unknown> {
  const { done, answer, publicAnswer, promise } = request
  return {
    ...(request.name === undefined ? { contact: 'none' } : { contact: 'phone', contactedOn }),
    done,
    answer,
    publicAnswer,
    result: promise === undefined ? 'solved' : 'planned',
    ...(promise === undefined ? {} : { promise, promisedOn }),
  }
}
