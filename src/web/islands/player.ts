// Plays a worked example in the browser: the platform's own engine on a virtual clock, drawn by the platform's own renderer.
import { rehearse } from '#kernel/library/rehearse.ts'
import type { Frame, Script } from '#kernel/library/rehearsal-types.ts'
import type { DiagramModel } from '#ui/diagram/read-model.ts'
import { renderModel } from '#ui/diagram/render-diagram.ts'
import { caseOf, frameHtml, marksOf, type Stage } from '../library/frame-html.ts'

type Played = { script: Script; stage: Stage; models: Record<string, DiagramModel> }

const pace = 1600

/** Takes over the place that the server has filled. Without it the links of the page do the same, one page for each step. */
export async function start(place: HTMLElement): Promise<void> {
  const answer = await fetch(place.dataset['script'] ?? '', { headers: { accept: 'application/json' } })
  if (!answer.ok) return
  const { script, stage, models }: Played = await answer.json()
  const engine = rehearse(script)
  const frames: Frame[] = []
  let at = -1
  let timer: ReturnType<typeof setInterval> | undefined

  /** The engine runs as far as it is looked at, and no further. */
  function frameAt(index: number): Frame | undefined {
    while (frames.length <= index) {
      const next = engine.next()
      if (next.done) return undefined
      frames.push(next.value)
    }
    return frames[index]
  }

  function show(index: number): boolean {
    const frame = frameAt(index)
    if (!frame) return false
    at = index
    const seen = caseOf(frame)
    const model = seen && models[seen.slug]
    const picture = place.querySelector('[data-player=picture]')
    if (picture && seen && model) {
      const scrolled = picture.scrollLeft
      picture.innerHTML = renderModel(model, marksOf(seen), stage.language, stage.words[seen.slug])
      picture.scrollLeft = scrolled
      follow(picture, model, seen.active)
    }
    const words = place.querySelector('[data-player=words]')
    if (words) words.innerHTML = frameHtml(frame, stage)
    const count = place.querySelector('[data-player=count]')
    if (count) count.textContent = `${index + 1}`
    setEnabled('back', index > 0)
    setEnabled('next', frameAt(index + 1) !== undefined)
    return true
  }

  function setEnabled(name: string, is: boolean): void {
    const button = place.querySelector<HTMLButtonElement>(`[data-player=${name}]`)
    if (button) button.disabled = !is
  }

  function pause(): void {
    clearInterval(timer)
    timer = undefined
    label(false)
  }
  function play(): void {
    if (frameAt(at + 1) === undefined) show(0)
    timer = setInterval(() => show(at + 1) || pause(), pace)
    label(true)
  }
  function label(playing: boolean): void {
    const button = place.querySelector<HTMLElement>('[data-player=play]')
    if (button) button.textContent = (playing ? button.dataset['pause'] : button.dataset['play']) ?? ''
  }

  const acts: Record<string, () => void> = {
    back: () => void show(Math.max(0, at - 1)),
    next: () => void show(at + 1),
    restart: () => void show(0),
    play: () => (timer === undefined ? play() : pause()),
  }
  for (const [name, act] of Object.entries(acts)) {
    place.querySelector(`[data-player=${name}]`)?.addEventListener('click', () => {
      if (name !== 'play') pause()
      act()
    })
  }
  place.querySelector<HTMLElement>('[data-player=links]')?.setAttribute('hidden', '')
  place.querySelector<HTMLElement>('[data-player=controls]')?.removeAttribute('hidden')
  document.addEventListener('turbo:before-render', pause, { once: true })
  show(Number(place.dataset['frame'] ?? 0))
  place.dataset['ready'] = 'true'
}

/** Brings what is active into view, inside the picture only. */
function follow(picture: Element, model: DiagramModel, active: string[]): void {
  const shape = model.shapes.find((one) => one.id === active[0])
  const left = Math.min(...model.shapes.map((one) => one.bounds.x))
  if (!shape) return
  const middle = shape.bounds.x - left + shape.bounds.width / 2
  if (middle < picture.scrollLeft + 60 || middle > picture.scrollLeft + picture.clientWidth - 60)
    picture.scrollLeft = middle - picture.clientWidth / 2
}
