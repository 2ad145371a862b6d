// Loads a published editor and its style when a page needs it.

/** Adds the style sheet and runs the script; resolves when both are there. */
export async function loadEditor(place: HTMLElement): Promise<void> {
  const { style, modeler } = place.dataset
  if (style) await addStyle(style)
  // A built file of our own address; its makers publish it as a script that sets a global.
  if (modeler) await import(/* @vite-ignore */ modeler)
}

function addStyle(href: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const link = document.createElement('link')
    link.rel = 'stylesheet'
    link.href = href
    link.addEventListener('load', () => resolve())
    link.addEventListener('error', () => reject(new Error('The style of the editor cannot be loaded.')))
    document.head.append(link)
  })
}

/** Shows the editor and hides what stands there without it. */
export function showCanvas(place: HTMLElement): HTMLElement | undefined {
  place.querySelector('[data-editor=place]')?.removeAttribute('hidden')
  place.querySelector('[data-editor=still]')?.setAttribute('hidden', '')
  const canvas = place.querySelector<HTMLElement>('[data-editor=canvas]')
  canvas?.removeAttribute('hidden')
  return canvas ?? undefined
}

/** Writes into the text field that is sent, as if it had been typed: whoever listens there checks it. */
export function writeBack(field: HTMLTextAreaElement, text: string): void {
  if (field.value === text) return
  field.value = text
  field.dispatchEvent(new Event('input', { bubbles: true }))
}
