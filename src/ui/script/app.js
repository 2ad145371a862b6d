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
  for (const place of scope.querySelectorAll('[data-island]:not([data-started])')) void startIsland(place)
  for (const select of scope.querySelectorAll('[data-submit-on-change]')) select.onchange = () => select.form?.requestSubmit()
}

/** Loads the script of a place that asks for one; the page works without it. */
async function startIsland(place) {
  place.dataset.started = 'true'
  const { start: take } = await import(place.dataset.island)
  await take(place)
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
