// Passkeys need a script: forms marked data-passkey are shown only where the browser can use one, and send what it answered.
import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser'

document.addEventListener('turbo:load', start)
document.addEventListener('turbo:render', start)
if (document.readyState !== 'loading') start()
else document.addEventListener('DOMContentLoaded', start)

function start() {
  if (!browserSupportsWebAuthn()) return
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    if (form.dataset.ready) continue
    form.dataset.ready = 'true'
    form.hidden = false
    for (const note of document.querySelectorAll('[data-passkey-off]')) note.hidden = true
    form.addEventListener('submit', (event) => ask(event, form))
  }
}

async function ask(event, form) {
  const field = form.querySelector('input[data-passkey-answer]')
  if (field.value !== '') return
  event.preventDefault()
  const failed = form.querySelector('[data-passkey-failed]')
  failed.hidden = true
  try {
    const optionsJSON = JSON.parse(form.dataset.options)
    const answer = form.dataset.passkey === 'create' ? await startRegistration({ optionsJSON }) : await startAuthentication({ optionsJSON })
    field.value = JSON.stringify(answer)
    form.requestSubmit(event.submitter)
  } catch {
    failed.hidden = false
  }
}
