/** An element under another name, everywhere in a package: drawing, conditions, texts, fields of the manifest, examples. */
export function renameElement(files: Record<string, string>, from: string, to: string): Record<string, string> {
  // Names stand before a quote, the end of a tag, or the dot of a field; flows keep the ids that hold the old name.
  const name = new RegExp(`\\b${from}(?:\\b(?=["<.])|(?=_di"))`, 'g')
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replaceAll(name, to)]))
}
