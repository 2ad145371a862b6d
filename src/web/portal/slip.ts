// The receipt slip on A5: what was received, the code, what happens next.
import { fill } from '#ui/texts.ts'
import { formatDate } from '#ui/components/deadline-card.tsx'
import type { Visit } from '#http/visit.ts'
import { dateIn } from '#kernel/clock.ts'
import type { JsonValue } from '#kernel/documents/renderer.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import type { Filed } from './filed-cookie.ts'
import { sayer } from './matter-page.tsx'
import { citation, formatInstant } from './words.ts'

const source = '#import "/layout.typ": *\n#show: slip\n'

const words = {
  zh: {
    title: '回执单',
    matter: '事项',
    at: '收到时间',
    due: '{date}前：{what}（{law}）',
    lost: '回执码丢失：实名事项可持身份证到窗口补发；未留姓名的无法补发。',
    track: '查询：扫码，或打开 {url}',
  },
  en: {
    title: 'Receipt',
    matter: 'Matter',
    at: 'Received',
    due: 'By {date}: {what} ({law})',
    lost: 'Lost code: with a name given, bring your ID to the counter; without a name none can be issued.',
    track: 'Track it: scan the code, or open {url}',
  },
} as const

/** What a renderer needs for the slip of a filing. */
export async function slipJob(visit: Visit, filed: Filed): Promise<{ source: string; data: JsonValue; at: Date }> {
  const { language, ctx, town } = visit
  const procedure = await getProcedure(ctx, filed.procedure)
  const say = sayer(procedure, language)
  const t = words[language]
  const own = [...town.organizations.values()].find((body) => body.kind === 'own' && body.parent === undefined)
  const url = trackUrl(visit, filed.number)
  const at = new Date(filed.filedAt)
  const due = filed.deadlines.map((deadline) =>
    fill(t.due, {
      date: formatDate(deadline.due, language),
      what: say(`deadline.${deadline.id}`),
      law: citation({ name: deadline.rule, article: deadline.article }, language),
    }),
  )
  const data: JsonValue = {
    issuer: { name: own?.name[language] ?? town.name[language] },
    title: t.title,
    number: filed.number,
    date: dateIn(ctx.zone, at),
    code: filed.receiptCode,
    verify: { url, short: filed.number },
    rows: [
      [t.matter, say('title')],
      [t.at, formatInstant(at, ctx.zone, language)],
    ],
    next: [...due, fill(t.track, { url }), t.lost],
    contact: own?.phone ? `${own.name[language]}　${own.phone}` : null,
    language,
  }
  return { source, data, at }
}

/** Where a case is tracked; the code is never in an address. */
export const trackUrl = (visit: Visit, number: string): string =>
  `${visit.ctx.services.baseUrl}${visit.base}/track?number=${encodeURIComponent(number)}`
