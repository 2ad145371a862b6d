// Findings while one types: the form is sent to its own address, which answers what it would say, and saves nothing. At once it is asked for
// a glance (what can be read off the files); when the typing rests, for every state that the drawing can reach.
const glanceAfter = 300
const thoroughAfter = 1200

export async function start(place: HTMLElement): Promise<void> {
  if (!(place instanceof HTMLFormElement)) return
  const form = place
  const out = form.querySelector('[data-draft=findings]')
  const timers: Partial<Record<'glance' | 'check', ReturnType<typeof setTimeout>>> = {}
  let typing = new AbortController()

  async function ask(act: 'glance' | 'check', mine: AbortController): Promise<void> {
    const { signal } = mine
    const body = new FormData(form)
    body.set('_act', act)
    const headers = { accept: 'text/x-findings' }
    const answer = await fetch(form.action, { method: 'POST', body, headers, signal }).catch(() => undefined)
    const html = answer?.ok ? await answer.text().catch(() => '') : ''
    // An answer that was overtaken by more typing says nothing any more.
    if (html === '' || signal.aborted || !out) return
    out.innerHTML = html
    // A mistake that a glance finds is told at once; only what looks sound is looked at further.
    if (act === 'glance' && out.querySelector('[data-further]')) timers.check = setTimeout(() => void ask('check', mine), thoroughAfter - glanceAfter)
  }

  form.addEventListener('input', () => {
    for (const timer of Object.values(timers)) clearTimeout(timer)
    typing.abort()
    const mine = (typing = new AbortController())
    timers.glance = setTimeout(() => void ask('glance', mine), glanceAfter)
  })
}
