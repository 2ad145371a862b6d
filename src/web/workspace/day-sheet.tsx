// Today's work on paper: for visits, and for whoever likes to tick things off.
import { listInbox } from '#kernel/cases/lists.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Table } from '#ui/components/table.tsx'
import { defineTexts } from '#ui/texts.ts'
import { staffOf, work, workPage } from './frame.tsx'
import { dueWords } from './words.ts'

const texts = defineTexts({
  zh: {
    title: '今日工作单',
    line: '{date} · {name}',
    hint: '我认领的、已超期的和三天内到期的任务。用浏览器的“打印”功能打印，每件下面留有记录的空行。',
    none: '今天没有必须办的事。',
    due: '期限',
    task: '要做的事',
    matter: '办件',
    where: '地点',
    note: '记录',
    back: '回到待办',
    more: '只列出前 100 件，全部请看待办。',
  },
  en: {
    title: 'Day sheet',
    line: '{date} · {name}',
    hint: 'Tasks that are mine, overdue, or due in three days. Print it with the browser; there is room for notes.',
    none: 'Nothing has to be done today.',
    due: 'Limit',
    task: 'To do',
    matter: 'Case',
    where: 'Place',
    note: 'Notes',
    back: 'Back to the inbox',
    more: 'Only the first 100 are listed; the inbox has them all.',
  },
})

export async function daySheetPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = texts(visit.language)
  const lists = []
  for (const view of ['overdue', 'soon', 'mine'] as const) lists.push((await listInbox(visit.ctx, { view }, { size: 100 }, visit.language)).items)
  const items = [...new Map(lists.flat().map((item) => [item.taskId, item])).values()]
  const now = today(visit.ctx)
  return workPage(
    visit,
    context,
    { title: t('title'), active: 'day-sheet' },
    <>
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">{t('line', { date: now, name: staffOf(visit).name })}</span>
        {t('title')}
      </h1>
      <p class="govuk-body-s xl-screen">{t('hint')}</p>
      {items.length === 0 ? (
        <div class="xl-empty">
          <p>{t('none')}</p>
          <a class="govuk-link" href={work(visit)}>
            {t('back')}
          </a>
        </div>
      ) : (
        <Table
          class="xl-table--dense xl-table--stack xl-sheet"
          head={[t('due'), t('task'), t('matter'), t('where'), t('note')]}
          rows={items.slice(0, 100).map((item) => [
            { content: `${dueWords(item.due, now, visit.language).text}${item.due ? ` ${item.due}` : ''}` },
            {
              content: (
                <a class="govuk-link" href={work(visit, `/tasks/${item.taskId}`)}>
                  {item.title}
                </a>
              ),
            },
            {
              content: (
                <>
                  {item.subject || item.procedure}
                  <span class="xl-fine">{item.number}</span>
                </>
              ),
            },
            item.place || '—',
            { content: '　', class: 'xl-sheet__note' },
          ])}
        />
      )}
      {items.length > 100 && <p class="govuk-body-s">{t('more')}</p>}
    </>,
  )
}
