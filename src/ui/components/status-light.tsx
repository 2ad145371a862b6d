import { useLanguage } from '../context.ts'
import type { Child } from '../html.ts'
import { uiTexts } from '../ui-texts.ts'

export type Light = 'green' | 'amber' | 'red' | 'grey'

const words = { green: 'onTime', amber: 'soon', red: 'late', grey: 'noState' } as const

/** A state as colour, shape and word together (WCAG 1.4.1): circle, triangle, octagon, ring. */
export function StatusLight(props: { light: Light; children?: Child }) {
  const t = uiTexts(useLanguage())
  return (
    <span class={`xl-light xl-light--${props.light}`}>
      <svg class="xl-light__shape" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <Shape light={props.light} />
      </svg>
      <span>{props.children ?? t(words[props.light])}</span>
    </span>
  )
}

function Shape({ light }: { light: Light }) {
  switch (light) {
    case 'green':
      return (
        <>
          <circle cx="8" cy="8" r="7.5" fill="currentColor" />
          <path d="M4.5 8.3l2.4 2.4 4.6-5" fill="none" stroke="#fff" stroke-width="2" />
        </>
      )
    case 'amber':
      return (
        <>
          <path d="M8 1l7.6 13.6H.4z" fill="#b5720a" />
          <path d="M8 6v4.2M8 11.6v1.6" stroke="#fff" stroke-width="1.8" />
        </>
      )
    case 'red':
      return (
        <>
          <path d="M5 .5h6L15.5 5v6L11 15.5H5L.5 11V5z" fill="#b3261e" />
          <path d="M5 5l6 6M11 5l-6 6" stroke="#fff" stroke-width="2" />
        </>
      )
    case 'grey':
      return <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" />
  }
}
