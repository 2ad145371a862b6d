// govuk-frontend has settings for functional colours only; its palette (tags, button edges, file upload) is written in.
// This table puts ours in its place, family by family and shade by shade.

const palette: Record<string, string> = {
  // blue → jade
  '#1d70b8': '#0b5d57',
  '#5694ca': '#4f938b',
  '#8eb8dc': '#8fbfb5',
  '#d2e2f1': '#d5e7e2',
  '#f4f8fb': '#f2f7f5',
  '#16548a': '#084640',
  '#0f385c': '#062f2b',
  '#1a65a6': '#0a544f',
  // green → leaf
  '#0f7a52': '#1b6e3f',
  '#4b9b7d': '#569475',
  '#87bca8': '#93bda3',
  '#cfe4dc': '#d8ead9',
  '#f3f8f6': '#f3f8f3',
  '#0b5c3e': '#14532f',
  '#083d29': '#0f3f23',
  // teal → river
  '#158187': '#2a6f86',
  '#d0e6e7': '#d6e6ec',
  '#0b4144': '#163f4d',
  // red → cinnabar
  '#ca3535': '#b3261e',
  '#f4d7d7': '#f5dbd7',
  '#fcf5f5': '#fcf4f3',
  '#982828': '#8a1d17',
  '#651b1b': '#5f1510',
  // yellow → amber
  '#ffdd00': '#ffcf4a',
  '#fd0': '#ffcf4a',
  '#ffee80': '#ffe7a6',
  // black → warm ink
  '#0b0c0c': '#1c1f1d',
  '#484949': '#50544f',
  '#858686': '#8a8d86',
  '#cecece': '#d5d3ca',
  '#f3f3f3': '#f5f3ed',
}

/** The palette colours of govuk-frontend that may not be left in a built style sheet. */
export const foreignColours = Object.keys(palette)

/** Replaces govuk-frontend's palette in compiled CSS. */
export function recolour(css: string): string {
  return css.replace(/#[0-9a-f]{3,8}\b/gi, (colour) => palette[colour.toLowerCase()] ?? colour)
}
