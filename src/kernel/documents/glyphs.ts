// A name with a character that no font can show must stop the issue: a blank or a box in an official document is a wrong name.
import { facesIn } from './fonts.ts'

// Control and format characters, separators, variation selectors and joiners have no glyph of their own.
const unseen = /^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Variation_Selector}]$/u

/**
 * The characters of `text` that no font in `fonts` (folders, see `fontsFrom`) has a glyph for, each once, in order of appearance.
 * A lone surrogate is no character at all and is reported as `U+D800`-like text. Private-use characters count as missing unless a town's own font has them.
 */
export function missingGlyphs(text: string, fonts: readonly string[]): string[] {
  const faces = facesIn(fonts)
  const missing = new Set<string>()
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code >= 0xd800 && code <= 0xdfff) missing.add(`U+${code.toString(16).toUpperCase()}`)
    else if (!unseen.test(character) && !faces.some((face) => face.has(code))) missing.add(character)
  }
  return [...missing]
}
