// 一案一卷: everything of a case in one ordered PDF, as this actor may see it.
import { getCase } from '../cases/load-case.ts'
import { type CaseView, viewCase } from '../cases/view.ts'
import type { Ctx } from '../context.ts'
import { dateIn, offsetOf } from '../clock.ts'
import { getPackage } from '../procedures/packages.ts'
import { getTown, today, type Town } from '../towns/towns.ts'
import { pdfOf } from './read-document.ts'
import type { BoundDocument, JsonValue } from './renderer.ts'

/** A part that is no document of its own: rows of label and value, or lines of text. */
type Section = { heading: string; rows?: [string, string][]; lines?: string[] }

/** People's words are strings in `data`; the template never evaluates them. */
const sheet = `#import "/layout.typ": *
#show: base.with(data, size: 12pt)
#set page(paper: "a4", margin: (top: 30mm, left: 28mm, right: 24mm, bottom: 28mm))
#set par(leading: 0.6em, spacing: 0.8em, justify: false)
#align(center, text(font: title-face, weight: "bold", size: 18pt, data.title))
#v(4mm)
#for section in data.sections {
  if section.heading != "" { block(above: 1.2em, below: 0.7em, sticky: true, text(font: hei, size: 13pt, section.heading)) }
  if section.rows.len() > 0 { fields-table(section.rows.map(row => (row.at(0), row.at(1))), size: 11pt) }
  paras(section.lines)
}
`

/**
 * The whole file: cover and catalogue, filing, forms in order, each issued document with its mark, services, messages, limits, history.
 * For staff the look is recorded with the purpose `export`.
 * @throws `case.not_found`, `document.attachment`.
 */
export async function bindCaseFile(
  ctx: Ctx,
  by: { number: string } | { caseId: string },
  standard: '1.7' | 'a-3b' = '1.7',
): Promise<{ number: string; pdf: Buffer }> {
  const { loaded } = await getCase(ctx, by, 'case.export')
  const view = await viewCase(ctx, by, 'zh', 'export')
  const town = await getTown(ctx)
  const procedure = await getPackage(ctx, loaded.row.package_hash)
  const issuer = ownName(town)
  const bound: BoundDocument[] = []
  for (const part of partsBefore(view))
    bound.push({ title: part.title, date: part.date ?? null, pdf: await renderSheet(ctx, issuer, part.title, part.sections) })
  for (const document of loaded.documents) {
    const shown = view.documents.find((known) => known.id === document.document_id)
    if (!shown) continue
    const { pdf } = await pdfOf(ctx, loaded, document)
    const state =
      document.status === 'corrected' || document.status === 'withdrawn' || document.status === 'void' ? `（${statusWords[document.status]}）` : ''
    bound.push({ title: `${shown.title}${state}`, number: shown.number, date: shown.issuedOn, pdf })
  }
  for (const part of partsAfter(view, ctx.zone)) bound.push({ title: part.title, pdf: await renderSheet(ctx, issuer, part.title, part.sections) })
  const pdf = await ctx.services.renderer.bundle({
    cover: {
      issuer: { name: issuer },
      title: `${view.procedure.title}案卷`,
      number: view.number,
      opened: view.filedOn,
      closed: loaded.row.closed_at === null ? null : dateIn(ctx.zone, new Date(loaded.row.closed_at)),
      retention: procedure.manifest.retention.class,
      date: today(ctx),
      language: 'zh',
    },
    documents: bound,
    at: ctx.clock.now(),
    standard,
  })
  return { number: view.number, pdf: Buffer.from(pdf) }
}

const statusWords = { corrected: '已更正', withdrawn: '已撤回', void: '已作废' } as const
const methods: Record<string, string> = {
  handed: '直接送达',
  post: '邮寄送达',
  electronic: '电子送达',
  notice: '公告送达',
  left: '留置送达',
  'not-owed': '无法送达',
}

type Part = { title: string; date?: string; sections: Section[] }

function partsBefore(view: CaseView): Part[] {
  const facts: Section = {
    heading: '办件',
    rows: [
      ['编号', view.number],
      ['事项', view.procedure.title],
      ['收到日期', view.filedOn],
      ['承办单位', view.office],
      ['地点', view.place],
      ['结果', view.outcomeText || '正在办理'],
    ],
  }
  const people = view.parties.map((party): Section => ({
    heading: party.roleName,
    rows: [
      ['姓名或名称', party.name || '未留姓名'],
      ['电话', party.phone],
      ['地址', party.address],
    ],
  }))
  const forms = view.forms.map((form): Part => ({
    title: form.title,
    sections: [{ heading: '', rows: form.fields.map((field) => [field.label, shown(field.value, field.text)]) }],
  }))
  return [{ title: '立案登记', date: view.filedOn, sections: [facts, ...people] }, ...forms]
}

function partsAfter(view: CaseView, zone: string): Part[] {
  const parts: (Part | undefined)[] = [
    view.documents.length === 0
      ? undefined
      : {
          title: '送达情况',
          sections: view.documents.map((document) => ({
            heading: `${document.title} ${document.number}`,
            rows: [
              ['制发日期', document.issuedOn],
              ['送达日期', document.servedOn ?? ''],
              ['送达方式', methods[document.method ?? ''] ?? ''],
            ],
          })),
        },
    view.messages.length === 0
      ? undefined
      : {
          title: '往来留言',
          sections: view.messages.map((message) => ({
            heading: `${minute(zone, message.at)} ${message.from === 'party' ? '当事人' : '工作人员'}`,
            lines: message.text.split('\n'),
          })),
        },
    {
      title: '期限计算',
      sections: view.deadlines.map((deadline) => ({
        heading: `${deadline.title}：${deadline.due}`,
        lines: [deadline.explanation.summary, ...deadline.explanation.lines],
      })),
    },
    {
      title: '办理过程',
      sections: [
        {
          heading: '',
          rows: view.timeline.map((entry): [string, string] => [
            minute(zone, entry.recordedAt),
            [entry.text, entry.by, entry.reason, entry.effectiveOn === dateIn(zone, entry.recordedAt) ? '' : `生效日期 ${entry.effectiveOn}`]
              .filter(Boolean)
              .join('；'),
          ]),
        },
      ],
    },
  ]
  return parts.filter((part) => part !== undefined)
}

/** A file is named by how many there are: its bytes lie with the case. */
const shown = (value: unknown, text: string) => (Array.isArray(value) && value.every(isFileId) ? `${value.length} 个文件` : text)
const isFileId = (value: unknown) => typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value)

async function renderSheet(ctx: Ctx, issuer: string, title: string, sections: Section[]): Promise<Uint8Array> {
  const data: JsonValue = {
    issuer: { name: issuer },
    title,
    language: 'zh',
    sections: sections.map(({ heading, rows = [], lines = [] }) => ({ heading, rows, lines })),
  }
  return ctx.services.renderer.render({ source: sheet, data, at: ctx.clock.now() })
}

const ownName = (town: Town) =>
  [...town.organizations.values()].find((body) => body.kind === 'own' && body.parent === undefined)?.name.zh ?? town.name.zh

function minute(zone: string, at: Date): string {
  return new Date(at.getTime() + offsetOf(zone, at)).toISOString().slice(0, 16).replace('T', ' ')
}
