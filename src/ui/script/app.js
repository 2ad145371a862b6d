// Everything here is comfort: each page works without it. The two imports are rewritten to hashed names by build.ts.
import './turbo.js'
import { initAll } from './govuk.js'

/** Turbo swaps the body on every visit, so components start again each time. */
document.addEventListener('turbo:load', () => start(document))
document.addEventListener('turbo:render', () => start(document))
document.addEventListener('turbo:frame-load', (event) => start(event.target))

function start(scope) {
  document.body.classList.add('js-enabled', 'govuk-frontend-supported')
  initAll({ scope, onError: () => {} })
  for (const button of scope.querySelectorAll('[data-copy]')) offerCopy(button)
  for (const group of scope.querySelectorAll('fieldset[data-when]')) followChoice(group)
  for (const form of scope.querySelectorAll('form[data-redact]')) offerDrawing(form)
  for (const place of scope.querySelectorAll('[data-island]:not([data-started])')) void startIsland(place)
  for (const select of scope.querySelectorAll('[data-submit-on-change]')) select.onchange = () => select.form?.requestSubmit()
}

/** Loads the script of a place that asks for one; the page works without it. */
async function startIsland(place) {
  place.dataset.started = 'true'
  const { start: take } = await import(place.dataset.island)
  await take(place)
  place.dataset.ready = 'true'
}

/** Shows a copy button only where the browser can copy. */
function offerCopy(button) {
  if (!navigator.clipboard) return
  button.hidden = false
  button.onclick = async () => {
    await navigator.clipboard.writeText(button.dataset.copy)
    button.textContent = button.dataset.copied
  }
}

/** Shows a group of fields only while its choice is made. A hidden group is disabled, so that it posts nothing. */
function followChoice(group) {
  const form = group.closest('form')
  const wanted = JSON.parse(group.dataset.is)
  const update = () => {
    const chosen = new FormData(form).getAll(group.dataset.when)
    group.hidden = !chosen.some((value) => wanted.includes(value))
    group.disabled = group.hidden
  }
  form.addEventListener('change', update)
  update()
}

/** Dragging on a page fills the next empty row of numbers, in hundredths of the page; the box is shown where it will be. */
function offerDrawing(form) {
  for (const figure of form.ownerDocument.querySelectorAll('[data-redact-page]')) {
    const picture = figure.querySelector('svg')
    let start
    let box
    const place = (event) => {
      const frame = picture.getBoundingClientRect()
      const part = (value, from, size) => Math.round(Math.min(Math.max((value - from) / size, 0), 1) * 1000) / 10
      return { x: part(event.clientX, frame.left, frame.width), y: part(event.clientY, frame.top, frame.height) }
    }
    const span = (end) => ({
      x: Math.min(start.x, end.x),
      y: Math.min(start.y, end.y),
      width: Math.round(Math.abs(end.x - start.x) * 10) / 10,
      height: Math.round(Math.abs(end.y - start.y) * 10) / 10,
    })
    picture.onpointerdown = (event) => {
      event.preventDefault()
      picture.setPointerCapture(event.pointerId)
      start = place(event)
      box = picture.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'rect'))
    }
    picture.onpointermove = (event) => {
      if (start) for (const [name, value] of Object.entries(span(place(event)))) box.setAttribute(name, `${value}%`)
    }
    picture.onpointerup = (event) => {
      const drawn = span(place(event))
      start = undefined
      const row = [...form.querySelectorAll('[name^="width-"]')].find((input) => input.value === '')?.name.slice('width-'.length)
      if (row === undefined || drawn.width === 0 || drawn.height === 0) return box.remove()
      for (const [name, value] of Object.entries({ page: figure.dataset.redactPage, ...drawn })) form.elements[`${name}-${row}`].value = value
    }
  }
}
