// Strokes with finger, pen or mouse become a path of whole numbers in 600 by 200: the line, and neither speed nor pressure.

/** Starts the box of a signature (src/ui/components/signature-pad.tsx); without it the page offers the other ways. */
export function start(box: HTMLFieldSetElement): void {
  const field = box.querySelector('input')
  const picture = box.querySelector('svg')
  const path = box.querySelector('path')
  const again = box.querySelector('button')
  if (!field || !picture || !path || !again) return
  const show = (value: string) => {
    field.value = value
    path.setAttribute('d', value)
  }
  const point = (event: PointerEvent) => {
    const frame = picture.getBoundingClientRect()
    const part = (value: number, from: number, size: number, most: number) => Math.round(Math.min(Math.max((value - from) / size, 0), 1) * most)
    return `${part(event.clientX, frame.left, frame.width, 600)} ${part(event.clientY, frame.top, frame.height, 200)}`
  }
  let last: string | undefined
  picture.addEventListener('pointerdown', (event) => {
    event.preventDefault()
    picture.setPointerCapture(event.pointerId)
    last = point(event)
    show(`${field.value}M${last}L${last}`)
  })
  picture.addEventListener('pointermove', (event) => {
    const next = last === undefined ? undefined : point(event)
    if (next === undefined || next === last || field.value.length > 11_900) return
    last = next
    show(`${field.value}L${next}`)
  })
  const lift = () => {
    last = undefined
  }
  picture.addEventListener('pointerup', lift)
  picture.addEventListener('pointercancel', lift)
  again.addEventListener('click', () => show(''))
  show(field.value)
  box.hidden = false
  const without = box.parentElement?.querySelector<HTMLElement>('.xl-sign__without')
  if (without) without.hidden = true
}
