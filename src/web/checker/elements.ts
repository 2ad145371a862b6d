// Making elements: text only ever becomes text, so nothing in a receipt can become markup.

type Content = Node | string | undefined | false
type Attributes = Record<string, string | boolean | undefined>

/** `<tag …attributes>…content</tag>`; attributes that are false or undefined are left out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes,
  ...content: Content[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : value)
  }
  for (const part of content) if (part !== undefined && part !== false) made.append(part)
  return made
}

/** A field with its label and hint; the field's `id` ties them. */
export function labelled(field: HTMLInputElement | HTMLTextAreaElement, label: string, hint?: string): HTMLElement {
  if (hint !== undefined) field.setAttribute('aria-describedby', `${field.id}-hint`)
  return element(
    'div',
    { class: 'field' },
    element('label', { for: field.id }, label),
    hint !== undefined && element('p', { class: 'hint', id: `${field.id}-hint` }, hint),
    field,
  )
}
