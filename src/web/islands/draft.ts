// Findings while one types: the form is sent to its own address, which answers what it would say, and saves nothing.
const wait = 900

export async function start(place: HTMLElement): Promise<void> {
  if (!(place instanceof HTMLFormElement)) return
  const form = place
  const out = form.querySelector('[data-draft=findings]')
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest = 0

  async function check(): Promise<void> {
    const mine = ++latest
    const body = new FormData(form)
    body.set('_act', 'check')
    const answer = await fetch(form.action, { method: 'POST', body, headers: { accept: 'text/x-findings' } }).catch(() => undefined)
    // An answer that was overtaken by more typing says nothing any more.
    if (!answer?.ok || mine !== latest || !out) return
    out.innerHTML = await answer.text()
  }

  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(() => void check(), wait)
  })
}
