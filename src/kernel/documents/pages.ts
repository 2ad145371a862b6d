// Typst writes all pages into one SVG, below each other; a phone shows them one by one.

/**
 * One SVG a page, each with only the glyphs it uses. They hold no script, no link and nothing outside themselves, so they can be shown in `<img>`.
 * Throws when the SVG does not have the shape Typst 0.14 gives it: at the first level a background path and a group for each page, then definitions.
 */
export function splitPages(svg: string, count: number): string[] {
  const lines = svg.split('\n')
  const pages: string[][] = []
  const definitions: string[] = []
  let into: string[] | undefined
  for (const line of lines.slice(1)) {
    if (line === '</svg>') break
    if (line.startsWith('    <path class="typst-shape"')) pages.push((into = []))
    else if (line.startsWith('    <defs')) into = definitions
    into?.push(line)
  }
  if (pages.length !== count) throw new Error(`Typst's SVG has ${pages.length} pages, not ${count}.`)
  return pages.map((page) => onePage(page, definitions.join('\n')))
}

function onePage(lines: string[], definitions: string): string {
  const size = /v (-?[\d.]+) ?h (-?[\d.]+)/.exec(lines[0] ?? '')
  if (!size) throw new Error("Typst's SVG has a page without size.")
  const box = `${Number(size[2])} ${Number(size[1])}`
  const body = lines
    .join('\n')
    // The page's own group is moved down by the pages above it.
    .replace(/\n    <g transform="matrix\(1 0 0 1 [^"]*\)">/, '\n    <g>')
    .replaceAll(/<a [^>]*>|<\/a>/g, '')
  const kept = definitions.replaceAll(/<symbol id="([^"]+)"[\s\S]*?<\/symbol>/g, (symbol, id: string) => (body.includes(`"#${id}"`) ? symbol : ''))
  const names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
  return small(`<svg ${names} viewBox="0 0 ${box}">${body}\n${kept}</svg>`)
}

/** Thousandths of a point are enough, and glyphs need no hash for a name: 432 KB become some 280, 88 when sent compressed. */
function small(svg: string): string {
  const ids = new Map<string, string>()
  return svg
    .replaceAll(/(-?\d+\.\d{3})\d+/g, '$1')
    .replaceAll(/(id="|xlink:href="#)(g[0-9A-F]{16,})"/g, (_, before: string, id: string) => {
      const name = ids.get(id) ?? `g${ids.size}`
      ids.set(id, name)
      return `${before}${name}"`
    })
    .replaceAll(/\n\s*/g, '\n')
    .replaceAll(/\n+/g, '\n')
}
