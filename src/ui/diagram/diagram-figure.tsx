import { raw } from 'hono/html'
import { Details } from '../components/details.tsx'
import { Timeline } from '../components/timeline.tsx'
import { useLanguage } from '../context.ts'
import { diagramAsList } from './diagram-list.ts'
import { diagramTexts } from './diagram-texts.ts'
import { marksUsed, markSign } from './marks.ts'
import { renderDiagram } from './render-diagram.ts'
import type { Marks } from './marks.ts'
import type { Figures, Names } from './render-diagram.ts'

const timelineState = {
  done: 'done',
  active: 'now',
  overdue: 'now',
  available: 'later',
  later: 'later',
  added: 'now',
  removed: 'later',
  changed: 'now',
} as const

/** The picture in a container that scrolls sideways, its legend, and the same as text. `isPlain`: of a procedure, where nothing is done yet. */
export function DiagramFigure(props: {
  definitions: unknown
  marks: Marks
  /** Which picture it is, where a page has several. */
  label?: string
  names?: Names
  figures?: Figures
  isTextOpen?: boolean
  isPlain?: boolean
}) {
  const language = useLanguage()
  const t = diagramTexts(language)
  const steps = diagramAsList(props.definitions, props.marks, language, props.names)
  return (
    <figure class="xl-diagram xl-full">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard (WCAG 2.1.1) */}
      <section class="xl-diagram__scroll" aria-label={props.label === undefined ? t('scroll') : `${props.label}: ${t('scroll')}`} tabindex={0}>
        {raw(renderDiagram(props.definitions, props.marks, language, props.names, props.figures))}
      </section>
      <ul class="xl-diagram__legend" aria-label={t('legend')}>
        {marksUsed(props.marks).map((mark) => (
          <li>
            <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
              {raw(markSign(mark))}
            </svg>
            {t(mark)}
          </li>
        ))}
      </ul>
      <Details summary={t('asText')} open={props.isTextOpen}>
        <Timeline
          label={t('asText')}
          items={steps.map((step) => ({
            title: step.name,
            stateText: [props.isPlain ? undefined : step.stateText, step.kind, props.figures?.[step.id]?.title].filter(Boolean).join(' · '),
            state: timelineState[step.state],
            body: step.next.length > 0 ? t('next', { names: step.next.join(language === 'zh' ? '；' : '; ') }) : undefined,
          }))}
        />
      </Details>
    </figure>
  )
}
