// Small pieces of a page made by script; texts are texts, never markup.
type Attributes = Record<string, string | boolean>

export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) if (value !== false) element.setAttribute(name, value === true ? '' : value)
  element.append(...children)
  return element
}

export function button(text: string, act: () => void | Promise<void>, kind = ''): HTMLButtonElement {
  const made = make('button', { type: 'button', class: `govuk-button ${kind}`.trim() }, text)
  made.addEventListener('click', () => {
    made.disabled = true
    void Promise.resolve(act()).finally(() => {
      made.disabled = false
    })
  })
  return made
}

export const note = (text: string): HTMLElement => make('p', { class: 'govuk-body' }, text)
